"""Instants of a log's text cells: with or without an offset, with or without fractions, in one column or not."""

import re
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.time import from_wall_clock, load_zone

US_PER_S = 1_000_000
NULLS = frozenset({"", "null", "none", "nan", "nat", "na", "n/a", "not_set", "not set", "-"})
"""What systems write for nothing, in any case of letters."""
USUAL_ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Bogota",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Pacific/Auckland",
)
"""Zones tried, in this order, where a log has offsets and nobody named its zone."""

_EARLIEST = np.datetime64("1972-01-01", "us")
_LATEST = np.datetime64("2200-01-01", "us")
_AWARE = r"(?:\d:\d{2}|[Tt]\d{4}).*?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_OFFSET = r"([Zz]|[+-]\d{2}(?::?\d{2})?)$"
_LONGEST_OFFSET = 6
_LONG_FRACTION = r":\d{2}(?:,\d|\.\d{7})"
_ODD_OFFSET = r"(?:[A-Za-z]|[+-]\d{1,2}:\d{2})$"
_DATE_ALONE = r"^\d{4}-\d{2}-\d{2}$"
_EPOCH = r"^\d{10}(?:\d{3})?$"
_END_OF_DAY_US = (86_400 - 1) * US_PER_S


@dataclass(frozen=True, kw_only=True)
class ParsedInstants:
    """A column of instants.

    Attributes
    ----------
    values : (N,) datetime64[us]
        In UTC; NaT where blank, a placeholder, or unreadable.
    is_unreadable, is_placeholder, is_naive, is_date_alone, has_fraction, is_at_clock_change : (N,) bool
        What the cells were.
    offsets : (N,) minutes
        Offset of each cell from UTC; only of those that are not naive.
    """

    values: NDArray[np.datetime64]
    is_unreadable: NDArray[np.bool_]
    is_placeholder: NDArray[np.bool_]
    is_naive: NDArray[np.bool_]
    is_date_alone: NDArray[np.bool_]
    has_fraction: NDArray[np.bool_]
    is_at_clock_change: NDArray[np.bool_]
    offsets: NDArray[np.int64]


def parse_instants(
    cells: pd.Series, *, zone: ZoneInfo | None, time_format: str | None = None, is_due: bool = False
) -> ParsedInstants:
    """Return the instants that text cells name: ISO 8601, epoch seconds or milliseconds, or `time_format`.

    Naive ones are read in `zone` (in UTC where it is None, which the caller then refuses). A date alone is midnight,
    a due date (`is_due`) the last second of its day.
    """
    text = cells.fillna("").str.strip()
    is_blank = text.str.lower().isin(NULLS).to_numpy(dtype=bool)
    count = len(text)
    values = np.full(count, np.datetime64("NaT"), dtype="datetime64[us]")
    ends_aware = text.str.contains(_AWARE).to_numpy(dtype=bool)
    is_epoch = text.str.contains(_EPOCH).to_numpy(dtype=bool) & (time_format is None)
    is_aware = ((ends_aware | is_epoch) if time_format is None else _has_offset(time_format, count)) & ~is_blank
    is_naive = ~is_aware & ~is_blank

    regular = is_aware & ~is_epoch
    values[regular] = _parse_aware(text[regular], time_format)
    values[is_epoch] = _parse_epochs(text[is_epoch])
    clock = _parse_naive(text[is_naive], time_format)
    is_date_alone = text.str.contains(_DATE_ALONE).to_numpy(dtype=bool) & is_naive
    if is_due:
        clock[is_date_alone[is_naive]] += np.timedelta64(_END_OF_DAY_US, "us")
    is_at_clock_change = np.zeros(count, dtype=bool)
    in_range = ~np.isnat(clock) & (clock >= _EARLIEST) & (clock < _LATEST)
    local, changed = _localize(clock[in_range], zone)
    clock[in_range] = local
    values[is_naive] = clock
    is_at_clock_change[np.flatnonzero(is_naive)[in_range]] = changed

    is_unreadable = np.isnat(values) & ~is_blank
    is_placeholder = ~np.isnat(values) & ((values < _EARLIEST) | (values >= _LATEST))
    values[is_placeholder] = np.datetime64("NaT")
    known = ~np.isnat(values)
    return ParsedInstants(
        values=values,
        is_unreadable=is_unreadable,
        is_placeholder=is_placeholder,
        is_naive=is_naive & known,
        is_date_alone=is_date_alone & known,
        has_fraction=text.str.contains(r":\d{2}[.,]\d").to_numpy(dtype=bool) & known,
        is_at_clock_change=is_at_clock_change,
        offsets=_offsets(text, ends_aware),
    )


def guess_zone(values: NDArray[np.datetime64], offsets: NDArray[np.int64]) -> str | None:
    """Return the first usual zone whose clocks show these offsets (minutes) at these instants; None if none does."""
    if len(values) == 0:
        return None
    # One instant an hour says as much as thousands.
    hours, first = np.unique(values.astype("datetime64[h]"), return_index=True)
    expected = offsets[first]
    index = pd.DatetimeIndex(hours.astype("datetime64[us]"), tz="UTC")
    for name in USUAL_ZONES:
        local = index.tz_convert(load_zone(name)).tz_localize(None).to_numpy()
        shown = (local - index.tz_localize(None).to_numpy()).astype("timedelta64[m]").astype(np.int64)
        if np.array_equal(shown, expected):
            return name
    return None


def _has_offset(time_format: str, count: int) -> NDArray[np.bool_]:
    return np.full(count, "%z" in time_format)


def _parse_aware(text: pd.Series, time_format: str | None) -> NDArray[np.datetime64]:
    parsed = pd.to_datetime(_tidy(text, time_format), format=time_format or "ISO8601", utc=True, errors="coerce")
    return _microseconds(parsed.dt.tz_localize(None))


def _parse_naive(text: pd.Series, time_format: str | None) -> NDArray[np.datetime64]:
    tidy = _tidy(text, time_format)
    if time_format is None:  # a date with an offset and no time of day: no instant
        tidy = tidy.mask(tidy.str.contains(_ODD_OFFSET), "")
    return _microseconds(pd.to_datetime(tidy, format=time_format or "ISO8601", errors="coerce"))


def _parse_epochs(text: pd.Series) -> NDArray[np.datetime64]:
    numbers = text.to_numpy(dtype=object).astype(np.int64)
    is_milliseconds = numbers >= 10**11
    return (numbers * np.where(is_milliseconds, 1_000, US_PER_S)).astype("datetime64[us]")


def _tidy(text: pd.Series, time_format: str | None) -> pd.Series:
    if time_format is not None:
        return text
    # A comma before the fraction is ISO 8601 too; beyond microseconds nothing is kept (and years leave the range).
    is_long = text.str.contains(_LONG_FRACTION)
    if not is_long.any():
        return text
    return text.where(~is_long, text[is_long].str.replace(r"(:\d{2})[.,](\d{1,6})\d*", r"\1.\2", regex=True))


def _microseconds(parsed: pd.Series) -> NDArray[np.datetime64]:
    return np.array(parsed.to_numpy(), dtype="datetime64[us]")


def _localize(clock: NDArray[np.datetime64], zone: ZoneInfo | None) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    if zone is None or len(clock) == 0:
        return clock, np.zeros(len(clock), dtype=bool)
    index = pd.DatetimeIndex(clock)
    local = index.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").tz_convert("UTC").tz_localize(None)
    values = np.array(local.to_numpy(), dtype="datetime64[us]")
    changed = np.isnat(values)
    for position in np.flatnonzero(changed):  # a few night hours a year: by the product's one rule
        moment = pd.Timestamp(clock[position])
        whole = from_wall_clock(moment.date(), time(moment.hour, moment.minute, moment.second), zone)
        values[position] = np.datetime64(whole * US_PER_S + moment.microsecond, "us")
    return values, changed


def _offsets(text: pd.Series, is_aware: NDArray[np.bool_]) -> NDArray[np.int64]:
    offsets = np.zeros(len(text), dtype=np.int64)
    codes, endings = pd.factorize(text[is_aware].str.slice(-_LONGEST_OFFSET))  # few in any log
    minutes = [_offset_minutes(found[1]) if (found := re.search(_OFFSET, str(end))) else 0 for end in endings]
    if minutes:
        offsets[is_aware] = np.array(minutes, dtype=np.int64)[codes]
    return offsets


def _offset_minutes(mark: str) -> int:
    if mark in {"Z", "z"}:
        return 0
    digits = mark[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if mark[0] == "-" else minutes
