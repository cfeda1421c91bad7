"""The instant that somebody asks for, as they write it: with an offset, or by the office's clock."""

from datetime import time
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.formats.offices.cell_times import Occurrence, epoch_at_offset, epoch_of_wall_clock, parse_wall_clock


def parse_at(text: str, zone: ZoneInfo) -> int:
    """Return the epoch second of `--at`: `2026-03-02 08:00` by the clock of a zone, or with an offset of its own.

    Raises
    ------
    UsageError
        If it is no instant, or one that the clocks of the zone show twice or never.
    """
    try:
        said = parse_wall_clock(text.strip(), None)
    except ValueError as error:
        raise UsageError(f"--at is {text!r}; expected {error}") from None
    clock = said.clock or time(0)
    if said.offset is not None:
        return epoch_at_offset(said.day, clock, round(said.offset.total_seconds()))
    instant, occurrence = epoch_of_wall_clock(said.day, clock, zone)
    if occurrence is not Occurrence.ONCE:
        raise UsageError(f"--at is {text!r}; clocks in {zone.key} change then: give it an offset, such as +01:00")
    return instant
