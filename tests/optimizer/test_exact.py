"""Small problems solved to proven optimality: at the edges, in whole parts of a cost, and by the referee."""

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.vocabulary import UnscheduledReason
from optimizer.bounds import bound
from optimizer.exact import solve_exactly
from optimizer.exact.shifts import ShiftWork, list_shifts
from optimizer.exact.whole_costs import count_costs
from optimizer.referee import check
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_plan


def at(minute: float) -> str:
    """Write a minute after 08:00."""
    total = round(minute * 60) + 8 * 3600
    return f"2026-03-02T{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}Z"


def office(num_tasks: int, **changes: Any) -> dict[str, Any]:
    """Write a problem of two agents, one of whom serves both teams, with most features somewhere in it."""
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": at(0),
        "carry_over": at(600),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [
            {"id": f"k{k}", "team": "xxy"[k], "skill": f"k{k}", "handling_minutes": 7 + 2 * k} for k in range(3)
        ],
        "agents": [
            {
                "id": "ana",
                "team": "x",
                "swing_teams": ["y"],
                "skills": {f"k{k}": {"level": 2, "speed": 1.1} for k in range(3)},
                "shifts": [{"start": at(-60), "end": at(60), "breaks": [[at(20), at(30)]]}],
                "max_moves": 2,
                "min_stay_minutes": 15,
                "state": {"type": "k2", "moves": 0, "team_since": at(-10)},
            },
            {
                "id": "ben",
                "team": "y",
                "skills": {"k2": {"level": 1}},
                "shifts": [{"start": at(5), "end": at(30)}, {"start": at(45), "end": at(70)}],
            },
        ],
        "tasks": [
            {"id": f"t{i}", "type": f"k{i % 3}", "arrived": at(-5), "due": at(9 * i), "weight": 1 + i % 3}
            for i in range(num_tasks)
        ],
        "setup": {"same_team_minutes": 1, "other_team_minutes": 3},
        "office_hours": [[at(-60), at(25)], [at(28), at(55)]],
    }
    for i, more in enumerate(
        [
            {"after": ["t2"]},
            {"separate_from": ["t5"]},
            {"preferred_agents": ["ben"]},
            {"must_by": at(15), "earliest_start": at(3)},
            {"published_agent": "ben"},
            {"pinned_agent": "ben", "in_progress": True},
        ]
    ):
        if i < num_tasks and max(i, 5 if i == 1 else 2 if i == 0 else 0) < num_tasks:
            document["tasks"][i] |= more
    return document | changes


def judge(problem: Problem, solution: Solution) -> float:
    """Return the referee's total of a solution that must be feasible."""
    instance = assemble_instance(problem)
    left = [
        Unscheduled(task=task.id, reason=UnscheduledReason.NOT_WORTH_IT)
        for task, agent in zip(problem.tasks, solution.task_agent.tolist(), strict=True)
        if agent < 0
    ]
    verdict = check(problem, assemble_plan(problem, instance, solution, unscheduled=left))
    about_plan = [item for item in verdict.violations if "reason" not in str(item)]
    assert not about_plan
    return verdict.objective.total


@pytest.mark.parametrize("num_tasks", [1, 4, 9])
def test_the_answer_is_feasible_and_proven(num_tasks: int) -> None:
    problem = parse_problem(office(num_tasks))
    instance = assemble_instance(problem)
    found = solve_exactly(instance, time_limit_s=30, threads=2)
    assert found.lower_bound == found.total
    assert judge(problem, found) == pytest.approx(found.total, rel=1e-12)
    assert bound(instance, iterations=80).value <= found.total * (1 + 1e-12)


def test_more_tasks_than_a_tiny_day_use_the_bound_too() -> None:
    problem = parse_problem(office(13))
    found = solve_exactly(assemble_instance(problem), time_limit_s=60, threads=2)
    assert found.lower_bound == found.total
    assert judge(problem, found) == pytest.approx(found.total, rel=1e-12)


@pytest.mark.parametrize("changes", [{"tasks": []}, {"agents": [], "tasks": []}])
def test_nothing_to_plan_costs_nothing(changes: dict[str, Any]) -> None:
    found = solve_exactly(assemble_instance(parse_problem(office(0, **changes))), time_limit_s=5)
    assert (found.total, found.lower_bound) == (0, 0)


def test_what_nobody_can_do_is_left_and_that_is_proven() -> None:
    document = office(0)
    document["tasks"] = [{"id": "t", "type": "k1", "arrived": at(0), "due": at(0), "excluded_agents": ["ana"]}]
    found = solve_exactly(assemble_instance(parse_problem(document)), time_limit_s=5)
    assert found.task_agent.tolist() == [-1]
    assert found.lower_bound == found.total > 0


def test_without_time_the_start_comes_back() -> None:
    instance = assemble_instance(parse_problem(office(9)))
    best = solve_exactly(instance, time_limit_s=30)
    again = solve_exactly(instance, time_limit_s=0.0, start=best)
    assert again.total == best.total
    assert again.lower_bound <= again.total


def test_weights_that_no_fraction_tells_are_rounded_to_the_safe_side() -> None:
    document = office(6)
    for i, task in enumerate(document["tasks"]):
        task["weight"] = (i + 1) / 7 + 1e-13
    problem = parse_problem(document)
    instance = assemble_instance(problem)
    costs = count_costs(instance, 36_000)
    assert costs.error > 0
    found = solve_exactly(instance, time_limit_s=30)
    assert found.lower_bound <= found.total
    assert found.lower_bound == pytest.approx(found.total, rel=1e-3)
    document["objective"] = {"tardiness": 1.0}
    for task in document["tasks"]:
        task["weight"] = 0.25
    exact = count_costs(assemble_instance(parse_problem(document)), 36_000)
    assert exact.error == 0
    assert Fraction(exact.rate[0], exact.parts) == Fraction(1, 240)


def test_positions_and_instants_of_a_shift() -> None:
    shift = ShiftWork(agent=0, order=0, is_open=True, intervals=((100, 110), (120, 125), (125, 130)))
    assert shift.seconds == 20
    assert [shift.worked_before(t) for t in (0, 105, 110, 115, 121, 999)] == [0, 5, 10, 10, 11, 20]
    assert [shift.start_at(p) for p in (0, 9, 10, 14, 15)] == [100, 109, 120, 124, 125]
    assert [shift.end_at(p) for p in (1, 10, 11, 15, 20)] == [101, 110, 121, 125, 130]


def test_shifts_are_cut_at_now() -> None:
    instance = assemble_instance(parse_problem(office(1)))
    assert [shift.intervals for shift in list_shifts(instance)] == [
        ((0, 1200), (1800, 3600)),
        ((300, 1800),),
        ((2700, 4200),),
    ]


def test_importing_it_does_not_import_or_tools() -> None:
    program = "import sys, optimizer.exact; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
