"""The demo office as tables, from a seed."""

from datetime import date, time
from typing import Any

import numpy as np
import pandas as pd

from models.calendar import USUAL_HOURS, WEEKDAYS, OfficeCalendar
from models.formats.offices.office import Office
from models.time import from_wall_clock, load_zone
from simulations.demo_office.history import WorkingDay, begin_the_morning, do_the_day, working_days
from simulations.demo_office.kinds import KINDS
from simulations.demo_office.organisation import CLIENTS, SKILLS, TEAMS
from simulations.demo_office.people import Person, draw_people
from simulations.demo_office.rosters import draw_absences, draw_rosters
from simulations.demo_office.work import Desk

DEMO_DAY = date(2026, 3, 2)
"""The Monday that the demo plans."""

DEMO_OPENING = time(8)
ZONE = "Europe/Madrid"
COUNTRY, SUBDIVISION = "ES", "MD"
ROSTER_DAYS_AHEAD = 4
LOCAL_HOLIDAYS = {date(2026, 5, 15): "San Isidro", date(2026, 11, 9): "La Almudena"}


def generate_office(
    generator: np.random.Generator,
    *,
    num_agents: int = 90,
    num_tasks: int = 2500,
    num_days: int = 1,
    day: date = DEMO_DAY,
) -> Office:
    """Return the demo office with `num_tasks` open tasks at the opening of `day`.

    Earlier working days, `num_days` less one, are history: their tasks were done, by whom and when is in the table.
    Rosters reach from the first day of the history to some working days ahead.

    Raises
    ------
    ValueError
        If a number is too small, or the office is closed on `day`.
    """
    if num_agents < len(TEAMS):
        raise ValueError(f"at least {len(TEAMS)} agents, one a team")
    if num_tasks < 0 or num_days < 1:
        raise ValueError("no negative number of tasks, and at least one day")
    calendar = demo_calendar()
    if not calendar.is_open_on(day):
        raise ValueError(f"a day on which the office is open; {day.isoformat()} is none")
    # Streams of their own: another number of tasks leaves the people as they are.
    people_stream, roster_stream, absence_stream, task_stream, history_stream = generator.spawn(5)
    past = working_days(calendar, day, num_days - 1, step=-1)[::-1]
    days = [*past, day, *working_days(calendar, day, ROSTER_DAYS_AHEAD, step=1)]

    people = draw_people(people_stream, num_agents)
    shifts = draw_rosters(roster_stream, people, days)
    absences = draw_absences(absence_stream, people, days, calendar.zone)
    desk = Desk(task_stream, calendar, people)
    tasks: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for worked in [*past, day]:
        opening = from_wall_clock(worked, DEMO_OPENING, calendar.zone)
        arrived = desk.draw_tasks(max(0, num_tasks - len(left)), opening=opening)
        working_day = WorkingDay(people, shifts, absences, calendar, worked)
        tasks += arrived
        left += arrived
        if worked < day:
            left = do_the_day(history_stream, left, working_day)
        else:
            begin_the_morning(history_stream, left, people, working_day.on_duty, opening)
    return _tables(people, shifts, absences, tasks)


def demo_calendar() -> OfficeCalendar:
    """Return when the demo office is open."""
    return OfficeCalendar(
        zone=load_zone(ZONE), closed=frozenset(LOCAL_HOLIDAYS), country=COUNTRY, subdivision=SUBDIVISION
    )


def _tables(
    people: list[Person],
    shifts: list[dict[str, Any]],
    absences: list[dict[str, Any]],
    tasks: list[dict[str, Any]],
) -> Office:
    rows: dict[str, list[dict[str, Any]]] = {
        "office": [
            {"name": "Swingdesk demo office", "timezone": ZONE, "country": COUNTRY, "subdivision": SUBDIVISION},
        ],
        "office_hours": [
            {"weekday": weekday, "opens": opens, "closes": closes}
            for position, weekday in enumerate(WEEKDAYS)
            for opens, closes in USUAL_HOURS.get(position, ())
        ],
        "holidays": [{"date": closed, "name": name} for closed, name in LOCAL_HOLIDAYS.items()],
        "clients": [{"id": c.id, "name": c.name, "needs_clearance": c.needs_clearance} for c in CLIENTS],
        "teams": [{"id": team.id, "name": team.name} for team in TEAMS],
        "skills": [{"id": skill, "name": name} for skill, name in SKILLS.items()],
        "agents": [
            {
                "id": person.id,
                "name": person.name,
                "team": person.team,
                "swing_teams": person.swing_teams,
                "clients": person.clients,
                "max_moves": person.max_moves,
                "min_stay_minutes": person.min_stay_minutes,
            }
            for person in people
        ],
        "agent_skills": [
            {"agent": person.id, "skill": skill, "level": level, "speed": speed}
            for person in people
            for skill, (level, speed) in person.skills.items()
        ],
        "shifts": shifts,
        "absences": absences,
        "task_types": [
            {
                "id": kind.id,
                "name": kind.name,
                "team": kind.team,
                "skill": kind.skill,
                "min_level": kind.min_level,
                "handling_minutes": kind.minutes,
                "also_requires": dict(kind.also_requires) or None,
                "sla_minutes": kind.sla_minutes,
                "weight": kind.weight,
            }
            for kind in KINDS
        ],
        "tasks": tasks,
    }
    # A cell that a row leaves out is None, which keeps whole numbers whole.
    return Office(tables={name: _frame(listed) for name, listed in rows.items()}, source="demo")


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})
