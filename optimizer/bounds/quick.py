"""The bound that costs nothing: every task does its own best, as if it were alone."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.bounds.costs import TaskCosts, completion_cost, lower, tabulate_costs
from optimizer.instance import NEVER, Flags, Floats, Instance, Ints, Seconds

CHAIN_PASSES = 4
"""Predecessors of predecessors that count towards the earliest start of a task."""

_Group = tuple[Seconds, Ints, float]


def quick_bound(instance: Instance) -> float:
    """Return a lower bound on the total: the sum over tasks of the cheapest outcome of each by itself.

    A task is either left, or done from the first instant at which anybody who may do it works, at the speed of the
    fastest of them and without a break; it pays for being lent, re-assigned or not preferred where it must.
    """
    return lower(math.fsum(find_outcomes(instance, tabulate_costs(instance)).cheapest))


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """What each task could do if it were alone.

    Attributes
    ----------
    release : (T,) instant before which it cannot start, predecessors counted
    can_be_done : (T,) whether anybody could ever do it
    shortest : (T,) least working seconds it takes; 0 where nobody can do it
    cheapest : (T,) lower bound on what it costs in any plan
    """

    release: Seconds
    can_be_done: Flags
    shortest: Seconds
    cheapest: Floats


def find_outcomes(instance: Instance, costs: TaskCosts) -> Outcomes:
    """Return what each task could do if it were alone."""
    groups = list(_groups(instance))
    release = instance.task_release
    ends, shortest = _earliest_ends(instance, groups, release)
    followers = np.repeat(np.arange(instance.num_tasks), np.diff(instance.after_ptr))
    for _ in range(CHAIN_PASSES if len(followers) else 0):
        before = ends[instance.after_task]
        later = release.copy()
        np.maximum.at(later, followers, np.where(before < 0, NEVER, before))
        if (later == release).all():
            break
        release = later
        ends, shortest = _earliest_ends(instance, groups, release)
    can = ends >= 0
    done = completion_cost(instance, costs, np.arange(instance.num_tasks), np.maximum(ends, 0))
    done += _least_charges(instance, groups, shortest)
    return Outcomes(
        release=release,
        can_be_done=can,
        shortest=shortest,
        cheapest=np.where(can, np.minimum(done, costs.left), costs.left),
    )


def _earliest_ends(instance: Instance, groups: list[_Group], release: Seconds) -> tuple[Seconds, Seconds]:
    """Return an instant before which no plan ends each task, -1 where none does it, and the least it takes."""
    ends, shortest = np.full(instance.num_tasks, -1, np.int64), np.zeros(instance.num_tasks, np.int64)
    for tasks, agents, speed in groups:
        starts, closes = _union(instance, agents)
        if not len(starts):
            continue
        position = np.searchsorted(closes, release[tasks], "right")
        can = position < len(starts)
        work = np.maximum(np.floor(60 * instance.task_handling[tasks] / speed + 0.5), 1).astype(np.int64)
        begin = np.maximum(release[tasks], starts[np.minimum(position, len(starts) - 1)])
        ends[tasks] = np.where(can, begin + work, -1)
        shortest[tasks] = np.where(can, work, 0)
    return ends, shortest


def _least_charges(instance: Instance, groups: list[_Group], shortest: Seconds) -> Floats:
    """Return what each task pays at least for who does it."""
    objective = instance.objective
    charge = np.zeros(instance.num_tasks)
    for tasks, agents, _ in groups:
        team = instance.type_team[instance.task_type[tasks]]
        lent = ~np.isin(team, instance.agent_home[agents])
        charge[tasks] = np.where(lent, objective.away * shortest[tasks] / 60, 0.0)
    charge += np.where(_nobody(instance, instance.preferred_ptr, instance.preferred_agent), objective.preferred, 0.0)
    published = instance.task_published
    one = np.concatenate(([0], np.cumsum(published >= 0)))
    return charge + np.where(_nobody(instance, one, published[published >= 0]), objective.reassigned, 0.0)


def _groups(instance: Instance) -> Iterator[_Group]:
    """Yield tasks of one class and pin, those who may do them, and the highest speed."""
    order = np.lexsort((instance.task_pinned, instance.task_class))
    keys = np.stack((instance.task_class[order], instance.task_pinned[order]))
    cuts = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
    for tasks in np.split(order, cuts):
        if not len(tasks):
            continue
        kind, pinned = instance.task_class[tasks[0]], instance.task_pinned[tasks[0]]
        agents = instance.class_agent[instance.class_ptr[kind] : instance.class_ptr[kind + 1]]
        speeds = instance.class_speed[instance.class_ptr[kind] : instance.class_ptr[kind + 1]]
        if pinned >= 0:
            agents, speeds = agents[agents == pinned], speeds[agents == pinned]
        yield tasks, agents, float(speeds.max(initial=1e-300))


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
