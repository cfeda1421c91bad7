"""By which names the server may be asked: a foreign page cannot reach it under a name of its own."""

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import answer_error
from api.frame.headers import values_of
from models.errors import UsageError

ANY = "*"
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Hosts:
    """Refuses a request that names another host than those given, or none, or several (DNS rebinding)."""

    def __init__(self, app: ASGIApp, *, allowed: Iterable[str]) -> None:
        self._app = app
        self._allowed = frozenset(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and not self._is_ours(values_of(scope, b"host")):
            error = UsageError("the server does not go by that name; SWINGDESK_ALLOWED_HOSTS says which it goes by")
            await answer_error(Request(scope), error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, hosts: list[bytes]) -> bool:
        if len(hosts) != 1:
            return False
        found = HOST.fullmatch(hosts[0].decode("latin-1"))
        return found is not None and (ANY in self._allowed or found[1].lower() in self._allowed)
