"""Why a task is left for later."""

from collections.abc import Mapping

import numpy as np

from models.vocabulary import UnscheduledReason
from optimizer.instance import Instance, Ints, Seconds
from optimizer.solution import Explanation


def explain(instance: Instance, task_agent: Ints, task_start: Seconds, task_end: Seconds) -> Mapping[int, Explanation]:  # noqa: ARG001
    """Return the explanation of each task that a schedule leaves, by its position."""
    found: dict[int, Explanation] = {}
    for task in np.flatnonzero(task_agent < 0).tolist():
        before = instance.after_task[instance.after_ptr[task] : instance.after_ptr[task + 1]]
        left = before[task_agent[before] < 0]
        kind = instance.task_class[task]
        able = instance.class_agent[instance.class_ptr[kind] : instance.class_ptr[kind + 1]]
        excluded = instance.excluded_agent[instance.excluded_ptr[task] : instance.excluded_ptr[task + 1]]
        able = able[~np.isin(able, excluded)]
        if instance.task_pinned[task] >= 0:
            able = able[able == instance.task_pinned[task]]
        eligible = tuple(able.tolist())
        if not eligible:
            found[task] = Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT)
        elif len(left):
            found[task] = Explanation(
                reason=UnscheduledReason.PREDECESSOR_UNSCHEDULED, eligible_agents=eligible, predecessor=int(left[0])
            )
        else:
            found[task] = Explanation(reason=UnscheduledReason.NO_CAPACITY, eligible_agents=eligible)
    return found
