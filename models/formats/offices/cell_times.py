"""Dates, times of day and instants as people and their systems write them."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.formats.sheets.dates import FIRST_YEAR
from models.time import SECONDS_PER_DAY

LEAST_YEAR, MOST_YEAR = 1970, 2199
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock that naive datetimes are counted from
_EPOCH_DAY = _EPOCH.toordinal()
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T| +)(.+))?", re.ASCII)
_NATIONAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?(?:T| +)(.+))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"(.+?)\s*(Z|[+-]\d{2}(?::?\d{2})?)", re.ASCII | re.IGNORECASE)


class DateOrder(StrEnum):
    """Which number of 02/03/2026 is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Occurrence(StrEnum):
    """What a day of a clock change makes of a wall-clock time."""

    ONCE = "once"
    TWICE = "twice"
    NEVER = "never"


@dataclass(frozen=True)
class WallClock:
    """What a cell says of an instant: a day, perhaps a time of that day, perhaps an offset from UTC."""

    day: date
    clock: time | None = None
    offset: timedelta | None = None


def infer_date_order(texts: Iterable[str]) -> DateOrder | None:
    """Return the order in which national dates stand, where one of them shows it: none has a 13th month.

    None where nothing shows it, or where they contradict each other.
    """
    found: set[DateOrder] = set()
    for text in texts:
        match = _NATIONAL.fullmatch(text)
        if match is None:
            continue
        first, separator, second = int(match[1]), match[2], int(match[3])
        if first > 12 or separator == ".":  # dots are written by countries that put the day first
            found.add(DateOrder.DAY_FIRST)
        if second > 12:
            found.add(DateOrder.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def is_national_date(text: str) -> bool:
    """Return whether a text is a date whose order of day and month is a country's custom."""
    return _NATIONAL.match(text) is not None


def parse_wall_clock(text: str, order: DateOrder | None) -> WallClock:
    """Return what a text says of an instant.

    Raises
    ------
    ValueError
        Saying what was expected.
    """
    if len(text) >= 10 and text[4] == "-" == text[7]:  # what systems write, and most cells hold
        with suppress(ValueError):  # what is odd is told by the patterns below
            if len(text) == 10:
                return WallClock(date.fromisoformat(text))
            instant = datetime.fromisoformat(text)
            return WallClock(instant.date(), instant.time(), instant.utcoffset())
    match = _ISO.fullmatch(text)
    if match is not None:
        return _wall_clock(int(match[1]), int(match[2]), int(match[3]), match[4])
    match = _NATIONAL.fullmatch(text)
    if match is None:
        raise ValueError(_hint(text))
    first, second = int(match[1]), int(match[3])
    if order is None:
        raise ValueError("a date such as 2026-03-02; here day and month could be swapped: say --dates dmy or mdy")
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    return _wall_clock(int(match[4]), month, day, match[5])


def parse_clock(text: str) -> time:
    """Return the time of day that a text names; 24:00 is midnight.

    Raises
    ------
    ValueError
        Saying what was expected.
    """
    expected = "a time of day such as 08:30"
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(expected)
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(expected)
        hour = hour % 12 + (12 if match[4][0] in "pP" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return time(0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(expected) from None


def epoch_of_wall_clock(day: date, clock: time, zone: ZoneInfo) -> tuple[int, Occurrence]:
    """Return the epoch second of a wall-clock time, and how often the clocks show it.

    One that is shown twice is its first; one that never is, is moved on by the gap (as `from_wall_clock` does).
    """
    naive = datetime.combine(day, clock.replace(microsecond=0, fold=0))
    earlier = naive.replace(tzinfo=zone).utcoffset()
    later = naive.replace(tzinfo=zone, fold=1).utcoffset()
    if earlier is None or later is None:
        raise ValueError("a zone with an offset")
    since = naive - _EPOCH
    instant = since.days * SECONDS_PER_DAY + since.seconds - round(earlier.total_seconds())
    if earlier == later:
        return instant, Occurrence.ONCE
    return instant, Occurrence.TWICE if earlier > later else Occurrence.NEVER


def constant_offset(day: date, zone: ZoneInfo) -> int | None:
    """Return the offset from UTC in seconds that holds all day; None on a day of a clock change.

    Every hour is asked, an hour beyond the day's ends included, for a change that is taken back the same day.
    """
    noon = datetime.combine(day, time(12))
    found = {(noon + timedelta(hours=hours)).replace(tzinfo=zone).utcoffset() for hours in range(-13, 14)}
    offset = found.pop()
    return None if found or offset is None else round(offset.total_seconds())


def epoch_at_offset(day: date, clock: time, offset_s: int) -> int:
    """Return the epoch second of a wall-clock time at an offset from UTC in seconds."""
    days = day.toordinal() - _EPOCH_DAY
    return days * SECONDS_PER_DAY + clock.hour * 3600 + clock.minute * 60 + clock.second - offset_s


def check_year(day: date) -> None:
    """Refuse a day that no instant of an office is on.

    Raises
    ------
    ValueError
        Saying what was expected.
    """
    if not LEAST_YEAR <= day.year <= MOST_YEAR:
        raise ValueError(f"a year from {LEAST_YEAR} to {MOST_YEAR}")


def _wall_clock(year: int, month: int, day: int, rest: str | None) -> WallClock:
    try:
        on = date(year, month, day)
    except ValueError:
        raise ValueError("a day that the calendar has, such as 2026-03-02") from None
    if rest is None:
        return WallClock(on)
    match = _OFFSET.fullmatch(rest)
    clock = parse_clock(match[1] if match else rest)
    if match is None:
        if clock == time(0) and rest.startswith("24"):
            on += timedelta(days=1)
        return WallClock(on, clock)
    digits = match[2].replace(":", "")
    if digits in {"Z", "z"}:
        return WallClock(on, clock, timedelta(0))
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5] or 0))
    if offset >= timedelta(days=1):
        raise ValueError("an offset from UTC below 24 hours, such as +01:00")
    if clock == time(0) and match[1].startswith("24"):
        on += timedelta(days=1)
    return WallClock(on, clock, -offset if digits[0] == "-" else offset)


def _hint(text: str) -> str:
    expected = "a date such as 2026-03-02, or a date and time such as 2026-03-02 08:30"
    try:
        days = float(text)
    except ValueError:
        return expected
    if not 20_000 <= days <= 80_000:
        return expected
    from_1900 = date(FIRST_YEAR - 2, 12, 30) + timedelta(days=int(days))
    return f"{expected}; this is a spreadsheet's number for {from_1900.isoformat()}: format the column as dates"
