"""How much of each cause of waste could be won back, and on what ground; `categories.FACTS` says it in words."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.waste.categories import CATEGORIES, Category
from reports.waste.free_time import DETAILS, SEEN, list_beginnings
from reports.waste.layout import NONE
from reports.waste.ledger import Ledger
from reports.waste.spans import Wholes, key_of, positions_in, unite

Reals = NDArray[np.float64]

LEAST_DAYS = 8
"""With fewer days a quarter of them tells nothing."""
BEST = 0.25

CHOOSING, SETUP, OVER, IMBALANCE = (
    CATEGORIES.index(name) for name in (Category.CHOOSING, Category.SETUP, Category.OVER_HANDLING, Category.IMBALANCE)
)


def find_recoverable(ledger: Ledger, table: pd.DataFrame, row_cause: Wholes) -> Reals:
    """Return the seconds of each cause that could be won back; NaN where nothing tells.

    Parameters
    ----------
    table
        Causes: `team`, `type`, `category`, `detail`, `seconds`.
    row_cause : (R,)
        The cause of each row of the ledger, -1 where there is none.
    """
    category = table["category"].to_numpy(dtype=np.int64)
    seconds = table["seconds"].to_numpy(dtype=np.float64)
    found = _beyond_own_best(ledger, table, row_cause)
    found[category == OVER] = seconds[category == OVER]
    for position, counted in (
        (CHOOSING, _count_choosing(ledger, row_cause, len(table))),
        (SETUP, _count_setup(ledger, row_cause, len(table))),
    ):
        found[category == position] = counted[category == position]
    lent = category == IMBALANCE
    found[lent] = _count_lending(ledger, table)[lent]
    return np.asarray(np.minimum(found, seconds), dtype=np.float64)


def _count_choosing(ledger: Ledger, row_cause: Wholes, num: int) -> Reals:
    """Return choosing beyond what tasks take to begin that are handed out.

    Where choosing was told by the length of gaps, that is taken out of it already.
    """
    free, layout = ledger.free, ledger.layout
    is_choosing = np.flatnonzero(ledger.column("category") == CHOOSING)
    cause = row_cause[is_choosing]
    seconds = ledger.column("seconds")[is_choosing]
    counted = _sums(cause[cause >= 0], seconds[cause >= 0], num)
    own = np.flatnonzero((free.category == CHOOSING) & (free.detail == DETAILS.index(SEEN)) & (free.gap >= 0))
    if not len(own):
        return counted
    gaps, first = np.unique(free.gap[own], return_index=True)
    spent = np.bincount(np.searchsorted(gaps, free.gap[own]), weights=(free.end - free.start)[own])
    team = layout.agent_team[free.agent[own[first]]]
    usual = np.where(team >= 0, np.nan_to_num(free.pushed_s)[team], 0.0)
    keys = key_of(ledger.column("agent")[is_choosing], ledger.column("start")[is_choosing])
    at = np.searchsorted(keys, key_of(free.agent[own[first]], free.start[own[first]]))
    of_gap = cause[at]
    is_known = of_gap >= 0
    return np.asarray(counted - _sums(of_gap[is_known], np.minimum(usual, spent)[is_known], num), dtype=np.float64)


def _count_setup(ledger: Ledger, row_cause: Wholes, num: int) -> Reals:
    """Return setups for another type than the one before, while more of that type was waiting."""
    layout, waiting = ledger.layout, ledger.history.waiting
    rows = np.flatnonzero((ledger.column("category") == SETUP) & (row_cause >= 0))
    counted = np.zeros(num)
    beginnings = list_beginnings(layout)
    if not len(rows) or not len(beginnings.keys) or not len(layout.task_type):
        return counted
    agent, start = ledger.column("agent")[rows], ledger.column("start")[rows]
    before = np.searchsorted(beginnings.keys, key_of(agent, start), side="left") - 1
    found = np.maximum(before, 0)
    is_there = (before >= 0) & (beginnings.agent[found] == agent) & (beginnings.task[found] >= 0)
    last_type = np.where(is_there, layout.task_type[beginnings.task[found]], NONE)
    kind = positions_in(pd.Index(layout.type_ids), waiting["type"])
    owner, begins, ends = unite(
        kind, waiting["start"].to_numpy(dtype=np.int64), waiting["end"].to_numpy(dtype=np.int64)
    )
    is_switch = (last_type >= 0) & (last_type != ledger.column("type")[rows])
    at = np.searchsorted(key_of(owner, begins), key_of(np.maximum(last_type, 0), start), side="right") - 1
    if not len(owner):
        return counted
    span = np.maximum(at, 0)
    is_switch &= (at >= 0) & (owner[span] == last_type) & (ends[span] > start)
    chosen = rows[is_switch]
    return _sums(row_cause[chosen], ledger.column("seconds")[chosen], num)


def _count_lending(ledger: Ledger, table: pd.DataFrame) -> Reals:
    """Return imbalance, of each type no more than the standard time of what was past its latest safe start."""
    layout, waiting = ledger.layout, ledger.history.waiting
    edges = ledger.history.day_edges
    urgent = waiting[
        waiting["safe_until"].notna()
        & (np.maximum(waiting["start"], waiting["safe_until"]) < waiting["end"])
        & (waiting["end"] > edges[0])
        & (waiting["start"] < edges[-1])
    ].drop_duplicates("task")
    kind = positions_in(pd.Index(layout.type_ids), urgent["type"])
    task = positions_in(pd.Index(layout.task_ids), urgent["task"])
    own = np.where(task >= 0, layout.task_standard_s[task] if len(layout.task_standard_s) else np.nan, np.nan)
    standard = np.where(np.isnan(own), layout.type_standard_s[kind] if len(kind) else np.nan, own)
    work = np.bincount(kind, weights=np.nan_to_num(standard), minlength=len(layout.type_ids))
    is_lent = (table["category"] == IMBALANCE).to_numpy()
    of_type = table["type"].to_numpy(dtype=np.int64)
    seconds = table["seconds"].to_numpy(dtype=np.float64)
    total = np.bincount(of_type[is_lent], weights=seconds[is_lent], minlength=len(layout.type_ids))
    share = np.divide(np.minimum(work, total), total, out=np.zeros(len(total)), where=total > 0)
    return seconds * np.where(is_lent, share[of_type], 0.0)


def _beyond_own_best(ledger: Ledger, table: pd.DataFrame, row_cause: Wholes) -> Reals:
    """Return what each cause is beyond the best quarter of days of its team, as a share of the team's paid time."""
    at = np.flatnonzero(row_cause >= 0)
    num_days = ledger.layout.num_days
    groups, group_of = np.unique(
        table[["team", "category", "detail"]].to_numpy(dtype=np.int64), axis=0, return_inverse=True
    )
    group_of = np.asarray(group_of).reshape(-1)
    by_day = np.zeros((len(groups), num_days))
    np.add.at(by_day, (group_of[row_cause[at]], ledger.column("day")[at]), ledger.column("seconds")[at])
    paid = np.zeros((len(ledger.layout.team_ids) + 1, num_days))  # the last row: of everybody
    np.add.at(paid, ledger.layout.agent_team, ledger.paid_s)
    paid[-1] = ledger.paid_s.sum(axis=0)
    share = np.full(len(groups), np.nan)
    for n, (team, _, _) in enumerate(groups):
        own = paid[team] if team >= 0 and paid[team].sum() > 0 else paid[-1]
        days = own > 0
        if int(days.sum()) < LEAST_DAYS or by_day[n].sum() <= 0:
            continue
        best = float(np.quantile(by_day[n, days] / own[days], BEST))
        share[n] = max(0.0, 1 - best * float(own.sum()) / float(by_day[n].sum()))
    return share[group_of] * table["seconds"].to_numpy(dtype=np.float64) if len(groups) else np.zeros(0)


def _sums(place: Wholes, values: NDArray[Any], num: int) -> Reals:
    return np.bincount(place, weights=values, minlength=num).astype(np.float64)
