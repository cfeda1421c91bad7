"""The sweep over all agents and instants: who was paid, what held, and whose it was where several things held."""

from dataclasses import dataclass

import numpy as np

from reports.waste.layout import AWAY, HANDLING, INTERRUPTED, LOOKING, LOST, OFF_TASK, REWORK, SETUP, Layout
from reports.waste.spans import Flags, Wholes, cut, key_of

ITEMS = (OFF_TASK, LOST, REWORK, HANDLING, INTERRUPTED, SETUP)
"""Kinds whose time belongs to stretches, in equal parts where several of one kind overlap."""

FREE = LOOKING
"""What a second is that is paid and nothing else."""

_ALMOST = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Swept:
    """Paid time by what first holds, and work outside it.

    Attributes
    ----------
    stretch, day, start, end, seconds, is_paid : (R,)
        Of each stretch, on each day, the seconds that are its own: fewer than it lasts where something that comes first
        held, or others of its kind held as well. Rows of nothing are left out.
    free_agent, free_start, free_end, free_looking, free_away : (F,)
        Paid time in which nothing held, in order of agent and time; whether the agent was looking, or known to be away.
    """

    stretch: Wholes
    day: Wholes
    start: Wholes
    end: Wholes
    seconds: Wholes
    is_paid: Flags
    free_agent: Wholes
    free_start: Wholes
    free_end: Wholes
    free_looking: Flags
    free_away: Flags


def sweep(layout: Layout) -> Swept:
    """Return what each paid second is by the first kind that holds, exactly."""
    piece, begins, ends = cut(layout.start, layout.end, layout.edges)
    kind = layout.kind[piece]
    num, num_paid = len(piece), len(layout.paid_agent)
    owner = np.concatenate([layout.agent[piece], layout.agent[piece], layout.paid_agent, layout.paid_agent])
    moment = np.concatenate([begins, ends, layout.paid_start, layout.paid_end])
    paid_kind = len(ITEMS) + 2
    of_kind = np.concatenate([kind, kind, np.full(2 * num_paid, paid_kind, dtype=np.int64)])
    step = np.concatenate([np.ones(num), -np.ones(num), np.ones(num_paid), -np.ones(num_paid)]).astype(np.int64)
    keys = key_of(owner, moment)
    order = np.argsort(keys, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    sorted_moment, of_kind, step = moment[order], of_kind[order], step[order]
    lengths = np.diff(sorted_moment, append=sorted_moment[-1:] if len(order) else 0)
    counts = {name: np.cumsum(np.where(of_kind == name, step, 0)) for name in (*ITEMS, AWAY, LOOKING, paid_kind)}
    is_paid = counts[paid_kind] > 0
    winner = np.full(len(order), FREE, dtype=np.int64)
    for name in (AWAY, *reversed(ITEMS)):
        winner[counts[name] > 0] = name
    parts = []
    start_place, end_place = place[:num], place[num : 2 * num]
    for name in ITEMS:
        own = np.flatnonzero(kind == name)
        for paid in (True, False):
            wins = (winner == name) & (is_paid == paid)
            seconds = _share(
                np.where(wins, lengths, 0), counts[name], start_place[own], end_place[own],
                group=layout.agent[piece[own]] * layout.num_days + layout.day_of(begins[own]),
            )  # fmt: skip
            is_there = np.flatnonzero(seconds > 0)
            parts.append((own[is_there], seconds[is_there], np.full(len(is_there), paid)))
    of_piece, seconds, paid_flags = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows = np.lexsort((~paid_flags, of_piece))
    free = _list_free(layout, owner[order], sorted_moment, lengths, is_paid & (winner >= AWAY), counts, winner)
    return Swept(
        stretch=piece[of_piece][rows],
        day=layout.day_of(begins[of_piece])[rows],
        start=begins[of_piece][rows],
        end=ends[of_piece][rows],
        seconds=seconds[rows],
        is_paid=paid_flags[rows],
        free_agent=free[0],
        free_start=free[1],
        free_end=free[2],
        free_looking=free[3],
        free_away=free[4],
    )


def _share(lengths: Wholes, num_open: Wholes, first: Wholes, last: Wholes, *, group: Wholes) -> Wholes:
    """Return the whole seconds that belong to each stretch, in equal parts where several are open.

    Seconds of one alone are counted as whole numbers. Parts of seconds are rounded so that those of a group, a day of
    an agent, sum to what they share: down first, then up where most was cut off.
    """
    is_alone = num_open == 1
    alone = np.concatenate([[0], np.cumsum(np.where(is_alone, lengths, 0))])
    parts = np.concatenate([[0.0], np.cumsum(np.where(is_alone, 0.0, lengths / np.maximum(num_open, 1)))])
    whole = alone[last] - alone[first]
    part = parts[last] - parts[first]
    down = np.floor(part + _ALMOST)
    left = part - down
    seconds = whole + down.astype(np.int64)
    is_split = np.flatnonzero(part > 0)
    if not len(is_split):
        return np.asarray(seconds)
    groups, of_group = np.unique(group[is_split], return_inverse=True)
    due = np.round(np.bincount(of_group, weights=part[is_split], minlength=len(groups))).astype(np.int64)
    given = np.bincount(of_group, weights=down[is_split], minlength=len(groups)).astype(np.int64)
    order = np.lexsort((np.arange(len(is_split)), -np.round(left[is_split], 6), of_group))
    position = np.arange(len(order)) - np.concatenate([[0], np.cumsum(np.bincount(of_group))])[of_group[order]]
    is_up = position < (due - given)[of_group[order]]
    seconds[is_split[order[is_up]]] += 1
    return np.asarray(seconds)


def _list_free(
    layout: Layout,
    owner: Wholes,
    moment: Wholes,
    lengths: Wholes,
    is_free: Flags,
    counts: dict[int, Wholes],
    winner: Wholes,
) -> tuple[Wholes, Wholes, Wholes, Flags, Flags]:
    """Return paid time in which nothing held, neighbours of one day that are alike made one."""
    at = np.flatnonzero(is_free & (lengths > 0))
    agent, start, end = owner[at], moment[at], moment[at] + lengths[at]
    is_away = winner[at] == AWAY
    is_looking = (counts[LOOKING][at] > 0) & ~is_away
    day = layout.day_of(start)
    if not len(at):
        return agent, start, end, is_looking, is_away
    is_same = (
        (agent[1:] == agent[:-1])
        & (start[1:] == end[:-1])
        & (is_looking[1:] == is_looking[:-1])
        & (is_away[1:] == is_away[:-1])
        & (day[1:] == day[:-1])
    )
    first = np.flatnonzero(np.concatenate([[True], ~is_same]))
    last = np.concatenate([first[1:] - 1, [len(at) - 1]])
    return agent[first], start[first], end[last], is_looking[first], is_away[first]
