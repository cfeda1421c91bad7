"""The value of the relaxation at given prices: all shifts priced, in threads, the same whatever their number."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.kernel import Tables, make_tables, price_shifts
from optimizer.instance import Floats, Ints, Seconds
from optimizer.search.stopping import Stop

CHUNK_SECONDS = 0.04
"""About how long a chunk of shifts takes: what a cancel waits for."""

PAIR_SECONDS, CELL_SECONDS = 1.5e-6, 4e-10
"""About how long a task of a shift takes, and each of its cells."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What the shifts answer at some prices.

    Attributes
    ----------
    values : (R,) least cost of each shift, at most 0
    rows, counts, paths : shifts that have a sequence, how many tasks it has, and the tasks one after the other
    slot_worth : (R, S) what the slots of each shift are worth
    """

    values: Floats
    rows: Ints
    counts: Ints
    paths: Ints
    slot_worth: Floats


class Pricing(Protocol):
    """All shifts of an instance, ready to be priced.

    Attributes
    ----------
    shifts, charges : what is priced
    slot_ends : (S,) where the slots end in which time is valued
    cells : (R,) working seconds of each shift
    """

    shifts: ShiftColumns
    charges: Charges
    slot_ends: Seconds
    cells: Seconds

    def ask(self, earns: Floats, executor: Executor, threads: int, stop: Stop) -> Answers | None:
        """Return what the shifts answer when doing a task earns so much; None if it was stopped before the end.

        Parameters
        ----------
        earns : (T,)
        """
        ...


class ShiftPricing:
    """All shifts of an instance, cut into cells of some seconds, ready to be priced."""

    def __init__(self, shifts: ShiftColumns, tasks: TaskColumns, charges: Charges, cell: int, slot_ends: Seconds):
        self.shifts, self.tasks, self.charges, self.cell, self.slot_ends = shifts, tasks, charges, cell, slot_ends
        worked = (
            np.add.reduceat(np.append(shifts.work_end - shifts.work_start, 0), shifts.work_ptr[:-1])
            if len(shifts.agent)
            else np.zeros(0, np.int64)
        )
        self.cells: Seconds = np.where(np.diff(shifts.work_ptr) > 0, worked // cell, 0)
        self.row_tasks, row_types = _eligible(shifts)
        self.most = (
            int(self.cells.max(initial=0)),
            int(row_types.max(initial=0)) + 1,
            int(self.row_tasks.max(initial=0)),
        )
        cost = self.row_tasks * (PAIR_SECONDS + self.cells * CELL_SECONDS)
        self.seconds = float(cost.sum())
        chunk = np.floor(np.cumsum(cost) / CHUNK_SECONDS)
        rows = np.flatnonzero((self.row_tasks > 0) & (self.cells > 0)).astype(np.int32)
        self.chunks = np.split(rows, np.flatnonzero(np.diff(chunk[rows])) + 1) if len(rows) else []

    def ask(self, earns: Floats, executor: Executor, threads: int, stop: Stop) -> Answers | None:
        """Return what the shifts answer, tasks of a type in any order and as often as it pays."""
        num_rows = len(self.shifts.agent)
        values = np.zeros(num_rows)
        found: list[tuple[Ints, Ints] | None] = [None] * len(self.chunks)
        worth = np.zeros(num_rows * len(self.slot_ends))

        def work(first: int) -> None:
            tables = self.make_room()
            for n in range(first, len(self.chunks), threads):
                if stop.remaining_s() <= 0 or stop.is_cancelled():
                    return
                rows = self.chunks[n]
                path, counts = np.zeros(int(self.cells[rows].sum()) + 1, np.int32), np.zeros(len(rows), np.int32)
                price_shifts(
                    rows,
                    self.shifts,
                    self.tasks,
                    self.charges,
                    earns,
                    self.cell,
                    tables,
                    values,
                    path,
                    counts,
                    self.slot_ends,
                    worth,
                )
                found[n] = path[: counts.sum()].copy(), counts

        list(executor.map(work, range(threads)))
        if any(item is None for item in found):
            return None  # stopped
        done = [item for item in found if item is not None]
        rows = np.concatenate(self.chunks)
        counts = np.concatenate([item[1] for item in done])
        paths = np.concatenate([item[0] for item in done])
        return Answers(
            values=values,
            rows=rows[counts > 0],
            counts=counts[counts > 0],
            paths=paths,
            slot_worth=worth.reshape(num_rows, len(self.slot_ends)),
        )

    def make_room(self) -> Tables:
        """Return tables for one thread."""
        return make_tables(*self.most)


def _eligible(shifts: ShiftColumns) -> tuple[Seconds, Seconds]:
    """Return how many tasks, and how many types at most, each shift's agent could do."""
    num_agents = len(shifts.agent_line_ptr) - 1
    sizes = np.diff(shifts.line_task_ptr)[shifts.agent_line]
    agents = np.repeat(np.arange(num_agents), np.diff(shifts.agent_line_ptr))
    tasks = np.bincount(agents, weights=sizes, minlength=num_agents).astype(np.int64)
    types = shifts.line_type[shifts.agent_line]
    begins = np.ones(len(types), np.bool_)
    begins[1:] = (types[1:] != types[:-1]) | (agents[1:] != agents[:-1])
    return tasks[shifts.agent], np.bincount(agents[begins], minlength=num_agents)[shifts.agent]
