"""What one agent's day holds: tasks by their ids, what they did, what waits for somebody outside."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, exists, select

from models.tables.schema import table_of
from models.vocabulary import ClosedReason
from models.vocabulary_live import EventKind, TaskStage

_TASKS, _STATES, _EVENTS = table_of("tasks"), table_of("task_states"), table_of("events")
_ALL = select(
    _TASKS.c.id,
    _TASKS.c.title,
    _TASKS.c.task_type_id,
    _TASKS.c.client_id,
    _TASKS.c.step,
    _TASKS.c.link,
    _TASKS.c.done_by_id,
    _TASKS.c.closed_at,
    _STATES.c.state,
    _STATES.c.agent_id,
    _STATES.c.worked_seconds,
    _STATES.c.follow_up_at,
    _STATES.c.pend_reason,
).select_from(_TASKS.outerjoin(_STATES, _STATES.c.task_id == _TASKS.c.id))


class DayTask(NamedTuple):
    """A task of an agent's day.

    Attributes
    ----------
    stage
        Where it stands at the desk; None where it has no state there.
    holder
        Who has it in hand.
    done_by, closed_at
        Who completed it, and when it was closed.
    worked_seconds
        Worked on it up to its last stage.
    follow_up_at, pend_reason
        When it comes back, and what it waits for, while it is pended.
    """

    task_id: str
    title: str
    task_type: str
    client: str | None
    step: str
    link: str
    stage: TaskStage | None
    holder: str | None
    done_by: str | None
    closed_at: int | None
    worked_seconds: int
    follow_up_at: int | None
    pend_reason: str | None


def read_day_tasks(connection: Connection, ids: Iterable[str]) -> dict[str, DayTask]:
    """Return tasks by their ids, those that there are."""
    rows = connection.execute(_ALL.where(_TASKS.c.id.in_(list(ids)))).mappings()
    return {row["id"]: _day_task(row) for row in rows}


def read_done(connection: Connection, agent_id: str, *, start: int, end: int) -> list[DayTask]:
    """Return what an agent completed in a period, the earliest first."""
    query = _ALL.where(
        _TASKS.c.done_by_id == agent_id,
        _TASKS.c.closed_at >= start,
        _TASKS.c.closed_at < end,
        _TASKS.c.closed_reason == ClosedReason.COMPLETED.value,
    ).order_by(_TASKS.c.closed_at, _TASKS.c.id)
    return [_day_task(row) for row in connection.execute(query).mappings()]


def read_pended_by(connection: Connection, agent_id: str) -> list[DayTask]:
    """Return the tasks that are pended now out of an agent's hand, the one that comes back first coming first."""
    was_theirs = exists().where(
        _EVENTS.c.task_id == _STATES.c.task_id,
        _EVENTS.c.agent_id == agent_id,
        _EVENTS.c.kind == EventKind.PENDED.value,
        _EVENTS.c.recorded_at >= _STATES.c.since,
    )
    is_pended = and_(_STATES.c.follow_up_at.is_not(None), _STATES.c.state == TaskStage.PENDED.value)
    query = _ALL.where(is_pended, was_theirs).order_by(_STATES.c.follow_up_at, _TASKS.c.id)
    return [_day_task(row) for row in connection.execute(query).mappings()]


def read_day_task(connection: Connection, task_id: str) -> DayTask | None:
    """Return a task by its id; None where there is none."""
    return read_day_tasks(connection, [task_id]).get(task_id)


def _day_task(row: Mapping[Any, Any]) -> DayTask:
    return DayTask(
        task_id=row["id"],
        title=row["title"],
        task_type=row["task_type_id"],
        client=row["client_id"],
        step=row["step"],
        link=row["link"],
        stage=None if row["state"] is None else TaskStage(row["state"]),
        holder=row["agent_id"],
        done_by=row["done_by_id"],
        closed_at=row["closed_at"],
        worked_seconds=row["worked_seconds"] or 0,
        follow_up_at=row["follow_up_at"],
        pend_reason=row["pend_reason"],
    )
