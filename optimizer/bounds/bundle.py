"""Where to look next for better prices: a proximal bundle over the sequences that shifts have answered so far.

Each answer of a shift, a sequence of cost `fixed` that holds task i `count` times, bounds its value from above at all
prices: `fixed + count . price`. The next prices maximise what all answers allow, less a penalty for the distance from
the best prices known, `(price - centre)^2 / (2 * step * scale^2)`. Its dual mixes the answers of each shift, in
proportions that sum to one, and is solved by shifting weight between two answers of one shift at a time.

References
----------
Kiwiel (1990), Proximity control in bundle methods for convex nondifferentiable minimization; Platt (1998),
Sequential minimal optimization, for the inner solution.
"""

from dataclasses import dataclass, field

import numpy as np

from optimizer.instance import Floats, Ints
from optimizer.kernels import compiled


@dataclass(kw_only=True)
class Bundle:
    """The answers of the shifts, and the weights of the last mix.

    Attributes
    ----------
    row : (B,) shift of each answer, ascending
    fixed : (B,) its cost without prices
    weight : (B,) its part in the mix of its shift
    ptr, task, count : tasks of each answer, and how often it holds them
    age : (B,) rounds since it last had weight
    """

    num_rows: int
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    fixed: Floats = field(default_factory=lambda: np.zeros(0))
    weight: Floats = field(default_factory=lambda: np.zeros(0))
    ptr: Ints = field(default_factory=lambda: np.zeros(1, np.int32))
    task: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    count: Floats = field(default_factory=lambda: np.zeros(0))
    age: Ints = field(default_factory=lambda: np.zeros(0, np.int32))

    def add(self, rows: Ints, paths: Ints, counts: Ints, values: Floats, prices: Floats) -> None:
        """Take the answers of the shifts at some prices: `paths` holds their tasks one after the other."""
        num_tasks = np.int64(len(prices))
        owner = np.repeat(np.arange(len(rows)), counts)
        keys, many = np.unique(owner * num_tasks + paths, return_counts=True)
        owner, tasks = keys // num_tasks, (keys % num_tasks).astype(np.int32)
        paid = np.bincount(owner, weights=many * prices[tasks], minlength=len(rows))
        sizes = np.bincount(owner, minlength=len(rows))
        has_mix = np.zeros(self.num_rows, np.bool_)
        has_mix[self.row] = True
        old_sizes = np.diff(self.ptr)
        row = np.concatenate((self.row, rows))
        order = np.argsort(row, kind="stable")
        self._take(
            order,
            row,
            np.concatenate((self.fixed, values[rows] - paid)),
            np.concatenate((self.weight, np.where(has_mix[rows], 0.0, 1.0))),
            np.concatenate((self.age, np.zeros(len(rows), np.int32))),
            np.concatenate((old_sizes, sizes)),
            np.concatenate((self.task, tasks)),
            np.concatenate((self.count, many.astype(np.float64))),
        )

    def forget(self, most_age: int) -> None:
        """Drop the answers that had no weight for some rounds."""
        self.age = np.where(self.weight > 0, 0, self.age + 1).astype(np.int32)
        keep = np.flatnonzero(self.age <= most_age)
        self._take(keep, self.row, self.fixed, self.weight, self.age, np.diff(self.ptr), self.task, self.count)

    def keep_elementary(self) -> None:
        """Drop the answers that hold a task more than once."""
        holds_twice = np.zeros(len(self.row), np.bool_)
        holds_twice[np.repeat(np.arange(len(self.row)), np.diff(self.ptr))[self.count > 1]] = True
        keep = np.flatnonzero(~holds_twice)
        self._take(keep, self.row, self.fixed, self.weight, self.age, np.diff(self.ptr), self.task, self.count)

    def _take(
        self,
        order: np.ndarray,
        row: np.ndarray,
        fixed: Floats,
        weight: Floats,
        age: np.ndarray,
        sizes: np.ndarray,
        task: Ints,
        count: Floats,
    ) -> None:
        first = np.concatenate(([0], np.cumsum(sizes)))
        self.row, self.fixed, self.weight, self.age = row[order], fixed[order], weight[order], age[order]
        self.ptr = np.concatenate(([0], np.cumsum(sizes[order]))).astype(np.int32)
        items = np.repeat(first[order] - self.ptr[:-1], sizes[order]) + np.arange(self.ptr[-1])
        self.task, self.count = task[items], count[items]

    def propose(self, centre: Floats, scale: Floats, step: float, sweeps: int) -> tuple[Floats, float]:
        """Return the next prices, and what the answers allow there: the least costs of the shifts, summed."""
        mixed: Floats = np.bincount(
            self.task, weights=self.count * np.repeat(self.weight, np.diff(self.ptr)), minlength=len(centre)
        ).astype(np.float64)
        prices = np.maximum(0.0, centre + step * scale**2 * (mixed - 1))
        row_ptr = np.searchsorted(self.row, np.arange(self.num_rows + 1)).astype(np.int32)
        value = balance(
            row_ptr,
            self.fixed,
            self.weight,
            self.ptr,
            self.task,
            self.count,
            centre,
            step * scale**2,
            mixed,
            prices,
            sweeps,
        )
        return prices, value


@compiled(nogil=True)
def balance(
    row_ptr: Ints,
    fixed: Floats,
    weight: Floats,
    ptr: Ints,
    task: Ints,
    count: Floats,
    centre: Floats,
    reach: Floats,
    mixed: Floats,
    prices: Floats,
    sweeps: int,
) -> float:
    """Shift weights within each shift towards its cheapest answer; keep `mixed` and `prices` in step.

    A shift without an answer costs nothing, and staying idle is always among the answers: it has what the weights
    leave of one.
    """
    num_rows = len(row_ptr) - 1
    most = 0
    for r in range(num_rows):
        most = max(most, row_ptr[r + 1] - row_ptr[r])
    worth = np.zeros(most + 1)
    change = np.zeros(len(centre))
    for _ in range(sweeps):
        for r in range(num_rows):
            begin, end = row_ptr[r], row_ptr[r + 1]
            if begin == end:
                continue
            idle = 1.0
            low, high = -1, -1
            least, most_worth = 0.0, -1e300
            for b in range(begin, end):
                total = fixed[b]
                for n in range(ptr[b], ptr[b + 1]):
                    total += count[n] * prices[task[n]]
                worth[b - begin] = total
                idle -= weight[b]
                if total < least:
                    least, low = total, b
                if weight[b] > 0 and total > most_worth:
                    most_worth, high = total, b
            if idle > 1e-12 and most_worth < 0.0:
                most_worth, high = 0.0, -1
            if most_worth - least <= 1e-9 or low == high:
                continue
            if low >= 0:
                for n in range(ptr[low], ptr[low + 1]):
                    change[task[n]] += count[n]
            if high >= 0:
                for n in range(ptr[high], ptr[high + 1]):
                    change[task[n]] -= count[n]
            bend = 1e-12
            if low >= 0:
                for n in range(ptr[low], ptr[low + 1]):
                    bend += reach[task[n]] * change[task[n]] ** 2
            if high >= 0:
                for n in range(ptr[high], ptr[high + 1]):
                    # A task in both is counted once, with the first.
                    bend += reach[task[n]] * change[task[n]] ** 2
            part = min((most_worth - least) / bend, weight[high] if high >= 0 else idle)
            if low >= 0:
                weight[low] += part
            if high >= 0:
                weight[high] = max(0.0, weight[high] - part)
            for side in (low, high):
                if side < 0:
                    continue
                for n in range(ptr[side], ptr[side + 1]):
                    i = task[n]
                    mixed[i] += part * change[i]
                    change[i] = 0.0
                    prices[i] = max(0.0, centre[i] + reach[i] * (mixed[i] - 1))
    value = 0.0
    for r in range(num_rows):
        least = 0.0
        for b in range(row_ptr[r], row_ptr[r + 1]):
            total = fixed[b]
            for n in range(ptr[b], ptr[b + 1]):
                total += count[n] * prices[task[n]]
            least = min(least, total)
        value += least
    return value
