"""What would let a task in that a plan leaves: the cheapest fixes, each tried, and judged by the referee."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

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
from services.fix_parts import Part, cut_out
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
    total
        What the plan costs then.
    remake
        Makes the changed question and the plan that answers it. The referee has accepted the part of them that differs
        from what it accepted before.
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
    total: float
    remake: Callable[[], tuple[Problem, Plan]] = field(compare=False, repr=False)


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
    fixes = _Mender(problem, plan, draft, task_idx).fixes()
    order = list(FixKind)

    def rank(fix: Fix) -> tuple[bool, float, int]:
        # Nobody is trained before the day is over.
        return fix.kind is FixKind.TRAINING, -round(fix.saving, 6), order.index(fix.kind)

    return tuple(sorted(fixes, key=rank))[:most]


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A place that a task has in an eased instance, and how the problem says that.

    Attributes
    ----------
    place
        In the whole schedule; None where the task stays left.
    ease
        Returns an instance as it is eased, for the task at a position of it.
    change
        Returns the changed problem.
    """

    kind: FixKind
    place: Place | None
    ease: Callable[[Instance, int], Instance]
    change: Callable[[Ways, Place | None, Draft], Changed]


class _Mender:
    def __init__(self, problem: Problem, plan: Plan, draft: Draft, task_idx: int) -> None:
        self._problem, self._plan, self._draft = problem, plan, draft
        self._chain = _find_chain(draft.instance, draft, task_idx)
        self._idx = self._chain[0]
        self._task = problem.tasks[self._idx]
        self._ways = Ways(problem, self._idx)
        self._kept: dict[Callable[[Instance, int], Instance], Draft] = {}
        self._crew = [
            (position, agent)
            for position, agent in enumerate(problem.agents)
            if agent.id not in self._task.excluded_agents and any(shift.end > problem.now for shift in agent.shifts)
        ]
        self._able = {n: self._ways.speed(agent) for n, agent in self._crew if self._ways.may(agent)}
        # What can be had without any fix, where the search ended early, is not the gain of one.
        unfixed = self._cheapest(draft, self._able, limit=0.0)
        self._least = LEAST_GAIN - (unfixed[0].change if unfixed else 0.0)

    def fixes(self) -> list[Fix]:
        trials = (*self._overtime(), *self._moves(), *self._people(), *self._dues())
        found = [self._try(trial) for trial in trials]
        self._kept.clear()  # what is found lives longer, and needs the eased schedules no more
        return [fix for fix in found if fix is not None]

    def _overtime(self) -> Iterator[_Trial]:
        if not self._able:
            return
        for place in self._cheapest(self._eased(_lengthen), self._able):
            yield _Trial(kind=FixKind.OVERTIME, place=place, ease=_lengthen, change=_of_agent(Ways.lengthen))

    def _moves(self) -> Iterator[_Trial]:
        able = {n: speed for n, speed in self._able.items() if self._problem.agents[n].max_moves is not None}
        if not able:
            return
        for place in self._cheapest(self._eased(_allow_moves), able):
            yield _Trial(kind=FixKind.MOVE, place=place, ease=_allow_moves, change=_of_agent(Ways.allow_moves))

    def _people(self) -> Iterator[_Trial]:
        """Yield those who could do it if one thing about them, or about the task, were otherwise."""
        kinds = (
            (FixKind.PIN_LIFTED, self._ways.may_without_pin, Ways.lift_pin),
            (FixKind.LENDING, self._ways.may_if_lent, Ways.lend),
            (FixKind.SKILL_WAIVED, self._ways.may_if_waived, Ways.waive),
            (FixKind.TRAINING, self._ways.may_if_trained, Ways.train),
        )
        for kind, is_wanted, change in kinds:
            able = {n: self._ways.speed(agent) for n, agent in self._crew if is_wanted(agent)}
            for place in self._cheapest(self._draft, able):
                yield _Trial(kind=kind, place=place, ease=_leave, change=_of_agent(change))

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
                yield _Trial(kind=FixKind.DUE_MOVED, place=place, ease=_move_due(due), change=_agree_on(now + due))
        asked = self._chain[-1]
        carry_over = int(instance.task_carry_over[asked])
        if carry_over > max(0, int(instance.task_due[asked])):
            change = _agree_on(now + carry_over)
            yield _Trial(kind=FixKind.DUE_MOVED, place=None, ease=_move_due(carry_over), change=change)

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
        is_done = trial.place is not None
        part = cut_out(self._problem, self._draft, self._takers(trial), self._chain)
        made = self._carry_out(trial, part)
        judge(made.problem, made.plan)
        saving = part.draft.score().total - made.plan.objective.total
        if saving <= self._least or not part.keeps_outside(made.after):
            return None
        if is_done and self._chain[-1] not in (self._idx, *made.also_done):
            return None
        now, at = self._problem.now, part.task_at(self._idx)
        return Fix(
            kind=trial.kind,
            task=self._problem.tasks[self._idx if is_done else self._chain[-1]].id,
            agent=self._problem.agents[trial.place.agent].id if trial.place is not None else None,
            start=now + int(made.after.sequences.start[at]) if is_done else None,
            end=now + int(made.after.sequences.end[at]) if is_done else None,
            saving=saving,
            made_late=_made_late(part, made.after),
            also_done=tuple(self._problem.tasks[task].id for task in made.also_done),
            total=self._plan.objective.total - saving,
            remake=partial(self._remake, trial, part, made.after),
            **made.facts,
        )

    def _takers(self, trial: _Trial) -> set[int]:
        """Return who would do the task, and what waits for it, in the whole eased schedule."""
        if trial.place is None:
            return set()
        takers = {trial.place.agent}
        if len(self._chain) > 1:
            after = self._eased(trial.ease).copy()
            after.put(self._idx, trial.place)
            for task in self._chain[1:]:
                place = after.find_best_place(task)
                if place is not None and place.change < -LEAST_GAIN:
                    takers.add(place.agent)
                    after.put(task, place)
        return takers

    def _carry_out(self, trial: _Trial, part: Part) -> "_Made":
        """Make a change within a part: the question that it leaves, and the plan."""
        task = part.task_at(self._changed(trial))
        after = part.draft.within(trial.ease(part.draft.instance, task))
        place = None if trial.place is None else part.locate(trial.place)
        if place is not None:
            after.put(task, place)
        problem, facts = trial.change(Ways(part.problem, task), place, after)
        # From here on as anybody would who is given the changed question.
        after = after.within(assemble_instance(problem))
        also_done = self._put_followers(after, part) if place is not None else []
        return _Made(problem=problem, plan=_assemble(problem, after), after=after, also_done=also_done, facts=facts)

    def _put_followers(self, after: Draft, part: Part) -> list[int]:
        """Fit in what waited for the task, as far as that pays; return what is done, by its place in the whole."""
        done = []
        for task in self._chain[1:]:
            here = part.task_at(task)
            place = after.find_best_place(here)
            if place is not None and place.change < -LEAST_GAIN:
                after.put(here, place)
                done.append(task)
        return done

    def _remake(self, trial: _Trial, part: Part, made: Draft) -> tuple[Problem, Plan]:
        """Return the whole question as it is changed, and the whole plan, which the referee accepts."""
        task = self._changed(trial)
        schedule = part.put_back(made)
        after = Draft(trial.ease(self._draft.instance, task), *schedule)
        problem, _ = trial.change(Ways(self._problem, task), trial.place, after)
        return problem, judge(problem, _assemble(problem, Draft(assemble_instance(problem), *schedule)))

    def _changed(self, trial: _Trial) -> int:
        """Return the task that a trial is about, by its place in the whole."""
        return self._idx if trial.place is not None else self._chain[-1]

    def _eased(self, ease: Callable[[Instance, int], Instance]) -> Draft:
        """Return the whole schedule in an eased instance."""
        if ease not in self._kept:
            self._kept[ease] = self._draft.within(ease(self._draft.instance, self._idx))
        return self._kept[ease]


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What a change makes of a part; `also_done` are positions of the whole."""

    problem: Problem
    plan: Plan
    after: Draft
    also_done: Sequence[int]
    facts: Mapping[str, Any]


def _lengthen(instance: Instance, _task: int) -> Instance:
    return lengthen_shifts(instance, MOST_OVERTIME_S)


def _allow_moves(instance: Instance, _task: int) -> Instance:
    return allow_moves(instance, MOST_MOVES_MORE)


def _leave(instance: Instance, _task: int) -> Instance:
    return instance


def _move_due(due: int) -> Callable[[Instance, int], Instance]:
    return lambda instance, task: move_due(instance, task, due)


def _of_agent(change: Callable[[Ways, Place, Draft], Changed]) -> Callable[[Ways, Place | None, Draft], Changed]:
    def make(ways: Ways, place: Place | None, after: Draft) -> Changed:
        assert place is not None  # noqa: S101 - somebody does it
        return change(ways, place, after)

    return make


def _agree_on(due: int) -> Callable[[Ways, Place | None, Draft], Changed]:
    return lambda ways, _place, after: ways.agree_on(due, after)


def _made_late(part: Part, after: Draft) -> tuple[str, ...]:
    due, before = after.instance.task_due, part.draft.sequences
    late = (after.sequences.agent >= 0) & (after.sequences.end > due) & (before.agent >= 0) & (before.end <= due)
    return tuple(part.problem.tasks[task].id for task in np.flatnonzero(late).tolist())


def _assemble(problem: Problem, after: Draft) -> Plan:
    mine = after.sequences
    solution = Solution(task_agent=mine.agent.copy(), task_start=mine.start.copy(), task_end=mine.end.copy(), total=0.0)
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
