"""What each preset makes of a problem."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats.problem import Coefficients, Problem, Task
from models.formats.problem_file import parse_problem, problem_document, read_problem
from optimizer.presets import (
    COEFFICIENTS,
    MEANINGS,
    Preset,
    apply_preset,
    count_deadlines_late,
    grow_with_age,
    scale_to_weights,
)

NOW = 1_772_438_400
HOUR = 3600


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(Path(__file__).parents[1] / "data" / "problem.json")


def task(*, arrived_h: float, due_h: float, weight: float = 1) -> Task:
    return Task(id="T", type="k", arrived=NOW + round(arrived_h * HOUR), due=NOW + round(due_h * HOUR), weight=weight)


@pytest.mark.parametrize("preset", list(Preset))
def test_a_preset_changes_the_aim_and_nothing_else(problem: Problem, preset: Preset) -> None:
    aimed = apply_preset(problem, preset)
    assert aimed.objective == COEFFICIENTS[preset]
    back = tuple(replace(new, weight=old.weight) for new, old in zip(aimed.tasks, problem.tasks, strict=True))
    assert replace(aimed, tasks=back, objective=problem.objective) == problem
    assert parse_problem(problem_document(aimed)) == aimed
    assert MEANINGS[preset]


@given(weights=st.lists(st.floats(0.001, 1e6), min_size=9, max_size=9), scale=st.sampled_from([0.01, 1, 37.5, 1000]))
def test_an_offices_own_scale_does_not_matter(weights: list[float], scale: float) -> None:
    asked = read_problem(Path(__file__).parents[1] / "data" / "problem.json")
    one, other = (
        apply_preset(
            replace(asked, tasks=tuple(replace(t, weight=w * s) for t, w in zip(asked.tasks, weights, strict=True))),
            Preset.BALANCED,
        )
        for s in (1, scale)
    )
    assert sum(t.weight for t in one.tasks) / len(one.tasks) == pytest.approx(1)
    assert [t.weight for t in other.tasks] == pytest.approx([t.weight for t in one.tasks])


@given(weights=st.lists(st.floats(0.01, 1e6), min_size=9, max_size=9), scale=st.sampled_from([0.01, 1, 37.5, 1e9]))
def test_coefficients_of_a_scale_of_weights_aim_as_weights_of_mean_1_do(weights: list[float], scale: float) -> None:
    usual = Coefficients()
    scaled = scale_to_weights(usual, [weight * scale for weight in weights])
    mean = scale * sum(weights) / len(weights)
    assert scaled.tardiness == usual.tardiness
    assert scaled.move == pytest.approx(min(1e12, usual.move * mean), rel=0.01)
    assert scaled.missed == pytest.approx(min(1e12, usual.missed * mean), rel=0.01)
    assert scale_to_weights(usual, [0.0] * 9) == scale_to_weights(usual, []) == usual


def test_weights_that_are_all_0_stay_so_and_no_tasks_are_none(problem: Problem) -> None:
    nothing = replace(problem, tasks=tuple(replace(t, weight=0.0) for t in problem.tasks))
    assert {t.weight for t in apply_preset(nothing, Preset.BALANCED).tasks} == {0}
    assert apply_preset(replace(problem, tasks=()), Preset.OLDEST_FIRST).tasks == ()


@pytest.mark.parametrize(
    ("arrived_h", "due_h", "deadlines", "factor"),
    [
        (-1, 1, 0, 1),
        (-1, 0, 0, 1),
        (-4, -2, 1, 1),
        (-4.1, -2.1, 1.05, 2),
        (-4, -3, 3, 2),
        (-4.1, -3.1, 3.1, 4),
        (-1, -1, float("inf"), 4),
        (1, 1, 0, 1),
    ],
)
def test_weight_grows_with_the_deadlines_a_task_is_late(
    arrived_h: float, due_h: float, deadlines: float, factor: float
) -> None:
    asked = task(arrived_h=arrived_h, due_h=due_h)
    assert count_deadlines_late(asked, NOW) == pytest.approx(deadlines)
    assert grow_with_age(asked, NOW) == factor


def test_age_counts_after_the_scale_and_only_where_the_oldest_come_first(problem: Problem) -> None:
    old, new = task(arrived_h=-5, due_h=-4, weight=10), task(arrived_h=-1, due_h=4, weight=30)
    asked = replace(problem, now=NOW, tasks=(old, new))
    assert [t.weight for t in apply_preset(asked, Preset.OLDEST_FIRST).tasks] == [2.0, 1.5]
    assert [t.weight for t in apply_preset(asked, Preset.PROTECT_ON_TIME).tasks] == [0.5, 1.5]


def test_balanced_is_the_default_and_the_others_lean(problem: Problem) -> None:
    assert apply_preset(problem, Preset.BALANCED).objective == Coefficients()
    shares = {preset: some.late / some.tardiness for preset, some in COEFFICIENTS.items()}
    assert shares[Preset.PROTECT_ON_TIME] > shares[Preset.BALANCED] > shares[Preset.OLDEST_FIRST]
