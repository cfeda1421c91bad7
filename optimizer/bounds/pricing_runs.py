"""All shifts priced with their runs in order: what is prepared once, and what each round asks."""

from concurrent.futures import Executor

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.ordered import Room, make_room, price_runs
from optimizer.bounds.pieces import worked_before
from optimizer.bounds.pricing import Answers
from optimizer.bounds.runs import Runs, line_up
from optimizer.instance import Flags, Floats, Instance, Ints, Seconds
from optimizer.search.stopping import Stop

CELL_SECONDS, COUPLE_SECONDS = 3e-9, 3e-5
"""About how long a second of a task in a shift takes in a round, and to compare two tasks of one type in a shift."""


class RunPricing:
    """All shifts of an instance, with the order of the tasks in each."""

    def __init__(self, instance: Instance, shifts: ShiftColumns, tasks: TaskColumns, charges: Charges, left: Floats):
        self.shifts, self.tasks, self.charges, self.left = shifts, tasks, charges, left
        has_before = np.diff(instance.after_ptr) > 0
        self.has_next: Flags = np.zeros(instance.num_tasks, np.bool_)
        self.has_next[instance.after_task] = True
        self.is_loose: Flags = has_before | self.has_next | instance.task_in_progress
        self.slot_ends: Seconds = np.zeros(0, np.int64)
        self.cells: Seconds = np.zeros(len(shifts.agent), np.int64)
        np.add.at(
            self.cells,
            np.repeat(np.arange(len(shifts.agent)), np.diff(shifts.work_ptr)),
            shifts.work_end - shifts.work_start,
        )
        self.runs: list[Runs | None] = [None] * len(shifts.agent)
        self.rooms: list[Room] = []
        sizes = np.zeros((len(shifts.agent_line_ptr) - 1, len(shifts.type_team)))
        agents = np.repeat(np.arange(len(sizes)), np.diff(shifts.agent_line_ptr))
        np.add.at(
            sizes, (agents, shifts.line_type[shifts.agent_line]), np.diff(shifts.line_task_ptr)[shifts.agent_line]
        )
        self.round_s = CELL_SECONDS * float((sizes.sum(axis=1)[shifts.agent] * self.cells).sum())
        self.setup_s = COUPLE_SECONDS * float(((sizes**2).sum(axis=1) / 2)[shifts.agent].sum())
        self.most_numbers = float((3 * sizes.sum(axis=1)[shifts.agent] * self.cells).max(initial=0))

    def prepare(self, slot_ends: Seconds, executor: Executor, threads: int, stop: Stop) -> bool:
        """Line up the tasks of all shifts; return whether that was not stopped before the end."""
        self.slot_ends = slot_ends

        def is_stopped() -> bool:
            return stop.remaining_s() <= 0 or stop.is_cancelled()

        def work(row: int) -> bool:
            if is_stopped():
                return False
            if self.cells[row] > 0:
                self.runs[row] = line_up(
                    row, self.shifts, self.tasks, self.charges, self.left, self.is_loose, self.has_next, is_stopped
                )
            return self.cells[row] == 0 or self.runs[row] is not None

        if not all(list(executor.map(work, range(len(self.runs))))):
            return False
        self.rooms = [make_room([runs for runs in self.runs if runs is not None]) for _ in range(threads)]
        return True

    def ask(self, earns: Floats, executor: Executor, threads: int, stop: Stop) -> Answers | None:
        """Return what the shifts answer, each run in its order."""
        num_rows = len(self.runs)
        values = np.zeros(num_rows)
        paths: list[Ints | None] = [None] * num_rows
        worth = np.zeros((num_rows, len(self.slot_ends)))

        def work(first: int) -> None:
            path = np.zeros(int(self.cells.max(initial=0)) + 1, np.int32)
            for row in range(first, num_rows, threads):
                if stop.remaining_s() <= 0 or stop.is_cancelled():
                    return
                runs, count = self.runs[row], 0
                if runs is not None and len(runs.task):
                    values[row], count = price_runs(runs, self.charges, earns, self.rooms[first], path)
                    worth[row] = self._worth(row, runs, self.rooms[first])
                paths[row] = path[:count].copy()

        list(executor.map(work, range(threads)))
        done = [path for path in paths if path is not None]
        if len(done) < num_rows:
            return None  # stopped
        counts = np.array([len(path) for path in done], np.int32)
        return Answers(
            values=values,
            rows=np.flatnonzero(counts > 0).astype(np.int32),
            counts=counts[counts > 0],
            paths=np.concatenate([*done, np.zeros(0, np.int32)]),
            slot_worth=worth,
        )

    def _worth(self, row: int, runs: Runs, room: Room) -> Floats:
        """Return by how much the least cost of the shift's beginning falls from one slot's end to the next."""
        span = slice(self.shifts.work_ptr[row], self.shifts.work_ptr[row + 1])
        starts, ends = self.shifts.work_start[span], self.shifts.work_end[span]
        at = [worked_before(starts, ends, end) for end in self.slot_ends.tolist()]
        by = room.by[: len(runs.kind_team) * (runs.cells + 1)].reshape(len(runs.kind_team), -1)
        worth: Floats = -np.diff(np.minimum(0.0, by[:, at].min(axis=0)), prepend=0.0)
        return worth
