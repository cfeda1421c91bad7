"""What a peer decides, and the feasible plan that follows: who does what, in what order, each as early as rules allow.

A peer's formulation may leave out a rule (a setup, a move, a wait). Its decision is therefore timed anew by the
project's own kernels, so that every plan keeps every rule; a task that then fits no more is left for later.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.exact.shifts import list_candidates
from optimizer.instance import Instance, Ints, Seconds
from optimizer.objective import score
from optimizer.solution import Solution
from optimizer.timeline import NOWHERE, get_roster, open_cursor, place


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """Who does each task, and roughly when.

    Attributes
    ----------
    agent : (T,) agent, -1 where the task is left
    start : (T,) instant that says which task is before which
    """

    agent: Ints
    start: Seconds


def decide_nothing(num_tasks: int) -> Decision:
    """Return the decision to leave every task, to be filled in."""
    return Decision(agent=np.full(num_tasks, -1, np.int32), start=np.zeros(num_tasks, np.int64))


def time_anew(instance: Instance, decision: Decision) -> Solution:
    """Return the schedule in which each agent does the decided tasks in the decided order, each at its earliest."""
    roster = get_roster(instance)
    cursors = [open_cursor(agent, roster) for agent in range(instance.num_agents)]
    made = decide_nothing(instance.num_tasks)
    agents, begins, ends = made.agent, made.start, np.zeros(instance.num_tasks, np.int64)
    # What is in progress is its agent's first task.
    for task in np.lexsort((decision.start, ~instance.task_in_progress)).tolist():
        agent = int(decision.agent[task])
        before = instance.after_task[instance.after_ptr[task] : instance.after_ptr[task + 1]]
        apart = instance.separate_task[instance.separate_ptr[task] : instance.separate_ptr[task + 1]]
        if agent < 0 or (agents[before] < 0).any() or (agents[apart] == agent).any():
            continue
        duration = list_candidates(instance, task)[agent]
        ready = max(int(instance.task_release[task]), int(ends[before].max(initial=0)))
        kind = int(instance.task_type[task])
        start, end, shift, moves, moved_at = place(agent, *cursors[agent], kind, ready, duration, roster)
        if start != NOWHERE:
            agents[task], begins[task], ends[task] = agent, start, end
            cursors[agent] = (shift, end, kind, moves, moved_at)
    total = score(instance, agents, begins, ends).total
    return Solution(task_agent=agents, task_start=begins, task_end=ends, total=total)
