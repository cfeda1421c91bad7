"""How many candidates each lane gets in the next deal, and which part of the budget that is."""

from dataclasses import dataclass
from typing import Protocol

from optimizer.search.stopping import Stop

FIRST_RATE = 4.0e6
"""Candidates a second and thread, until it is measured."""

_DEALS = 100
"""Of a round of cooling."""

_FEWEST_CANDIDATES = 200
_MOST_CANDIDATES = 200_000
"""Of a deal that is counted: a cancel is heard between two deals."""

_LONGEST_DEAL_S = 0.12
_SHORTEST_DEAL_S = 0.004
_DEAL_BY_OVERHEAD = 15.0
_LEAST_LEFT_S = 0.002


@dataclass(frozen=True, kw_only=True)
class Step:
    """One deal: candidates for each lane, and the shares of the budget spent before and after it."""

    candidates: int
    share: float
    next_share: float


@dataclass(kw_only=True)
class Effort:
    """What the last deal took: candidates tried by all lanes, and the seconds spent dealing and trying."""

    candidates: int = 0
    dealing_s: float = 0.0
    trying_s: float = 0.0


class Pace(Protocol):
    """A sequence of deals that ends with the budget."""

    def step(self) -> Step | None:
        """Return the next deal, None where the budget is spent."""


class CountedPace:
    """A number of candidates, cut into equal deals: the clock has no say, so that every run is alike."""

    def __init__(self, iterations: int, num_lanes: int, rounds: int = 1) -> None:
        deals = max(1, min(rounds * _DEALS, iterations // (_FEWEST_CANDIDATES * num_lanes)))
        self._num_deals = max(deals, iterations // (_MOST_CANDIDATES * num_lanes))
        self._candidates = iterations // (self._num_deals * num_lanes)
        self._dealt = 0

    def step(self) -> Step | None:
        """Return the next deal, None where all have been."""
        if self._dealt == self._num_deals:
            return None
        self._dealt += 1
        return Step(
            candidates=self._candidates,
            share=(self._dealt - 1) / self._num_deals,
            next_share=self._dealt / self._num_deals,
        )


class TimedPace:
    """Deals short enough to stop in time, and long enough to be worth their dealing.

    Parameters
    ----------
    effort
        What the last deal took, as whoever deals keeps it.
    rounds
        Times that it cools down.
    """

    def __init__(self, stop: Stop, num_lanes: int, threads: int, effort: Effort, rounds: int = 1) -> None:
        self._stop, self._effort = stop, effort
        self._num_lanes = num_lanes
        self._begun_s = stop.seconds()
        self._horizon_s = max(stop.remaining_s(), _LEAST_LEFT_S)
        self._rate = FIRST_RATE * min(threads, num_lanes)
        self._num_deals = rounds * _DEALS

    def step(self) -> Step | None:
        """Return the next deal, None where the time is up."""
        overhead_s = self._effort.dealing_s
        left_s = self._stop.remaining_s() - overhead_s
        if left_s <= _LEAST_LEFT_S:
            return None
        if self._effort.candidates:
            self._rate = 0.5 * (self._rate + self._effort.candidates / max(self._effort.trying_s, 1e-5))
        shortest_s = max(self._horizon_s / self._num_deals, _DEAL_BY_OVERHEAD * overhead_s, _SHORTEST_DEAL_S)
        slice_s = min(_LONGEST_DEAL_S, shortest_s, left_s)
        spent_s = self._stop.seconds() - self._begun_s
        return Step(
            candidates=max(1, int(self._rate * slice_s / self._num_lanes)),
            share=spent_s / self._horizon_s,
            next_share=(spent_s + slice_s + overhead_s) / self._horizon_s,
        )
