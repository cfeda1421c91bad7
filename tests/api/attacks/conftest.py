"""What the attacks share: a small office on SQLite with a planned day, in this process and behind a real server."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from services.daily_plan import Search, plan_day
from services.importing.store import store_office
from services.settings import Settings

MONDAY_8 = 1772434800


@pytest.fixture
def office_url(make_database_url: Callable[..., str], make_office: Callable[..., Office]) -> Callable[..., str]:
    """A maker of databases with the small office and a plan; tables given replace those of the office."""

    def make(**tables: list[dict[str, Any]]) -> str:
        url = make_database_url("sqlite")
        with Database(url) as database:
            with database.writing() as session:
                store_office(session, make_office(**tables), kind="tables", now=MONDAY_8)
            search = Search(iterations=0, time_limit_s=None)
            plan_day(database, Settings(database_url=url), at=MONDAY_8, made_at=MONDAY_8, search=search)
        return url

    return make


@pytest.fixture
def target(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Any:
    """The application on an empty database, in this process."""
    return make_api(make_database_url("sqlite"))


class Wire:
    """Sends bytes to a real server as they are, which no library of ours would."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._where = host, int(port)

    def send(self, raw: bytes) -> bytes:
        """Return what is answered until the server has said all, or closes."""
        with socket.create_connection(self._where, timeout=15) as connection:
            connection.sendall(raw)
            connection.settimeout(3)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except (TimeoutError, ConnectionResetError):
                return answer
            return answer

    def status(self, raw: bytes) -> list[int]:
        """Return the statuses of all answers to some bytes."""
        answer = self.send(raw)
        return [int(part.split(b" ", 1)[0]) for part in answer.split(b"HTTP/1.1 ")[1:]]


@pytest.fixture
def wire() -> type[Wire]:
    """What sends bytes as they are."""
    return Wire
