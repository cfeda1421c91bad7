"""Attacks on the reading of requests, against a real server: heads without an end, too slow, or too many at once."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from api.serving import line
from models.vocabulary import Role

PATIENCE_S = 0.5
PART, MOST_PARTS = b"a" * 8192, 4000
"""More than both ends of a connection keep for each other."""


@pytest.fixture
def server(make_database_url: Callable[..., str], serve_here: Callable[..., Any]) -> Any:
    """A server on an empty database."""
    return serve_here(make_database_url("sqlite"), rate_failures="")


def test_who_is_slow_is_cut_off(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of a request has its time, and no answer is broken into."""
    monkeypatch.setattr(line, "HEAD_S", PATIENCE_S)
    get = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
    assert _left_alone(server, b"") == b"HTTP/1.1 400"
    assert _left_alone(server, get[:-5]) == b"HTTP/1.1 400"
    assert _left_alone(server, get + b"\r\n", get) == b"HTTP/1.1 200"  # the first is answered, the second not begun


def test_what_has_no_end_is_cut_off(server: Any, wire: Callable[[str], Any]) -> None:
    """What is not known to be a request yet is bounded, and so are requests that nobody waits for."""
    get = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
    post = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    for begin in (b"GET /", get + b"X: ", post + b"1;x=", post + b"0\r\nX: "):
        assert _sent_on(server, begin) < MOST_PARTS, begin
    queued = wire(server.address).status((get + b"\r\n") * 500)
    assert len(queued) < 500
    assert set(queued) <= {200}


def test_what_comes_after_a_body_is_no_header(server: Any, wire: Callable[[str], Any]) -> None:
    """A trailer lets nobody in (RFC 9110, section 6.5.1)."""
    key = server.key(Role.ADMIN, principal="root")
    post = b"POST /api/principals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    body = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n"
    authorization = f"Authorization: Bearer {key}\r\n".encode()
    assert wire(server.address).status(post + body + authorization + b"\r\n") == [401]
    assert wire(server.address).status(post + authorization + body + b"\r\n") == [422]


def _left_alone(server: Any, *parts: bytes) -> bytes:
    """Send some bytes and nothing more; return the beginning of what was answered when the server closed."""
    with _connect(server) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer[:12]


def _sent_on(server: Any, begin: bytes) -> int:
    """Return how often more could be sent after some bytes until the server closed."""
    with _connect(server) as connection:
        connection.sendall(begin)
        for sent in range(MOST_PARTS):
            try:
                connection.sendall(PART)
            except (ConnectionResetError, BrokenPipeError):
                return sent
    return MOST_PARTS


def _connect(server: Any) -> socket.socket:
    host, port = server.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=15)
