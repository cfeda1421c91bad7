"""Answering a request once: the same request under the same key is answered again, and changes nothing again.

Only what succeeded is kept: a request that was refused changed nothing, and may be tried again under its key.
"""

import hashlib
import secrets
import zlib
from collections.abc import Iterable

from models.database import Database
from models.errors import InputError
from models.repositories.access.answers import (
    Answer,
    Found,
    Hold,
    forget_answers,
    give_up,
    keep_answer,
    renew_hold,
    take_hold,
)
from services.access.caller import Caller

HELD_S = 10
"""Seconds after which somebody else may take over a request, unless whoever works on it says that they still do."""

KEPT_S = 86_400
_PACKING_LEVEL = 1


def hold_of(caller: Caller, repeat_key: str, parts: Iterable[bytes]) -> Hold:
    """Return a request's claim to be worked on.

    Parameters
    ----------
    parts
        What makes it this request: method, address, media type, body. What its sender may be counts as well, so that
        a key that reaches less far is never given the answer to one that reaches farther.
    """
    digest = hashlib.sha256()
    may = (*sorted(caller.roles), "/", *sorted(caller.teams), "/", caller.agent_id or "")
    for part in (*parts, *(text.encode() for text in may)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return Hold(
        principal_id=caller.principal_id,
        repeat_key=repeat_key,
        digest=digest.hexdigest(),
        holder=secrets.token_hex(8),
    )


def begin_answer(database: Database, hold: Hold, *, now: int) -> Answer | Found | None:
    """Take hold of a request: None where it is to be worked on now, else its answer, or that somebody works on it.

    Raises
    ------
    InputError
        If its key was used for another request.
    """
    with database.writing() as session:
        found = take_hold(session, hold, at=now, until=now + HELD_S)
    if found is None:
        return None
    if not found.is_same:
        raise InputError.of("header", "a new key for a new request", field="Idempotency-Key", value=hold.repeat_key)
    if found.answer is None:
        return found
    body = zlib.decompress(found.answer.body)
    return Answer(status=found.answer.status, headers=found.answer.headers, body=body)


def go_on_answering(database: Database, hold: Hold, *, now: int) -> bool:
    """Keep hold of a request that takes long; return whether it is still ours to answer."""
    with database.writing() as session:
        return renew_hold(session, hold, until=now + HELD_S)


def finish_answer(database: Database, hold: Hold, answer: Answer) -> bool:
    """Keep the answer of a request; return whether it was still ours to answer."""
    packed = Answer(status=answer.status, headers=answer.headers, body=zlib.compress(answer.body, _PACKING_LEVEL))
    with database.writing() as session:
        return keep_answer(session, hold, packed)


def abandon_answer(database: Database, hold: Hold) -> None:
    """Let go of a request that changed nothing."""
    with database.writing() as session:
        give_up(session, hold)


def forget_old_answers(database: Database, *, now: int) -> int:
    """Delete answers that were kept for a day, and return how many."""
    with database.writing() as session:
        return forget_answers(session, before=now - KEPT_S)
