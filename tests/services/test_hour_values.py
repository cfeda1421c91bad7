"""What an hour is worth: from the prices of the bound into the plan, and from there onto the swing board."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.standard_problems import draw_problem
from models.formats.plan import Plan, parse_plan, plan_document
from models.formats.problem import Problem
from models.vocabulary import Rule
from optimizer.bounds import bound
from optimizer.prices import value_agent_time, value_type_time
from services.assemble import assemble_instance
from services.hour_values import KEY, list_hour_values, read_hour_values
from services.planning import dispatch_problem, solve_problem
from services.swing_board import draw_board

HOUR = 3600


@pytest.fixture(scope="module")
def problem() -> Problem:
    """A day on which there is too much to do, so that hours are dear."""
    return draw_problem(num_tasks=120, num_agents=8, seed=11)


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    prices = bound(assemble_instance(problem), iterations=20).prices
    made = dispatch_problem(problem, Rule.ATC)
    return replace(made, extra={**made.extra, KEY: list_hour_values(problem, prices)})


def test_an_hour_is_worth_what_its_minutes_are_priced_at(problem: Problem) -> None:
    prices = bound(assemble_instance(problem), iterations=20).prices
    told = list_hour_values(problem, prices)
    assert told["begins"][0] == "2026-03-02T08:00:00+00:00"
    assert told["task_types"]
    for position, kind in enumerate(problem.task_types):
        values = told["task_types"].get(kind.id, [0.0] * len(told["begins"]))
        for hour, worth in enumerate(values):
            assert worth == pytest.approx(value_type_time(prices, position, hour * HOUR, (hour + 1) * HOUR), abs=0.006)
    for position, agent in enumerate(problem.agents):
        values = told["agents"].get(agent.id, [0.0] * len(told["begins"]))
        for hour, worth in enumerate(values):
            assert worth == pytest.approx(value_agent_time(prices, position, hour * HOUR, (hour + 1) * HOUR), abs=0.006)


def test_where_nothing_is_priced_nothing_is_listed(problem: Problem) -> None:
    prices = bound(assemble_instance(problem), iterations=1).prices
    free = replace(prices, agent_value=np.zeros_like(prices.agent_value), type_value=np.zeros_like(prices.type_value))
    assert list_hour_values(problem, free) == {"begins": [], "task_types": {}, "agents": {}}


def test_the_plan_carries_them_and_the_board_tells_the_dearest(problem: Problem, plan: Plan) -> None:
    again = parse_plan(plan_document(plan))
    values = read_hour_values(again)
    assert values is not None
    assert values.begins[0] == problem.now
    team_of = {kind.id: kind.team for kind in problem.task_types}
    for team in draw_board(problem, again).teams:
        priced = [max(row) for kind, row in values.task_types.items() if team_of[kind] == team.team]
        assert team.dearest_value == max(priced, default=None)
        assert (team.dearest_value is not None) == ("Priced highest: an hour for" in team.sentence)


def test_a_plan_that_is_searched_for_says_what_hours_are_worth(problem: Problem) -> None:
    values = read_hour_values(solve_problem(problem, time_limit_s=3))
    assert values is not None
    assert values.begins[0] == problem.now


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        3,
        {"begins": []},
        {"begins": ["2026-03-02T08:00:00+00:00"], "task_types": {"k": [-1.0]}, "agents": {}},
        {"begins": ["2026-03-02T08:00:00+00:00"], "task_types": {"k": [1.0, 2.0]}, "agents": {}},
        {"begins": [17], "task_types": {}, "agents": {}},
    ],
)
def test_what_another_planner_means_by_the_key_is_not_read(problem: Problem, plan: Plan, rubbish: object) -> None:
    other = replace(plan, extra={**plan.extra, KEY: rubbish})
    assert read_hour_values(other) is None
    assert all(team.dearest_value is None for team in draw_board(problem, other).teams)
