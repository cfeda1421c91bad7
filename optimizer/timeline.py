"""When an agent can do a task: shifts, breaks that pause, setups, moves. Exact, in whole seconds from `now`.

An agent's tasks are done one after the other, so all that the past leaves behind is a *cursor*
``(shift, free, last_type, moves, moved_at)``: the shift, the instant from which the agent is free in it, the type of
the last task in it (-1 where none), the moves made in it, and the instant of the last one (`-NEVER` where none).
`open_cursor` is where an agent stands at `now`; `place` puts a task at the earliest instant that every rule allows.
As every rule is a lower bound on a start, starting each task of a sequence at its earliest is never worse than later.
"""

import math
from typing import NamedTuple

from optimizer.instance import NEVER, Floats, Instance, Ints, Seconds
from optimizer.kernels import kernel

NOWHERE = -1
"""The start and end of a task that does not fit."""


class Roster(NamedTuple):
    """The columns of an `Instance` that decide when an agent can do a task, as compiled code takes them."""

    type_team: Ints
    max_moves: Ints
    min_stay: Seconds
    state_type: Ints
    state_moves: Ints
    state_team_since: Seconds
    shift_ptr: Ints
    shift_start: Seconds
    shift_end: Seconds
    work_ptr: Ints
    work_start: Seconds
    work_end: Seconds
    setup_same_team: int
    setup_other_team: int


def get_roster(instance: Instance) -> Roster:
    """Return the columns of an instance that decide when an agent can do a task."""
    return Roster(
        type_team=instance.type_team,
        max_moves=instance.agent_max_moves,
        min_stay=instance.agent_min_stay,
        state_type=instance.state_type,
        state_moves=instance.state_moves,
        state_team_since=instance.state_team_since,
        shift_ptr=instance.agent_shift_ptr,
        shift_start=instance.shift_start,
        shift_end=instance.shift_end,
        work_ptr=instance.shift_work_ptr,
        work_start=instance.work_start,
        work_end=instance.work_end,
        setup_same_team=instance.setup_same_team,
        setup_other_team=instance.setup_other_team,
    )


@kernel
def compute_duration(handling_minutes: float, speed: float) -> int:
    """Return the working seconds that a task takes at a speed."""
    return max(1, math.floor(60.0 * handling_minutes / speed + 0.5))


@kernel
def get_speed(task_class: int, agent: int, class_ptr: Ints, class_agent: Ints, class_speed: Floats) -> float:
    """Return the speed of an agent at a class of demand, 0 where the agent may not do it."""
    low, high = class_ptr[task_class], class_ptr[task_class + 1]
    while low < high:
        middle = (low + high) >> 1
        if class_agent[middle] < agent:
            low = middle + 1
        else:
            high = middle
    if low < class_ptr[task_class + 1] and class_agent[low] == agent:
        return float(class_speed[low])
    return 0.0


@kernel
def contains(item: int, row: int, ptr: Ints, items: Ints) -> bool:
    """Return whether a row of a list of lists contains an item; rows are ascending."""
    low, high = ptr[row], ptr[row + 1]
    while low < high:
        middle = (low + high) >> 1
        if items[middle] < item:
            low = middle + 1
        else:
            high = middle
    return bool(low < ptr[row + 1] and items[low] == item)


@kernel
def find_shift(agent: int, instant: int, roster: Roster) -> int:
    """Return the shift of an agent that is open at an instant, else the next one, else the one past the last."""
    shift_end = roster.shift_end
    low, high = roster.shift_ptr[agent], roster.shift_ptr[agent + 1]
    while low < high:
        middle = (low + high) >> 1
        if shift_end[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return int(low)


@kernel
def next_working(shift: int, instant: int, roster: Roster) -> int:
    """Return the first instant at or after `instant` at which the agent of a shift works in it; `NOWHERE` if none."""
    work_ptr, work_start, work_end = roster.work_ptr, roster.work_start, roster.work_end
    for n in range(work_ptr[shift], work_ptr[shift + 1]):
        if work_end[n] > instant:
            return int(max(instant, work_start[n]))
    return NOWHERE


@kernel
def pass_working(shift: int, instant: int, seconds: int, roster: Roster) -> int:
    """Return the instant at which so many working seconds of a shift have passed since `instant`.

    That may be the very instant at which a break starts or the shift ends. `NOWHERE` if the shift ends before.
    For 0 seconds it is the first working instant.
    """
    work_ptr, work_start, work_end = roster.work_ptr, roster.work_start, roster.work_end
    for n in range(work_ptr[shift], work_ptr[shift + 1]):
        if work_end[n] <= instant:
            continue
        begin = max(instant, work_start[n])
        room = work_end[n] - begin
        if seconds <= room:
            return int(begin + seconds)
        seconds -= room
    return NOWHERE


@kernel
def count_working(shift: int, since: int, until: int, roster: Roster) -> int:
    """Return the working seconds of a shift within `[since, until)`."""
    work_ptr, work_start, work_end = roster.work_ptr, roster.work_start, roster.work_end
    total = 0
    for n in range(work_ptr[shift], work_ptr[shift + 1]):
        total += max(0, min(until, work_end[n]) - max(since, work_start[n]))
    return total


@kernel
def compute_setup(last_type: int, next_type: int, roster: Roster) -> int:
    """Return the working seconds lost between two tasks of these types; -1 as the last type means none before."""
    if last_type < 0 or last_type == next_type:
        return 0
    if roster.type_team[last_type] == roster.type_team[next_type]:
        return roster.setup_same_team
    return roster.setup_other_team


@kernel
def open_cursor(agent: int, roster: Roster) -> tuple[int, int, int, int, int]:
    """Return where an agent stands at `now`; the shift is past the agent's last one where there is none to come."""
    shift = int(roster.shift_ptr[agent])
    if shift == roster.shift_ptr[agent + 1]:
        return shift, NEVER, -1, 0, -NEVER
    if roster.shift_start[shift] <= 0:
        return (
            shift,
            0,
            int(roster.state_type[agent]),
            int(roster.state_moves[agent]),
            int(roster.state_team_since[agent]),
        )
    return enter_shift(shift, roster)


@kernel
def enter_shift(shift: int, roster: Roster) -> tuple[int, int, int, int, int]:
    """Return the cursor at the start of a shift that is not open at `now`."""
    return shift, int(roster.shift_start[shift]), -1, 0, -NEVER


@kernel
def find_start(
    agent: int,
    shift: int,
    free: int,
    last_type: int,
    moves: int,
    moved_at: int,
    next_type: int,
    ready: int,
    roster: Roster,
) -> int:
    """Return the earliest start of a task of a type in the cursor's own shift, `NOWHERE` if it cannot be in it.

    Whether it can also end in the shift is for `pass_working` to say.
    """
    start = max(free, ready)
    if last_type >= 0 and last_type != next_type:
        setup = roster.setup_same_team
        if roster.type_team[last_type] != roster.type_team[next_type]:
            if moves >= roster.max_moves[agent]:
                return NOWHERE
            setup = roster.setup_other_team
            start = max(start, moved_at + roster.min_stay[agent])
        if setup > 0:
            prepared = pass_working(shift, free, setup, roster)
            if prepared == NOWHERE:
                return NOWHERE
            start = max(start, prepared)
    return next_working(shift, start, roster)


@kernel
def place(
    agent: int,
    shift: int,
    free: int,
    last_type: int,
    moves: int,
    moved_at: int,
    next_type: int,
    ready: int,
    duration: int,
    roster: Roster,
) -> tuple[int, int, int, int, int]:
    """Put a task behind a cursor at its earliest: in the cursor's shift, or else in the first later one where it fits.

    Parameters
    ----------
    ready : instant before which the task may not start
    duration : working seconds that it takes

    Returns
    -------
    start, end, shift, moves, moved_at
        Of the task, and of the cursor behind it: ``(shift, end, next_type, moves, moved_at)``.
        `start` is `NOWHERE` if the task fits in no shift.
    """
    while shift < roster.shift_ptr[agent + 1]:
        start = find_start(agent, shift, free, last_type, moves, moved_at, next_type, ready, roster)
        if start != NOWHERE:
            end = pass_working(shift, start, duration, roster)
            if end != NOWHERE:
                if last_type >= 0 and roster.type_team[last_type] != roster.type_team[next_type]:
                    moves, moved_at = moves + 1, start
                return start, end, shift, moves, moved_at
        shift += 1
        if shift < roster.shift_ptr[agent + 1]:
            shift, free, last_type, moves, moved_at = enter_shift(shift, roster)
    return NOWHERE, NOWHERE, shift, 0, -NEVER
