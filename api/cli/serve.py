"""`swingdesk serve`: the pages of the stored office, on this machine."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.moments import now
from models.errors import CancelledError, UsageError

if TYPE_CHECKING:
    from services.settings import Settings

DEFAULT_PORT = 8765
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "localhost")


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 for a free one.")] = DEFAULT_PORT,
) -> None:
    """Serve the stored plans as pages and as JSON. Ctrl-C ends it.

    Only this machine can reach it by default, and only who is known. The first start prints an administrator's key,
    once; each start on this machine alone prints a link that signs a browser in, once.

    Example:  swingdesk serve
    """
    listener = _listen(host, port)

    import uvicorn

    from api.app import LOOPBACK, create_app
    from services.settings import load_settings

    is_local = host in LOOPBACK_ADDRESSES
    settings = load_settings()
    app = create_app(settings, allowed_hosts=LOOPBACK if is_local else ("*",))
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    said = _let_in(settings, address=address, is_local=is_local)
    print(f"Swingdesk is at {address} (Ctrl-C ends it)", flush=True)
    for line in said:
        print(line, flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
    try:
        server.run(sockets=[listener])
    except CancelledError:  # Ctrl-C is how a server ends
        return


def _let_in(settings: "Settings", *, address: str, is_local: bool) -> list[str]:
    """Return what somebody at the terminal needs to know to get in."""
    from services.access.first_start import ensure_administrator
    from services.access.sessions import create_link
    from services.access.tracing import Act
    from services.database import open_database

    said = []
    act = Act(at=now(), by=None, what="swingdesk serve")
    with open_database(settings, create=True) as database:
        found = ensure_administrator(database, act=act)
        if found.new_key is not None:
            said += ["the administrator's key, shown this once:", f"  {found.new_key.text}"]
        if is_local:
            secret = create_link(database, found.principal.id, act=act)
            said += ["to sign in with a browser, once and within the hour:", f"  {address}/sign-in/{secret}"]
    return said


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
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"cannot listen on {host} port {port}: {reason}; try another --port") from error
    return listener
