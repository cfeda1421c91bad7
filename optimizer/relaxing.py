"""An instance with one thing eased: longer shifts, more moves, another due. Agents and tasks stay where they are."""

from dataclasses import replace

import numpy as np

from optimizer.instance import NO_LIMIT, Instance


def lengthen_shifts(instance: Instance, seconds: int) -> Instance:
    """Return the instance with every shift so much longer, though none runs into the next one of its agent."""
    ends = instance.shift_end + seconds
    owner = np.repeat(np.arange(instance.num_agents), np.diff(instance.agent_shift_ptr))
    has_next = np.flatnonzero(owner[:-1] == owner[1:])
    ends[has_next] = np.minimum(ends[has_next], instance.shift_start[has_next + 1])
    starts, stops, pointers = [], [], [0]
    for shift, (old_end, new_end) in enumerate(zip(instance.shift_end.tolist(), ends.tolist(), strict=True)):
        rows = slice(instance.shift_work_ptr[shift], instance.shift_work_ptr[shift + 1])
        begins, finishes = instance.work_start[rows].tolist(), instance.work_end[rows].tolist()
        if finishes and finishes[-1] == old_end:
            finishes[-1] = new_end
        elif new_end > old_end:
            begins.append(old_end)
            finishes.append(new_end)
        starts += begins
        stops += finishes
        pointers.append(len(starts))
    return replace(
        instance,
        shift_end=ends,
        shift_work_ptr=np.array(pointers, np.int32),
        work_start=np.array(starts, np.int64),
        work_end=np.array(stops, np.int64),
    )


def allow_moves(instance: Instance, more: int) -> Instance:
    """Return the instance with so many more moves for everybody who has a limit."""
    limits = instance.agent_max_moves.astype(np.int64)
    raised = np.where(limits < NO_LIMIT, np.minimum(limits + more, NO_LIMIT - 1), limits)
    return replace(instance, agent_max_moves=raised.astype(np.int32))


def move_due(instance: Instance, task: int, due: int) -> Instance:
    """Return the instance with another due of a task, in seconds from `now`."""
    dues = instance.task_due.copy()
    dues[task] = due
    return replace(instance, task_due=dues)
