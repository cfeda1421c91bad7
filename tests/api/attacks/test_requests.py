"""Attacks on the line itself, against a real server: lengths that lie, headers that break lines, names of others."""

import json
import time
from collections.abc import Callable
from typing import Any

from models.database import Database
from models.vocabulary import Role
from services.access.sessions import create_link
from services.access.tracing import Act


def test_the_line_is_not_to_be_fooled(
    make_database_url: Callable[..., str], serve_here: Callable[..., Any], wire: Callable[[str], Any]
) -> None:
    """One server for all of them, as they come one after the other."""
    server = serve_here(make_database_url("sqlite"), rate_failures="")
    key = server.key(Role.ADMIN, principal="root")
    line = wire(server.address)
    head = f"Host: localhost\r\nAuthorization: Bearer {key}\r\n".encode()

    _lengths_that_lie(line, head)
    _too_much(line, head)
    _forwarded_names(server)
    _broken_lines(server, line, head, key)
    _read_log(server, key)


def _lengths_that_lie(line: Any, head: bytes) -> None:
    """Smuggling: what two servers in a row would read differently is read by nobody."""
    post = b"POST /api/principals HTTP/1.1\r\n" + head + b"Content-Type: application/json\r\n"
    hidden = b"GET /api/keys HTTP/1.1\r\n" + head + b"\r\n"
    for lengths in (
        b"Content-Length: 2\r\nContent-Length: 40\r\n",
        b"Content-Length: 2, 40\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 0x2\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length : 2\r\n",
    ):
        statuses = line.status(post + lengths + b"\r\n{}" + hidden)
        assert statuses, lengths
        assert set(statuses) <= {400, 422, 501}, lengths
    # Bytes after a body are the next request, and that has a key of its own or none.
    body = post + b"Content-Length: 2\r\n\r\n{}GET /api/keys HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert line.status(body) == [422, 401]
    for raw in (
        b"GET /api/me HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n",
        b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n" + head[17:] + b"\r\n",
        b"GET http://evil.example/api/me HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /api/me\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ):
        answer = line.send(raw)
        assert b'"roles"' not in answer, raw


def _too_much(line: Any, head: bytes) -> None:
    post = b"POST /api/keys HTTP/1.1\r\n" + head + b"Content-Type: application/json\r\n"
    began = time.monotonic()
    stated = line.send(post + b"Content-Length: 99999999999\r\nConnection: close\r\n\r\n{")
    assert stated.startswith(b"HTTP/1.1 413")
    assert time.monotonic() - began < 10  # nothing of it was waited for
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    chunked = line.send(post + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 33)
    assert chunked == b"" or chunked.startswith(b"HTTP/1.1 413")
    assert line.status(b"GET /api/me HTTP/1.1\r\n" + head + b"X: " + b"a" * 100_000 + b"\r\n\r\n") in ([400], [431])
    many = b"".join(b"X-%d: a\r\n" % number for number in range(10_000))
    assert line.status(b"GET /api/me HTTP/1.1\r\n" + head + many + b"\r\n") in ([400], [431], [])
    assert line.status(b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n") == [400]


def _forwarded_names(server: Any) -> None:
    """Nobody may say on whose behalf they ask, unless they are a proxy that we know."""
    with Database(server.url) as database:
        secret = create_link(database, "root", act=Act(at=int(time.time()), by=None, what="test"))
    headers = {
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=10.0.0.1;host=evil.example;proto=https",
    }
    answer = server.post("/sign-in", data={"secret": secret}, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["set-cookie"].startswith("swingdesk_session=")
    assert "secure" not in answer.headers["set-cookie"].lower()
    assert "evil" not in answer.headers["location"]


def _broken_lines(server: Any, line: Any, head: bytes, key: str) -> None:
    """What is taken over from a request into an answer or the log breaks neither."""
    for given in (
        b"X-Request-ID: abcdefgh\nX-Evil: 1\r\n",
        b"X-Request-ID: abcdefgh\rX-Evil: 1\r\n",
        b'X-Request-ID: "}\\n{"level": "error"}\r\n',
        b"X-Request-ID: " + b"a" * 65 + b"\r\n",
        b"X-Request-ID: ../../etc/passwd\r\n",
    ):
        answer = line.send(b"GET /api/me HTTP/1.1\r\n" + head + given + b"Connection: close\r\n\r\n")
        assert b"x-evil" not in answer.lower().split(b"\r\n\r\n")[0]
        assert b"etc/passwd" not in answer
    kept = server.get("/api/me", key=key, headers={"X-Request-ID": "job-42.retry_1"})
    assert kept.headers["x-request-id"] == "job-42.retry_1"
    assert server.get("/api/%0d%0aSet-Cookie:%20a=b", key=key).status_code == 400
    assert server.get('/api/x","level":"error', key=key).status_code == 404
    assert server.get("/api/me", key=f"sd_0_{'secret' * 5}").status_code == 401


def _read_log(server: Any, key: str) -> None:
    text = server.log.getvalue()
    lines = [json.loads(part) for part in text.splitlines()]
    assert [line for line in lines if line["level"] not in {"info", "warning"}] == []
    assert "job-42.retry_1" in {line.get("request_id") for line in lines}
    for secret in (key.rsplit("_", 1)[1], "secretsecret", "etc/passwd", "X-Evil"):
        assert secret not in text
    for name in ("localhost", "evil.example"):
        assert name not in text
