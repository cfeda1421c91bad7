"""Spreadsheets keep dates as numbers of days; this tells which numbers are dates, and which dates they are."""

import re
from datetime import date, datetime, time, timedelta

from models.formats.sheets.grids import Unreadable

_LITERALS = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
WINDOWS_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - wall clock
"""Day 0 of the usual calendar, as openpyxl has it too; said here since loading that takes half a second."""
_LAST_SERIAL = 2_958_465
_DAY_BEFORE_PHANTOM = 60
FIRST_YEAR = 1901


def shows_time(code: str) -> bool:
    """Return whether a number format shows a time of day, and not only a date."""
    return re.search(r"[hs]", _LITERALS.sub("", code.split(";", maxsplit=1)[0]), re.IGNORECASE) is not None


def date_of_serial(number: float, epoch: datetime, *, has_time: bool) -> date | datetime | time | Unreadable:
    """Return what a number of days means: a date, an instant by the wall clock, or a time of day where below one day.

    A whole number is a date unless `has_time`. Seconds are rounded: a spreadsheet's fractions of a day are binary.
    """
    if not 0 <= number <= _LAST_SERIAL:
        return Unreadable(f"{number}", "a date or time; spreadsheets show this number as ####")
    days, seconds = divmod(round(number * 86_400), 86_400)
    clock = timedelta(seconds=seconds)
    if days == 0 and number < 1:
        return (WINDOWS_EPOCH + clock).time()
    # The 1900 calendar has a 29 February that never was: serials up to it are one day behind.
    phantom = 1 if epoch == WINDOWS_EPOCH and number < _DAY_BEFORE_PHANTOM else 0
    instant = epoch + timedelta(days=days + phantom) + clock
    return instant if has_time or seconds else instant.date()
