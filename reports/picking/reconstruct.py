"""Choices of a log: the queue as it stood at each start.

At a start the queue holds the tasks that could be begun and were not, of types that the person is known to do: the
rest they could not have taken. What the queue's true rules were is unknown, so ranks are given by several.
"""

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from reports.operations.record import CANCELLED, Record
from reports.picking.choices import EDF, FIFO, NO_LEAVE, Choices

ENABLE, BEGIN, LEAVE = 0, 1, 2
"""What happens at one instant happens in this order: what is enabled and begun at once was never passed over."""

UNKNOWN_ARRIVAL = "arrival unknown"
"""Why a start is no choice: nobody saw the task come in."""


def reconstruct_choices(record: Record, *, has_arrival: "pd.Series[bool] | None" = None) -> Choices:
    """Return the choices at each start of the period by somebody known.

    Parameters
    ----------
    has_arrival
        By task, whether it is known since when it could be begun. The others waited unseen: their starts are left out,
        and they stand in nobody's queue. All where None.
    """
    tasks = record.tasks
    known = np.ones(len(tasks), dtype=bool) if has_arrival is None else tasks["task"].map(has_arrival).fillna(False)
    known = np.asarray(known).astype(bool)
    replay = _Replay(record)
    # What was withdrawn before anybody began it may not have been there to take.
    is_kept = (tasks["outcome"] != CANCELLED).to_numpy() | ~np.isnan(record.real("started"))
    for what, task in _happenings(record, known & is_kept):
        replay.step(what, task)
    left = {UNKNOWN_ARRIVAL: int((~known & ~np.isnan(record.real("started"))).sum())}
    return replay.result({why: num for why, num in left.items() if num})


def _happenings(record: Record, known: np.ndarray) -> list[tuple[int, int]]:
    enabled, started, closed = (record.real(name) for name in ("enabled", "started", "closed"))
    at = np.flatnonzero(known & (enabled < record.end))
    begun = at[~np.isnan(started[at])]
    gone = at[np.isnan(started[at]) & ~np.isnan(closed[at])]
    what = np.concatenate([np.full(len(part), kind) for part, kind in ((at, ENABLE), (begun, BEGIN), (gone, LEAVE))])
    task = np.concatenate([at, begun, gone])
    when = np.concatenate([enabled[at], np.maximum(started[begun], enabled[begun]), closed[gone]])
    order = np.lexsort((task, what, when))
    return list(zip(what[order].tolist(), task[order].tolist(), strict=True))


class _Replay:
    """The queue by type, sorted by each rule's key."""

    def __init__(self, record: Record) -> None:
        self._record = record
        tasks = record.tasks
        self._type = tasks["type"].tolist()
        self._team = tasks["team"].tolist()
        self._agent = tasks["agent"].tolist()
        self._case = tasks["case"].tolist()
        self._task = tasks["task"].tolist()
        started, due = record.real("started"), record.real("due")
        self._started = started.tolist()
        self._keys: Mapping[str, list[float]] = {
            FIFO: record.real("enabled").tolist(),
            EDF: np.where(np.isnan(due), np.inf, due).tolist(),
        }
        self._due = due.tolist()
        self._queues: dict[str, dict[str, list[tuple[float, int]]]] = {rule: defaultdict(list) for rule in self._keys}
        self._minutes = _minutes_by_type(record)
        self._may_do: dict[str, list[str]] = defaultdict(list)
        for agent, kind in zip(record.may_do["agent"], record.may_do["type"], strict=True):
            self._may_do[agent].append(kind)
        self._last: dict[str, int] = {}
        self._rows: list[tuple[object, ...]] = []
        self._ranks: dict[str, list[int]] = {rule: [] for rule in self._keys}
        self._members: list[tuple[float, float, bool]] = []
        self._first: list[int] = [0]
        self._taken: list[int] = []
        self._heads: dict[str, list[int]] = {rule: [] for rule in self._keys}

    def step(self, what: int, task: int) -> None:
        kind = self._type[task]
        if what == ENABLE:
            for rule, keys in self._keys.items():
                insort(self._queues[rule][kind], (keys[task], task))
            return
        agent = self._agent[task]
        if what == BEGIN and agent is not None:
            if self._started[task] >= self._record.start:
                self._choose(task, agent)
            self._last[agent] = task
        for rule, keys in self._keys.items():
            queue = self._queues[rule][kind]
            del queue[bisect_left(queue, (keys[task], task))]

    def _choose(self, task: int, agent: str) -> None:
        own = self._type[task]
        kinds = self._may_do.get(agent) or [own]
        if own not in kinds:
            kinds = sorted([*kinds, own])
        last = self._last.get(agent)
        last_type = None if last is None else self._type[last]
        queues = self._queues[FIFO]
        size = 0
        member_of: dict[str, int] = {}
        for kind in kinds:
            count = len(queues[kind])
            if not count:
                continue
            member_of[kind] = len(self._members) - self._first[-1]
            self._members.append((self._minutes.get(kind, np.nan), float(count), kind == last_type))
            size += count
        self._first.append(len(self._members))
        self._taken.append(member_of[own])
        heads: dict[str, tuple[float, int]] = {}
        for rule, keys in self._keys.items():
            key = (keys[task], task)
            found = self._queues[rule]
            heads[rule] = min(found[kind][0] for kind in kinds if found[kind])
            self._heads[rule].append(member_of[self._type[heads[rule][1]]])
            ahead = sum(bisect_left(found[kind], (key[0], -1)) for kind in kinds)  # equal keys are not ahead
            self._ranks[rule].append(ahead + 1)
        at = self._started[task]
        self._rows.append(
            (
                agent,
                self._team[task],
                self._task[task],
                own,
                at,
                size,
                self._excuse(task, last, heads),
                last is not None,
            )
        )

    def _excuse(self, task: int, last: int | None, heads: Mapping[str, tuple[float, int]]) -> str:
        if last is None:
            return NO_LEAVE
        if self._case[task] is not None and self._case[task] == self._case[last]:
            return "continuity"
        head = heads[EDF][1]
        if self._type[task] != self._type[last] or self._type[head] == self._type[last]:
            return NO_LEAVE
        due = self._due[head]
        work = 60 * (self._minutes.get(self._type[task], 0.0) + self._minutes.get(self._type[head], 0.0))
        return "batching" if can_wait(due, self._started[task], work) else NO_LEAVE

    def result(self, left_out: Mapping[str, int]) -> Choices:
        names = ["agent", "team", "task", "type", "at", "num_eligible", "leave", "has_last"]
        frame = pd.DataFrame(self._rows, columns=names)
        ranks = {rule: np.array(found, dtype=np.int64) for rule, found in self._ranks.items()}
        has_due = bool(np.isfinite(np.array(self._keys[EDF])).any()) if self._keys[EDF] else False
        if not has_due:
            del ranks[EDF]
        rule = max(ranks, key=lambda name: (float((ranks[name] == 1).mean()) if len(frame) else 0.0, name))
        frame["rank"] = ranks[rule]
        frame["choose_s"] = np.nan
        members = np.array(self._members, dtype=np.float64).reshape(-1, 3)
        return Choices(
            frame=frame,
            first=np.array(self._first, dtype=np.int64),
            minutes=members[:, 0],
            count=members[:, 1],
            is_same=members[:, 2].astype(bool),
            taken=np.array(self._taken, dtype=np.int64),
            head=np.array(self._heads[rule], dtype=np.int64),
            rule=rule,
            is_known=False,
            other_ranks=ranks,
            num_left_out=left_out,
        )


def can_wait(due: float, now: float, work_s: float) -> bool:
    """Return whether a task that is passed over is still on time after the work on another and on itself."""
    return math.isnan(due) or due - now >= work_s


def _minutes_by_type(record: Record) -> Mapping[str, float]:
    """Return the expected handling of each type: its standard, else the mean of its tasks'."""
    means = record.tasks.groupby("type")["standard_minutes"].mean()
    found = {str(kind): float(value) for kind, value in means.items()}
    for kind, minutes in zip(record.types["type"], record.types["standard_minutes"], strict=True):
        if not np.isnan(minutes):
            found[kind] = float(minutes)
    return found
