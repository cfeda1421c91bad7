"""The week of each person, from the rosters of some weeks: on which days, from when to when, and how often away."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

MINUTES_PER_DAY = 1440
ROUND_MINUTES, WIDE_ROUND_MINUTES = 5, 30
"""Beginnings and ends of shifts are rounded so; wider for people who come and go at other times each day."""
IRREGULAR_MINUTES = 20.0
EVEN_SPREAD = 0.35
"""Weekdays whose attendance differs by no more are one: the person comes now and then on any of them."""
LEAST_BREAK_SHARE = 0.5
LEAST_OTHER_MINUTES = 5
OTHER = "other duties"


@dataclass(frozen=True, kw_only=True)
class RosteredShift:
    """One shift of a roster, in minutes from the midnight before it; `away` is the part of it that was an absence."""

    day: date
    start: int
    end: int
    breaks: tuple[tuple[int, int, str], ...] = ()
    away: float = 0.0


@dataclass(frozen=True, kw_only=True)
class PersonWeek:
    """The usual week of a person.

    Attributes
    ----------
    weekdays
        On which there is a shift; Monday is 0.
    start, end
        Minutes from midnight; an end beyond 1440 is on the next day.
    absence
        Part of these shifts that are not attended.
    """

    weekdays: tuple[int, ...]
    start: int
    end: int
    absence: float


def find_week(shifts: Sequence[RosteredShift], num_dates: Mapping[int, int]) -> PersonWeek | None:
    """Return the week that stands for a person's shifts; None where there is none.

    The time attended stays the same: weekdays on which somebody comes now and then are in the week as a whole, and
    what is missing is absence.

    Parameters
    ----------
    num_dates
        How many dates of each weekday were watched.
    """
    if not shifts:
        return None
    dates: dict[int, set[date]] = defaultdict(set)
    for shift in shifts:
        dates[shift.day.weekday()].add(shift.day)
    shares = {day: min(len(dates[day]) / num, 1.0) for day, num in num_dates.items() if num and dates[day]}
    if not shares:
        return None
    weekdays = _choose_weekdays(shares)
    starts = np.array([shift.start for shift in shifts])
    ends = np.array([shift.end for shift in shifts])
    step = WIDE_ROUND_MINUTES if max(_spread(starts), _spread(ends)) > IRREGULAR_MINUTES else ROUND_MINUTES
    start, end = _round(float(np.median(starts)), step), _round(float(np.median(ends)), step)
    if end <= start:
        end = start + step
    possible = sum(num_dates[day] for day in weekdays) * (end - start)
    attended = sum((shift.end - shift.start) * (1 - shift.away) for shift in shifts)
    absence = min(max(1 - attended / possible, 0.0), 1.0)
    return PersonWeek(weekdays=weekdays, start=start, end=min(end, start + MINUTES_PER_DAY), absence=absence)


def find_breaks(shifts: Sequence[RosteredShift], start: int, end: int) -> tuple[tuple[int, int, str], ...]:
    """Return the usual breaks of shifts from `start` to `end`: their mean length at their median place.

    What is in fewer than half of the shifts, such as trainings, is put together to one break of its mean length.
    """
    if not shifts:
        return ()
    seen: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for shift in shifts:
        counted: Counter[str] = Counter()
        for begins, ends, kind in sorted(shift.breaks):
            seen[kind, counted[kind]].append((begins - shift.start, ends - begins))
            counted[kind] += 1
    found: list[tuple[int, int, str]] = []
    rare: list[tuple[int, int]] = []
    for (kind, _), places in sorted(seen.items()):
        if len(places) < LEAST_BREAK_SHARE * len(shifts):
            rare += places
            continue
        length = _round(sum(lasts for _, lasts in places) / len(shifts), 1)
        found.append((start + _round(_median(places), ROUND_MINUTES), length, kind))
    lost = sum(lasts for _, lasts in rare) / len(shifts)
    if lost >= LEAST_OTHER_MINUTES:
        found.append((start + _round(_median(rare), ROUND_MINUTES), _round(lost, 1), OTHER))
    return _lay(found, start, end)


def _lay(breaks: Sequence[tuple[int, int, str]], start: int, end: int) -> tuple[tuple[int, int, str], ...]:
    """Return breaks one after the other inside a shift; `breaks` have a length in place of an end."""
    laid: list[tuple[int, int, str]] = []
    at = start
    for begins, length, kind in sorted(breaks):
        begin = max(begins, at)
        if length > 0 and begin + length <= end:
            laid.append((begin, begin + length, kind))
            at = begin + length
    return tuple(laid)


def _choose_weekdays(shares: Mapping[int, float]) -> tuple[int, ...]:
    if max(shares.values()) - min(shares.values()) <= EVEN_SPREAD:
        return tuple(sorted(shares))
    num = min(len(shares), max(1, int(np.ceil(sum(shares.values()) - 1e-9))))
    ordered = sorted(shares, key=lambda day: (-shares[day], day))
    return tuple(sorted(ordered[:num]))


def _spread(values: np.ndarray) -> float:
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low)


def _median(places: Sequence[tuple[int, int]]) -> float:
    return float(np.median([place for place, _ in places]))


def _round(value: float, step: int) -> int:
    return round(value / step) * step
