"""What is stored already, for checks of what comes in: ids to refer to, rosters not to overlap, the calendar."""

from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import Session

from models.calendar import OfficeCalendar
from models.formats.offices.calendar import calendar_of
from models.formats.offices.checks import Known
from models.formats.offices.office import Office
from models.repositories.calendars import read_calendar
from models.tables.schema import table_of
from models.vocabulary import TaskLink, TaskState

_TABLES = ("clients", "teams", "skills", "agents", "task_types", "tasks")


def read_known(session: Session) -> Known:
    """Return what is stored and may be referred to; its rosters are read when asked, in the same transaction."""
    connection = session.connection()
    standards, links, tasks = table_of("task_type_standards"), table_of("task_links"), table_of("tasks")
    with_sla = select(standards.c.task_type_id).where(standards.c.sla_minutes.is_not(None)).distinct()
    after: dict[str, list[str]] = {}
    waiting = (
        select(links.c.task_id, links.c.other_id)
        .join(tasks, tasks.c.id == links.c.task_id)
        .where(links.c.kind == TaskLink.AFTER.value, tasks.c.state == TaskState.OPEN.value)
    )
    for task, other in connection.execute(waiting).all():
        after.setdefault(task, []).append(other)

    def shifts(first: date, last: date) -> list[tuple[str, date, int, int]]:
        return _shift_bounds(connection, first, last)

    return Known(
        ids={name: frozenset(connection.scalars(select(table_of(name).c.id)).all()) for name in _TABLES},
        types_with_sla=frozenset(connection.scalars(with_sla).all()),
        after=after,
        shifts=shifts,
    )


def read_office_calendar(session: Session, *, timezone: str) -> OfficeCalendar:
    """Return the calendar of the stored office; one of usual hours in `timezone` where there is none yet."""
    return calendar_of(Office(tables=read_calendar(session.connection())), timezone=timezone)


def _shift_bounds(connection: Connection, first: date, last: date) -> list[tuple[str, date, int, int]]:
    shifts = table_of("shifts")
    found = connection.execute(
        select(shifts.c.agent_id, shifts.c.day, shifts.c.starts_at, shifts.c.ends_at).where(
            shifts.c.day.between(first, last)
        )
    )
    return [(agent, day, start, end) for agent, day, start, end in found.all()]
