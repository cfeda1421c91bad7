"""The cheapest way to fill one shift, where a task pays what its price leaves of it: an exact dynamic program.

A shift's working time is cut into cells of `cell` seconds, breaks left out. `done[k][p]` is the least cost of any
sequence whose last task has type k and ended by position p, `free[k][p]` that of being ready at p to start a task of
type k, setup and move behind it. A task of d seconds takes `d // cell` cells and pays for the earliest end that its
first cell allows, so that no plan in seconds costs less than its image in cells. A sequence may hold a task twice:
the prices see to that.

References
----------
Pessoa, Uchoa, Poggi de Aragão, Rodrigues (2010), Exact algorithm over an arc-time-indexed formulation for parallel
machine scheduling problems, section 3; van den Akker, Hurkens, Savelsbergh (2000), Time-indexed formulations for
machine scheduling problems: column generation, section 4.
"""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.pieces import LEVELS, Pieces, collect_pieces, find_level, make_pieces, worked_before
from optimizer.instance import Floats, Ints, Seconds
from optimizer.kernels import compiled

INFINITE = 1e300

SCALAR_STEP = 16
"""Positions in a step from which on it pays to go over them as vectors."""


class Tables(NamedTuple):
    """Room for the tables of any one shift: by type and position, by team and position, by position."""

    pieces: Pieces
    done: Floats
    free: Floats
    team_done: Floats
    all_done: Floats


def make_tables(most_cells: int, most_types: int, most_tasks: int) -> Tables:
    """Return room for the tables of any one shift."""
    size = (most_types + 1) * (most_cells + 1)
    return Tables(
        make_pieces(most_cells, most_types, most_tasks),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(most_cells + 1),
    )


@compiled(nogil=True)
def price_shifts(
    rows: Ints,
    shifts: ShiftColumns,
    tasks: TaskColumns,
    charges: Charges,
    earns: Floats,
    cell: int,
    tables: Tables,
    values: Floats,
    path: Ints,
    counts: Ints,
    slot_ends: Seconds,
    slot_worth: Floats,
) -> None:
    """Price shifts one by one.

    Parameters
    ----------
    rows : shifts to price
    values : (R,) out: the least cost of each, at most 0
    path : out: the tasks of the sequences that cost it, one after the other
    counts : out: how many tasks of `path` are those of each row, in the order of `rows`
    slot_ends : (S,) ascending instants
    slot_worth : (R * S,) out: what each shift is worth from one of these instants to the next: by how much the least
        cost of its beginning falls. In the best mix of sequences that is the price of its time.
    """
    at = 0
    for n in range(len(rows)):
        row = rows[n]
        cells, num_types, num_teams, shortest = collect_pieces(row, shifts, tasks, charges, earns, cell, tables.pieces)
        values[row] = 0.0
        counts[n] = 0
        for slot in range(row * len(slot_ends), (row + 1) * len(slot_ends)):
            slot_worth[slot] = 0.0
        if shortest > cells:
            continue
        setup_same, setup_other = charges.setup_same // cell, charges.setup_other // cell
        has_state = shifts.state_type[row] >= 0
        size = cells + 1
        fill_tables(tables, size, num_types, num_teams, shortest, has_state, setup_same, setup_other, charges.move)
        best, last = 0.0, int(np.int64(-1))  # typed, or `trace` is compiled for a literal number as well
        for k in range(num_types):
            if tables.done[k * size + cells] < best:
                best, last = tables.done[k * size + cells], k
        values[row] = best
        if len(slot_ends):
            starts = shifts.work_start[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
            ends = shifts.work_end[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
            before = 0.0
            for h in range(len(slot_ends)):
                p = min(cells, worked_before(starts, ends, slot_ends[h]) // cell)
                least = min(0.0, tables.all_done[p])
                slot_worth[row * len(slot_ends) + h] = before - least
                before = least
        if last >= 0:
            counts[n] = trace(
                tables, size, num_types, last, has_state, setup_same, setup_other, charges.move, path[at:]
            )
            at += counts[n]


@compiled(nogil=True)
def offer_ends(
    done: Floats,
    free: Floats,
    clock: Floats,
    offset: int,
    order: Ints,
    low: int,
    high: int,
    lengths: Ints,
    first: Ints,
    last: Ints,
    fixed: Floats,
    rate: Floats,
) -> None:
    """Offer the ends at positions `[low, high)` of some pieces to the table that begins at `offset`."""
    for piece in order:
        cells = lengths[piece]
        to = min(high, last[piece] + cells)
        at = max(low, first[piece] + cells)
        if at >= to:
            continue
        base, slope = fixed[piece], rate[piece]
        d = done[offset + at : offset + to]
        f = free[offset + at - cells : offset + to - cells]
        c = clock[at:to]
        for n in range(len(d)):
            # np.minimum is what the compiler turns into vectors; min or a comparison is three times as slow.
            d[n] = np.minimum(d[n], f[n] + (base + slope * c[n]))


@compiled(nogil=True)
def fill_tables(
    tables: Tables,
    size: int,
    num_types: int,
    num_teams: int,
    shortest: int,
    has_state: bool,
    setup_same: int,
    setup_other: int,
    move: float,
) -> None:
    """Fill the tables from the beginning of the shift to its end."""
    pieces, done, free = tables.pieces, tables.done, tables.free
    clock, lengths, first, last = pieces.clock, pieces.cells, pieces.first, pieces.last
    fixed, rate = pieces.fixed, pieces.rate
    team_done, all_done, type_team = tables.team_done, tables.all_done, pieces.type_team
    level_ptr, order = pieces.level_ptr, pieces.order
    for at in range(num_types * size):
        done[at] = INFINITE
    # No task is shorter than a step, nor one of level n than 2**n cells: what is offered depends on earlier steps only.
    least_level = find_level(shortest)
    for low in range(0, size, 1 << least_level):
        high = min(size, low + (1 << least_level))
        for level in range(least_level, LEVELS):
            if low % (1 << level):
                break
            for k in range(num_types):
                at, to = level_ptr[k * (LEVELS + 1) + level], level_ptr[k * (LEVELS + 1) + level + 1]
                if at < to:
                    reach = min(size, low + (1 << level))
                    offer_ends(done, free, clock, k * size, order[at:to], low, reach, lengths, first, last, fixed, rate)
        if high - low < SCALAR_STEP:
            for p in range(low, high):
                settle_one(
                    done,
                    free,
                    team_done,
                    all_done,
                    type_team,
                    size,
                    num_types,
                    num_teams,
                    p,
                    has_state,
                    setup_same,
                    setup_other,
                    move,
                )
            continue
        settle(done, team_done, all_done, type_team, size, num_types, num_teams, low, high)
        for k in range(num_types):
            team = type_team[k] * size
            is_near = type_team[k] == type_team[0]
            make_free(done, free, team_done, all_done, k * size, team, low, high, setup_same, setup_other, move)
            for p in range(low, high):
                outset = from_outset(p, has_state and k > 0, is_near, setup_same, setup_other, move)
                free[k * size + p] = min(free[k * size + p], outset)


@compiled(nogil=True)
def settle_one(
    done: Floats,
    free: Floats,
    team_done: Floats,
    all_done: Floats,
    type_team: Ints,
    size: int,
    num_types: int,
    num_teams: int,
    p: int,
    has_state: bool,
    setup_same: int,
    setup_other: int,
    move: float,
) -> None:
    """Do for one position what `settle` and `make_free` do for many: quicker where a step has few."""
    for team in range(num_teams):
        team_done[team * size + p] = INFINITE
    every = INFINITE
    for k in range(num_types):
        at = k * size + p
        if p > 0 and done[at - 1] < done[at]:
            done[at] = done[at - 1]
        team = type_team[k] * size + p
        team_done[team] = min(team_done[team], done[at])
        every = min(every, done[at])
    all_done[p] = every
    after_other = all_done[p - setup_other] + move if p >= setup_other else INFINITE
    for k in range(num_types):
        is_near = type_team[k] == type_team[0]
        least = from_outset(p, has_state and k > 0, is_near, setup_same, setup_other, move)
        least = min(least, done[k * size + p], after_other)
        if p >= setup_same:
            least = min(least, team_done[type_team[k] * size + p - setup_same])
        free[k * size + p] = least


@compiled(nogil=True)
def settle(
    done: Floats,
    team_done: Floats,
    all_done: Floats,
    type_team: Ints,
    size: int,
    num_types: int,
    num_teams: int,
    low: int,
    high: int,
) -> None:
    """Let what was done by a position be done by later ones; find the least by team and of all."""
    for team in range(num_teams):
        for p in range(team * size + low, team * size + high):
            team_done[p] = INFINITE
    for p in range(low, high):
        all_done[p] = INFINITE
    for k in range(num_types):
        mine = done[k * size + low : k * size + high]
        near = team_done[type_team[k] * size + low : type_team[k] * size + high]
        every = all_done[low:high]
        before = done[k * size + low - 1] if low > 0 else INFINITE
        for p in range(len(mine)):
            before = min(before, mine[p])
            mine[p] = before
        for p in range(len(mine)):
            near[p] = np.minimum(near[p], mine[p])
            every[p] = np.minimum(every[p], mine[p])


@compiled(nogil=True)
def from_outset(
    p: int, has_other_type: bool, is_same_team: bool, setup_same: int, setup_other: int, move: float
) -> float:
    """Return what it costs to be ready for a type at a position with no task of the plan before it."""
    if not has_other_type or (is_same_team and p >= setup_same):
        return 0.0
    return move if p >= setup_other else INFINITE


@compiled(nogil=True)
def make_free(
    done: Floats,
    free: Floats,
    team_done: Floats,
    all_done: Floats,
    own: int,
    team: int,
    low: int,
    high: int,
    setup_same: int,
    setup_other: int,
    move: float,
) -> None:
    """Find the least cost of being ready for a type at positions `[low, high)` with a task before it."""
    for p in range(own + low, own + high):
        free[p] = done[p]
    at = max(low, setup_same)
    if at < high:
        target, source = free[own + at : own + high], team_done[team + at - setup_same : team + high - setup_same]
        for p in range(len(target)):
            target[p] = np.minimum(target[p], source[p])
    at = max(low, setup_other)
    if at < high:
        target, source = free[own + at : own + high], all_done[at - setup_other : high - setup_other]
        for p in range(len(target)):
            target[p] = np.minimum(target[p], source[p] + move)


@compiled(nogil=True)
def trace(
    tables: Tables,
    size: int,
    num_types: int,
    last: int,
    has_state: bool,
    setup_same: int,
    setup_other: int,
    move: float,
    path: Ints,
) -> int:
    """Write the tasks of the least sequence that ends with a type, last one first; return how many."""
    pieces, done, free = tables.pieces, tables.done, tables.free
    k, p, count = last, size - 1, 0
    while True:
        while p > 0 and done[k * size + p - 1] <= done[k * size + p]:
            p -= 1
        chosen, least = -1, INFINITE
        for piece in pieces.order[pieces.level_ptr[k * (LEVELS + 1)] : pieces.level_ptr[k * (LEVELS + 1) + LEVELS]]:
            start = p - pieces.cells[piece]
            if pieces.first[piece] <= start < pieces.last[piece]:
                cost = free[k * size + start] + (pieces.fixed[piece] + pieces.rate[piece] * pieces.clock[p])
                if cost < least:
                    chosen, least = piece, cost
        path[count] = pieces.task[chosen]
        count += 1
        p -= pieces.cells[chosen]
        before, at = -1, p
        is_near = pieces.type_team[k] == pieces.type_team[0]
        least = from_outset(p, has_state and k > 0, is_near, setup_same, setup_other, move)
        if done[k * size + p] < least:
            before, least = k, done[k * size + p]
        for other in range(num_types):
            in_team = pieces.type_team[other] == pieces.type_team[k]
            if in_team and p >= setup_same and done[other * size + p - setup_same] < least:
                before, at, least = other, p - setup_same, done[other * size + p - setup_same]
            if p >= setup_other and done[other * size + p - setup_other] + move < least:
                before, at, least = other, p - setup_other, done[other * size + p - setup_other] + move
        if before < 0:
            return count
        k, p = before, at
