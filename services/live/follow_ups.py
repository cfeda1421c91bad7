"""Until when a task may be pended by one press: in some hours, or when the office opens on a later day."""

from datetime import time, timedelta
from enum import StrEnum

from models.calendar import OfficeCalendar
from models.errors import UsageError
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, from_wall_clock

MORNING = time(9)
"""When a day begins where the office is open around the clock."""


class FollowUp(StrEnum):
    """When a pended task comes back."""

    HOURS = "in-2-hours"
    NEXT_DAY = "next-day"
    THREE_DAYS = "in-3-days"
    WEEK = "in-a-week"


_DAYS = {FollowUp.NEXT_DAY: 1, FollowUp.THREE_DAYS: 3, FollowUp.WEEK: 7}
_HOURS = 2


def follow_up_at(calendar: OfficeCalendar, choice: FollowUp, *, since: int, now: int) -> int:
    """Return when a task comes back; soon, where that has passed by the time it is told.

    Parameters
    ----------
    since
        When it was chosen; epoch second.

    Raises
    ------
    UsageError
        If the office does not open within a year.
    """
    if choice is FollowUp.HOURS:
        found = since + _HOURS * SECONDS_PER_HOUR
    else:
        try:
            day = calendar.next_open_day(calendar.local_day(since) + timedelta(days=_DAYS[choice]))
        except ValueError as error:
            raise UsageError(str(error)) from error
        midnight = from_wall_clock(day, time(0), calendar.zone)
        stretches = calendar.open_stretches(midnight, midnight + SECONDS_PER_DAY)
        opens = stretches[0][0] if stretches else midnight
        found = opens if opens > midnight else from_wall_clock(day, MORNING, calendar.zone)
    return max(found, now + SECONDS_PER_MINUTE)


def list_follow_ups(calendar: OfficeCalendar, *, now: int) -> list[tuple[FollowUp, int]]:
    """Return each choice with when it would be, as far as the office opens at all."""
    found = []
    for choice in FollowUp:
        try:
            found.append((choice, follow_up_at(calendar, choice, since=now, now=now)))
        except UsageError:
            break  # it does not open again: hours are all that there is to choose
    return found
