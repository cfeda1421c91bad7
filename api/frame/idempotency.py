"""`Idempotency-Key`: a request that may be sent twice, because its sender did not hear the answer, counts once.

Costs nothing where no key is sent. With one, the request is noted before it is worked on, and its answer is kept before
it is sent: whoever has heard an answer hears the same again.
"""

import asyncio
import time
from collections.abc import Callable

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import find_caller
from api.errors import answer_error, answer_status
from api.frame.headers import values_of
from api.streams import MEDIA_TYPE
from models.database import Database
from models.errors import ConflictError, SwingdeskError, UsageError
from models.repositories.access.answers import Answer, Hold
from services.access.answering import abandon_answer, begin_answer, finish_answer, go_on_answering, hold_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY = 200
WAIT_S = 15.0
"""Longer than a request is held after its server was killed: who sends it again is answered, not refused."""

RENEWED_EVERY_S = 3.0
PAUSE_S = 0.05
NEVER_KEPT = "no-store"
_LOG = structlog.get_logger(__name__)


class Idempotency:
    """Answers a POST that came before under the same key as it was answered then."""

    def __init__(self, app: ASGIApp, *, open_database: Callable[[], Database]) -> None:
        self._app = app
        self._open_database = open_database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        given = values_of(scope, b"idempotency-key")
        if not given:
            await self._app(scope, receive, send)
            return
        try:
            await self._answer_once(scope, receive, send, given)
        except HTTPException as error:  # the body was too large
            await answer_status(Request(scope), error.status_code, str(error.detail))(scope, receive, send)
        except SwingdeskError as error:
            await answer_error(Request(scope), error)(scope, receive, send)

    async def _answer_once(self, scope: Scope, receive: Receive, send: Send, given: list[bytes]) -> None:
        caller = find_caller(scope)
        if caller is None:  # what is open to all has nothing to be answered by
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        kinds = values_of(scope, b"content-type")
        parts = (scope["method"].encode(), scope["path"].encode(), scope["query_string"], *kinds, body)
        hold = hold_of(caller, _key(given), parts)
        database = await run_in_threadpool(self._open_database)
        earlier = await self._take(database, hold)
        if earlier is not None:
            await _send(send, earlier, replayed=True)
            return
        answer = await self._work(scope, body, receive, database, hold)
        await _send(send, answer, replayed=False)

    async def _take(self, database: Database, hold: Hold) -> Answer | None:
        """Return the answer that a request had, or None where it is now to be worked on."""
        give_up_at = time.monotonic() + WAIT_S
        pause_s = PAUSE_S
        while True:
            found = await run_in_threadpool(begin_answer, database, hold, now=int(time.time()))
            if found is None or isinstance(found, Answer):
                return found
            if time.monotonic() >= give_up_at:
                raise ConflictError("a request with this Idempotency-Key is still being worked on: ask again")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 1.0)

    async def _work(self, scope: Scope, body: bytes, receive: Receive, database: Database, hold: Hold) -> Answer:
        """Have a request answered, and keep the answer where it succeeded."""
        sent = _Collected()
        holding = asyncio.create_task(_go_on_holding(database, hold))
        try:
            await self._app(scope, _replaying(body, receive), sent)
        except Exception:
            await run_in_threadpool(abandon_answer, database, hold)
            raise
        finally:
            holding.cancel()
        answer = sent.answer()
        if answer.status < 400:
            kept = _told_again(Request(scope)) if sent.holds_secret() else answer
            await run_in_threadpool(finish_answer, database, hold, kept)
        else:
            await run_in_threadpool(abandon_answer, database, hold)
        return answer


async def _go_on_holding(database: Database, hold: Hold) -> None:
    """Say again and again that a request is worked on, until that is ended or somebody else took it over."""
    is_held = True
    while is_held:
        await asyncio.sleep(RENEWED_EVERY_S)
        try:
            is_held = await run_in_threadpool(go_on_answering, database, hold, now=int(time.time()))
        except SwingdeskError as error:  # the next time will do
            _LOG.warning("a request is held no longer than before", reason=str(error))


class _Collected:
    """An answer, collected instead of sent."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            if any(value.startswith(MEDIA_TYPE) for name, value in self._headers if name == "content-type"):
                raise UsageError(f"what is streamed cannot be repeated: send no {HEADER}")
        else:
            self._body += message.get("body", b"")

    def holds_secret(self) -> bool:
        """Return whether the answer must be kept nowhere."""
        return ("cache-control", NEVER_KEPT) in self._headers

    def answer(self) -> Answer:
        """Return what was collected."""
        return Answer(status=self._status, headers=tuple(self._headers), body=bytes(self._body))


def _told_again(request: Request) -> Answer:
    """Return what is said in place of an answer that held a secret: that it was given, once."""
    said = "this was done, and answered; the answer held a secret, which is kept nowhere"
    refusal = answer_status(request, 409, said)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in refusal.raw_headers)
    return Answer(status=refusal.status_code, headers=headers, body=bytes(refusal.body))


def _key(given: list[bytes]) -> str:
    text = given[0].decode("latin-1")
    if len(given) > 1 or not 0 < len(text) <= MAX_KEY or not (text.isascii() and text.isprintable()):
        raise UsageError(f"an {HEADER} is 1 to {MAX_KEY} printable ASCII characters, sent once")
    return text


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise UsageError("the request was broken off")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def give() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


async def _send(send: Send, answer: Answer, *, replayed: bool) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": raw}
    if replayed:
        MutableHeaders(scope=start)[REPLAYED] = "true"
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})
