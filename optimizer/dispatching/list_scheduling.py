"""List scheduling: whenever an agent is free, it takes the waiting task of highest index that it can do now.

The schedule is non-delay (Baker and Trietsch 2009, Principles of Sequencing and Scheduling, section 10.3): no agent
idles while a task waits that it could start, in the sense of `docs/formats/problem.md`, Feasibility. Two waits are
right and are kept: for a move that `min_stay_minutes` does not yet allow, and for work in progress (`_begin_open`).

References
----------
Graham (1966), Bounds for certain multiprocessing anomalies. Bell System Technical Journal 45, 1563-1581.
"""

from optimizer.dispatching.apparent_cost import APPARENT_COST, TICK_S, Outlook, appraise, appraise_all
from optimizer.dispatching.choosing import take_best
from optimizer.dispatching.desk import (
    ASKED_AT,
    FREE,
    IS_BEGUN,
    IS_IDLE,
    LAST_TYPE,
    MOVED_AT,
    MOVES,
    OPEN_TASK,
    PENDING,
    RELEASED,
    SHIFT,
    TICK,
    Demand,
    Desk,
)
from optimizer.dispatching.heaps import pop, push, set_event
from optimizer.dispatching.queues import KEY, Groups, put
from optimizer.instance import NEVER, Floats, Seconds
from optimizer.kernels import inner, kernel
from optimizer.objective import Charges
from optimizer.policy import FIFO
from optimizer.timeline import NOWHERE, Roster, contains, count_working, enter_shift, next_working, open_cursor, place


@kernel
def schedule(
    most: int,
    rule: int,
    scale: float,
    keys: Floats,
    outlook: Outlook,
    demand: Demand,
    groups: Groups,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> bool:
    """Let the day at a desk go on for so many instants at which something happens; return whether it is over.

    At whatever instant it is left, what is scheduled so far holds.

    Parameters
    ----------
    rule : code of a rule of the policy, or `APPARENT_COST`
    scale : look-ahead of `atc` in seconds
    keys : (L, 3) as `build_keys` returns them for the rule
    """
    num_tasks, num_agents = len(desk.agent), len(desk.agents)
    if num_agents == 0:
        return True
    by_release, release = demand.by_release, demand.release
    event_at, event_heap, fresh, pending, day = desk.event_at, desk.event_heap, desk.fresh, desk.pending, desk.day
    if not day[IS_BEGUN]:
        day[IS_BEGUN] = 1
        for agent in range(num_agents):
            shift, free, last_type, moves, moved_at = open_cursor(agent, roster)
            _set_cursor(agent, shift, free, last_type, moves, moved_at, desk.agents)
            _sleep(agent, shift, 0, demand, desk, roster)
    num_released, num_pending, tick = day[RELEASED], day[PENDING], day[TICK]
    for _ in range(most):
        now = event_at[event_heap[0]]
        if num_released < len(by_release):
            now = min(now, release[by_release[num_released]])
        if num_pending > 0:
            now = min(now, pending[0] // num_tasks)
        if now >= NEVER:
            return True
        if rule == APPARENT_COST and now // TICK_S > tick:
            tick = now // TICK_S
            appraise_all(tick * TICK_S, groups, outlook, charges, keys, desk.nodes)

        num_fresh = 0
        while num_released < len(by_release) and release[by_release[num_released]] <= now:
            task = by_release[num_released]
            num_released += 1
            num_fresh = _enqueue(task, tick, num_fresh, rule, keys, outlook, groups, desk)
        while num_pending > 0 and pending[0] // num_tasks <= now:
            task = pending[0] % num_tasks
            num_pending = pop(pending, num_pending)
            num_fresh = _enqueue(task, tick, num_fresh, rule, keys, outlook, groups, desk)

        # Idle agents are called to fresh tasks until nobody can take one; each looks at most once at one instant.
        while True:
            num_calls = 0
            for n in range(num_fresh):
                num_calls += _call(fresh[n], now, demand, groups, desk, roster)
            while event_at[event_heap[0]] <= now:
                task = _serve(event_heap[0], now, rule, scale, demand, groups, desk, charges, roster)
                if task >= 0 and demand.follower_ptr[task] < demand.follower_ptr[task + 1]:
                    num_pending = _release_followers(task, num_pending, demand, desk)
            if num_calls == 0:
                break
        day[RELEASED], day[PENDING], day[TICK] = num_released, num_pending, tick
    return False


@inner
def _set_cursor(agent: int, shift: int, free: int, last_type: int, moves: int, moved_at: int, agents: Seconds) -> None:
    agents[agent, SHIFT] = shift
    agents[agent, FREE] = free
    agents[agent, LAST_TYPE] = last_type
    agents[agent, MOVES] = moves
    agents[agent, MOVED_AT] = moved_at


@inner
def _set_event(agent: int, instant: int, demand: Demand, desk: Desk) -> None:
    set_event(agent, instant, desk.event_at, demand.rank, desk.event_heap, desk.event_place)


@inner
def _sleep(agent: int, shift: int, since: int, demand: Demand, desk: Desk, roster: Roster) -> None:
    """Set an agent's next event to the first instant from `since` on at which it works, if there is one."""
    instant, last = NEVER, roster.shift_ptr[agent + 1]
    while shift < last:
        working = next_working(shift, since, roster)
        if working != NOWHERE:
            instant = working
            break
        shift += 1
    _set_event(agent, instant, demand, desk)


@inner
def _enqueue(
    task: int,
    tick: int,
    num_fresh: int,
    rule: int,
    keys: Floats,
    outlook: Outlook,
    groups: Groups,
    desk: Desk,
) -> int:
    """Let a task wait; note it as fresh if an idle agent may take it. Return the number of fresh tasks."""
    at, group = groups.task_place[task], groups.task_group[task]
    if at < 0:
        return num_fresh
    enabled, standard_s = float(desk.enabled[task]), groups.standard_s[at]
    if rule == FIFO:
        keys[at, KEY] = -enabled
    elif rule == APPARENT_COST:
        keys[at, KEY] = appraise(at, group, tick * TICK_S, outlook)
    put(task, at, groups.group_ptr[group], groups.group_ptr[group + 1], enabled, standard_s, keys, desk.nodes)
    if desk.num_idle[group] > 0:
        desk.fresh[num_fresh] = task
        num_fresh += 1
    return num_fresh


@inner
def _set_idle(agent: int, is_idle: bool, groups: Groups, desk: Desk) -> None:
    agents = desk.agents
    if agents[agent, IS_IDLE] != is_idle:
        agents[agent, IS_IDLE] = is_idle
        member_group, num_idle = groups.member_group, desk.num_idle
        for n in range(groups.member_ptr[agent], groups.member_ptr[agent + 1]):
            num_idle[member_group[n]] += 1 if is_idle else -1


@inner
def _call(task: int, now: int, demand: Demand, groups: Groups, desk: Desk, roster: Roster) -> int:
    """Call an idle agent to a fresh task: the first in rank who works now and has not looked. Return how many came."""
    group = groups.task_group[task]
    if desk.agent[task] >= 0 or desk.num_idle[group] == 0:
        return 0
    agents, crew_agent, event_at = desk.agents, demand.crew_agent, desk.event_at
    for n in range(demand.crew_ptr[group], demand.crew_ptr[group + 1]):
        agent = crew_agent[n]
        if (
            agents[agent, IS_IDLE]
            and agents[agent, ASKED_AT] < now
            and event_at[agent] > now
            and next_working(agents[agent, SHIFT], now, roster) == now
            and not contains(agent, task, demand.excluded_ptr, demand.excluded_agent)
        ):
            _set_event(agent, now, demand, desk)
            return 1
    return 0


@inner
def _serve(
    agent: int,
    now: int,
    rule: int,
    scale: float,
    demand: Demand,
    groups: Groups,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> int:
    """Give an agent whose event is due the next task, or let it idle. Return the task, -1 where there is none."""
    agents = desk.agents
    shift = agents[agent, SHIFT]
    while roster.shift_end[shift] <= now:
        shift += 1
        if shift == roster.shift_ptr[agent + 1]:
            _set_idle(agent, False, groups, desk)
            _set_event(agent, NEVER, demand, desk)
            return -1
        shift, free, last_type, moves, moved_at = enter_shift(shift, roster)
        _set_cursor(agent, shift, free, last_type, moves, moved_at, agents)
    if next_working(shift, now, roster) != now:
        _set_idle(agent, False, groups, desk)
        _sleep(agent, shift, now, demand, desk, roster)
        return -1

    agents[agent, ASKED_AT] = now
    task, duration, wake = -1, 0, NEVER
    if agents[agent, OPEN_TASK] >= 0:
        task, duration = _begin_open(agent, now, demand, desk, roster)
    if task < 0:
        task, duration, wake = take_best(agent, now, rule, scale, demand, groups, desk, charges, roster)
    if task < 0:
        _set_idle(agent, True, groups, desk)
        for n in range(roster.work_ptr[shift], roster.work_ptr[shift + 1]):
            if roster.work_start[n] <= now < roster.work_end[n]:
                wake = min(wake, roster.work_end[n])
        _set_event(agent, wake, demand, desk)
        return -1

    _set_idle(agent, False, groups, desk)
    kind = demand.type[task]
    start, end, shift, moves, moved_at = place(
        agent,
        shift,
        agents[agent, FREE],
        agents[agent, LAST_TYPE],
        agents[agent, MOVES],
        agents[agent, MOVED_AT],
        kind,
        max(now, desk.enabled[task]),
        duration,
        roster,
    )
    _set_cursor(agent, shift, end, kind, moves, moved_at, agents)
    desk.agent[task], desk.start[task], desk.end[task] = agent, start, end
    _sleep(agent, shift, end, demand, desk, roster)
    return task


@inner
def _release_followers(task: int, num_pending: int, demand: Demand, desk: Desk) -> int:
    """Let the tasks that wait for nothing but this one wait for an agent. Return the number of pending tasks."""
    for n in range(demand.follower_ptr[task], demand.follower_ptr[task + 1]):
        follower = demand.follower_task[n]
        desk.enabled[follower] = max(desk.enabled[follower], desk.end[task])
        desk.missing[follower] -= 1
        if desk.missing[follower] == 0:
            instant = max(desk.enabled[follower], demand.release[follower])
            num_pending = push(desk.pending, num_pending, instant * len(desk.agent) + follower)
    return num_pending


@inner
def _begin_open(agent: int, now: int, demand: Demand, desk: Desk, roster: Roster) -> tuple[int, int]:
    """Return an agent's work in progress and its duration, or -1 where it is handed back.

    It is the agent's first task or none. Where it cannot start at once, the agent waits for it as long as that takes no
    more working time than the task itself; it is handed back as well if a predecessor has not been scheduled by then.
    """
    agents = desk.agents
    task, duration = agents[agent, OPEN_TASK], demand.open_duration[agent]
    agents[agent, OPEN_TASK] = -1
    if desk.missing[task] > 0 or duration <= 0:
        return -1, 0
    for n in range(demand.separate_ptr[task], demand.separate_ptr[task + 1]):
        if desk.agent[demand.separate_task[n]] == agent:
            return -1, 0
    ready = max(now, desk.enabled[task], demand.release[task])
    start, _, last_shift, _, _ = place(
        agent,
        agents[agent, SHIFT],
        agents[agent, FREE],
        agents[agent, LAST_TYPE],
        agents[agent, MOVES],
        agents[agent, MOVED_AT],
        demand.type[task],
        ready,
        duration,
        roster,
    )
    if start == NOWHERE:
        return -1, 0
    lost = 0
    for shift in range(agents[agent, SHIFT], last_shift + 1):
        lost += count_working(shift, now, start, roster)
    if lost > duration:
        return -1, 0
    desk.enabled[task] = ready
    return task, duration
