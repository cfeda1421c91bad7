# ruff: noqa: ARG001 (rules have one signature)
"""The index rules: which of the tasks that wait comes next. The planner, the simulator and the live desk call these.

Every rule has the signature ``(now, enabled, due, weight, handling, scale) -> index``; the task with the highest index
comes next, ties go to the one enabled first, then to the one that came first. All times are in one unit, the same for
all arguments: `handling` is the expected handling by the agent who asks, `scale` the look-ahead of `atc` (k times the
mean expected handling at speed 1); a rule ignores what it does not need.
"""

import math
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.vocabulary import Rule
from optimizer.kernels import compiled

FIFO, EDF, SLACK, PRIORITY, SPT, WSPT, ATC = range(7)
"""What compiled code knows the rules by."""

CODE_OF_RULE = MappingProxyType(
    {
        Rule.FIFO: FIFO,
        Rule.EDF: EDF,
        Rule.SLACK: SLACK,
        Rule.PRIORITY: PRIORITY,
        Rule.SPT: SPT,
        Rule.WSPT: WSPT,
        Rule.ATC: ATC,
    }
)

NO_DUE = float(2**40)
"""A due from here on is none at all; no instant in seconds reaches it."""

NO_URGENCY = -1e18
"""The `atc` index of a task that no delay makes costlier: without weight, or without a due."""

LEAST_EXPONENT = -700.0
"""Below this, exp leaves the normal floating-point numbers."""


@compiled(nogil=True)
def fifo(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """First in, first out: the task enabled first."""
    return -enabled


@compiled(nogil=True)
def edf(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Earliest due first.

    References
    ----------
    Jackson (1955), Scheduling a production line to minimize maximum tardiness. UCLA research report 43.
    """
    return -due


@compiled(nogil=True)
def slack(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Least slack first: the time that is left until the latest start that is still on time.

    References
    ----------
    Conway, Maxwell and Miller (1967), Theory of Scheduling, section 3-3 (the minimum slack rule).
    """
    return now + handling - due


@compiled(nogil=True)
def priority(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Heaviest weight first."""
    return weight


@compiled(nogil=True)
def spt(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Shortest expected handling first.

    References
    ----------
    Smith (1956), Various optimizers for single-stage production. Naval Research Logistics Quarterly 3, 59-66.
    """
    return -handling


@compiled(nogil=True)
def wspt(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Most weight per expected handling first.

    References
    ----------
    Smith (1956), Various optimizers for single-stage production. Naval Research Logistics Quarterly 3, 59-66.
    """
    return weight / handling


@compiled(nogil=True)
def atc(now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Apparent tardiness cost: `wspt`, discounted exponentially by the slack that is left.

    The index is ``(weight / handling) * exp(-max(0, due - now - handling) / scale)``. Where that is too small for a
    float, its logarithm (less `LEAST_EXPONENT`, so never positive) stands for it, which keeps the order of tasks due
    in the far future; `NO_URGENCY`, the least of all, stands for an index of exactly 0. So ``max(0, atc(...))`` is
    the index to the last bit that matters.

    References
    ----------
    Vepsalainen and Morton (1987), Priority rules for job shops with weighted tardiness costs.
    Management Science 33(8), 1035-1047, section 3.
    """
    if weight <= 0.0 or due >= NO_DUE:
        return NO_URGENCY
    exponent = math.log(weight / handling) - max(0.0, due - now - handling) / scale
    return math.exp(exponent) if exponent > LEAST_EXPONENT else exponent - LEAST_EXPONENT


@compiled(nogil=True)
def evaluate(rule: int, now: float, enabled: float, due: float, weight: float, handling: float, scale: float) -> float:
    """Return the index of a task by the rule of a code; `nan` for a code that there is not."""
    if rule == ATC:
        return atc(now, enabled, due, weight, handling, scale)
    if rule == FIFO:
        return fifo(now, enabled, due, weight, handling, scale)
    if rule == EDF:
        return edf(now, enabled, due, weight, handling, scale)
    if rule == SLACK:
        return slack(now, enabled, due, weight, handling, scale)
    if rule == PRIORITY:
        return priority(now, enabled, due, weight, handling, scale)
    if rule == SPT:
        return spt(now, enabled, due, weight, handling, scale)
    if rule == WSPT:
        return wspt(now, enabled, due, weight, handling, scale)
    return math.nan


@compiled(nogil=True)
def comes_before(
    index: float, enabled: float, order: int, other_index: float, other_enabled: float, other_order: int
) -> bool:
    """Return whether a task comes before another: higher index, then enabled earlier, then earlier in order."""
    if index != other_index:
        return index > other_index
    if enabled != other_enabled:
        return enabled < other_enabled
    return order < other_order


@compiled(nogil=True)
def _evaluate_all(
    rule: int,
    now: float,
    enabled: NDArray[np.float64],
    due: NDArray[np.float64],
    weight: NDArray[np.float64],
    handling: NDArray[np.float64],
    scale: float,
    index: NDArray[np.float64],
) -> None:
    for i in range(len(enabled)):
        index[i] = evaluate(rule, now, enabled[i], due[i], weight[i], handling[i], scale)


def rank(
    rule: Rule,
    *,
    now: float,
    enabled: NDArray[np.float64],
    due: NDArray[np.float64],
    weight: NDArray[np.float64],
    handling: NDArray[np.float64],
    scale: float,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the positions of candidate tasks in the order in which they come, and the index of each.

    Parameters
    ----------
    enabled, due, weight, handling : (N,) of each candidate, in order of arrival

    Returns
    -------
    order : (N,) positions, the next task first
    index : (N,) by position, not by order
    """
    index = np.empty(len(enabled))
    _evaluate_all(CODE_OF_RULE[rule], now, enabled, due, weight, handling, scale, index)
    return np.lexsort((enabled, -index)), index
