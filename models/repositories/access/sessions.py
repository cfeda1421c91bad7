"""People who are signed in, and the links that sign them in once."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.tables.access import SessionRow, SignInLinkRow, SignOnRow
from models.vocabulary_access import Proof

ID_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """A session of a person: epoch seconds from when to when it holds, and when it was seen last.

    Attributes
    ----------
    proof
        By what they proved who they are; None for a session of an older version.
    browser
        What the browser called itself, in short.
    """

    digest: str
    principal_id: str
    created_at: int
    seen_at: int
    expires_at: int
    revoked_at: int | None = None
    proof: Proof | None = None
    browser: str = ""

    @property
    def id(self) -> str:
        """What it is called by whoever may end it; nothing can be had for it."""
        return self.digest[:ID_LENGTH]

    def holds(self, at: int, *, idle_s: int | None = None) -> bool:
        """Return whether it is good at an instant, where it may not be seen for some seconds at most."""
        if self.revoked_at is not None or at >= self.expires_at:
            return False
        return idle_s is None or at < self.seen_at + idle_s


def add_link(session: Session, digest: str, *, principal_id: str, at: int, expires_at: int) -> None:
    """Store a new link by the digest of its secret."""
    session.add(SignInLinkRow(digest=digest, principal_id=principal_id, created_at=at, expires_at=expires_at))
    session.flush()


def find_link(session: Session, digest: str, *, at: int) -> str | None:
    """Return whom a link would sign in, without using it up; None where it would nobody."""
    row = session.get(SignInLinkRow, digest)
    return None if row is None or row.used_at is not None or row.expires_at <= at else row.principal_id


def use_link(session: Session, digest: str, *, at: int) -> str | None:
    """Use up a link, and return whom it signs in; None where there is none, or it was used, or is too old."""
    used = session.connection().execute(
        update(SignInLinkRow)
        .where(
            col(SignInLinkRow.digest) == digest,
            col(SignInLinkRow.used_at).is_(None),
            col(SignInLinkRow.expires_at) > at,
        )
        .values(used_at=at)
    )
    if used.rowcount != 1:
        return None
    row = session.get(SignInLinkRow, digest)
    assert row is not None  # noqa: S101 - it was updated a moment ago, in this transaction
    return row.principal_id


def add_session(session: Session, record: SessionRecord) -> None:
    """Store a new session."""
    session.add(
        SessionRow(
            digest=record.digest,
            principal_id=record.principal_id,
            created_at=record.created_at,
            seen_at=record.seen_at,
            expires_at=record.expires_at,
            proof=record.proof,
            browser=record.browser or None,
        )
    )
    session.flush()


def find_session(session: Session, digest: str) -> SessionRecord | None:
    """Return a session by the digest of its secret; None where there is none."""
    row = session.get(SessionRow, digest)
    return None if row is None else _record(row)


def list_sessions(session: Session, principal_id: str) -> list[SessionRecord]:
    """Return the sessions of a principal that nobody has ended; the one seen last comes first."""
    of_theirs = select(SessionRow).where(
        col(SessionRow.principal_id) == principal_id, col(SessionRow.revoked_at).is_(None)
    )
    rows = session.exec(of_theirs.order_by(col(SessionRow.seen_at).desc(), col(SessionRow.digest)))
    return [_record(row) for row in rows]


def end_sessions(
    session: Session, *, at: int, digest: str | None = None, principal_id: str | None = None, but: str | None = None
) -> int:
    """Have one session, or all of a principal but perhaps one, hold no longer; return how many did until now."""
    wanted = col(SessionRow.digest) == digest if digest is not None else col(SessionRow.principal_id) == principal_id
    ended = session.connection().execute(
        update(SessionRow)
        .where(wanted, col(SessionRow.digest) != (but or ""), col(SessionRow.revoked_at).is_(None))
        .values(revoked_at=at)
    )
    return ended.rowcount


def note_seen(session: Session, seen: dict[str, int]) -> None:
    """Note when sessions were seen last: epoch seconds by digest."""
    for digest, at in sorted(seen.items()):
        session.connection().execute(
            update(SessionRow).where(col(SessionRow.digest) == digest, col(SessionRow.seen_at) < at).values(seen_at=at)
        )


def forget_ended(session: Session, *, before: int) -> int:
    """Delete sessions, links and sign-ons that could not be used any more at an instant, and return how many."""
    connection = session.connection()
    return sum(
        connection.execute(delete(table).where(col(table.expires_at) < before)).rowcount
        for table in (SessionRow, SignInLinkRow, SignOnRow)
    )


def _record(row: SessionRow) -> SessionRecord:
    return SessionRecord(
        digest=row.digest,
        principal_id=row.principal_id,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        proof=None if row.proof is None else Proof(row.proof),
        browser=row.browser or "",
    )
