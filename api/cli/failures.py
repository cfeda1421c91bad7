"""Errors on the terminal: 0 done; 1 checked, and it does not hold; 2 bad input or usage; 3 cancelled."""

import sys

from models.errors import CancelledError, InputError, PlanRejectedError, SwingdeskError

DOES_NOT_HOLD = 1
BAD_INPUT = 2
CANCELLED = 3
MAX_FAULTS_PRINTED = 500


def exit_code(error: SwingdeskError) -> int:
    """Return the exit code of an error."""
    if isinstance(error, CancelledError):
        return CANCELLED
    if isinstance(error, PlanRejectedError):
        return DOES_NOT_HOLD
    return BAD_INPUT


def print_failure(error: SwingdeskError) -> None:
    """Write an error to standard error, one fault a line."""
    lines = str(error).splitlines()
    if isinstance(error, InputError):
        lines = [line for fault in error.faults[:MAX_FAULTS_PRINTED] for line in str(fault).splitlines()]
        more = len(error.faults) - MAX_FAULTS_PRINTED
        lines += [f"... and {more:,} more"] if more > 0 else []
    for line in lines:
        print(f"swingdesk: {line}", file=sys.stderr)
