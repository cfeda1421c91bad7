"""The cheapest outcome of each task when time has a price: who does it and when, or that it is left.

The working time of a shift is cut into cells; a second of work within one costs its price. What a task costs by the
position at which it ends is then linear between the positions at which it begins or ends with a cell, so that only
those are tried, besides its earliest end, the last one in time, the last one before its `must_by` and the end of the
shift. Where a break lies within a cell, an end in that cell counts as if the break came after it: never later than it
would be.
"""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.cells import Cells, Pairs
from optimizer.instance import Floats, Ints
from optimizer.kernels import compiled

INFINITE = 1e300


class Charged(NamedTuple):
    """What tasks cost by when they end.

    Attributes
    ----------
    left, rate, tardy_from, late : (T,) as in `TaskCosts`, instants in office seconds
    missed : charged once after `must_by`
    """

    left: Floats
    rate: Floats
    tardy_from: Floats
    late: Floats
    missed: float


class Priced(NamedTuple):
    """What time costs.

    Attributes
    ----------
    price : (P,) what a second of each cell costs
    paid : (P,) what the time of the shift before each position costs
    least : (R,) least price of a second in each shift
    """

    price: Floats
    paid: Floats
    least: Floats


@compiled(nogil=True)
def choose(
    begin: int,
    end: int,
    cells: Cells,
    pairs: Pairs,
    charged: Charged,
    priced: Priced,
    cost: Floats,
    pair_of: Ints,
    end_of: Ints,
) -> None:
    """Find the cheapest outcome of the tasks from `begin` to `end`.

    Parameters
    ----------
    cost, pair_of, end_of : (T,) out: least cost; the pair, -1 where it is left; the position of its end in its shift
    """
    bits, ptr, worked = cells.bits, cells.ptr, cells.worked
    clock, left_clock, runs = cells.clock, cells.left, cells.runs
    price, paid, least = priced.price, priced.paid, priced.least
    missed = charged.missed
    for task in range(begin, end):
        rate, late = charged.rate[task], charged.late[task]
        late_cost = late - rate * charged.tardy_from[task]
        best, chosen = charged.left[task], -1
        for pair in range(pairs.ptr[task], pairs.ptr[task + 1]):
            row, seconds = pairs.row[pair], pairs.seconds[pair]
            if pairs.fixed[pair] + seconds * least[row] >= best:
                continue
            first, highest, lowest = ptr[row], worked[row], pairs.floor[pair] + seconds
            due, must = pairs.due[pair], pairs.must[pair]
            at = lowest - 1  # ends after it, up to `to`, cost alike: at the very due date it is in time
            while True:
                to = highest
                fixed, slope = pairs.fixed[pair], 0.0
                if at >= due:
                    fixed, slope = fixed + late_cost, rate
                else:
                    to = min(to, due)
                if at >= must:
                    fixed += missed
                else:
                    to = min(to, must)
                found = fixed + least_between(
                    bits, first, seconds, max(at, lowest), to, slope, clock, left_clock, runs, price, paid
                )
                if found < best:
                    best, chosen = found, pair
                if to == highest:
                    break
                at = to
        cost[task], pair_of[task] = best, chosen
        if chosen >= 0:
            end_of[task] = find_least(
                bits,
                ptr[pairs.row[chosen]],
                worked[pairs.row[chosen]],
                pairs.seconds[chosen],
                pairs.floor[chosen],
                pairs.due[chosen],
                pairs.must[chosen],
                rate,
                late_cost,
                missed,
                clock,
                left_clock,
                runs,
                price,
                paid,
            )


@compiled(nogil=True)
def least_between(
    bits: int,
    first: int,
    seconds: int,
    low: int,
    high: int,
    slope: float,
    clock: Floats,
    left_clock: Floats,
    runs: Floats,
    price: Floats,
    paid: Floats,
) -> float:
    """Return the least of what time costs and `slope` times the clock, for ends at positions from low to high.

    Parameters
    ----------
    first : the shift's first position
    """
    best = min(
        cost_at(bits, first, seconds, low, slope, clock, left_clock, runs, price, paid),
        cost_at(bits, first, seconds, high, slope, clock, left_clock, runs, price, paid),
    )
    size = 1 << bits
    whole, rest = seconds >> bits, seconds & (size - 1)
    at, to = (low + size - 1) >> bits, (high >> bits) + 1
    if at < to:
        lag = whole + (1 if rest > 0 else 0)
        begin = first + at - lag
        count = to - at
        best = min(
            best,
            least_end(
                (size - rest) & (size - 1),
                slope,
                paid[first + at : first + to],
                left_clock[first + at : first + to],
                paid[begin : begin + count],
                price[begin : begin + count],
            ),
        )
    at, to = (low - seconds + size - 1) >> bits, ((high - seconds) >> bits) + 1
    if rest > 0 and at < to:
        end, count = first + at + whole, to - at
        best = min(
            best,
            least_begin(
                rest,
                slope,
                paid[first + at : first + to],
                paid[end : end + count],
                price[end : end + count],
                clock[end : end + count],
                runs[end : end + count],
            ),
        )
    return best


@compiled(nogil=True, fastmath=True)
def least_end(
    ahead: int, slope: float, paid_end: Floats, clock: Floats, paid_begin: Floats, price_begin: Floats
) -> float:
    """Return the least cost of the ends with a cell; each begins `ahead` seconds after a cell begins."""
    best = INFINITE
    for n in range(len(paid_end)):
        best = min(best, paid_end[n] - paid_begin[n] - ahead * price_begin[n] + slope * clock[n])
    return best


@compiled(nogil=True, fastmath=True)
def least_begin(
    rest: int, slope: float, paid_begin: Floats, paid_end: Floats, price_end: Floats, clock: Floats, runs: Floats
) -> float:
    """Return the least cost of the beginnings with a cell; each ends `rest` seconds after a cell begins."""
    best = INFINITE
    for n in range(len(paid_begin)):
        best = min(best, paid_end[n] + rest * (price_end[n] + slope * runs[n]) - paid_begin[n] + slope * clock[n])
    return best


@compiled(nogil=True)
def cost_at(
    bits: int,
    first: int,
    seconds: int,
    end: int,
    slope: float,
    clock: Floats,
    left_clock: Floats,
    runs: Floats,
    price: Floats,
    paid: Floats,
) -> float:
    """Return what time costs a task that ends at a position, and `slope` times the clock there."""
    mask = (1 << bits) - 1
    begin_cell, end_cell = first + ((end - seconds) >> bits), first + (end >> bits)
    begin_rest, end_rest = (end - seconds) & mask, end & mask
    instant = left_clock[end_cell] if end_rest == 0 else clock[end_cell] + runs[end_cell] * end_rest
    time = paid[end_cell] + end_rest * price[end_cell] - paid[begin_cell] - begin_rest * price[begin_cell]
    return float(time + slope * instant)


@compiled(nogil=True)
def find_least(
    bits: int,
    first: int,
    worked: int,
    seconds: int,
    floor: int,
    due: int,
    must: int,
    rate: float,
    late_cost: float,
    missed: float,
    clock: Floats,
    left_clock: Floats,
    runs: Floats,
    price: Floats,
    paid: Floats,
) -> int:
    """Return the position of the end at which a task costs least in a shift."""
    size, lowest = 1 << bits, floor + seconds
    best, best_end = INFINITE, lowest
    for which in range(3):
        # Ends with a cell, begins with one, or neither.
        at = (lowest + size - 1) >> bits << bits if which == 0 else ((floor + size - 1) >> bits << bits) + seconds
        count = ((worked - at) >> bits) + 1 if which < 2 else 4
        for n in range(count):
            end = at + n * size
            if which == 2:
                end = lowest if n == 0 else worked if n == 1 else due if n == 2 else must
                if end < lowest or end > worked:
                    continue
            slope, fixed = 0.0, 0.0
            if end > due:
                slope, fixed = rate, late_cost
            if end > must:
                fixed += missed
            cost = fixed + cost_at(bits, first, seconds, end, slope, clock, left_clock, runs, price, paid)
            if cost < best:
                best, best_end = cost, end
    return best_end


@compiled(nogil=True)
def add_usage(cells: Cells, pairs: Pairs, pair_of: Ints, end_of: Ints, usage: Floats) -> None:
    """Add the seconds of each cell that the chosen pairs take."""
    bits = cells.bits
    for task in range(len(pair_of)):
        if pair_of[task] < 0:
            continue
        first, to = cells.ptr[pairs.row[pair_of[task]]], end_of[task]
        at = to - pairs.seconds[pair_of[task]]
        while at < to:
            cell = at >> bits
            until = min(to, (cell + 1) << bits)
            usage[first + cell] += until - at
            at = until


def spread_price(cells: Cells, price: Floats) -> Priced:
    """Return prices of seconds with what follows from them."""
    sums = np.concatenate(([0.0], np.cumsum(price * cells.capacity)))[:-1]
    owner = np.repeat(np.arange(len(cells.worked)), np.diff(cells.ptr))
    paid: Floats = sums - sums[cells.ptr[:-1]][owner]
    # What is paid at the positions is what counts: the price of a second follows from it, not the other way round.
    exact = np.append(np.diff(paid), 0.0) / np.maximum(cells.capacity, 1.0)
    exact[cells.ptr[1:] - 1] = 0.0
    # The end of a shift is no time: it is dearer than any.
    dear = np.where(cells.capacity > 0, exact, np.inf)
    least = np.minimum.reduceat(dear, cells.ptr[:-1]) if len(dear) else np.zeros(0)
    return Priced(price=exact, paid=paid, least=np.where(np.isfinite(least), least, 0.0))
