"""What the end of a task costs, and what leaving it costs, as columns.

The cost of a completion never falls as it gets later: whatever ends a task earlier than any plan could is a bound.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.instance import Flags, Floats, Instance, Ints, Seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskCosts:
    """What each task costs, depending on when it is done.

    Attributes
    ----------
    rate : (T,) cost of a second of tardiness
    tardy_from : (T,) instant from which tardiness counts, the latest of due and now
    late : (T,) charged once where the completion is after `late_after`
    late_after : (T,) the due date
    missed : charged once where the completion is after `must_by`
    must_by : (T,) instant that must not pass
    left : (T,) cost of leaving the task unscheduled
    """

    rate: Floats
    tardy_from: Seconds
    late: Floats
    late_after: Seconds
    missed: float
    must_by: Seconds
    left: Floats


def office_seconds(instance: Instance, instants: Seconds) -> Seconds:
    """Return the seconds that count for tardiness between `now` and each instant, which is not before `now`."""
    if not len(instance.office_start):
        return np.asarray(instants, np.int64)
    starts, ends = np.maximum(instance.office_start, 0), np.maximum(instance.office_end, 0)
    before = np.concatenate(([0], np.cumsum(ends - starts)))
    position = np.searchsorted(starts, instants, "right")
    inside = np.minimum(instants, ends[np.maximum(position - 1, 0)]) - starts[np.maximum(position - 1, 0)]
    return np.where(position == 0, 0, before[np.maximum(position - 1, 0)] + inside)


def tabulate_costs(instance: Instance) -> TaskCosts:
    """Return the cost columns of the tasks of an instance."""
    objective, weight = instance.objective, instance.task_weight
    due = instance.task_due
    costs = TaskCosts(
        rate=objective.tardiness * weight / 60,
        tardy_from=np.maximum(due, 0),
        late=np.where(due >= 0, objective.late * weight, 0.0),
        late_after=due,
        missed=objective.missed,
        must_by=instance.task_must_by,
        left=np.zeros(0),
    )
    left = completion_cost(instance, costs, np.arange(instance.num_tasks), instance.task_carry_over)
    return TaskCosts(**{**vars(costs), "left": left + objective.carried_over * weight})


def completion_cost(instance: Instance, costs: TaskCosts, tasks: Ints | Seconds, ends: Seconds) -> Floats:
    """Return what tasks cost that are completed at `ends`, one each, none before `now`."""
    base = costs.tardy_from[tasks]
    tardy = office_seconds(instance, np.maximum(ends, base)) - office_seconds(instance, base)
    charged: Flags = ends > costs.late_after[tasks]
    missed: Flags = ends > costs.must_by[tasks]
    return costs.rate[tasks] * tardy + np.where(charged, costs.late[tasks], 0.0) + np.where(missed, costs.missed, 0.0)


def lower(value: float) -> float:
    """Return a value that float errors in a sum of non-negative terms cannot have lifted above the true one."""
    return max(0.0, value * (1 - 1e-11) - 1e-9) if np.isfinite(value) else 0.0
