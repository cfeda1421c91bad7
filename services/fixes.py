"""What would let a task in that a plan leaves: the cheapest fixes, each tried, and judged by the referee."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from models.formats.plan import Plan, Unscheduled
from models.formats.problem import Problem
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import UnscheduledReason
from optimizer.draft import Draft, Place
from optimizer.instance import Instance
from optimizer.relaxing import allow_moves, lengthen_shifts, move_due
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_plan
from services.fix_ways import Changed, Ways
from services.planning import judge

MOST_OVERTIME_S = 4 * 3600
LEAST_GAIN = 1e-6
MOST_MOVES_MORE = 2
"""Moves beyond the limit that may be asked for: there and back."""

MOST_OF_A_KIND = 2
ROUND_DUE_S = 5 * SECONDS_PER_MINUTE
"""A new due is agreed to the next full five minutes."""


class FixKind(StrEnum):
    """What is changed so that a task can be done, or left without harm."""

    OVERTIME = "overtime"
    LENDING = "lending"
    MOVE = "move"
    PIN_LIFTED = "pin-lifted"
    SKILL_WAIVED = "skill-waived"
    TRAINING = "training"
    DUE_MOVED = "due-moved"


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A change to the question after which the same plan, with the task fitted in, costs less.

    Attributes
    ----------
    task
        The task that it lets in: the one asked for, or the one that it waits for.
    agent
        Who would do it; None where it stays left.
    start, end
        When; epoch seconds.
    saving
        By how much the total falls.
    overtime_minutes, until
        For `overtime`: how much longer the shift is, and its new end.
    moves
        For `move`: the limit it takes.
    skill, level, held_level
        For `skill-waived` and `training`: the skill, the level it takes (that the task would then want, or the agent
        then have), and the level that the agent has now.
    due
        For `due-moved`: the due to agree on.
    made_late
        Tasks that it makes late.
    also_done
        Tasks that waited for this one and are done then too.
    problem, plan
        The changed question, and the plan that answers it; the referee has accepted it.
    """

    kind: FixKind
    task: str
    agent: str | None
    start: int | None
    end: int | None
    saving: float
    overtime_minutes: int | None = None
    until: int | None = None
    moves: int | None = None
    skill: str | None = None
    level: int | None = None
    held_level: int | None = None
    due: int | None = None
    made_late: tuple[str, ...] = ()
    also_done: tuple[str, ...] = ()
    problem: Problem
    plan: Plan


def find_fixes(problem: Problem, plan: Plan, draft: Draft, task_idx: int, *, most: int = 8) -> tuple[Fix, ...]:
    """Return the fixes found for a task that the plan leaves: those that save most first, training last of all.

    Parameters
    ----------
    plan
        A plan of the problem that the referee accepts.
    draft
        Its schedule, in the instance of the problem.
    task_idx
        Position of a task that the plan leaves.
    """
    fixes = list(_Mender(problem, plan, draft, task_idx).fixes())
    order = list(FixKind)

    def rank(fix: Fix) -> tuple[bool, float, int]:
        # Nobody is trained before the day is over.
        return fix.kind is FixKind.TRAINING, -round(fix.saving, 6), order.index(fix.kind)

    return tuple(sorted(fixes, key=rank))[:most]


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A place that a task has in a changed instance, and how the problem says that change."""

    place: Place | None
    draft: Draft
    change: Callable[[Draft], Changed]
    kind: FixKind


class _Mender:
    def __init__(self, problem: Problem, plan: Plan, draft: Draft, task_idx: int) -> None:
        self._problem, self._plan, self._draft = problem, plan, draft
        self._chain = _find_chain(draft.instance, draft, task_idx)
        self._idx = self._chain[0]
        self._task = problem.tasks[self._idx]
        self._ways = Ways(problem, self._idx)
        self._asked = Ways(problem, task_idx)
        self._crew = [
            (position, agent)
            for position, agent in enumerate(problem.agents)
            if agent.id not in self._task.excluded_agents and any(shift.end > problem.now for shift in agent.shifts)
        ]
        self._able = {n: self._ways.speed(agent) for n, agent in self._crew if self._ways.may(agent)}
        # What can be had without any fix, where the search ended early, is not the gain of one.
        unfixed = self._cheapest(draft, self._able, limit=0.0)
        self._least = LEAST_GAIN - (unfixed[0].change if unfixed else 0.0)

    def fixes(self) -> Iterator[Fix]:
        for trial in (*self._overtime(), *self._moves(), *self._people(), *self._dues()):
            fix = self._try(trial)
            if fix is not None:
                yield fix

    def _overtime(self) -> Iterator[_Trial]:
        if not self._able:
            return
        longer = self._draft.within(lengthen_shifts(self._draft.instance, MOST_OVERTIME_S))
        for place in self._cheapest(longer, self._able):
            yield _Trial(
                kind=FixKind.OVERTIME,
                place=place,
                draft=longer,
                change=partial(self._ways.lengthen, place),
            )

    def _moves(self) -> Iterator[_Trial]:
        able = {n: speed for n, speed in self._able.items() if self._problem.agents[n].max_moves is not None}
        if not able:
            return
        freer = self._draft.within(allow_moves(self._draft.instance, MOST_MOVES_MORE))
        for place in self._cheapest(freer, able):
            yield _Trial(
                kind=FixKind.MOVE,
                place=place,
                draft=freer,
                change=partial(self._ways.allow_moves, place),
            )

    def _people(self) -> Iterator[_Trial]:
        """Yield those who could do it if one thing about them, or about the task, were otherwise."""
        kinds = (
            (FixKind.PIN_LIFTED, self._ways.may_without_pin, self._ways.lift_pin),
            (FixKind.LENDING, self._ways.may_if_lent, self._ways.lend),
            (FixKind.SKILL_WAIVED, self._ways.may_if_waived, self._ways.waive),
            (FixKind.TRAINING, self._ways.may_if_trained, self._ways.train),
        )
        for kind, is_wanted, change in kinds:
            able = {n: self._ways.speed(agent) for n, agent in self._crew if is_wanted(agent)}
            for place in self._cheapest(self._draft, able):
                yield _Trial(
                    kind=kind,
                    place=place,
                    draft=self._draft,
                    change=partial(change, place),
                )

    def _dues(self) -> Iterator[_Trial]:
        """Yield the due at which somebody could end it, and the one by which a later plan will have taken it up."""
        instance, now = self._draft.instance, self._problem.now
        carry_over = int(instance.task_carry_over[self._idx])
        eased = self._draft.within(move_due(instance, self._idx, carry_over))
        for place in self._cheapest(eased, self._able, limit=np.inf)[:1]:
            after = eased.copy()
            after.put(self._idx, place)
            due = _round_up(int(after.sequences.end[self._idx]), ROUND_DUE_S)
            if max(0, int(instance.task_due[self._idx])) < due < carry_over:
                draft = self._draft.within(move_due(instance, self._idx, due))
                change = partial(self._ways.agree_on, now + due)
                yield _Trial(kind=FixKind.DUE_MOVED, place=place, draft=draft, change=change)
        asked = self._chain[-1]
        carry_over = int(instance.task_carry_over[asked])
        if carry_over > max(0, int(instance.task_due[asked])):
            draft = self._draft.within(move_due(instance, asked, carry_over))
            change = partial(self._asked.agree_on, now + carry_over)
            yield _Trial(kind=FixKind.DUE_MOVED, place=None, draft=draft, change=change)

    def _cheapest(self, draft: Draft, able: Mapping[int, float], *, limit: float | None = None) -> list[Place]:
        """Return the best places with agents who make it pay, beyond what can be had without a fix."""
        if limit is None:
            limit = -self._least
        found = [
            place
            for agent, speed in able.items()
            if (place := draft.find_place(self._idx, agent, speed=speed, limit=limit)) is not None
        ]
        return sorted(found, key=lambda place: (place.change, place.agent))[:MOST_OF_A_KIND]

    def _try(self, trial: _Trial) -> Fix | None:
        """Return the fix that a trial is; None where the plan would not cost less."""
        after = trial.draft.copy()
        if trial.place is not None:
            after.put(self._idx, trial.place)
        problem, facts = trial.change(after)
        # From here on as anybody would who is given the changed question.
        after = after.within(assemble_instance(problem))
        also_done = self._put_followers(after) if trial.place is not None else []
        plan = judge(problem, self._assemble(problem, after))
        saving = self._plan.objective.total - plan.objective.total
        if saving <= self._least or (trial.place is not None and self._chain[-1] not in (self._idx, *also_done)):
            return None
        is_done, now = trial.place is not None, self._problem.now
        return Fix(
            kind=trial.kind,
            task=self._task.id if is_done else self._asked.task.id,
            agent=self._problem.agents[trial.place.agent].id if trial.place is not None else None,
            start=now + int(after.sequences.start[self._idx]) if is_done else None,
            end=now + int(after.sequences.end[self._idx]) if is_done else None,
            saving=saving,
            made_late=self._made_late(after),
            also_done=tuple(self._problem.tasks[task].id for task in also_done),
            problem=problem,
            plan=plan,
            **facts,
        )

    def _put_followers(self, after: Draft) -> list[int]:
        """Fit in what waited for the task, as far as that pays; return what is done."""
        done = []
        for task in self._chain[1:]:
            place = after.find_best_place(task)
            if place is not None and place.change < -LEAST_GAIN:
                after.put(task, place)
                done.append(task)
        return done

    def _made_late(self, after: Draft) -> tuple[str, ...]:
        due, before = after.instance.task_due, self._draft.sequences
        late = (after.sequences.agent >= 0) & (after.sequences.end > due) & (before.agent >= 0) & (before.end <= due)
        return tuple(self._problem.tasks[task].id for task in np.flatnonzero(late).tolist())

    def _assemble(self, problem: Problem, after: Draft) -> Plan:
        mine = after.sequences
        solution = Solution(
            task_agent=mine.agent.copy(), task_start=mine.start.copy(), task_end=mine.end.copy(), total=0.0
        )
        left = np.flatnonzero(mine.agent < 0).tolist()
        reasons = [Unscheduled(task=problem.tasks[n].id, reason=UnscheduledReason.NO_CAPACITY) for n in left]
        return assemble_plan(problem, after.instance, solution, unscheduled=reasons)


def _find_chain(instance: Instance, draft: Draft, task: int) -> list[int]:
    """Return a left task behind those that it waits for and that are left too, the first to be done first."""
    chain = [task]
    while True:
        before = instance.after_task[instance.after_ptr[chain[0]] : instance.after_ptr[chain[0] + 1]]
        left = before[draft.sequences.agent[before] < 0]
        if not len(left):
            return chain
        chain.insert(0, int(left[0]))


def _round_up(seconds: int, step: int) -> int:
    return -(-seconds // step) * step
