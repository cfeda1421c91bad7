"""Free time: choosing, imbalance, no work, or nothing that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.waste.categories import CATEGORIES, Category
from reports.waste.layout import BEGINNINGS, CHOSEN, CONTINUED, HANDLING, LOST, NONE, PUSHED, REWORK, SETUP, Layout
from reports.waste.queues import Queues
from reports.waste.spans import Flags, Wholes, key_of, split
from reports.waste.sweep import Swept

MOST_CHOOSING_S = 600
"""A gap counts as choosing for so long at the most; the rest of it nobody knows: calls, meetings, lunch."""

LEAST_PUSHED = 20
"""Tasks handed out in a team of which the usual time to begin one is told."""

CHOOSING, IMBALANCE, NO_WORK, UNEXPLAINED = (
    CATEGORIES.index(name) for name in (Category.CHOOSING, Category.IMBALANCE, Category.NO_WORK, Category.UNEXPLAINED)
)

SEEN, GAP, NOWHERE, ELSEWHERE = "looking", "gap", "nothing anywhere", "work elsewhere"
AWAY_DETAIL, QUEUE_UNKNOWN, BEYOND, NOT_CHOSEN = "not there", "queue unknown", "beyond choosing", "not before a choice"
DETAILS = ("", SEEN, GAP, NOWHERE, ELSEWHERE, AWAY_DETAIL, QUEUE_UNKNOWN, BEYOND, NOT_CHOSEN)
"""What is said of a row of free time besides its category."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Beginnings:
    """When agents began something, in order of agent and time.

    Attributes
    ----------
    keys
        Agent and instant in one number.
    begun
        How they came to it: `CHOSEN`, `PUSHED` or `CONTINUED`.
    is_measured
        Whether it lasted; what has no length tells not when it was begun.
    task
        The task, -1 where it has no name.
    """

    keys: Wholes
    agent: Wholes
    start: Wholes
    begun: Wholes
    is_measured: Flags
    task: Wholes


@dataclass(frozen=True, kw_only=True, eq=False)
class FreeTime:
    """Free time by category, in order of agent and time.

    Attributes
    ----------
    agent, start, end : (N,)
    category : (N,) positions in `CATEGORIES`
    detail : (N,) positions in `DETAILS`
    type, task : (N,)
        Of what was begun after it (choosing), or was urgent elsewhere (imbalance: the type alone); else -1.
    gap : (N,)
        The beginning at which the gap ended; -1 where there is none.
    pushed_s
        Seconds that a task which is handed out takes to begin, by home team; NaN where too few were.
    """

    agent: Wholes
    start: Wholes
    end: Wholes
    category: Wholes
    detail: Wholes
    type: Wholes
    task: Wholes
    gap: Wholes
    pushed_s: Reals


def explain_free_time(layout: Layout, swept: Swept, queues: Queues | None) -> FreeTime:
    """Return free time by category; `queues` is None where nobody knows what waited."""
    beginnings = list_beginnings(layout)
    agent, start, end = swept.free_agent, swept.free_start, swept.free_end
    if queues is None:
        none = np.full(len(agent), NONE, dtype=np.int64)
        detail = np.where(swept.free_away, DETAILS.index(AWAY_DETAIL), DETAILS.index(QUEUE_UNKNOWN))
        return FreeTime(
            agent=agent,
            start=start,
            end=end,
            category=np.full(len(agent), UNEXPLAINED, dtype=np.int64),
            detail=detail,
            type=none,
            task=none,
            gap=none,
            pushed_s=np.full(len(layout.team_ids), np.nan),
        )
    row, begins, ends, doable = split(queues.doable_class[agent], start, end, queues.doable)
    is_away, is_looking = swept.free_away[row], swept.free_looking[row]
    idle = np.flatnonzero((doable < 0) & ~is_away)
    at, low, high, urgent = split(queues.skill_class[agent[row[idle]]], begins[idle], ends[idle], queues.urgent)
    calm = np.flatnonzero(urgent < 0)
    nowhere = split(np.zeros(len(calm), dtype=np.int64), low[calm], high[calm], queues.anything)
    gap = _find_gaps(layout, beginnings, agent[row], ends)
    busy = np.flatnonzero((doable >= 0) & ~is_away)
    pushed_s, choosing = _find_choosing(layout, beginnings, gap[busy], (ends - begins)[busy], is_looking[busy])
    middle = ends[busy] - choosing
    who = agent[row[busy]]
    is_seen = is_looking[busy]
    ends_chosen = (gap[busy] >= 0) & (choosing_allowed(beginnings)[gap[busy]] if len(beginnings.keys) else False)
    unknown = np.where(ends_chosen, DETAILS.index(BEYOND), DETAILS.index(NOT_CHOSEN))
    next_task = np.where(gap[busy] >= 0, beginnings.task[gap[busy]] if len(beginnings.keys) else NONE, NONE)
    next_type = np.where(next_task >= 0, layout.task_type[next_task] if len(layout.task_type) else NONE, NONE)
    away = np.flatnonzero(is_away)
    lent = np.flatnonzero(urgent >= 0)
    calm_rows = row[idle[at[calm[nowhere[0]]]]]
    parts = [
        (who, middle, ends[busy], CHOOSING, np.where(is_seen, DETAILS.index(SEEN), DETAILS.index(GAP)),
         next_type, next_task, gap[busy]),
        (who, begins[busy], middle, UNEXPLAINED, unknown, NONE, NONE, gap[busy]),
        (agent[row[away]], begins[away], ends[away], UNEXPLAINED, DETAILS.index(AWAY_DETAIL), NONE, NONE, NONE),
        (agent[row[idle[at[lent]]]], low[lent], high[lent], IMBALANCE, 0, queues.urgent_type[urgent[lent]], NONE, NONE),
        (agent[calm_rows], nowhere[1], nowhere[2], NO_WORK,
         np.where(nowhere[3] < 0, DETAILS.index(NOWHERE), DETAILS.index(ELSEWHERE)), NONE, NONE, NONE),
    ]  # fmt: skip
    columns = [
        np.concatenate([np.broadcast_to(np.asarray(part[n], dtype=np.int64), part[0].shape) for part in parts])
        for n in range(8)
    ]
    is_kept = np.flatnonzero(columns[2] > columns[1])
    order = is_kept[np.lexsort((columns[1][is_kept], columns[0][is_kept]))]
    names = ("agent", "start", "end", "category", "detail", "type", "task", "gap")
    return FreeTime(**{name: column[order] for name, column in zip(names, columns, strict=True)}, pushed_s=pushed_s)


def list_beginnings(layout: Layout) -> Beginnings:
    """Return when agents began something: one row an instant of an agent."""
    at = np.flatnonzero(np.isin(layout.kind, (LOST, REWORK, HANDLING, SETUP)))
    keys = key_of(layout.agent[at], layout.start[at])
    is_instant = layout.end[at] <= layout.start[at]
    # Of what begins at one instant: what lasts before what does not, what was handed out, then what was chosen.
    rank = np.array([{CHOSEN: 1, PUSHED: 0, CONTINUED: 2}[n] for n in range(len(BEGINNINGS))])[layout.begun[at]]
    order = at[np.lexsort((at, rank, is_instant, keys))]
    ordered = key_of(layout.agent[order], layout.start[order])
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    first = order[is_first]
    return Beginnings(
        keys=ordered[is_first],
        agent=layout.agent[first],
        start=layout.start[first],
        begun=layout.begun[first],
        is_measured=layout.end[first] > layout.start[first],
        task=layout.task[first],
    )


def choosing_allowed(beginnings: Beginnings) -> Flags:
    """Return which beginnings a choice may have come before."""
    return np.asarray(beginnings.is_measured & (beginnings.begun == CHOSEN))


def _find_gaps(layout: Layout, beginnings: Beginnings, agent: Wholes, end: Wholes) -> Wholes:
    """Return the beginning that each piece of free time leads to, in the same shift; -1 where it leads to none."""
    if not len(beginnings.keys):
        return np.full(len(agent), NONE, dtype=np.int64)
    at = np.searchsorted(beginnings.keys, key_of(agent, end), side="left")
    found = np.minimum(at, len(beginnings.keys) - 1)
    is_there = (at < len(beginnings.keys)) & (beginnings.agent[found] == agent)
    shift = layout.shift_of(agent, end - 1)
    is_there &= layout.shift_of(beginnings.agent[found], beginnings.start[found]) == shift
    return np.where(is_there, found, NONE)


def _find_choosing(
    layout: Layout, beginnings: Beginnings, gap: Wholes, seconds: Wholes, is_looking: Flags
) -> tuple[Reals, Wholes]:
    """Return how long tasks that are handed out take to begin, by team, and of each piece the seconds of choosing.

    Where an agent is known to be looking in a gap, that is choosing, and the rest of the gap is not. Else it is what
    the gap lasts beyond the time of tasks handed out, `MOST_CHOOSING_S` at the most: its last seconds. Pieces are in
    order of agent and time.
    """
    num = len(beginnings.keys)
    in_gap = gap >= 0
    lasts = np.bincount(gap[in_gap], weights=seconds[in_gap], minlength=num).astype(np.int64)
    looked = np.bincount(gap[in_gap & is_looking], minlength=num) > 0
    pushed_s = _find_pushed(layout, beginnings, lasts)
    choosing = np.where(is_looking, seconds, 0)
    if not num:
        return pushed_s, choosing
    team = layout.agent_team[beginnings.agent]
    usual = np.where(team >= 0, np.nan_to_num(pushed_s)[team], 0.0) if len(pushed_s) else np.zeros(num)
    allowed = np.where(choosing_allowed(beginnings) & ~looked, np.clip(lasts - np.ceil(usual), 0, MOST_CHOOSING_S), 0)
    at = np.flatnonzero(in_gap)
    before = np.cumsum(seconds[at]) - seconds[at]
    first_of = np.searchsorted(gap[at], gap[at], side="left")  # gaps ascend, as their pieces do
    after = lasts[gap[at]] - (before - before[first_of]) - seconds[at]
    taken = np.clip(allowed[gap[at]] - after, 0, seconds[at])
    choosing[at] = np.where(looked[gap[at]], choosing[at], taken).astype(np.int64)
    return pushed_s, choosing


def _find_pushed(layout: Layout, beginnings: Beginnings, lasts: Wholes) -> Reals:
    found = np.full(len(layout.team_ids), np.nan)
    team = layout.agent_team[beginnings.agent] if len(beginnings.agent) else beginnings.agent
    for n in range(len(found)):
        own = lasts[(team == n) & (beginnings.begun == PUSHED) & beginnings.is_measured]
        if len(own) >= LEAST_PUSHED:
            found[n] = float(np.median(own))
    return found
