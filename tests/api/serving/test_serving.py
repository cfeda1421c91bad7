"""Real servers: what they print, what they start anew, and how they end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.vocabulary import Role
from services.access.first_start import ensure_administrator
from services.access.tracing import Act


def children_of(pid: int) -> set[int]:
    """Return the processes that a process has started and that run."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as stream:  # noqa: PTH123 (not a file of ours)
        return {int(text) for text in stream.read().split()}


def wait_until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def open_connection(server: Any) -> socket.socket:
    port = int(server.address.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def is_refused(server: Any) -> bool:
    """Return whether a request is not taken."""
    try:
        with open_connection(server) as late:
            late.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return late.recv(100) == b""
    except (ConnectionRefusedError, ConnectionResetError):
        return True


def test_a_server_from_its_first_start_to_its_last_answer(
    make_database_url: Callable[..., str], start_server: Callable[..., Any]
) -> None:
    """One start for all that can be seen of it: starting is what takes long."""
    url = make_database_url("sqlite", migrated=False)
    server = start_server(url, "--jobs", "0")
    wait_until(lambda: len(server.said) >= 5)
    # What somebody with a browser needs comes first, and says what it is for; a key for programs, last.
    where, for_people, link, for_programs, key = (line.strip() for line in server.said)
    assert where == f"Swingdesk is at {server.address} (Ctrl-C ends it)"
    assert for_people == "To sign in as admin, open this link in a browser (good once, within the hour):"
    assert link.startswith(f"{server.address}/sign-in/")
    assert for_programs == "For programs only: an API key of admin, shown this once:"
    assert key.startswith("sd_")
    wait_until(lambda: server.get("/ready").json()["is_ready"])
    assert server.get("/ready").json()["keeper"] == "alive"
    assert server.get("/api/plans", key=key).json() == {"count": 0, "plans": []}

    # One that is killed is started anew, and who asks meanwhile waits for it.
    killed = min(children_of(server.process.pid))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(children_of(server.process.pid) - {killed}) == 2)
    wait_until(lambda: any('"a process ended"' in line for line in server.log))
    assert server.get("/health").status_code == 200

    # The figures are those of all processes, and of those that were.
    for _ in range(5):
        server.get("/health", headers={"Connection": "close"})
    figures = server.get("/metrics", key=key).text
    counted = [line for line in figures.splitlines() if 'route="/health",status="200"' in line]
    assert float(counted[0].rsplit(" ", 1)[1]) >= 6

    # Told to end, it answers what it has begun to read, and refuses what comes after.
    with open_connection(server) as begun:
        begun.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\n"
        )
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: any('"ending"' in line for line in server.log))
        wait_until(lambda: is_refused(server), seconds=20)
        begun.sendall(b"secret=wrong")
        assert begun.recv(100).startswith(b"HTTP/1.1 401")
    assert server.stop() == 0
    lines = [json.loads(line) for line in server.log]
    assert all(line["at"].endswith("Z") for line in lines)
    text = "".join(server.log)
    assert key.rsplit("_", 1)[1] not in text
    assert link.rsplit("/", 1)[1] not in text


STUB = """
import os, signal

def write(name, text):
    with open(name, "a") as stream:
        stream.write(text)

def end(place, first):
    write(f"{place}/ended", first + "\\n")
    os._exit(0)

def main(arguments):
    _, lifeline, _, ready, place, first = arguments
    signal.signal(signal.SIGTERM, lambda *_: end(place, first))
    write(f"{place}/{first}-{os.getpid()}", "")
    os.write(int(ready), b"1")
    os.read(int(lifeline), 1)
    write(f"{place}/orphaned", first + "\\n")
    return 0
"""
SUPERVISE = """
import sys
from api.serving.logs import make_log
from api.serving.supervisor import Duty, Supervisor
place = sys.argv[1]
sys.path.insert(0, place)
duties = [Duty(role=role, module="stub", options=[place, role]) for role in ("http", "http", "keeper")]
with Supervisor(duties, log=make_log(role="supervisor"), shutdown_s=5) as all:
    all.start()
    print("started", flush=True)
    all.run()
"""


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A supervisor of three processes that do nothing, and the folder where they say that they live."""
    (tmp_path / "stub.py").write_text(STUB)
    command = [sys.executable, "-c", SUPERVISE, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    yield process, tmp_path
    process.kill()
    process.communicate()


def test_what_dies_is_started_anew_later_each_time(supervised: tuple[subprocess.Popen[str], Path]) -> None:
    process, place = supervised
    for num_killed in (1, 2):
        number = int(max(place.glob("keeper-*"), key=lambda path: path.stat().st_mtime_ns).name.split("-")[1])
        os.kill(number, signal.SIGKILL)
        while len(list(place.glob("keeper-*"))) < num_killed + 1:
            time.sleep(0.05)
    assert len(list(place.glob("http-*"))) == 2
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    told = [json.loads(line) for line in errors.splitlines()]
    pauses = [line["again_in_s"] for line in told if line["event"] == "a process ended"]
    assert pauses == [0.5, 1.0]
    assert (place / "ended").read_text().split() == ["http", "http", "keeper"]


def test_processes_end_with_whoever_started_them(supervised: tuple[subprocess.Popen[str], Path]) -> None:
    process, place = supervised
    process.kill()
    wait_until(lambda: (place / "orphaned").exists() and len((place / "orphaned").read_text().split()) == 3)
    assert not (place / "ended").exists()


def test_an_administrator_is_made_once(database: Database) -> None:
    act = Act(at=int(time.time()), by=None, what="test")
    first = ensure_administrator(database, act=act)
    assert first.new_key is not None
    again = ensure_administrator(database, act=act)
    assert (again.principal, again.new_key) == (first.principal, None)


def test_a_database_of_another_version_is_not_served(
    make_database_url: Callable[..., str], swingdesk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:

    url = make_database_url("sqlite")
    with Database(url) as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", url)
    ran = swingdesk("serve", "--port", "0")
    assert ran.code == 2
    assert "newer Swingdesk" in ran.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("RATE_PER_KEY", "often", "such as 100/second"), ("MAX_BODY_MB", "0", "greater than 0")],
)
def test_settings_without_sense_are_refused_before_anything_starts(
    swingdesk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"SWINGDESK_{name}", value)
    ran = swingdesk("serve", "--port", "0")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_health_tells_the_truth_about_the_database(make_database_url: Callable[..., str], make_api: Any) -> None:
    url = make_database_url("sqlite")
    api = make_api(url)
    assert api.get("/ready").json() == {
        "is_ready": True,
        "database": "current",
        "keeper": "not needed",
        "is_draining": False,
    }
    missing = make_api("sqlite:////nowhere/at/all.sqlite3")
    assert missing.get("/health").json() == {"status": "ok", "database": "missing"}
    refused = missing.get("/ready")
    assert (refused.status_code, refused.json()["is_ready"]) == (503, False)
    gone = make_api("postgresql://nobody@127.0.0.1:1/none")
    assert gone.get("/health").json()["database"] == "unreachable"
    assert gone.get("/ready").status_code == 503


def test_metrics_are_for_who_may(api: Any) -> None:
    assert api.get("/metrics").status_code == 401
    assert api.get("/metrics", key=api.key(Role.PLANNER)).status_code == 403
    figures = api.get("/metrics", key=api.key(Role.ANALYST)).text
    assert 'swingdesk_http_requests_total{method="GET",route="/metrics",status="403"} 1.0' in figures
