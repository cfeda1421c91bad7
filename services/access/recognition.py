"""Recognising who asks, by a key or a session; remembered for a second, so that a busy key costs no query each time."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from models.database import Database, Session
from models.errors import UnauthenticatedError
from models.repositories.access.keys import KeyRecord, find_key, note_uses
from models.repositories.access.principals import Principal, get_principal
from models.repositories.access.sessions import SessionRecord, find_session, note_seen
from models.vocabulary import Role
from services.access.caller import Caller
from services.access.keys import digest_of, split_key

REMEMBERED_S = 1.0
MAX_REMEMBERED = 10_000
UNKNOWN = "the key is not known here"
UNKNOWN_SESSION = "the session is over: sign in again"
_NO_DIGEST = digest_of(secrets.token_urlsafe(32))


@dataclass(frozen=True, kw_only=True)
class _Remembered:
    caller: Caller
    until: float
    expires_at: int


class Recognition:
    """Who is behind a key or a session.

    Parameters
    ----------
    open_database
        Gives the database that knows them.
    idle_s
        How long a session holds without a request; as long as it lasts where None.
    clock
        Epoch seconds.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        *,
        idle_s: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open_database = open_database
        self._idle_s = idle_s
        self._clock = clock
        self._lock = Lock()
        self._remembered: dict[str, _Remembered] = {}
        self._used_keys: dict[str, int] = {}
        self._seen_sessions: dict[str, int] = {}

    def recall(self, credential: str) -> Caller | None:
        """Return who a key or session belongs to, where that was found out within the last second; asks nobody."""
        digest = digest_of(credential)
        found = self._remembered.get(digest)
        if found is None or found.until < time.monotonic() or found.expires_at <= self._clock():
            return None
        return found.caller

    def recognise_key(self, text: str) -> Caller:
        """Return who a key belongs to.

        A key of an unknown id costs the same work as one with a wrong secret.

        Raises
        ------
        UnauthenticatedError
            If it is none of ours, or does not hold any more, or its principal is shut out.
        """
        parts = split_key(text)
        if parts is None:
            raise UnauthenticatedError(UNKNOWN)
        key_id, secret = parts
        digest, now = digest_of(secret), int(self._clock())
        with self._open_database().reading() as session:
            key = find_key(session, key_id)
            is_right = hmac.compare_digest(digest, _NO_DIGEST if key is None else key.digest)
            if key is None or not is_right:
                raise UnauthenticatedError(UNKNOWN)
            if not key.holds(now):
                raise UnauthenticatedError(
                    "the key was revoked" if key.revoked_at is not None else "the key has expired"
                )
            caller = _bearer(session, key)
        self._used_keys[key.id] = now
        self._remember(text, caller, key.expires_at)
        return caller

    def recognise_session(self, secret: str) -> Caller:
        """Return who is signed in with the secret of a session.

        Raises
        ------
        UnauthenticatedError
            If there is no such session, or it is over, or its principal is shut out.
        """
        digest, now = digest_of(secret), int(self._clock())
        with self._open_database().reading() as session:
            found = self._as_seen(find_session(session, digest))
            if found is None or not found.holds(now, idle_s=self._idle_s):
                raise UnauthenticatedError(UNKNOWN_SESSION)
            caller = _signed_in(session, found)
        self._seen_sessions[digest] = now
        self._remember(secret, caller, found.expires_at)
        return caller

    def still_holds(self, caller: Caller) -> bool:
        """Return whether somebody who was recognised would be recognised as the same now.

        For what goes on after it was asked for. It counts as no use: a page that is only left open keeps no session.
        """
        now = int(self._clock())
        with self._open_database().reading() as session:
            try:
                return self._find_again(session, caller, now) == caller
            except UnauthenticatedError:
                return False

    def forget(self) -> None:
        """Forget everybody, so that a change counts at once in this process."""
        with self._lock:
            self._remembered.clear()

    def note_uses(self) -> None:
        """Store when keys and sessions were used last."""
        used, self._used_keys = self._used_keys, {}
        seen, self._seen_sessions = self._seen_sessions, {}
        if used or seen:
            with self._open_database().writing() as session:
                note_uses(session, used)
                note_seen(session, seen)

    def _find_again(self, session: Session, caller: Caller, now: int) -> Caller | None:
        if caller.key_id is not None:
            key = find_key(session, caller.key_id)
            return _bearer(session, key) if key is not None and key.holds(now) else None
        found = self._as_seen(None if caller.session_id is None else find_session(session, caller.session_id))
        return _signed_in(session, found) if found is not None and found.holds(now, idle_s=self._idle_s) else None

    def _as_seen(self, found: SessionRecord | None) -> SessionRecord | None:
        """Return a session with when this process has seen it last, which it stores only now and then."""
        if found is None:
            return None
        return replace(found, seen_at=max(found.seen_at, self._seen_sessions.get(found.digest, found.seen_at)))

    def _remember(self, credential: str, caller: Caller, expires_at: int) -> None:
        remembered = _Remembered(caller=caller, until=time.monotonic() + REMEMBERED_S, expires_at=expires_at)
        with self._lock:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest_of(credential)] = remembered


def _bearer(session: Session, key: KeyRecord) -> Caller:
    """Return who bears a key: its principal, as far as both reach."""
    principal = _enabled(session, key.principal_id)
    roles = key.roles & principal.roles
    return Caller(
        principal_id=principal.id,
        roles=roles,
        teams=_led(principal, roles) if key.teams is None else _led(principal, roles) & key.teams,
        agent_id=principal.agent_id if Role.AGENT in roles else None,
        key_id=key.id,
    )


def _signed_in(session: Session, found: SessionRecord) -> Caller:
    """Return who is signed in with a session."""
    principal = _enabled(session, found.principal_id)
    return Caller(
        principal_id=principal.id,
        roles=principal.roles,
        teams=_led(principal, principal.roles),
        agent_id=principal.agent_id if Role.AGENT in principal.roles else None,
        session_id=found.digest,
    )


def _enabled(session: Session, principal_id: str) -> Principal:
    principal = get_principal(session, principal_id)
    if principal.disabled_at is not None:
        raise UnauthenticatedError("who this belongs to was shut out")
    return principal


def _led(principal: Principal, roles: frozenset[Role]) -> frozenset[str]:
    return principal.teams if Role.LEAD in roles else frozenset()
