"""The calendar that an office's tables describe."""

from collections import defaultdict
from datetime import date, time

from models.calendar import USUAL_HOURS, WEEKDAYS, OfficeCalendar
from models.formats.offices.office import Office
from models.time import load_zone

UNSAID_ZONE = "UTC"


def calendar_of(office: Office, *, timezone: str = UNSAID_ZONE) -> OfficeCalendar:
    """Return the calendar of an office; usual hours, no holidays and `timezone` where it has no tables of these.

    Raises
    ------
    ValueError
        If the zone is no IANA time zone.
    """
    rows = office.rows("office")
    row = rows[0] if rows else {}
    hours: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for stretch in office.rows("office_hours"):
        hours[WEEKDAYS.index(stretch["weekday"])].append((stretch["opens"], stretch["closes"]))
    closed: set[date] = {day["date"] for day in office.rows("holidays")}
    return OfficeCalendar(
        zone=load_zone(row.get("timezone") or timezone),
        hours={weekday: tuple(sorted(listed)) for weekday, listed in hours.items()} or USUAL_HOURS,
        closed=frozenset(closed),
        country=row.get("country") or "",
        subdivision=row.get("subdivision") or "",
    )
