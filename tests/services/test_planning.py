"""The way from a problem to a judged plan, and what the judge does to a plan that does not hold."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import PlanRejectedError
from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from models.vocabulary import PlanStatus, Rule, UnscheduledReason
from optimizer.explain import explain
from optimizer.referee import check
from services.assemble import assemble_instance, assemble_solution
from services.planning import EXPECTED_DATA, dispatch_problem, judge, solve_problem

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


def test_a_plan_holds_and_says_what_it_is_made_on(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=2_000, time_limit_s=None, seed=5)
    verdict = check(problem, plan)
    assert verdict.violations == ()
    assert plan.objective == verdict.objective
    assert plan.seed == 5
    assert plan.extra["note"] == EXPECTED_DATA
    assert plan.lower_bound is not None
    assert 0 < plan.lower_bound <= plan.objective.total


def test_every_task_is_planned_or_left_with_its_reason_in_words(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=2_000, time_limit_s=None)
    planned, left = {item.task for item in plan.assignments}, {item.task: item for item in plan.unscheduled}
    assert planned | set(left) == {task.id for task in problem.tasks}
    assert not planned & set(left)
    assert left["T8"].reason is UnscheduledReason.NO_ELIGIBLE_AGENT
    assert "claims at level 5" in left["T8"].detail
    assert left["T9"].reason is UnscheduledReason.PREDECESSOR_UNSCHEDULED
    assert "T8" in left["T9"].detail


def test_a_small_problem_ends_proven_optimal(problem: Problem) -> None:
    plan = solve_problem(problem, time_limit_s=10)
    assert plan.status is PlanStatus.OPTIMAL


def test_what_is_left_would_never_pay() -> None:
    problem = read_problem(DATA / "problem.json")
    for seed in range(5):
        plan = solve_problem(problem, iterations=50 * seed, seed=seed)
        instance = assemble_instance(problem)
        found = assemble_solution(problem, instance, plan)
        for told in explain(instance, found.task_agent, found.task_start, found.task_end).values():
            assert told.extra_cost is None or told.extra_cost >= -1e-6


def test_a_time_limit_ends_a_search_that_counts_too(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=10**12, time_limit_s=0.2)
    assert check(problem, plan).feasible


def test_a_search_that_counts_can_still_be_cancelled(problem: Problem) -> None:
    cancel = threading.Event()
    cancel.set()
    assert check(problem, solve_problem(problem, iterations=10**12, time_limit_s=3600, cancel=cancel)).feasible


def test_the_same_seed_and_iterations_give_the_same_plan_whatever_the_threads(problem: Problem) -> None:
    one, two = (solve_problem(problem, iterations=5_000, time_limit_s=None, threads=n, seed=7) for n in (1, 2))
    assert one.assignments == two.assignments
    assert one.objective == two.objective
    assert one.lower_bound == two.lower_bound


@pytest.mark.parametrize("rule", list(Rule))
def test_no_rule_alone_does_better(problem: Problem, rule: Rule) -> None:
    ruled = dispatch_problem(problem, rule)
    assert ruled.extra["rule"] == rule.value
    assert solve_problem(problem, iterations=1_000, time_limit_s=None).objective.total <= ruled.objective.total


def test_a_start_is_never_fallen_behind_though_the_day_changed(problem: Problem) -> None:
    before = solve_problem(problem, iterations=5_000, time_limit_s=None)
    assert (
        solve_problem(problem, iterations=1, time_limit_s=None, start=before).objective.total <= before.objective.total
    )
    fewer = Problem(**{**vars(problem), "tasks": [task for task in problem.tasks if task.id not in {"T2", "T3", "T4"}]})
    assert check(fewer, solve_problem(fewer, iterations=100, time_limit_s=None, start=before)).feasible


def test_an_empty_day_is_a_plan(problem: Problem) -> None:
    empty = Problem(**{**vars(problem), "tasks": []})
    plan = solve_problem(empty, time_limit_s=1)
    assert (plan.assignments, plan.unscheduled, plan.objective.total) == ((), (), 0)
    nobody = Problem(
        **{**vars(problem), "agents": [], "tasks": [vars(t) | {"pinned_agent": None} for t in problem.tasks[6:8]]}
    )
    assert {item.reason for item in solve_problem(nobody, time_limit_s=1).unscheduled} == {
        UnscheduledReason.NO_ELIGIBLE_AGENT
    }


def test_a_plan_that_does_not_hold_is_refused(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=1_000, time_limit_s=None)
    early = replace(plan.assignments[0], start=plan.assignments[0].start - 3600)
    with pytest.raises(PlanRejectedError, match=early.task):
        judge(problem, replace(plan, assignments=(early, *plan.assignments[1:])))
