"""The smallest day on which every kernel has something to do."""

import numpy as np

from optimizer.instance import NEVER, NO_LIMIT, Instance, Objective

_NUM_TASKS = 12
_NUM_AGENTS = 2
_HOUR = 3600


def tiny_instance() -> Instance:
    """Return two agents who share a dozen tasks of two types, one after another, two of them apart."""
    tasks = np.arange(_NUM_TASKS)
    ints, seconds = np.int32, np.int64
    nothing = np.zeros(0, ints)
    return Instance(
        num_teams=1,
        type_team=np.zeros(2, ints),
        agent_home=np.zeros(_NUM_AGENTS, ints),
        agent_max_moves=np.full(_NUM_AGENTS, NO_LIMIT, ints),
        agent_min_stay=np.zeros(_NUM_AGENTS, seconds),
        state_type=np.full(_NUM_AGENTS, -1, ints),
        state_moves=np.zeros(_NUM_AGENTS, ints),
        state_team_since=np.full(_NUM_AGENTS, -NEVER, seconds),
        agent_shift_ptr=np.arange(_NUM_AGENTS + 1, dtype=ints),
        shift_start=np.zeros(_NUM_AGENTS, seconds),
        shift_end=np.full(_NUM_AGENTS, 4 * _HOUR, seconds),
        shift_work_ptr=np.arange(_NUM_AGENTS + 1, dtype=ints) * 2,
        work_start=np.array([0, 2 * _HOUR + 900] * _NUM_AGENTS, seconds),
        work_end=np.array([2 * _HOUR, 4 * _HOUR] * _NUM_AGENTS, seconds),
        task_type=(tasks % 2).astype(ints),
        task_class=(tasks % 2).astype(ints),
        task_handling=(20.0 + tasks).astype(np.float64),
        task_arrived=-tasks.astype(seconds),
        task_due=_HOUR * (1 + tasks % 4).astype(seconds),
        task_release=600 * (tasks % 5).astype(seconds),
        task_carry_over=np.full(_NUM_TASKS, 28 * _HOUR, seconds),
        task_must_by=np.full(_NUM_TASKS, NEVER, seconds),
        task_weight=(1.0 + tasks).astype(np.float64),
        task_pinned=np.full(_NUM_TASKS, -1, ints),
        task_published=np.full(_NUM_TASKS, -1, ints),
        task_in_progress=np.zeros(_NUM_TASKS, np.bool_),
        class_ptr=np.array([0, 2, 4], ints),
        class_agent=np.array([0, 1, 0, 1], ints),
        class_speed=np.array([1.0, 0.8, 1.2, 1.0]),
        excluded_ptr=np.zeros(_NUM_TASKS + 1, ints),
        excluded_agent=nothing,
        preferred_ptr=np.zeros(_NUM_TASKS + 1, ints),
        preferred_agent=nothing,
        separate_ptr=np.array([0, 1, *[2] * (_NUM_TASKS - 1)], ints),
        separate_task=np.array([1, 0], ints),
        after_ptr=np.array([0, 0, 0, *[1] * (_NUM_TASKS - 2)], ints),
        after_task=np.array([0], ints),
        office_start=np.zeros(0, seconds),
        office_end=np.zeros(0, seconds),
        setup_same_team=60,
        setup_other_team=300,
        objective=Objective(),
    )
