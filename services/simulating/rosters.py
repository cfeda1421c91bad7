"""Rosters and opening hours of a scenario, laid out in seconds."""

from dataclasses import dataclass, field

import numpy as np

from models.formats.scenarios.roster_checks import shift_end_s
from models.formats.scenarios.scenario import AgentGroup, Calendar, Duty, Scenario
from models.time import SECONDS_PER_DAY
from services.simulating.wall_clock import WallClock
from simulations.engine.columns import BREAK_END, BREAK_START, DUTY_END, SHIFT_START
from simulations.engine.layout import Reals, Wholes

LOOK_AHEAD_DAYS = 366
"""How far past the end calendars are laid out: work that comes late is due after it."""


@dataclass
class Rosters:
    """The rosters of all groups; shifts and stretches stand group by group, in order of time."""

    stretches: list[tuple[float, float]] = field(default_factory=list)
    stretch_shift: list[int] = field(default_factory=list)
    shifts: list[tuple[float, float]] = field(default_factory=list)
    shift_whole: list[tuple[int, int]] = field(default_factory=list)
    events: list[tuple[float, int, int, int, int]] = field(default_factory=list)
    group_stretches: list[tuple[int, int]] = field(default_factory=list)
    rostered_s: list[float] = field(default_factory=list)
    """Seconds of all shifts of one agent in the counted period, by group."""

    def event_columns(self) -> tuple[Reals, Wholes]:
        """Return when the rosters change and how, in the order in which that is taken."""
        ordered = sorted(self.events)
        at = np.array([event[0] for event in ordered], dtype=np.float64)
        return at, np.array([event[1:] for event in ordered], dtype=np.int64).reshape(-1, 4)


def lay_out_rosters(
    scenario: Scenario, groups: list[AgentGroup], clock: WallClock, *, warm_up: float, horizon: float
) -> Rosters:
    """Return the shifts, breaks and working stretches of groups from the start of a scenario to its end."""
    rosters = Rosters()
    for position, group in enumerate(groups):
        first = len(rosters.stretches)
        rostered = 0.0
        for start, end, breaks in _list_shifts(scenario, group, clock, horizon):
            if _add_shift(rosters, position, start, end, breaks):
                rostered += max(0.0, min(end, horizon) - max(start, warm_up))
        rosters.group_stretches.append((first, len(rosters.stretches)))
        rosters.rostered_s.append(rostered)
    return rosters


def _list_shifts(
    scenario: Scenario, group: AgentGroup, clock: WallClock, horizon: float
) -> list[tuple[float, float, list[tuple[float, float]]]]:
    if isinstance(group.week, str):
        return [(0.0, np.inf, [])]
    found = []
    for duty in group.week:
        for day in clock.days_on(duty.days, -1, scenario.days + 1):
            start, end = clock.second(day, duty.start), clock.second(day, shift_end_s(duty))
            if end > 0 and start < horizon and end > start:
                found.append((start, end, _list_breaks(duty, day, clock)))
    shifts: list[tuple[float, float, list[tuple[float, float]]]] = []
    for start, end, breaks in sorted(found):
        # A time that the clocks skip is later than some that follow it on the wall: shifts may come to overlap.
        begin = max(start, shifts[-1][1]) if shifts else start
        if begin < end:
            shifts.append((begin, end, _unite(breaks, begin, end)))
    return shifts


def _list_breaks(duty: Duty, day: int, clock: WallClock) -> list[tuple[float, float]]:
    spans = []
    for rest in duty.breaks:
        start = rest.start if rest.start >= duty.start else rest.start + SECONDS_PER_DAY
        length = rest.end - rest.start if rest.end > rest.start else rest.end - rest.start + SECONDS_PER_DAY
        spans.append((clock.second(day, start), clock.second(day, start + length)))
    return spans


def _unite(spans: list[tuple[float, float]], low: float, high: float) -> list[tuple[float, float]]:
    """Return what spans cover between `low` and `high` as stretches that are apart, in order of time.

    A span may be empty, or end before it starts: a clock change left nothing of it.
    """
    united: list[tuple[float, float]] = []
    for start, end in sorted((max(start, low), min(end, high)) for start, end in spans):
        if start >= end:
            continue
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _add_shift(rosters: Rosters, group: int, start: float, end: float, breaks: list[tuple[float, float]]) -> bool:
    """Add a shift whose breaks are apart and in order; one that is all breaks is none."""
    edges = [start, *(edge for span in breaks for edge in span), end]
    stretches = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]
    if not stretches:
        return False
    shift, first = len(rosters.shifts), len(rosters.stretches)
    rosters.shifts.append((start, end))
    rosters.shift_whole.append((round(start), first))
    rosters.stretches += stretches
    rosters.stretch_shift += [shift] * len(stretches)
    running = next((n for n, (_, high) in enumerate(stretches) if high > 0), len(stretches) - 1)
    rosters.events.append((max(start, 0.0), SHIFT_START, group, shift, first + running))
    for low, high in breaks:
        if high > 0:
            rosters.events.append((max(low, 0.0), BREAK_START, group, shift, -1))
            after = next((n for n, (begins, _) in enumerate(stretches) if begins == high), None)
            if after is not None:
                rosters.events.append((high, BREAK_END, group, shift, first + after))
    if np.isfinite(end):
        rosters.events.append((end, DUTY_END, group, shift, -1))
    return True


def lay_out_calendars(
    scenario: Scenario, clock: WallClock, *, oldest_s: float, longest_sla_s: float
) -> tuple[Reals, Wholes]:
    """Return the open stretches of the calendars, and where each calendar's begin.

    Parameters
    ----------
    oldest_s
        Age of the oldest task that waits at the start.
    longest_sla_s
        Open time that must fit after the end.
    """
    rows: list[tuple[float, float, float]] = []
    pointers = [0]
    for calendar in scenario.calendars:
        before = 0.0
        until = -np.inf
        enough = np.inf
        first = -int(oldest_s // SECONDS_PER_DAY) - 2
        for day in range(first, scenario.days + 10 * LOOK_AHEAD_DAYS):
            if day > scenario.days + 1:
                enough = min(enough, before + longest_sla_s)
                if before > enough or (before == 0 and day > scenario.days + LOOK_AHEAD_DAYS):
                    break
            for opens, end in _open_on(calendar, clock, day):
                start = max(opens, until)  # not twice where the clocks skip a time
                if start < end:
                    rows.append((start, end, before))
                    before += end - start
                    until = end
        pointers.append(len(rows))
    return np.array(rows, dtype=np.float64).reshape(-1, 3), np.array(pointers, dtype=np.int64)


def _open_on(calendar: Calendar, clock: WallClock, day: int) -> list[tuple[float, float]]:
    """Return from when to when a calendar is open on a day; a clock change may leave nothing of it, or overlaps."""
    if clock.date(day) in calendar.holidays:
        return []
    names = [name for name in calendar.week if next(clock.days_on((name,), day, day), None) is not None]
    return sorted(
        (clock.second(day, start), clock.second(day, end)) for name in names for start, end in calendar.week[name]
    )
