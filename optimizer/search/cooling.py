"""How hot a search begins and ends: the fewer candidates it can afford for each task, the colder."""

from dataclasses import dataclass

import numpy as np

from optimizer.search.board import Records

_HOT_BY_ROOT = 0.0105
_COLDEST_START, _HOTTEST_START = 0.15, 4.0
_COLD_BY_ROOT = 12.0
_COLDEST_END, _HOTTEST_END = 0.025, 0.05
_CALM = 0.01, 0.002


@dataclass(frozen=True, kw_only=True)
class Cooling:
    """A geometric schedule.

    Attributes
    ----------
    unit : cost units of one task of mean size being late by one mean handling more
    hot, cold : first and last temperature, in such units
    """

    unit: float
    hot: float
    cold: float

    def at(self, share: float) -> float:
        """Return the temperature, in cost units, when a share of the budget is spent."""
        return self.unit * self.hot * float((self.cold / self.hot) ** min(1.0, max(0.0, share)))


def choose_cooling(tasks: Records, candidates_per_task: float, *, is_calm: bool) -> Cooling:
    """Return the schedule for a budget: found by trial at 300 to 100,000 candidates a task.

    A calm search, of a plan that people go by already, takes no detours through worse ones.
    """
    if is_calm:
        return Cooling(unit=_measure(tasks), hot=_CALM[0], cold=_CALM[1])
    root = max(1.0, candidates_per_task) ** 0.5
    hot = min(_HOTTEST_START, max(_COLDEST_START, _HOT_BY_ROOT * root))
    cold = min(_HOTTEST_END, max(_COLDEST_END, _COLD_BY_ROOT / root))
    return Cooling(unit=_measure(tasks), hot=hot, cold=cold)


def _measure(tasks: Records) -> float:
    """Return what a delay by one handling costs; where tardiness costs nothing, a share of what leaving a task does."""
    by_delay = float(np.mean(tasks["rate"])) * float(np.mean(tasks["work"]))
    return max(by_delay if by_delay > 0 else 0.1 * float(np.mean(tasks["left"])), 1.0)
