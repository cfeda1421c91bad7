"""Signing people in: whatever proves who somebody is ends in a session, whose secret only the browser has.

A link works once. It lets its person choose a password, or signs them in without one.
"""

import secrets
from dataclasses import dataclass

from models.database import Database, Session
from models.errors import NotFoundError, SignInRefusedError, UsageError
from models.repositories.access.principals import Principal, get_principal
from models.repositories.access.sessions import (
    SessionRecord,
    add_link,
    add_session,
    end_sessions,
    find_link,
    find_session,
    forget_ended,
    list_sessions,
    use_link,
)
from models.vocabulary import PrincipalKind
from models.vocabulary_access import Proof, Refusal
from services.access.keys import digest_of
from services.access.tracing import Act, trace_session

SECRET_BYTES = 32
LINK_LASTS_S = 3600
SESSION_LASTS_S = 12 * 3600
MAX_BROWSER = 60


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody who comes in with a browser.

    Attributes
    ----------
    at
        Epoch second.
    what
        The route.
    browser
        What the browser calls itself, in short.
    replaces
        The session that this browser had until now, which ends.
    lasts_s
        How long the new one lasts at most.
    """

    at: int
    what: str
    browser: str = ""
    replaces: str | None = None
    lasts_s: int = SESSION_LASTS_S


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
        check_person(get_principal(session, principal_id))
        add_link(session, digest_of(secret), principal_id=principal_id, at=act.at, expires_at=act.at + LINK_LASTS_S)
        trace_session(session, act, principal_id, link="made")
    return secret


def check_person(principal: Principal) -> None:
    """Check that a principal is somebody who may sign in.

    Raises
    ------
    UsageError
        If it is no person, or is shut out.
    """
    if principal.kind is not PrincipalKind.PERSON:
        raise UsageError(f"principal {principal.id!r} is no person: programs have keys")
    if principal.disabled_at is not None:
        raise UsageError(f"principal {principal.id!r} is disabled")


def look_at_link(database: Database, secret: str, *, now: int) -> str:
    """Return whom a link would sign in, without using it up.

    Raises
    ------
    SignInRefusedError
        If the link was used before, is too old, or is none of ours, or its person is shut out.
    """
    with database.reading() as session:
        return _person_of_link(session, find_link(session, digest_of(secret), at=now))


def follow_link(database: Database, secret: str, arrival: Arrival) -> str:
    """Use up a link and return the secret of the session that it starts.

    Raises
    ------
    SignInRefusedError
        If the link was used before, is too old, or is none of ours, or its person is shut out.
    """
    with database.writing() as session:
        return let_in(session, take_link(session, secret, now=arrival.at), Proof.LINK, arrival)


def take_link(session: Session, secret: str, *, now: int) -> str:
    """Use up a link in a transaction, and return whom it is for; see `follow_link`."""
    return _person_of_link(session, use_link(session, digest_of(secret), at=now))


def let_in(session: Session, principal_id: str, proof: Proof, arrival: Arrival) -> str:
    """Return the secret of a new session of a principal who has proved to be that; the browser's former one ends."""
    act = Act(at=arrival.at, by=principal_id, what=arrival.what)
    if arrival.replaces is not None:
        end_sessions(session, at=arrival.at, digest=arrival.replaces)
    trace_session(session, act, principal_id, signed_in=f"by {proof.value}")
    return start_session(
        session, principal_id, now=arrival.at, lasts_s=arrival.lasts_s, proof=proof, browser=arrival.browser
    )


def start_session(
    session: Session,
    principal_id: str,
    *,
    now: int,
    lasts_s: int = SESSION_LASTS_S,
    proof: Proof | None = None,
    browser: str = "",
) -> str:
    """Return the secret of a new session of a principal."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    record = SessionRecord(
        digest=digest_of(secret),
        principal_id=principal_id,
        created_at=now,
        seen_at=now,
        expires_at=now + lasts_s,
        proof=proof,
        browser=browser[:MAX_BROWSER],
    )
    add_session(session, record)
    return secret


def read_sessions(database: Database, principal_id: str, *, now: int, idle_s: int | None = None) -> list[SessionRecord]:
    """Return the sessions of a principal that hold; the one seen last comes first."""
    with database.reading() as session:
        return [one for one in list_sessions(session, principal_id) if one.holds(now, idle_s=idle_s)]


def forget_old_sessions(database: Database, *, now: int) -> int:
    """Delete sessions and links that are over, and return how many."""
    with database.writing() as session:
        return forget_ended(session, before=now)


def end_session(database: Database, session_id: str, principal_id: str, *, act: Act) -> Proof | None:
    """End a session of a principal, by the digest of its secret; return by what it had begun, where that is known."""
    with database.writing() as session:
        found = find_session(session, session_id)
        if end_sessions(session, at=act.at, digest=session_id):
            trace_session(session, act, principal_id, signed_out=True)
    return None if found is None else found.proof


def end_named_session(database: Database, name: str, principal_id: str, *, act: Act) -> None:
    """End a session of a principal, by what it is called in the list of theirs.

    Raises
    ------
    NotFoundError
        If the principal has no such session.
    """
    with database.writing() as session:
        found = [one for one in list_sessions(session, principal_id) if one.id == name]
        if not found:
            raise NotFoundError("there is no such session of yours; it may have ended")
        end_sessions(session, at=act.at, digest=found[0].digest)
        trace_session(session, act, principal_id, signed_out=True)


def end_other_sessions(database: Database, principal_id: str, *, but: str | None, act: Act) -> int:
    """End all sessions of a principal but one; return how many that were."""
    with database.writing() as session:
        num_ended = end_sessions(session, at=act.at, principal_id=principal_id, but=but)
        if num_ended:
            trace_session(session, act, principal_id, ended_sessions=num_ended)
        return num_ended


def _person_of_link(session: Session, principal_id: str | None) -> str:
    if principal_id is None:
        raise SignInRefusedError(Refusal.LINK, "this link was used before, or is too old: ask for another")
    try:
        check_person(get_principal(session, principal_id))
    except (UsageError, NotFoundError) as error:
        raise SignInRefusedError(Refusal.SHUT_OUT, "who this link was for was shut out") from error
    return principal_id
