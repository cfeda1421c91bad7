"""Starting every task as early as its agent, its order and what it waits for allow."""

from dataclasses import replace

import numpy as np

from optimizer.instance import Instance, Ints
from optimizer.kernels import kernel
from optimizer.objective import score
from optimizer.sequences import Sequences, Terms, build_sequences, get_cursor, get_ready, get_terms, is_move
from optimizer.solution import Solution
from optimizer.timeline import Roster, enter_shift, find_start, get_roster, pass_working


def settle(instance: Instance, solution: Solution) -> Solution:
    """Return a feasible schedule with the same agents, order and shifts, in which no task could start sooner.

    The total is never more than it was, as every charge grows with completion.
    """
    roster = get_roster(instance)
    sequences = build_sequences(instance, solution.task_agent, solution.task_start, solution.task_end, roster)
    order = np.argsort(solution.task_start, kind="stable").astype(np.int32)
    order = np.ascontiguousarray(order[solution.task_agent[order] >= 0])
    if not _settle(order, get_terms(instance), sequences, roster):
        return solution
    start, end = sequences.start, sequences.end
    return replace(
        solution,
        task_start=np.where(solution.task_agent >= 0, start, solution.task_start),
        task_end=np.where(solution.task_agent >= 0, end, solution.task_end),
        total=score(instance, solution.task_agent, start, end).total,
    )


@kernel
def _settle(order: Ints, terms: Terms, sequences: Sequences, roster: Roster) -> bool:
    """Place tasks by their old starts: what a task waits for, and what stands before it, has its place already."""
    is_changed = False
    for n in range(len(order)):
        task = order[n]
        agent, shift, kind = sequences.agent[task], sequences.shift[task], terms.type[task]
        at, free, last_type, moves, moved_at = get_cursor(
            agent, sequences.previous[task], terms.type, sequences, roster
        )
        if at < shift:
            at, free, last_type, moves, moved_at = enter_shift(shift, roster)
        ready = get_ready(task, -1, terms, sequences)
        start = find_start(agent, shift, free, last_type, moves, moved_at, kind, ready, roster)
        if start < sequences.start[task]:
            is_changed = True
            sequences.start[task] = start
            sequences.end[task] = pass_working(shift, start, sequences.duration[task], roster)
        if is_move(last_type, kind, roster):
            moves, moved_at = moves + 1, sequences.start[task]
        sequences.moves[task], sequences.moved_at[task] = moves, moved_at
    return is_changed
