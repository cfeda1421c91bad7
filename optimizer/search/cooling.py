"""How hot a search begins and ends: the fewer candidates it can afford for each task, the colder.

On a small problem one long cooling ends now in this valley and now in that; the best of several shorter ones is better
and hardly a matter of chance (4 of 15,000 candidates a task against one of 60,000, at 200 tasks: 0.4 to 1.7 % less).
"""

from dataclasses import dataclass

import numpy as np

from optimizer.search.board import Records

_HOT_BY_ROOT = 0.0105
_COLDEST_START, _HOTTEST_START = 0.15, 4.0
_COLD_BY_ROOT = 12.0
_COLDEST_END, _HOTTEST_END = 0.025, 0.05
_CALM = 0.01, 0.002

_ROUND_AT_200, _ROUND_GROWTH, _ROUNDS_GROWTH = 30_000.0, 1.6, 0.75
"""Candidates for each of 200 tasks that one cooling should have; by which power of the tasks they grow, since with many
chance evens out; and by which power of what there is beyond them there are more coolings rather than longer ones."""

_MOST_ROUNDS = 64


@dataclass(frozen=True, kw_only=True)
class Cooling:
    """A geometric schedule, gone through once or several times.

    Attributes
    ----------
    unit : cost units of one task of mean size being late by one mean handling more
    hot, cold : first and last temperature, in such units
    rounds : times that it cools down
    """

    unit: float
    hot: float
    cold: float
    rounds: int = 1

    def between(self, share: float, next_share: float) -> tuple[float, float]:
        """Return the temperatures, in cost units, where a deal begins and ends, by shares of the budget.

        A deal ends no later than the round in which it begins.
        """
        done = min(int(self.rounds * min(1.0, max(0.0, share)) + 1e-9), self.rounds - 1)
        return self._at(self.rounds * share - done), self._at(self.rounds * next_share - done)

    def _at(self, part: float) -> float:
        return self.unit * self.hot * float((self.cold / self.hot) ** min(1.0, max(0.0, part)))


def choose_cooling(tasks: Records, candidates_per_task: float, *, is_calm: bool) -> Cooling:
    """Return the schedule for a budget: found by trial at 300 to 100,000 candidates a task.

    A calm search, of a plan that people go by already, takes no detours through worse ones.
    """
    if is_calm:
        return Cooling(unit=_measure(tasks), hot=_CALM[0], cold=_CALM[1])
    rounds = _count_rounds(len(tasks), candidates_per_task)
    root = max(1.0, candidates_per_task / rounds) ** 0.5
    hot = min(_HOTTEST_START, max(_COLDEST_START, _HOT_BY_ROOT * root))
    cold = min(_HOTTEST_END, max(_COLDEST_END, _COLD_BY_ROOT / root))
    return Cooling(unit=_measure(tasks), hot=hot, cold=cold, rounds=rounds)


def _count_rounds(num_tasks: int, candidates_per_task: float) -> int:
    enough = _ROUND_AT_200 * (num_tasks / 200) ** _ROUND_GROWTH
    return int(min(_MOST_ROUNDS, max(1.0, (candidates_per_task / enough) ** _ROUNDS_GROWTH)))


def _measure(tasks: Records) -> float:
    """Return what a delay by one handling costs; where tardiness costs nothing, a share of what leaving a task does."""
    by_delay = float(np.mean(tasks["rate"])) * float(np.mean(tasks["work"]))
    return max(by_delay if by_delay > 0 else 0.1 * float(np.mean(tasks["left"])), 1.0)
