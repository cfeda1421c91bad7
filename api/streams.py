"""Server-sent events: what changes is told for as long as somebody who may listens, and the server goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access import find_caller
from models.errors import UnavailableError
from services.access.recognition import Recognition

MEDIA_TYPE = "text/event-stream"
WATCH_EVERY_S = 0.5
KEEP_ALIVE_S = 15.0
RECOGNISED_EVERY_S = 5.0
"""How long a stream goes on at most whose listener's key or session does not hold any more."""
LONGEST_S = 900.0
"""Seconds after which a stream ends: browsers connect again by themselves."""

Look = Callable[[], Awaitable[str | None]]


def follow(
    request: Request,
    look: Look,
    *,
    every_s: float = WATCH_EVERY_S,
    rest_s: float | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> StreamingResponse:
    """Return an answer that looks again and again, and sends what it sees.

    Parameters
    ----------
    look
        Returns the event to send, as `event_text` gives it; None where nothing is new.
    rest_s
        Seconds for which nothing is sent after an event, where that is longer than `every_s`: what changes all the
        time is not told each time.
    is_over
        Returns whether nothing more will come.
    """

    async def send() -> AsyncIterator[str]:
        silent_s = spent_s = known_s = 0.0
        while True:
            if known_s >= RECOGNISED_EVERY_S:
                known_s = 0.0
                if not await _is_still_known(request):
                    return
            event = await look()
            if event is not None:
                silent_s = 0.0
                yield event
            elif silent_s >= KEEP_ALIVE_S:
                silent_s = 0.0
                yield ": still there\n\n"
            if is_over() or spent_s >= LONGEST_S or _is_ending(request) or await request.is_disconnected():
                return
            waited_s = every_s if event is None else max(every_s, rest_s or 0.0)
            await asyncio.sleep(waited_s)
            silent_s, spent_s, known_s = silent_s + waited_s, spent_s + waited_s, known_s + waited_s

    return StreamingResponse(send(), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def event_text(kind: str, data: str, *, name: str | None = None) -> str:
    """Return an event as it is sent: its kind, data of one line, and the id by which a listener says what it knows."""
    told = "" if name is None else f"id: {name}\n"
    return f"event: {kind}\n{told}data: {data}\n\n"


async def _is_still_known(request: Request) -> bool:
    """Return whether the listener is still who they were, and may still do what they might."""
    caller = find_caller(request.scope)
    if caller is None:
        return False
    recognition: Recognition = request.app.state.recognition
    try:
        return await run_in_threadpool(recognition.still_holds, caller)
    except UnavailableError:  # nothing is known to have changed; the next time will tell
        return True


def _is_ending(request: Request) -> bool:
    """Return whether the server is about to end, so that what would go on for long ends with it."""
    return bool(request.app.state.standing.is_draining)
