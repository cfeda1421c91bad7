"""A desk on each database: Ana (billing) and Ben (claims) and three tasks, with a clock that tests set."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.live.records import LiveAgent, LiveTask
from models.repositories.live.states import read_agent, read_task
from models.repositories.offices import write_office
from models.tables.schema import table_of
from services.live.acts import Act
from services.live.desk import Desk
from services.live.replay import verify_database
from services.settings import Settings

MONDAY_8 = 1772434800  # 08:00 in Madrid
ME = Act(principal_id="me")


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: int = MONDAY_8
    readings: int = field(default=0)

    def __call__(self) -> int:
        self.readings += 1
        return self.now

    def forward(self, seconds: int) -> int:
        """Move it, back where negative, and return the present."""
        self.now += seconds
        return self.now


class DeskAtWork:
    """A desk with its clock, and short ways to see where things stand."""

    def __init__(self, database: Database, clock: Clock, **settings: Any) -> None:
        self.database = database
        self.clock = clock
        self.desk = Desk(database, Settings(**settings), clock=clock)

    def with_settings(self, **settings: Any) -> "DeskAtWork":
        """Return a desk on the same database with other settings."""
        return DeskAtWork(self.database, self.clock, **settings)

    def task(self, task_id: str) -> LiveTask:
        """Return where a task stands."""
        with self.database.reading() as session:
            found = read_task(session.connection(), task_id)
        assert found is not None
        return found

    def agent(self, agent_id: str) -> LiveAgent:
        """Return where an agent stands."""
        with self.database.reading() as session:
            found = read_agent(session.connection(), agent_id)
        assert found is not None
        return found

    def office_row(self, task_id: str) -> dict[str, Any]:
        """Return a task as the office has it."""
        tasks = table_of("tasks")
        with self.database.reading() as session:
            return dict(session.connection().execute(select(tasks).where(tasks.c.id == task_id)).mappings().one())

    def kinds(self) -> list[str]:
        """Return the kinds of all events, in order."""
        events = table_of("events")
        with self.database.reading() as session:
            return list(session.connection().execute(select(events.c.kind).order_by(events.c.id)).scalars())

    def begin(self, agent_id: str, task_id: str) -> None:
        """Let an agent claim a task and start it."""
        self.desk.claim(agent_id, task_id, ME)
        self.desk.start(agent_id, task_id, ME)


@pytest.fixture(scope="session")
def sqlite_seed(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The file that gets the small office with the first test: to be copied."""
    path = tmp_path_factory.mktemp("seed") / "office.sqlite3"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture(scope="session")
def postgres_seed(postgres_server: Engine) -> Iterator[str]:
    """The database that gets the small office with the first test, by name: to be copied."""
    name = f"seed_{uuid.uuid4().hex}"
    _copy(postgres_server, postgres_server.get_execution_options()["template"], name)
    yield name
    _run(postgres_server, f'DROP DATABASE "{name}"')


@pytest.fixture
def seeded_url(
    backend: str, make_office: Callable[..., Office], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The address of a database with the small office, on each backend; copied, which is quicker than written."""
    if backend == "sqlite":
        seed: Path = request.getfixturevalue("sqlite_seed")
        _write_once(f"sqlite:///{seed}", make_office())
        yield f"sqlite:///{shutil.copy(seed, tmp_path / 'office.sqlite3')}"
        return
    engine: Engine = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_seed")
    _write_once(_address(engine, template), make_office())
    name = f"t_{uuid.uuid4().hex}"
    _copy(engine, template, name)
    yield _address(engine, name)
    _run(engine, f'DROP DATABASE "{name}" WITH (FORCE)')


_written: set[str] = set()


def _write_once(url: str, office: Office) -> None:
    if url not in _written:
        _written.add(url)
        with Database(url) as database, database.writing() as session:
            write_office(session, office)


def _copy(engine: Engine, source: str, name: str) -> None:
    _run(engine, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


def _run(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))


def _address(engine: Engine, name: str) -> str:
    return engine.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def at_work(seeded_url: str) -> Iterator[DeskAtWork]:
    """A desk with an office of two agents; what is stored at its end follows from its log."""
    with Database(seeded_url) as database:
        yield DeskAtWork(database, Clock())
        verdict = verify_database(database)
    assert verdict.holds, "\n".join(map(str, verdict.differences))
