"""Signing people in: a link that works once gives a session, whose secret only the browser has.

Accounts with passwords and single sign-on find their place here: whatever proves who somebody is ends in
`start_session`.
"""

import secrets

from models.database import Database, Session
from models.errors import UnauthenticatedError, UsageError
from models.repositories.access.principals import get_principal
from models.repositories.access.sessions import (
    SessionRecord,
    add_link,
    add_session,
    end_sessions,
    forget_ended,
    use_link,
)
from models.vocabulary import PrincipalKind
from services.access.keys import digest_of
from services.access.tracing import Act, trace_session

SECRET_BYTES = 32
LINK_LASTS_S = 3600
SESSION_LASTS_S = 12 * 3600


def create_link(database: Database, principal_id: str, *, act: Act) -> str:
    """Return the secret of a new link that signs a person in once, within the hour.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    UsageError
        If it is no person, or is shut out.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with database.writing() as session:
        principal = get_principal(session, principal_id)
        if principal.kind is not PrincipalKind.PERSON:
            raise UsageError(f"principal {principal_id!r} is no person: programs have keys")
        if principal.disabled_at is not None:
            raise UsageError(f"principal {principal_id!r} is disabled")
        add_link(session, digest_of(secret), principal_id=principal_id, at=act.at, expires_at=act.at + LINK_LASTS_S)
        trace_session(session, act, principal_id, link="made")
    return secret


def follow_link(database: Database, secret: str, *, now: int, what: str) -> str:
    """Use up a link and return the secret of the session that it starts.

    Raises
    ------
    UnauthenticatedError
        If the link was used before, is too old, or is none of ours.
    """
    with database.writing() as session:
        principal_id = use_link(session, digest_of(secret), at=now)
        if principal_id is None:
            raise UnauthenticatedError("this link was used before, or is too old: ask for another")
        if get_principal(session, principal_id).disabled_at is not None:
            raise UnauthenticatedError("who this link was for was shut out")
        act = Act(at=now, by=principal_id, what=what)
        trace_session(session, act, principal_id, signed_in="by a link")
        return start_session(session, principal_id, now=now)


def start_session(session: Session, principal_id: str, *, now: int) -> str:
    """Return the secret of a new session of a principal who has proved to be that."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    record = SessionRecord(
        digest=digest_of(secret),
        principal_id=principal_id,
        created_at=now,
        seen_at=now,
        expires_at=now + SESSION_LASTS_S,
    )
    add_session(session, record)
    return secret


def forget_old_sessions(database: Database, *, now: int) -> int:
    """Delete sessions and links that are over, and return how many."""
    with database.writing() as session:
        return forget_ended(session, before=now)


def end_session(database: Database, session_id: str, principal_id: str, *, act: Act) -> None:
    """End a session of a principal."""
    with database.writing() as session:
        if end_sessions(session, at=act.at, digest=session_id):
            trace_session(session, act, principal_id, signed_out=True)
