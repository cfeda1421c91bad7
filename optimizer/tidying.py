"""The last touch to a schedule: no task left in it that costs more than it gains, none out of it that would pay."""

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

LEAST_GAIN = 1e-6
"""What a change must gain: less may be rounding."""


def tidy(instance: Instance, solution: Solution) -> Solution:
    """Return a schedule from which no single task can be taken, and into which none can be put, with a gain.

    Tasks keep their agents and their order. The total is never more than it was.
    """
    roster, charges = get_roster(instance), get_charges(instance)
    sequences = build_sequences(instance, solution.task_agent, solution.task_start, solution.task_end, roster)
    heaviest_first = np.argsort(-instance.task_weight, kind="stable").astype(np.int32)
    if not _tidy(heaviest_first, get_terms(instance), sequences, charges, roster):
        return solution
    total = score(instance, sequences.agent, sequences.start, sequences.end).total
    if total > solution.total:
        return solution
    return replace(
        solution, task_agent=sequences.agent, task_start=sequences.start, task_end=sequences.end, total=total
    )


@kernel
def _tidy(order: Ints, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster) -> bool:
    """Take out and put in while that gains; return whether anything changed. Each change gains, so that it ends."""
    is_changed, is_better = False, True
    while is_better:
        is_better = False
        for n in range(len(order) - 1, -1, -1):
            task = order[n]
            if sequences.agent[task] >= 0 and cost_removal(task, terms, sequences, charges, roster) < -LEAST_GAIN:
                remove(task, terms, sequences, roster)
                is_better = True
        for n in range(len(order)):
            task = order[n]
            if sequences.agent[task] < 0:
                cost, agent, previous, shift = find_insertion(task, terms, sequences, charges, roster)
                if cost < -LEAST_GAIN:
                    insert(task, agent, previous, shift, terms, sequences, roster)
                    is_better = True
        is_changed |= is_better
    return is_changed
