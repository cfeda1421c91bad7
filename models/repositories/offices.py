"""A whole office into the database, and out of it as it stood at an instant."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from models.formats.offices.office import Office
from models.repositories import calendars, people, rosters, task_types, tasks
from models.repositories.changes import TableChanges, ensure_ids
from models.time import SECONDS_PER_DAY, load_zone, to_datetime

_WRITE_LOCK = 0x5D0002
NAMED = ("clients", "teams", "skills")
DAYS_READ = 8
"""Rosters are read this many days ahead, so that a question finds the next shift, and a horizon of a week fits."""


def write_office(
    session: Session, office: Office, *, batch_id: int | None = None, timezone: str = "UTC", adds: bool = False
) -> dict[str, TableChanges]:
    """Write the tables of an office and return what that changed, by table. Writing them twice changes nothing.

    What a file without dates says holds always. Rows stay where the office does not speak of them: a roster speaks of
    its agents from the first to the last day that it gives for each; a list of skills speaks of its agents and of what
    has no end; standards speak of their task types; everything else of the rows it names.

    Parameters
    ----------
    batch_id
        The import that brings the tasks.
    timezone
        Zone of an office that is not stored yet and comes without a table of its own.
    adds
        Whether the rows are a part of what their tables should hold, so that nothing that is stored goes.

    Raises
    ------
    InputError
        If a row refers to what is neither in the office nor stored.
    """
    connection, source, frames = session.connection(), office.source, office.tables
    _wait_for_turn(connection)
    changes: dict[str, TableChanges] = {}
    if "office" in frames:
        changes["office"] = calendars.write_office_row(connection, frames["office"], source=source)
    zone_name = calendars.ensure_office(connection, timezone)
    if "office_hours" in frames:
        changes["office_hours"] = calendars.write_office_hours(
            connection, frames["office_hours"], source=source, adds=adds
        )
    if "holidays" in frames:
        changes["holidays"] = calendars.write_holidays(connection, frames["holidays"], source=source, adds=adds)
    for name in NAMED:
        if name in frames:
            changes[name] = people.write_named(connection, name, frames[name], source=source)
    _ensure_named(connection, office)
    if "agents" in frames:
        changes["agents"] = people.write_agents(connection, frames["agents"], source=source)
    if "agent_skills" in frames:
        changes["agent_skills"] = people.write_agent_skills(
            connection, frames["agent_skills"], source=source, adds=adds
        )
    if "shifts" in frames:
        changes["shifts"] = rosters.write_shifts(
            connection, frames["shifts"], zone_name=zone_name, source=source, adds=adds
        )
    if "absences" in frames:
        changes["absences"] = rosters.write_absences(connection, frames["absences"], source=source, adds=adds)
    if "task_types" in frames:
        changes["task_types"] = task_types.write_task_types(connection, frames["task_types"], source=source, adds=adds)
    if "tasks" in frames:
        changes["tasks"] = tasks.write_tasks(connection, frames["tasks"], source=source, batch_id=batch_id)
    return changes


def read_office(session: Session, *, at: int, arrived_by: int | None = None, days: int = DAYS_READ) -> Office:
    """Return the office as it stood at an instant: what was open then, and rosters and skills of the days after it.

    Parameters
    ----------
    arrived_by
        Last instant at which tasks arrived that are read; `at` where None.
    days
        How many days ahead rosters and skills are read.
    """
    connection = session.connection()
    frames = calendars.read_calendar(connection)
    zone = load_zone(frames["office"]["timezone"][0]) if "office" in frames else load_zone("UTC")
    start, end = at - SECONDS_PER_DAY, at + days * SECONDS_PER_DAY
    day = to_datetime(at, zone).date()
    frames |= {name: people.read_named(connection, name) for name in NAMED}
    frames |= {
        "agents": people.read_agents(connection),
        "agent_skills": people.read_agent_skills(
            connection, first=day - timedelta(days=1), last=day + timedelta(days=days)
        ),
        "shifts": rosters.read_shifts(connection, start=start, end=end),
        "absences": rosters.read_absences(connection, start=start, end=end),
        "task_types": task_types.read_task_types(connection),
        "tasks": tasks.read_tasks(connection, at=at, arrived_by=at if arrived_by is None else arrived_by),
    }
    return Office(tables=frames, source="database")


def _wait_for_turn(connection: Connection) -> None:
    """Let offices be written one at a time; on SQLite every writer waits anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WRITE_LOCK)))


def _ensure_named(connection: Connection, office: Office) -> None:
    """Make skills and clients known that are named where they are used, if the office brings no list of them."""
    frames: Mapping[str, object] = office.tables
    if "skills" not in frames:
        used = {str(row["skill"]) for table in ("agent_skills", "task_types") for row in office.rows(table)}
        ensure_ids(connection, "skills", used, name="")
    if "clients" not in frames:
        cleared = {client for row in office.rows("agents") for client in row["clients"]}
        served = set(office.tables["tasks"]["client"]) if "tasks" in frames else set()
        ensure_ids(connection, "clients", cleared | served, name="", needs_clearance=False)
