"""The open tasks of a desk at an instant, as columns: what looks over all of them at once reads them here."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from models.repositories.live.waiting import OpenTask
from models.time import LAST_INSTANT
from models.vocabulary_live import TaskStage
from optimizer.instance import Floats, Ints
from services.live.crew import Demand

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
"""Places of tasks among those of a snapshot."""
DuePlace = tuple[int, str]
"""Where a task stands by its due: epoch second, at most `LAST_INSTANT`, and id."""
ORDER_BYTES = 8


def digest_of(task_id: str) -> bytes:
    """Return a digest of a task's id, of which its place among its likes is made."""
    return hashlib.sha256(task_id.encode()).digest()


def order_of(task_id: str) -> int:
    """Return what breaks ties between tasks: 64 bits of the digest of the id, alike wherever it is asked."""
    return int.from_bytes(digest_of(task_id)[:ORDER_BYTES], "big", signed=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """The open tasks, in no order. N tasks; nobody changes what a snapshot holds.

    Attributes
    ----------
    tasks
        What is known of each.
    demands
        What tasks ask of their agents; `demand` says the place of each task's.
    due, earliest, planned_at : (N,) epoch seconds; `NO_DUE` where there is none
    standard_s : (N,) expected handling at speed 1
    order : (N,) breaks ties, as `order_of` says
    is_waiting : (N,) whether it waits for an agent
    planned : (N,) position of the agent to whom the published plan gives it, `NOBODY` where it gives it to none here
    is_pinned : (N,) whether only one agent may do it
    is_free : (N,) whether it waits for anybody, and no plan gives it to somebody
    """

    tasks: Sequence[OpenTask]
    demands: Sequence[Demand]
    due: Floats
    earliest: Floats
    planned_at: Floats
    standard_s: Floats
    order: Longs
    demand: Ints
    planned: Ints
    is_waiting: Flags
    is_pinned: Flags
    is_free: Flags

    def in_teams(self, teams: Collection[str] | None) -> Flags:
        """Return which tasks are in the queue of some teams, or of any."""
        if teams is None:
            return np.ones(len(self.tasks), np.bool_)
        return self._with_demands([demand.team in teams for demand in self.demands])

    def of_types(self, types: Collection[str]) -> Flags:
        """Return which tasks are of some types."""
        return self._with_demands([demand.task_type in types for demand in self.demands])

    def _with_demands(self, is_wanted: Sequence[bool]) -> Flags:
        return np.array(is_wanted, np.bool_)[self.demand]

    def in_stages(self, stages: Collection[TaskStage]) -> Flags:
        """Return which tasks are in some stages."""
        found = self.is_waiting & (TaskStage.WAITING in stages)
        for row in np.flatnonzero(~self.is_waiting).tolist():
            found[row] = self.tasks[row].stage in stages
        return found

    def list_next(self, is_chosen: Flags, *, after: DuePlace | None, most: int) -> list[tuple[DuePlace, OpenTask]]:
        """Return the first of some tasks by due and id, each with its place in that order.

        Parameters
        ----------
        is_chosen : (N,)
        after
            The place behind which to begin.
        """
        due = np.minimum(self.due, LAST_INSTANT).astype(np.int64)
        if after is not None:
            is_chosen = is_chosen & (due >= after[0])
            for row in np.flatnonzero(is_chosen & (due == after[0])).tolist():
                is_chosen[row] = self.tasks[row].id > after[1]
        rows = np.flatnonzero(is_chosen)
        if len(rows) > most:
            rows = rows[due[rows] <= np.partition(due[rows], most - 1)[most - 1]]
        placed = [((int(due[row]), self.tasks[row].id), self.tasks[row]) for row in rows.tolist()]
        return sorted(placed, key=itemgetter(0))[:most]

    def by_due(self, rows: Rows, *, most: int | None = None) -> Rows:
        """Return rows, or the first of them, in the order of their due, alike wherever it is asked."""
        if most is not None and most < len(rows):
            due = self.due[rows]
            rows = rows[due <= np.partition(due, max(0, most - 1))[max(0, most - 1)]]
        return rows[np.lexsort((self.order[rows], self.due[rows]))][:most]

    @cached_property
    def free(self) -> Rows:
        """Rows of the tasks that are free."""
        return np.flatnonzero(self.is_free)
