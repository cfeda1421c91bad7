"""The referee against a second judge, written to be obvious and slow: it lives through each second of the day.

Problems are minutes long and hold every feature; plans are grown task by task, mostly right and often just not.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from models.formats.plan import Assignment, Objective, Plan, Unscheduled, parse_plan, plan_document
from models.formats.problem import Agent, Problem, Shift, Task, TaskType
from models.formats.problem_file import parse_problem, problem_document
from models.time import format_instant
from models.vocabulary import UnscheduledReason
from optimizer.referee import check

_Item = TypeVar("_Item")

NOW = 1_772_438_400
HORIZON = 200
SKILLS = ("s0", "s1")
TEAMS = ("t0", "t1")


@dataclass(frozen=True)
class Judgement:
    """What the slow judge finds: the rules that are broken, and the terms."""

    broken: frozenset[str]
    terms: Mapping[str, float]


def seconds(minutes: float) -> int:
    return math.floor(60 * minutes + 0.5)


@lru_cache(maxsize=64)
def working_seconds(shift: Shift) -> list[int]:
    return [t for t in range(shift.start, shift.end) if not any(b.start <= t < b.end for b in shift.breaks)]


def shift_of(agent: Agent, instant: int) -> Shift | None:
    return next((shift for shift in agent.shifts if instant in working_seconds(shift)), None)


def kind_of(problem: Problem, name: str) -> TaskType:
    return next(kind for kind in problem.task_types if kind.id == name)


def may_do(problem: Problem, task: Task, agent: Agent) -> bool:
    kind = kind_of(problem, task.type)
    wanted = [(kind.skill, task.min_level or kind.min_level)]
    wanted += list(kind.also_requires.items()) + list(task.also_requires.items())
    return (
        all(skill in agent.skills and agent.skills[skill].level >= level for skill, level in wanted)
        and kind.team in (agent.team, *agent.swing_teams)
        and agent.id not in task.excluded_agents
        and (task.pinned_agent is None or task.pinned_agent == agent.id)
    )


def duration(problem: Problem, task: Task, agent: Agent) -> int:
    kind = kind_of(problem, task.type)
    minutes = task.handling_minutes or kind.handling_minutes
    return max(1, math.floor(60 * minutes / agent.skills[kind.skill].speed + 0.5))


def live_through(agent: Agent, start: int, needed: int) -> int | None:
    """Return the end of a task, second by second; None where its shift ends first."""
    shift = shift_of(agent, start)
    if shift is None:
        return None
    for instant in working_seconds(shift):
        if instant >= start:
            needed -= 1
            if needed == 0:
                return instant + 1
    return None


def judge(problem: Problem, assignments: Sequence[Assignment], left: Sequence[Unscheduled]) -> Judgement:
    broken: set[str] = set()
    agents = {agent.id: agent for agent in problem.agents}
    tasks = {task.id: task for task in problem.tasks}
    placed = {item.task: item for item in assignments}
    if sorted([item.task for item in assignments] + [item.task for item in left]) != sorted(tasks):
        broken.add("lists")
    for entry in left:
        eligible = [agent for agent in problem.agents if may_do(problem, tasks[entry.task], agent)]
        if entry.reason == "no-eligible-agent" and eligible:
            broken.add("reason")
        if entry.reason == "predecessor-unscheduled" and not any(p not in placed for p in tasks[entry.task].after):
            broken.add("reason")

    away = moves = 0
    for item in placed.values():
        task, agent = tasks[item.task], agents[item.agent]
        if not may_do(problem, task, agent):
            broken.add("eligible")
            continue
        if live_through(agent, item.start, duration(problem, task, agent)) != item.end:
            broken.add("working time")
        if item.start < problem.now or item.start < task.arrived or item.start < (task.earliest_start or task.arrived):
            broken.add("release")
        if any(name not in placed or placed[name].end > item.start for name in task.after):
            broken.add("after")
        if any(name in placed and placed[name].agent == item.agent for name in task.separate_from):
            broken.add("separate")
        if kind_of(problem, task.type).team != agent.team and shift_of(agent, item.start) is not None:
            away += duration(problem, task, agent)

    for agent in problem.agents:
        mine = sorted(
            (item for item in placed.values() if item.agent == agent.id and may_do(problem, tasks[item.task], agent)),
            key=lambda item: item.start,
        )
        busy = [t for item in mine for t in range(item.start, item.end)]
        if len(busy) != len(set(busy)):
            broken.add("overlap")
        if any(tasks[item.task].in_progress for item in mine[1:]):
            broken.add("in progress")
        for shift in agent.shifts:
            moves += live_through_shift(problem, agent, shift, mine, broken)

    office = {t for start, end in problem.office_hours for t in range(start, end)}
    terms = dict.fromkeys(("tardiness", "late", "carried_over", "missed", "preferred", "reassigned"), 0.0)
    for task in problem.tasks:
        kind = kind_of(problem, task.type)
        if task.id in placed:
            done = placed[task.id].end
            who = placed[task.id].agent
            terms["preferred"] += len(task.preferred_agents) > 0 and who not in task.preferred_agents
            terms["reassigned"] += task.published_agent is not None and who != task.published_agent
        else:
            done = next(x for x in (task.carry_over, kind.carry_over, problem.carry_over) if x is not None)
            terms["carried_over"] += task.weight
        overdue = range(max(task.due, problem.now), done)
        terms["tardiness"] += task.weight * sum(1 for t in overdue if not problem.office_hours or t in office) / 60
        terms["late"] += task.weight if task.due >= problem.now and done > task.due else 0
        terms["missed"] += task.must_by is not None and done > task.must_by
    return Judgement(broken=frozenset(broken), terms={**terms, "away": away / 60, "move": moves})


def live_through_shift(
    problem: Problem, agent: Agent, shift: Shift, mine: Sequence[Assignment], broken: set[str]
) -> int:
    """Walk through the tasks of one shift, note what is broken, and return the moves."""
    tasks = {task.id: task for task in problem.tasks}
    working = working_seconds(shift)
    is_open = shift.start <= problem.now < shift.end
    state = agent.state if is_open else None
    stood = None if state is None or state.type is None else kind_of(problem, state.type)
    free = problem.now
    before = 0 if state is None else state.moves
    moved = None if state is None else state.team_since
    made = 0
    for item in mine:
        if item.start not in working:
            continue
        kind = kind_of(problem, tasks[item.task].type)
        if stood is not None and stood.id != kind.id:
            is_move = stood.team != kind.team
            setup = problem.setup.other_team_minutes if is_move else problem.setup.same_team_minutes
            if sum(1 for t in working if free <= t < item.start) < seconds(setup):
                broken.add("setup")
            if is_move:
                made += 1
                if moved is not None and item.start < moved + seconds(agent.min_stay_minutes):
                    broken.add("stay")
                if agent.max_moves is not None and before + made > agent.max_moves:
                    broken.add("moves")
                moved = item.start
        stood, free = kind, item.end
    return made


class Dice:
    """Decisions out of bytes: many are had for one draw, and fewer or smaller bytes make a simpler case."""

    def __init__(self, raw: bytes) -> None:
        self._raw = iter(raw)

    def number(self, low: int, high: int) -> int:
        return low + (256 * next(self._raw, 0) + next(self._raw, 0)) % (high - low + 1)

    def happens(self, odds: int) -> bool:
        return self.number(1, odds) == odds

    def one_of(self, items: Sequence[_Item]) -> _Item:
        return items[self.number(0, len(items) - 1)]

    def minutes(self, low_s: int, high_s: int) -> float:
        return self.number(low_s, high_s) / 60

    def instant(self, low: int, high: int) -> str:
        return format_instant(NOW + self.number(low, high))

    def stretches(self, low: int, high: int, least: int, most: int) -> list[tuple[int, int]]:
        points = sorted({self.number(low, high) for _ in range(2 * self.number(least, most))})
        return list(zip(points[::2], points[1::2], strict=False))


def make_shift(dice: Dice, start: int, end: int) -> dict[str, Any]:
    def pair(stretch: tuple[int, int]) -> list[str]:
        return [format_instant(NOW + instant) for instant in stretch]

    first, last = pair((start, end))
    return {"start": first, "end": last, "breaks": [pair(stretch) for stretch in dice.stretches(start, end, 0, 2)]}


def make_problem(dice: Dice) -> Problem:
    """Return a problem some minutes long, in which each feature is there now and then."""
    kinds = [
        {
            "id": f"k{n}",
            "team": dice.one_of(TEAMS),
            "skill": dice.one_of(SKILLS),
            "handling_minutes": dice.minutes(1, 12),
            "min_level": dice.one_of([1, 1, 1, 2]),
            "also_requires": {"s1": 1} if dice.happens(5) else None,
            "carry_over": dice.instant(0, 400) if dice.happens(4) else None,
        }
        for n in range(dice.number(2, 4))
    ]
    kind_ids = [str(kind["id"]) for kind in kinds]
    agents = [
        {
            "id": f"a{n}",
            "team": dice.one_of(TEAMS),
            "swing_teams": dice.one_of([TEAMS, TEAMS, TEAMS, ()]),
            "skills": {
                skill: {"level": dice.one_of([3, 3, 2, 1]), "speed": dice.one_of([1, 0.74, 1.28])}
                for skill in dice.one_of([SKILLS, SKILLS, SKILLS, SKILLS, SKILLS[:1], SKILLS[1:]])
            },
            "shifts": [make_shift(dice, start, end) for start, end in dice.stretches(-60, HORIZON, 1, 2)],
            "max_moves": dice.number(0, 2) if dice.happens(3) else None,
            "min_stay_minutes": dice.minutes(10, 60) if dice.happens(2) else 0,
            "state": {
                "type": dice.one_of(kind_ids) if dice.happens(2) else None,
                "moves": dice.number(0, 1),
                "team_since": dice.instant(-30, 0) if dice.happens(2) else None,
            }
            if dice.happens(2)
            else None,
        }
        for n in range(dice.number(1, 3))
    ]
    agent_ids = [str(agent["id"]) for agent in agents]
    tasks = [
        {
            "id": f"i{n}",
            "type": dice.one_of(kind_ids),
            "arrived": dice.instant(-20, 40) if dice.happens(3) else dice.instant(-20, 0),
            "due": dice.instant(-30, HORIZON),
            "weight": dice.one_of([1, 2.5, 0]),
            "handling_minutes": dice.minutes(1, 20) if dice.happens(4) else None,
            "min_level": dice.number(1, 3) if dice.happens(5) else None,
            "also_requires": {"s0": 1} if dice.happens(6) else None,
            "carry_over": dice.instant(0, 400) if dice.happens(4) else None,
            "must_by": dice.instant(-10, HORIZON) if dice.happens(4) else None,
            "earliest_start": dice.instant(-10, 60) if dice.happens(4) else None,
            "preferred_agents": [dice.one_of(agent_ids)] if dice.happens(3) else None,
            "pinned_agent": dice.one_of(agent_ids) if dice.happens(6) else None,
            "excluded_agents": [dice.one_of(agent_ids)] if dice.happens(8) else None,
            "separate_from": [f"i{dice.number(0, n - 1)}"] if n and dice.happens(3) else None,
            "after": [f"i{dice.number(0, n - 1)}"] if n and dice.happens(4) else None,
            "published_agent": dice.one_of(agent_ids) if dice.happens(2) else None,
        }
        for n in range(dice.number(2, 8))
    ]
    if dice.happens(2):
        dice.one_of(tasks).update({"in_progress": True, "pinned_agent": dice.one_of(agent_ids)})
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": format_instant(NOW),
            "carry_over": dice.instant(0, 400),
            "teams": [{"id": team} for team in TEAMS],
            "task_types": kinds,
            "agents": agents,
            "tasks": tasks,
            "office_hours": [
                [format_instant(NOW + start), format_instant(NOW + end)]
                for start, end in dice.stretches(-40, 400, 0, 3)
            ],
            "setup": {"same_team_minutes": dice.minutes(0, 4), "other_team_minutes": dice.minutes(0, 8)},
            "objective": {"move": 3.5, "late": 0, "missed": 7} if dice.happens(2) else None,
        }
    )


def make_plan(dice: Dice, problem: Problem) -> tuple[list[Assignment], list[Unscheduled]]:
    """Grow a plan: each task to one of its agents, a few seconds after what comes before, and now and then amiss."""
    agents = {agent.id: agent for agent in problem.agents}
    cursor = dict.fromkeys(agents, NOW)
    assignments: list[Assignment] = []
    left: list[Unscheduled] = []
    ends: dict[str, int] = {}
    for task in problem.tasks:
        eligible = [name for name, agent in agents.items() if may_do(problem, task, agent)]
        amiss = dice.number(0, 40)
        if not eligible or any(name not in ends for name in task.after) or dice.happens(6):
            reason = UnscheduledReason.NOT_WORTH_IT if eligible else UnscheduledReason.NO_ELIGIBLE_AGENT
            if any(name not in ends for name in task.after):
                reason = UnscheduledReason.PREDECESSOR_UNSCHEDULED
            left.append(Unscheduled(task=task.id, reason=dice.one_of([reason] * 40 + list(UnscheduledReason))))
            continue
        name = dice.one_of(list(agents)) if amiss == 1 else dice.one_of(eligible)
        agent = agents[name]
        release = max(NOW, task.arrived, task.earliest_start or NOW, *(ends[other] for other in task.after))
        start = max(cursor[name], release) + dice.one_of([0, 2, 4, 5, 8, 13, 21, 34])
        start = {2: release - 1, 3: cursor[name] - 1}.get(amiss, start)
        if shift_of(agent, start) is None and amiss != 4:
            start = next((t for t in range(start, NOW + HORIZON) if shift_of(agent, t) is not None), start)
        skill = kind_of(problem, task.type).skill
        end = live_through(agent, start, duration(problem, task, agent)) if skill in agent.skills else start + 5
        if end is None:
            if amiss != 5:
                left.append(Unscheduled(task=task.id, reason=UnscheduledReason.NO_CAPACITY))
                continue
            end = start + 7
        end += {6: 1, 7: -1}.get(amiss, 0)
        assignments.append(Assignment(task=task.id, agent=name, start=start, end=end))
        ends[task.id] = cursor[name] = end
    if assignments and dice.happens(40):
        assignments.append(assignments[0])
    return assignments[::-1], left


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.binary(min_size=700, max_size=700))
def test_the_referee_finds_what_a_judge_finds_who_lives_through_each_second(raw: bytes) -> None:
    dice = Dice(raw)
    problem = make_problem(dice)
    assignments, left = make_plan(dice, problem)
    truth = judge(problem, assignments, left)
    note(json.dumps(problem_document(problem)))
    for rule in truth.broken or {"nothing"}:
        event(f"broken: {rule}")
    total = sum(getattr(problem.objective, name) * value for name, value in truth.terms.items())
    plan = Plan(
        assignments=tuple(assignments), unscheduled=tuple(left), objective=Objective(**truth.terms, total=total)
    )

    verdict = check(problem, plan)
    assert verdict.feasible == (not truth.broken), (truth.broken, verdict.violations)
    assert {name: getattr(verdict.objective, name) for name in truth.terms} == pytest.approx(truth.terms, abs=1e-9)
    assert verdict.objective.total == pytest.approx(total, abs=1e-9)
    assert parse_plan(plan_document(plan)) == plan
    assert parse_problem(problem_document(problem)) == problem
