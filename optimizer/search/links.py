"""Predecessors are cut loose for one deal of the lanes: each pair gets an instant at which the one hands to the other.

With the instant fixed, the first must end by it and the second start from it on; neither needs to see the other, so
that lanes stay apart and a sequence can be judged alone. The next deal draws other instants between the new times.
"""

import numpy as np

from optimizer.instance import Flags, Floats, Instance, Ints, Seconds
from optimizer.kernels import compiled
from optimizer.search.board import Records
from optimizer.search.facts import Facts
from optimizer.search.records import BLOCKED, FAR, HELD

_LONGEST_LEAD = 7200


def cut_links(
    instance: Instance,
    facts: Facts,
    times: tuple[Ints, Seconds, Seconds],
    random: np.random.Generator,
) -> None:
    """Set for each linked task its release and its latest end, and whether it may leave or enter the plan.

    Parameters
    ----------
    times : agent, start and end of each task in the schedule at hand
    """
    if not len(instance.after_task):
        return
    shares = random.random(len(instance.after_task))
    opens = random.random(instance.num_tasks) < 0.5
    _cut(facts.tasks, instance.task_release, instance.after_ptr, instance.after_task, *times, shares, opens)


@compiled(nogil=True)
def _cut(
    tasks: Records,
    release: Seconds,
    after_ptr: Ints,
    after_task: Ints,
    task_agent: Ints,
    task_start: Seconds,
    task_end: Seconds,
    shares: Floats,
    opens: Flags,
) -> None:
    for i in range(len(tasks)):
        tasks[i].release = min(release[i], FAR)
        tasks[i].latest = FAR
        tasks[i].flags &= ~(BLOCKED | HELD)
    for i in range(len(tasks)):
        first, last = after_ptr[i], after_ptr[i + 1]
        if first == last:
            continue
        task = tasks[i]
        is_ready = True
        for n in range(first, last):
            is_ready = is_ready and task_agent[after_task[n]] >= 0
        if task_agent[i] < 0 and not (is_ready and opens[i]):
            task.flags |= BLOCKED
            continue
        for n in range(first, last):
            before = tasks[after_task[n]]
            end = task_end[after_task[n]]
            lead = task_start[i] - end if task_agent[i] >= 0 else _LONGEST_LEAD
            handover = end + np.int64(shares[n] * (lead + 1))
            task.release = max(task.release, min(handover, FAR))
            before.latest = min(before.latest, handover)
            before.flags |= HELD
