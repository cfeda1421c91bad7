"""What falls due, in work that nobody can do in less, and who could do it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.certificate.alone import could_be_on_time
from optimizer.certificate.capacity import Duty
from optimizer.instance import Flags, Floats, Instance, Ints, Seconds

FEW_AGENTS = 8
"""An exclusion is counted where at most so many agents remain; elsewhere it is left out, which only adds capacity."""

Positions = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Demands:
    """The tasks that must be done in time, by demand: tasks of one demand may be done by the same agents.

    N tasks, D demands.

    Attributes
    ----------
    task : (N,) position in the instance
    demand : (N,) demand of each task
    work : (N,) seconds at speed 1 that it takes at the least, whoever does it
    release, due : (N,) seconds from `now`
    agents : for each demand, those who may do it, ascending
    speeds : for each demand, the speed of each of them
    demand_class : (D,) class of each demand in the instance
    overdue : tasks that were due before `now`
    deferrable : tasks that are on time even if this plan leaves them
    impossible : tasks that cannot be on time even if each is done first
    nobody : tasks that nobody may do
    """

    task: Positions
    demand: Positions
    work: Floats
    release: Seconds
    due: Seconds
    agents: tuple[Ints, ...]
    speeds: tuple[Floats, ...]
    demand_class: Positions
    overdue: Positions
    deferrable: Positions
    impossible: Positions
    nobody: Positions

    @property
    def num_demands(self) -> int:
        """Number of demands, D."""
        return len(self.agents)


def find_demands(instance: Instance, duty: Duty) -> Demands:
    """Return what falls due from `now` on and could be in time, and apart what does not count."""
    overdue = instance.task_due < 0
    deferrable = ~overdue & (instance.task_carry_over <= instance.task_due)
    can_be_done = np.zeros(instance.num_tasks, np.bool_)
    impossible = np.zeros(instance.num_tasks, np.bool_)
    tasks: list[Positions] = []
    work: list[Floats] = []
    agents: list[Ints] = []
    speeds: list[Floats] = []
    for members, able, pace in _groups(instance):
        can_be_done[members] = len(able) > 0
        counted = members[~overdue[members] & ~deferrable[members] & (len(able) > 0)]
        minutes = instance.task_handling[counted]
        could = could_be_on_time(minutes, instance.task_release[counted], instance.task_due[counted], able, pace, duty)
        impossible[counted[~could]] = True
        if could.any():
            tasks.append(counted[could])
            work.append(_least_work(minutes[could], np.unique(pace)))
            agents.append(able)
            speeds.append(pace)
    task = np.concatenate([np.zeros(0, np.int64), *tasks])
    return Demands(
        task=task,
        demand=np.repeat(np.arange(len(tasks)), [len(members) for members in tasks]),
        work=np.concatenate([np.zeros(0), *work]),
        release=instance.task_release[task],
        due=instance.task_due[task],
        agents=tuple(agents),
        speeds=tuple(speeds),
        demand_class=np.array([instance.task_class[members[0]] for members in tasks], np.int64),
        overdue=np.flatnonzero(overdue & can_be_done),
        deferrable=np.flatnonzero(deferrable & can_be_done),
        impossible=np.flatnonzero(impossible),
        nobody=np.flatnonzero(~can_be_done),
    )


def _groups(instance: Instance) -> Iterator[tuple[Positions, Ints, Floats]]:
    """Yield tasks that the same agents may do, those agents, and their speeds."""
    num_excluded = np.diff(instance.excluded_ptr)
    keys = np.stack((instance.task_class, instance.task_pinned, num_excluded > 0))
    order = np.lexsort(keys[::-1])
    cuts = np.flatnonzero((np.diff(keys[:, order], axis=1) != 0).any(axis=0)) + 1
    for tasks in np.split(order, cuts):
        if not len(tasks):
            continue
        kind, pinned = instance.task_class[tasks[0]], instance.task_pinned[tasks[0]]
        rows = slice(instance.class_ptr[kind], instance.class_ptr[kind + 1])
        agents, speeds = instance.class_agent[rows], instance.class_speed[rows]
        if pinned >= 0:
            speeds, agents = speeds[agents == pinned], agents[agents == pinned]
        if not num_excluded[tasks[0]]:
            yield tasks, agents, speeds
            continue
        by_rest: dict[bytes, tuple[Flags, list[int]]] = {}
        for task in tasks.tolist():
            excluded = instance.excluded_agent[instance.excluded_ptr[task] : instance.excluded_ptr[task + 1]]
            rest = ~np.isin(agents, excluded)
            if rest.sum() > FEW_AGENTS:
                rest = np.ones(len(agents), np.bool_)
            by_rest.setdefault(rest.tobytes(), (rest, []))[1].append(task)
        for rest, members in by_rest.values():
            yield np.array(members, np.int64), agents[rest], speeds[rest]


def _least_work(handling_minutes: Floats, speeds: Floats) -> Floats:
    """Return the seconds at speed 1 of each task, durations rounded as the rules say, for whom that is least."""
    least = np.full(len(handling_minutes), np.inf)
    for speed in speeds.tolist():
        np.minimum(least, np.maximum(np.floor(60 * handling_minutes / speed + 0.5), 1) * speed, out=least)
    return least
