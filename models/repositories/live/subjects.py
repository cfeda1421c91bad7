"""What the desk needs to know, and writes, of the office's own rows: tasks, their types, agents, teams, the zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, update

from models.repositories import calendars
from models.tables.schema import table_of
from models.vocabulary import ClosedReason, TaskState

_TASKS, _STANDARDS = table_of("tasks"), table_of("task_type_standards")
_COLUMNS = (
    "id",
    "task_type_id",
    "case_id",
    "step",
    "arrived_at",
    "due_at",
    "weight",
    "state",
    "closed_at",
    "closed_reason",
    "done_by_id",
)
_READ = select(*(_TASKS.c[name] for name in _COLUMNS)).where(_TASKS.c.id == bindparam("key"))
_HOLD = _READ.with_for_update()
_OF_TYPE = select(_STANDARDS.c.team_id, _STANDARDS.c.sla_minutes, _STANDARDS.c.pending_stops_clock).where(
    _STANDARDS.c.task_type_id == bindparam("type")
)
_STANDARD = (
    _OF_TYPE.where(_STANDARDS.c.valid_from <= bindparam("day")).order_by(_STANDARDS.c.valid_from.desc()).limit(1)
)
_FIRST_STANDARD = _OF_TYPE.order_by(_STANDARDS.c.valid_from).limit(1)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A task as the office has it."""

    id: str
    task_type_id: str
    case_id: str | None
    step: str
    arrived_at: int
    due_at: int | None
    weight: float | None
    state: str
    closed_at: int | None
    closed_reason: str | None
    done_by_id: str | None


@dataclass(frozen=True, kw_only=True)
class TypeStandard:
    """What holds for a task type on a day: whose it is, when its tasks are due, whether their clock stops."""

    team_id: str
    sla_minutes: float | None
    pending_stops_clock: bool


def read_subject(connection: Connection, task_id: str, *, hold: bool = False) -> Subject | None:
    """Return a task as the office has it; None where there is none.

    Parameters
    ----------
    hold
        Whether nobody else may change it until the transaction ends.
    """
    row = connection.execute(_HOLD if hold else _READ, {"key": task_id}).mappings().first()
    return None if row is None else Subject(**row)


def read_standard(
    connection: Connection, task_type_id: str, day: date, *, or_first: bool = False
) -> TypeStandard | None:
    """Return what holds for a task type on a day; None, or the first there will be, where nothing does yet."""
    found = connection.execute(_STANDARD, {"type": task_type_id, "day": day}).mappings().first()
    if found is None and or_first:
        found = connection.execute(_FIRST_STANDARD, {"type": task_type_id}).mappings().first()
    return None if found is None else TypeStandard(**found)


def read_zone_name(connection: Connection) -> str | None:
    """Return the name of the office's zone; None where there is no office."""
    return connection.execute(select(table_of("offices").c.timezone)).scalar()


def read_calendar_tables(connection: Connection) -> Mapping[str, Any]:
    """Return the tables of an office that say when it is open, as frames."""
    return calendars.read_calendar(connection)


def has_row(connection: Connection, table: str, key: str) -> bool:
    """Return whether a table with one key has a row of it."""
    return bool(connection.execute(select(exists().where(table_of(table).c.id == key))).scalar())


def has_step(connection: Connection, subject: Subject, step: str) -> bool:
    """Return whether a step is one of a task's case, or its own."""
    if step == subject.step or subject.case_id is None:
        return step == subject.step
    is_of_case = (_TASKS.c.case_id == subject.case_id) & (_TASKS.c.step == step)
    return bool(connection.execute(select(exists().where(is_of_case))).scalar())


def close_subject(
    connection: Connection,
    task_id: str,
    *,
    at: int,
    reason: ClosedReason,
    started_at: int | None = None,
    done_by_id: str | None = None,
) -> None:
    """Note that a task is closed, so that planning and history know."""
    values = {
        "state": TaskState.CLOSED.value,
        "closed_at": at,
        "closed_reason": reason.value,
        "done_by_id": done_by_id,
        "in_progress": False,
    }
    if started_at is not None:
        values["started_at"] = started_at
    connection.execute(update(_TASKS).where(_TASKS.c.id == task_id).values(values))


def open_subject(connection: Connection, task_id: str) -> None:
    """Note that a task is open again."""
    values = {
        "state": TaskState.OPEN.value,
        "closed_at": None,
        "closed_reason": None,
        "done_by_id": None,
        "started_at": None,
        "in_progress": False,
    }
    connection.execute(update(_TASKS).where(_TASKS.c.id == task_id).values(values))


def set_subject(connection: Connection, task_id: str, **values: Any) -> None:
    """Change what a lead may change of a task: `due_at`, `weight`."""
    connection.execute(update(_TASKS).where(_TASKS.c.id == task_id).values(values))
