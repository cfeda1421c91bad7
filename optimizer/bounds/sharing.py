"""Tasks that share themselves out over agents and hours, the more evenly the warmer: where first prices come from.

At a temperature a task takes each of its outcomes with a probability that falls exponentially in what the outcome costs
above its best, per second of work and temperature. Prices rise where more is taken than there is: by the logarithm of
that ratio times the temperature, the step that would balance a cell if nothing else changed.

References
----------
Cuturi (2013), Sinkhorn distances: lightspeed computation of optimal transport; Kosowsky and Yuille (1994), The
invisible hand algorithm: solving the assignment problem with statistical physics.
"""

import math
from typing import NamedTuple

import numpy as np

from optimizer.bounds.cells import Cells, Pairs
from optimizer.bounds.options import Charged, Priced, cost_at
from optimizer.instance import Floats, Ints
from optimizer.kernels import compiled

FARTHEST = 14.0
"""Temperatures above the best beyond which an outcome is not taken at all."""

LEAST_PART = 1e-5
"""Probability below which an outcome takes no time."""


class Room(NamedTuple):
    """Room for the outcomes of any one task: what each costs, its pair and its end."""

    cost: Floats
    pair: Ints
    end: Ints


def make_room(cells: Cells, pairs: Pairs) -> Room:
    """Return room for the outcomes of any one task."""
    many = np.concatenate(([0], np.cumsum(np.diff(cells.ptr)[pairs.row])))
    most = int((many[pairs.ptr[1:]] - many[pairs.ptr[:-1]]).max(initial=0)) + 1
    return Room(np.zeros(most), np.zeros(most, np.int32), np.zeros(most, np.int32))


def balance_prices(cells: Cells, price: Floats, usage: Floats, temperature: float) -> Floats:
    """Return the prices that would balance each cell by itself."""
    has = cells.capacity > 0
    ratio = (usage[has] + 1e-3 * cells.capacity[has]) / cells.capacity[has]
    moved = np.zeros(len(price))
    moved[has] = np.maximum(0.0, price[has] + temperature * np.log(ratio))
    return moved


@compiled(nogil=True)
def share(
    begin: int,
    end: int,
    cells: Cells,
    pairs: Pairs,
    charged: Charged,
    priced: Priced,
    temperature: float,
    length: Floats,
    usage: Floats,
    room: Room,
) -> None:
    """Add the seconds of each cell that the tasks from `begin` to `end` take at a temperature.

    Parameters
    ----------
    length : (T,) seconds by which the costs of a task are divided
    usage : (P,) in and out
    """
    cost_of, pair_of, end_of = room.cost, room.pair, room.end
    bits, ptr, worked = cells.bits, cells.ptr, cells.worked
    clock, left_clock, runs = cells.clock, cells.left, cells.runs
    price, paid, missed = priced.price, priced.paid, charged.missed
    size = 1 << bits
    for task in range(begin, end):
        rate, best, count = charged.rate[task], charged.left[task], 0
        late_cost = charged.late[task] - rate * charged.tardy_from[task]
        for pair in range(pairs.ptr[task], pairs.ptr[task + 1]):
            first, last = ptr[pairs.row[pair]], worked[pairs.row[pair]]
            seconds, floor = pairs.seconds[pair], pairs.floor[pair]
            inset = max(0, (size - seconds) // 2)  # in the middle of a cell, where it is shorter
            for cell in range(floor >> bits, ((last - 1) >> bits) + 1):
                at = min(last, max(floor, (cell << bits) + inset) + seconds)
                slope, cost = 0.0, pairs.fixed[pair]
                if at > pairs.due[pair]:
                    slope, cost = rate, cost + late_cost
                if at > pairs.must[pair]:
                    cost += missed
                cost += cost_at(bits, first, seconds, at, slope, clock, left_clock, runs, price, paid)
                cost_of[count], pair_of[count], end_of[count] = cost, pair, at
                count += 1
                best = min(best, cost)
                if at == last:
                    break
        scale = 1 / (temperature * length[task])
        total = math.exp(max(-FARTHEST, (best - charged.left[task]) * scale))
        for n in range(count):
            distance = (best - cost_of[n]) * scale
            cost_of[n] = math.exp(distance) if distance > -FARTHEST else 0.0
            total += cost_of[n]
        for n in range(count):
            part = cost_of[n] / total
            if part < LEAST_PART:
                continue
            first, to = ptr[pairs.row[pair_of[n]]], end_of[n]
            at = to - pairs.seconds[pair_of[n]]
            while at < to:
                cell = at >> bits
                until = min(to, (cell + 1) << bits)
                usage[first + cell] += part * (until - at)
                at = until
