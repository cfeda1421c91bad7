"""The last touch to a schedule: no task left in it that costs more than it gains, none out of it that would pay."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.insertion import find_insertion, insert
from optimizer.instance import Instance, Ints
from optimizer.kernels import kernel
from optimizer.objective import Charges, get_charges, score
from optimizer.removal import cost_removal, remove
from optimizer.sequences import Sequences, Terms, build_sequences, get_terms
from optimizer.solution import Solution
from optimizer.timeline import Roster, get_roster

TASKS_A_LOOK = 100
"""Tasks that are tried before anybody looks at the clock: some 50 ms with 4,000 agents."""

LEAST_GAIN = 1e-6
"""What a change must gain: less may be rounding."""


def tidy(instance: Instance, solution: Solution, *, is_over: Callable[[], bool] | None = None) -> Solution:
    """Return a schedule from which no single task can be taken, and into which none can be put, with a gain.

    Tasks keep their agents and their order. The total is never more than it was.

    Parameters
    ----------
    is_over
        Asked all along: when it says so, the schedule is returned as tidy as it is by then.
    """
    roster, charges, terms = get_roster(instance), get_charges(instance), get_terms(instance)
    sequences = build_sequences(instance, solution.task_agent, solution.task_start, solution.task_end, roster)
    heaviest_first = np.argsort(-instance.task_weight, kind="stable").astype(np.int32)
    is_changed, is_better = False, True
    while is_better:
        is_better = False
        for pass_through, is_wanted in ((_take_out, True), (_put_in, False)):
            tasks = heaviest_first[(sequences.agent[heaviest_first] >= 0) == is_wanted]
            tasks = np.ascontiguousarray(tasks[::-1] if is_wanted else tasks)
            for first in range(0, len(tasks), TASKS_A_LOOK):
                if is_over is not None and is_over():
                    return _retell(instance, solution, sequences) if is_changed or is_better else solution
                last = min(first + TASKS_A_LOOK, len(tasks))
                is_better |= pass_through(tasks, first, last, terms, sequences, charges, roster)
        is_changed |= is_better
    return _retell(instance, solution, sequences) if is_changed else solution


def _retell(instance: Instance, solution: Solution, sequences: Sequences) -> Solution:
    """Return the schedule of sequences, or the one they were made of where rounding has made them cost more."""
    total = score(instance, sequences.agent, sequences.start, sequences.end).total
    if total > solution.total:
        return solution
    return replace(
        solution, task_agent=sequences.agent, task_start=sequences.start, task_end=sequences.end, total=total
    )


@kernel
def _take_out(
    tasks: Ints, first: int, last: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster
) -> bool:
    """Take out each of some tasks while that gains; return whether any was."""
    is_better = False
    for n in range(first, last):
        task = tasks[n]
        if cost_removal(task, terms, sequences, charges, roster) < -LEAST_GAIN:
            remove(task, terms, sequences, roster)
            is_better = True
    return is_better


@kernel
def _put_in(
    tasks: Ints, first: int, last: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster
) -> bool:
    """Put in each of some tasks where that gains; return whether any was."""
    is_better = False
    for n in range(first, last):
        task = tasks[n]
        cost, agent, previous, shift = find_insertion(task, terms, sequences, charges, roster)
        if cost < -LEAST_GAIN:
            insert(task, agent, previous, shift, terms, sequences, roster)
            is_better = True
    return is_better
