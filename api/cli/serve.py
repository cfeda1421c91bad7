"""`swingdesk serve`: the server, its processes, and what somebody needs to get in the first time."""

import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.moments import now
from models.errors import CancelledError, UsageError

if TYPE_CHECKING:
    from api.serving.supervisor import Duty
    from services.settings import Settings

DEFAULT_PORT = 8765
MAX_PROCESSES = 64
BACKLOG = 2048
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "localhost")
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP = "api.serving.http_process"


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 for a free one.")] = DEFAULT_PORT,
    workers: Annotated[
        int, typer.Option(min=1, max=MAX_PROCESSES, metavar="N", help="Processes that answer requests.")
    ] = 1,
    jobs: Annotated[
        int, typer.Option(min=0, max=MAX_PROCESSES, metavar="N", help="Jobs done at a time; 0 for none here.")
    ] = 1,
) -> None:
    """Serve the office to people and programs until told to end (Ctrl-C, SIGTERM).

    Only this machine can reach it by default, and only who is known. Each start on this machine alone prints a link
    that signs a browser in, once; the first start prints besides a key of the administrator's, for programs, once.

    Example:  swingdesk serve
    """
    with _listen(host, port) as listener:
        _serve(listener, host, num_processes=workers, num_jobs=jobs)


def _serve(listener: socket.socket, host: str, *, num_processes: int, num_jobs: int) -> None:
    from api.serving.logs import make_log
    from api.serving.supervisor import Supervisor
    from services.settings import load_settings

    settings = load_settings()
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    entry = _let_in(settings, address=address, is_local=host in LOOPBACK_ADDRESSES)
    figures = tempfile.mkdtemp(prefix="swingdesk-figures-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures  # before the library is loaded, which reads it then
    keys = ExitStack()
    keys.callback(_say, entry.for_programs)  # it is nowhere else, whatever becomes of the server
    try:
        supervisor = Supervisor(
            _duties(listener, [*_names(host), *settings.allowed_hosts], num_processes=num_processes, num_jobs=num_jobs),
            log=make_log(level=settings.log_level, role="supervisor"),
            shutdown_s=settings.shutdown_seconds,
        )
        with supervisor:
            supervisor.start()
            _say([f"Swingdesk is at {address} (Ctrl-C ends it)", *entry.for_people])
            keys.close()
            supervisor.run()
            listener.close()  # who asks from now on is refused, and does not wait in vain
    except CancelledError:  # Ctrl-C is how a server ends
        return
    finally:
        keys.close()
        shutil.rmtree(figures, ignore_errors=True)


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, flush=True)


def _duties(listener: socket.socket, names: list[str], *, num_processes: int, num_jobs: int) -> "list[Duty]":
    from api.serving.supervisor import Duty

    options = ["--socket", str(listener.fileno()), "--keeper", *(part for name in names for part in ("--host", name))]
    http = Duty(role="http", module=HTTP, options=options, files=[listener.fileno()])
    keeper = Duty(role="keeper", module="api.serving.keeper_process")
    jobs = Duty(role="jobs", module="api.serving.jobs_process", options=["--jobs", str(num_jobs)])
    return [*[http] * num_processes, *([jobs] if num_jobs else []), keeper]


def _names(host: str) -> list[str]:
    """Return the names by which a server on an address may be asked."""
    if host in LOOPBACK_ADDRESSES:
        return list(LOOPBACK_NAMES)
    shown = f"[{host}]" if ":" in host else host
    return [*LOOPBACK_NAMES, shown, socket.gethostname(), socket.getfqdn()]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What the terminal says of how to get in: first what somebody needs who has a browser, then a key for programs."""

    for_people: Sequence[str]
    for_programs: Sequence[str]


def _let_in(settings: "Settings", *, address: str, is_local: bool) -> _Entry:
    """Make an administrator where there is none, and return what somebody at the terminal needs to get in."""
    from services.access.first_start import ensure_administrator
    from services.access.sessions import create_link
    from services.access.tracing import Act
    from services.database import open_database

    act = Act(at=now(), by=None, what="swingdesk serve")
    with open_database(settings, create=True) as database:
        found = ensure_administrator(database, act=act)
        who = found.principal.id
        secret = create_link(database, who, act=act) if is_local else ""
    if is_local:
        lines = [f"To sign in as {who}, open this link in a browser (good once, within the hour):"]
        lines += [f"  {address}/sign-in/{secret}"]
    else:
        lines = [f"To sign in as {who}, make a link that a browser opens: swingdesk principal link {who}"]
    key = found.new_key
    told = [f"For programs only: an API key of {who}, shown this once:", f"  {key.text}"] if key is not None else []
    return _Entry(for_people=lines, for_programs=told)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before anything else is loaded.

    Raises
    ------
    UsageError
        If the address cannot be listened on.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"cannot listen on {host} port {port}: {reason}; try another --port") from error
    return listener
