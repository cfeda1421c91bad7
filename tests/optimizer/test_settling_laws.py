"""Settled schedules: the same decisions, nothing later, nothing that could be sooner, and the rules still kept."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.vocabulary import Rule, UnscheduledReason
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.referee import check
from optimizer.settling import settle
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_plan
from services.start_reasons import StartReason, find_start_reason

Draw = Callable[[int, int, int], Problem]


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    num_tasks=st.integers(1, 40),
    num_agents=st.integers(1, 4),
    rule=st.sampled_from([Rule.FIFO, Rule.ATC]),
    data=st.data(),
)
def test_a_schedule_settles_and_stays(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule, data: st.DataObject
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    plan = dispatch(instance, rule)
    # What is taken out leaves gaps before those that waited for it, or stood behind it.
    draft = Draft(instance, plan.task_agent, plan.task_start, plan.task_end)
    planned = np.flatnonzero(plan.task_agent >= 0).tolist()
    if planned:
        draft.take_out(data.draw(st.lists(st.sampled_from(planned), max_size=3, unique=True)))
    mine = draft.sequences
    loose = Solution(
        task_agent=mine.agent.copy(),
        task_start=mine.start.copy(),
        task_end=mine.end.copy(),
        total=draft.score().total,
    )
    settled = settle(instance, loose)
    assert np.array_equal(settled.task_agent, loose.task_agent)
    assert (settled.task_start <= loose.task_start).all()
    assert settled.total <= loose.total + 1e-9
    unscheduled = [
        Unscheduled(task=problem.tasks[n].id, reason=UnscheduledReason.NO_CAPACITY)
        for n in np.flatnonzero(settled.task_agent < 0).tolist()
    ]
    assert check(problem, assemble_plan(problem, instance, settled, unscheduled=unscheduled)).feasible
    again = settle(instance, replace(settled))
    assert np.array_equal(again.task_start, settled.task_start)
    tight = Draft(instance, settled.task_agent, settled.task_start, settled.task_end)
    for task in np.flatnonzero(settled.task_agent >= 0).tolist():
        assert find_start_reason(problem, tight, task).reason is not StartReason.NOTHING
