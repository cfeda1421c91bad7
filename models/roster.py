"""Duty by the wall clock, as instants: what a roster's dates and clock times mean in the office's zone."""

from datetime import date, time, timedelta, tzinfo

from models.time import from_wall_clock, to_datetime

_DAY = timedelta(days=1)


def shift_bounds(day: date, start: time, end: time, zone: tzinfo) -> tuple[int, int]:
    """Return the epoch seconds of a shift's start and end; an end not after the start is on the next day."""
    last = day if end > start else day + _DAY
    return from_wall_clock(day, start, zone), from_wall_clock(last, end, zone)


def break_bounds(day: date, shift_start: time, start: time, end: time, zone: tzinfo) -> tuple[int, int]:
    """Return the epoch seconds of a break; one before its shift's start by the clock is on the next day."""
    first = day if start >= shift_start else day + _DAY
    last = first if end > start else first + _DAY
    return from_wall_clock(first, start, zone), from_wall_clock(last, end, zone)


def wall_clock(instant: int, zone: tzinfo) -> tuple[date, time]:
    """Return the date and the time of day that the clocks of `zone` show at an instant."""
    shown = to_datetime(instant, zone)
    return shown.date(), shown.time()
