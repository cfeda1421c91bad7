"""The relaxation that prices time: each task takes its cheapest outcome, and pays for the time of whoever does it.

That nobody works on two tasks at once is dropped and priced, cell by cell of each shift's working time; setups, moves
and who must differ are dropped. Whatever the prices, what all tasks cost less what all time is worth bounds the total
of every plan. First prices come from tasks that share themselves out while it cools down, better ones from an
averaged and scaled subgradient.

References
----------
Dyer and Wolsey (1990), Formulating the single machine sequencing problem with release dates as a mixed integer
program, for the relaxation; Kingma and Ba (2015), Adam: a method for stochastic optimization, for the step.
"""

import math
from concurrent.futures import Executor

import numpy as np

from optimizer.bounds.cells import Cells, Pairs, cut_cells, pair_up
from optimizer.bounds.climb import Climb
from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.costs import TaskCosts
from optimizer.bounds.options import Charged, Priced, add_usage, choose, spread_price
from optimizer.bounds.quick import Outcomes
from optimizer.bounds.sharing import balance_prices, make_room, share
from optimizer.instance import Floats, Ints, Seconds
from optimizer.prices import slot_ends, worked_seconds

COOLING = ((12, 20, 0.05, 0.005, 0.15), (11, 10, 0.005, 0.001, 0.25))
"""By stage: bits of a cell, rounds, first and last temperature in units of a task's typical gain per second, and the
part of the time after which it ends at the latest."""

FIRST_PRICE = 0.02
"""What a second costs at first, in units of the typical gain."""

CLIMBING = ((8, 600, 0.1, 0.75), (7, 200, 0.03, 1.0))
"""By stage: bits of a cell, rounds until its step is nothing, the largest part of a price by which it moves in a round,
and the part of the time after which it ends at the latest."""

FLOOR = 0.003
"""The typical gain's part that counts as a price at least when prices move by a part of themselves."""

KEPT, KEPT_SQUARE, STEADY = 0.9, 0.99, 0.01
"""What stays of the averages of the slopes and of their squares, and what is added to the root of the latter."""

PAIRS_A_CHUNK = 20_000
"""Pairs that are priced before anybody looks at the clock."""

CHUNKS_A_TURN = 6
"""Chunks from which the first prices are judged at a time, where there are many more."""

MOST_PAIRS = 5_000_000
"""Pairs beyond which a round and its memory would be too much."""


class Hours:
    """Prices of time and what they prove."""

    def __init__(
        self,
        climb: Climb,
        costs: TaskCosts,
        outcomes: Outcomes,
        tasks: TaskColumns,
        shifts: ShiftColumns,
        charges: Charges,
        executor: Executor,
    ):
        self.climb, self.shifts, self.tasks, self.executor = climb, shifts, tasks, executor
        self.pairs: Pairs = pair_up(shifts, tasks, charges)
        self.charged = Charged(
            left=costs.left, rate=costs.rate, tardy_from=tasks.tardy_from, late=costs.late, missed=costs.missed
        )
        num_tasks = len(costs.left)
        self.length: Floats = np.maximum(outcomes.shortest, 1).astype(np.float64)
        gain = (costs.left - outcomes.cheapest) / self.length
        self.unit = float(np.median(gain[gain > 0])) if (gain > 0).any() else 0.0
        chunk = self.pairs.ptr[1:] // PAIRS_A_CHUNK
        cuts = (np.flatnonzero(np.diff(chunk)) + 1).tolist()
        self.chunks = list(zip([0, *cuts], [*cuts, num_tasks], strict=True))
        self.turns = max(1, len(self.chunks) // CHUNKS_A_TURN)
        self.cost: Floats = np.zeros(num_tasks)
        self.pair_of: Ints = np.full(num_tasks, -1, np.int32)
        self.end_of: Ints = np.zeros(num_tasks, np.int32)
        largest = costs.left + costs.rate * float(tasks.tardy_from.max(initial=0)) + costs.late + costs.missed
        self.largest = float(largest.max(initial=0))

    def run(self, until: float) -> None:
        """Improve the prices until a part of the limit is used up, or until the steps are zero."""
        cells = cut_cells(self.shifts, self.tasks, COOLING[0][0])
        price: Floats = np.where(cells.capacity > 0, FIRST_PRICE * self.unit, 0.0)
        for bits, rounds, first, last, end in COOLING:
            finer = cut_cells(self.shifts, self.tasks, bits)
            cells, price = finer, refine(cells, price, finer)
            price = self._cool(cells, price, rounds, first * self.unit, last * self.unit, end * until)
        for bits, rounds, step, end in CLIMBING:
            finer = cut_cells(self.shifts, self.tasks, bits)
            cells, price = finer, refine(cells, price, finer)
            price = self._improve(cells, price, rounds, step, end * until)

    def _cool(self, cells: Cells, price: Floats, rounds: int, first: float, last: float, until: float) -> Floats:
        """Let the tasks share themselves out from the first temperature to the last; return the prices."""
        climb, begun, n = self.climb, self.climb.progress(), 0
        while n < rounds and not climb.is_over() and climb.progress() < until:
            part = max(n / rounds, (climb.progress() - begun) / max(until - begun, 1e-9))
            temperature = first * (last / first) ** part
            usage = self._share(cells, spread_price(cells, price), temperature, n)
            if usage is None:
                break
            price = balance_prices(cells, price, usage, temperature)
            n += 1
            climb.rounds += 1
        return price

    def _share(self, cells: Cells, priced: Priced, temperature: float, turn: int) -> Floats | None:
        """Return what all tasks take, judged by those whose turn it is where there are many; None if stopped."""

        def work(chunk: tuple[int, int]) -> Floats | None:
            if self.climb.is_stopped():
                return None
            usage = np.zeros(len(cells.capacity))
            room = make_room(cells, self.pairs)
            begin, end = chunk
            share(begin, end, cells, self.pairs, self.charged, priced, temperature, self.length, usage, room)
            return usage

        chunks = self.chunks[turn % self.turns :: self.turns]
        total = np.zeros(len(cells.capacity))
        for part in self.executor.map(work, chunks):
            if part is None:
                return None
            total += part
        return total * (len(self.length) / max(1, sum(end - begin for begin, end in chunks)))

    def _improve(self, cells: Cells, price: Floats, rounds: int, most: float, until: float) -> Floats:
        """Climb along the averaged subgradient, each price by its own scale, by ever less; return the best."""
        climb, has = self.climb, cells.capacity > 0
        capacity = np.maximum(cells.capacity, 1.0)
        mean, square = np.zeros((2, len(price)))
        begun, n, best, highest = climb.progress(), 0, price, -math.inf
        while n <= rounds and not climb.is_over() and climb.progress() < until:
            priced = spread_price(cells, price)
            if not self._choose(cells, priced):
                break
            climb.rounds += 1
            n += 1
            value = self._offer(cells, priced)
            if value > highest:
                best, highest = price, value
            usage = np.zeros(len(price))
            add_usage(cells, self.pairs, self.pair_of, self.end_of, usage)
            slope = np.where(has, usage / capacity - 1, 0.0)
            mean = KEPT * mean + (1 - KEPT) * slope
            square = KEPT_SQUARE * square + (1 - KEPT_SQUARE) * slope**2
            part = max(n / rounds, (climb.progress() - begun) / max(until - begun, 1e-9))
            scaled = mean / (1 - KEPT**n) / (np.sqrt(square / (1 - KEPT_SQUARE**n)) + STEADY)
            step = most * max(0.0, 1 - part) * (price + FLOOR * self.unit)
            price = np.where(has, np.maximum(0.0, price + step * scaled), 0.0)
        return best

    def _choose(self, cells: Cells, priced: Priced) -> bool:
        """Let every task take its cheapest outcome; return whether that was not stopped before the end."""

        def work(chunk: tuple[int, int]) -> bool:
            if self.climb.is_stopped():
                return False
            begin, end = chunk
            choose(begin, end, cells, self.pairs, self.charged, priced, self.cost, self.pair_of, self.end_of)
            return True

        return all(list(self.executor.map(work, self.chunks)))

    def _offer(self, cells: Cells, priced: Priced) -> float:
        worth = priced.paid[cells.ptr[1:] - 1]
        value = math.fsum(self.cost) - math.fsum(worth)
        # Each outcome is a sum of some ten terms, none larger than these.
        error = 1e-14 * len(self.cost) * (self.largest + float(worth.max(initial=0)))
        self.climb.offer(
            value - error, self.charged.left - self.cost, lambda: earn(self.climb, self.shifts, cells, priced.paid)
        )
        return value - error


def refine(cells: Cells, price: Floats, finer: Cells) -> Floats:
    """Return the prices of cells for finer ones that lie within them."""
    row = np.repeat(np.arange(len(finer.worked)), np.diff(finer.ptr))
    position = (np.arange(len(finer.capacity)) - finer.ptr[row]) >> (cells.bits - finer.bits)
    return np.where(finer.capacity > 0, price[np.minimum(cells.ptr[row] + position, cells.ptr[row + 1] - 1)], 0.0)


def earn(climb: Climb, shifts: ShiftColumns, cells: Cells, paid: Floats) -> Floats:
    """Return (A, S): what the time of each agent within each slot of the prices is worth."""
    instance = climb.instance
    ends = slot_ends(instance)
    rows = np.repeat(np.arange(len(shifts.agent), dtype=np.int32), np.diff(shifts.work_ptr))
    worked: Seconds = worked_seconds(ends, len(shifts.agent), rows, shifts.work_start, shifts.work_end)
    until = np.minimum(np.cumsum(worked, axis=1), cells.worked[:, None])
    at = cells.ptr[:-1, None] + (until >> cells.bits)
    ahead = np.minimum(at + 1, cells.ptr[1:, None] - 1)
    part = (until & ((1 << cells.bits) - 1)) / np.maximum(cells.capacity[at], 1)
    value = paid[at] + part * (paid[ahead] - paid[at])
    earned = np.zeros((instance.num_agents, len(ends)))
    np.add.at(earned, shifts.agent, np.diff(value, axis=1, prepend=0.0))
    return earned
