"""When a task earns something in a shift: its starts, cut where its cost changes its form."""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.instance import Floats, Ints, Seconds
from optimizer.kernels import compiled

LEVELS = 9
"""Tasks of `2**n` cells and more are of level n, the last level being open: that many ends are priced as one vector."""

MOST_PIECES = 4
"""Most pieces of one task: tardiness, the late charge and the missed charge each begin once."""


class Pieces(NamedTuple):
    """The pieces of the tasks of one shift, type by type. A piece is a stretch of starts with a cost linear in time.

    Attributes
    ----------
    clock : (N + 1,) office seconds before the instant at which work that ends at a position ends
    type_of, team_of : (K,), (G,) types and teams met, in the order in which they were
    type_team : (K,) position of the type's team in `team_of`
    level_ptr : (K * (LEVELS + 1),) the pieces of type k and level n are
        `order[level_ptr[k * (LEVELS + 1) + n]:level_ptr[k * (LEVELS + 1) + n + 1]]`
    order : pieces by type and level
    task, cells, first, last, fixed, rate : the task, its length, its starts `[first, last)`, and what it costs:
        `fixed + rate * clock[first cell + cells]`
    """

    clock: Floats
    type_of: Ints
    team_of: Ints
    type_team: Ints
    level_ptr: Ints
    order: Ints
    task: Ints
    cells: Ints
    first: Ints
    last: Ints
    fixed: Floats
    rate: Floats


def make_pieces(most_cells: int, most_types: int, most_tasks: int) -> Pieces:
    """Return room for the pieces of any one shift."""
    kinds, starts = most_types + 2, MOST_PIECES * most_tasks
    return Pieces(
        clock=np.zeros(most_cells + 2),
        type_of=np.zeros(kinds, np.int32),
        team_of=np.zeros(kinds, np.int32),
        type_team=np.zeros(kinds, np.int32),
        level_ptr=np.zeros(kinds * (LEVELS + 1), np.int32),
        order=np.zeros(starts, np.int32),
        task=np.zeros(starts, np.int32),
        cells=np.zeros(starts, np.int32),
        first=np.zeros(starts, np.int32),
        last=np.zeros(starts, np.int32),
        fixed=np.zeros(starts),
        rate=np.zeros(starts),
    )


@compiled(nogil=True)
def worked_before(starts: Seconds, ends: Seconds, instant: int) -> int:
    """Return the working seconds before an instant."""
    total = 0
    for n in range(len(starts)):
        total += max(0, min(ends[n], instant) - starts[n])
    return total


@compiled(nogil=True)
def fill_clock(
    clock: Floats, starts: Seconds, ends: Seconds, cell: int, office_start: Seconds, office_end: Seconds
) -> tuple[int, bool]:
    """Write, for each position, the office seconds before the instant at which work ends there.

    Work that ends with an interval ends before the break, not after it.

    Returns
    -------
    The number of cells, and whether all of the shift counts.
    """
    total = worked_before(starts, ends, ends[-1])
    cells = total // cell
    at, worked = 0, 0
    office, counted = 0, 0
    for p in range(cells + 1):
        position = p * cell
        while position > worked + ends[at] - starts[at]:
            worked += ends[at] - starts[at]
            at += 1
        instant = starts[at] + position - worked
        if len(office_start) == 0:
            clock[p] = instant
            continue
        while office < len(office_start) and office_end[office] <= instant:
            counted += max(0, office_end[office] - max(0, office_start[office]))
            office += 1
        within = 0
        if office < len(office_start):
            within = max(0, instant - max(0, office_start[office]))
        clock[p] = counted + within
    if len(office_start) == 0:
        return cells, True
    for n in range(len(office_start)):
        if office_start[n] <= starts[0] and ends[-1] <= office_end[n]:
            return cells, True
    return cells, False


@compiled(nogil=True)
def first_above(clock: Floats, low: int, high: int, value: float) -> int:
    """Return the first position in `[low, high)` at which the clock is above a value, `high` where none is."""
    while low < high:
        middle = (low + high) // 2
        if clock[middle] > value:
            high = middle
        else:
            low = middle + 1
    return low


@compiled(nogil=True)
def cut_starts(
    pieces: Pieces,
    count: int,
    task: int,
    cells: int,
    low: int,
    high: int,
    fixed: float,
    rate: float,
    tardy_from: float,
    late_from: int,
    late: float,
    missed_from: int,
    missed: float,
) -> int:
    """Cut the starts `[low, high)` of a task where its cost changes its form; keep those at which it earns.

    Returns
    -------
    The number of pieces so far.
    """
    clock, at = pieces.clock, low
    tardy = first_above(clock, low + cells, high + cells, tardy_from) - cells
    while at < high:
        to = high
        cost = fixed
        slope = 0.0
        if at >= late_from:
            cost += late
        else:
            to = min(to, late_from)
        if at >= missed_from:
            cost += missed
        else:
            to = min(to, missed_from)
        if at >= tardy:
            slope = rate
        else:
            to = min(to, tardy)
        if cost >= 0:
            return count
        stop = to
        if slope > 0:
            stop = first_above(clock, at + cells, to + cells, tardy_from - cost / slope) - cells
        if stop > at:
            pieces.task[count] = task
            pieces.cells[count] = cells
            pieces.first[count] = at
            pieces.last[count] = stop
            pieces.fixed[count] = cost - slope * tardy_from
            pieces.rate[count] = slope
            count += 1
        if stop < to:
            return count
        at = to
    return count


@compiled(nogil=True)
def collect_pieces(
    row: int, shifts: ShiftColumns, tasks: TaskColumns, charges: Charges, earns: Floats, cell: int, pieces: Pieces
) -> tuple[int, int, int, int]:
    """Write the pieces of all tasks that may be done in a shift and earn something there.

    Parameters
    ----------
    earns : (T,) what doing the task is paid

    Returns
    -------
    The number of cells, of types, of teams, and the cells of the shortest task.
    """
    agent = shifts.agent[row]
    starts = shifts.work_start[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
    ends = shifts.work_end[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
    cells, is_all_office = fill_clock(pieces.clock, starts, ends, cell, tasks.office_start, tasks.office_end)
    total = worked_before(starts, ends, ends[-1])
    # Typed, or what they are handed to is compiled for literal numbers as well.
    num_types, num_teams, count = int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
    shortest = cells + 1
    if shifts.state_type[row] >= 0:
        num_teams = add_type(pieces, num_types, num_teams, shifts.state_type[row], shifts.type_team)
        num_types += 1
    n, stop = shifts.agent_line_ptr[agent], shifts.agent_line_ptr[agent + 1]
    while n < stop:
        type_, begin = shifts.line_type[shifts.agent_line[n]], count
        away = charges.away if shifts.type_team[type_] != shifts.agent_home[agent] else 0.0
        while n < stop and shifts.line_type[shifts.agent_line[n]] == type_:
            line, speed = shifts.agent_line[n], shifts.agent_line_speed[n]
            for m in range(shifts.line_task_ptr[line], shifts.line_task_ptr[line + 1]):
                task = shifts.line_task[m]
                if tasks.pinned[task] >= 0 and tasks.pinned[task] != agent:
                    continue
                seconds = max(1, int(np.floor(60 * tasks.handling[task] / speed + 0.5)))
                cost = away * seconds / 60 - earns[task]
                if cost >= 0 or seconds > total or is_listed(tasks.excluded_ptr, tasks.excluded_agent, task, agent):
                    continue
                cost += naming_charge(task, agent, tasks, charges)
                count = cut_task(task, seconds, cost, starts, ends, total, cell, is_all_office, tasks, pieces, count)
            n += 1
        if count == begin:
            continue
        k = 0
        while k < num_types and pieces.type_of[k] != type_:
            k += 1
        if k == num_types:
            num_teams = add_type(pieces, num_types, num_teams, type_, shifts.type_team)
            num_types += 1
        sort_by_level(
            pieces.level_ptr[k * (LEVELS + 1) : (k + 1) * (LEVELS + 1)], pieces.order, pieces.cells, begin, count
        )
        for m in range(begin, count):
            shortest = min(shortest, pieces.cells[m])
    return cells, num_types, num_teams, shortest


@compiled(nogil=True)
def naming_charge(task: int, agent: int, tasks: TaskColumns, charges: Charges) -> float:
    """Return what it costs that the agent is not the one whom the task names."""
    cost = 0.0
    if tasks.published[task] >= 0 and tasks.published[task] != agent:
        cost += charges.reassigned
    names = tasks.preferred_ptr[task] < tasks.preferred_ptr[task + 1]
    if names and not is_listed(tasks.preferred_ptr, tasks.preferred_agent, task, agent):
        cost += charges.preferred
    return cost


@compiled(nogil=True)
def cut_task(
    task: int,
    seconds: int,
    cost: float,
    starts: Seconds,
    ends: Seconds,
    total: int,
    cell: int,
    is_all_office: bool,
    tasks: TaskColumns,
    pieces: Pieces,
    count: int,
) -> int:
    """Write the pieces of a task that takes `seconds` in a shift and costs `cost` if in time.

    Returns
    -------
    The number of pieces so far.
    """
    low = worked_before(starts, ends, tasks.release[task]) // cell
    high = (total - seconds) // cell + 1
    late_from, missed_from = high, high
    if tasks.late[task] > 0:
        late_from = (worked_before(starts, ends, tasks.late_after[task]) - seconds) // cell + 1
    if tasks.missed > 0:
        missed_from = (worked_before(starts, ends, tasks.must_by[task]) - seconds) // cell + 1
    # What a task takes beyond its cells is part of its tardiness only if the clock runs on for all of it.
    rest = seconds % cell if is_all_office else 0
    return cut_starts(
        pieces,
        count,
        task,
        seconds // cell,
        low,
        high,
        cost,
        tasks.rate[task],
        tasks.tardy_from[task] - rest,
        late_from,
        tasks.late[task],
        missed_from,
        tasks.missed,
    )


@compiled(nogil=True)
def is_listed(pointers: Ints, items: Ints, row: int, wanted: int) -> bool:
    """Return whether a row of a list of lists holds an item."""
    is_in = False
    for n in range(pointers[row], pointers[row + 1]):
        is_in = is_in or items[n] == wanted
    return is_in


@compiled(nogil=True)
def add_type(pieces: Pieces, num_types: int, num_teams: int, type_: int, type_team: Ints) -> int:
    """Write a type without pieces as the next one; return the number of teams so far."""
    at = 0
    while at < num_teams and pieces.team_of[at] != type_team[type_]:
        at += 1
    pieces.team_of[at] = type_team[type_]
    pieces.type_of[num_types] = type_
    pieces.type_team[num_types] = at
    for n in range(num_types * (LEVELS + 1), (num_types + 1) * (LEVELS + 1)):
        pieces.level_ptr[n] = 0
    return max(num_teams, at + 1)


@compiled(nogil=True)
def find_level(cells: int) -> int:
    """Return the level of a task that takes so many cells."""
    level = 0
    while level < LEVELS - 1 and cells >= 2 << level:
        level += 1
    return level


@compiled(nogil=True)
def sort_by_level(pointers: Ints, order: Ints, cells: Ints, begin: int, end: int) -> None:
    """Write the pieces `[begin, end)` by level; `pointers` gets where each level begins."""
    for level in range(LEVELS + 1):
        pointers[level] = 0
    for piece in range(begin, end):
        pointers[find_level(cells[piece]) + 1] += 1
    pointers[0] = begin
    for level in range(LEVELS):
        pointers[level + 1] += pointers[level]
    for piece in range(begin, end):
        level = find_level(cells[piece])
        order[pointers[level]] = piece
        pointers[level] += 1
    for level in range(LEVELS, 0, -1):
        pointers[level] = pointers[level - 1]
    pointers[0] = begin
