"""What rosters and opening hours must hold: nobody on duty twice, breaks inside their shift, disjoint hours."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from models.formats.shift_times import ShiftTimes, shift_times
from models.time import format_instant

SHIFT_COLUMNS = ("agent", "date", "start", "end", "breaks")
HOUR_COLUMNS = ("weekday", "opens", "closes")
Columns = Mapping[str, Sequence[Any]]
Found = tuple[int, str, str, object]


def find_shift_faults(
    columns: Columns, skipped: Collection[int], zone: ZoneInfo, others: Mapping[str, Sequence[tuple[int, int]]]
) -> Iterator[Found]:
    """Yield what is wrong with shifts, as position, column, expectation and value; `others` lie beside them."""
    by_agent: dict[str, list[tuple[int, int, int]]] = {
        agent: [(start, end, -1) for start, end in shifts] for agent, shifts in others.items()
    }
    rows = zip(*(columns[name] for name in SHIFT_COLUMNS), strict=True)
    for at, (agent, day, start, end, breaks) in enumerate(rows):
        if at in skipped:
            continue
        times = shift_times(day, start, end, breaks, zone)
        fault = _shift_fault(at, times, zone)
        if fault is not None:
            yield fault
            continue
        by_agent.setdefault(agent, []).append((times.start, times.end, at))
    for shifts in by_agent.values():
        shifts.sort()
        last_end, last_at = 0, -1
        for start, end, at in shifts:
            if start < last_end and max(at, last_at) >= 0:
                yield (
                    at if at >= 0 else last_at,
                    "start",
                    f"shifts of an agent that do not overlap; another ends at {format_instant(last_end, zone)}",
                    format_instant(start, zone),
                )
                continue
            last_end, last_at = end, at


def _shift_fault(at: int, times: ShiftTimes, zone: ZoneInfo) -> Found | None:
    if times.end <= times.start:
        return at, "end", "a shift of some length; a clock change leaves nothing of this one", None
    last = times.start
    for block in times.blocks:
        said = f"{format_instant(block.start, zone)} to {format_instant(block.end, zone)}"
        if block.end <= block.start:
            return at, "breaks", "breaks that end after they start", said
        if block.start < times.start or block.end > times.end:
            return at, "breaks", "breaks inside their shift", said
        if block.start < last:
            return at, "breaks", "breaks that do not overlap", said
        last = block.end
    return None


def find_hour_faults(columns: Columns, skipped: Collection[int]) -> Iterator[Found]:
    """Yield opening hours of a weekday that overlap, as position, column, expectation and value."""
    by_weekday: dict[str, list[tuple[int, int, int]]] = {}
    for at, (weekday, opens, closes) in enumerate(zip(*(columns[name] for name in HOUR_COLUMNS), strict=True)):
        if at not in skipped:
            start, end = _minute(opens), _minute(closes)
            by_weekday.setdefault(weekday, []).append((start, end if end > start else end + 24 * 60, at))
    for stretches in by_weekday.values():
        last = -1
        for start, end, at in sorted(stretches):
            if start < last:
                yield at, "opens", "hours of a weekday that do not overlap", columns["opens"][at].isoformat("minutes")
            last = max(last, end)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
