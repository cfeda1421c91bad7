"""How much a request may send, and what no request may hold."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer_error
from api.frame.headers import values_of
from models.errors import SwingdeskError, TooLargeError, UsageError

MIB = 1024 * 1024
FILES = "/api/imports/"
MAX_PATH = 2000
MAX_QUERY = 8000
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024


class Bodies:
    """Refuses what is too large - by its stated length before anything is read, else as soon as it is too much.

    Parameters
    ----------
    max_bytes, max_file_bytes
        Most of a body, and of one under `FILES`, which takes files.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, max_file_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_file_bytes = max_file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._max_file_bytes if scope["path"].startswith(FILES) else self._max_bytes
        try:
            _check(scope, most)
        except SwingdeskError as error:
            await answer_error(Request(scope), error)(scope, receive, send)
            return
        num_bytes = 0

        async def receive_no_more() -> Message:
            nonlocal num_bytes
            message = await receive()
            if message["type"] == "http.request":
                num_bytes += len(message.get("body", b""))
                if num_bytes > most:
                    raise HTTPException(413, _too_much(most))
            return message

        await self._app(scope, receive_no_more, send)


def _check(scope: Scope, most: int) -> None:
    headers = scope["headers"]
    if len(headers) > MAX_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAX_HEADER_BYTES:
        raise UsageError("the request's headers are too large")
    lengths = values_of(scope, b"content-length")
    if len(lengths) > 1 or (lengths and values_of(scope, b"transfer-encoding")):
        raise UsageError("the request says its length twice")
    if lengths:
        if not lengths[0].isdigit():
            raise UsageError("the request's length is no number")
        if int(lengths[0]) > most:
            raise TooLargeError(_too_much(most))
    if len(scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
        raise UsageError("the address is too long")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in scope["path"]) or b"%00" in scope["query_string"]:
        raise UsageError("the address holds control characters")


def _too_much(most: int) -> str:
    return f"at most {most / MIB:g} MiB are taken in one request"
