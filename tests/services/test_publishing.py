"""Publishing fills in whom tasks were shown to, for sound plans only."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import PlanRejectedError
from models.formats.plan import Plan, read_plan
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem, problem_document, read_problem
from optimizer.referee import check
from services.publishing import publish_plan

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


@pytest.fixture
def plan() -> Plan:
    return read_plan(DATA / "plan.json")


def test_every_task_of_the_plan_says_its_agent(problem: Problem, plan: Plan) -> None:
    done = publish_plan(problem, plan)
    agents = {item.task: item.agent for item in plan.assignments}
    for before, after in zip(problem.tasks, done.problem.tasks, strict=True):
        assert after.published_agent == agents.get(after.id, before.published_agent)
        assert replace(after, published_agent=before.published_agent) == before
    assert done.num_shown == len(agents)
    assert replace(done.problem, tasks=problem.tasks) == problem
    assert parse_problem(problem_document(done.problem)) == done.problem


def test_the_plan_that_was_shown_reassigns_nothing(problem: Problem, plan: Plan) -> None:
    assert check(publish_plan(problem, plan).problem, plan).objective.reassigned == 0


def test_publishing_again_changes_nothing(problem: Problem, plan: Plan) -> None:
    once = publish_plan(problem, plan).problem
    again = publish_plan(once, plan)
    assert again.problem == once
    assert again.num_changed == 0


def test_only_what_starts_before_the_limit_is_shown(problem: Problem, plan: Plan) -> None:
    shown_before = tuple(replace(task, published_agent="eva" if task.id == "T5" else None) for task in problem.tasks)
    asked = replace(problem, tasks=shown_before)
    until = problem.now + 45 * 60
    done = publish_plan(asked, plan, until=until)
    early = {item.task: item.agent for item in plan.assignments if item.start < until}
    assert set(early) == {"T1", "T2", "T3"}
    shown = {task.id: task.published_agent for task in done.problem.tasks if task.published_agent is not None}
    assert shown == {**early, "T5": "eva"}
    assert publish_plan(asked, plan, until=problem.now).problem == asked


def test_a_plan_that_does_not_hold_is_not_shown(problem: Problem, plan: Plan) -> None:
    early = replace(plan.assignments[0], start=plan.assignments[0].start - 3600)
    with pytest.raises(PlanRejectedError, match=early.task):
        publish_plan(problem, replace(plan, assignments=(early, *plan.assignments[1:])))
