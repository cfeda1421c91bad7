"""A planning question as frozen columns: what the solver reads. Ids are positions, instants are seconds from `now`."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

NEVER = 2**40
"""Seconds from `now` that no instant reaches: the value of an absent `must_by`."""

NO_LIMIT = 2**31 - 1
"""The value of an absent `max_moves`."""

Ints = NDArray[np.int32]
Seconds = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What one unit of each term costs, as `docs/formats/problem.md` names the terms."""

    tardiness: float = 1.0
    late: float = 60.0
    carried_over: float = 30.0
    missed: float = 5000.0
    away: float = 0.05
    move: float = 5.0
    preferred: float = 5.0
    reassigned: float = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """One planning question. T tasks, A agents, K types, S shifts, C classes of demand.

    A pair of arrays `x_ptr`, `x_item` is a list of lists: those of row `r` are `x_item[x_ptr[r]:x_ptr[r + 1]]`.

    Attributes
    ----------
    type_team : (K,) team of each type
    agent_home : (A,) home team
    agent_max_moves : (A,) most moves in a shift, `NO_LIMIT` where there is none
    agent_min_stay : (A,) seconds between one move and the next within a shift
    state_type : (A,) type of the last task in the shift open at `now`, -1 where none
    state_moves : (A,) moves made in that shift
    state_team_since : (A,) instant of the last move in that shift, `-NEVER` where none
    agent_shift_ptr : (A + 1,) the shifts of an agent, ascending; those that ended by `now` are left out
    shift_start, shift_end : (S,) a shift is `[start, end)`; the one with start <= 0 is open at `now`
    shift_work_ptr : (S + 1,) the working intervals of a shift, ascending and apart: the shift less its breaks
    work_start, work_end : (W,) an interval is `[start, end)`; not cut at `now`
    task_type : (T,) type
    task_class : (T,) class of demand: tasks of one class may be done by the same agents at the same speeds
    task_handling : (T,) expected handling minutes at speed 1
    task_arrived, task_due : (T,) instants, negative before `now`
    task_release : (T,) earliest possible start: the latest of now, arrived and earliest start
    task_carry_over : (T,) instant at which it counts as completed if left unscheduled
    task_must_by : (T,) instant that must not pass, `NEVER` where none
    task_weight : (T,) importance
    task_pinned, task_published : (T,) agent, -1 where none
    task_in_progress : (T,) whether the pinned agent has it open
    class_ptr, class_agent, class_speed : the agents who may do a class, ascending, and the speed of each at it;
        exclusions and pins of single tasks come on top
    excluded_ptr, excluded_agent : agents who may not do a task
    preferred_ptr, preferred_agent : agents a task would rather go to
    separate_ptr, separate_task : tasks that must not have the same agent (symmetric)
    after_ptr, after_task : tasks that must have ended before a task starts
    office_start, office_end : (O,) the time in which tardiness counts, ascending; empty where all time counts
    setup_same_team, setup_other_team : seconds between tasks of different type, and of different team
    objective : coefficients
    """

    num_teams: int
    type_team: Ints
    agent_home: Ints
    agent_max_moves: Ints
    agent_min_stay: Seconds
    state_type: Ints
    state_moves: Ints
    state_team_since: Seconds
    agent_shift_ptr: Ints
    shift_start: Seconds
    shift_end: Seconds
    shift_work_ptr: Ints
    work_start: Seconds
    work_end: Seconds
    task_type: Ints
    task_class: Ints
    task_handling: Floats
    task_arrived: Seconds
    task_due: Seconds
    task_release: Seconds
    task_carry_over: Seconds
    task_must_by: Seconds
    task_weight: Floats
    task_pinned: Ints
    task_published: Ints
    task_in_progress: Flags
    class_ptr: Ints
    class_agent: Ints
    class_speed: Floats
    excluded_ptr: Ints
    excluded_agent: Ints
    preferred_ptr: Ints
    preferred_agent: Ints
    separate_ptr: Ints
    separate_task: Ints
    after_ptr: Ints
    after_task: Ints
    office_start: Seconds
    office_end: Seconds
    setup_same_team: int
    setup_other_team: int
    objective: Objective

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def num_tasks(self) -> int:
        """Number of tasks, T."""
        return len(self.task_type)

    @property
    def num_agents(self) -> int:
        """Number of agents, A."""
        return len(self.agent_home)

    @property
    def num_types(self) -> int:
        """Number of task types, K."""
        return len(self.type_team)
