"""How much a request may send, and what no request may hold."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer_error
from api.frame.headers import values_of
from models.errors import SwingdeskError, TooLargeError, UsageError

MIB = 1024 * 1024
MAX_PATH = 2000
MAX_QUERY = 8000


class Bodies:
    """Refuses what is too large - by its stated length before anything is read, else as soon as it is too much."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except SwingdeskError as error:
            await answer_error(Request(scope), error)(scope, receive, send)
            return
        num_bytes = 0

        async def receive_no_more() -> Message:
            nonlocal num_bytes
            message = await receive()
            if message["type"] == "http.request":
                num_bytes += len(message.get("body", b""))
                if num_bytes > self._max_bytes:
                    raise HTTPException(413, self._too_much())
            return message

        await self._app(scope, receive_no_more, send)

    def _check(self, scope: Scope) -> None:
        lengths = values_of(scope, b"content-length")
        if len(lengths) > 1 or (lengths and values_of(scope, b"transfer-encoding")):
            raise UsageError("the request says its length twice")
        if lengths:
            if not lengths[0].isdigit():
                raise UsageError("the request's length is no number")
            if int(lengths[0]) > self._max_bytes:
                raise TooLargeError(self._too_much())
        if len(scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
            raise UsageError("the address is too long")
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in scope["path"]) or b"%00" in scope["query_string"]:
            raise UsageError("the address holds control characters")

    def _too_much(self) -> str:
        return f"at most {self._max_bytes / MIB:g} MiB are taken in one request"
