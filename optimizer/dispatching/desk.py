"""What the list-scheduling kernel reads, and what it writes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.columns import point, reverse
from optimizer.dispatching.queues import Groups, build_groups, build_nodes
from optimizer.instance import NEVER, Floats, Instance, Ints, Seconds
from optimizer.kernels import kernel
from optimizer.timeline import NOWHERE, compute_duration, contains, get_speed

SHIFT, FREE, LAST_TYPE, MOVES, MOVED_AT, OPEN_TASK, IS_IDLE, ASKED_AT = range(8)
"""Columns of what is known of an agent."""

RELEASED, PENDING, TICK, IS_BEGUN = range(4)
"""What is known of the day: tasks released, tasks pending, the last tick, whether it has begun."""

STACK_SIZE = 64
"""Nodes of a tree still to visit: one a level, and no tree has as many levels."""


class Demand(NamedTuple):
    """The columns of an `Instance` that say what may be done when and by whom.

    Attributes
    ----------
    type, release : (T,) as in the instance
    enabled : (T,) instant from which a task could be done, were it not for its predecessors
    by_release : tasks without predecessors, ascending by release
    excluded_ptr, excluded_agent, separate_ptr, separate_task : as in the instance
    follower_ptr, follower_task : the tasks that wait for a task
    num_before : (T,) predecessors
    crew_ptr, crew_agent : the agents who take from a group, in rank order
    rank : (A,) who comes first of agents that are free at one instant
    open_task : (A,) work in progress, -1 where none
    open_duration : (A,) its working seconds, 0 where the agent may not do it
    """

    type: Ints
    release: Seconds
    enabled: Seconds
    by_release: Ints
    excluded_ptr: Ints
    excluded_agent: Ints
    separate_ptr: Ints
    separate_task: Ints
    follower_ptr: Ints
    follower_task: Ints
    num_before: Ints
    crew_ptr: Ints
    crew_agent: Ints
    rank: Ints
    open_task: Ints
    open_duration: Seconds


class Desk(NamedTuple):
    """What changes as the day goes by; written by the kernel.

    Attributes
    ----------
    agent, start, end : (T,) the schedule; agent -1 where unscheduled
    enabled : (T,) instant from which a task could be done
    missing : (T,) predecessors that are not yet scheduled
    nodes : the trees of the groups
    agents : (A, 8) cursor of an agent (`SHIFT` to `MOVED_AT`); its work in progress that has not begun, -1 where none;
        whether it found nothing to do, and when it last looked
    num_idle : (G,) idle agents who take from a group
    event_at, event_heap, event_place : (A,) the calendar: next event, heap of agents, place in it
    fresh : (T,) tasks that began to wait at the present instant
    pending : (T,) heap of instants and tasks: those whose predecessors are scheduled
    stack, stack_level : nodes still to visit, and their bounds
    day : (4,) how far the day has gone, `RELEASED` to `IS_BEGUN`
    """

    agent: Ints
    start: Seconds
    end: Seconds
    enabled: Seconds
    missing: Ints
    nodes: NDArray[np.float64]
    agents: Seconds
    num_idle: Ints
    event_at: Seconds
    event_heap: Ints
    event_place: Ints
    fresh: Ints
    pending: Seconds
    stack: Seconds
    stack_level: Floats
    day: Seconds


def prepare(instance: Instance) -> tuple[Demand, Groups]:
    """Return what the kernel reads of an instance, whatever the rule.

    Of agents that are free at one instant the one who takes from the fewest groups comes first, so that those who can
    do anything are left for what nobody else can do.
    """
    speed_of_pinned = np.zeros(instance.num_tasks)
    _find_pinned_speeds(
        instance.task_pinned,
        instance.task_class,
        instance.class_ptr,
        instance.class_agent,
        instance.class_speed,
        instance.excluded_ptr,
        instance.excluded_agent,
        speed_of_pinned,
    )
    groups = build_groups(instance, speed_of_pinned)
    rank = np.empty(instance.num_agents, dtype=np.int32)
    rank[np.argsort(np.diff(groups.member_ptr), kind="stable")] = np.arange(instance.num_agents)
    agent_of_member = np.repeat(np.arange(instance.num_agents), np.diff(groups.member_ptr))
    crew = np.lexsort((rank[agent_of_member], groups.member_group))
    follower_ptr, follower_task = reverse(instance.after_ptr, instance.after_task, instance.num_tasks)
    open_task = np.full(instance.num_agents, -1, dtype=np.int32)
    open_duration = np.zeros(instance.num_agents, dtype=np.int64)
    for task in np.flatnonzero(instance.task_in_progress):
        agent, speed = instance.task_pinned[task], speed_of_pinned[task]
        open_task[agent] = task
        open_duration[agent] = compute_duration(instance.task_handling[task], speed) if speed > 0 else 0
    num_before = np.diff(instance.after_ptr)
    free = np.flatnonzero(num_before == 0)
    held_back = instance.task_release > np.maximum(instance.task_arrived, 0)
    demand = Demand(
        type=instance.task_type,
        release=instance.task_release,
        enabled=np.where(held_back, instance.task_release, instance.task_arrived),
        by_release=free[np.argsort(instance.task_release[free], kind="stable")].astype(np.int32),
        excluded_ptr=instance.excluded_ptr,
        excluded_agent=instance.excluded_agent,
        separate_ptr=instance.separate_ptr,
        separate_task=instance.separate_task,
        follower_ptr=follower_ptr,
        follower_task=follower_task,
        num_before=num_before,
        crew_ptr=point(groups.member_group, len(groups.group_team)),
        crew_agent=agent_of_member[crew].astype(np.int32),
        rank=rank,
        open_task=open_task,
        open_duration=open_duration,
    )
    return demand, groups


def open_desk(demand: Demand, groups: Groups) -> Desk:
    """Return a desk at which nothing has happened yet."""
    num_tasks, num_agents = len(demand.type), len(demand.rank)
    agents = np.zeros((num_agents, 8), dtype=np.int64)
    agents[:, OPEN_TASK] = demand.open_task
    agents[:, ASKED_AT] = NOWHERE
    return Desk(
        agent=np.full(num_tasks, -1, dtype=np.int32),
        start=np.zeros(num_tasks, dtype=np.int64),
        end=np.zeros(num_tasks, dtype=np.int64),
        enabled=demand.enabled.copy(),
        missing=demand.num_before.copy(),
        nodes=build_nodes(groups),
        agents=agents,
        num_idle=np.zeros(len(groups.group_team), dtype=np.int32),
        event_at=np.full(num_agents, NEVER, dtype=np.int64),
        event_heap=np.argsort(demand.rank).astype(np.int32),
        event_place=demand.rank.copy(),
        fresh=np.zeros(num_tasks, dtype=np.int32),
        pending=np.zeros(num_tasks, dtype=np.int64),
        stack=np.zeros(STACK_SIZE, dtype=np.int64),
        stack_level=np.zeros(STACK_SIZE),
        day=np.array([0, 0, -1, 0], dtype=np.int64),
    )


@kernel
def _find_pinned_speeds(
    task_pinned: Ints,
    task_class: Ints,
    class_ptr: Ints,
    class_agent: Ints,
    class_speed: Floats,
    excluded_ptr: Ints,
    excluded_agent: Ints,
    speeds: NDArray[np.float64],
) -> None:
    for i in range(len(task_pinned)):
        if task_pinned[i] >= 0 and not contains(task_pinned[i], i, excluded_ptr, excluded_agent):
            speeds[i] = get_speed(task_class[i], task_pinned[i], class_ptr, class_agent, class_speed)
