"""The trail of changes: who changed what, before and after.

Whatever writes something that is no event calls `record_change` in its own transaction: the change and its trace are
committed together, or neither is. Names and free text never enter the trail. They are kept as digests under a secret
of the person or thing they belong to, which proves what a value was while the secret is there, and tells nothing once
it is deleted.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.tables.columns import to_json
from models.tables.schema import table_of
from models.vocabulary_audit import Subject

PERSONAL = frozenset({"name", "title", "link", "reason", "attributes", "comment", "email", "external_id"})
"""Fields that may name somebody or hold free text; they enter the trail as digests."""
SECRET = frozenset({"secret", "password", "token", "hash", "password_hash"})
"""Fields that no trail may hold, digested or not."""
DIGEST_PREFIX = "hmac-sha256:"
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change as it is stored; `before` and `after` hold the fields that it changed."""

    id: int
    position: int | None
    at: int
    principal_id: str | None
    what: str
    subject_kind: str
    subject_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def record_change(
    session: Session,
    *,
    at: int,
    principal_id: str | None,
    what: str,
    subject: Subject,
    subject_id: str | int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    personal: Collection[str] = PERSONAL,
) -> bool:
    """Leave a trace of a change, in the transaction of the change, and return whether there was one.

    Parameters
    ----------
    principal_id
        Who did it; None where it is the product itself.
    what
        The route or command, such as `POST /api/keys` or `swingdesk import tables`.
    before, after
        Fields as JSON values; `before` is None for what is new, `after` for what is gone. Where both are given, those
        that are equal are left out, and where none differs there is no change.
    personal
        Fields that are kept as digests: all that hold a name or free text.

    Raises
    ------
    ValueError
        If a field is one that no trail may hold.
    """
    for field in (*(before or ()), *(after or ())):
        if field in SECRET:
            raise ValueError(f"the field {field!r} must not be recorded")
    if before is not None and after is not None:
        same = {field for field in before.keys() & after.keys() if to_json(before[field]) == to_json(after[field])}
        before = {field: value for field, value in before.items() if field not in same}
        after = {field: value for field, value in after.items() if field not in same}
        if not before and not after:
            return False
    owner = (str(subject), str(subject_id))
    session.connection().execute(
        insert(table_of("changes")).values(
            at=at,
            principal_id=principal_id,
            what=what,
            subject_kind=owner[0],
            subject_id=owner[1],
            before=_without_names(session, owner, before, personal),
            after=_without_names(session, owner, after, personal),
        )
    )
    return True


def list_changes(
    session: Session,
    *,
    principal_id: str | None = None,
    subject: str | None = None,
    subject_id: str | None = None,
    what: str | None = None,
    since: int | None = None,
    until: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Change]:
    """Return changes under all conditions that are given, the newest first.

    Parameters
    ----------
    what
        The beginning of the route or command.
    since, until
        Epoch seconds from the first on, and before the second.
    before_id
        The last one's id of the page before.
    """
    table = table_of("changes")
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    for column, wanted in (("principal_id", principal_id), ("subject_kind", subject), ("subject_id", subject_id)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    if what is not None:
        query = query.where(table.c.what.startswith(what, autoescape=True))
    if since is not None:
        query = query.where(table.c.at >= since)
    if until is not None:
        query = query.where(table.c.at < until)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return [Change(**row) for row in session.connection().execute(query).mappings()]


def is_value_of(session: Session, change: Change, field: str, value: object) -> bool:
    """Return whether a digested field of a change was a value; False too where the person was erased."""
    secret = _find_secret(session, (change.subject_kind, change.subject_id))
    if secret is None:
        return False
    owner = (change.subject_kind, change.subject_id)
    digest = _digest(secret, owner, field, value)
    return any(
        hmac.compare_digest(str(side[field]), digest)
        for side in (change.before, change.after)
        if side is not None and field in side
    )


def forget(session: Session, subject: Subject, subject_id: str) -> bool:
    """Delete the secret of somebody's digests, so that they tell nothing, and return whether there was one."""
    table = table_of("personal_keys")
    deleted = session.connection().execute(
        delete(table).where(table.c.subject_kind == str(subject), table.c.subject_id == subject_id)
    )
    return deleted.rowcount > 0


def read_lineage(session: Session) -> str:
    """Return the name of the history that the database holds: another one after a backup was restored over it."""
    table = table_of("lineage")
    return session.connection().execute(select(table.c.name)).scalar() or ""


def begin_lineage(session: Session, *, at: int) -> str:
    """Begin a new history and return its name."""
    table = table_of("lineage")
    name = secrets.token_hex(8)
    session.connection().execute(delete(table))
    session.connection().execute(insert(table).values(id=1, name=name, began_at=at))
    return name


def _without_names(
    session: Session, owner: tuple[str, str], fields: Mapping[str, Any] | None, personal: Collection[str]
) -> dict[str, Any] | None:
    if fields is None:
        return None
    kept = dict(fields)
    # What is not there names nobody.
    hidden = [field for field in kept if field in personal and kept[field] not in (None, "", {}, [])]
    if hidden:
        secret = _ensure_secret(session, owner)
        kept |= {field: _digest(secret, owner, field, kept[field]) for field in hidden}
    return kept


def _digest(secret: bytes, owner: tuple[str, str], field: str, value: object) -> str:
    text = to_json([*owner, field, value])
    return DIGEST_PREFIX + hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _find_secret(session: Session, owner: tuple[str, str]) -> bytes | None:
    table = table_of("personal_keys")
    query = select(table.c.secret).where(table.c.subject_kind == owner[0], table.c.subject_id == owner[1])
    found: bytes | None = session.connection().execute(query).scalar()
    return found


def _ensure_secret(session: Session, owner: tuple[str, str]) -> bytes:
    found = _find_secret(session, owner)
    if found is not None:
        return found
    table = table_of("personal_keys")
    row = {"subject_kind": owner[0], "subject_id": owner[1], "secret": secrets.token_bytes(_SECRET_BYTES)}
    session.connection().execute(_insert_or_leave(session, table).values(**row))
    stored = _find_secret(session, owner)  # another transaction's, where that was first
    assert stored is not None  # noqa: S101 - it was inserted above
    return stored


def _insert_or_leave(session: Session, table: Table) -> Any:
    is_postgres = session.connection().dialect.name == "postgresql"
    return (postgresql.insert if is_postgres else sqlite.insert)(table).on_conflict_do_nothing()
