"""The chain of seals in the database, and the rows that lie under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, or_, select, text, update
from sqlmodel import Session

from models.tables.schema import table_of

EVENTS, CHANGES = "events", "changes"
_PAGE = 5000
# Any number will do, as long as every Swingdesk takes the same lock for the same thing.
_SEALING_LOCK = 0x5D0005


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One link of the chain as it is stored."""

    id: int
    sealed_at: int
    last_event: int
    num_events: int
    last_change: int
    num_changes: int
    row_marks: bytes
    digest: str


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Rows of a table that are under no seal: how many, and the first of them (None where there is none)."""

    count: int
    first_id: int | None = None
    first_at: int | None = None


def lock_chain(session: Session) -> None:
    """Let nobody else add to the chain before this transaction ends; SQLite has one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SEALING_LOCK})


def last_seal(session: Session) -> Seal | None:
    """Return the end of the chain."""
    table = table_of("seals")
    found = session.connection().execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().first()
    return None if found is None else Seal(**found)


def get_seal(session: Session, seal_id: int) -> Seal | None:
    """Return a seal by its number."""
    table = table_of("seals")
    found = session.connection().execute(select(table).where(table.c.id == seal_id)).mappings().first()
    return None if found is None else Seal(**found)


def add_seal(session: Session, seal: Seal, *, change_ids: Sequence[int]) -> None:
    """Add a seal to the end of the chain, and give the changes under it their positions.

    Parameters
    ----------
    change_ids
        The changes under it, in their order.
    """
    connection = session.connection()
    connection.execute(insert(table_of("seals")).values(**vars(seal)))
    if change_ids:
        table = table_of(CHANGES)
        first = seal.last_change - seal.num_changes + 1
        connection.execute(
            update(table).where(table.c.id == bindparam("row_id")).values(position=bindparam("given")),
            [{"row_id": row_id, "given": first + n} for n, row_id in enumerate(change_ids)],
        )


def read_new_events(session: Session, *, after: int, limit: int) -> Sequence[dict[str, Any]]:
    """Return events that have a position beyond one, in their order."""
    table = table_of(EVENTS)
    query = select(table).where(table.c.position > after).order_by(table.c.position).limit(limit)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def read_new_changes(session: Session, *, limit: int) -> Sequence[dict[str, Any]]:
    """Return changes that have no position yet, the oldest first."""
    table = table_of(CHANGES)
    query = select(table).where(table.c.position.is_(None)).order_by(table.c.id).limit(limit)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def iterate_seals(session: Session) -> Iterator[Seal]:
    """Return all seals in their order, a page at a time."""
    table = table_of("seals")
    for row in _pages(session, table, "id"):
        yield Seal(**row)


def iterate_positioned(session: Session, name: str) -> Iterator[dict[str, Any]]:
    """Return all rows of `events` or `changes` that have a position, in its order, a page at a time."""
    return _pages(session, table_of(name), "position")


def read_tail(session: Session, name: str, *, after: int) -> Tail:
    """Return what of `events` or `changes` has no position, or one beyond the last that is sealed."""
    table = table_of(name)
    at = table.c.recorded_at if name == EVENTS else table.c.at
    query = select(func.count(), func.min(table.c.id), func.min(at)).where(
        or_(table.c.position.is_(None), table.c.position > after)
    )
    count, first_id, first_at = session.connection().execute(query).one()
    return Tail(count=count, first_id=first_id, first_at=first_at)


def find_lost_event(session: Session) -> tuple[str, int] | None:
    """Return a table of states and the newest event that it speaks of, where the log ends before that event."""
    connection = session.connection()
    newest = connection.execute(select(func.max(table_of(EVENTS).c.id))).scalar() or 0
    for name in ("task_states", "agent_states", "choice_sets"):
        told = connection.execute(select(func.max(table_of(name).c.event_id))).scalar() or 0
        if told > newest:
            return name, told
    return None


def _pages(session: Session, table: Table, key: str) -> Iterator[dict[str, Any]]:
    column = table.c[key]
    last: int | None = None
    while True:
        query = select(table).where(column.is_not(None) if last is None else column > last)
        found = session.connection().execute(query.order_by(column).limit(_PAGE)).mappings()
        page = [dict(row) for row in found]
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1][key]
