"""Local accounts: a name and a password, chosen by a link and changed by its owner. Nobody has one to begin with."""

from dataclasses import dataclass

from models.database import Database, Session
from models.errors import NotFoundError, PasswordRefusedError, SignInRefusedError, UsageError
from models.repositories.access.passwords import StoredPassword, find_password, put_password, remove_password
from models.repositories.access.principals import Principal, get_principal
from models.repositories.access.sessions import end_sessions
from models.vocabulary import PrincipalKind
from models.vocabulary_access import PasswordFault, Proof, Refusal
from services.access.caller import Caller
from services.access.passwords.hashing import Hasher, make_hasher
from services.access.passwords.lockout import (
    Lockout,
    begin_attempt,
    forgive_attempts,
    make_lockout,
    refuse_attempt,
)
from services.access.passwords.rules import check_password
from services.access.principals import MAX_ID
from services.access.sessions import Arrival, check_person, let_in, look_at_link, take_link
from services.access.tracing import Act, trace_password
from services.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PasswordTerms:
    """How passwords are kept and tried here.

    Attributes
    ----------
    least
        Characters that one has at least.
    """

    hasher: Hasher
    lockout: Lockout
    least: int


def password_terms(settings: Settings) -> PasswordTerms:
    """Return how passwords are kept and tried by the settings."""
    return PasswordTerms(hasher=make_hasher(settings), lockout=make_lockout(settings), least=settings.password_length)


def sign_in(database: Database, terms: PasswordTerms, name: str, password: str, arrival: Arrival) -> str:
    """Return the secret of a new session of somebody who knows a name and its password.

    A name that nobody has, or that has no password, or whose owner is shut out costs the same work as a wrong password,
    and is answered alike.

    Raises
    ------
    SignInRefusedError
        If they do not belong together, or there were too many attempts.
    """
    with database.reading() as session:
        principal = _find_person(session, name)
        stored = None if principal is None else find_password(session, principal.id)
    known = None if principal is None else principal.id
    wait_s = begin_attempt(database, terms.lockout, name, known, now=arrival.at)
    is_out = principal is None or principal.disabled_at is not None
    terms.hasher.prepare()
    verdict = terms.hasher.check(password, None if is_out or stored is None else stored.hash)
    if not verdict.is_right or principal is None or stored is None:
        refuse_attempt(database, known, wait_s=wait_s, now=arrival.at, what=arrival.what)
    with database.writing() as session:
        if not _is_unchanged(session, principal.id, stored):
            raise SignInRefusedError(Refusal.WRONG, "that name and that password do not belong together")
        if verdict.new_hash is not None:
            put_password(session, principal.id, StoredPassword(hash=verdict.new_hash, set_at=stored.set_at))
        forgive_attempts(session, principal.id)
        return let_in(session, principal.id, Proof.PASSWORD, arrival)


def choose_password(database: Database, terms: PasswordTerms, link: str, password: str, arrival: Arrival) -> str:
    """Use up a link, have its person's password be this one, and return the secret of the session that it starts.

    All other sessions of the person end, and a name that was locked is locked no more.

    Raises
    ------
    SignInRefusedError
        If the link does not hold.
    PasswordRefusedError
        If the password is not taken; the link holds on.
    """
    name = look_at_link(database, link, now=arrival.at)
    check_password(password, name=name, least=terms.least)
    hashed = terms.hasher.hash(password)
    with database.writing() as session:
        principal_id = take_link(session, link, now=arrival.at)
        act = Act(at=arrival.at, by=principal_id, what=arrival.what)
        _replace_password(session, principal_id, hashed, act=act)
        return let_in(session, principal_id, Proof.PASSWORD, arrival)


def change_password(
    database: Database, terms: PasswordTerms, caller: Caller, *, old: str, new: str, arrival: Arrival
) -> str:
    """Have a caller's password be another, and return the secret of a new session; all the sessions before end.

    Raises
    ------
    SignInRefusedError
        If the old one is wrong, or was tried too often.
    PasswordRefusedError
        If the new one is not taken.
    """
    with database.reading() as session:
        stored = find_password(session, caller.principal_id)
    wait_s = begin_attempt(database, terms.lockout, caller.principal_id, caller.principal_id, now=arrival.at)
    terms.hasher.prepare()
    if not terms.hasher.check(old, None if stored is None else stored.hash).is_right:
        refuse_attempt(database, caller.principal_id, wait_s=wait_s, now=arrival.at, what=arrival.what)
    with database.writing() as session:
        forgive_attempts(session, caller.principal_id)
    check_password(new, name=caller.principal_id, least=terms.least)
    if new == old:
        raise PasswordRefusedError(PasswordFault.SAME, "the new password is the old one")
    hashed = terms.hasher.hash(new)
    with database.writing() as session:
        _replace_password(
            session, caller.principal_id, hashed, act=Act(at=arrival.at, by=caller.principal_id, what=arrival.what)
        )
        return let_in(session, caller.principal_id, Proof.PASSWORD, arrival)


def set_password(database: Database, terms: PasswordTerms, principal_id: str, password: str, *, act: Act) -> None:
    """Have a person's password be this one, as whoever has the server's own terminal may; all their sessions end.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    UsageError
        If it is no person, or is shut out, or the password is not taken.
    """
    with database.reading() as session:
        check_person(get_principal(session, principal_id))
    check_password(password, name=principal_id, least=terms.least)
    hashed = terms.hasher.hash(password)
    with database.writing() as session:
        _replace_password(session, principal_id, hashed, act=act)


def take_password(database: Database, principal_id: str, *, act: Act) -> None:
    """Have a person have no password any more; the sessions that they have go on.

    Raises
    ------
    NotFoundError
        If they have none.
    """
    with database.writing() as session:
        before = find_password(session, get_principal(session, principal_id).id)
        if before is None or not remove_password(session, principal_id):
            raise NotFoundError(f"principal {principal_id!r} has no password")
        trace_password(session, act, principal_id, before=before.set_at, after=None)


def read_password_age(database: Database, principal_id: str) -> int | None:
    """Return when somebody's password was chosen, as an epoch second; None where they have none."""
    with database.reading() as session:
        found = find_password(session, principal_id)
        return None if found is None else found.set_at


def _replace_password(session: Session, principal_id: str, hashed: str, *, act: Act) -> None:
    if get_principal(session, principal_id).disabled_at is not None:
        raise UsageError(f"principal {principal_id!r} is disabled")
    before = find_password(session, principal_id)
    put_password(session, principal_id, StoredPassword(hash=hashed, set_at=act.at))
    end_sessions(session, at=act.at, principal_id=principal_id)
    forgive_attempts(session, principal_id)
    trace_password(session, act, principal_id, before=None if before is None else before.set_at, after=act.at)


def _is_unchanged(session: Session, principal_id: str, checked: StoredPassword) -> bool:
    """Return whether a password is still that which was checked, and its owner still somebody who may sign in."""
    now = find_password(session, principal_id)
    is_in = get_principal(session, principal_id).disabled_at is None
    return is_in and now is not None and now.set_at == checked.set_at


def _find_person(session: Session, name: str) -> Principal | None:
    if not name or len(name) > MAX_ID or not name.isprintable():
        return None
    try:
        found = get_principal(session, name)
    except NotFoundError:
        return None
    return found if found.kind is PrincipalKind.PERSON else None
