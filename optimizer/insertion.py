"""The cheapest way to put an unscheduled task into a schedule: exactly what it costs.

Followers of a task that goes in may be scheduled already, as they are where a task is lifted out to see where else it
could go: it must have ended when they start.
"""

import math

from optimizer.instance import NEVER
from optimizer.kernels import inner, kernel
from optimizer.objective import Charges, charge_agent, charge_completion, charge_leaving
from optimizer.sequences import (
    Sequences,
    Terms,
    find_first_after,
    find_last_before,
    get_cursor,
    get_deadline,
    get_ready,
    is_move,
    is_separated,
    renew,
)
from optimizer.timeline import (
    NOWHERE,
    Roster,
    compute_duration,
    compute_setup,
    contains,
    count_working,
    enter_shift,
    find_start,
    get_speed,
    pass_working,
)

IMPOSSIBLE = math.inf
"""The cost of what cannot be done."""

END = -2
"""Stands for the last task of a sequence, whichever it is."""


@kernel
def find_insertion(
    task: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster
) -> tuple[float, int, int, int]:
    """Return what the cheapest place for an unscheduled task adds to the total, and that place.

    Returns
    -------
    cost
        Less than 0 where the task would pay; `IMPOSSIBLE` where it fits nowhere or a predecessor is unscheduled.
    agent, previous, shift
        Whose it would be, behind which task (-1 for the first place) and in which shift.
    """
    return find_insertion_apart(-1, task, terms, sequences, charges, roster)


@kernel
def find_insertion_apart(
    barred: int, task: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster
) -> tuple[float, int, int, int]:
    """Return what `find_insertion` does, of all agents but one."""
    best, best_agent, best_previous, best_shift = IMPOSSIBLE, -1, -1, -1
    ready = get_ready(task, -1, terms, sequences)
    if ready == NEVER:
        return best, best_agent, best_previous, best_shift
    leaving, pinned, demand = charge_leaving(task, charges), terms.pinned[task], terms.demand[task]
    for n in range(terms.class_ptr[demand], terms.class_ptr[demand + 1]):
        agent = terms.class_agent[n]
        if (
            agent == barred
            or (pinned >= 0 and agent != pinned)
            or contains(agent, task, terms.excluded_ptr, terms.excluded_agent)
            or is_separated(task, agent, terms, sequences)
        ):
            continue
        duration = compute_duration(terms.handling[task], terms.class_speed[n])
        cost, previous, shift = find_place(
            task, agent, duration, ready, leaving, best, terms, sequences, charges, roster
        )
        if cost < best:
            best, best_agent, best_previous, best_shift = cost, agent, previous, shift
    return best, best_agent, best_previous, best_shift


@kernel
def find_place(
    task: int,
    agent: int,
    duration: int,
    ready: int,
    leaving: float,
    limit: float,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> tuple[float, int, int]:
    """Return the cost of the cheapest place for a task in an agent's sequence, the task before it and the shift.

    Parameters
    ----------
    duration : working seconds that the agent takes
    ready : instant before which it may not start
    leaving : what it costs now, unscheduled
    limit : the cost is `IMPOSSIBLE` where it is not below this
    """
    return find_place_behind(-1, END, task, agent, duration, ready, leaving, limit, terms, sequences, charges, roster)


@inner
def find_place_behind(
    since: int,
    until: int,
    task: int,
    agent: int,
    duration: int,
    ready: int,
    leaving: float,
    limit: float,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> tuple[float, int, int]:
    """Return what `find_place` does, of the places behind some tasks of the sequence only.

    Parameters
    ----------
    since : the first task that it may stand behind, -1 for the first place of all
    until : the last one, `END` for the last place of all
    """
    task_type, next_task, task_shift, task_room, task_needed = (
        terms.type,
        sequences.next,
        sequences.shift,
        sequences.room,
        sequences.needed,
    )
    shift_end, kind = roster.shift_end, terms.type[task]
    final_shift = roster.shift_ptr[agent + 1] - 1
    fixed = charge_agent(task, agent, duration, terms.home[agent] != roster.type_team[kind], charges) - leaving
    best, best_previous, best_shift = limit, -1, -1
    # A detour by a third type may save a setup where two short ones take less than a long one.
    longest, saved = 0, max(0, roster.setup_same_team - 2 * roster.setup_other_team)
    for shift in range(roster.shift_ptr[agent], final_shift + 1):
        longest = max(longest, sequences.slack[shift])
    if duration > longest + saved:
        return IMPOSSIBLE, -1, -1
    last_before = find_last_before(task, agent, terms, sequences)
    first_after = find_first_after(task, agent, terms, sequences)
    previous, behind = since, next_task[since] if since >= 0 else sequences.first[agent]
    if previous < 0 and behind >= 0 and terms.in_progress[behind]:
        if terms.in_progress[task] or until == -1:
            return IMPOSSIBLE, -1, -1
        previous, behind = behind, next_task[behind]
    if previous >= 0 and sequences.start[previous] >= first_after:
        return IMPOSSIBLE, -1, -1
    while True:
        if previous >= 0:
            shift, last_type, room = int(task_shift[previous]), int(task_type[previous]), task_room[previous]
        else:
            shift, free, last_type, _, _ = get_cursor(agent, -1, task_type, sequences, roster)
            room = count_working(shift, free, shift_end[shift], roster) if shift <= final_shift else 0
        last_shift = task_shift[behind] if behind >= 0 else final_shift
        if last_before >= 0 and (previous < 0 or sequences.start[previous] < last_before):
            last_shift = NOWHERE
        first_shift = shift
        while shift <= last_shift:
            if shift > first_shift:
                last_type, room = -1, count_working(shift, 0, shift_end[shift], roster)
            needed = compute_setup(last_type, kind, roster) + duration
            if behind >= 0 and shift == last_shift:
                needed += compute_setup(kind, task_type[behind], roster) + task_needed[behind]
            if needed <= room and shift_end[shift] > ready:
                cost = fixed + _cost_place(
                    task,
                    agent,
                    previous,
                    shift,
                    behind,
                    ready,
                    duration,
                    best - fixed,
                    terms,
                    sequences,
                    charges,
                    roster,
                )
                if cost < best:
                    best, best_previous, best_shift = cost, previous, shift
            shift += 1
        if behind < 0 or previous == until or terms.in_progress[task] or sequences.start[behind] >= first_after:
            break
        previous, behind = behind, next_task[behind]
    if best_shift < 0:
        return IMPOSSIBLE, -1, -1
    return best, best_previous, best_shift


@inner
def _cost_place(
    task: int,
    agent: int,
    previous: int,
    shift: int,
    behind: int,
    ready: int,
    duration: int,
    limit: float,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> float:
    """Return what a task costs between two others and in a shift, with what it adds to the tasks behind it.

    The result is `IMPOSSIBLE` where it is not below the limit. What is added is never less than 0, as tasks only move
    later and a detour makes no fewer moves.
    """
    kind = terms.type[task]
    at, free, last_type, moves, moved_at = get_cursor(agent, previous, terms.type, sequences, roster)
    if at < shift:
        at, free, last_type, moves, moved_at = enter_shift(shift, roster)
    start = find_start(agent, shift, free, last_type, moves, moved_at, kind, ready, roster)
    if start == NOWHERE:
        return IMPOSSIBLE
    end = pass_working(shift, start, duration, roster)
    if end == NOWHERE or end > get_deadline(task, agent, terms, sequences):
        return IMPOSSIBLE
    cost = charge_completion(task, end, charges)
    if cost >= limit:
        return IMPOSSIBLE
    was_move = behind >= 0 and is_move(last_type, terms.type[behind], roster)
    if is_move(last_type, kind, roster):
        moves, moved_at = moves + 1, start
        cost += charges.move
    free, last_type = end, kind
    if behind >= 0 and sequences.shift[behind] == shift:
        cost += charges.move * (int(is_move(kind, terms.type[behind], roster)) - int(was_move))
    while behind >= 0 and sequences.shift[behind] == shift and cost < limit:
        kind, old_start, end = terms.type[behind], sequences.start[behind], sequences.end[behind]
        start = find_start(agent, shift, free, last_type, moves, moved_at, kind, old_start, roster)
        if start == NOWHERE:
            return IMPOSSIBLE
        if start > old_start:
            end = pass_working(shift, start, sequences.duration[behind], roster)
            if end == NOWHERE or end > get_deadline(behind, agent, terms, sequences):
                return IMPOSSIBLE
            cost += charge_completion(behind, end, charges) - charge_completion(behind, sequences.end[behind], charges)
        if is_move(last_type, kind, roster):
            moves, moved_at = moves + 1, start
        if start == old_start and moves == sequences.moves[behind] and moved_at == sequences.moved_at[behind]:
            break
        free, last_type = end, kind
        behind = sequences.next[behind]
    return cost if cost < limit else IMPOSSIBLE


@kernel
def insert(
    task: int,
    agent: int,
    previous: int,
    shift: int,
    terms: Terms,
    sequences: Sequences,
    roster: Roster,
) -> None:
    """Put an unscheduled task at the place that `find_insertion` returned."""
    speed = get_speed(terms.demand[task], agent, terms.class_ptr, terms.class_agent, terms.class_speed)
    duration = compute_duration(terms.handling[task], speed)
    insert_for(duration, task, agent, previous, shift, terms, sequences, roster)


@kernel
def insert_for(
    duration: int,
    task: int,
    agent: int,
    previous: int,
    shift: int,
    terms: Terms,
    sequences: Sequences,
    roster: Roster,
) -> None:
    """Put an unscheduled task at the place that `find_place` returned, for so many working seconds."""
    at, free, last_type, moves, moved_at = get_cursor(agent, previous, terms.type, sequences, roster)
    if at < shift:
        at, free, last_type, moves, moved_at = enter_shift(shift, roster)
    ready = get_ready(task, -1, terms, sequences)
    behind = sequences.next[previous] if previous >= 0 else sequences.first[agent]
    sequences.agent[task], sequences.duration[task] = agent, duration
    sequences.previous[task], sequences.next[task] = previous, behind
    if previous >= 0:
        sequences.next[previous] = task
    else:
        sequences.first[agent] = task
    if behind >= 0:
        sequences.previous[behind] = task
    current = task
    while current >= 0:
        kind = terms.type[current]
        start = find_start(agent, shift, free, last_type, moves, moved_at, kind, ready, roster)
        sequences.start[current] = start
        sequences.end[current] = pass_working(shift, start, sequences.duration[current], roster)
        if is_move(last_type, kind, roster):
            moves, moved_at = moves + 1, start
        free, last_type = sequences.end[current], kind
        current = sequences.next[current]
        if current < 0 or sequences.shift[current] != shift:
            break
        ready = sequences.start[current]
    renew(agent, terms.type, sequences, roster)
