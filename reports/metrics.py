"""The metrics, each defined once: formula, unit, denominator, and the function that computes it.

`docs/metrics.md` says the same in words, with worked examples that the tests execute. A share whose denominator is
empty is None: nothing was due, so nothing can be said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AT_RISK_MINUTES = 30.0
"""Planned slack below which a task that is on time is called at risk."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a figure means: shown beside it wherever it stands."""

    key: str
    name: str
    unit: str
    formula: str
    denominator: str = ""
    note: str = ""


ON_TIME = Metric(
    key="on_time_share",
    name="On-time share of what falls due",
    unit="share of tasks",
    formula="tasks due in the period and completed by their due / tasks due in the period",
    denominator="tasks whose due lies in the period, whether completed or not",
    note="A task that is still open at its due is late. Tasks that were overdue before the period began belong to an "
    "earlier one and are counted apart.",
)
COMPLETED_ON_TIME = Metric(
    key="completed_on_time_share",
    name="On-time share of what is completed",
    unit="share of tasks",
    formula="tasks completed in the period by their due / tasks completed in the period",
    denominator="tasks completed in the period, whenever they were due",
    note="Leaves out what is still open, so it flatters an office that lets old work lie. Never shown alone.",
)
LATE = Metric(
    key="num_late",
    name="Late",
    unit="tasks",
    formula="tasks due in the period less those of them that are completed by their due",
)
OVERDUE = Metric(
    key="num_overdue",
    name="Overdue at the start",
    unit="tasks",
    formula="open tasks whose due lies before the start of the period",
    note="No plan can bring these in on time; a good one brings them in soon.",
)
AT_RISK = Metric(
    key="num_at_risk",
    name="At risk",
    unit="tasks",
    formula=f"tasks planned to end on time, but less than {AT_RISK_MINUTES:.0f} minutes before their due",
)
LEFT = Metric(
    key="num_left",
    name="Left for later",
    unit="tasks",
    formula="tasks of the plan that it gives to nobody",
)
BACKLOG = Metric(
    key="backlog_hours",
    name="Backlog",
    unit="hours of work",
    formula="sum of the standard minutes of open tasks / 60",
    note="Standard minutes are the expected handling at speed 1. Pended tasks (waiting for a customer) are not in it.",
)
OLDEST = Metric(
    key="oldest_hours",
    name="Oldest",
    unit="hours",
    formula="now less the earliest arrival of an open task",
    note="Elapsed time, nights and weekends included.",
)
WAIT = Metric(
    key="wait_hours",
    name="Wait",
    unit="hours, mean",
    formula="start less arrival, mean over tasks that are started",
    denominator="tasks started in the period",
)
FLOW = Metric(
    key="flow_hours",
    name="Flow time",
    unit="hours, mean",
    formula="end less arrival, mean over tasks that are completed",
    denominator="tasks completed in the period",
)
TARDINESS = Metric(
    key="tardiness_hours",
    name="Tardiness",
    unit="hours, mean over late tasks",
    formula="completion less due, where positive; mean over late tasks",
    denominator="late tasks",
    note="A task that the plan leaves for later counts as completed at its carry-over.",
)
UTILIZATION = Metric(
    key="utilization",
    name="Utilization",
    unit="share of time",
    formula="(handling + setup) / (time on shift less breaks)",
    denominator="time on shift from the start of the period, less breaks, meetings, training and phone duty",
    note="Handling is expected handling: the reserve that the plannable share keeps free is not in it.",
)
OCCUPANCY = Metric(
    key="occupancy",
    name="Occupancy",
    unit="share of time",
    formula="handling / (handling + free on shift)",
    denominator="handling and free time on shift; setup and breaks are neither",
)
SWING_MOVES = Metric(
    key="num_moves",
    name="Swing moves",
    unit="moves",
    formula="pairs of consecutive tasks of one agent and shift that belong to different teams",
)
LENT_HOURS = Metric(
    key="lent_hours",
    name="Lent hours",
    unit="hours of work",
    formula="expected handling minutes done outside the agent's home team / 60",
)
GAP = Metric(
    key="gap",
    name="Gap to the bound",
    unit="share of the total",
    formula="(total - lower bound) / total",
    denominator="the plan's total of the objective",
    note="No plan can be better than the bound, so no plan can be better than this one by more than the gap. "
    "0 is proven optimal.",
)

METRICS: tuple[Metric, ...] = (
    ON_TIME,
    COMPLETED_ON_TIME,
    LATE,
    OVERDUE,
    AT_RISK,
    LEFT,
    BACKLOG,
    OLDEST,
    WAIT,
    FLOW,
    TARDINESS,
    UTILIZATION,
    OCCUPANCY,
    SWING_MOVES,
    LENT_HOURS,
    GAP,
)


def due_cohort(due: Array, *, start: float, end: float) -> NDArray[np.bool_]:
    """Return which tasks fall due in `[start, end]`; due : (T,) instants."""
    cohort: NDArray[np.bool_] = (due >= start) & (due <= end)
    return cohort


def on_time_share(due: Array, completed: Array, *, start: float, end: float) -> float | None:
    """Return `ON_TIME` over `[start, end]`.

    due, completed : (T,) instants; completed is NaN where a task is still open.
    """
    cohort = due_cohort(due, start=start, end=end)
    return _share(int(np.count_nonzero(completed[cohort] <= due[cohort])), int(np.count_nonzero(cohort)))


def completed_on_time_share(due: Array, completed: Array, *, start: float, end: float) -> float | None:
    """Return `COMPLETED_ON_TIME` over `[start, end]`; arguments as those of `on_time_share`."""
    done = (completed >= start) & (completed <= end)
    return _share(int(np.count_nonzero(completed[done] <= due[done])), int(np.count_nonzero(done)))


def num_late(due: Array, completed: Array, *, start: float, end: float) -> int:
    """Return `LATE` over `[start, end]`; arguments as those of `on_time_share`."""
    cohort = due_cohort(due, start=start, end=end)
    return int(np.count_nonzero(~(completed[cohort] <= due[cohort])))


def num_overdue(due: Array, *, start: float) -> int:
    """Return `OVERDUE`; due : (T,) instants of open tasks."""
    return int(np.count_nonzero(due < start))


def is_at_risk(due: Array, completed: Array) -> NDArray[np.bool_]:
    """Return which tasks are `AT_RISK`; instants in seconds, NaN where a task is not planned."""
    slack = due - completed
    risky: NDArray[np.bool_] = (slack >= 0) & (slack < AT_RISK_MINUTES * 60)
    return risky


def backlog_hours(standard_minutes: Array) -> float:
    """Return `BACKLOG` of open tasks."""
    return float(standard_minutes.sum()) / 60


def oldest_hours(arrived: Array, *, now: float) -> float | None:
    """Return `OLDEST` of open tasks; arrived : (T,) instants in seconds."""
    return None if len(arrived) == 0 else float(now - arrived.min()) / 3600


def mean_hours(since: Array, until: Array) -> float | None:
    """Return the mean of `until - since` in hours, over those that are known: `WAIT` and `FLOW`."""
    spans = (until - since)[~np.isnan(until)]
    return None if len(spans) == 0 else float(spans.mean()) / 3600


def tardiness_hours(due: Array, completed: Array) -> float | None:
    """Return `TARDINESS`; completed : (T,) instants in seconds, the carry-over where a task is left."""
    late = (completed - due)[completed > due]
    return None if len(late) == 0 else float(late.mean()) / 3600


def utilization(*, handling_s: float, setup_s: float, duty_s: float) -> float | None:
    """Return `UTILIZATION`; `duty_s` is time on shift less breaks."""
    return None if duty_s <= 0 else (handling_s + setup_s) / duty_s


def occupancy(*, handling_s: float, setup_s: float, duty_s: float) -> float | None:
    """Return `OCCUPANCY`; free time is `duty_s` less handling and setup."""
    return None if duty_s - setup_s <= 0 else handling_s / (duty_s - setup_s)


def gap(*, total: float, lower_bound: float) -> float:
    """Return `GAP`; 0 where the total itself is 0."""
    return 0.0 if total <= 0 else max(0.0, (total - lower_bound) / total)


def _share(part: int, whole: int) -> float | None:
    return None if whole == 0 else part / whole
