"""What an agent takes next: the waiting task of highest index that it can start now and end within its shift."""

import math

import numpy as np

from optimizer.dispatching.apparent_cost import APPARENT_COST, adjust_level, bound_adjusted
from optimizer.dispatching.desk import FREE, LAST_TYPE, MOVED_AT, MOVES, SHIFT, Demand, Desk
from optimizer.dispatching.queues import (
    ENABLED,
    KEY,
    LEAST_S,
    ROUNDING,
    Groups,
    bound_level,
    get_slop,
    is_earlier,
    may_precede,
    take,
    to_level,
)
from optimizer.instance import NEVER
from optimizer.kernels import inner
from optimizer.objective import Charges, is_reassigned, is_unpreferred
from optimizer.policy import ATC, SLACK, comes_before, evaluate
from optimizer.timeline import NOWHERE, Roster, contains, count_working, next_working, pass_working


@inner
def take_best(
    agent: int,
    now: int,
    rule: int,
    scale: float,
    demand: Demand,
    groups: Groups,
    desk: Desk,
    charges: Charges,
    roster: Roster,
) -> tuple[int, int, int]:
    """Take the best waiting task that an agent can do out of its queue.

    Ties of the index go to a task that the agent was promised or is preferred for, then as the policy says. (A tie is
    where the index is equal to within `ROUNDING`.)

    Returns
    -------
    task, duration
        -1 where there is none.
    wake
        Instant at which a move becomes possible that is not so now; `NEVER` if there is none.
    """
    nodes, stack, stack_level = desk.nodes, desk.stack, desk.stack_level
    group_ptr, group_team, standard_s = groups.group_ptr, groups.group_team, groups.standard_s
    task_type, type_team, place_task = demand.type, roster.type_team, groups.place_task
    due, weight, member_group, member_speed = charges.due, charges.weight, groups.member_group, groups.member_speed
    setup_same, setup_other = roster.setup_same_team, roster.setup_other_team
    last_type = desk.agents[agent, LAST_TYPE]
    last_team = type_team[last_type] if last_type >= 0 else -1
    room_same, room_team, room_other, wake = _measure_rooms(agent, now, desk, roster)
    best, best_group, best_duration = -1, -1, 0
    best_index, best_level, tie_level = -np.inf, -np.inf, -np.inf
    best_affinity, best_enabled = 0, 0.0
    is_keyed = rule not in (ATC, SLACK, APPARENT_COST)

    for n in range(groups.member_ptr[agent], groups.member_ptr[agent + 1]):
        group = member_group[n]
        low, size = group_ptr[group], group_ptr[group + 1] - group_ptr[group]
        base = 2 * low
        if nodes[base + 1, KEY] == -np.inf:
            continue
        team = group_team[group]
        room, least_setup = room_same, 0
        if last_team >= 0 and team != last_team:
            if team >= 0:
                room, least_setup = room_other, setup_other
            else:
                room = max(room_same, room_other)
        if room <= 0:
            continue
        speed = member_speed[n]
        log_speed = math.log(speed)
        node, depth = 1, 0
        level = bound_level(rule, base + 1, now, speed, log_speed, scale, nodes)
        if rule == APPARENT_COST:
            level = bound_adjusted(level, base + 1, speed, least_setup, nodes)
        while True:
            at = base + node
            # Is there a task below that comes before the best one so far, and is short enough?
            is_open = level > tie_level or (
                level >= best_level
                and (
                    best_affinity < 0
                    or may_precede(
                        at,
                        is_keyed or (rule == ATC and nodes[at, KEY] + log_speed <= tie_level),
                        best_enabled,
                        best,
                        nodes,
                    )
                )
            )
            if is_open and max(1, math.floor(nodes[at, LEAST_S] / speed + 0.5)) <= room:
                if node < size:
                    left = bound_level(rule, at + node, now, speed, log_speed, scale, nodes)
                    right = bound_level(rule, at + node + 1, now, speed, log_speed, scale, nodes)
                    if rule == APPARENT_COST:
                        left = bound_adjusted(left, at + node, speed, least_setup, nodes)
                        right = bound_adjusted(right, at + node + 1, speed, least_setup, nodes)
                    is_left = left > right or (left == right and is_earlier(at + node, at + node + 1, nodes))
                    stack[depth] = 2 * node + (1 if is_left else 0)
                    stack_level[depth] = right if is_left else left
                    depth += 1
                    node = 2 * node + (0 if is_left else 1)
                    level = left if is_left else right
                    continue
                place = low + node - size
                task = place_task[place]
                handling = standard_s[place] / speed
                duration = max(1, math.floor(handling + 0.5))
                kind = task_type[task]
                setup, room_here = 0, room_same
                if last_type >= 0 and kind != last_type:
                    if type_team[kind] == last_team:
                        setup, room_here = setup_same, room_team
                    else:
                        setup, room_here = setup_other, room_other
                is_plain = groups.is_plain[place]
                if duration <= room_here and (is_plain or _may_take(task, agent, demand, desk)):
                    enabled, affinity = nodes[at, ENABLED], 0
                    if not is_plain:
                        affinity -= int(is_unpreferred(task, agent, charges)) + int(is_reassigned(task, agent, charges))
                    if rule == APPARENT_COST:
                        index = adjust_level(nodes[at, KEY] * speed, standard_s[place], speed, setup)
                    else:
                        index = evaluate(rule, now, enabled, float(due[task]), weight[task], handling, scale)
                    is_better = best < 0 or index > best_index
                    if not is_better and index == best_index:
                        is_better = affinity > best_affinity or (
                            affinity == best_affinity
                            and comes_before(index, enabled, task, best_index, best_enabled, best)
                        )
                    if is_better:
                        best, best_group, best_duration = task, group, duration
                        best_index, best_affinity, best_enabled = index, affinity, enabled
                        best_level = to_level(rule, index)
                        tie_level = best_level + 2.0 * get_slop(rule, best_level)
                        if rule == APPARENT_COST:
                            tie_level = best_level * (1.0 + 2.0 * ROUNDING)
            if depth == 0:
                break
            depth -= 1
            node, level = stack[depth], stack_level[depth]

    if best >= 0:
        take(groups.task_place[best], group_ptr[best_group], group_ptr[best_group + 1], nodes)
    return best, best_duration, wake


@inner
def _may_take(task: int, agent: int, demand: Demand, desk: Desk) -> bool:
    """Return whether an agent is neither excluded from a task nor has one that must be another's."""
    excluded_ptr, separate_ptr = demand.excluded_ptr, demand.separate_ptr
    if excluded_ptr[task] < excluded_ptr[task + 1] and contains(agent, task, excluded_ptr, demand.excluded_agent):
        return False
    if separate_ptr[task] < separate_ptr[task + 1]:
        separate_task, task_agent = demand.separate_task, desk.agent
        for n in range(separate_ptr[task], separate_ptr[task + 1]):
            if task_agent[separate_task[n]] == agent:
                return False
    return True


@inner
def _measure_rooms(agent: int, now: int, desk: Desk, roster: Roster) -> tuple[int, int, int, int]:
    """Return the working seconds left in the shift for a task of the same type, the same team, and another team.

    -1 where such a task cannot start as soon as it is set up; last comes the instant at which a move becomes possible
    that is held up by nothing but the least stay.
    """
    agents = desk.agents
    shift, free, last_type = agents[agent, SHIFT], agents[agent, FREE], agents[agent, LAST_TYPE]
    until = roster.shift_end[shift]
    room_same = count_working(shift, now, until, roster)
    if last_type < 0:
        return room_same, room_same, room_same, NEVER
    room_team, room_other, wake = -1, -1, NEVER
    start = _start_after(shift, free, now, roster.setup_same_team, roster)
    if start != NOWHERE:
        room_team = count_working(shift, start, until, roster)
    if agents[agent, MOVES] < roster.max_moves[agent]:
        start = _start_after(shift, free, now, roster.setup_other_team, roster)
        allowed = agents[agent, MOVED_AT] + roster.min_stay[agent]
        if start != NOWHERE and allowed > start:
            wake = allowed
        elif start != NOWHERE:
            room_other = count_working(shift, start, until, roster)
    return room_same, room_team, room_other, wake


@inner
def _start_after(shift: int, free: int, now: int, setup: int, roster: Roster) -> int:
    """Return the earliest start from now on after a setup, which may have begun as soon as the agent was free."""
    start = now
    if setup > 0:
        prepared = pass_working(shift, free, setup, roster)
        if prepared == NOWHERE:
            return NOWHERE
        start = max(start, prepared)
    return next_working(shift, start, roster)
