"""Plans by presets hold for the problem as it is, and stand side by side."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.formats.problem import Problem
from models.formats.problem_file import parse_problem, read_problem
from optimizer.presets import Preset
from optimizer.referee import check
from services.preset_plans import OWN, compare_presets, solve_preset


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(Path(__file__).parents[1] / "data" / "problem.json")


@pytest.mark.parametrize("preset", list(Preset))
def test_a_plan_by_a_preset_holds_for_the_problem_as_it_is(problem: Problem, preset: Preset) -> None:
    plan = solve_preset(problem, preset, iterations=500, time_limit_s=None, extra={"timezone": "UTC"})
    assert check(problem, plan).violations == ()
    told = plan.extra["preset"]
    assert told["name"] == preset.value
    assert 0 <= told["lower_bound"] <= told["total"]
    assert plan.extra["timezone"] == "UTC"


def test_every_preset_stands_beside_the_problems_own_aim(problem: Problem) -> None:
    rows = compare_presets(problem, iterations=500, time_limit_s=None)
    assert [row.preset for row in rows] == [OWN, *Preset]
    for row in rows:
        assert 0 <= row.on_time <= row.due == 8
        assert row.carried_over >= 2
        assert row.oldest_left_hours is not None


def test_what_a_preset_wants_it_gets() -> None:
    """One person, one hour: four short new tasks in time, or one long task that has waited ten deadlines."""
    at = "2026-03-02T{}:00+00:00".format
    new = [{"id": f"N{n}", "type": "short", "arrived": at("08:00"), "due": at("09:00")} for n in range(4)]
    old = {"id": "OLD", "type": "long", "arrived": "2026-02-27T08:00:00+00:00", "due": "2026-02-27T12:00:00+00:00"}
    asked = parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": at("08:00"),
            "carry_over": "2026-03-02T13:00:00+00:00",
            "teams": [{"id": "t"}],
            "task_types": [
                {"id": "short", "team": "t", "skill": "s", "handling_minutes": 15},
                {"id": "long", "team": "t", "skill": "s", "handling_minutes": 60},
            ],
            "agents": [
                {
                    "id": "a",
                    "team": "t",
                    "skills": {"s": {"level": 1}},
                    "shifts": [{"start": at("08:00"), "end": at("09:00")}],
                }
            ],
            "tasks": [*new, old],
        }
    )
    heavy = replace(asked, tasks=tuple(replace(t, weight=3.0 if t.id == "OLD" else 1.0) for t in asked.tasks))
    done = {
        preset: {item.task for item in solve_preset(heavy, preset, time_limit_s=5).assignments}
        for preset in (Preset.PROTECT_ON_TIME, Preset.OLDEST_FIRST)
    }
    assert done == {Preset.PROTECT_ON_TIME: {"N0", "N1", "N2", "N3"}, Preset.OLDEST_FIRST: {"OLD"}}
