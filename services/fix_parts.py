"""A part of a question and its plan: what some agents do, cut out of the rest, which stays as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.formats.problem import Problem, Task
from optimizer.draft import Draft, Place
from optimizer.instance import Ints, Seconds
from services.assemble import assemble_instance

NOBODY = -1
Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Some tasks and agents of a problem as a problem of their own, with their schedule.

    The objective is a sum over tasks and agents, so that what a change within the part saves, it saves of the whole.

    Attributes
    ----------
    tasks, agents
        Positions in the whole of the part's tasks and agents, ascending.
    latest_end
        When tasks of the part, by place, must have ended for those outside that wait for them; seconds from `now`.
    """

    problem: Problem
    draft: Draft
    tasks: Rows
    agents: Rows
    whole: Draft
    latest_end: Sequence[tuple[int, int]] = ()

    def task_at(self, position: int) -> int:
        """Return the position in the part of one of its tasks."""
        return int(np.searchsorted(self.tasks, position))

    def locate(self, place: Place) -> Place:
        """Return a place in the whole schedule as one in the part's."""
        agent = int(np.searchsorted(self.agents, place.agent))
        first, first_here = self.whole.instance.agent_shift_ptr[place.agent], self.draft.instance.agent_shift_ptr[agent]
        return replace(
            place,
            agent=agent,
            previous=place.previous if place.previous < 0 else self.task_at(place.previous),
            shift=int(place.shift - first + first_here),
        )

    def put_back(self, after: Draft) -> tuple[Ints, Seconds, Seconds]:
        """Return the whole schedule with the part's as it is afterwards: who does each task, from when until when."""
        whole, mine = self.whole.sequences, after.sequences
        agent, start, end = whole.agent.copy(), whole.start.copy(), whole.end.copy()
        agent[self.tasks] = np.append(self.agents, NOBODY)[mine.agent]  # -1, nobody, is the last one
        start[self.tasks], end[self.tasks] = mine.start, mine.end
        return agent, start, end

    def keeps_outside(self, after: Draft) -> bool:
        """Return whether nothing outside of the part has to wait for longer than it does in the plan."""
        ends = after.sequences.end
        return all(after.sequences.agent[task] >= 0 and ends[task] <= latest for task, latest in self.latest_end)


def cut_out(problem: Problem, draft: Draft, agents: Collection[int], left: Sequence[int]) -> Part:
    """Return what some agents do in a schedule, with some tasks that it leaves, as a problem of its own.

    What holds the part from outside is said within: a task begins no sooner than what it waits for there has ended.
    Agents whom its tasks name besides are in the part without shifts: nothing can be given to them there.
    """
    inside = sorted({*left, *(task for agent in agents for task in draft.sequence_of(agent))})
    kept_tasks = {problem.tasks[position].id for position in inside}
    present = _with_named(problem, agents, inside)
    kept_agents = {problem.agents[position].id for position in present}
    outer_end = _ends_outside(problem, draft, inside, kept_tasks)
    part = replace(
        problem,
        agents=tuple(
            problem.agents[position] if position in agents else replace(problem.agents[position], shifts=())
            for position in present
        ),
        tasks=tuple(
            _narrow(problem.tasks[position], kept_tasks, kept_agents, outer_end.get(position)) for position in inside
        ),
    )
    tasks, mine = np.array(inside, np.intp), draft.sequences
    doer = np.where(mine.agent[tasks] >= 0, np.searchsorted(present, mine.agent[tasks]), NOBODY).astype(np.int32)
    return Part(
        problem=part,
        draft=Draft(assemble_instance(part), doer, mine.start[tasks], mine.end[tasks]),
        tasks=tasks,
        agents=np.array(present, np.intp),
        whole=draft,
        latest_end=_latest_ends(draft, tasks),
    )


def _with_named(problem: Problem, agents: Collection[int], inside: Sequence[int]) -> list[int]:
    """Return some agents, and those whom tasks want, are pinned to or were shown with."""
    named = set[str]()
    for position in inside:
        task = problem.tasks[position]
        named.update(task.preferred_agents, filter(None, (task.pinned_agent, task.published_agent)))
    return [at for at, one in enumerate(problem.agents) if at in agents or one.id in named]


def _narrow(task: Task, tasks: Collection[str], agents: Collection[str], outer_end: int | None) -> Task:
    """Return a task that names nothing outside of the part."""
    earliest = task.earliest_start
    if outer_end is not None:
        earliest = outer_end if earliest is None else max(earliest, outer_end)
    return replace(
        task,
        after=tuple(other for other in task.after if other in tasks),
        separate_from=tuple(other for other in task.separate_from if other in tasks),
        excluded_agents=tuple(other for other in task.excluded_agents if other in agents),
        earliest_start=earliest,
    )


def _ends_outside(problem: Problem, draft: Draft, inside: Sequence[int], kept: Collection[str]) -> dict[int, int]:
    """Return when the last task outside has ended that a task of the part waits for; epoch seconds."""
    instance, found = draft.instance, {}
    for position in inside:
        before = instance.after_task[instance.after_ptr[position] : instance.after_ptr[position + 1]].tolist()
        ends = [
            int(draft.sequences.end[other])
            for other in before
            if problem.tasks[other].id not in kept and draft.sequences.agent[other] >= 0
        ]
        if ends:
            found[position] = problem.now + max(ends)
    return found


def _latest_ends(draft: Draft, inside: Rows) -> list[tuple[int, int]]:
    """Return the starts of scheduled tasks outside that wait for tasks of the part, with these."""
    instance, mine = draft.instance, draft.sequences
    waiting = np.repeat(np.arange(instance.num_tasks), np.diff(instance.after_ptr))
    is_bound = np.isin(instance.after_task, inside) & ~np.isin(waiting, inside) & (mine.agent[waiting] >= 0)
    return [
        (int(np.searchsorted(inside, instance.after_task[row])), int(mine.start[waiting[row]]))
        for row in np.flatnonzero(is_bound).tolist()
    ]
