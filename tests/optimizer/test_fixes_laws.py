"""Fixes on drawn days: the referee accepts each, it saves what it says, and nothing else was changed."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.plan import Plan
from models.formats.problem import Problem
from optimizer.draft import Draft
from optimizer.referee import check
from services.assemble import assemble_instance, assemble_solution
from services.fixes import Fix, FixKind, find_fixes
from services.planning import solve_problem

Draw = Callable[[int, int, int], Problem]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(2, 25), num_agents=st.integers(1, 4))
def test_every_fix_holds_and_saves_what_it_says(
    draw_problem: Callable[[int, int, int], Problem], seed: int, num_tasks: int, num_agents: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    plan = solve_problem(problem, iterations=200, time_limit_s=None)
    instance = assemble_instance(problem)
    start = assemble_solution(problem, instance, plan)
    draft = Draft(instance, start.task_agent, start.task_start, start.task_end)
    before = [column.copy() for column in draft.sequences]
    for position in np.flatnonzero(start.task_agent < 0).tolist():
        fixes = find_fixes(problem, plan, draft, position)
        for mine, theirs in zip(draft.sequences, before, strict=True):
            assert np.array_equal(np.asarray(mine), np.asarray(theirs))
        for fix in fixes:
            changed, mended = fix.remake()
            verdict = check(changed, mended)
            assert verdict.feasible
            assert fix.total == pytest.approx(verdict.objective.total)
            assert fix.saving == pytest.approx(plan.objective.total - verdict.objective.total)
            assert fix.saving > 0
            assigned = {item.task: item.agent for item in mended.assignments}
            assert assigned.get(fix.task) == fix.agent
            assert_only_one_thing_changed(problem, changed, mended, fix)


def assert_only_one_thing_changed(problem: Problem, changed: Problem, mended: Plan, fix: Fix) -> None:
    same = [item.name for item in fields(Problem) if item.name not in ("agents", "tasks")]
    assert all(getattr(problem, name) == getattr(changed, name) for name in same)
    agents = [(a, b) for a, b in zip(problem.agents, changed.agents, strict=True) if a != b]
    tasks = [(a, b) for a, b in zip(problem.tasks, changed.tasks, strict=True) if a != b]
    of_agent = fix.kind in (FixKind.OVERTIME, FixKind.LENDING, FixKind.MOVE, FixKind.TRAINING)
    assert (len(agents), len(tasks)) == ((1, 0) if of_agent else (0, 1))
    assert [b.id for _, b in (agents or tasks)] == [fix.agent if of_agent else fix.task]
    if fix.kind is FixKind.OVERTIME:
        assert fix.overtime_minutes is not None
        shorter = [
            replace(shift, end=shift.end - 60) if shift.end == fix.until else shift for shift in agents[0][1].shifts
        ]
        if fix.overtime_minutes > 1:
            crew = tuple(replace(a, shifts=tuple(shorter)) if a.id == fix.agent else a for a in changed.agents)
            assert not check(replace(changed, agents=crew), mended).feasible
