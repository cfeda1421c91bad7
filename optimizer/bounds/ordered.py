"""The cheapest way to fill one shift with runs in their order: a dynamic program in cells of one second.

It is the program of `kernel`, except that within a run a task only follows those that it may follow (`runs`), which
hardly ever lets a run hold a task twice. For that each task has a table of its own: `done[i][p]` is the least cost of a
sequence whose last task is i and ends at position p, `least[l][p]` the least of those whose last task comes no later
than layer l in the order of its kind. A task follows any task of another kind that ended by then, setup and move
between them, and where it starts as soon as it may start at all, any task of its own.
"""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.columns import Charges
from optimizer.bounds.kernel import INFINITE, from_outset
from optimizer.bounds.pieces import LEVELS
from optimizer.bounds.runs import Runs
from optimizer.instance import Flags, Floats, Ints
from optimizer.kernels import kernel


class Room(NamedTuple):
    """Room for the tables of any one shift: by task, by layer, by kind, and for one stretch of starts."""

    done: Floats
    least: Floats
    by: Floats
    loose_by: Floats
    ready: Floats
    waiting: Floats


def make_room(all_runs: list[Runs]) -> Room:
    """Return room for the tables of any of some shifts."""
    sizes = [(r.cells + 1, len(r.task), len(r.layer_task), len(r.kind_team)) for r in all_runs]
    by_kind = max((size * kinds for size, _, _, kinds in sizes), default=0)
    return Room(
        done=np.zeros(max((size * count for size, count, _, _ in sizes), default=0)),
        least=np.zeros(max((size * layers for size, _, layers, _ in sizes), default=0)),
        by=np.zeros(by_kind),
        loose_by=np.zeros(by_kind),
        ready=np.zeros(by_kind),
        waiting=np.zeros(1 << LEVELS),
    )


@kernel
def price_runs(runs: Runs, charges: Charges, earns: Floats, room: Room, path: Ints) -> tuple[float, int]:
    """Fill a shift.

    Parameters
    ----------
    earns : (T,) what doing a task is paid
    path : out: the tasks of the cheapest sequence, last one first

    Returns
    -------
    The least cost, at most 0, and how many tasks the sequence has. `room.by` then holds, for each kind and position,
    the least cost of what ends with the kind by then.
    """
    size, num_kinds, count = runs.cells + 1, len(runs.kind_team), len(runs.task)
    step = 1 << (LEVELS - 1)
    for x in range(count):
        step = min(step, runs.width[x])
    for low in range(0, size, step):
        for x in range(count):
            if low & (runs.width[x] - 1) == 0:
                offer(x, low, min(size, low + runs.width[x]), runs, earns[runs.task[x]], room)
        settle(low, min(size, low + step), runs, charges, room)
    best, last = 0.0, -1
    for k in range(num_kinds):
        if room.by[k * size + size - 1] < best:
            best, last = room.by[k * size + size - 1], k
    if last < 0:
        return best, 0
    return best, trace(last, runs, charges, room, path)


@kernel
def lower_to(target: Floats, source: Floats, more: float) -> None:
    """Lower what is above the source and `more`."""
    for n in range(len(target)):
        # np.minimum is what the compiler turns into vectors.
        target[n] = np.minimum(target[n], source[n] + more)


@kernel
def copy_to(target: Floats, source: Floats) -> None:
    """Copy the source."""
    for n in range(len(target)):
        target[n] = source[n]


@kernel
def forbid(target: Floats) -> None:
    """Make a row cost more than anything."""
    for n in range(len(target)):
        target[n] = INFINITE


@kernel
def add_costs(target: Floats, source: Floats, clock: Floats, fixed: float, rate: float) -> None:
    """Write the source and a cost that is linear in the clock."""
    for n in range(len(target)):
        target[n] = source[n] + (fixed + rate * clock[n])


@kernel
def offer(x: int, low: int, high: int, runs: Runs, earned: float, room: Room) -> None:
    """Write what sequences cost that end with a task at positions `[low, high)`, which it begins before `low`."""
    size, kind, seconds, floor = runs.cells + 1, runs.kind[x], runs.seconds[x], runs.floor[x]
    own = kind * size
    for part in range(runs.part_ptr[x], runs.part_ptr[x + 1]):
        begin, end = max(low, runs.part_first[part]), min(high, runs.part_last[part])
        if begin >= end:
            continue
        at, to = begin - seconds, end - seconds
        waiting = room.waiting[: to - at]
        copy_to(waiting, room.ready[own + at : own + to])
        if runs.is_loose[x]:
            lower_to(waiting, room.by[own + at : own + to], 0.0)
        else:
            lower_to(waiting, room.loose_by[own + at : own + to], 0.0)
            layer = runs.late[x] if runs.part_rate[part] > 0 else runs.early[x]
            if layer > runs.layer_ptr[kind]:
                row = (layer - 1) * size
                lower_to(waiting, room.least[row + at : row + to], 0.0)
            for n in range(runs.follow_ptr[x], runs.follow_ptr[x + 1]):
                since, until = max(at, runs.follow_first[n]), min(to, runs.follow_last[n])
                if since < until:
                    row = runs.follow_task[n] * size
                    lower_to(waiting[since - at : until - at], room.done[row + since : row + until], 0.0)
            if at <= floor < to:
                waiting[floor - at] = min(waiting[floor - at], room.by[own + floor])
        row = x * size
        add_costs(
            room.done[row + begin : row + end],
            waiting,
            runs.clock[begin:end],
            runs.part_fixed[part] - earned,
            runs.part_rate[part],
        )


@kernel
def settle(low: int, high: int, runs: Runs, charges: Charges, room: Room) -> None:
    """Find the least by layer and by kind at positions `[low, high)`, and what it costs to be ready for each kind."""
    size, kind_team = runs.cells + 1, runs.kind_team
    num_kinds = len(kind_team)
    setup_same, setup_other, move = charges.setup_same, charges.setup_other, charges.move
    for k in range(num_kinds):
        forbid(room.loose_by[k * size + low : k * size + high])
    for i in range(len(runs.task)):
        if runs.is_loose[i]:
            for part in range(runs.part_ptr[i], runs.part_ptr[i + 1]):
                include(
                    runs.kind[i] * size,
                    i,
                    runs.part_first[part],
                    runs.part_last[part],
                    low,
                    high,
                    size,
                    room.loose_by,
                    room.done,
                )
    for k in range(num_kinds):
        own, first = k * size, runs.layer_ptr[k]
        for layer in range(first, runs.layer_ptr[k + 1]):
            row = layer * size
            if layer == first:
                forbid(room.least[row + low : row + high])
            else:
                copy_to(room.least[row + low : row + high], room.least[row - size + low : row - size + high])
            include(
                row,
                runs.layer_task[layer],
                runs.layer_first[layer],
                runs.layer_last[layer],
                low,
                high,
                size,
                room.least,
                room.done,
            )
        stay(room.loose_by[own : own + high], low)
        copy_to(room.by[own + low : own + high], room.loose_by[own + low : own + high])
        if runs.layer_ptr[k + 1] > first:
            row = (runs.layer_ptr[k + 1] - 1) * size
            lower_to(room.by[own + low : own + high], room.least[row + low : row + high], 0.0)
        stay(room.by[own : own + high], low)
    for k in range(num_kinds):
        own, is_near = k * size, kind_team[k] == kind_team[0]
        has_other = runs.has_state and k > 0
        for p in range(low, high):
            room.ready[own + p] = from_outset(p, has_other, is_near, setup_same, setup_other, move)
        for o in range(num_kinds):
            if o == k:
                continue
            setup, more = change(o, k, kind_team, setup_same, setup_other, move)
            at = max(low, setup)
            if at < high:
                lower_to(
                    room.ready[own + at : own + high], room.by[o * size + at - setup : o * size + high - setup], more
                )


@kernel
def include(
    target_row: int, i: int, first: int, last: int, low: int, high: int, size: int, target: Floats, done: Floats
) -> None:
    """Lower a row to what a task costs that ends in `[first, last)`, as far as that lies in `[low, high)`."""
    begin, end = max(low, first), min(high, last)
    if begin < end:
        lower_to(target[target_row + begin : target_row + end], done[i * size + begin : i * size + end], 0.0)


@kernel
def stay(row: Floats, low: int) -> None:
    """Let what was done by a position be done by later ones, from `low` on."""
    before = row[low - 1] if low > 0 else INFINITE
    for p in range(low, len(row)):
        before = min(before, row[p])
        row[p] = before


@kernel
def change(before: int, k: int, kind_team: Ints, setup_same: int, setup_other: int, move: float) -> tuple[int, float]:
    """Return how long it takes to change from one kind to another, and what that costs."""
    if kind_team[before] == kind_team[k]:
        return setup_same, 0.0
    return setup_other, move


@kernel
def trace(last: int, runs: Runs, charges: Charges, room: Room, path: Ints) -> int:
    """Write the tasks of the least sequence that ends with a kind, last one first; return how many."""
    size, count, kind_team = runs.cells + 1, 0, runs.kind_team
    setup_same, setup_other, move = charges.setup_same, charges.setup_other, charges.move
    part_ptr, part_first, part_last = runs.part_ptr, runs.part_first, runs.part_last
    kind, is_loose, done = runs.kind, runs.is_loose, room.done
    k, p, x = last, runs.cells, -1
    while True:
        if x < 0:
            # The earliest position by which it cost as much, and the task that ended there.
            while p > 0 and room.by[k * size + p - 1] <= room.by[k * size + p]:
                p -= 1
            x = ended(k, p, False, kind, is_loose, part_ptr, part_first, part_last, size, done)
        path[count] = runs.task[x]
        count += 1
        own, start, is_tardy = k * size, p - runs.seconds[x], False
        for part in range(runs.part_ptr[x], runs.part_ptr[x + 1]):
            if runs.part_first[part] <= p < runs.part_last[part]:
                is_tardy = runs.part_rate[part] > 0
        layer = runs.late[x] if is_tardy else runs.early[x]
        least, before = room.ready[own + start], -1
        if runs.is_loose[x] or start == runs.floor[x]:
            if room.by[own + start] < least:
                least, before = room.by[own + start], -2
        elif room.loose_by[own + start] < least:
            least, before = room.loose_by[own + start], -3
        if not runs.is_loose[x]:
            for n in range(runs.layer_ptr[k], layer):
                i = runs.layer_task[n]
                if runs.layer_first[n] <= start < runs.layer_last[n] and room.done[i * size + start] < least:
                    least, before = room.done[i * size + start], i
            for n in range(runs.follow_ptr[x], runs.follow_ptr[x + 1]):
                i = runs.follow_task[n]
                if runs.follow_first[n] <= start < runs.follow_last[n] and room.done[i * size + start] < least:
                    least, before = room.done[i * size + start], i
        p, x = start, before
        if before == -3:
            while p > 0 and room.loose_by[own + p - 1] <= room.loose_by[own + p]:
                p -= 1
            x = ended(k, p, True, kind, is_loose, part_ptr, part_first, part_last, size, done)
        if before != -1:
            continue
        is_near = kind_team[k] == kind_team[0]
        has_other = runs.has_state and k > 0
        if least >= from_outset(p, has_other, is_near, setup_same, setup_other, move):
            return count
        # Some change of kind is what it cost least to come from.
        least, other = INFINITE, -1
        for o in range(len(runs.kind_team)):
            setup, more = change(o, k, kind_team, setup_same, setup_other, move)
            if o != k and p >= setup and room.by[o * size + p - setup] + more < least:
                least, other = room.by[o * size + p - setup] + more, o
        p -= change(other, k, kind_team, setup_same, setup_other, move)[0]
        k = other


@kernel
def ended(
    k: int,
    p: int,
    only_loose: bool,
    kind: Ints,
    is_loose: Flags,
    part_ptr: Ints,
    part_first: Ints,
    part_last: Ints,
    size: int,
    done: Floats,
) -> int:
    """Return the task of a kind that ended at a position at the least cost, if wanted of those that follow anything."""
    least, found = INFINITE, -1
    for i in range(len(kind)):
        first, last = part_ptr[i], part_ptr[i + 1]
        if kind[i] != k or first == last or (only_loose and not is_loose[i]):
            continue
        if part_first[first] <= p < part_last[last - 1] and done[i * size + p] < least:
            least, found = done[i * size + p], i
    return found
