"""Problems as columns and solutions as plans: every id and instant lands in its place, and comes back."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.formats.plan import Plan, read_plan
from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from optimizer.instance import NEVER, NO_LIMIT, Instance
from services.assemble import assemble_instance, assemble_plan, assemble_solution

DATA = Path(__file__).parents[1] / "data"
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(DATA / "problem.json")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(DATA / "plan.json")


@pytest.fixture(scope="module")
def instance(problem: Problem) -> Instance:
    return assemble_instance(problem)


def rows(ptr: NDArray[np.int32], items: NDArray[np.int32]) -> list[list[int]]:
    return [items[a:b].tolist() for a, b in pairwise(ptr)]


def test_rosters_become_working_intervals_in_seconds_from_now(instance: Instance) -> None:
    assert rows(instance.agent_shift_ptr, np.arange(len(instance.shift_start), dtype=np.int32)) == [[0, 1], [2], [3]]
    assert instance.shift_start.tolist() == [0, DAY, -HOUR, HOUR]
    assert instance.shift_end.tolist() == [8 * HOUR + 30 * MINUTE, DAY + 4 * HOUR, 3 * HOUR, 5 * HOUR]
    intervals = list(zip(instance.work_start.tolist(), instance.work_end.tolist(), strict=True))
    assert rows(instance.shift_work_ptr, np.arange(len(intervals), dtype=np.int32)) == [[0, 1], [2], [3, 4], [5]]
    assert intervals[:2] == [(0, 4 * HOUR), (4 * HOUR + 30 * MINUTE, 8 * HOUR + 30 * MINUTE)]
    assert intervals[3:5] == [(-HOUR, HOUR), (HOUR + 15 * MINUTE, 3 * HOUR)]


def test_a_shift_that_ended_by_now_is_left_out(problem: Problem) -> None:
    later = Problem(**{**vars(problem), "now": problem.now + 3 * HOUR})
    instance = assemble_instance(later)
    assert np.diff(instance.agent_shift_ptr).tolist() == [2, 0, 1]


def test_agents_keep_their_limits_and_where_they_stand(instance: Instance) -> None:
    assert instance.agent_home.tolist() == [0, 1, 0]
    assert instance.agent_max_moves.tolist() == [2, NO_LIMIT, NO_LIMIT]
    assert instance.agent_min_stay.tolist() == [30 * MINUTE, 0, 0]
    assert instance.state_type.tolist() == [0, -1, -1]
    assert instance.state_team_since.tolist() == [-15 * MINUTE, -NEVER, -NEVER]


def test_tasks_take_their_own_figures_before_their_types_and_the_problems(instance: Instance) -> None:
    assert instance.task_handling.tolist() == [5, 20, 20, 20, 15, 15, 10, 20, 10]
    assert instance.task_release.tolist() == [0, 0, 0, 0, 0, 3 * HOUR + 50 * MINUTE, 0, 0, 0]
    assert instance.task_carry_over[[0, 1, 6]].tolist() == [DAY + 4 * HOUR, DAY + 10 * HOUR, DAY + 6 * HOUR]
    assert instance.task_must_by[[1, 2]].tolist() == [NEVER, 2 * HOUR]
    assert instance.task_due[6] == -16 * HOUR
    assert instance.task_pinned.tolist() == [0, -1, -1, -1, -1, -1, -1, -1, -1]
    assert instance.task_published.tolist() == [-1, 1, -1, -1, -1, -1, -1, -1, -1]
    assert instance.task_in_progress.tolist() == [True] + [False] * 8


def test_lists_of_tasks_and_agents_become_positions_and_separation_works_both_ways(instance: Instance) -> None:
    assert rows(instance.after_ptr, instance.after_task)[3] == [1]
    assert rows(instance.after_ptr, instance.after_task)[8] == [7]
    assert rows(instance.separate_ptr, instance.separate_task)[1:3] == [[2], [1]]
    assert rows(instance.excluded_ptr, instance.excluded_agent)[4] == [0]
    assert rows(instance.preferred_ptr, instance.preferred_agent)[3] == [1]


def test_a_class_holds_those_who_have_every_skill_at_its_level_in_a_team_they_may_work_for(instance: Instance) -> None:
    able = rows(instance.class_ptr, instance.class_agent)
    assert [able[c] for c in instance.task_class.tolist()] == [
        [0, 2],
        [0, 1],
        [0, 1],
        [1],
        [0, 2],
        [0, 2],
        [0, 2],
        [],
        [0, 2],
    ]
    speeds = instance.class_speed[
        instance.class_ptr[instance.task_class[0]] : instance.class_ptr[instance.task_class[0] + 1]
    ]
    assert speeds.tolist() == [1.25, 0.8]


def test_a_further_skill_of_the_type_and_of_the_task_both_hold(problem: Problem) -> None:
    wanting = [
        vars(task) | {"also_requires": {"spanish": 2}} if task.id == "T2" else vars(task) for task in problem.tasks
    ]
    instance = assemble_instance(Problem(**{**vars(problem), "tasks": wanting}))
    able = rows(instance.class_ptr, instance.class_agent)
    assert able[instance.task_class[1]] == [1]


def test_columns_cannot_be_changed(instance: Instance) -> None:
    with pytest.raises(ValueError, match="read-only"):
        instance.task_due[0] = 0


def test_a_plan_survives_the_way_through_positions_and_back(problem: Problem, plan: Plan, instance: Instance) -> None:
    solution = assemble_solution(problem, instance, plan)
    again = assemble_plan(problem, instance, solution, unscheduled=plan.unscheduled, seed=3)
    assert sorted(again.assignments, key=lambda a: a.task) == sorted(plan.assignments, key=lambda a: a.task)
    assert again.objective == plan.objective
    assert again.seed == 3


def test_what_a_plan_says_of_tasks_and_agents_that_are_gone_is_left_out(problem: Problem, plan: Plan) -> None:
    fewer = Problem(**{**vars(problem), "tasks": [task for task in problem.tasks if task.id not in {"T2", "T3", "T4"}]})
    solution = assemble_solution(fewer, assemble_instance(fewer), plan)
    kept = {fewer.tasks[position].id for position in np.flatnonzero(solution.task_agent >= 0).tolist()}
    assert kept == {a.task for a in plan.assignments} - {"T2", "T3", "T4"}
