"""Single edits of a stored office: what somebody can do, who is away, who must do a task. Each leaves its trace."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from models.database import Database, Session
from models.errors import ConflictError
from models.repositories.audit import record_change
from models.repositories.live.events import append
from models.repositories.live.records import Event
from models.repositories.office_pages import (
    delete_absence,
    delete_shift,
    get_agent,
    get_task,
    pin_task,
    write_demands,
)
from models.tables.columns import to_json
from models.vocabulary import TaskState
from models.vocabulary_audit import Subject
from models.vocabulary_live import EventKind
from services.settings import Settings
from services.upserting import Upserted, upsert_rows

CheckVersion = Callable[[str], None]
"""Raises where a record is no longer at the version that its editor has seen."""
_VERSION_CHARACTERS = 20


def version_of(record: Mapping[str, Any]) -> str:
    """Return the version of a record: the same for the same content, whoever wrote it."""
    plain = {name: _plain(value) for name, value in record.items()}
    return hashlib.sha256(to_json(plain).encode()).hexdigest()[:_VERSION_CHARACTERS]


def find_agent(database: Database, agent_id: str) -> dict[str, Any]:
    """Return an agent with what it can do.

    Raises
    ------
    NotFoundError
        If there is none of that id.
    """
    with database.reading() as session:
        return get_agent(session.connection(), agent_id)


def set_skills(
    database: Database,
    settings: Settings,
    agent_id: str,
    skills: Sequence[Mapping[str, Any]],
    *,
    now: int,
    principal_id: str,
    check: CheckVersion,
) -> dict[str, Any]:
    """Replace what an agent can do for good by some skills, and return the agent; what has an end stays, as history.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    RowsRefusedError
        With what is wrong with a skill.
    StaleError
        If the agent has changed since; raised by `check`, like whatever else it finds.
    """
    rows = [{**skill, "agent": agent_id} for skill in skills]
    check(version_of(find_agent(database, agent_id)))
    before = _checking(agent_id, check)
    upsert_rows(
        database,
        settings,
        "agent_skills",
        rows,
        now=now,
        principal_id=principal_id,
        adds=False,
        before=before,
    )
    return find_agent(database, agent_id)


def add_absence(
    database: Database,
    settings: Settings,
    agent_id: str,
    absence: Mapping[str, Any],
    *,
    now: int,
    principal_id: str,
) -> Upserted:
    """Note that an agent is away: the next plan does without.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    RowsRefusedError
        With what is wrong with it.
    """
    find_agent(database, agent_id)
    row = {**absence, "agent": agent_id}
    return upsert_rows(database, settings, "absences", [row], now=now, principal_id=principal_id)


def remove_absence(
    database: Database, agent_id: str, starts_at: int, *, now: int, principal_id: str, what: str, check: CheckVersion
) -> None:
    """Forget that an agent is away from an instant on.

    Raises
    ------
    NotFoundError
        If no absence of the agent starts then.
    StaleError
        If it has changed since; raised by `check`.
    """
    with database.writing() as session:
        absence = delete_absence(session.connection(), agent_id, starts_at)
        check(version_of(absence))
        _trace(
            session,
            now=now,
            principal_id=principal_id,
            what=what,
            subject=(Subject.AGENT, agent_id),
            before={"starts_at": absence["starts_at"], "ends_at": absence["ends_at"]},
            after=None,
            details={"tables": ["absences"], "agent": agent_id},
        )


def remove_shift(database: Database, agent_id: str, starts_at: int, *, now: int, principal_id: str, what: str) -> None:
    """Take a shift off an agent's roster.

    Raises
    ------
    NotFoundError
        If no shift of the agent starts then.
    """
    with database.writing() as session:
        shift = delete_shift(session.connection(), agent_id, starts_at)
        _trace(
            session,
            now=now,
            principal_id=principal_id,
            what=what,
            subject=(Subject.AGENT, agent_id),
            before={"starts_at": shift["starts_at"], "ends_at": shift["ends_at"]},
            after=None,
            details={"tables": ["shifts"], "agent": agent_id},
        )


def pin(
    database: Database,
    task_id: str,
    agent_id: str | None,
    *,
    now: int,
    principal_id: str,
    what: str,
    check: CheckVersion,
) -> dict[str, Any]:
    """Have only one agent do a task, or anybody who may, and return the task.

    Raises
    ------
    NotFoundError
        If there is no such task or agent.
    ConflictError
        If the task is closed, or somebody has it open.
    StaleError
        If it has changed since; raised by `check`.
    """
    with database.writing() as session:
        connection = session.connection()
        task = get_task(connection, task_id, hold=True)
        check(version_of(task))
        if agent_id is not None:
            get_agent(connection, agent_id)
        if task["state"] == TaskState.CLOSED.value:
            raise ConflictError(f"task {task_id!r} is closed; reopen it first")
        if task["in_progress"]:
            raise ConflictError(f"task {task_id!r} is in the hand of {task['pinned_agent_id']!r}; release it first")
        pin_task(connection, task_id, agent_id)
        _trace(
            session,
            now=now,
            principal_id=principal_id,
            what=what,
            subject=(Subject.TASK, task_id),
            before={"pinned_agent_id": task["pinned_agent_id"]},
            after={"pinned_agent_id": agent_id},
            details={"tables": ["tasks"], "task": task_id},
        )
        return {**task, "pinned_agent_id": agent_id}


def set_demands(
    database: Database,
    task_id: str,
    *,
    min_level: int | None,
    also_requires: Mapping[str, int],
    now: int,
    principal_id: str,
    what: str,
    check: CheckVersion,
) -> dict[str, Any]:
    """Let an open task want other levels of skill than its type does, and return the task.

    Parameters
    ----------
    min_level
        Least level of the skill of its type; None for what the type says.
    also_requires
        Further skills, each at a least level; what its type wants besides stays.

    Raises
    ------
    NotFoundError
        If there is no such task.
    ConflictError
        If the task is closed.
    StaleError
        If it has changed since; raised by `check`.
    """
    with database.writing() as session:
        connection = session.connection()
        task = get_task(connection, task_id, hold=True)
        check(version_of(task))
        if task["state"] == TaskState.CLOSED.value:
            raise ConflictError(f"task {task_id!r} is closed; reopen it first")
        demands: dict[str, Any] = {"min_level": min_level, "also_requires": dict(also_requires) or None}
        write_demands(connection, task_id, **demands)
        _trace(
            session,
            now=now,
            principal_id=principal_id,
            what=what,
            subject=(Subject.TASK, task_id),
            before={name: task[name] for name in demands},
            after=demands,
            details={"tables": ["tasks"], "task": task_id},
        )
        return {**task, **demands}


def _checking(agent_id: str, check: CheckVersion) -> Callable[[Session], None]:
    def before(session: Session) -> None:
        check(version_of(get_agent(session.connection(), agent_id)))

    return before


def _trace(
    session: Session,
    *,
    now: int,
    principal_id: str,
    what: str,
    subject: tuple[Subject, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    details: Mapping[str, Any],
) -> None:
    """Note a change in the audit trail, and tell whoever follows the events."""
    record_change(
        session,
        at=now,
        principal_id=principal_id,
        what=what,
        subject=subject[0],
        subject_id=subject[1],
        before=before,
        after=after,
    )
    append(
        session.connection(),
        Event(
            kind=EventKind.OFFICE_CHANGED,
            occurred_at=now,
            recorded_at=now,
            principal_id=principal_id,
            details=dict(details),
        ),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
