"""The working time of all shifts in cells, and who may do what from when to when in them."""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.pieces import is_listed, naming_charge, worked_before
from optimizer.instance import NEVER, Floats, Ints, Seconds
from optimizer.kernels import compiled

NO_CUT = 2**31 - 1
"""A position that no shift reaches."""


class Cells(NamedTuple):
    """The cells of all shifts, one after the other, each shift with one position more than it has cells.

    Attributes
    ----------
    bits : a cell has 2 to the power of so many seconds; the last of a shift may be shorter
    ptr : (R + 1,) first position of each shift
    worked : (R,) working seconds
    clock : (P,) office seconds before the instant at which work that begins at a position begins
    left : (P,) office seconds before the instant at which work that ends at a position ends, or less
    runs : (P,) 1 where all seconds of the cell that begins here are office seconds, else 0
    capacity : (P,) seconds of the cell that begins here, 0 at the end of a shift
    """

    bits: int
    ptr: Ints
    worked: Ints
    clock: Floats
    left: Floats
    runs: Floats
    capacity: Floats


class Pairs(NamedTuple):
    """Who may do what: pairs of a task and a shift in which it may be done, by task.

    Attributes
    ----------
    ptr : (T + 1,) the pairs of each task
    row, seconds : (N,) the shift, and how long it takes there
    floor : (N,) position from which on it may start
    due, must : (N,) the last positions at which it may end in time, and without missing its `must_by`
    fixed : (N,) what it costs that this agent does it
    """

    ptr: Ints
    row: Ints
    seconds: Ints
    floor: Ints
    due: Ints
    must: Ints
    fixed: Floats


def cut_cells(shifts: ShiftColumns, tasks: TaskColumns, bits: int) -> Cells:
    """Return the cells of the shifts."""
    worked = worked_seconds(shifts)
    ptr = np.concatenate(([0], np.cumsum(-(-worked // (1 << bits)) + 1))).astype(np.int32)
    clock, left, runs, capacity = np.zeros((4, int(ptr[-1])))
    fill_cells(1 << bits, ptr, worked, clock, left, runs, capacity, shifts, tasks)
    return Cells(bits=bits, ptr=ptr, worked=worked, clock=clock, left=left, runs=runs, capacity=capacity)


def worked_seconds(shifts: ShiftColumns) -> Ints:
    """Return (R,): the working seconds of each shift."""
    seconds = np.zeros(len(shifts.agent), np.int64)
    rows = np.repeat(np.arange(len(shifts.agent)), np.diff(shifts.work_ptr))
    np.add.at(seconds, rows, shifts.work_end - shifts.work_start)
    return seconds.astype(np.int32)


def pair_up(shifts: ShiftColumns, tasks: TaskColumns, charges: Charges) -> Pairs:
    """Return who may do what; tasks that are in no line have no pair."""
    num_tasks, num_lines = len(tasks.release), len(shifts.line_type)
    agents = np.repeat(np.arange(len(shifts.agent_line_ptr) - 1), np.diff(shifts.agent_line_ptr))
    order = np.argsort(shifts.agent_line, kind="stable")
    lines, agents, speeds = shifts.agent_line[order], agents[order], shifts.agent_line_speed[order]
    first = np.searchsorted(shifts.agent, np.arange(len(shifts.agent_line_ptr)))
    many = first[agents + 1] - first[agents]
    offset = np.repeat(first[agents] - np.concatenate(([0], np.cumsum(many)))[:-1], many)
    counts = np.bincount(lines, weights=many, minlength=num_lines).astype(np.int64)
    line_of = np.full(num_tasks, -1, np.int32)
    line_of[shifts.line_task] = np.repeat(np.arange(num_lines), np.diff(shifts.line_task_ptr))
    line_ptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    line_row = (offset + np.arange(len(offset))).astype(np.int32)
    line_speed = np.repeat(speeds, many)
    most = int(counts[line_of[line_of >= 0]].sum())
    row, seconds, floor, due, must = np.zeros((5, most), np.int32)
    room = Pairs(
        ptr=np.zeros(num_tasks + 1, np.int32),
        row=row,
        seconds=seconds,
        floor=floor,
        due=due,
        must=must,
        fixed=np.zeros(most),
    )
    count = fill_pairs(room, worked_seconds(shifts), line_of, line_ptr, line_row, line_speed, shifts, tasks, charges)
    return Pairs(
        ptr=room.ptr,
        row=row[:count].copy(),
        seconds=seconds[:count].copy(),
        floor=floor[:count].copy(),
        due=due[:count].copy(),
        must=must[:count].copy(),
        fixed=room.fixed[:count].copy(),
    )


@compiled(nogil=True)
def fill_cells(
    size: int,
    ptr: Ints,
    worked: Ints,
    clock: Floats,
    left: Floats,
    runs: Floats,
    capacity: Floats,
    shifts: ShiftColumns,
    tasks: TaskColumns,
) -> None:
    """Fill the columns of the cells."""
    for row in range(len(worked)):
        if worked[row] == 0:
            continue
        first, last = ptr[row], ptr[row + 1] - 1
        starts = shifts.work_start[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
        ends = shifts.work_end[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
        is_all_office = len(tasks.office_start) == 0
        for n in range(len(tasks.office_start)):
            is_all_office = is_all_office or (tasks.office_start[n] <= starts[0] and ends[-1] <= tasks.office_end[n])
        for at in range(first, last):
            begin = (at - first) * size
            seconds = min(size, worked[row] - begin)
            since, until = find_start(starts, ends, begin), find_end(starts, ends, begin + seconds)
            clock[at] = count_office(since, tasks.office_start, tasks.office_end)
            counted = count_office(until, tasks.office_start, tasks.office_end)
            # A cell without a break in which every second counts, or a shift in which every second does.
            if is_all_office or (until - since == seconds and counted - clock[at] == seconds):
                runs[at] = 1.0
            capacity[at] = seconds
            left[at + 1] = min(counted, clock[at] + runs[at] * seconds)
        clock[last], left[first] = left[last], clock[first]


@compiled(nogil=True)
def find_start(starts: Seconds, ends: Seconds, position: int) -> int:
    """Return the instant at which work begins that begins at a position of a shift, before its end."""
    n = 0
    while position >= ends[n] - starts[n]:
        position -= ends[n] - starts[n]
        n += 1
    return int(starts[n] + position)


@compiled(nogil=True)
def find_end(starts: Seconds, ends: Seconds, position: int) -> int:
    """Return the instant at which work ends that ends at a position of a shift, after its beginning."""
    n = 0
    while position > ends[n] - starts[n]:
        position -= ends[n] - starts[n]
        n += 1
    return int(starts[n] + position)


@compiled(nogil=True)
def count_office(instant: int, starts: Seconds, ends: Seconds) -> int:
    """Return the seconds that count for tardiness between `now` and an instant."""
    if len(starts) == 0:
        return instant
    total = 0
    for n in range(len(starts)):
        total += max(0, min(ends[n], instant) - max(0, starts[n]))
    return total


@compiled(nogil=True)
def fill_pairs(
    pairs: Pairs,
    worked: Ints,
    line_of: Ints,
    line_ptr: Ints,
    line_row: Ints,
    line_speed: Floats,
    shifts: ShiftColumns,
    tasks: TaskColumns,
    charges: Charges,
) -> int:
    """Fill the columns of the pairs, task by task; return how many there are."""
    count = 0
    for task in range(np.int32(len(line_of))):
        pairs.ptr[task] = count
        has_excluded = tasks.excluded_ptr[task] < tasks.excluded_ptr[task + 1]
        has_name = tasks.published[task] >= 0 or tasks.preferred_ptr[task] < tasks.preferred_ptr[task + 1]
        line = line_of[task]
        if line < 0:
            continue
        team = shifts.type_team[shifts.line_type[line]]
        for m in range(line_ptr[line], line_ptr[line + 1]):
            row = line_row[m]
            agent = shifts.agent[row]
            if tasks.pinned[task] >= 0 and tasks.pinned[task] != agent:
                continue
            if has_excluded and is_listed(tasks.excluded_ptr, tasks.excluded_agent, task, agent):
                continue
            seconds = max(1, int(np.floor(60 * tasks.handling[task] / line_speed[m] + 0.5)))
            if seconds > worked[row]:
                continue
            starts = shifts.work_start[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
            ends = shifts.work_end[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
            floor = worked_before(starts, ends, tasks.release[task]) if tasks.release[task] > 0 else 0
            if floor + seconds > worked[row]:
                continue
            due, must = NO_CUT, NO_CUT
            if tasks.rate[task] > 0 or tasks.late[task] > 0:
                due = worked_before(starts, ends, tasks.late_after[task])
            if tasks.missed > 0 and tasks.must_by[task] < NEVER:
                must = worked_before(starts, ends, tasks.must_by[task])
            pairs.row[count], pairs.seconds[count], pairs.floor[count] = row, seconds, floor
            pairs.due[count], pairs.must[count] = due, must
            pairs.fixed[count] = naming_charge(task, agent, tasks, charges) if has_name else 0.0
            if team != shifts.agent_home[agent]:
                pairs.fixed[count] += charges.away * seconds / 60
            count += 1
    pairs.ptr[len(line_of)] = count
    return count
