"""Fixes for tasks that a plan leaves: each kind on a day made for it."""

from dataclasses import replace
from typing import Any

import pytest

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.time import parse_instant
from optimizer.draft import Draft
from services.assemble import assemble_instance, assemble_solution
from services.fixes import Fix, FixKind, find_fixes
from services.planning import solve_problem

DAY = "2026-03-02T"
LEFT = 1530.0
"""What leaving T costs: 24 hours late, once 60 for being late and 30 for being left."""


def at(clock: str, day: str = DAY) -> str:
    return f"{day}{clock}:00+00:00"


def agent(name: str, *, team: str = "claims", level: int | None = 2, **keys: Any) -> dict[str, Any]:
    skills = {} if level is None else {"claim": {"level": level}}
    return {
        "id": name,
        "team": team,
        "skills": skills,
        "shifts": [{"start": at("08:00"), "end": at("10:00")}],
        **keys,
    }


def task(name: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": at("07:00"), "due": at("12:00"), **keys}


def make_problem(agents: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> Problem:
    """Return a day on which nobody but the agents given has any room."""
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": at("08:00"),
            "carry_over": at("12:00", "2026-03-03T"),
            "teams": [{"id": "claims"}, {"id": "billing"}],
            "task_types": [
                {"id": "claim", "team": "claims", "skill": "claim", "min_level": 2, "handling_minutes": 60},
                {"id": "invoice", "team": "billing", "skill": "bill", "handling_minutes": 60},
            ],
            "agents": agents,
            "tasks": tasks,
        }
    )


def fixes_of(problem: Problem, name: str = "T") -> tuple[Plan, tuple[Fix, ...]]:
    plan = solve_problem(problem, iterations=300, time_limit_s=None)
    instance = assemble_instance(problem)
    start = assemble_solution(problem, instance, plan)
    draft = Draft(instance, start.task_agent, start.task_start, start.task_end)
    assert name in {item.task for item in plan.unscheduled}
    return plan, find_fixes(problem, plan, draft, [item.id for item in problem.tasks].index(name))


FULL = task("W", pinned_agent="ana", in_progress=True, handling_minutes=90)
"""Ana has this open until half past nine."""


def the_fix(problem: Problem, kind: FixKind) -> Fix:
    return next(fix for fix in fixes_of(problem)[1] if fix.kind is kind)


def test_overtime_is_just_as_long_as_it_takes() -> None:
    fix = the_fix(make_problem([agent("ana")], [FULL, task("T")]), FixKind.OVERTIME)
    assert (fix.agent, fix.overtime_minutes, fix.until) == ("ana", 30, parse_instant(at("10:30")))
    assert (fix.start, fix.end) == (parse_instant(at("09:30")), parse_instant(at("10:30")))
    assert fix.saving == pytest.approx(LEFT)


def test_overtime_does_not_run_into_the_next_shift() -> None:
    shifts = [{"start": at("08:00"), "end": at("10:00")}, {"start": at("10:20"), "end": at("10:50")}]
    _, fixes = fixes_of(make_problem([agent("ana", shifts=shifts)], [FULL, task("T", handling_minutes=55)]))
    found = [fix for fix in fixes if fix.kind is FixKind.OVERTIME]
    assert [(fix.until, fix.start) for fix in found] == [(parse_instant(at("11:15")), parse_instant(at("10:20")))]


def test_lending_costs_what_is_done_away() -> None:
    problem = make_problem([agent("ana"), agent("bob", team="billing")], [FULL, task("T")])
    fix = the_fix(problem, FixKind.LENDING)
    assert (fix.agent, fix.start) == ("bob", problem.now)
    assert fix.saving == pytest.approx(LEFT - 0.05 * 60)
    assert fix.remake()[0].agents[1].swing_teams == ("claims",)


def test_who_lacks_the_level_may_do_it_if_it_is_waived_or_trained() -> None:
    problem = make_problem([agent("ana"), agent("dan", level=1)], [FULL, task("T")])
    waived, trained = (the_fix(problem, kind) for kind in (FixKind.SKILL_WAIVED, FixKind.TRAINING))
    assert (waived.agent, waived.skill, waived.level, waived.held_level) == ("dan", "claim", 1, 1)
    assert (trained.agent, trained.skill, trained.level, trained.held_level) == ("dan", "claim", 2, 1)
    assert fixes_of(problem)[1][-1] == trained


def test_who_has_no_such_skill_can_only_be_trained() -> None:
    problem = make_problem([agent("ana"), agent("cia", level=None)], [FULL, task("T")])
    kinds = {fix.kind: fix for fix in fixes_of(problem)[1]}
    assert FixKind.SKILL_WAIVED not in kinds
    assert (kinds[FixKind.TRAINING].agent, kinds[FixKind.TRAINING].held_level) == ("cia", 0)


def test_a_language_that_the_task_wants_can_be_waived_one_that_its_type_wants_cannot() -> None:
    agents = [agent("ana"), agent("bob")]
    problem = make_problem(agents, [FULL, task("T", also_requires={"spanish": 1})])
    fix = the_fix(problem, FixKind.SKILL_WAIVED)
    assert (fix.agent, fix.skill, fix.level) == ("bob", "spanish", 0)
    assert fix.remake()[0].tasks[1].also_requires == {}
    kinds = tuple(replace(kind, also_requires={"spanish": 1}) for kind in problem.task_types)
    asked = replace(problem, task_types=kinds, tasks=(problem.tasks[0], replace(problem.tasks[1], also_requires={})))
    assert FixKind.SKILL_WAIVED not in {fix.kind for fix in fixes_of(asked)[1]}


def test_a_pin_is_lifted() -> None:
    problem = make_problem([agent("ana"), agent("eve")], [FULL, task("T", pinned_agent="ana")])
    fix = the_fix(problem, FixKind.PIN_LIFTED)
    assert fix.agent == "eve"
    assert fix.saving == pytest.approx(LEFT)
    assert fix.remake()[0].tasks[1].pinned_agent is None


def test_one_more_move_is_as_many_as_it_takes() -> None:
    fay = agent("fay", team="billing", swing_teams=["claims"], max_moves=0, state={"type": "invoice"})
    problem = make_problem([agent("ana"), fay], [FULL, task("T")])
    fix = the_fix(problem, FixKind.MOVE)
    assert (fix.agent, fix.moves) == ("fay", 1)
    assert fix.saving == pytest.approx(LEFT - 3 - 5)


def test_another_due_is_told_for_today_and_for_the_next_plan() -> None:
    problem = make_problem([agent("ana")], [FULL, task("T")])
    fix = the_fix(problem, FixKind.DUE_MOVED)
    assert (fix.agent, fix.due) == (None, problem.carry_over)
    assert fix.saving == pytest.approx(LEFT - 30)


def test_a_fix_lets_in_what_waits_for_the_task() -> None:
    tasks = [FULL, task("T", handling_minutes=20, min_level=3), task("U", handling_minutes=10, after=["T"])]
    problem = make_problem([agent("ana")], tasks)
    fixes = fixes_of(problem, "U")[1]
    trained = next(fix for fix in fixes if fix.kind is FixKind.TRAINING)
    assert (trained.task, trained.also_done) == ("T", ("U",))
    assert trained.saving == pytest.approx(2 * LEFT)


def test_nobody_excluded_is_named() -> None:
    problem = make_problem([agent("ana"), agent("bob")], [FULL, task("T", excluded_agents=["ana", "bob"])])
    assert {fix.kind for fix in fixes_of(problem)[1]} == {FixKind.DUE_MOVED}


def test_whom_a_task_names_is_not_free_because_the_fix_is_not_about_them() -> None:
    """T2 waits for T and would rather go to bob, whose day is full: what lets T in does not give him T2."""
    people = [agent("ana"), agent("bob", shifts=[{"start": at("08:00"), "end": at("14:00")}])]
    full = task("B", pinned_agent="bob", in_progress=True, handling_minutes=360)
    problem = make_problem(people, [FULL, full, task("T"), task("T2", after=["T"], preferred_agents=["bob"])])
    plan, fixes = fixes_of(problem, "T2")
    assert fixes
    for fix in fixes:
        changed, mended = fix.remake()
        assert fix.total == pytest.approx(mended.objective.total)
        assert fix.saving == pytest.approx(plan.objective.total - mended.objective.total)
        assert [item.task for item in mended.assignments if item.agent == "bob"] == ["B"]
        assert len(changed.tasks) == len(problem.tasks)
