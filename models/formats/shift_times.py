"""A rostered shift by the office's wall clock, as the instants it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from models.time import from_wall_clock


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of a shift without tasks, `[start, end)` in epoch seconds."""

    start: int
    end: int
    kind: str
    is_paid: bool


@dataclass(frozen=True, kw_only=True)
class ShiftTimes:
    """A shift, `[start, end)` in epoch seconds, and its blocks in order."""

    start: int
    end: int
    blocks: tuple[Block, ...] = ()


def shift_times(
    day: date, start: time, end: time, breaks: Iterable[tuple[time, time, str, bool]], zone: ZoneInfo
) -> ShiftTimes:
    """Return the instants of a shift that starts on `day`.

    An end that is not after the start is on the next day, and so is what a break says before the shift's start. A
    time that a clock change skips is moved on by the gap; one that is shown twice is its first.
    """

    def at(clock: time, *, after: time | None = None) -> int:
        is_next = clock < start if after is None else clock <= after or clock < start
        return from_wall_clock(day + timedelta(days=1) if is_next else day, clock, zone)

    blocks = [
        Block(start=at(begins), end=at(ends, after=begins), kind=kind, is_paid=is_paid)
        for begins, ends, kind, is_paid in breaks
    ]
    return ShiftTimes(
        start=from_wall_clock(day, start, zone),
        end=from_wall_clock(day + timedelta(days=1) if end <= start else day, end, zone),
        blocks=tuple(sorted(blocks, key=lambda block: block.start)),
    )
