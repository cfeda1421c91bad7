"""`swingdesk serve`: the pages of the stored office, on this machine."""

import socket
from typing import Annotated

import typer

from models.errors import CancelledError, UsageError

DEFAULT_PORT = 8765
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "localhost")


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 for a free one.")] = DEFAULT_PORT,
) -> None:
    """Serve the stored plans as pages and as JSON. Ctrl-C ends it.

    Only this machine can reach it by default. There is no sign-in: whoever can reach it can read every plan.

    Example:  swingdesk serve
    """
    listener = _listen(host, port)

    import uvicorn

    from api.app import LOOPBACK, create_app
    from services.settings import load_settings

    is_local = host in LOOPBACK_ADDRESSES
    app = create_app(load_settings(), allowed_hosts=LOOPBACK if is_local else ("*",))
    shown = f"[{host}]" if ":" in host else host
    print(f"Swingdesk is at http://{shown}:{listener.getsockname()[1]} (Ctrl-C ends it)", flush=True)
    if not is_local:
        print("anybody who can reach this address can read every plan: there is no sign-in", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
    try:
        server.run(sockets=[listener])
    except CancelledError:  # Ctrl-C is how a server ends
        return


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
