"""A plan kept as it is when the day has changed: the same agents and order, at the earliest times that still hold."""

import numpy as np

from optimizer.instance import Floats, Instance, Ints, Seconds
from optimizer.kernels import kernel
from optimizer.objective import score
from optimizer.solution import Solution
from optimizer.timeline import Roster, compute_duration, contains, get_roster, get_speed, open_cursor, place

CURSOR_WIDTH = 5
"""Numbers that say where an agent stands: shift, instant, last type, moves, instant of the last move."""


def keep(instance: Instance, task_agent: Ints, task_start: Seconds) -> Solution:
    """Return a plan of earlier assignments in their order; what no longer holds is left, and nothing takes its place.

    Work in progress stays with whom has it open, and comes first.

    Parameters
    ----------
    task_agent : (T,) agent of each task, -1 where none
    task_start : (T,) start in the earlier plan, which decides the order only
    """
    wanted = np.where(instance.task_in_progress, instance.task_pinned, task_agent).astype(np.int32)
    by_start: Ints = np.lexsort((task_start, ~instance.task_in_progress)).astype(np.int32)
    order = by_start[wanted[by_start] >= 0]
    cursors = np.zeros((instance.num_agents, CURSOR_WIDTH), np.int64)
    agents = np.full(instance.num_tasks, -1, np.int32)
    starts, ends = np.zeros(instance.num_tasks, np.int64), np.zeros(instance.num_tasks, np.int64)
    _keep(
        order, wanted, instance.task_pinned, instance.task_class, instance.task_type, instance.task_handling,
        instance.task_release, instance.class_ptr, instance.class_agent, instance.class_speed, instance.excluded_ptr,
        instance.excluded_agent, instance.after_ptr, instance.after_task, instance.separate_ptr, instance.separate_task,
        get_roster(instance), cursors, agents, starts, ends,
    )  # fmt: skip
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


@kernel
def _keep(
    order: Ints,
    wanted: Ints,
    task_pinned: Ints,
    task_class: Ints,
    task_type: Ints,
    task_handling: Floats,
    task_release: Seconds,
    class_ptr: Ints,
    class_agent: Ints,
    class_speed: Floats,
    excluded_ptr: Ints,
    excluded_agent: Ints,
    after_ptr: Ints,
    after_task: Ints,
    separate_ptr: Ints,
    separate_task: Ints,
    roster: Roster,
    cursors: Seconds,
    agents: Ints,
    starts: Seconds,
    ends: Seconds,
) -> None:
    """Put the tasks in their order behind each other, each with the agent wanted, where that holds."""
    for a in range(len(cursors)):
        cursors[a, 0], cursors[a, 1], cursors[a, 2], cursors[a, 3], cursors[a, 4] = open_cursor(a, roster)
    for i in order:
        a = wanted[i]
        speed = get_speed(task_class[i], a, class_ptr, class_agent, class_speed)
        is_anothers = task_pinned[i] >= 0 and task_pinned[i] != a
        if speed == 0.0 or is_anothers or contains(a, i, excluded_ptr, excluded_agent):
            continue
        holds, ready = True, task_release[i]
        for n in range(after_ptr[i], after_ptr[i + 1]):
            holds = holds and agents[after_task[n]] >= 0
            ready = max(ready, ends[after_task[n]])
        for n in range(separate_ptr[i], separate_ptr[i + 1]):
            holds = holds and agents[separate_task[n]] != a
        if not holds:
            continue
        start, end, shift, moves, moved_at = place(
            a, cursors[a, 0], cursors[a, 1], cursors[a, 2], cursors[a, 3], cursors[a, 4],
            task_type[i], ready, compute_duration(task_handling[i], speed), roster,
        )  # fmt: skip
        if start < 0:
            continue
        cursors[a, 0], cursors[a, 1], cursors[a, 2], cursors[a, 3], cursors[a, 4] = (
            shift, end, task_type[i], moves, moved_at,
        )  # fmt: skip
        agents[i], starts[i], ends[i] = a, start, end
