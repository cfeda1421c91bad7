"""A plan kept as it is when the day has changed: the same agents and order, at the earliest times that still hold."""

import numpy as np

from optimizer.instance import Instance, Ints, Seconds
from optimizer.objective import score
from optimizer.solution import Solution
from optimizer.timeline import compute_duration, contains, get_roster, get_speed, open_cursor, place


def keep(instance: Instance, task_agent: Ints, task_start: Seconds) -> Solution:
    """Return a plan of earlier assignments in their order; what no longer holds is left, and nothing takes its place.

    Work in progress stays with whom has it open, and comes first.

    Parameters
    ----------
    task_agent : (T,) agent of each task, -1 where none
    task_start : (T,) start in the earlier plan, which decides the order only
    """
    wanted = np.where(instance.task_in_progress, instance.task_pinned, task_agent)
    roster = get_roster(instance)
    cursors = [open_cursor(agent, roster) for agent in range(instance.num_agents)]
    agents = np.full(instance.num_tasks, -1, np.int32)
    starts, ends = np.zeros(instance.num_tasks, np.int64), np.zeros(instance.num_tasks, np.int64)
    order = np.lexsort((np.arange(instance.num_tasks), task_start, ~instance.task_in_progress))
    for task in order[wanted[order] >= 0].tolist():
        agent = int(wanted[task])
        speed = _speed(instance, task, agent)
        before = _row(instance.after_ptr, instance.after_task, task)
        apart = _row(instance.separate_ptr, instance.separate_task, task)
        if speed == 0 or (agents[before] < 0).any() or (agents[apart] == agent).any():
            continue
        ready = int(max(instance.task_release[task], ends[before].max(initial=0)))
        kind = int(instance.task_type[task])
        duration = compute_duration(float(instance.task_handling[task]), speed)
        start, end, shift, moves, moved_at = place(agent, *cursors[agent], kind, ready, duration, roster)
        if start < 0:
            continue
        cursors[agent] = (shift, end, kind, moves, moved_at)
        agents[task], starts[task], ends[task] = agent, start, end
    return Solution(
        task_agent=agents, task_start=starts, task_end=ends, total=score(instance, agents, starts, ends).total
    )


def may_keep(instance: Instance, task: int, agent: int, start: int, end: int) -> bool:
    """Return whether an agent may still do a task and is still on duty when an earlier plan had it.

    What should have begun or ended before `now` wants a shift that ends later.
    """
    if _speed(instance, task, agent) == 0:
        return False
    shifts = range(instance.agent_shift_ptr[agent], instance.agent_shift_ptr[agent + 1])
    since, until = max(start, 0), max(end, 1)
    return any(instance.shift_start[shift] <= since and until <= instance.shift_end[shift] for shift in shifts)


def _speed(instance: Instance, task: int, agent: int) -> float:
    """Return the speed of an agent at a task, 0 where the agent may not do it."""
    if instance.task_pinned[task] not in (-1, agent) or contains(
        agent, task, instance.excluded_ptr, instance.excluded_agent
    ):
        return 0.0
    kind = int(instance.task_class[task])
    return float(get_speed(kind, agent, instance.class_ptr, instance.class_agent, instance.class_speed))


def _row(pointers: Ints, items: Ints, row: int) -> Ints:
    return items[pointers[row] : pointers[row + 1]]
