"""The log of events: the order in which readers follow it, whatever the order in which transactions end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import IntegrityError

from models.database import Database, Session
from models.repositories.live.events import (
    append,
    assign_positions,
    find_by_key,
    has_unpositioned,
    last_position,
    read_agent_events,
    read_events,
    read_task_events,
)
from models.repositories.live.records import Event
from models.vocabulary_live import EventKind


def happened(task_id: str, *, agent_id: str | None = None, dedup_key: str | None = None) -> Event:
    return Event(
        kind=EventKind.OFFERED,
        task_id=task_id,
        agent_id=agent_id,
        dedup_key=dedup_key,
        occurred_at=5,
        recorded_at=7,
        details={"ids": ["a"], "score": 1.5},
    )


def tell(database: Database, *events: Event) -> None:
    with database.writing() as session:
        for event in events:
            append(session.connection(), event)


def position_all(database: Database) -> int:
    with database.writing() as session:
        return assign_positions(session.connection())


def follow(database: Database, after: int) -> list[tuple[int | None, str | None]]:
    with database.reading() as session:
        found = read_events(session.connection(), after_position=after, limit=100)
    return [(event.position, event.task_id) for event in found]


@pytest.fixture
def postgres(make_database_url: Callable[..., str]) -> Iterator[Database]:
    """A database on which several can write at once."""
    with Database(make_database_url("postgresql")) as database:
        yield database


def test_an_event_comes_back_as_it_was_told(database: Database) -> None:
    event = happened("T1", agent_id="ana", dedup_key="crm:1")
    tell(database, event)
    with database.reading() as session:
        connection = session.connection()
        (stored,) = read_task_events(connection, "T1")
        assert read_agent_events(connection, "ana", limit=5) == [stored]
        assert find_by_key(connection, "crm:1") == stored
        assert find_by_key(connection, "crm:2") is None
    assert stored.position is None
    assert stored.id is not None
    assert Event(**{**stored.__dict__, "id": None}) == event


def test_readers_see_nothing_that_has_no_position(database: Database) -> None:
    tell(database, happened("T1"), happened("T2"))
    assert follow(database, 0) == []
    assert position_all(database) == 2
    tell(database, happened("T3"))
    assert follow(database, 0) == [(1, "T1"), (2, "T2")]
    assert position_all(database) == 1
    assert position_all(database) == 0
    assert follow(database, 2) == [(3, "T3")]


def test_positions_have_no_gaps_though_ids_have(database: Database) -> None:
    tell(database, happened("T1"))
    with pytest.raises(RuntimeError):
        _tell_and_fail(database, happened("T2"))
    tell(database, happened("T3"), happened("T4"))
    with database.writing() as session:
        assert assign_positions(session.connection(), limit=2) == 2
        assert has_unpositioned(session.connection())
    assert position_all(database) == 1
    assert follow(database, 0) == [(1, "T1"), (2, "T3"), (3, "T4")]


def test_what_commits_late_is_not_skipped(postgres: Database) -> None:
    """The transaction that took the lower id ends last: a reader that went by id would have passed it."""
    with ExitStack() as stack:
        slow = stack.enter_context(postgres.writing())
        first = append(slow.connection(), happened("slow"))
        with postgres.writing() as quick:
            second = append(quick.connection(), happened("quick"))
        assert first.id is not None
        assert second.id is not None
        assert first.id < second.id
        assert position_all(postgres) == 1
        assert follow(postgres, 0) == [(1, "quick")]
    assert position_all(postgres) == 1
    assert follow(postgres, 1) == [(2, "slow")]


def test_two_sequencers_take_turns(postgres: Database) -> None:
    tell(postgres, happened("T1"), happened("T2"))
    done = threading.Event()

    def also() -> None:
        position_all(postgres)
        done.set()

    other = threading.Thread(target=also)
    with postgres.writing() as session:
        assert assign_positions(session.connection()) == 2
        other.start()
        assert not done.wait(0.3), "the second waits for the first to commit"
        append(session.connection(), happened("T3"))
    other.join(timeout=30)
    assert done.is_set()
    assert [position for position, _ in follow(postgres, 0)] == [1, 2, 3]
    with postgres.reading() as session:
        assert last_position(session.connection()) == 3


def test_a_key_is_told_once(database: Database) -> None:
    tell(database, happened("T1", dedup_key="crm:1"), happened("T2"), happened("T3"))
    with pytest.raises(IntegrityError):
        tell(database, happened("T1", dedup_key="crm:1"))


def test_an_event_is_of_a_known_kind(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        _insert_unknown(session)


def _tell_and_fail(database: Database, event: Event) -> None:
    with database.writing() as session:
        append(session.connection(), event)
        raise RuntimeError


def _insert_unknown(session: Session) -> None:
    from sqlalchemy import insert

    from models.tables.schema import table_of

    row = {"kind": "vanished", "occurred_at": 0, "recorded_at": 0, "schema_version": 1, "details": {}}
    session.connection().execute(insert(table_of("events")).values(row))
