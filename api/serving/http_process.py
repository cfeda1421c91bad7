"""A process that answers requests, on a socket that it shares with others; run by the supervisor."""

import argparse
import gc
import socket
import sys
import time
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.serving.lifeline import add_lifeline_options, end_with, say_ready
from api.serving.line import Line
from api.serving.logs import adopt_log, make_log, route_library_logs
from api.standing import Standing
from api.store import Store
from models.errors import SwingdeskError
from services.live.keeper import has_keeper
from services.settings import Settings, load_settings

KEEP_ALIVE_S = 65
YOUNG_OBJECTS = 20_000
"""Objects made before the collector looks for rings among them: a large page makes as many."""
BACKLOG = 2048
BAD_INPUT = 2


class DrainingServer(uvicorn.Server):
    """A server that says when it begins to answer, and that it is about to end before it does."""

    def __init__(self, config: uvicorn.Config, *, standing: Standing, ready: int) -> None:
        super().__init__(config)
        self._standing = standing
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            say_ready(self._ready)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (theirs)
        """Answer what has come, take nothing more, and end; a signal is not raised again at the end."""
        self._standing.is_draining = True
        self.should_exit = True


def main(arguments: list[str]) -> int:
    """Answer requests until told to end."""
    parser = argparse.ArgumentParser(prog="swingdesk-http")
    add_lifeline_options(parser)
    parser.add_argument("--socket", type=int, required=True, metavar="FD")
    parser.add_argument("--host", action="append", default=[], metavar="NAME")
    parser.add_argument("--keeper", action="store_true", help="expect that somebody does the background duties")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SwingdeskError as error:
        print(f"swingdesk: {error}", file=sys.stderr)
        return BAD_INPUT
    log = make_log(level=settings.log_level, role="http")
    adopt_log(level=settings.log_level, role="http")
    route_library_logs(log)
    app = create_app(settings, allowed_hosts=options.host, log=log)
    if options.keeper:
        store: Store = app.state.store
        app.state.standing.is_keeper_alive = lambda: has_keeper(store.database(), int(time.time()))
    app.state.live.prepare()
    gc.collect()
    gc.freeze()  # tens of thousands of tasks stay: to look through them again and again costs more than pages do
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    server = DrainingServer(configure(app, settings), standing=app.state.standing, ready=options.ready)
    end_with(options.lifeline)
    server.run(sockets=[socket.socket(fileno=options.socket)])
    return 0


def configure(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how the application is put on the line: strictly, and taking nobody's word for who asks."""
    return uvicorn.Config(
        app,
        http=Line,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
