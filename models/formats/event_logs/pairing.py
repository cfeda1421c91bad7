"""Events of the XES lifecycle paired into task instances, first in, first out.

References
----------
IEEE Std 1849-2016 (XES), section 6.3 and annex: the lifecycle extension and its standard transitional model.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

NONE = -1
_NAT = np.iinfo(np.int64).min


class Transition(IntEnum):
    """Transitions, in the order in which they happen where their instants are the same."""

    SCHEDULE = 0
    ASSIGN = 1
    REASSIGN = 2
    START = 3
    RESUME = 4
    SUSPEND = 5
    COMPLETE = 6
    DROP = 7
    UNKNOWN = 8


TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        "schedule": Transition.SCHEDULE,
        "assign": Transition.ASSIGN,
        "reassign": Transition.REASSIGN,
        "start": Transition.START,
        "resume": Transition.RESUME,
        "suspend": Transition.SUSPEND,
        "complete": Transition.COMPLETE,
        "withdraw": Transition.DROP,
        "autoskip": Transition.DROP,
        "manualskip": Transition.DROP,
        "ate_abort": Transition.DROP,
        "pi_abort": Transition.DROP,
    }
)
"""What each transition of the standard does here; anything else is unknown and left out."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Instances made of events.

    Attributes
    ----------
    row : (I,) int64
        Event that the instance's other columns are taken from: its last.
    first_row : (I,) int64
        Its first event.
    enabled, start, end : (I,) microseconds
        Of its schedule, start and completion; the least int64 where there was none.
    agent : (I,) int64
        Who did it: of the completion where known, else of the start; -1 unknown.
    is_dropped : (I,) bool
        Whether it was withdrawn, skipped or aborted.
    pauses : (P, 3) int64
        Instance, suspended from, until (microseconds; the least int64 where it never went on).
    counts
        How many events of each kind found no partner.
    """

    row: NDArray[np.int64]
    first_row: NDArray[np.int64]
    enabled: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    agent: NDArray[np.int64]
    is_dropped: NDArray[np.bool_]
    pauses: NDArray[np.int64]
    counts: Mapping[str, int]


@dataclass(slots=True)
class _Instance:
    row: int
    first_row: int
    agent: int = NONE
    enabled: int = _NAT
    start: int = _NAT
    end: int = _NAT
    suspended: int = _NAT
    is_dropped: bool = False
    pauses: list[tuple[int, int]] = field(default_factory=list)


def pair_events(
    keys: tuple[NDArray[np.int64], ...],
    agent: NDArray[np.int64],
    instant: NDArray[np.int64],
    transition: NDArray[np.int64],
) -> Paired:
    """Pair events that share all `keys` (case, task type, and the instance where the log names it).

    A schedule waits for the next start; a start is ended by the next completion of the same agent, else by the next
    of any: the oldest first. Every event goes into exactly one instance or one of the counts.
    """
    order = np.lexsort((agent, transition, instant, *reversed(keys)))
    changes = np.zeros(len(order), dtype=bool)
    for key in keys:
        ordered = key[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    desk = _Desk()
    for row, is_new, who, when, what in zip(
        order.tolist(),
        changes.tolist(),
        agent[order].tolist(),
        instant[order].tolist(),
        transition[order].tolist(),
        strict=True,
    ):
        if is_new:
            desk.clear()
        desk.take(row, who, when, what)
    desk.clear()
    return desk.result()


class _Desk:
    """What is scheduled and open of one case and task type, and all that was closed."""

    def __init__(self) -> None:
        self.scheduled: deque[_Instance] = deque()
        self.open: list[_Instance] = []
        self.made: list[_Instance] = []
        self.counts = {"complete": 0, "resume": 0, "suspend": 0, "drop": 0, "reassign": 0, "unknown": 0}

    def clear(self) -> None:
        """Begin another case or task type; what is not closed stays unfinished."""
        for made in self.open:
            if made.suspended != _NAT:
                self._resume(made, _NAT)
        self.scheduled.clear()
        self.open.clear()

    def take(self, row: int, who: int, when: int, what: int) -> None:
        """Take the next event of this case and task type."""
        if what == Transition.COMPLETE:
            self._close(row, who, when, is_dropped=False)
        elif what == Transition.START:
            self._start(row, who, when)
        elif what == Transition.SCHEDULE:
            made = _Instance(row, row, enabled=when)
            self.made.append(made)
            self.scheduled.append(made)
        elif what == Transition.SUSPEND:
            found = self._find(who, is_suspended=False)
            if found is None:
                self.counts["suspend"] += 1
            else:
                found.suspended, found.row = when, row
        elif what == Transition.RESUME:
            found = self._find(who, is_suspended=True)
            if found is None:
                self.counts["resume"] += 1
                self._start(row, who, when)
            else:
                self._resume(found, when)
                found.agent, found.row = (who if who != NONE else found.agent), row
        elif what == Transition.DROP:
            self._close(row, who, when, is_dropped=True)
        elif what in (Transition.ASSIGN, Transition.REASSIGN):
            self._assign(row, who)
        else:
            self.counts["unknown"] += 1

    def result(self) -> Paired:
        """Return all instances made."""
        pauses = [(position, *pause) for position, made in enumerate(self.made) for pause in made.pauses]
        return Paired(
            row=np.array([made.row for made in self.made], dtype=np.int64),
            first_row=np.array([made.first_row for made in self.made], dtype=np.int64),
            enabled=np.array([made.enabled for made in self.made], dtype=np.int64),
            start=np.array([made.start for made in self.made], dtype=np.int64),
            end=np.array([made.end for made in self.made], dtype=np.int64),
            agent=np.array([made.agent for made in self.made], dtype=np.int64),
            is_dropped=np.array([made.is_dropped for made in self.made], dtype=bool),
            pauses=np.array(pauses, dtype=np.int64).reshape(-1, 3),
            counts=self.counts,
        )

    def _start(self, row: int, who: int, when: int) -> None:
        if self.scheduled:
            made = self.scheduled.popleft()
            made.row = row
        else:
            made = _Instance(row, row)
            self.made.append(made)
        made.start = when
        made.agent = who if who != NONE else made.agent
        self.open.append(made)

    def _close(self, row: int, who: int, when: int, *, is_dropped: bool) -> None:
        found = self._find(who, is_suspended=False) or self._find(who, is_suspended=True)
        if found is not None:
            self.open.remove(found)
            if found.suspended != _NAT:
                self._resume(found, when)
            found.agent = who if who != NONE and not is_dropped else found.agent
        elif self.scheduled:
            found = self.scheduled.popleft()
            found.agent = NONE if is_dropped else who
            self.counts["drop" if is_dropped else "complete"] += 1
        else:
            found = _Instance(row, row, agent=who)
            self.made.append(found)
            self.counts["drop" if is_dropped else "complete"] += 1
        found.end, found.row, found.is_dropped = when, row, is_dropped

    def _assign(self, row: int, who: int) -> None:
        waiting = next((made for made in self.open), None) or next(iter(self.scheduled), None)
        if waiting is None:
            self.counts["reassign"] += 1
        elif who != NONE:
            waiting.agent, waiting.row = who, row

    def _find(self, who: int, *, is_suspended: bool) -> _Instance | None:
        candidates = [made for made in self.open if (made.suspended != _NAT) == is_suspended]
        if not candidates:
            return None
        return next((made for made in candidates if made.agent == who), candidates[0])

    @staticmethod
    def _resume(made: _Instance, when: int) -> None:
        made.pauses.append((made.suspended, when))
        made.suspended = _NAT
