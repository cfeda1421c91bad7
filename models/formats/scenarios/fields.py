"""Field types that only scenarios have: clock times, dates, weekdays, probabilities."""

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from models.formats.records import MAX_MINUTES, MAX_NUMBER, Count, Instant, Whole
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, load_zone

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_FIRST_START, _FIRST_AFTER = 0, 7_258_118_400
"""The first seconds of 1970 and of 2200."""

MIN_CV, MAX_CV = 1e-3, 100.0
"""What spreads less or more is no longer told apart in 64 bits, or overflows them."""

MAX_COUNT = 1_000_000
MAX_AGE_HOURS = 876_000
MAX_ITERATIONS = 100_000_000

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _clock(value: object) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        clock_s = hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds
        if minutes < 60 and seconds < 60 and clock_s <= SECONDS_PER_DAY:
            return clock_s
    raise ValueError('a clock time from "00:00" to "24:00", as text')


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("a date of the calendar, such as 2026-04-03") from error
    raise ValueError("a date, such as 2026-04-03")


def _start(value: int) -> int:
    if not _FIRST_START <= value < _FIRST_AFTER:
        raise ValueError("an instant of the years 1970 to 2199")
    return value


def _age_hours(value: float) -> float:
    if value > MAX_AGE_HOURS:
        raise ValueError(f"at most {MAX_AGE_HOURS:,}: 100 years")
    return value


def _day_cv(value: float) -> float:
    if 0 < value < MIN_CV:
        raise ValueError(f"0, or a number from {MIN_CV} to {MAX_CV:g}")
    return value


def _zone(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("an IANA time zone, such as Europe/Madrid")  # noqa: TRY004 (pydantic wants a ValueError)
    load_zone(value)
    return value


def _warm_up(value: object, handler: ValidatorFunctionWrapHandler) -> float | None:
    if value == "auto":
        return None
    if isinstance(value, str):
        raise ValueError("a number of days, or auto")  # noqa: TRY004 (pydantic wants a ValueError)
    days: float = handler(value)
    return days


Clock = Annotated[int, BeforeValidator(_clock)]
"""Seconds from midnight by the clock on the wall."""

Day = Annotated[date, BeforeValidator(_date)]
Zone = Annotated[str, BeforeValidator(_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALL_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Probability = Annotated[float, Field(ge=0, le=1, strict=True)]
Rate = Annotated[float, Field(ge=0, le=1e9, strict=True)]
Positive = Annotated[float, Field(gt=0, le=MAX_NUMBER, strict=True)]
Heads = Annotated[Count, Field(le=MAX_COUNT)]
Number = Annotated[Whole, Field(ge=1, le=MAX_COUNT)]
Iterations = Annotated[Count, Field(le=MAX_ITERATIONS)]
Interval = Annotated[float, Field(ge=1, le=MAX_MINUTES, strict=True)]
"""Minutes from one plan to the next."""

AgeHours = Annotated[float, Field(ge=0, strict=True), AfterValidator(_age_hours)]
Start = Annotated[Instant, AfterValidator(_start)]
Cv = Annotated[float, Field(ge=MIN_CV, le=MAX_CV, strict=True)]
"""A coefficient of variation: standard deviation / mean."""

DayCv = Annotated[float, Field(ge=0, le=MAX_CV, strict=True), AfterValidator(_day_cv)]
"""That of days, which may all be alike."""

if TYPE_CHECKING:
    WarmUp = float | None
else:
    WarmUp = Annotated[float, Field(ge=0, le=1e6, strict=True), WrapValidator(_warm_up)]
"""Days of warm-up; None where it is to be found."""
