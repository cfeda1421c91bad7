"""From an instance to what the list-scheduling kernel reads and writes."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimizer.dispatching.list_scheduling import Demand, Desk
from optimizer.dispatching.queues import Groups, build_groups
from optimizer.instance import Floats, Instance, Ints
from optimizer.timeline import NOWHERE, compute_duration, contains, get_speed

STACK_SIZE = 128
"""Nodes of a tree still to visit: two a level, and no tree has more than 32 levels."""


def prepare(instance: Instance) -> tuple[Demand, Groups, Ints]:
    """Return what the kernel reads of an instance, whatever the rule: the demand, its groups, the rank of agents.

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
    follower_ptr, follower_task = _reverse(instance.after_ptr, instance.after_task, instance.num_tasks)
    open_task = np.full(instance.num_agents, -1, dtype=np.int32)
    open_duration = np.zeros(instance.num_agents, dtype=np.int64)
    for task in np.flatnonzero(instance.task_in_progress):
        agent, speed = instance.task_pinned[task], speed_of_pinned[task]
        open_task[agent] = task
        open_duration[agent] = compute_duration(instance.task_handling[task], speed) if speed > 0 else 0

    free = np.flatnonzero(np.diff(instance.after_ptr) == 0)
    demand = Demand(
        type=instance.task_type,
        group=_find_groups(groups, instance.num_tasks),
        release=instance.task_release,
        by_release=free[np.argsort(instance.task_release[free], kind="stable")].astype(np.int32),
        excluded_ptr=instance.excluded_ptr,
        excluded_agent=instance.excluded_agent,
        separate_ptr=instance.separate_ptr,
        separate_task=instance.separate_task,
        follower_ptr=follower_ptr,
        follower_task=follower_task,
        crew_ptr=_pointers(groups.member_group, len(groups.group_team)),
        crew_agent=agent_of_member[crew].astype(np.int32),
        open_task=open_task,
        open_duration=open_duration,
    )
    return demand, groups, rank


def open_desk(instance: Instance, demand: Demand, groups: Groups) -> Desk:
    """Return a desk at which nothing has happened yet."""
    num_tasks, num_agents = instance.num_tasks, instance.num_agents
    held_back = instance.task_release > np.maximum(instance.task_arrived, 0)
    return Desk(
        agent=np.full(num_tasks, -1, dtype=np.int32),
        start=np.zeros(num_tasks, dtype=np.int64),
        end=np.zeros(num_tasks, dtype=np.int64),
        enabled=np.where(held_back, instance.task_release, instance.task_arrived),
        missing=np.diff(instance.after_ptr).astype(np.int32),
        shift=np.zeros(num_agents, dtype=np.int32),
        free=np.zeros(num_agents, dtype=np.int64),
        last_type=np.full(num_agents, -1, dtype=np.int32),
        moves=np.zeros(num_agents, dtype=np.int32),
        moved_at=np.zeros(num_agents, dtype=np.int64),
        open_task=demand.open_task.copy(),
        is_idle=np.zeros(num_agents, dtype=np.bool_),
        num_idle=np.zeros(len(groups.group_team), dtype=np.int32),
        asked_at=np.full(num_agents, NOWHERE, dtype=np.int64),
        fresh=np.zeros(num_tasks, dtype=np.int32),
        pending=np.zeros(num_tasks, dtype=np.int64),
        stack=np.zeros(STACK_SIZE, dtype=np.int64),
    )


def _find_groups(groups: Groups, num_tasks: int) -> Ints:
    group = np.full(num_tasks, -1, dtype=np.int32)
    group[groups.place_task] = np.repeat(np.arange(len(groups.group_team)), np.diff(groups.group_ptr))
    return group


def _pointers(rows: Ints, num_rows: int) -> Ints:
    counts = np.bincount(rows, minlength=num_rows)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _reverse(ptr: Ints, items: Ints, num_items: int) -> tuple[Ints, Ints]:
    """Return, for each item of a list of lists, the rows that it is in."""
    rows = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    return _pointers(items, num_items), rows[np.argsort(items, kind="stable")].astype(np.int32)


@njit(cache=True, nogil=True)
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
