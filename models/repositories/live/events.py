"""The log of events: what is appended, the order in which readers follow it, and reading it."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, insert, select, update

from models.repositories.live.records import Event, column_values
from models.tables.schema import table_of

_SEQUENCE_LOCK = 0x5D0003
_EVENTS = table_of("events")
_COLUMNS = [column for column in _EVENTS.c if column.name not in {"id", "position"}]
_APPEND = insert(_EVENTS).values({column: bindparam(column.name) for column in _COLUMNS}).returning(_EVENTS.c.id)
_BY_KEY = select(_EVENTS).where(_EVENTS.c.dedup_key == bindparam("key"))
_BY_ID = select(_EVENTS).where(_EVENTS.c.id == bindparam("id"))
_AFTER = (
    select(_EVENTS)
    .where(_EVENTS.c.position > bindparam("position"))
    .order_by(_EVENTS.c.position)
    .limit(bindparam("limit"))
)
_UNPOSITIONED = select(_EVENTS.c.id).where(_EVENTS.c.position.is_(None)).order_by(_EVENTS.c.id)
MOST_POSITIONS = 20_000
"""Events that get their position in one transaction."""
_BUFFER = 2_000


def append(connection: Connection, event: Event) -> Event:
    """Write an event and return it with its id.

    The caller holds the rows of the states that it changes: then ids grow, for each task and each agent, in the order
    in which their events happened to them.
    """
    values = column_values(event)
    del values["id"], values["position"]
    values["details"] = dict(event.details)
    return replace(event, id=int(connection.execute(_APPEND, values).scalar_one()))


def assign_positions(connection: Connection, *, limit: int = MOST_POSITIONS) -> int:
    """Give committed events their positions, in the order of their ids among those that have none; return how many.

    One transaction at a time does this, and it sees only what is committed. So a position, once it can be read, has no
    gap below it that something could still come into, whatever the order in which transactions end.
    """
    if connection.execute(_UNPOSITIONED.limit(1)).first() is None:
        return 0
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_SEQUENCE_LOCK)))
    waiting = _UNPOSITIONED.limit(limit).subquery()
    numbered = select(waiting.c.id, func.row_number().over(order_by=waiting.c.id).label("number")).subquery()
    last = select(func.coalesce(func.max(_EVENTS.c.position), 0)).scalar_subquery()
    base = int(connection.execute(select(last)).scalar_one())
    result = connection.execute(
        update(_EVENTS).values(position=base + numbered.c.number).where(_EVENTS.c.id == numbered.c.id)
    )
    return int(result.rowcount)


def has_unpositioned(connection: Connection) -> bool:
    """Return whether committed events wait for their position."""
    return connection.execute(_UNPOSITIONED.limit(1)).first() is not None


def last_position(connection: Connection) -> int:
    """Return the last position given; 0 where none is."""
    return int(connection.execute(select(func.coalesce(func.max(_EVENTS.c.position), 0))).scalar_one())


def read_events(connection: Connection, *, after_position: int, limit: int) -> list[Event]:
    """Return the events that follow a position, in the order of their positions."""
    found = connection.execute(_AFTER, {"position": after_position, "limit": limit})
    return [Event.of(row) for row in found.mappings()]


def read_task_events(connection: Connection, task_id: str) -> list[Event]:
    """Return what happened to a task, in order."""
    found = connection.execute(select(_EVENTS).where(_EVENTS.c.task_id == task_id).order_by(_EVENTS.c.id))
    return [Event.of(row) for row in found.mappings()]


def read_agent_events(connection: Connection, agent_id: str, *, after_id: int = 0, limit: int) -> list[Event]:
    """Return what happened to an agent after an event, in order."""
    query = select(_EVENTS).where(_EVENTS.c.agent_id == agent_id, _EVENTS.c.id > after_id)
    return [Event.of(row) for row in connection.execute(query.order_by(_EVENTS.c.id).limit(limit)).mappings()]


def iterate_events(connection: Connection) -> Iterator[Event]:
    """Return all committed events in the order of their ids, a buffer at a time."""
    found = connection.execute(select(_EVENTS).order_by(_EVENTS.c.id), execution_options={"yield_per": _BUFFER})
    for row in found.mappings():
        yield Event.of(row)


def get_event(connection: Connection, event_id: int) -> Event | None:
    """Return an event by its id; None where there is none."""
    row = connection.execute(_BY_ID, {"id": event_id}).mappings().first()
    return None if row is None else Event.of(row)


def find_by_key(connection: Connection, dedup_key: str) -> Event | None:
    """Return the event that a source told under its own id; None where it did not."""
    row = connection.execute(_BY_KEY, {"key": dedup_key}).mappings().first()
    return None if row is None else Event.of(row)
