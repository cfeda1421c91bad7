"""Instants, zones and their text. Inside the product an instant is whole seconds since 1970 in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86400

FIRST_INSTANT = -62_135_596_800
LAST_INSTANT = 253_402_300_799
"""The first and the last second of the years 1 to 9999 in UTC, which text can name."""

# datetime.fromisoformat takes any separator, drops digits after the sixth, and knows offsets finer than a minute.
_INSTANT = re.compile(r"[0-9W-]+[T ][0-9:]+(?P<fraction>[.,][0-9]+)?(?P<offset>Z|[+-][0-9]{2}(:?[0-9]{2})?)?")


def parse_instant(text: str) -> int:
    """Return the epoch second that an ISO 8601 text with an offset names.

    Raises
    ------
    ValueError
        If the text is no instant, has no offset, or has a fraction of a second.
    """
    wanted = "an ISO 8601 instant with an offset, such as 2026-03-02T08:00:00+00:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(wanted) from None
    if instant.tzinfo is None:
        raise ValueError(f"{wanted}; this one has no offset")
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        raise ValueError(wanted)
    if parts["fraction"] and parts["fraction"].strip(".,0"):
        raise ValueError("an instant in whole seconds")
    epoch_s = epoch_second(instant)
    if not FIRST_INSTANT <= epoch_s <= LAST_INSTANT:
        raise ValueError("an instant of the years 1 to 9999 in UTC")
    return epoch_s


def epoch_second(instant: datetime) -> int:
    """Return the epoch second of an aware datetime in whole seconds, exactly."""
    offset = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return offset.days * SECONDS_PER_DAY + offset.seconds


def to_datetime(epoch_s: int, zone: tzinfo = UTC) -> datetime:
    """Return the aware datetime of an epoch second in a zone."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch_s)).astimezone(zone)


def format_instant(epoch_s: int, zone: tzinfo = UTC) -> str:
    """Return an epoch second as ISO 8601 text with the offset of `zone`."""
    return to_datetime(epoch_s, zone).isoformat()


def load_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises
    ------
    ValueError
        If there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("an IANA time zone, such as Europe/Madrid") from None


def from_wall_clock(day: date, clock: time, zone: tzinfo) -> int:
    """Return the epoch second at which the clocks of `zone` show `clock` on `day`.

    A time that occurs twice is its first occurrence; one that a clock change skips is moved on by the length
    of the gap (02:30 on a spring night is 03:30).

    References
    ----------
    RFC 5545, section 3.3.5 (the same rule for both cases).
    """
    return epoch_second(datetime.combine(day, clock.replace(fold=0), tzinfo=zone).astimezone(UTC))
