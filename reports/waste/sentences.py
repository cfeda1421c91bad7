"""The waste ledger in words: the three things to do first, what it adds up to, what its source cannot know."""

from dataclasses import dataclass

import numpy as np

from reports.report import MOST_ACTIONS, Action
from reports.shares import say_share
from reports.waste.categories import CATEGORIES, FACTS, TRADE_SHARE, Category
from reports.waste.causes import Causes
from reports.waste.measures import share_of_paid
from reports.waste.tables import HOUR, name_teams, name_types

MUCH_UNEXPLAINED = 0.25
"""With more of paid time unexplained, finding out what it is belongs among the first things."""

LEAST_TOLD_S = 180
"""Seconds of waste below which nobody need act on it: what is told as 0.0 hours."""


@dataclass(frozen=True, kw_only=True)
class Lever:
    """What one order would win back.

    Attributes
    ----------
    recoverable_s
        NaN where nothing tells.
    top_team, top_type
        The team and type with the most of it; the type is empty where it has none.
    top_seconds
        Of these.
    """

    category: Category
    detail: str
    top_team: str
    seconds: float
    low: float
    high: float
    recoverable_s: float
    top_type: str
    top_seconds: float


def find_levers(causes: Causes) -> list[Lever]:
    """Return causes by category, those that would win back most first."""
    table, ledger = causes.table, causes.ledger
    teams, types = name_teams(ledger, table["team"].to_numpy()), name_types(ledger, table["type"].to_numpy())
    keys = table[["category", "detail"]].to_numpy(dtype=np.int64)
    found = []
    for key in np.unique(keys, axis=0) if len(keys) else ():
        own = (keys == key).all(axis=1)
        first = int(np.flatnonzero(own)[0])  # causes stand by size
        low, high = causes.interval_of(own)
        recoverable = table["recoverable_s"].to_numpy()[own]
        found.append(
            Lever(
                category=CATEGORIES[int(key[0])],
                detail=ledger.details[int(key[1])],
                top_team=str(teams[first]),
                seconds=float(table["seconds"].to_numpy()[own].sum()),
                low=low,
                high=high,
                recoverable_s=float("nan") if np.isnan(recoverable).all() else float(np.nansum(recoverable)),
                top_type=str(types[first]),
                top_seconds=float(table["seconds"].to_numpy()[first]),
            )
        )
    return sorted(found, key=lambda lever: (-np.nan_to_num(lever.recoverable_s), -lever.seconds, lever.category))


def say_actions(causes: Causes) -> tuple[Action, ...]:
    """Return what to do first: what would win back most; and to find out, where much is unexplained."""
    levers = [lever for lever in find_levers(causes) if lever.seconds >= LEAST_TOLD_S]
    hidden = int(causes.ledger.totals[CATEGORIES.index(Category.UNEXPLAINED)])
    share = share_of_paid(causes.ledger, hidden) or 0.0
    num = MOST_ACTIONS - 1 if share >= MUCH_UNEXPLAINED else MOST_ACTIONS
    made = [_say_lever(lever, causes) for lever in levers[:num]]
    if hidden > 0:
        made.append(
            Action(
                heading="Find out what people do in the time that nothing explains",
                text=f"{_hours(hidden)} h, {say_share(share)} of {_paid(causes)}, are unexplained: let people say when "
                "they leave their tasks and for what, and open their list where the desk can see it; a week of that "
                "tells calls and meetings from choosing.",
                table="evidence-unexplained",
            )
        )
    return tuple([*made, *_say_what_to_record(causes)][:MOST_ACTIONS])


def _say_what_to_record(causes: Causes) -> list[Action]:
    """Return what to record, so that the next report can say more."""
    history = causes.ledger.history
    made = []
    if not history.has_queue:
        made.append(
            Action(
                heading="Record when work on a task begins, not only when it is completed",
                text="Without starts nobody can tell work from waiting, a long task from a late one, or a slow hour "
                "from a hard one: all of this time stays unexplained.",
            )
        )
    if not history.has_paid_time:
        made.append(
            Action(
                heading="Bring in rosters, or let people sign in and out",
                text="Paid time is not known: what comes before the first and after the last thing that somebody did "
                "on a day is in no figure here.",
            )
        )
    return made


def say_lead(causes: Causes, *, source: str, first: str, last: str) -> str:
    """Return of what and of when a report is, and how much of it is waste."""
    ledger = causes.ledger
    share = share_of_paid(ledger, causes.waste_s)
    who = f"{int((ledger.paid_s.sum(axis=1) > 0).sum()):,} agents"
    said = f"{source}, {first} to {last}: {_hours(ledger.total_paid_s)} h of {_paid(causes)} of {who}."
    if share is None:
        return said
    low, high = causes.share_interval
    told = "" if np.isnan(low) else f" {_interval(say_share(low, 1), say_share(high, 1))}"
    hidden = share_of_paid(ledger, int(ledger.totals[CATEGORIES.index(Category.UNEXPLAINED)])) or 0.0
    wasted = f"{say_share(share, 1)} of it{told} went to waste; the trade says {say_share(TRADE_SHARE)}."
    return f"{said} {wasted} {say_share(hidden, 1)} is unexplained, and not in that."


def say_facts(causes: Causes, *, yearly_factor: float | None = None) -> tuple[str, ...]:
    """Return the main figures in sentences.

    Parameters
    ----------
    yearly_factor
        How often the period fits into a year, where that was asked for.
    """
    ledger, table = causes.ledger, causes.table
    facts = []
    if len(table):
        facts.append(
            f"{causes.num_vital} of {len(table)} causes make "
            f"{say_share(table['cumulative'].iloc[causes.num_vital - 1])} of the waste of {_hours(causes.waste_s)} h."
        )
        known = table["recoverable_s"].dropna()
        facts.append(
            f"Up to {_hours(known.sum())} h of it could be won back."
            if len(known) == len(table)
            else f"Up to {_hours(known.sum())} h of it could be won back; of some causes nothing tells yet how much."
        )
        cost = table["money"].sum(skipna=False)
        if not np.isnan(cost):
            facts.append(f"The waste costs {cost:,.0f}.")
    if yearly_factor is not None:
        facts.append(
            f"A year of this would be {_hours(causes.waste_s * yearly_factor)} h of waste, if all of it were like this "
            f"period, which is {say_share(1 / yearly_factor, 1)} of a year."
        )
    parts = sorted(zip(CATEGORIES, ledger.totals.tolist(), strict=True), key=lambda part: -part[1])
    told = ", ".join(
        f"{_hours(seconds)} h of {FACTS[name].name.lower()} ({say_share(share_of_paid(ledger, seconds) or 0)})"
        for name, seconds in parts
        if seconds > 0
    )
    if told:
        facts.append(f"By category: {told}.")
    outside = int(ledger.outside_s.sum())
    if outside:
        facts.append(f"{_hours(outside)} h of recorded work lie outside {_paid(causes)} and are in no category.")
    return tuple(facts)


def say_limits(causes: Causes) -> tuple[str, ...]:
    """Return what a ledger cannot know."""
    ledger = causes.ledger
    said = list(ledger.history.limits)
    has_choosing = bool(ledger.is_of(Category.CHOOSING).any())
    if ledger.history.has_queue and has_choosing and np.isnan(ledger.free.pushed_s).any():
        said.append(
            "too few tasks were handed out in some teams to tell how long people take to begin one; choosing there is "
            "the whole gap between tasks, up to ten minutes, and so an upper estimate"
        )
    if causes.over_agents:
        said.append("there are too few days to draw among: intervals are by bootstrap over the days of single agents")
    if table_has_unknown(causes):
        said.append("fewer than eight days: of some causes it is not known what could be won back")
    return tuple(said)


def table_has_unknown(causes: Causes) -> bool:
    """Return whether it is unknown of some cause what could be won back."""
    return bool(causes.table["recoverable_s"].isna().any())


def _say_lever(lever: Lever, causes: Causes) -> Action:
    facts = FACTS[lever.category]
    cause = facts.name.lower() if not lever.detail else f"{facts.name.lower()} for {lever.detail}"
    told = "" if np.isnan(lever.low) else f" {_interval(_hours(lever.low), _hours(lever.high))}"
    share = share_of_paid(causes.ledger, lever.seconds) or 0.0
    said = [
        f"{_hours(lever.seconds)} h{told} went to {cause}, {say_share(share, 1)} of {_paid(causes)}: {facts.meaning}."
    ]
    if np.isnan(lever.recoverable_s):
        said.append("How much of it could be won back these days do not tell.")
    else:
        said.append(f"Up to {_hours(lever.recoverable_s)} h could be won back: {facts.how}.")
    where = f"{lever.top_team}, {lever.top_type}" if lever.top_type else lever.top_team
    if lever.top_seconds < lever.seconds:
        said.append(f"The largest part, {_hours(lever.top_seconds)} h, is in {where}.")
    return Action(heading=f"{facts.lever}: {where}", text=" ".join(said), table=f"evidence-{lever.category.value}")


def _interval(low: str, high: str) -> str:
    return f"(95 % interval {low} to {high})"


def _paid(causes: Causes) -> str:
    return "paid time" if causes.ledger.history.has_paid_time else "the time in which people were seen"


def _hours(seconds: float) -> str:
    hours = seconds / HOUR
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:,.1f}"
