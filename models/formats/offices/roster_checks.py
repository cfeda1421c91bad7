"""What rosters and opening hours must hold: nobody on duty twice, breaks inside their shift, disjoint hours."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.roster import break_bounds, shift_bounds
from models.time import to_datetime

SHIFT_COLUMNS = ("agent", "date", "start", "end", "breaks")
HOUR_COLUMNS = ("weekday", "opens", "closes")
_DAY = timedelta(days=1)
Columns = Mapping[str, Sequence[Any]]
Found = tuple[int, str, str]
ShiftsBetween = Callable[[date, date], Iterable[tuple[str, date, int, int]]]
"""Gives the rostered shifts of some days: agent, day, and start and end in epoch seconds."""


def find_shift_faults(
    columns: Columns, skipped: Collection[int], zone: ZoneInfo, others: ShiftsBetween, *, is_kept: bool = False
) -> Iterator[Found]:
    """Yield what is wrong with shifts, as position, column and expectation.

    Parameters
    ----------
    skipped
        Rows of which nothing is said.
    others
        Gives what is on the rosters already, for the overlap with what the rows do not replace.
    is_kept
        Whether they replace only shifts with the same start, and not all from an agent's first to last day.
    """
    spans: dict[str, tuple[date, date]] = {}
    by_agent: dict[str, list[tuple[int, int, int]]] = {}
    for at, (agent, day, start, end, breaks) in enumerate(zip(*(columns[name] for name in SHIFT_COLUMNS), strict=True)):
        if at in skipped:
            continue
        first, last = spans.get(agent, (day, day))
        spans[agent] = min(first, day), max(last, day)
        bounds = shift_bounds(day, start, end, zone)
        blocks = sorted(break_bounds(day, start, begins, ends, zone) for begins, ends, _, _ in breaks)
        fault = _shift_fault(at, bounds, blocks, zone)
        if fault is not None:
            yield fault
            continue
        by_agent.setdefault(agent, []).append((*bounds, at))
    if spans:
        first, last = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
        for agent, day, begins, ends in others(first - _DAY, last + _DAY):
            is_replaced = agent in spans and spans[agent][0] <= day <= spans[agent][1]
            if is_replaced and is_kept:
                is_replaced = any(begins == start for start, _, at in by_agent.get(agent, ()) if at >= 0)
            if agent in spans and not is_replaced:
                by_agent.setdefault(agent, []).append((begins, ends, -1))
    for shifts in by_agent.values():
        yield from _overlaps(sorted(shifts), zone)


def _overlaps(shifts: Sequence[tuple[int, int, int]], zone: ZoneInfo) -> Iterator[Found]:
    last_end, last_at = 0, -1
    for start, end, at in shifts:
        if start < last_end and max(at, last_at) >= 0:
            said = f"ends on {_wall_clock(last_end, zone)}" if at >= 0 else f"starts on {_wall_clock(start, zone)}"
            expected = f"shifts of an agent that do not overlap; another {said}"
            yield at if at >= 0 else last_at, "start", expected
            continue
        last_end, last_at = end, at


def _shift_fault(at: int, bounds: tuple[int, int], blocks: Sequence[tuple[int, int]], zone: ZoneInfo) -> Found | None:
    if bounds[1] <= bounds[0]:
        return at, "end", "a shift of some length; a clock change leaves nothing of this one"
    last = bounds[0]
    for start, end in blocks:
        said = f"{to_datetime(start, zone):%H:%M}-{to_datetime(end, zone):%H:%M}"
        if start < bounds[0] or end > bounds[1]:
            return at, "breaks", f"breaks inside their shift; {said} is not"
        if start < last:
            return at, "breaks", f"breaks that do not overlap; {said} begins before another ends"
        last = end
    return None


def find_hour_faults(columns: Columns, skipped: Collection[int]) -> Iterator[Found]:
    """Yield opening hours of a weekday that overlap, as position, column and expectation."""
    by_weekday: dict[str, list[tuple[int, int, int]]] = {}
    for at, (weekday, opens, closes) in enumerate(zip(*(columns[name] for name in HOUR_COLUMNS), strict=True)):
        if at not in skipped:
            start, end = _minute(opens), _minute(closes)
            by_weekday.setdefault(weekday, []).append((start, end if end > start else end + 24 * 60, at))
    for stretches in by_weekday.values():
        last = -1
        for start, end, at in sorted(stretches):
            if start < last:
                yield at, "opens", "hours of a weekday that do not overlap"
            last = max(last, end)


def _wall_clock(instant: int, zone: ZoneInfo) -> str:
    return f"{to_datetime(instant, zone):%Y-%m-%d at %H:%M}"


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
