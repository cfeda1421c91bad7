"""The plan's public form: what may be left out, and that it comes back as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.plan import (
    Assignment,
    Objective,
    Plan,
    Unscheduled,
    parse_plan,
    plan_document,
    read_plan,
    write_plan,
)
from models.vocabulary import PlanStatus, UnscheduledReason

DATA = Path(__file__).parents[1] / "data"
PLAN: dict[str, Any] = json.loads((DATA / "plan.json").read_text(encoding="utf-8"))

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
INSTANTS = st.integers(0, 2_000_000_000)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TERMS = ("tardiness", "late", "carried_over", "missed", "away", "move", "preferred", "reassigned")
PLANS = st.builds(
    Plan,
    assignments=st.lists(st.builds(Assignment, task=IDS, agent=IDS, start=INSTANTS, end=INSTANTS), max_size=3).map(
        tuple
    ),
    unscheduled=st.lists(
        st.builds(Unscheduled, task=IDS, reason=st.sampled_from(UnscheduledReason), detail=st.just("") | IDS),
        max_size=3,
    ).map(tuple),
    objective=st.builds(Objective, total=NUMBERS, **dict.fromkeys(TERMS, st.none() | NUMBERS)),
    lower_bound=st.none() | NUMBERS,
    status=st.none() | st.sampled_from(PlanStatus),
    solve_seconds=st.none() | st.floats(0, 1e6),
    seed=st.none() | st.integers(),
    sunk=st.none() | NUMBERS,
    extra=st.dictionaries(IDS, st.none() | NUMBERS | st.lists(IDS, max_size=2), max_size=2),
)


def test_only_the_two_lists_and_the_total_are_required() -> None:
    least = {"format": "swingdesk/plan", "version": 1, "assignments": [], "unscheduled": [], "objective": {"total": 0}}
    plan = parse_plan(least)
    assert plan_document(plan) == least
    assert (plan.lower_bound, plan.status, plan.sunk, plan.seed, plan.solve_seconds, plan.extra) == (*[None] * 5, {})
    nulls = dict.fromkeys(("lower_bound", "status", "sunk", "seed", "solve_seconds", "extra"))
    assert parse_plan({**least, **nulls, "objective": {"total": 0, **dict.fromkeys(TERMS)}}) == plan


def test_a_term_of_zero_is_reported_and_one_that_is_absent_is_not() -> None:
    plan = parse_plan({**PLAN, "objective": {"total": 1, "late": 0}})
    assert plan.objective.late == 0
    assert plan.objective.missed is None
    assert plan_document(plan)["objective"] == {"late": 0.0, "total": 1.0}


def test_nulls_under_extra_are_data() -> None:
    assert parse_plan({**PLAN, "extra": {"a": None}}).extra == {"a": None}


@pytest.mark.parametrize("name", ["plan.json", "plan.json.gz"])
def test_a_plan_comes_back_from_its_file(tmp_path: Path, name: str) -> None:
    plan = parse_plan(PLAN)
    write_plan(tmp_path / name, plan)
    assert read_plan(tmp_path / name) == plan


@settings(max_examples=100, deadline=None, derandomize=True)
@given(PLANS)
def test_any_plan_comes_back_from_its_public_form(plan: Plan) -> None:
    text = json.dumps(plan_document(plan), ensure_ascii=False, allow_nan=False)
    assert parse_plan(json.loads(text)) == plan
