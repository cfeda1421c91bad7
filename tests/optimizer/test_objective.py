"""The objective by hand, and its kernels second by second. (Whole plans are scored against the referee elsewhere.)"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from optimizer.instance import Instance
from optimizer.objective import (
    charge_agent,
    charge_completion,
    charge_leaving,
    count_tardy,
    get_charges,
    pass_office,
    score,
)
from services.assemble import assemble_instance

Draw = Callable[[int, int, int], Problem]


@pytest.fixture(scope="module")
def instance() -> Instance:
    """One agent of team x who may be lent to y; three tasks, of x, of y, and one that is overdue."""
    return assemble_instance(
        parse_problem(
            {
                "format": "swingdesk/problem",
                "version": 1,
                "now": "2026-03-02T08:00:00+00:00",
                "carry_over": "2026-03-03T08:00:00+00:00",
                "office_hours": [
                    ["2026-03-02T08:00:00+00:00", "2026-03-02T09:00:00+00:00"],
                    ["2026-03-03T07:00:00+00:00", "2026-03-03T09:00:00+00:00"],
                ],
                "teams": [{"id": "x"}, {"id": "y"}],
                "task_types": [
                    {"id": "kx", "team": "x", "skill": "s", "handling_minutes": 20},
                    {"id": "ky", "team": "y", "skill": "s", "handling_minutes": 20},
                ],
                "agents": [
                    {
                        "id": "a",
                        "team": "x",
                        "swing_teams": ["y"],
                        "skills": {"s": {"level": 1}},
                        "shifts": [{"start": "2026-03-02T08:00:00+00:00", "end": "2026-03-02T16:00:00+00:00"}],
                    },
                    {"id": "b", "team": "x", "skills": {}, "shifts": []},
                ],
                "tasks": [
                    {
                        "id": "in time",
                        "type": "kx",
                        "arrived": "2026-03-02T07:00:00+00:00",
                        "due": "2026-03-02T08:20:00+00:00",
                        "weight": 2,
                        "published_agent": "b",
                    },
                    {
                        "id": "away and late",
                        "type": "ky",
                        "arrived": "2026-03-02T07:00:00+00:00",
                        "due": "2026-03-02T08:30:00+00:00",
                        "weight": 3,
                        "must_by": "2026-03-02T08:39:59+00:00",
                        "preferred_agents": ["b"],
                    },
                    {
                        "id": "overdue and left",
                        "type": "kx",
                        "arrived": "2026-03-01T07:00:00+00:00",
                        "due": "2026-03-02T07:00:00+00:00",
                        "weight": 5,
                    },
                ],
            }
        )
    )


def test_every_term_by_hand(instance: Instance) -> None:
    plan = (
        np.array([0, 0, -1], np.int32),
        np.array([0, 1200, 0], np.int64),
        np.array([1200, 2400, 0], np.int64),
    )
    terms = score(instance, *plan)
    # Late by 10 minutes of office time; left for 60 minutes of today's and 60 of tomorrow's.
    assert terms.tardiness == pytest.approx(3 * 10 + 5 * 120)
    assert (terms.late, terms.carried_over, terms.missed) == (3, 5, 1)
    assert (terms.away, terms.move, terms.preferred, terms.reassigned) == (20, 1, 1, 1)
    assert terms.total == pytest.approx(630 + 60 * 3 + 30 * 5 + 5000 + 0.05 * 20 + 5 + 5 + 10)


def test_what_tasks_cost_one_by_one_is_what_they_cost_together(instance: Instance) -> None:
    charges = get_charges(instance)
    parts = [
        charge_completion(0, 1200, charges) + charge_agent(0, 0, 1200, False, charges),
        charge_completion(1, 2400, charges) + charge_agent(1, 0, 1200, True, charges) + charges.move,
        charge_leaving(2, charges),
    ]
    assert parts == pytest.approx([10, 30 + 180 + 5000 + 1 + 5 + 5, 600 + 150])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), due=st.integers(-6000, 20_000), completion=st.integers(-2000, 30_000))
def test_tardiness_second_by_second(draw_problem: Draw, seed: int, due: int, completion: int) -> None:
    drawn = assemble_instance(draw_problem(seed, 1, 1))
    charges = get_charges(drawn)
    opens = list(zip(drawn.office_start.tolist(), drawn.office_end.tolist(), strict=True)) or [(-(10**6), 10**6)]
    seconds = [t for t in range(max(due, 0), completion) if any(b <= t < e for b, e in opens)]
    assert count_tardy(due, completion, charges) == len(seconds)
    if len(drawn.office_start):
        assert pass_office(completion, charges) == sum(max(0, min(completion, e) - b) for b, e in opens)
