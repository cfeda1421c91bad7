"""What moving one task of a plan to somebody else, or to another time, would change: exactly, and before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.errors import NotFoundError
from models.formats.plan import Assignment, Plan
from models.formats.problem import Agent, Problem, Task, TaskType
from models.time import SECONDS_PER_MINUTE
from optimizer.bounds import quick_bound
from optimizer.draft import Draft
from optimizer.moving import Against, Obstacle, Trial, try_move
from optimizer.objective import Score
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_solution
from services.planning import finish_plan


class Lack(StrEnum):
    """Why an agent may not do a task."""

    EXCLUDED = "excluded"
    SKILL = "skill"
    LEVEL = "level"
    TEAM = "team"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a move cannot be made.

    Attributes
    ----------
    task, other
        The tasks that it is about besides the one moved; see `optimizer.moving.Obstacle`.
    lack
        Of one who may not do the task: why.
    skill, level, held_level
        Of a lacking skill or level: which, what is wanted, and what the agent has.
    """

    obstacle: Obstacle
    task: str | None = None
    other: str | None = None
    lack: Lack | None = None
    skill: str = ""
    level: int = 0
    held_level: int = 0


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """By how much a task is late before and after a move; 0 for on time."""

    task: str
    minutes_before: float
    minutes_after: float


@dataclass(frozen=True, kw_only=True)
class Move:
    """What somebody asks for: a task for an agent, not before an epoch second."""

    task: str
    agent: str
    not_before: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a move would change.

    Attributes
    ----------
    before
        Where the task is in the plan; None where it is left.
    after
        Where it would be.
    changed
        Every assignment that would be another than before, the moved task's included.
    total_change
        What it adds to the objective; below 0 where the plan gets better.
    tardiness_change
        Of that, in weighted minutes of tardiness.
    late_minutes_change
        Minutes by which tasks are late, in all.
    made_late, made_on_time, still_late
        Tasks that become late by it, no longer are, and are late by more or less than before.
    """

    move: Move
    before: Assignment | None
    after: Assignment
    changed: tuple[Assignment, ...]
    total: float
    total_change: float
    tardiness_change: float
    late_minutes_change: float
    made_late: tuple[Lateness, ...]
    made_on_time: tuple[Lateness, ...]
    still_late: tuple[Lateness, ...]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The question and the plan after a move, judged by the referee.

    Attributes
    ----------
    holds
        By task that was put off by hand, the earliest start it had before that; None for none.
    """

    problem: Problem
    plan: Plan
    holds: Mapping[str, int | None]


class Mover:
    """A plan on which moves are tried; made once, asked by many at a time.

    Parameters
    ----------
    holds
        Of a plan that came about by moves: see `Applied`.

    Notes
    -----
    A task that was put off by hand has its start as its earliest in the plan's own question, so that it stays there
    when another is taken away before it. Who moves it again is not bound by that.
    """

    def __init__(self, problem: Problem, plan: Plan, *, holds: Mapping[str, int | None] | None = None) -> None:
        self.problem, self.plan, self._holds = problem, plan, dict(holds or {})
        self._task_of = {task.id: position for position, task in enumerate(problem.tasks)}
        self._agent_of = {agent.id: position for position, agent in enumerate(problem.agents)}
        self._kinds = {kind.id: kind for kind in problem.task_types}
        self._placed = {item.task: item for item in plan.assignments}
        instance = assemble_instance(problem)
        solution = assemble_solution(problem, instance, plan)
        self._draft = Draft(instance, solution.task_agent, solution.task_start, solution.task_end)
        self._score = self._draft.score()

    def try_move(self, move: Move) -> Preview | Refusal:
        """Return what a move would change, or why it cannot be made.

        Raises
        ------
        NotFoundError
            If the plan knows no such task or agent.
        """
        position, agent = self._positions(move)
        found = try_move(self._free(position), position, agent, move.not_before - self.problem.now)
        if isinstance(found, Against):
            return self._refuse(move, found)
        return self._preview(move, position, found)

    def apply(self, move: Move, *, zone_name: str) -> Applied | Refusal:
        """Return the plan after a move, the task pinned where it is.

        Raises
        ------
        NotFoundError
            If the plan knows no such task or agent.
        PlanRejectedError
            If the referee rejects the plan, which is a defect.
        """
        position, agent = self._positions(move)
        found = try_move(self._free(position), position, agent, move.not_before - self.problem.now)
        if isinstance(found, Against):
            return self._refuse(move, found)
        problem, holds, is_eased = self._pin(move, position, self.problem.now + int(found.start[position]))
        instance = assemble_instance(problem)
        bound = self.plan.lower_bound
        solution = Solution(
            task_agent=found.agent,
            task_start=found.start,
            task_end=found.end,
            total=found.score.total,
            # What was proven holds for fewer choices too, but not for others.
            lower_bound=quick_bound(instance) if bound is None or is_eased else bound,
        )
        extra = {key: value for key, value in self.plan.extra.items() if key != "swing"}
        plan = finish_plan(problem, instance, solution, seed=None, zone_name=zone_name, extra=extra)
        return Applied(problem=problem, plan=plan, holds=holds)

    def _positions(self, move: Move) -> tuple[int, int]:
        if move.task not in self._task_of:
            raise NotFoundError(f"the plan knows no task {move.task!r}")
        if move.agent not in self._agent_of:
            raise NotFoundError(f"the plan knows no agent {move.agent!r}")
        return self._task_of[move.task], self._agent_of[move.agent]

    def _free(self, position: int) -> Draft:
        """Return the schedule in which a task is not held where it was put off to."""
        task = self.problem.tasks[position]
        if task.id not in self._holds:
            return self._draft
        draft, instance = self._draft.copy(), self._draft.instance
        release = instance.task_release.copy()
        release[position] = _release(task, self._holds[task.id], self.problem.now)
        draft.terms = draft.terms._replace(release=release)
        return draft

    def _pin(self, move: Move, position: int, start: int) -> tuple[Problem, dict[str, int | None], bool]:
        """Return the question with a task pinned to whom it goes, and put off where it is; whether that eases it."""
        task = self.problem.tasks[position]
        holds = dict(self._holds)
        was_held = task.id in holds
        own = holds.pop(task.id, task.earliest_start)
        earliest = own
        if start <= move.not_before:  # it waits for nothing but the instant that was asked for
            holds[task.id], earliest = own, start
        is_eased = was_held or task.pinned_agent not in (None, move.agent)
        tasks = list(self.problem.tasks)
        tasks[position] = replace(task, pinned_agent=move.agent, earliest_start=earliest)
        return replace(self.problem, tasks=tuple(tasks)), holds, is_eased

    def _preview(self, move: Move, position: int, trial: Trial) -> Preview:
        problem, before = self.problem, self._draft.sequences
        due = self._draft.instance.task_due
        changed = np.array(trial.changed, dtype=np.int64)
        late_after = _late(trial.end[changed], due[changed])
        late_before = np.where(
            before.agent[changed] >= 0,
            _late(before.end[changed], due[changed]),
            _late(self._draft.instance.task_carry_over[changed], due[changed]),
        )
        told: dict[tuple[bool, bool], list[Lateness]] = {}
        for n, other in enumerate(trial.changed):
            was, is_now = float(late_before[n]), float(late_after[n])
            if was != is_now:
                item = Lateness(task=problem.tasks[other].id, minutes_before=was, minutes_after=is_now)
                told.setdefault((was > 0, is_now > 0), []).append(item)
        for items in told.values():
            items.sort(key=lambda item: (-abs(item.minutes_after - item.minutes_before), item.task))
        after = tuple(self._assignment(other, trial) for other in trial.changed)
        mine = next((item for item in after if item.task == move.task), None)
        return Preview(
            move=move,
            before=self._placed.get(move.task),
            after=self._assignment(position, trial) if mine is None else mine,
            changed=after,
            total=trial.score.total,
            total_change=_change(trial.score, self._score, "total"),
            tardiness_change=_change(trial.score, self._score, "tardiness"),
            late_minutes_change=float((late_after - late_before).sum()),
            made_late=tuple(told.get((False, True), ())),
            made_on_time=tuple(told.get((True, False), ())),
            still_late=tuple(told.get((True, True), ())),
        )

    def _assignment(self, position: int, trial: Trial) -> Assignment:
        now = self.problem.now
        return Assignment(
            task=self.problem.tasks[position].id,
            agent=self.problem.agents[int(trial.agent[position])].id,
            start=now + int(trial.start[position]),
            end=now + int(trial.end[position]),
        )

    def _refuse(self, move: Move, against: Against) -> Refusal:
        tasks = self.problem.tasks
        refusal = Refusal(
            obstacle=against.obstacle,
            task=tasks[against.task].id if against.task >= 0 else None,
            other=tasks[against.other].id if against.other >= 0 else None,
        )
        if against.obstacle is not Obstacle.NOT_ABLE:
            return refusal
        task, agent = tasks[self._task_of[move.task]], self.problem.agents[self._agent_of[move.agent]]
        return _find_lack(refusal, task, self._kinds[task.type], agent)


def _find_lack(refusal: Refusal, task: Task, kind: TaskType, agent: Agent) -> Refusal:
    """Return the refusal with what an agent lacks for a task."""
    if agent.id in task.excluded_agents:
        return replace(refusal, lack=Lack.EXCLUDED)
    least = kind.min_level if task.min_level is None else task.min_level
    for skill, level in ((kind.skill, least), *kind.also_requires.items(), *task.also_requires.items()):
        held = agent.skills.get(skill)
        if held is None or held.level < level:
            lack = Lack.SKILL if held is None else Lack.LEVEL
            return replace(refusal, lack=lack, skill=skill, level=level, held_level=0 if held is None else held.level)
    return replace(refusal, lack=Lack.TEAM)


def _release(task: Task, earliest: int | None, now: int) -> int:
    """Return the seconds from now before which a task cannot start."""
    return max(0, task.arrived - now, (task.arrived if earliest is None else earliest) - now)


def _late(completed: np.ndarray, due: np.ndarray) -> np.ndarray:
    minutes: np.ndarray = np.maximum(0, completed - due) / SECONDS_PER_MINUTE
    return minutes


def _change(after: Score, before: Score, term: str) -> float:
    return float(getattr(after, term) - getattr(before, term))
