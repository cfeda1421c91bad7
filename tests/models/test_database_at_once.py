"""The connections on which a statement is a transaction of its own."""

from collections.abc import Callable, Iterator

import pytest

from models.database import Database
from models.errors import UnavailableError, UsageError

PID = "SELECT pg_backend_pid()"


@pytest.fixture
def postgres(make_database_url: Callable[..., str]) -> Iterator[Database]:
    """A database on PostgreSQL."""
    with Database(make_database_url("postgresql")) as database:
        yield database


def _end(database: Database, pid: int) -> None:
    with database.at_once() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def _use_what_ends(database: Database) -> None:
    with database.at_once() as one:
        _end(database, one.execute(PID).fetchone()[0])
        one.execute(PID)


def test_each_statement_is_committed_as_it_is_done(postgres: Database) -> None:
    with postgres.at_once() as one, postgres.at_once() as other:
        one.execute("INSERT INTO teams (id, name) VALUES ('billing', '')")
        assert other.execute("SELECT count(*) FROM teams").fetchone() == (1,)


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_lent(postgres: Database) -> None:
    with postgres.at_once() as one, postgres.at_once() as other:
        pid = one.execute(PID).fetchone()[0]
        assert pid != other.execute(PID).fetchone()[0]
    _end(postgres, pid)
    for _ in range(3):
        with postgres.at_once() as one:
            assert one.execute(PID).fetchone()[0] != pid


def test_a_connection_that_goes_away_while_it_is_used_is_said_to(postgres: Database) -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        _use_what_ends(postgres)
    with postgres.at_once() as one:
        assert one.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_is_not_there_is_said_to_be_unavailable() -> None:
    with (
        Database("postgresql://nobody:secret@127.0.0.1:9/none") as database,
        pytest.raises(UnavailableError, match="cannot be opened") as caught,
        database.at_once(),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_sqlite_has_none(make_database_url: Callable[..., str]) -> None:
    with Database(make_database_url("sqlite")) as database, pytest.raises(UsageError), database.at_once():
        pass
