"""List scheduling: whenever an agent is free, it takes the waiting task of highest index that it can do now.

The schedule is non-delay (Baker and Trietsch 2009, Principles of Sequencing and Scheduling, section 10.3): no agent
idles while a task waits that it could start, in the sense of `docs/formats/problem.md`, Feasibility. Two waits are
right and are kept: for a move that `min_stay_minutes` does not yet allow, and for work in progress (`_begin_open`).

References
----------
Graham (1966), Bounds for certain multiprocessing anomalies. Bell System Technical Journal 45, 1563-1581.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from optimizer.dispatching.calendar import Calendar, set_event
from optimizer.dispatching.queues import Bounds, Groups, bound_level, put, take, to_level
from optimizer.instance import NEVER, Flags, Ints, Seconds
from optimizer.objective import Charges, is_reassigned, is_unpreferred
from optimizer.policy import FIFO, comes_before, evaluate
from optimizer.timeline import (
    NOWHERE,
    Roster,
    contains,
    count_working,
    enter_shift,
    next_working,
    open_cursor,
    pass_working,
    place,
)


class Demand(NamedTuple):
    """The columns of an `Instance` that say what may be done when and by whom.

    Attributes
    ----------
    type, release : (T,) as in the instance
    group : (T,) group of a task, -1 where it has none
    by_release : tasks without predecessors, ascending by release
    follower_ptr, follower_task : the tasks that wait for a task
    crew_ptr, crew_agent : the agents who take from a group, in rank order
    open_task : (A,) work in progress, -1 where none
    open_duration : (A,) its working seconds, 0 where the agent may not do it
    """

    type: Ints
    group: Ints
    release: Seconds
    by_release: Ints
    excluded_ptr: Ints
    excluded_agent: Ints
    separate_ptr: Ints
    separate_task: Ints
    follower_ptr: Ints
    follower_task: Ints
    crew_ptr: Ints
    crew_agent: Ints
    open_task: Ints
    open_duration: Seconds


class Desk(NamedTuple):
    """What changes as the day goes by; written by the kernel.

    Attributes
    ----------
    agent, start, end : (T,) the schedule; agent -1 where unscheduled
    enabled : (T,) instant from which a task could be done
    missing : (T,) predecessors that are not yet scheduled
    shift, free, last_type, moves, moved_at : (A,) cursors
    open_task : (A,) work in progress that has not begun, -1 where none
    is_idle : (A,) whether an agent found nothing to do
    num_idle : (G,) idle agents who take from a group
    asked_at : (A,) instant at which an agent last looked for work
    fresh : (T,) tasks that began to wait at the present instant
    pending : (T,) heap of instants and tasks: those whose predecessors are scheduled
    stack : (128,) nodes still to visit
    """

    agent: Ints
    start: Seconds
    end: Seconds
    enabled: Seconds
    missing: Ints
    shift: Ints
    free: Seconds
    last_type: Ints
    moves: Ints
    moved_at: Seconds
    open_task: Ints
    is_idle: Flags
    num_idle: Ints
    asked_at: Seconds
    fresh: Ints
    pending: Seconds
    stack: Seconds


@njit(cache=True, nogil=True)
def schedule(
    rule: int,
    scale: float,
    demand: Demand,
    groups: Groups,
    bounds: Bounds,
    calendar: Calendar,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> None:
    """Fill in the schedule of a desk at which nothing has happened yet."""
    for agent in range(len(desk.shift)):
        _open_desk(agent, calendar, desk, roster)
    num_released, num_pending = 0, 0
    while len(calendar.heap) > 0:
        agent = calendar.heap[0]
        now = calendar.instant[agent]
        if num_released < len(demand.by_release):
            now = min(now, demand.release[demand.by_release[num_released]])
        if num_pending > 0:
            now = min(now, desk.pending[0] // len(desk.agent))
        if now >= NEVER:
            break

        num_fresh = 0
        while num_released < len(demand.by_release):
            task = demand.by_release[num_released]
            if demand.release[task] > now:
                break
            num_released += 1
            num_fresh = _enqueue(task, num_fresh, rule, demand, groups, bounds, desk)
        while num_pending > 0 and desk.pending[0] // len(desk.agent) <= now:
            task = desk.pending[0] % len(desk.agent)
            num_pending = _pop(desk.pending, num_pending)
            num_fresh = _enqueue(task, num_fresh, rule, demand, groups, bounds, desk)

        # Idle agents are called to fresh tasks until nobody can take one; each looks at most once at one instant.
        while True:
            num_calls = 0
            for n in range(num_fresh):
                num_calls += _call(desk.fresh[n], now, demand, calendar, desk, roster)
            while calendar.instant[calendar.heap[0]] <= now:
                agent = calendar.heap[0]
                num_pending = _serve(
                    agent, now, num_pending, rule, scale, demand, groups, bounds, calendar, desk, charges, roster
                )
            if num_calls == 0:
                break


@njit(cache=True, nogil=True)
def _open_desk(agent: int, calendar: Calendar, desk: Desk, roster: Roster) -> None:
    shift, free, last_type, moves, moved_at = open_cursor(agent, roster)
    _set_cursor(agent, shift, free, last_type, moves, moved_at, desk)
    desk.asked_at[agent] = NOWHERE
    _sleep(agent, 0, calendar, desk, roster)


@njit(cache=True, nogil=True)
def _set_cursor(agent: int, shift: int, free: int, last_type: int, moves: int, moved_at: int, desk: Desk) -> None:
    desk.shift[agent] = shift
    desk.free[agent] = free
    desk.last_type[agent] = last_type
    desk.moves[agent] = moves
    desk.moved_at[agent] = moved_at


@njit(cache=True, nogil=True)
def _sleep(agent: int, since: int, calendar: Calendar, desk: Desk, roster: Roster) -> None:
    """Set an agent's next event to the first instant from `since` on at which it works, if there is one."""
    shift = desk.shift[agent]
    while shift < roster.shift_ptr[agent + 1]:
        instant = next_working(shift, since, roster)
        if instant != NOWHERE:
            set_event(agent, instant, calendar)
            return
        shift += 1
    set_event(agent, NEVER, calendar)


@njit(cache=True, nogil=True)
def _enqueue(task: int, num_fresh: int, rule: int, demand: Demand, groups: Groups, bounds: Bounds, desk: Desk) -> int:
    """Let a task wait; note it as fresh if an idle agent may take it."""
    place_ = groups.task_place[task]
    if place_ < 0:
        return num_fresh
    group = demand.group[task]
    if rule == FIFO:
        bounds.place_first[place_] = -float(desk.enabled[task])
    put(place_, groups.group_ptr[group], groups.group_ptr[group + 1], groups, bounds)
    if desk.num_idle[group] > 0:
        desk.fresh[num_fresh] = task
        num_fresh += 1
    return num_fresh


@njit(cache=True, nogil=True)
def _push(heap: Seconds, size: int, item: int) -> int:
    n = size
    while n > 0 and heap[(n - 1) >> 1] > item:
        heap[n] = heap[(n - 1) >> 1]
        n = (n - 1) >> 1
    heap[n] = item
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap: Seconds, size: int) -> int:
    """Take the least item off a heap."""
    size -= 1
    item, n = heap[size], 0
    while True:
        child = 2 * n + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= item:
            break
        heap[n] = heap[child]
        n = child
    heap[n] = item
    return size


@njit(cache=True, nogil=True)
def _set_idle(agent: int, is_idle: bool, groups: Groups, desk: Desk) -> None:
    if desk.is_idle[agent] != is_idle:
        desk.is_idle[agent] = is_idle
        for n in range(groups.member_ptr[agent], groups.member_ptr[agent + 1]):
            desk.num_idle[groups.member_group[n]] += 1 if is_idle else -1


@njit(cache=True, nogil=True)
def _call(task: int, now: int, demand: Demand, calendar: Calendar, desk: Desk, roster: Roster) -> int:
    """Call an idle agent to a fresh task: the first in rank who works now and could do it. Return how many came."""
    group = demand.group[task]
    if desk.agent[task] >= 0 or desk.num_idle[group] == 0:
        return 0
    for n in range(demand.crew_ptr[group], demand.crew_ptr[group + 1]):
        agent = demand.crew_agent[n]
        if (
            desk.is_idle[agent]
            and desk.asked_at[agent] < now
            and desk.shift[agent] < roster.shift_ptr[agent + 1]
            and calendar.instant[agent] > now
            and next_working(desk.shift[agent], now, roster) == now
            and not contains(agent, task, demand.excluded_ptr, demand.excluded_agent)
        ):
            set_event(agent, now, calendar)
            return 1
    return 0


@njit(cache=True, nogil=True)
def _serve(
    agent: int,
    now: int,
    num_pending: int,
    rule: int,
    scale: float,
    demand: Demand,
    groups: Groups,
    bounds: Bounds,
    calendar: Calendar,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> int:
    """Give an agent whose event is due the next task, or let it idle. Return the number of pending tasks."""
    while desk.shift[agent] < roster.shift_ptr[agent + 1] and roster.shift_end[desk.shift[agent]] <= now:
        desk.shift[agent] += 1
        if desk.shift[agent] < roster.shift_ptr[agent + 1]:
            shift, free, last_type, moves, moved_at = enter_shift(desk.shift[agent], roster)
            _set_cursor(agent, shift, free, last_type, moves, moved_at, desk)
    shift = desk.shift[agent]
    if shift == roster.shift_ptr[agent + 1] or next_working(shift, now, roster) != now:
        _set_idle(agent, False, groups, desk)
        _sleep(agent, now, calendar, desk, roster)
        return num_pending

    desk.asked_at[agent] = now
    task, duration, wake = -1, 0, NEVER
    if desk.open_task[agent] >= 0:
        task, duration = _begin_open(agent, now, demand, desk, roster)
    if task < 0:
        task, duration, wake = _find_best(agent, now, rule, scale, demand, groups, bounds, desk, charges, roster)
    if task >= 0:
        _set_idle(agent, False, groups, desk)
        start, end, shift, moves, moved_at = place(
            agent,
            shift,
            desk.free[agent],
            desk.last_type[agent],
            desk.moves[agent],
            desk.moved_at[agent],
            demand.type[task],
            max(now, desk.enabled[task]),
            duration,
            roster,
        )
        _set_cursor(agent, shift, end, demand.type[task], moves, moved_at, desk)
        desk.agent[task], desk.start[task], desk.end[task] = agent, start, end
        _sleep(agent, end, calendar, desk, roster)
        return _release_followers(task, num_pending, demand, desk)

    _set_idle(agent, True, groups, desk)
    for n in range(roster.work_ptr[shift], roster.work_ptr[shift + 1]):
        if roster.work_start[n] <= now < roster.work_end[n]:
            wake = min(wake, roster.work_end[n])
    set_event(agent, wake, calendar)
    return num_pending


@njit(cache=True, nogil=True)
def _release_followers(task: int, num_pending: int, demand: Demand, desk: Desk) -> int:
    for n in range(demand.follower_ptr[task], demand.follower_ptr[task + 1]):
        follower = demand.follower_task[n]
        desk.enabled[follower] = max(desk.enabled[follower], desk.end[task])
        desk.missing[follower] -= 1
        if desk.missing[follower] == 0:
            instant = max(desk.enabled[follower], demand.release[follower])
            num_pending = _push(desk.pending, num_pending, instant * len(desk.agent) + follower)
    return num_pending


@njit(cache=True, nogil=True)
def _begin_open(agent: int, now: int, demand: Demand, desk: Desk, roster: Roster) -> tuple[int, int]:
    """Return an agent's work in progress and its duration, or -1 where it is handed back.

    It is the agent's first task or none. Where it cannot start at once, the agent waits for it as long as that takes no
    more working time than the task itself; it is handed back as well if a predecessor has not been scheduled by then.
    """
    task, duration = desk.open_task[agent], demand.open_duration[agent]
    desk.open_task[agent] = -1
    if desk.missing[task] > 0 or duration <= 0:
        return -1, 0
    ready = max(now, desk.enabled[task], demand.release[task])
    start, _, last_shift, _, _ = place(
        agent,
        desk.shift[agent],
        desk.free[agent],
        desk.last_type[agent],
        desk.moves[agent],
        desk.moved_at[agent],
        demand.type[task],
        ready,
        duration,
        roster,
    )
    if start == NOWHERE:
        return -1, 0
    for n in range(demand.separate_ptr[task], demand.separate_ptr[task + 1]):
        if desk.agent[demand.separate_task[n]] == agent:
            return -1, 0
    lost = 0
    for shift in range(desk.shift[agent], last_shift + 1):
        lost += count_working(shift, now, start, roster)
    if lost > duration:
        return -1, 0
    desk.enabled[task] = ready
    return task, duration


@njit(cache=True, nogil=True)
def _find_best(
    agent: int,
    now: int,
    rule: int,
    scale: float,
    demand: Demand,
    groups: Groups,
    bounds: Bounds,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> tuple[int, int, int]:
    """Take the waiting task of highest index that an agent can start now and end in this shift out of its queue.

    Returns
    -------
    task, duration
        -1 where there is none.
    wake
        Instant at which a move becomes possible that is not so now; `NEVER` if there is none.
    """
    last_type = desk.last_type[agent]
    last_team = roster.type_team[last_type] if last_type >= 0 else -1
    room_same, room_team, room_other, wake = _measure_rooms(agent, now, desk, roster)
    best, best_group, best_duration = -1, -1, 0
    best_index, best_level, best_affinity, best_enabled = -np.inf, -np.inf, 0, 0.0

    for n in range(groups.member_ptr[agent], groups.member_ptr[agent + 1]):
        group, speed = groups.member_group[n], groups.member_speed[n]
        low, high = groups.group_ptr[group], groups.group_ptr[group + 1]
        if bounds.first[2 * low + 1] == -np.inf:
            continue
        team = groups.group_team[group]
        if last_team < 0 or team == last_team:
            widest = room_same
        elif team >= 0:
            widest = room_other
        else:
            widest = max(room_same, room_other)
        if widest <= 0:
            continue
        log_speed = math.log(speed)
        size = 1
        desk.stack[0] = 1
        while size > 0:
            size -= 1
            node = desk.stack[size]
            at = 2 * low + node
            if bounds.first[at] == -np.inf or max(1, math.floor(bounds.least_s[at] / speed + 0.5)) > widest:
                continue
            if bound_level(rule, at, now, speed, log_speed, scale, bounds) < best_level:
                continue
            if node < high - low:
                left = bound_level(rule, 2 * low + 2 * node, now, speed, log_speed, scale, bounds)
                right = bound_level(rule, 2 * low + 2 * node + 1, now, speed, log_speed, scale, bounds)
                desk.stack[size] = 2 * node + 1 if left > right else 2 * node
                desk.stack[size + 1] = 2 * node if left > right else 2 * node + 1
                size += 2
                continue
            place_ = low + node - (high - low)
            task = groups.place_task[place_]
            handling = groups.standard_s[place_] / speed
            duration = max(1, math.floor(handling + 0.5))
            kind = demand.type[task]
            if last_type < 0 or kind == last_type:
                room = room_same
            elif roster.type_team[kind] == last_team:
                room = room_team
            else:
                room = room_other
            if duration > room or not _may_take(task, agent, demand, desk):
                continue
            enabled = float(desk.enabled[task])
            index = evaluate(rule, float(now), enabled, float(charges.due[task]), charges.weight[task], handling, scale)
            affinity = -int(is_unpreferred(task, agent, charges)) - int(is_reassigned(task, agent, charges))
            if best < 0 or index > best_index or (index == best_index and affinity > best_affinity):
                is_better = True
            elif index == best_index and affinity == best_affinity:
                is_better = comes_before(index, enabled, task, best_index, best_enabled, best)
            else:
                is_better = False
            if is_better:
                best, best_group, best_duration = task, group, duration
                best_index, best_affinity, best_enabled = index, affinity, enabled
                best_level = to_level(rule, index)

    if best >= 0:
        take(groups.task_place[best], groups.group_ptr[best_group], groups.group_ptr[best_group + 1], bounds)
    return best, best_duration, wake


@njit(cache=True, nogil=True)
def _may_take(task: int, agent: int, demand: Demand, desk: Desk) -> bool:
    """Return whether an agent is neither excluded from a task nor has one that must be another's."""
    if contains(agent, task, demand.excluded_ptr, demand.excluded_agent):
        return False
    for n in range(demand.separate_ptr[task], demand.separate_ptr[task + 1]):
        if desk.agent[demand.separate_task[n]] == agent:
            return False
    return True


@njit(cache=True, nogil=True)
def _measure_rooms(agent: int, now: int, desk: Desk, roster: Roster) -> tuple[int, int, int, int]:
    """Return the working seconds left in the shift for a task of the same type, the same team, and another team.

    -1 where such a task cannot start as soon as it is set up; last comes the instant at which a move becomes possible
    that is held up by nothing but the least stay.
    """
    shift, free, last_type = desk.shift[agent], desk.free[agent], desk.last_type[agent]
    moves, moved_at = desk.moves[agent], desk.moved_at[agent]
    until = roster.shift_end[shift]
    room_same = count_working(shift, now, until, roster)
    if last_type < 0:
        return room_same, room_same, room_same, NEVER
    room_team, room_other, wake = -1, -1, NEVER
    start = _start_after(shift, free, now, roster.setup_same_team, roster)
    if start != NOWHERE:
        room_team = count_working(shift, start, until, roster)
    if moves < roster.max_moves[agent]:
        start = _start_after(shift, free, now, roster.setup_other_team, roster)
        allowed = moved_at + roster.min_stay[agent]
        if start != NOWHERE and allowed > start:
            wake = allowed
        elif start != NOWHERE:
            room_other = count_working(shift, start, until, roster)
    return room_same, room_team, room_other, wake


@njit(cache=True, nogil=True)
def _start_after(shift: int, free: int, now: int, setup: int, roster: Roster) -> int:
    """Return the earliest start from now on after a setup, which may have begun as soon as the agent was free."""
    start = now
    if setup > 0:
        prepared = pass_working(shift, free, setup, roster)
        if prepared == NOWHERE:
            return NOWHERE
        start = max(start, prepared)
    return next_working(shift, start, roster)
