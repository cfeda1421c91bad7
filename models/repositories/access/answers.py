"""Requests that came with a key against repetition, and their answers."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.tables.access import AnsweredRequestRow
from models.tables.schema import table_of


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it was given: its status, headers in order, and body as stored."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A request under its key, and who works on it.

    Attributes
    ----------
    digest
        SHA-256 of the request: with the same key, another one is another request.
    holder
        A name that no other attempt has.
    """

    principal_id: str
    repeat_key: str
    digest: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is known of a request that came before: whether it is the same, and its answer if there is one yet."""

    is_same: bool
    answer: Answer | None = None


def take_hold(session: Session, hold: Hold, *, at: int, until: int) -> Found | None:
    """Note that a request is worked on, and return None; or what is known of it, where another came first.

    Parameters
    ----------
    at, until
        Epoch seconds: now, and until when nobody else takes it over.
    """
    row = {
        "principal_id": hold.principal_id,
        "repeat_key": hold.repeat_key,
        "request_digest": hold.digest,
        "holder": hold.holder,
        "held_until": until,
        "at": at,
    }
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = connection.execute(
        insert(table_of("answered_requests")).values(row).on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},
    )
    if added.rowcount == 1:
        return None
    found = session.exec(
        select(AnsweredRequestRow)
        .where(_is_of(hold.principal_id, hold.repeat_key))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:  # it was given up in between: whoever asks again will have it
        return Found(is_same=True)
    if found.request_digest != hold.digest:
        return Found(is_same=False)
    if found.status is not None:
        headers = tuple((name, value) for name, value in found.headers or ())
        return Found(is_same=True, answer=Answer(status=found.status, headers=headers, body=found.body or b""))
    if found.held_until > at:
        return Found(is_same=True)
    found.holder, found.held_until, found.at = hold.holder, until, at
    session.flush()
    return None


def renew_hold(session: Session, hold: Hold, *, until: int) -> bool:
    """Note that a request is still worked on, until an epoch second; return whether it is still ours."""
    renewed = session.connection().execute(
        update(AnsweredRequestRow)
        .where(_is_of(hold.principal_id, hold.repeat_key), col(AnsweredRequestRow.holder) == hold.holder)
        .values(held_until=until)
    )
    return renewed.rowcount == 1


def keep_answer(session: Session, hold: Hold, answer: Answer) -> bool:
    """Store the answer of a request, if it is still held; return whether it was."""
    kept = session.connection().execute(
        update(AnsweredRequestRow)
        .where(_is_of(hold.principal_id, hold.repeat_key), col(AnsweredRequestRow.holder) == hold.holder)
        .values(status=answer.status, headers=[[name, value] for name, value in answer.headers], body=answer.body)
    )
    return kept.rowcount == 1


def give_up(session: Session, hold: Hold) -> None:
    """Forget a request that changed nothing, so that it may come again."""
    session.connection().execute(
        delete(AnsweredRequestRow).where(
            _is_of(hold.principal_id, hold.repeat_key),
            col(AnsweredRequestRow.holder) == hold.holder,
            col(AnsweredRequestRow.status).is_(None),
        )
    )


def forget_answers(session: Session, *, before: int) -> int:
    """Delete what came before an instant, and return how many requests that were."""
    gone = session.connection().execute(delete(AnsweredRequestRow).where(col(AnsweredRequestRow.at) < before))
    return gone.rowcount


def _is_of(principal_id: str, repeat_key: str) -> ColumnElement[bool]:
    return and_(col(AnsweredRequestRow.principal_id) == principal_id, col(AnsweredRequestRow.repeat_key) == repeat_key)
