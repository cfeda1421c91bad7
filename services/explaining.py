"""Why a plan is as it is: each assignment against its alternatives, each task left against what it would push out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from models.errors import NotFoundError, PlanRejectedError
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.vocabulary import UnscheduledReason
from optimizer.alternatives import find_exchange, weigh_alternatives
from optimizer.draft import Draft
from optimizer.explain import explain
from optimizer.insertion import IMPOSSIBLE
from optimizer.referee import check
from optimizer.solution import Explanation
from services.assemble import assemble_instance, assemble_solution
from services.fixes import Fix, find_fixes
from services.start_reasons import Start, find_start_reason

MOST_KEPT = 16
"""Tasks of which an explainer keeps why they are left, and fixes."""
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Other:
    """Somebody else who could do a planned task, and what the total would grow by."""

    agent: str
    change: float


@dataclass(frozen=True, kw_only=True)
class AssignmentReason:
    """Why a task is with its agent, and why when it is. Costs are of the whole plan, all else as it is.

    Attributes
    ----------
    start, end, due
        Epoch seconds.
    is_in_progress, is_pinned
        Whether its agent has it open, or it may go to nobody else.
    num_able
        How many may do it, its agent included.
    others
        The next best two; a change below 0 is one that a longer search would have found.
    sooner, later
        What the total would grow by if the agent did it earlier or later in the order; None where that cannot be.
    begins
        What it waits for.
    """

    task: str
    agent: str
    start: int
    end: int
    due: int
    is_in_progress: bool
    is_pinned: bool
    num_able: int
    others: tuple[Other, ...]
    sooner: float | None
    later: float | None
    begins: Start


@dataclass(frozen=True, kw_only=True)
class PushedOut:
    """What a task that is left would push out, if it were fitted in at the least cost.

    Attributes
    ----------
    agent, start, end
        Who would do it, and when.
    left
        Tasks that would have to be left for it, none where there is room.
    made_late
        Tasks that would be late, with the minutes.
    change
        What the total would grow by; below 0 where a longer search would have found it.
    """

    agent: str
    start: int
    end: int
    left: tuple[str, ...]
    made_late: Mapping[str, float]
    change: float


@dataclass(frozen=True, kw_only=True)
class LeftReason:
    """Why a task is left.

    Attributes
    ----------
    cost
        What leaving it costs.
    explanation
        What the solver knows, in positions.
    pushed_out
        What it would push out; None where it cannot be fitted in by leaving up to three others in a row.
    """

    task: str
    reason: UnscheduledReason
    cost: float
    explanation: Explanation
    pushed_out: PushedOut | None


class Explainer:
    """Answers why a plan is as it is, and what would change it. Figures are exact, by re-evaluation.

    Raises
    ------
    PlanRejectedError
        If the plan does not hold: there is no reason in what cannot be.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        verdict = check(problem, plan)
        if not verdict.feasible:
            raise PlanRejectedError(verdict.violations)
        self.problem, self.plan = problem, plan
        self._task_of = {task.id: position for position, task in enumerate(problem.tasks)}
        instance = assemble_instance(problem)
        start = assemble_solution(problem, instance, plan)
        self._draft = Draft(instance, start.task_agent, start.task_start, start.task_end)
        self._fixes: dict[tuple[str, int], tuple[Fix, ...]] = {}
        self._left: dict[str, LeftReason] = {}

    @property
    def left_tasks(self) -> tuple[str, ...]:
        """The tasks that the plan leaves, those first that cost most."""
        left = np.flatnonzero(self._draft.sequences.agent < 0).tolist()
        left.sort(key=self._draft.leaving_cost, reverse=True)
        return tuple(self.problem.tasks[position].id for position in left)

    def is_left(self, task: str) -> bool:
        """Return whether the plan leaves a task.

        Raises
        ------
        NotFoundError
            If there is no such task.
        """
        return bool(self._draft.sequences.agent[self._position(task)] < 0)

    def assignments(self, tasks: Sequence[str] | None = None) -> tuple[AssignmentReason, ...]:
        """Return why planned tasks are where they are; all of them, by agent and start, where none are named."""
        draft, problem = self._draft, self.problem
        if tasks is None:
            tasks = [item.task for item in self.plan.assignments]
        positions = np.array([self._position(task) for task in tasks], np.int32)
        found = weigh_alternatives(draft, positions)
        num_able: dict[int, int] = {}
        reasons = []
        for n, position in enumerate(positions.tolist()):
            task = problem.tasks[position]
            demand = int(draft.instance.task_class[position])
            # What keeps single tasks from somebody apart, all of one class may be done by the same.
            key = -1 - position if task.excluded_agents or task.pinned_agent is not None else demand
            if key not in num_able:
                num_able[key] = len(draft.eligible_agents(position))
            agents = [agent for agent in found.agent[n].tolist() if agent >= 0]
            reasons.append(
                AssignmentReason(
                    task=task.id,
                    agent=problem.agents[draft.sequences.agent[position]].id,
                    start=problem.now + int(draft.sequences.start[position]),
                    end=problem.now + int(draft.sequences.end[position]),
                    due=task.due,
                    is_in_progress=task.in_progress,
                    is_pinned=task.pinned_agent is not None,
                    num_able=num_able[key],
                    others=tuple(
                        Other(agent=problem.agents[agent].id, change=float(change))
                        for agent, change in zip(agents, found.change[n].tolist(), strict=False)
                    ),
                    sooner=_finite(found.sooner[n]),
                    later=_finite(found.later[n]),
                    begins=find_start_reason(problem, draft, position),
                )
            )
        return tuple(reasons)

    def left(self, task: str) -> LeftReason:
        """Return why the plan leaves a task. Those found last are kept."""
        position = self._position(task)
        found = self._left.pop(task, None)
        if found is None:
            explanation = self._explanations[position]
            found = LeftReason(
                task=task,
                reason=explanation.reason,
                cost=self._draft.leaving_cost(position),
                explanation=explanation,
                pushed_out=self._push(position, explanation),
            )
        _keep_last(self._left, task, found)
        return found

    def fixes(self, task: str, *, most: int = 8) -> tuple[Fix, ...]:
        """Return the fixes found for a task that the plan leaves, each judged by the referee.

        Neither the question nor the plan changes, so those found last are kept.
        """
        found = self._fixes.pop((task, most), None)
        if found is None:
            found = find_fixes(self.problem, self.plan, self._draft, self._position(task), most=most)
        _keep_last(self._fixes, (task, most), found)
        return found

    @cached_property
    def _explanations(self) -> Mapping[int, Explanation]:
        mine = self._draft.sequences
        return explain(self._draft.instance, mine.agent, mine.start, mine.end)

    def _push(self, position: int, explanation: Explanation) -> PushedOut | None:
        after, agent = self._draft.copy(), explanation.agent
        left: tuple[int, ...] = ()
        if explanation.reason is UnscheduledReason.NO_CAPACITY:
            exchange = find_exchange(self._draft, position)
            if exchange is None:
                return None
            agent, left = exchange.agent, exchange.tasks
            after.take_out(list(left))
        if agent is None:
            return None
        place = after.find_place(position, agent)
        if place is None:
            return None
        after.put(position, place)
        before, now = self._draft.sequences, after.sequences
        due = self._draft.instance.task_due
        late = np.flatnonzero((now.agent >= 0) & (before.agent >= 0) & (now.end > due) & (now.end > before.end))
        problem = self.problem
        return PushedOut(
            agent=problem.agents[agent].id,
            start=problem.now + int(now.start[position]),
            end=problem.now + int(now.end[position]),
            left=tuple(problem.tasks[task].id for task in left),
            made_late={problem.tasks[task].id: float(now.end[task] - due[task]) / 60 for task in late.tolist()},
            change=after.score().total - self._total,
        )

    @cached_property
    def _total(self) -> float:
        return self._draft.score().total

    def _position(self, task: str) -> int:
        if task not in self._task_of:
            raise NotFoundError(f"the problem has no task {task!r}")
        return self._task_of[task]


def _keep_last(kept: dict[K, V], key: K, found: V) -> None:
    """Keep what was found as the last thing asked for; forget the first where there are too many."""
    kept[key] = found
    if len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]


def _finite(value: float) -> float | None:
    return None if value >= IMPOSSIBLE else float(value)
