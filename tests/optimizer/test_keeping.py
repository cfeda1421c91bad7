"""A kept plan against a twin in plain Python: same agents and order, earliest times, what no longer holds is left."""

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.formats.problem import Problem
from models.vocabulary import Rule
from optimizer.dispatch import dispatch
from optimizer.instance import Instance, Ints, Seconds
from optimizer.keeping import keep, may_keep
from optimizer.timeline import compute_duration, get_roster, open_cursor, place
from services.assemble import assemble_instance

DrawProblem = Callable[[int, int, int], Problem]
LAWS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def keep_plainly(instance: Instance, task_agent: Ints, task_start: Seconds) -> dict[int, tuple[int, int, int]]:
    """Return agent, start and end of each task that can be kept."""
    roster = get_roster(instance)
    cursors = {a: open_cursor(a, roster) for a in range(instance.num_agents)}
    wanted = [
        int(instance.task_pinned[i] if instance.task_in_progress[i] else task_agent[i])
        for i in range(instance.num_tasks)
    ]
    kept: dict[int, tuple[int, int, int]] = {}
    for i in sorted(range(instance.num_tasks), key=lambda i: (not instance.task_in_progress[i], task_start[i], i)):
        a = wanted[i]
        rows = range(instance.class_ptr[instance.task_class[i]], instance.class_ptr[instance.task_class[i] + 1])
        speeds = {int(instance.class_agent[n]): float(instance.class_speed[n]) for n in rows}
        before = instance.after_task[instance.after_ptr[i] : instance.after_ptr[i + 1]].tolist()
        apart = instance.separate_task[instance.separate_ptr[i] : instance.separate_ptr[i + 1]].tolist()
        excluded = instance.excluded_agent[instance.excluded_ptr[i] : instance.excluded_ptr[i + 1]]
        if a not in speeds or a in excluded or instance.task_pinned[i] not in (-1, a):
            continue
        if any(j not in kept for j in before) or any(kept[j][0] == a for j in apart if j in kept):
            continue
        ready = max([int(instance.task_release[i]), *(kept[j][2] for j in before)])
        kind, duration = int(instance.task_type[i]), compute_duration(float(instance.task_handling[i]), speeds[a])
        start, end, shift, moves, moved_at = place(a, *cursors[a], kind, ready, duration, roster)
        if start >= 0:
            cursors[a] = (shift, end, kind, moves, moved_at)
            kept[i] = a, start, end
    return kept


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(0, 25), num_agents=st.integers(1, 5), shuffle=st.booleans())
def test_what_is_kept_is_what_the_plain_twin_keeps(
    draw_problem: DrawProblem, seed: int, num_tasks: int, num_agents: int, shuffle: bool
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    made = dispatch(instance, Rule.EDF)
    agents, starts = made.task_agent.copy(), made.task_start.copy()
    if shuffle:
        random = np.random.default_rng(seed)
        agents = random.integers(-1, num_agents, num_tasks).astype(np.int32)
        starts = random.integers(0, 9000, num_tasks)
    plan = keep(instance, agents, starts)
    expected = keep_plainly(instance, agents, starts)
    assert {int(i) for i in np.flatnonzero(plan.task_agent >= 0)} == set(expected)
    for i, (agent, start, end) in expected.items():
        assert (plan.task_agent[i], plan.task_start[i], plan.task_end[i]) == (agent, start, end)
    again = keep(instance, plan.task_agent, plan.task_start)
    np.testing.assert_array_equal(again.task_agent, plan.task_agent)


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 20))
def test_who_has_a_task_in_a_plan_that_holds_may_keep_it(draw_problem: DrawProblem, seed: int, num_tasks: int) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, 3))
    plan = dispatch(instance, Rule.EDF)
    for i in np.flatnonzero(plan.task_agent >= 0).tolist():
        assert may_keep(instance, i, int(plan.task_agent[i]), int(plan.task_start[i]), int(plan.task_end[i]))
        nobody = [a for a in range(3) if a not in instance.class_agent]
        assert not any(may_keep(instance, i, a, 0, 1) for a in nobody)
