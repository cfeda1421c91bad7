"""What tests of the HTTP interface share: the application in the test's process, keys by role, and real servers."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from api.app import create_app
from api.serving.http_process import configure
from api.serving.logs import make_log
from models.database import Database
from models.vocabulary import PrincipalKind, Role
from services.access.keys import create_key
from services.access.principals import create_principal
from services.access.tracing import Act
from services.settings import Settings

BASE = "http://127.0.0.1:8765"
ROOT = Path(__file__).parents[2]
COLD = (sys.executable, "-c", "from api.cli.main import run; run()", "serve")
WARM = (str(ROOT / "tests" / "warm" / "swingdesk"), "serve")
_numbers = count(1)


def make_key(
    url: str,
    *roles: Role,
    teams: Iterable[str] = (),
    agent: str | None = None,
    principal: str | None = None,
    days: float = 1,
) -> str:
    """Make a principal with roles, and return the text of a key for it."""
    name = principal or f"{'-'.join(roles)}-{next(_numbers)}"
    act = Act(at=int(time.time()), by=None, what="test")
    with Database(url) as database:
        create_principal(
            database, name, roles=roles, teams=tuple(teams), agent_id=agent, kind=PrincipalKind.PERSON, act=act
        )
        return create_key(database, name, days=days, act=act).text


class Inside:
    """Asks an application in this process, each request in the one event loop that it lives in."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._portal = portal
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._portal.call(lambda: self._client.request(method, path, **options))


class Api:
    """The application on a database, asked as programs ask it."""

    def __init__(self, url: str, client: Inside | httpx.Client) -> None:
        self.url = url
        self.client = client
        self.app: FastAPI | None = None

    def key(self, *roles: Role, **options: Any) -> str:
        """Return a key of a new principal with roles; `agent=`, `teams=`, `principal=`, `days=` as in `make_key`."""
        return make_key(self.url, *roles, **options)

    def ask(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        """Send a request with a key, or without."""
        headers = httpx.Headers(options.pop("headers", None))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **options)


@contextmanager
def open_api(url: str, **settings: Any) -> Iterator[Api]:
    """The application in this process; an error that nobody expected is raised here, not answered."""
    app = create_app(Settings(database_url=url, **settings))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        api = Api(url, Inside(app, portal))
        api.app = app
        yield api


@pytest.fixture
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command line would find its database, were there one."""
    path = tmp_path / "none.sqlite3"
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def make_api() -> Iterator[Callable[..., Api]]:
    """A maker of applications in this process: `make_api(url, **settings)`."""
    with ExitStack() as opened:
        yield lambda url, **settings: opened.enter_context(open_api(url, **settings))


@pytest.fixture
def api(database_url: str, make_api: Callable[..., Api]) -> Api:
    """The application on a database without rows, on each backend."""
    return make_api(database_url)


class Server(Api):
    """A real server: started by the command, asked over the network.

    With `warm` in its environment it is forked from a process that has loaded it, which saves seven seconds of eight.

    Attributes
    ----------
    log
        The lines that it wrote to its standard error.
    """

    def __init__(self, url: str, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*(WARM if "WARM" in environment else COLD), "--port", "0", *options],
            env={**os.environ, "PYTHONPATH": str(ROOT), "SWINGDESK_DATABASE_URL": url, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log: list[str] = []
        self.said: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=_keep, args=(self.process.stderr, self.log), daemon=True),
        ]
        self._readers[0].start()
        self.address = self._read_address()
        self._readers.append(threading.Thread(target=_keep, args=(self.process.stdout, self.said), daemon=True))
        self._readers[1].start()
        self.network = httpx.Client(base_url=self.address, timeout=120, trust_env=False)
        super().__init__(url, self.network)

    def _read_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found is not None:
                return found[0]
        raise AssertionError(f"the server ended: {''.join(self.said)}{''.join(self.log)}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the server and return its exit status."""
        self.network.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        for reader in self._readers:
            reader.join(timeout=10)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return status


class ServerHere(Api):
    """The application behind a real socket, served as a server's process does, in a thread of this one.

    Attributes
    ----------
    log
        What it has written to its log.
    """

    def __init__(self, url: str, **given: Any) -> None:
        settings = Settings(database_url=url, **given)
        self.log = StringIO()
        app = create_app(settings, log=make_log(self.log, role="http"))
        self._server = uvicorn.Server(configure(app, settings))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.network = httpx.Client(base_url=self.address, timeout=120, trust_env=False)
        super().__init__(url, self.network)

    def stop(self) -> None:
        """End the server."""
        self.network.close()
        self._server.should_exit = True
        self._thread.join(timeout=30)
        self._socket.close()


@pytest.fixture
def serve_here() -> Iterator[Callable[..., ServerHere]]:
    """A starter of servers in this process: `serve_here(url, **settings)`; they end with the test."""
    started: list[ServerHere] = []

    def start(url: str, **settings: Any) -> ServerHere:
        started.append(ServerHere(url, **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def _keep(stream: Iterable[str], lines: list[str]) -> None:
    lines.extend(stream)


@pytest.fixture(scope="session")
def launch(warm: dict[str, str]) -> Callable[..., Server]:
    """What starts a real server that several tests share; whoever launches it stops it."""
    return partial(Server, **warm)


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """A starter of real servers: `start_server(url, "--workers", "2", SWINGDESK_...="...")`; they end with the test.

    They load the product themselves, as a server does, unless `**warm` is given.
    """
    started: list[Server] = []

    def start(url: str, *options: str, **environment: str) -> Server:
        started.append(Server(url, *options, **environment))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None or not server.network.is_closed:
            server.stop()
