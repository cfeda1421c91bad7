"""Each request's id, its line in the log, its place in the figures."""

import re
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import find_caller
from api.errors import REQUEST_ID
from api.frame.headers import values_of
from api.serving.logs import Log
from api.serving.metrics import Metrics

HEADER = "X-Request-ID"
SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
NO_ROUTE = "none"
SERVER_ERROR = 500
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"})


class Requests:
    """Gives each request an id - its own, where that is sane - and notes how it was answered.

    What is noted of the address is its route (`/api/tasks/{task_id}`), not what was asked for in it.
    """

    def __init__(self, app: ASGIApp, *, log: Log, metrics: Metrics) -> None:
        self._app = app
        self._log = log
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        scope[REQUEST_ID] = request_id
        status = SERVER_ERROR  # where nothing is ever sent
        is_lost = False

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_lost
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            is_lost = True
            await send(message)
            is_lost = False

        self._metrics.begin()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            if is_lost:  # the line broke, or broke the protocol: no fault of ours
                self._log.warning("the answer could not be sent", request_id=request_id, route=_route(scope))
            else:
                status = SERVER_ERROR
                self._log.error("error", request_id=request_id, route=_route(scope), exc_info=True)
            raise
        finally:
            self._note(scope, request_id, status, seconds=time.perf_counter() - began)

    def _note(self, scope: Scope, request_id: str, status: int, *, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        caller = find_caller(scope)
        self._metrics.end(method, route, status, seconds=seconds)
        self._log.info(
            "request",
            request_id=request_id,
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 2),
            principal=None if caller is None else caller.principal_id,
            key=None if caller is None else caller.key_id,
        )


def _request_id(scope: Scope) -> str:
    given = values_of(scope, b"x-request-id")
    if len(given) == 1 and SANE_ID.fullmatch(given[0]):
        return given[0].decode("ascii")
    return secrets.token_hex(8)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path_format", NO_ROUTE)
