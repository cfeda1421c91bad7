"""The instant that somebody asks for, as they write it: with an offset, or by the office's clock."""

from contextlib import suppress
from datetime import time
from zoneinfo import ZoneInfo

from models.database import Database
from models.errors import UsageError
from models.formats.offices.cell_times import (
    Occurrence,
    check_year,
    epoch_at_offset,
    epoch_of_wall_clock,
    parse_wall_clock,
)
from models.repositories.known import read_office_calendar
from models.time import parse_instant
from services.settings import Settings

EXPECTED = "an instant such as '2026-03-02 08:00', by the office's clock, or 2026-03-02T08:00:00+01:00"


def parse_at(text: str, zone: ZoneInfo, *, option: str = "--at") -> int:
    """Return the epoch second of an option: `2026-03-02 08:00` by the clock of a zone, or with an offset of its own.

    Raises
    ------
    UsageError
        If it is no instant in whole seconds, or one that the clocks of the zone show twice or never.
    """
    with suppress(ValueError):  # without an offset, or written less strictly
        return parse_instant(text)
    try:
        said = parse_wall_clock(text.strip(), None)
        check_year(said.day)
    except ValueError:
        raise UsageError(f"{option} is {text!r}; expected {EXPECTED}") from None
    clock = said.clock or time(0)
    if clock.microsecond:
        raise UsageError(f"{option} is {text!r}; expected an instant in whole seconds")
    if said.offset is not None:
        return epoch_at_offset(said.day, clock, round(said.offset.total_seconds()))
    instant, occurrence = epoch_of_wall_clock(said.day, clock, zone)
    if occurrence is not Occurrence.ONCE:
        raise UsageError(f"{option} is {text!r}; clocks in {zone.key} change then: give it an offset, such as +01:00")
    return instant


def find_office_zone(database: Database, settings: Settings) -> ZoneInfo:
    """Return the zone of the stored office; that of the settings where none is stored yet."""
    with database.reading() as session:
        return read_office_calendar(session, timezone=settings.timezone).zone
