"""The next event of every agent: a binary heap in which each agent stands once, ordered by instant, then by rank."""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimizer.instance import NEVER, Ints, Seconds


class Calendar(NamedTuple):
    """A heap of agents. A agents.

    Attributes
    ----------
    instant : (A,) instant of an agent's next event, `NEVER` where it has none
    rank : (A,) who comes first at one instant
    heap : (A,) agents
    place : (A,) where in the heap an agent stands
    """

    instant: Seconds
    rank: Ints
    heap: Ints
    place: Ints


def build_calendar(rank: Ints) -> Calendar:
    """Return a calendar on which no agent has an event."""
    agents = np.arange(len(rank), dtype=np.int32)
    heap = np.argsort(rank).astype(np.int32)
    place = agents.copy()
    place[heap] = agents
    return Calendar(instant=np.full(len(rank), NEVER, dtype=np.int64), rank=rank, heap=heap, place=place)


@njit(cache=True, nogil=True)
def _is_before(agent: int, other: int, calendar: Calendar) -> bool:
    if calendar.instant[agent] != calendar.instant[other]:
        return bool(calendar.instant[agent] < calendar.instant[other])
    return bool(calendar.rank[agent] < calendar.rank[other])


@njit(cache=True, nogil=True)
def set_event(agent: int, instant: int, calendar: Calendar) -> None:
    """Set the instant of an agent's next event."""
    heap, place = calendar.heap, calendar.place
    calendar.instant[agent] = instant
    n = place[agent]
    while n > 0 and _is_before(agent, heap[(n - 1) >> 1], calendar):
        parent = (n - 1) >> 1
        heap[n] = heap[parent]
        place[heap[n]] = n
        n = parent
    while True:
        child = 2 * n + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and _is_before(heap[child + 1], heap[child], calendar):
            child += 1
        if not _is_before(heap[child], agent, calendar):
            break
        heap[n] = heap[child]
        place[heap[n]] = n
        n = child
    heap[n] = agent
    place[agent] = n
