"""The spread of a plan: without chance it is the plan itself, with chance a range around what was expected."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from reports.plan_notes import plan_notes
from services.planning import solve_problem
from services.spreading import KEY, simulate_spread, with_spread
from simulations.replay import draw_factors

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return solve_problem(problem, iterations=2_000, time_limit_s=None)


def test_without_chance_a_day_goes_as_planned(problem: Problem, plan: Plan) -> None:
    spread = simulate_spread(problem, plan, days=2, cv=0.0)
    assert spread.tardy_minutes.mean == pytest.approx(plan.objective.tardiness, rel=1e-9)
    assert spread.overtime_minutes.high == 0
    assert spread.not_begun.high == 0


def test_with_chance_there_is_a_range_and_the_same_seed_gives_the_same(problem: Problem, plan: Plan) -> None:
    spread = simulate_spread(problem, plan, days=200, cv=0.8, seed=3)
    assert spread == simulate_spread(problem, plan, days=200, cv=0.8, seed=3)
    assert spread != simulate_spread(problem, plan, days=200, cv=0.8, seed=4)
    assert spread.tardy_minutes.low < spread.tardy_minutes.mean < spread.tardy_minutes.high
    assert spread.overtime_minutes.mean > 0


def test_a_known_spread_of_a_type_goes_before_the_general_one(problem: Problem, plan: Plan) -> None:
    known = dict.fromkeys((kind.id for kind in problem.task_types), 0.0)
    assert simulate_spread(problem, plan, cv=0.8, cv_by_type=known) == replace(
        simulate_spread(problem, plan, cv=0.0), cv=0.8
    )


def test_what_shows_a_plan_shows_its_spread(problem: Problem, plan: Plan) -> None:
    told = with_spread(problem, plan, days=50, cv=0.4)
    assert told.extra[KEY]["days"] == 50
    notes = plan_notes(told, plannable_share=1)
    assert any("50 days, coefficient of variation 0.4" in note for note in notes)
    assert len(notes) == len(plan_notes(plan, plannable_share=1)) + 1
    strange = replace(plan, extra={**plan.extra, KEY: {"tardy_minutes": "many"}})
    assert plan_notes(strange, plannable_share=1) == plan_notes(plan, plannable_share=1)


@given(cv=st.floats(0.05, 1.0), seed=st.integers(0, 2**31))
def test_factors_have_a_mean_of_one_and_the_spread_asked_for(cv: float, seed: int) -> None:
    factors = draw_factors(4, 5_000, cv=np.full(4, cv), seed=seed)
    assert factors.min() > 0
    assert factors.mean() == pytest.approx(1.0, abs=6 * cv / np.sqrt(factors.size))
    assert np.log(factors).std() == pytest.approx(np.sqrt(np.log1p(cv * cv)), rel=0.05)
