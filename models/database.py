"""The door to the database: SQLite in a file, or PostgreSQL.

Transactions are short and say what they are for: `reading` sees one moment of the database and changes nothing,
`writing` takes SQLite's write lock at once, so that two writers queue instead of failing halfway.
"""

import select
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from models.errors import ConflictError, NotFoundError, StorageFullError, UnavailableError, UsageError
from models.tables.columns import to_json

__all__ = ["Database", "Session"]

BUSY_TIMEOUT_S = 15
POOL_SIZE, MOST_CONNECTIONS = 8, 12
"""Connections to PostgreSQL that a process keeps, and that it opens at most, for whole transactions and as many for
single statements: one beyond those kept is opened and closed for each use."""
POOL_TIMEOUT_S = 15
"""Seconds that a transaction waits for a connection where all of this process are in use."""

OWNER_ONLY = 0o600
"""Mode of a database's file."""

_NONE_FREE = "is too busy: all connections to it are in use"
_WRITES = "swingdesk_writes"
_FULL = ("disk is full", "No space left on device")
"""What SQLite and PostgreSQL say where there is no room left on their disk."""


class Database:
    """One database and its pool of connections; nothing is opened before the first transaction.

    Parameters
    ----------
    url
        `sqlite:///FILE`, `sqlite:////ABSOLUTE/FILE`, or `postgresql://USER:PASSWORD@HOST/NAME`.

    Raises
    ------
    UsageError
        If the address is none of these.
    """

    def __init__(self, url: str) -> None:
        self._url = _parse_url(url)
        self._engine = _make_engine(self._url)
        self._quick = None if self.is_sqlite else _make_quick_engine(self._url)
        self._counting: sqlite3.Connection | None = None
        self._counting_lock = Lock()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """The address without its password, nor what else it says after its name."""
        return self._url.set(query={}).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite; else it is PostgreSQL."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(str(self._url.database)) if self.is_sqlite else None

    def exists(self) -> bool:
        """Return whether there is something to connect to; PostgreSQL is asked when it is connected to."""
        return self.file is None or self.file.exists()

    def create_file(self) -> None:
        """Create the empty file of an SQLite database that is not there yet; only its owner can read it.

        It will hold names, and digests of keys and passwords. The files that SQLite puts beside it get the same mode.
        """
        if self.file is None or self.file.exists():
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=OWNER_ONLY)
        except OSError as error:
            raise UsageError(f"the database file {self.file} cannot be created: {error.strerror or error}") from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that sees one moment of the database and is rolled back at its end.

        Raises
        ------
        NotFoundError
            If there is no such file.
        UnavailableError
            If the database cannot be reached.
        """
        with self._connected() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with _translated(self.address), connection.begin() as transaction, Session(bind=connection) as session:
                yield session
                session.expunge_all()
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that is committed at its end, or rolled back where an exception leaves it.

        Raises
        ------
        ConflictError
            If another writer holds the database for longer than the busy timeout.
        NotFoundError
            If there is no such file.
        UnavailableError
            If the database cannot be reached.
        """
        with self._connected() as connection:
            connection = connection.execution_options(**{_WRITES: True})  # noqa: PLW2901 - the same connection
            with _translated(self.address), connection.begin(), Session(bind=connection) as session:
                yield session
                session.flush()

    @contextmanager
    def at_once(self) -> Iterator[Any]:
        """Lend a connection of PostgreSQL's driver on which each statement is a transaction of its own.

        For the few changes that one statement can make: nothing goes to the server but that statement, neither to see
        whether it is there nor to begin or to commit.

        Raises
        ------
        UnavailableError
            If the database cannot be reached, or goes away.
        """
        if self._quick is None:
            raise UsageError("SQLite has no connection that would be quicker than another")
        errors = self._quick.dialect.loaded_dbapi
        try:
            pooled = self._quick.raw_connection()
        except errors.Error as error:
            raise UnavailableError(f"the database {self.address} cannot be opened: {_line_of(error)}") from error
        except PoolTimeoutError as error:
            raise UnavailableError(f"the database {self.address} {_NONE_FREE}") from error
        try:
            yield pooled.driver_connection
        except errors.OperationalError as error:
            if getattr(pooled.driver_connection, "broken", True):
                pooled.invalidate(error)
            raise UnavailableError(f"the database {self.address} does not answer: {_line_of(error)}") from error
        finally:
            pooled.close()

    def commit_mark(self) -> str:
        """Return what has changed wherever something was committed meanwhile, by whichever process.

        Whoever looks again and again whether there is news asks for it first: no transaction is opened and no table
        is read. It may change without a commit to this database, and means nothing to another `Database`.

        Raises
        ------
        NotFoundError
            If there is no such file.
        UnavailableError
            If the database cannot be reached.
        """
        if not self.is_sqlite:
            with self.at_once() as connection:
                return str(connection.execute("SELECT pg_current_snapshot()::text").fetchone()[0])
        with self._counting_lock:
            try:
                if self._counting is None:
                    with self._connected():  # what is missing is said as elsewhere, and nothing is created
                        self._counting = _connect_sqlite(self._url)
                return str(self._counting.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise UnavailableError(f"the database {self.address} does not answer: {_line_of(error)}") from error

    @contextmanager
    def migrating(self) -> Iterator[Session]:
        """Open a writing transaction that may remake tables; references are checked at its end.

        SQLite changes a table by copying and dropping it; with foreign keys on, the drop would take along what refers
        to it.

        Raises
        ------
        ConflictError
            If references are broken at the end; nothing is changed then.
        """
        if not self.is_sqlite:
            with self.writing() as session:
                yield session
            return
        with self._connected() as connection:
            connection = connection.execution_options(**{_WRITES: True})  # noqa: PLW2901 - the same connection
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - for the type checker
            raw.execute("PRAGMA foreign_keys=OFF").close()
            try:
                with _translated(self.address), connection.begin(), Session(bind=connection) as session:
                    yield session
                    session.flush()
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise ConflictError(f"the change would break references of {broken[0][0]!r}")
            finally:
                raw.execute("PRAGMA foreign_keys=ON").close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        if self._quick is not None:
            self._quick.dispose()
        with self._counting_lock:
            if self._counting is not None:
                self._counting.close()
                self._counting = None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if not self.exists():
            raise NotFoundError(
                f"there is no database at {self.file}; `swingdesk database upgrade` creates an empty one"
            )
        try:
            connection = self._engine.connect()
        except DBAPIError as error:
            raise UnavailableError(f"the database {self.address} cannot be opened: {_first_line(error)}") from error
        except PoolTimeoutError as error:
            raise UnavailableError(f"the database {self.address} {_NONE_FREE}") from error
        try:
            yield connection
        finally:
            connection.close()


def _parse_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not from the error: it quotes the address, and with it a password.
        raise UsageError("the database address is no URL such as sqlite:///swingdesk.sqlite3") from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if (
            url.get_driver_name() != "pysqlite"
            or not url.database
            or url.database == ":memory:"
            or url.query
            or "\0" in url.database
        ):
            raise UsageError("an SQLite address is sqlite:///FILE, without anything after it")
        return url
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise UsageError(f"the database {backend!r} is not supported; use sqlite:///FILE or postgresql://...")


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            json_serializer=to_json,
            pool_pre_ping=True,
            pool_timeout=POOL_TIMEOUT_S,
            pool_size=POOL_SIZE,
            max_overflow=MOST_CONNECTIONS - POOL_SIZE,
            hide_parameters=True,
        )
    engine = create_engine(
        url,
        json_serializer=to_json,
        hide_parameters=True,  # an error's text may be logged; what people wrote may not
        creator=lambda: _connect_sqlite(url),
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_quick_engine(url: URL) -> Engine:
    """Return an engine whose connections cost no message to the server when they are lent and given back."""
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        pool_timeout=POOL_TIMEOUT_S,
        pool_size=POOL_SIZE,
        max_overflow=MOST_CONNECTIONS - POOL_SIZE,
        hide_parameters=True,
    )
    event.listen(engine, "checkout", _refuse_stale)
    return engine


def _connect_sqlite(url: URL) -> sqlite3.Connection:
    # mode=rw: a mistyped name must not leave an empty database behind.
    file = f"file:{quote(str(Path(str(url.database)).absolute()))}?mode=rw"
    return sqlite3.connect(file, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late (at the first write), and never as IMMEDIATE: BEGIN is ours.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Say in our words what a user can do something about; what is our own fault stays as it is."""
    try:
        yield
    except OperationalError as error:
        text = _first_line(error)
        if "locked" in text or "busy" in text:
            raise ConflictError(f"the database {address} is busy: another program has been writing to it") from error
        if any(words in text for words in _FULL):
            raise StorageFullError(f"there is no room left on the disk of the database {address}") from error
        raise UnavailableError(f"the database {address} does not answer: {text}") from error


def _refuse_stale(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool open another connection where the server has ended this one: an idle one has nothing to read."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError("the server has ended the connection")


def _first_line(error: DBAPIError) -> str:
    return _line_of(error.orig)


def _line_of(error: object) -> str:
    return str(error).strip().partition("\n")[0]
