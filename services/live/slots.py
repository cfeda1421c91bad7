"""The open tasks as columns: one slot a task, those of one demand together in chunks, written when a task changes."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from models.repositories.live.waiting import OpenTask
from models.vocabulary_live import TaskStage
from optimizer.next_task.columns import CHUNK, NO_INSTANT, NO_RATE, NOBODY, TaskColumns, empty_columns, grow_columns
from optimizer.policy import NO_DUE
from services.live.crew import Crew, Demand
from services.live.snapshot import Snapshot, digest_of, order_of
from services.live.ties import TieBook

FEWEST_SLOTS = 16 * CHUNK
MEAN_OF_NONE_S = 600.0
"""The look-ahead's measure where no task waits."""


class TaskSlots:
    """The columns of the tasks that are open, and where each task stands in them."""

    def __init__(self, crew: Crew, ties: TieBook) -> None:
        self.columns: TaskColumns = empty_columns(FEWEST_SLOTS)
        self.case_agent = np.full(FEWEST_SLOTS, NOBODY, np.int32)
        self.demands: list[Demand] = []
        self._crew = crew
        self._ties = ties
        self._free_chunks = list(range(FEWEST_SLOTS // CHUNK - 1, -1, -1))
        self._free: dict[int, list[int]] = {}
        self._tasks: dict[int, OpenTask] = {}
        self._slots: dict[str, int] = {}
        self._demand_at: dict[Demand, int] = {}
        self._planned: dict[str, tuple[str, int]] = {}
        self._planned_elsewhere: frozenset[str] = frozenset()
        self._cases: dict[str, int] = {}
        self._waiting_s, self.num_waiting, self.num_changes = 0, 0, 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def mean_handling_s(self) -> float:
        """Mean expected handling of the tasks that wait, at speed 1, in seconds."""
        return self._waiting_s / self.num_waiting if self.num_waiting else MEAN_OF_NONE_S

    def slot(self, task_id: str) -> int:
        """Return the slot of a task, `NOBODY` where it is not open."""
        return self._slots.get(task_id, NOBODY)

    def task(self, slot: int) -> OpenTask:
        """Return the task in a slot."""
        return self._tasks[slot]

    def tasks(self) -> list[OpenTask]:
        """Return all tasks that are open."""
        return list(self._tasks.values())

    def due(self, slot: int) -> int | None:
        """Return when the task in a slot is due; None where nothing says."""
        due = float(self.columns.due[slot])
        return None if due >= NO_DUE else int(due)

    def case(self, case: str | None) -> int:
        """Return the position of a case, `NOBODY` where no open task is of it."""
        return NOBODY if case is None else self._cases.get(case, NOBODY)

    def write(self, task: OpenTask, due: float) -> None:
        """Write a task; `due` is the instant of its deadline, `NO_DUE` where it has none."""
        demand = self._register(self._crew.demand_of(task))
        slot = self._slots.get(task.id)
        if slot is not None and self.columns.demand[slot] != demand:
            self._release(task.id)
            slot = None
        if slot is None:
            slot = self._take_slot(task.id, demand)
        columns, crew = self.columns, self._crew
        self.num_changes += 1
        self._count(slot, -1)
        self._tasks[slot] = task
        columns.is_waiting[slot] = task.stage is TaskStage.WAITING
        columns.standard_s[slot] = crew.standard_seconds(task)
        weight = columns.weight[slot] = crew.weight(task)
        columns.log_rate[slot] = math.log(weight / float(columns.standard_s[slot])) if weight > 0 else NO_RATE
        earliest = float(max(task.arrived, task.earliest_start or task.arrived))
        columns.enabled[slot] = columns.earliest[slot] = earliest
        columns.due[slot] = due
        columns.must_by[slot] = NO_INSTANT if task.must_by is None else task.must_by
        columns.case[slot] = NOBODY if task.case is None else self._register_case(task.case)
        columns.pinned[slot] = self._pinned(task)
        self._count(slot, 1)
        self._write_plan(slot, task.id)
        self._write_ties(slot, task.id)

    def let_wait(self, slot: int, is_waiting: bool) -> None:
        """Let the task in a slot be ranked among those that wait, or no more, whatever its stage."""
        if bool(self.columns.is_waiting[slot]) != is_waiting:
            self._count(slot, -1)
            self.columns.is_waiting[slot] = is_waiting
            self._count(slot, 1)

    def remove(self, task_id: str) -> None:
        """Forget a task that is open no more."""
        if task_id in self._slots:
            self._release(task_id)

    def touch(self, task_ids: Iterable[str]) -> None:
        """Write anew what ties some tasks, of those that are open."""
        for task_id in task_ids:
            slot = self._slots.get(task_id)
            if slot is not None:
                self._write_ties(slot, task_id)

    def plan(self, assignments: Mapping[str, tuple[str, int]]) -> None:
        """Write whom the published plan gives each task to, and when."""
        self._planned = dict(assignments)
        known = self._crew.position
        self._planned_elsewhere = frozenset(task for task, (agent, _) in assignments.items() if agent not in known)
        for slot, task in self._tasks.items():
            self._write_plan(slot, task.id)

    def planned(self, task_id: str) -> tuple[str, int] | None:
        """Return to whom the published plan gives a task, and when."""
        return self._planned.get(task_id)

    def list_planned(self, agent_id: str) -> list[tuple[str, int]]:
        """Return what the published plan gives an agent: tasks, closed ones too, and when, in the plan's order."""
        found = [(task, start) for task, (agent, start) in self._planned.items() if agent == agent_id]
        return sorted(found, key=lambda item: (item[1], item[0]))

    def note_case(self, case: str | None, agent_id: str) -> None:
        """Note who last worked on a case."""
        if case is not None:
            self.case_agent[self._register_case(case)] = self._crew.position.get(agent_id, NOBODY)

    def list_waiting(self, teams: Iterable[str] | None) -> list[OpenTask]:
        """Return the tasks that wait, for some teams or all, the one that is due first coming first."""
        slots = np.flatnonzero(self.columns.is_waiting)
        if teams is not None and len(slots):
            wanted = set(teams)
            is_wanted = np.array([demand.team in wanted for demand in self.demands], np.bool_)
            slots = slots[is_wanted[self.columns.demand[slots]]]
        order = np.lexsort((self.columns.order[slots], self.columns.enabled[slots], self.columns.due[slots]))
        return [self._tasks[slot] for slot in slots[order].tolist()]

    def snapshot(self) -> Snapshot:
        """Return all open tasks as they are now."""
        columns, slots = self.columns, np.fromiter(self._tasks, np.int64, len(self._tasks))
        tasks = list(self._tasks.values())
        is_waiting, is_pinned = columns.is_waiting[slots] != 0, columns.pinned[slots] != NOBODY
        is_free = is_waiting & (columns.planned[slots] == NOBODY)
        for row in np.flatnonzero(is_free & is_pinned).tolist():
            is_free[row] = not tasks[row].pinned_by_lead
        for task_id in self._planned_elsewhere & self._slots.keys():
            is_free[slots == self._slots[task_id]] = False
        return Snapshot(
            tasks=tasks,
            demands=tuple(self.demands),
            due=columns.due[slots],
            earliest=columns.earliest[slots],
            planned_at=columns.planned_at[slots],
            standard_s=columns.standard_s[slots],
            order=columns.order[slots],
            demand=columns.demand[slots],
            planned=columns.planned[slots],
            is_waiting=is_waiting,
            is_pinned=is_pinned,
            is_free=is_free,
        )

    def _take_slot(self, task_id: str, demand: int) -> int:
        free = self._free.setdefault(demand, [])
        if not free:
            free += self._take_chunk(demand)
        slot = free.pop()
        self._slots[task_id] = slot
        digest = digest_of(task_id)
        self.columns.id_high[slot] = int.from_bytes(digest[:8], "big")
        self.columns.id_low[slot] = int.from_bytes(digest[8:16], "big")
        self.columns.order[slot] = order_of(task_id)
        return slot

    def _take_chunk(self, demand: int) -> Iterable[int]:
        """Return the slots of a chunk that is free, for tasks of one demand from now on, the first one last."""
        if not self._free_chunks:
            size = len(self.columns.chunk_demand)
            self.columns = grow_columns(self.columns, 2 * size * CHUNK)
            self._free_chunks = list(range(2 * size - 1, size - 1, -1))
        chunk = self._free_chunks.pop()
        self.columns.chunk_demand[chunk] = demand
        first = chunk * CHUNK
        self.columns.demand[first : first + CHUNK] = demand
        return range(first + CHUNK - 1, first - 1, -1)

    def _release(self, task_id: str) -> None:
        slot = self._slots.pop(task_id)
        self.num_changes += 1
        self._count(slot, -1)
        self.columns.is_waiting[slot] = 0
        del self._tasks[slot]
        self._free[int(self.columns.demand[slot])].append(slot)

    def _count(self, slot: int, sign: int) -> None:
        if self.columns.is_waiting[slot]:
            self.num_waiting += sign
            self.columns.chunk_waiting[slot // CHUNK] += sign
            self._waiting_s += sign * round(float(self.columns.standard_s[slot]))

    def _register(self, demand: Demand) -> int:
        at = self._demand_at.setdefault(demand, len(self.demands))
        if at == len(self.demands):
            self.demands.append(demand)
        return at

    def _register_case(self, case: str) -> int:
        at = self._cases.setdefault(case, len(self._cases))
        if at >= len(self.case_agent):
            self.case_agent = np.concatenate([self.case_agent, np.full(at, NOBODY, np.int32)])
        return at

    def _pinned(self, task: OpenTask) -> int:
        if task.pinned is None:
            return NOBODY
        # One who is not of the office today leaves it to nobody, so to say an agent that there is not.
        return self._crew.position.get(task.pinned, len(self._crew.agents))

    def _write_plan(self, slot: int, task_id: str) -> None:
        agent, start = self._planned.get(task_id, ("", 0))
        self.columns.planned[slot] = self._crew.position.get(agent, NOBODY)
        self.columns.planned_at[slot] = start

    def _write_ties(self, slot: int, task_id: str) -> None:
        self.columns.num_before[slot] = self._ties.num_before(task_id)
        self.columns.num_preferred[slot] = self._ties.num_preferred(task_id)


def slots_of(slots: TaskSlots, task_ids: Sequence[str]) -> list[int]:
    """Return the slots of those of some tasks that are open."""
    return [slot for task_id in task_ids if (slot := slots.slot(task_id)) != NOBODY]
