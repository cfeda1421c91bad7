"""When people were on duty, as stretches, and how long of any span."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from models.time import from_wall_clock, to_datetime
from reports.waiting.history import US_PER_S, Flags, Integers

Stretch = tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Duty:
    """Stretches of duty of each agent, merged and in order.

    Attributes
    ----------
    first : (A + 1,) positions
        Where the stretches of each agent begin.
    start, end : (D,) microseconds
    before : (D,) microseconds
        Duty of the same agent before each stretch.
    is_known : (A,) bool
        Whose hours are known; the others count as always there.
    """

    first: Integers
    start: Integers
    end: Integers
    before: Integers
    is_known: Flags


def make_duty(agents: Sequence[str], stretches: Mapping[str, Iterable[Stretch]]) -> Duty:
    """Return the duty of agents.

    Parameters
    ----------
    stretches
        By agent, `[start, end)` in microseconds; they may overlap and stand in any order. An agent who is not there has
        unknown hours; one with none is never there.
    """
    first, start, end, before = [0], [], [], []
    for agent in agents:
        total = 0
        for opens, closes in merge_stretches(stretches.get(agent, ())):
            start.append(opens)
            end.append(closes)
            before.append(total)
            total += closes - opens
        first.append(len(start))
    return Duty(
        first=np.array(first, dtype=np.int64),
        start=np.array(start, dtype=np.int64),
        end=np.array(end, dtype=np.int64),
        before=np.array(before, dtype=np.int64),
        is_known=np.array([agent in stretches for agent in agents], dtype=np.bool_),
    )


def merge_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that touch or overlap as one, empty ones left out."""
    merged: list[Stretch] = []
    for opens, closes in sorted(stretches):
        if closes <= opens:
            continue
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


def subtract_stretches(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """Return what is in some stretches and in none of the others, merged and in order."""
    left: list[Stretch] = []
    taken = merge_stretches(others)
    at = 0
    for opens, closes in merge_stretches(stretches):
        while at < len(taken) and taken[at][1] <= opens:
            at += 1
        here, since = at, opens
        while here < len(taken) and taken[here][0] < closes:
            if taken[here][0] > since:
                left.append((since, taken[here][0]))
            since = max(since, taken[here][1])
            here += 1
        if since < closes:
            left.append((since, closes))
    return left


def expand_weeks(
    weeks: Mapping[str, Mapping[int, Sequence[tuple[time, time]]]], zone: ZoneInfo, *, first: int, last: int
) -> dict[str, list[Stretch]]:
    """Return hours by weekday as stretches that cover `[first, last]`.

    Parameters
    ----------
    weeks
        By person and weekday (Monday is 0), stretches by the clock of `zone`; one that does not end after it starts
        ends on the next day.
    first, last
        Microseconds.
    """
    day, final = (to_datetime(instant // US_PER_S, zone).date() for instant in (first, last))
    days = [day + timedelta(days=ahead) for ahead in range(-1, (final - day).days + 2)]
    by_week: dict[tuple[tuple[int, tuple[tuple[time, time], ...]], ...], list[Stretch]] = {}
    made: dict[str, list[Stretch]] = {}
    for person, week in weeks.items():
        key = tuple(sorted((weekday, tuple(stretches)) for weekday, stretches in week.items()))
        if key not in by_week:  # most people of an office have the same hours
            by_week[key] = [
                _to_instants(day, opens, closes, zone) for day in days for opens, closes in week.get(day.weekday(), ())
            ]
        made[person] = by_week[key]
    return made


def _to_instants(day: date, opens: time, closes: time, zone: ZoneInfo) -> Stretch:
    last = day if closes > opens else day + timedelta(days=1)
    return from_wall_clock(day, opens, zone) * US_PER_S, from_wall_clock(last, closes, zone) * US_PER_S
