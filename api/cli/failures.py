"""Errors on the terminal: 0 done; 1 checked, and it does not hold; 2 bad input or usage; 3 cancelled."""

import sys

from models.errors import CancelledError, PlanRejectedError, SwingdeskError

DOES_NOT_HOLD = 1
BAD_INPUT = 2
CANCELLED = 3


def exit_code(error: SwingdeskError) -> int:
    """Return the exit code of an error."""
    if isinstance(error, CancelledError):
        return CANCELLED
    if isinstance(error, PlanRejectedError):
        return DOES_NOT_HOLD
    return BAD_INPUT


def print_failure(error: SwingdeskError) -> None:
    """Write an error to standard error, one fault a line."""
    for line in str(error).splitlines():
        print(f"swingdesk: {line}", file=sys.stderr)
