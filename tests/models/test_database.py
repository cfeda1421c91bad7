import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import models.database
from models.database import Database
from models.errors import ConflictError, NotFoundError, UnavailableError, UsageError
from models.migrations.runner import upgrade

INSERT = text("INSERT INTO teams (id, name) VALUES (:id, '')")


def add_team(database: Database, name: str) -> None:
    with database.writing() as session:
        session.connection().execute(INSERT, {"id": name})


def team_ids(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.connection().scalars(text("SELECT id FROM teams ORDER BY id")))


def test_what_is_written_is_there_afterwards(database: Database) -> None:
    add_team(database, "billing")
    assert team_ids(database) == ["billing"]


def test_an_exception_takes_back_everything(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as session:
            session.connection().execute(INSERT, {"id": "billing"})
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert team_ids(database) == []


def test_reading_changes_nothing(database: Database) -> None:
    """On PostgreSQL a write is refused, on SQLite it is rolled back."""
    if database.is_sqlite:
        with database.reading() as session:
            session.connection().execute(INSERT, {"id": "billing"})
    else:
        with pytest.raises(Exception, match="read-only"), database.reading() as session:
            session.connection().execute(INSERT, {"id": "billing"})
    assert team_ids(database) == []


def test_reading_sees_one_moment(database: Database) -> None:
    add_team(database, "billing")
    with database.reading() as session:
        query = text("SELECT count(*) FROM teams")
        assert session.connection().scalar(query) == 1
        add_team(database, "claims")
        assert session.connection().scalar(query) == 1
    assert team_ids(database) == ["billing", "claims"]


def test_foreign_keys_are_kept(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.connection().execute(
            text(
                "INSERT INTO agents (id, name, team_id, min_stay_minutes, valid_from, valid_to) "
                "VALUES ('ana', '', 'nowhere', 0, '2026-01-01', '2026-12-31')"
            )
        )


def test_sqlite_is_set_up_for_readers_beside_a_writer(make_database_url: Callable[..., str]) -> None:
    with Database(make_database_url("sqlite")) as database, database.reading() as session:
        found = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15_000, "synchronous": 1}


def test_two_writers_queue(database: Database) -> None:
    """Each reads, then writes by what it read: without a lock from the start one of them would be lost or fail."""
    started = threading.Barrier(2)
    failures: list[BaseException] = []

    def count_up() -> None:
        try:
            started.wait(10)
            for _ in range(10):
                with database.writing() as session:
                    connection = session.connection()
                    lock = "" if database.is_sqlite else " FOR UPDATE"
                    name = connection.scalar(text(f"SELECT name FROM teams WHERE id = 'count'{lock}"))
                    connection.execute(text("UPDATE teams SET name = :name"), {"name": str(int(name) + 1)})
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    with database.writing() as session:
        session.connection().execute(text("INSERT INTO teams (id, name) VALUES ('count', '0')"))
    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as session:
        assert session.connection().scalar(text("SELECT name FROM teams")) == "20"


def test_a_mark_changes_with_each_commit(database_url: str) -> None:
    with Database(database_url) as database, Database(database_url) as other:
        for writer, name in ((database, "billing"), (other, "claims")):
            before = database.commit_mark()
            add_team(writer, name)
            assert database.commit_mark() != before


def test_a_mark_stays_where_nothing_is_committed(make_database_url: Callable[..., str]) -> None:
    url = make_database_url("sqlite")  # on a server of PostgreSQL other tests commit, too
    with Database(url) as database, Database(url) as other:
        before = database.commit_mark()
        with other.writing() as session:
            session.connection().execute(INSERT, {"id": "billing"})
            assert database.commit_mark() == before
            session.rollback()
        assert team_ids(database) == []
        assert database.commit_mark() == before


def test_a_mark_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'none.sqlite3'}") as database, pytest.raises(NotFoundError):
        database.commit_mark()


def test_a_database_that_stays_locked_is_said_to_be_busy(
    make_database_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.database, "BUSY_TIMEOUT_S", 0.05)
    with Database(make_database_url("sqlite")) as database:
        with database.writing(), pytest.raises(ConflictError, match="is busy"):
            add_team(database, "billing")
        add_team(database, "billing")


def test_a_missing_file_is_said_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite3"
    with Database(f"sqlite:///{path}") as database:
        with pytest.raises(NotFoundError, match="there is no database"), database.writing():
            pass
        assert not path.exists()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look at: " * 40)
    with (
        Database(f"sqlite:///{path}") as database,
        pytest.raises(UsageError, match="file is not a database"),
        database.reading(),
    ):
        pass


def test_a_file_name_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "a ?#%20 b.sqlite3"
    database = Database(f"sqlite:///{tmp_path}/a %3F%23%2520 b.sqlite3")
    database.create_file()
    assert path.exists()
    with database.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE t (x)")
    database.close()
    assert sqlite3.connect(path).execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_file_is_its_owners_with_what_lies_beside_it(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with Database(f"sqlite:///{tmp_path / 'office.sqlite3'}") as database:
            upgrade(database)
            add_team(database, "billing")
            modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    finally:
        os.umask(mask)
    assert modes == dict.fromkeys(("office.sqlite3", "office.sqlite3-wal", "office.sqlite3-shm"), "0o600")


def test_passwords_are_not_shown() -> None:
    database = Database("postgresql://ann:secret@localhost/office")
    assert "secret" not in database.address
    assert database.address == "postgresql+psycopg://ann:***@localhost/office"
    assert "secret" not in Database("postgresql://ann@localhost/office?password=secret").address


def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    database = Database("postgresql://ann:secret@127.0.0.1:1/office")
    with pytest.raises(UsageError, match="cannot be opened") as raised, database.reading():
        pass
    assert "secret" not in str(raised.value)


def test_an_address_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(UsageError) as raised:
        Database("postgresql://u:s3:cr@et@127.0.0.1:1x/x")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "cr" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("office.sqlite3", "no URL"),
        ("", "no URL"),
        ("sqlite://", "sqlite:///FILE"),
        ("sqlite:///:memory:", "sqlite:///FILE"),
        ("sqlite:///office.sqlite3?mode=ro", "sqlite:///FILE"),
        ("sqlite+aiosqlite:///office.sqlite3", "sqlite:///FILE"),
        ("mysql://localhost/office", "'mysql' is not supported"),
        ("sqlite:///a\0b", "sqlite:///FILE"),
        ("postgresql://u@127.0.0.1:abc/x", "no URL"),
        ("postgresql://[::1/x", "no URL"),
    ],
)
def test_other_addresses_are_refused(url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Database(url)


def test_a_pool_without_a_free_connection_is_said(
    make_database_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.POOL_TIMEOUT_S", 0.1)
    with Database(make_database_url("postgresql")) as database, ExitStack() as held:

        def borrow_all(borrow: Callable[[], AbstractContextManager[object]]) -> None:
            while True:
                held.enter_context(borrow())

        for borrow in (database.reading, database.at_once):
            with pytest.raises(UnavailableError, match="too busy: all connections to it are in use"):
                borrow_all(borrow)
