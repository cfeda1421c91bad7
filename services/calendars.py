"""Calendars as files: what somebody has to do when, as any calendar program reads it (iCalendar)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from models.time import to_datetime

PRODUCT = "-//Swingdesk//Day plan//EN"
LINE_END = "\r\n"
MOST_OCTETS = 75
"""Of a line, its end aside; what is longer goes on in the next one, behind a space."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """Something at a time. Instants are epoch seconds.

    Attributes
    ----------
    uid
        What tells it from all others; told again with the same, it takes the place of the one before.
    stamp
        When it was said.
    """

    uid: str
    start: int
    end: int
    stamp: int
    summary: str
    description: str = ""


def write_calendar(name: str, appointments: Iterable[Appointment]) -> str:
    """Return a calendar as a text, with instants in UTC.

    References
    ----------
    RFC 5545 (2009), 3.1 (folding), 3.3.11 (escaping), 3.6.1 (events).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for item in appointments:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escape(item.uid)}",
            f"DTSTAMP:{_instant(item.stamp)}",
            f"DTSTART:{_instant(item.start)}",
            f"DTEND:{_instant(item.end)}",
            f"SUMMARY:{escape(item.summary)}",
            *([f"DESCRIPTION:{escape(item.description)}"] if item.description else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(piece + LINE_END for line in lines for piece in fold(line))


def escape(text: str) -> str:
    """Return a text as a value: commas, semicolons, backslashes and line ends are written out, controls left out."""
    return "".join(one for one in text.translate(_ESCAPES) if one >= " " or one == "\t")


def fold(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, none of which cuts a character."""
    piece, octets = "", 0
    for one in line:
        width = len(one.encode())
        if octets + width > MOST_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += one
        octets += width
    yield piece


def _instant(at: int) -> str:
    return f"{to_datetime(at, UTC):%Y%m%dT%H%M%SZ}"
