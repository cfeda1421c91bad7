"""Slashes within names: `%2F` belongs to a name, such as that of invoice 2026/153; `/` stands between names.

A request's path comes decoded, in which both are the same. So while a route is looked for, a sign that no name holds
stands for those within names.
"""

import re
from urllib.parse import quote, unquote

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

WITHIN = "\x1f"
"""A control character: an address that holds one was refused before (`api.frame.bodies`)."""

_ENCODED = re.compile(rb"%2f", re.IGNORECASE)


class Slashes:
    """Keeps apart what a request's path says as `%2F` and as `/`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and _ENCODED.search(raw):
            # In place, as those around look afterwards in the same scope which route it was.
            scope["path"] = unquote(_ENCODED.sub(WITHIN.encode(), raw).decode("latin-1"))
        await self._app(scope, receive, send)


class NameConvertor(StringConvertor):
    """What a route's path says as `{task_id}`: one name, with its slashes."""

    def convert(self, value: str) -> str:
        """Return the name that stands in a path."""
        return value.replace(WITHIN, "/")


def path_as_sent(scope: Scope) -> str:
    """Return the path of a request as an address says it."""
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]) if raw is None else quote(raw.decode("latin-1"), safe="/%")


def keep_names_whole() -> None:
    """Have names in the paths of all routes that are made from here on be read with their slashes."""
    register_url_convertor("str", NameConvertor())
