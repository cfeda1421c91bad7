"""What the rosters and calendars of a scenario must hold: breaks inside shifts, nothing that overlaps."""

from collections.abc import Iterator
from itertools import pairwise

from models.calendar import WEEKDAYS
from models.formats.places import quoted
from models.formats.scenarios.scenario import AgentGroup, Calendar, Duty, Scenario
from models.time import SECONDS_PER_DAY

_Spoken = Iterator[tuple[str, str, str, str]]
_WEEK_S = 7 * SECONDS_PER_DAY


def find_roster_faults(scenario: Scenario) -> list[tuple[str, str, str, str]]:
    """Return record, field, value and expectation of what is wrong with shifts and opening hours."""
    found: list[tuple[str, str, str, str]] = []
    for group in scenario.agents:
        found += _group_faults(group)
    for calendar in scenario.calendars:
        found += _calendar_faults(calendar)
    return found


def shift_end_s(duty: Duty) -> int:
    """Return the end of a shift in seconds from the midnight before it starts."""
    return duty.end if duty.end > duty.start else duty.end + SECONDS_PER_DAY


def _group_faults(group: AgentGroup) -> _Spoken:
    record = f"agent {quoted(group.id)}"
    if isinstance(group.week, str):
        return
    if not group.week:
        yield record, "week", "an empty list", "a shift at least, or always"
    for n, duty in enumerate(group.week):
        if not duty.days:
            yield record, f"week[{n}].days", "an empty list", "a weekday at least"
        yield from _break_faults(duty, record, f"week[{n}]")
    spans = sorted(
        (WEEKDAYS.index(day) * SECONDS_PER_DAY + duty.start, WEEKDAYS.index(day) * SECONDS_PER_DAY + shift_end_s(duty))
        for duty in group.week
        for day in duty.days
    )
    around = [*spans, *((start + _WEEK_S, end + _WEEK_S) for start, end in spans[:1])]
    if any(later[0] < earlier[1] for earlier, later in pairwise(around)):
        yield record, "week", "with shifts that overlap", "shifts of which one ends before the next starts"


def _break_faults(duty: Duty, record: str, field: str) -> _Spoken:
    spans = []
    for n, rest in enumerate(duty.breaks):
        start = rest.start if rest.start >= duty.start else rest.start + SECONDS_PER_DAY
        end = rest.end if rest.end > rest.start else rest.end + SECONDS_PER_DAY
        end += start - rest.start
        if end > shift_end_s(duty) or start < duty.start:
            yield record, f"{field}.breaks[{n}]", "not inside its shift", "a stretch between its start and its end"
        spans.append((start, end))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        yield record, f"{field}.breaks", "with stretches that overlap", "stretches that do not overlap"


def _calendar_faults(calendar: Calendar) -> _Spoken:
    record = f"calendar {quoted(calendar.id)}"
    for day, stretches in calendar.week.items():
        for n, (start, end) in enumerate(stretches):
            if end <= start:
                yield record, f"week.{day}[{n}]", "not in order", "an end after its start, 24:00 at the latest"
        spans = sorted(stretches)
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            yield record, f"week.{day}", "with stretches that overlap", "stretches that do not overlap"
    if not any(calendar.week.values()):
        yield record, "week", "without any open time", "an open stretch at least"
