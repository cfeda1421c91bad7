"""Field types that only scenarios have: clock times, dates, weekdays, probabilities."""

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, load_zone

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
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
Positive = Annotated[float, Field(gt=0, le=1e12, strict=True)]
Cv = Annotated[float, Field(gt=0, le=100, strict=True)]
"""A coefficient of variation: standard deviation / mean."""

if TYPE_CHECKING:
    WarmUp = float | None
else:
    WarmUp = Annotated[float, Field(ge=0, le=1e6, strict=True), WrapValidator(_warm_up)]
"""Days of warm-up; None where it is to be found."""
