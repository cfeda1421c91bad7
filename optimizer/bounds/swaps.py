"""Where a task may directly follow one that comes after it in the order of its kind."""

import numpy as np

from optimizer.instance import Flags, Floats, Ints
from optimizer.kernels import compiled


@compiled(nogil=True)
def cost_of_end(
    end: int,
    tardy: int,
    late_from: int,
    must: int,
    rate: float,
    tardy_from: float,
    late: float,
    missed: float,
    at: float,
) -> float:
    """Return what it costs that a task ends at a position, where the clock stands `at`."""
    cost = rate * (at - tardy_from) if end > tardy else 0.0
    return cost + (late if end > late_from else 0.0) + (missed if end > must else 0.0)


@compiled(nogil=True)
def find_follows(
    begin_task: int,
    end_task: int,
    kind: Ints,
    seconds: Ints,
    floor: Ints,
    limit: Ints,
    is_loose: Flags,
    late_layer: Ints,
    early_layer: Ints,
    tardy: Ints,
    cuts: Ints,
    rate: Floats,
    tardy_from: Floats,
    late: Floats,
    missed: float,
    clock: Floats,
    bends: Ints,
    margin: float,
    ptr: Ints,
    task: Ints,
    first: Ints,
    last: Ints,
) -> int:
    """Write, for the tasks from one to another, which ones they may directly follow out of order, and where from.

    Parameters
    ----------
    bends : positions at which the clock does not run on as before
    ptr, task, first, last : out, as in `Runs`, but `task`, `first` and `last` from nothing on

    Returns
    -------
    How many there are, or -1 if there is no room for them.
    """
    count = 0
    begins, ends = np.zeros((2, 7 + len(bends)), np.int32)
    for x in range(begin_task, end_task):
        ptr[x] = count
        short, rate_x, from_x, late_x = seconds[x], rate[x], tardy_from[x], late[x]
        tardy_x, due_x, must_x = cuts[x, 0], cuts[x, 1], cuts[x, 2]
        for i in range(len(kind)):
            if i == x or kind[i] != kind[x] or is_loose[i] or is_loose[x]:
                continue
            long, rate_i, from_i, late_i = seconds[i], rate[i], tardy_from[i], late[i]
            tardy_i, due_i, must_i = cuts[i, 0], cuts[i, 1], cuts[i, 2]
            low = max(floor[x], floor[i] + long)
            high = min(limit[x] - short, limit[i])
            if low >= high:
                continue
            many = list_doubts(long, short, floor[x], cuts[i], cuts[x], bends, rate_i > 0 and rate_x > 0, begins, ends)
            at, since = low, -1
            for n in range(many):
                at = max(at, begins[n])
                to = min(high, ends[n])
                while at < to:
                    before = late_layer[i] if at > tardy[i] else early_layer[i]
                    end, begin = at + short, at - long
                    may = before > (late_layer[x] if end > tardy[x] else early_layer[x])
                    if may and begin >= floor[x]:
                        other = begin + short
                        gain = cost_of_end(end, tardy_x, due_x, must_x, rate_x, from_x, late_x, missed, clock[end])
                        gain -= cost_of_end(other, tardy_x, due_x, must_x, rate_x, from_x, late_x, missed, clock[other])
                        loss = cost_of_end(end, tardy_i, due_i, must_i, rate_i, from_i, late_i, missed, clock[end])
                        loss -= cost_of_end(at, tardy_i, due_i, must_i, rate_i, from_i, late_i, missed, clock[at])
                        # Where neither cost changes at all, any order will do.
                        may = loss >= gain - margin and (gain > 0 or loss > 0)
                    if may and since < 0:
                        since = at
                    if since >= 0 and (not may or at + 1 == to):
                        if count == len(task):
                            return -1
                        task[count], first[count], last[count] = i, since, at + 1 if may else at
                        count += 1
                        since = -1
                    at += 1
    return count


@compiled(nogil=True)
def list_doubts(
    long: int, short: int, floor: int, cuts_before: Ints, cuts: Ints, bends: Ints, both: bool, begins: Ints, ends: Ints
) -> int:
    """List where a task of `short` seconds may start after one of `long` seconds without its order being known.

    Elsewhere neither cost changes its form between the two ends that swapping changes, nor does the clock.

    Parameters
    ----------
    cuts_before, cuts : (3,) positions after which the cost of the one before, and its own, has another form
    both : whether both can be tardy, so that it matters how the clock runs
    begins, ends : out: stretches of starts `[begin, end)`, ascending by their beginnings

    Returns
    -------
    How many there are.
    """
    count = 1
    begins[0], ends[0] = floor, floor + long
    for n in range(3):
        begins[count], ends[count] = cuts_before[n] - short + 1, cuts_before[n] + 1
        begins[count + 1], ends[count + 1] = cuts[n] - short + 1, cuts[n] - short + long + 1
        count += 2
    for bend in bends if both else bends[:0]:
        begins[count], ends[count] = bend - short + 1, bend + 1 + max(0, long - short)
        count += 1
    for n in range(1, count):
        m = n
        while m > 0 and begins[m] < begins[m - 1]:
            begins[m], begins[m - 1] = begins[m - 1], begins[m]
            ends[m], ends[m - 1] = ends[m - 1], ends[m]
            m -= 1
    return count
