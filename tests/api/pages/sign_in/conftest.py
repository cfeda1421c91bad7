"""Real servers on loopback that people sign in to, and providers of single sign-on: one honest, and one that lies."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey

from api.app import create_app
from api.serving.http_process import configure
from api.serving.logs import make_log
from models.database import Database
from models.repositories.audit import Change, list_changes
from models.vocabulary import Role
from services.access.passwords.accounts import set_password
from services.access.principals import create_principal
from services.access.sessions import create_link
from services.access.tracing import Act
from services.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "quiet lamps on a hill"  # noqa: S105 - a test's
CHEAP = {"password_memory_mb": 19, "password_rounds": 2, "rate_failures": ""}
COOKIE = "swingdesk_session"
_numbers = count(1)


class Door:
    """A server that people sign in to, and what is behind it."""

    def __init__(self, url: str, **given: Any) -> None:
        settings = Settings(database_url=url, **{**CHEAP, **given})
        self.url = url
        self.log = StringIO()
        self.app = create_app(settings, log=make_log(self.log, role="http"))
        self._server = uvicorn.Server(configure(self.app, settings))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=30)
        self._socket.close()

    @property
    def hasher(self) -> Any:
        """What checks passwords here."""
        return self.app.state.doorway.passwords.hasher

    @contextmanager
    def database(self) -> Iterator[Database]:
        with Database(self.url) as opened:
            yield opened

    def person(self, *roles: Role, password: str | None = PASSWORD, name: str | None = None) -> str:
        """Make somebody known, and return their name."""
        name = name or f"person{next(_numbers)}"
        with self.database() as database:
            create_principal(database, name, roles=roles or (Role.PLANNER,), act=self.act())
            if password is not None:
                set_password(database, self.app.state.doorway.passwords, name, password, act=self.act())
        return name

    @property
    def now(self) -> float:
        """What the browser's clock is set to."""
        return time.time()

    def link(self, name: str) -> str:
        with self.database() as database:
            return create_link(database, name, act=self.act())

    def act(self) -> Act:
        return Act(at=int(time.time()), by=None, what="test")

    def changes_of(self, name: str) -> list[Change]:
        """Return what the audit trail says of somebody."""
        with self.database() as database, database.reading() as session:
            return [one for one in list_changes(session, limit=1000) if one.subject_id == name]


class Visitor:
    """A browser without scripts: keeps cookies, follows nothing by itself, says where its requests come from."""

    def __init__(self, door: Door, **headers: str) -> None:
        self.door = door
        self._client = httpx.Client(base_url=door.address, headers={**OURS, **headers}, trust_env=False, timeout=60)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._client.get(path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> httpx.Response:
        return self._client.post(path, data=data or {}, **options)

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.post("/sign-in", {"name": name, "password": password, **fields})

    @property
    def cookie(self) -> str | None:
        """The secret of its session."""
        return self._client.cookies.get(COOKIE)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def who(self) -> str | None:
        """Return as whom it is signed in."""
        answer = self.get("/api/me")
        return str(answer.json()["principal"]) if answer.status_code == 200 else None

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="session")
def open_door(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Door]]:
    """A starter of servers, each on a database of its own: `open_door(**settings)`; they end with the tests."""
    with ExitStack() as opened:

        def start(**settings: Any) -> Door:
            path = tmp_path_factory.mktemp("door") / "office.sqlite3"
            shutil.copy(sqlite_template, path)
            door = Door(f"sqlite:///{path}", **settings)
            opened.callback(door.stop)
            return door

        yield start


@pytest.fixture(scope="session")
def door(open_door: Callable[..., Door]) -> Door:
    """A server that people sign in to by passwords and links, shared by the tests: each makes people of its own."""
    return open_door()


@pytest.fixture
def visit() -> Iterator[Callable[..., Visitor]]:
    """A maker of browsers: `visit(door)`."""
    opened: list[Visitor] = []

    def make(door: Door, **headers: str) -> Visitor:
        opened.append(Visitor(door, **headers))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The address of a real provider that signs on whoever says who they are."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = [
        {"sub": "u-1", "preferred_username": "nora", "name": "Nora", "groups": ["planners", "tea"]},
        {"sub": "u-2", "preferred_username": "otto", "name": "Otto", "groups": ["tea"]},
        {"sub": "u-3", "preferred_username": "root", "groups": ["planners"]},
        {"sub": "u-4", "preferred_username": "petra", "groups": ["planners"]},
    ]
    options = [part for user in users for part in ("--user-claims", json.dumps(user))]
    server = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *options],
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            assert server.poll() is None
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def agree_at() -> Callable[[str, str], str]:
    """Signs on at the real provider, as somebody with a browser would: gives where they are sent back to."""

    def agree(address: str, subject: str) -> str:
        answer = httpx.post(address, data={"sub": subject}, trust_env=False)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    return agree


@dataclass
class Liar:
    """A provider that says what a test has it say; without that it is honest.

    Attributes
    ----------
    claims, header, metadata, tokens
        What it says besides, or instead; None leaves a claim out.
    key
        By what it signs; its own by default.
    forge
        Makes the token of the claims in another way.
    answers
        What else it answers by path: a status and a body.
    """

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: Any = None
    forge: Callable[[dict[str, Any]], Any] | None = None
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    own_key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}, private=True))
    nonce: str = ""
    subject: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        number = next(_numbers)
        self.subject, self.name = f"s-{number}", f"nora-{number}"

    def begin_anew(self) -> None:
        """Be honest again, of somebody new."""
        self.claims, self.header, self.metadata, self.tokens, self.userinfo, self.answers = {}, {}, {}, {}, {}, {}
        self.asked, self.forms = [], []
        self.key = self.forge = None
        self.__post_init__()

    def say(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            said = {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "userinfo_endpoint": f"{self.address}/userinfo",
                **self.metadata,
            }
            return 200, json.dumps(said).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": [self.own_key.as_dict(private=False)]}).encode()
        if path == "/userinfo":
            return 200, json.dumps(self.userinfo).encode()
        if path == "/token":
            said = {"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer", **self.tokens}
            return 200, json.dumps({name: value for name, value in said.items() if value is not None}).encode()
        return 404, b"{}"

    def id_token(self) -> Any:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "swingdesk",
            "sub": self.subject,
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
            "preferred_username": self.name,
            "groups": ["planners"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.forge is not None:
            return self.forge(kept)
        header = {"alg": "RS256", "kid": "k1", **self.header}
        return jwt.encode(header, kept, self.key or self.own_key, algorithms=["RS256"])


class _Handler(BaseHTTPRequestHandler):
    liar: Liar

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.liar.forms.append(dict(parse_qsl(body.decode())))
        self._answer()

    def _answer(self) -> None:
        status, body = self.liar.say(urlsplit(self.path).path)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def liars_server() -> Iterator[Liar]:
    """One provider that lies, for all tests."""
    found = Liar()
    handler = type("Handler", (_Handler,), {"liar": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def liar(liars_server: Liar) -> Liar:
    """A provider that says what the test has it say, of somebody whom no other test knows."""
    liars_server.begin_anew()
    return liars_server


@pytest.fixture(scope="session")
def come_back() -> Callable[..., httpx.Response]:
    """Goes from a server to the lying provider and back at once: `come_back(visitor, liar, **changed)`."""

    def go(visitor: Visitor, liar: Liar, **changed: str) -> httpx.Response:
        begun = visitor.get("/single-sign-on")
        assert begun.status_code == 303, begun.text
        asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        liar.nonce = asked["nonce"]
        given = {"state": asked["state"], "code": "c", **changed}
        return visitor.get(f"/single-sign-on/return?{urlencode(given)}", headers={"Sec-Fetch-Site": "cross-site"})

    return go


def texts_of(page: str) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture(scope="session")
def told() -> Callable[[httpx.Response], str]:
    """What a page says, without its markup."""
    return lambda answer: texts_of(answer.text)
