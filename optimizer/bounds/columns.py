"""What the pricing kernels read of an instance, as flat columns."""

from typing import NamedTuple

import numpy as np

from optimizer.bounds.costs import TaskCosts, office_seconds
from optimizer.instance import Flags, Floats, Instance, Ints, Seconds


class TaskColumns(NamedTuple):
    """Columns of the tasks, in the instance's order.

    Attributes
    ----------
    release : (T,) earliest possible start
    handling : (T,) minutes at speed 1
    rate, tardy_from : (T,) cost of a second of tardiness, and the office seconds before tardiness counts
    late, late_after, missed, must_by : (T,) charges, and the instants after which they fall due
    pinned, published : (T,) agent, -1 where none
    """

    release: Seconds
    handling: Floats
    rate: Floats
    tardy_from: Floats
    late: Floats
    late_after: Seconds
    missed: float
    must_by: Seconds
    pinned: Ints
    published: Ints
    excluded_ptr: Ints
    excluded_agent: Ints
    preferred_ptr: Ints
    preferred_agent: Ints
    office_start: Seconds
    office_end: Seconds


class ShiftColumns(NamedTuple):
    """Columns of the shifts that are not over, and of who does what in them.

    A line is a class of demand and a type: tasks of one line may be done by the same agents at the same speeds, and
    setups do not tell them apart.

    Attributes
    ----------
    agent : (R,) whose shift it is
    state_type : (R,) type of the last task where the shift is open at `now`, else -1
    work_ptr, work_start, work_end : (R + 1,), (W,), (W,) working intervals from `now` on
    agent_line_ptr, agent_line, agent_line_speed : lines that an agent may do, ascending by type, and how fast
    line_type : (L,) type of a line
    line_task_ptr, line_task : tasks of a line
    agent_home, type_team : (A,), (K,) teams
    """

    agent: Ints
    state_type: Ints
    work_ptr: Ints
    work_start: Seconds
    work_end: Seconds
    agent_line_ptr: Ints
    agent_line: Ints
    agent_line_speed: Floats
    line_type: Ints
    line_task_ptr: Ints
    line_task: Ints
    agent_home: Ints
    type_team: Ints


class Charges(NamedTuple):
    """Coefficients and setups that the kernels read.

    Setups are those of the shortest way round: where going through another team is quicker than the setup between
    two types of one team, that is what counts, so that a task that earns nothing never helps a sequence.
    """

    away: float
    move: float
    preferred: float
    reassigned: float
    setup_same: int
    setup_other: int


def task_columns(instance: Instance, costs: TaskCosts, release: Seconds) -> TaskColumns:
    """Return the columns of the tasks, which may start from `release` on."""
    return TaskColumns(
        release=release,
        handling=instance.task_handling,
        rate=costs.rate,
        tardy_from=office_seconds(instance, costs.tardy_from).astype(np.float64),
        late=costs.late,
        late_after=costs.late_after,
        missed=costs.missed,
        must_by=costs.must_by,
        pinned=instance.task_pinned,
        published=instance.task_published,
        excluded_ptr=instance.excluded_ptr,
        excluded_agent=instance.excluded_agent,
        preferred_ptr=instance.preferred_ptr,
        preferred_agent=instance.preferred_agent,
        office_start=instance.office_start,
        office_end=instance.office_end,
    )


def shift_columns(instance: Instance, is_in: Flags) -> ShiftColumns:
    """Return the columns of the shifts; tasks that are not `is_in` are in no line."""
    shift_agent = np.repeat(np.arange(instance.num_agents), np.diff(instance.agent_shift_ptr))
    is_open = instance.shift_start <= 0
    interval_shift = np.repeat(np.arange(len(shift_agent)), np.diff(instance.shift_work_ptr))
    ahead = instance.work_end > 0
    counts = np.bincount(interval_shift[ahead], minlength=len(shift_agent))

    tasks = np.flatnonzero(is_in)
    tasks = tasks[np.lexsort((tasks, instance.task_class[tasks], instance.task_type[tasks]))]
    kinds = np.stack((instance.task_type[tasks], instance.task_class[tasks]))
    first = np.flatnonzero(np.concatenate(([True], (np.diff(kinds, axis=1) != 0).any(axis=0)))[: len(tasks)])
    line_type, line_class = kinds[0, first], kinds[1, first]

    sizes = np.diff(instance.class_ptr)[line_class]
    rows = np.concatenate(
        [np.arange(instance.class_ptr[c], instance.class_ptr[c + 1]) for c in line_class.tolist()] or [np.zeros(0, int)]
    ).astype(np.int64)
    lines, agents = np.repeat(np.arange(len(first)), sizes), instance.class_agent[rows]
    order = np.lexsort((lines, agents))
    return ShiftColumns(
        agent=shift_agent.astype(np.int32),
        state_type=np.where(is_open, instance.state_type[shift_agent], -1).astype(np.int32),
        work_ptr=_pointers(counts),
        work_start=np.maximum(instance.work_start[ahead], 0),
        work_end=instance.work_end[ahead],
        agent_line_ptr=_pointers(np.bincount(agents, minlength=instance.num_agents)),
        agent_line=lines[order].astype(np.int32),
        agent_line_speed=instance.class_speed[rows][order],
        line_type=line_type.astype(np.int32),
        line_task_ptr=np.append(first, len(tasks)).astype(np.int32),
        line_task=tasks.astype(np.int32),
        agent_home=instance.agent_home,
        type_team=instance.type_team,
    )


def charges(instance: Instance) -> Charges:
    """Return the coefficients and setups that the kernels read."""
    objective = instance.objective
    return Charges(
        away=objective.away,
        move=objective.move,
        preferred=objective.preferred,
        reassigned=objective.reassigned,
        setup_same=min(instance.setup_same_team, 2 * instance.setup_other_team + 1),
        setup_other=instance.setup_other_team,
    )


def _pointers(counts: Seconds) -> Ints:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
