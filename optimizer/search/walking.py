"""Bounded evaluation of one agent's sequence: only its changed tail is walked, and only while it can still win.

References
----------
Kindervater & Savelsbergh (1997), Vehicle routing: handling edge exchanges, section 4 (stored prefix states).
Vidal, Crainic, Gendreau & Prins (2013), A hybrid genetic algorithm with adaptive diversity management for a large
class of vehicle routing problems with time windows, section 4.5 (move evaluations by concatenation).
"""

from typing import Any

import numpy as np

from optimizer.instance import Ints, Seconds
from optimizer.search.board import Records
from optimizer.search.compiling import inlined, inner, kernel
from optimizer.search.records import FAR, NEVER_FITS, TYPE_BITS, UNKNOWN
from optimizer.search.timing import charge, place


@inlined
def follow(
    spans: Records,
    span: int,
    free: int,
    kind: int,
    moves: int,
    since: int,
    slot: Any,
    same: int,
    other: int,
    agent: Any,
) -> tuple[int, int, int, int, int, int]:
    """Let a task follow the state (span, free, kind, moves, since) of an agent.

    Returns
    -------
    start, end, span, moves, since, moved
        The state behind it. `end` is `FAR` where the task finds no room.
    """
    setup = 0
    moved = 0
    if kind != slot.kind and kind >= 0:
        if (kind ^ slot.kind) >> TYPE_BITS:
            setup, moved = other, 1
        else:
            setup = same
    start = max(free + setup, slot.release)
    end = start + slot.duration
    if end > spans[np.uintp(span)].end or (moved and agent.limited):
        barred = moved != 0 and moves >= agent.most_moves
        floor = max(slot.release, since + agent.stay) if moved else slot.release
        start, end, span, fresh = place(spans, span, free, setup, floor, slot.release, slot.duration, barred)
        if fresh:
            moves, since, moved = 0, -FAR, 0
    if moved:
        moves += 1
        since = start
    return start, end, span, moves, since, moved


@kernel
def evaluate(
    slots: Records,
    spans: Records,
    agents: Records,
    tasks: Records,
    rules: Records,
    office: Records,
    a: int,
    kept: int,
    from_1: int,
    to_1: int,
    from_2: int,
    to_2: int,
    from_3: int,
    to_3: int,
    tail: int,
    limit: int,
) -> int:
    """Return by how much a sequence would cost more, or `NEVER_FITS` as soon as that is seen to exceed a limit.

    The candidate is the agent's first `kept` tasks, then three stretches of slots (each `[from, to)`, anywhere), then
    its own tasks from place `tail`. A tail that is not earlier than it was costs no less than it did, so that the
    walk stops when what has been added exceeds the limit; and where it meets its stored state, the rest is known.

    The first task that finds no room, and all behind it, are left unscheduled: the sequence overflows. So a task can
    push another out, or let one in, without a move of its own for it.
    """
    agent = agents[a]
    same, other = rules[0].same, rules[0].other
    missed, move_cost, num_office = rules[0].missed, rules[0].move, rules[0].office
    base = agent.base
    before = slots[np.uintp(base + kept)]
    free, span, kind, moves, since = before.end, before.span, before.kind, before.moves, before.since
    cost: int = before.cost
    for part in range(3):
        if part == 0:
            at, stop = from_1, to_1
        elif part == 1:
            at, stop = from_2, to_2
        else:
            at, stop = from_3, to_3
        while at < stop:
            slot = slots[np.uintp(at)]
            if free < FAR:
                _, free, span, moves, since, moved = follow(
                    spans, span, free, kind, moves, since, slot, same, other, agent
                )
                kind = slot.kind
            if free > slot.latest:
                return NEVER_FITS
            if free < FAR:
                cost += charge(slot, free, missed, office, num_office) + moved * move_cost
            else:
                cost += tasks[np.uintp(slot.task)].left
            at += 1
    at, stop = base + tail, base + agent.size + 1
    if at == stop:
        return int(cost - slots[np.uintp(stop - 1)].cost)
    while at < stop:
        slot = slots[np.uintp(at)]
        if free < FAR:
            _, free, span, moves, since, moved = follow(spans, span, free, kind, moves, since, slot, same, other, agent)
            kind = slot.kind
        if free > slot.latest:
            return NEVER_FITS
        if free < FAR:
            cost += charge(slot, free, missed, office, num_office) + moved * move_cost
        else:
            cost += tasks[np.uintp(slot.task)].left
        if free >= slot.end:
            if cost - slot.cost > limit:
                return NEVER_FITS
            if (
                free == slot.end
                and span == slot.span
                and (not agent.limited or (moves == slot.moves and since == slot.since))
            ):
                return int(cost - slot.cost)
        at += 1
    return int(cost - slots[np.uintp(stop - 1)].cost)


@inner
def settle(
    slots: Records,
    starts: Ints,
    gains: Seconds,
    spans: Records,
    agents: Records,
    tasks: Records,
    rules: Records,
    office: Records,
    a: int,
    kept: int,
) -> int:
    """Time an agent's sequence behind its first `kept` tasks anew and store each state. Return its cost."""
    agent = agents[a]
    same, other = rules[0].same, rules[0].other
    missed, move_cost, num_office = rules[0].missed, rules[0].move, rules[0].office
    base = agent.base
    before = slots[base + kept]
    free, span, kind, moves, since = before.end, before.span, before.kind, before.moves, before.since
    cost: int = before.cost
    for at in range(base + kept + 1, base + agent.size + 1):
        slot = slots[at]
        start, moved = FAR, 0
        if free < FAR:
            start, free, span, moves, since, moved = follow(
                spans, span, free, kind, moves, since, slot, same, other, agent
            )
            kind = slot.kind
        if free < FAR:
            cost += charge(slot, free, missed, office, num_office) + moved * move_cost
        else:
            cost += tasks[slot.task].left
        if free > slot.latest:
            cost = NEVER_FITS
        slot.end, slot.span, slot.moves, slot.since, slot.cost = free, span, moves, since, cost
        starts[at] = start
    for at in range(base + 1, base + agent.size + 1):
        gains[at] = UNKNOWN
    agent.is_tabulated = 0
    return cost


@inner
def enter(slots: Records, agents: Records, a: int) -> None:
    """Write the state in which an agent begins."""
    agent = agents[a]
    slot = slots[agent.base]
    slot.task, slot.kind = -1, agent.entry_kind
    slot.end, slot.span, slot.moves, slot.since = (
        agent.entry_end,
        agent.entry_span,
        agent.entry_moves,
        agent.entry_since,
    )
    slot.release = slot.duration = slot.due = slot.rate = slot.late = slot.fixed = 0
    slot.must_by = slot.latest = FAR
    slot.cost = 0
