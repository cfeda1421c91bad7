"""A single sign-on from begin to end: sent to the provider by one browser, and taken back from the same, once."""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from models.database import Database
from models.errors import NotFoundError, SignInRefusedError
from models.repositories.access.identities import (
    SignOn,
    add_sign_on,
    list_identities,
    remove_identities,
    take_sign_on,
)
from models.vocabulary_access import Proof, Refusal
from services.access.caller import Caller
from services.access.keys import digest_of
from services.access.sessions import Arrival, let_in
from services.access.single_sign_on.people import connect, find_person
from services.access.tracing import Act, trace_identity

if TYPE_CHECKING:  # loaded where a provider is set up
    from services.access.single_sign_on.provider import Provider

LASTS_S = 600
SECRET_BYTES = 32
VERIFIER_BYTES = 48
MAX_GIVEN = 4096
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A single sign-on that has begun: where the browser goes, and what its cookie holds meanwhile."""

    address: str = field(repr=False)
    cookie: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A single sign-on that has ended well: the secret of the new session, or None where an account was connected."""

    secret: str | None = field(repr=False)
    next_path: str


@dataclass(frozen=True, kw_only=True)
class Return:
    """What a browser comes back with.

    Attributes
    ----------
    state, code, issuer
        What the provider gave it along, as it stands in the address.
    cookie
        What was left with it when it was sent there.
    """

    state: str | None
    code: str | None = field(default=None, repr=False)
    issuer: str | None = None
    cookie: str | None = field(default=None, repr=False)


def begin_sign_on(
    database: Database, provider: "Provider", *, next_path: str, back: str, now: int, connects: Caller | None = None
) -> Begun:
    """Return where a browser is to be sent, and with which cookie.

    Parameters
    ----------
    next_path
        Where it leads in the end.
    back
        Where the provider sends the browser back to.
    connects
        Who is signed in and connects an account, where that is what it is for.

    Raises
    ------
    SignInRefusedError
        If the provider does not answer as it must.
    """
    state, cookie, nonce = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
    verifier = secrets.token_urlsafe(VERIFIER_BYTES)
    address = provider.authorization_address(state=state, nonce=nonce, verifier=verifier, back=back)
    sign_on = SignOn(
        digest=digest_of(state),
        browser_digest=digest_of(cookie),
        issuer=provider.terms.issuer,
        nonce=nonce,
        verifier=verifier,
        next_path=next_path,
        principal_id=None if connects is None else connects.principal_id,
        created_at=now,
        expires_at=now + LASTS_S,
    )
    with database.writing() as session:
        add_sign_on(session, sign_on)
    return Begun(address=address, cookie=cookie)


def end_sign_on(
    database: Database, provider: "Provider", given: Return, arrival: Arrival, *, back: str, caller: Caller | None
) -> Ended:
    """Take back a browser from the provider, and let its person in or connect their account.

    Parameters
    ----------
    caller
        Who is signed in already.

    Raises
    ------
    SignInRefusedError
        If this browser has begun no such sign-on, the provider did not sign its person in, its word does not hold, or
        the person is nobody here.
    """
    sign_on = _take(database, provider, given, now=arrival.at)
    try:
        provider.check_answer_issuer(given.issuer)
        if not given.code:
            raise SignInRefusedError(Refusal.PROVIDER_REFUSED, "the provider did not sign you in")
        tokens = provider.exchange(given.code, verifier=sign_on.verifier, back=back)
        claims = provider.read_claims(tokens, nonce=sign_on.nonce)
    except SignInRefusedError as error:
        _LOG.warning("a single sign-on failed", reason=error.reason.value, detail=str(error))
        raise
    if sign_on.principal_id is not None:
        _connect(database, provider, sign_on, claims["sub"], arrival, caller=caller)
        return Ended(secret=None, next_path=sign_on.next_path)
    with database.writing() as session:
        principal_id = find_person(session, provider.terms, claims, at=arrival.at, what=arrival.what)
        secret = let_in(session, principal_id, Proof.SINGLE_SIGN_ON, arrival)
    return Ended(secret=secret, next_path=sign_on.next_path)


def disconnect(database: Database, provider: "Provider", principal_id: str, *, act: Act) -> None:
    """Disconnect the provider's accounts from a principal; the sessions that it has go on.

    Raises
    ------
    NotFoundError
        If none is connected.
    """
    issuer = provider.terms.issuer
    with database.writing() as session:
        if not remove_identities(session, principal_id, issuer=issuer):
            raise NotFoundError("no account of the provider is connected")
        trace_identity(session, act, principal_id, issuer=issuer, is_connected=False)


def is_connected(database: Database, provider: "Provider", principal_id: str) -> bool:
    """Return whether somebody has connected an account at the provider."""
    with database.reading() as session:
        return any(one.issuer == provider.terms.issuer for one in list_identities(session, principal_id))


def _take(database: Database, provider: "Provider", given: Return, *, now: int) -> SignOn:
    texts = (given.state, given.code, given.issuer, given.cookie)
    if given.state and given.cookie and all(text is None or len(text) <= MAX_GIVEN for text in texts):
        with database.writing() as session:
            taken = take_sign_on(session, digest_of(given.state), browser_digest=digest_of(given.cookie), at=now)
        if taken is not None and taken.issuer == provider.terms.issuer:
            return taken
    raise SignInRefusedError(Refusal.RUN, "this browser has begun no such sign-on, or too long ago: begin anew")


def _connect(
    database: Database, provider: "Provider", sign_on: SignOn, subject: str, arrival: Arrival, *, caller: Caller | None
) -> None:
    if caller is None or caller.principal_id != sign_on.principal_id:
        raise SignInRefusedError(Refusal.RUN, "you are signed in as somebody else now: begin anew")
    act = Act(at=arrival.at, by=caller.principal_id, what=arrival.what)
    with database.writing() as session:
        connect(session, provider.terms, subject, caller.principal_id, act=act)
