"""The bound that costs nothing: every task does its own best, as if it were alone."""

import math
from collections.abc import Iterator

import numpy as np

from optimizer.bounds.costs import completion_cost, lower, tabulate_costs
from optimizer.instance import Flags, Floats, Instance, Ints, Seconds


def quick_bound(instance: Instance) -> float:
    """Return a lower bound on the total: the sum over tasks of the cheapest outcome of each by itself.

    A task is either left, or done from the first instant at which anybody who may do it works, at the speed of the
    fastest of them and without a break; it pays for being lent, re-assigned or not preferred where it must.
    """
    return lower(math.fsum(cheapest_outcomes(instance)))


def cheapest_outcomes(instance: Instance) -> Floats:
    """Return a lower bound on what each task costs in any plan.

    Returns
    -------
    (T,) costs
    """
    costs = tabulate_costs(instance)
    ends = np.full(instance.num_tasks, -1, np.int64)
    extra = np.zeros(instance.num_tasks)
    for tasks, rows in _groups(instance):
        agents, speeds = instance.class_agent[rows], instance.class_speed[rows]
        starts, closes = _union(instance, agents)
        if not len(starts):
            continue
        release = instance.task_release[tasks]
        position = np.searchsorted(closes, release, "right")
        can = position < len(starts)
        work = np.maximum(np.floor(60 * instance.task_handling[tasks] / speeds.max() + 0.5), 1)
        begin = np.maximum(release, starts[np.minimum(position, len(starts) - 1)])
        ends[tasks] = np.where(can, begin + work.astype(np.int64), -1)
        team = instance.type_team[instance.task_type[tasks]]
        lent = ~np.isin(team, instance.agent_home[agents])
        extra[tasks] = np.where(lent, instance.objective.away * work / 60, 0.0)
    objective = instance.objective
    extra += np.where(_nobody(instance, instance.preferred_ptr, instance.preferred_agent), objective.preferred, 0.0)
    published = instance.task_published
    one = np.concatenate(([0], np.cumsum(published >= 0)))
    extra += np.where(_nobody(instance, one, published[published >= 0]), objective.reassigned, 0.0)
    done = completion_cost(instance, costs, np.arange(instance.num_tasks), np.maximum(ends, 0)) + extra
    return np.where(ends >= 0, np.minimum(done, costs.left), costs.left)


def _groups(instance: Instance) -> Iterator[tuple[Seconds, Seconds]]:
    """Yield tasks of one class and pin, with the rows of `class_agent` of those who may do them."""
    order = np.lexsort((instance.task_pinned, instance.task_class))
    keys = np.stack((instance.task_class[order], instance.task_pinned[order]))
    cuts = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
    for tasks in np.split(order, cuts):
        if not len(tasks):
            continue
        kind, pinned = instance.task_class[tasks[0]], instance.task_pinned[tasks[0]]
        rows = np.arange(instance.class_ptr[kind], instance.class_ptr[kind + 1])
        if pinned >= 0:
            rows = rows[instance.class_agent[rows] == pinned]
        yield tasks, rows


def _union(instance: Instance, agents: Ints) -> tuple[Seconds, Seconds]:
    """Return the intervals in which any of the agents works from `now` on, ascending and apart."""
    first = instance.shift_work_ptr[instance.agent_shift_ptr]
    pieces = [np.arange(first[a], first[a + 1]) for a in agents.tolist()]
    rows = np.concatenate([*pieces, np.zeros(0, np.int64)]).astype(np.int64)
    rows = rows[instance.work_end[rows] > 0]
    starts, ends = np.maximum(instance.work_start[rows], 0), instance.work_end[rows]
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate(([True], starts[1:] > reach[:-1])) if len(starts) else np.zeros(0, np.bool_)
    return starts[opens], reach[np.concatenate((opens[1:], [True]))] if len(starts) else reach


def _nobody(instance: Instance, pointers: Ints | Seconds, named: Ints) -> Flags:
    """Return which tasks name agents of whom none may do them."""
    tasks = np.repeat(np.arange(instance.num_tasks), np.diff(pointers))
    num_agents = np.int64(max(instance.num_agents, 1))
    classes = np.repeat(np.arange(len(instance.class_ptr) - 1), np.diff(instance.class_ptr))
    can = np.isin(instance.task_class[tasks] * num_agents + named, classes * num_agents + instance.class_agent)
    names, serves = np.zeros(instance.num_tasks, np.bool_), np.zeros(instance.num_tasks, np.bool_)
    names[tasks] = True
    serves[tasks[can]] = True
    return names & ~serves
