"""Figures, days and times as a reader of a language writes them; the clock has 24 hours everywhere."""

import math
import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, to_datetime

NOTHING = "–"
MOST_KEPT = 16_384
"""Texts of each sort that are kept: pages tell the same figures and times again and again."""
_LOCALES = {"en": "en_GB", "es": "es"}
_WEEK_DAYS = 7
_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_FIGURE = re.compile(r"([-\N{MINUS SIGN}]?)(\d{1,3}(?:,\d{3}){1,6}|\d{1,18})(?:\.(\d{1,18}))?( ?%)?", re.ASCII)
_PERCENT = re.compile(r"(?<=\d) %")
_CLOCK = re.compile(r"([A-Z][a-z]{2})(?: (\d{1,2}) ([A-Z][a-z]{2}))? (\d\d:\d\d)", re.ASCII)


class _ShortNames(NamedTuple):
    """Weekdays from Monday, and months."""

    days: tuple[str, ...]
    months: tuple[str, ...]


@cache
def locale_of(language: str) -> Locale:
    """Return by which rules a language writes figures and days."""
    return Locale.parse(_LOCALES[language])


def number_text(value: float | None, language: str, *, digits: int = 0) -> str:
    """Return a figure with so many digits after the point; a dash where there is none."""
    return NOTHING if value is None or not math.isfinite(value) else _figure_text(value, language, digits)


@lru_cache(maxsize=MOST_KEPT)
def _figure_text(value: float, language: str, digits: int) -> str:
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    told: str = format_decimal(value, format=pattern, locale=locale_of(language))
    is_nothing = not any(sign in "123456789" for sign in told)
    return told.replace("-", "" if is_nothing else _MINUS)


def share_text(value: float | None, language: str, *, digits: int = 0) -> str:
    """Return a share of 1 in percent; a dash where there is none.

    What is not all is never rounded up to all: it shows a digit more, cut off.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    percent = 100 * value
    if value < 1 and round(percent, digits) >= 100:
        digits = max(digits, 1)
        percent = math.floor(percent * 10**digits) / 10**digits
    return f"{number_text(percent, language, digits=digits)}{_SPACE}%"


def bound_percents(text: str) -> str:
    """Return a text in which no line ends between a figure and its percent sign."""
    return _PERCENT.sub(f"{_SPACE}%", text) if " %" in text else text


def clock_text(at: int | None, zone: tzinfo) -> str:
    """Return the time of day of an instant."""
    return NOTHING if at is None else to_datetime(at, zone).strftime("%H:%M")


def day_text(day: date | int | None, language: str, zone: tzinfo, *, today: date, is_long: bool = False) -> str:
    """Return a day, or that of an instant: with its weekday, and with its year where that is not today's."""
    if day is None:
        return NOTHING
    found = to_datetime(day, zone).date() if isinstance(day, int) else day
    found = found.date() if isinstance(found, datetime) else found
    if is_long:
        return format_date(found, format="full", locale=locale_of(language))
    pattern = "EEE d MMM" if found.year == today.year else "EEE d MMM y"
    return format_date(found, format=pattern, locale=locale_of(language))


def moment_text(at: int | None, language: str, zone: tzinfo, *, today: date) -> str:
    """Return an instant: the time alone where it is today, with the weekday within a week, else with the date."""
    return NOTHING if at is None else _moment_text(at, language, zone, today)


@lru_cache(maxsize=MOST_KEPT)
def _moment_text(at: int, language: str, zone: tzinfo, today: date) -> str:
    found = to_datetime(at, zone)
    days = abs((found.date() - today).days)
    if days == 0:
        return found.strftime("%H:%M")
    if days < _WEEK_DAYS:
        return format_datetime(found, format="EEE HH:mm", locale=locale_of(language))
    pattern = "EEE d MMM HH:mm" if found.year == today.year else "EEE d MMM y HH:mm"
    return format_datetime(found, format=pattern, locale=locale_of(language))


def dated_moment_text(at: int, language: str, zone: tzinfo, *, has_year: bool) -> str:
    """Return an instant with its weekday and date, whenever it is read."""
    pattern = "EEE d MMM y HH:mm" if has_year else "EEE d MMM HH:mm"
    return format_datetime(to_datetime(at, zone), format=pattern, locale=locale_of(language))


def duration_text(seconds: float | None) -> str:
    """Return a length of time in its two largest units, such as `3 h 20 min`; the same in every language."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    sign, left = (_MINUS if seconds < 0 else ""), round(abs(seconds))
    if left < SECONDS_PER_MINUTE:
        return f"{sign}{left}{_SPACE}s" if left else f"0{_SPACE}min"
    minutes = round(left / SECONDS_PER_MINUTE)
    days, minutes = divmod(minutes, SECONDS_PER_DAY // SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, SECONDS_PER_HOUR // SECONDS_PER_MINUTE)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    told = [f"{count}{_SPACE}{unit}" for count, unit in parts[0 if days else 1 : 2 if days else 3] if count]
    return sign + _SPACE.join(told)


def rewritten_figure(text: str, language: str) -> str | None:
    """Return a figure as a language writes it, with as many digits as it has; None where a text is no figure.

    Parameters
    ----------
    text
        A figure as our sentences write it in English, such as `1,234.5` or `96 %`.
    """
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    sign, whole, decimals, percent = found.groups(default="")
    if "," in whole or decimals:
        digits = whole.replace(",", "")
        pattern = "#,##0" if "," in whole else "0"
        pattern += f".{'0' * len(decimals)}" if decimals else ""
        whole = format_decimal(Decimal(f"{digits}.{decimals or 0}"), format=pattern, locale=locale_of(language))
    return f"{_MINUS if sign else ''}{whole}{_SPACE + '%' if percent else ''}"


def rewritten_clock(text: str, language: str) -> str | None:
    """Return a weekday and a time of day as a language writes them, perhaps with a date; None where a text is another.

    Parameters
    ----------
    text
        An instant as our sentences write it in English, such as `Mon 09:00` or `Mon 2 Mar 09:00`.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    weekday, day, month, clock = found.groups()
    english, other = _short_names("en"), _short_names(_LOCALES[language])
    if weekday not in english.days or not (month is None or month in english.months):
        return None
    date_text = f" {day} {other.months[english.months.index(month)]}" if month else ""
    return f"{other.days[english.days.index(weekday)]}{date_text} {clock}"


@cache
def _short_names(locale_name: str) -> _ShortNames:
    locale = Locale.parse(locale_name)
    days, months = locale.days["format"]["abbreviated"], locale.months["format"]["abbreviated"]
    return _ShortNames(tuple(days[idx] for idx in range(_WEEK_DAYS)), tuple(months[idx] for idx in range(1, 13)))
