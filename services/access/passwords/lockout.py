"""How often somebody may try under one name: a few times, then after waits that grow.

Each attempt is counted before it is looked at, so that many at once are no way around it. A name that nobody has is
counted and locked as others are: who tries it does not learn that nobody has it.
"""

import hashlib
from dataclasses import dataclass
from typing import NoReturn

from models.database import Database, Session
from models.errors import SignInRefusedError
from models.repositories.access.attempts import (
    clear_attempts,
    count_attempt,
    find_attempts,
    forget_attempts,
    lock_attempts,
)
from models.vocabulary_access import Refusal
from services.access.tracing import Act, trace_session
from services.settings import Settings

QUIET_S = 86_400
MOST_DOUBLINGS = 30
NOBODY_HEX = 4
"""Hexadecimal digits by which names of nobody are told apart: too few to find out what was typed."""


@dataclass(frozen=True, kw_only=True)
class Lockout:
    """When a name is locked.

    Attributes
    ----------
    free
        Attempts that are taken one after the other.
    first_s, most_s
        How long the name is locked then, and at most: twice as long with each further attempt.
    """

    free: int
    first_s: int
    most_s: int

    def wait_s(self, num_attempts: int) -> int:
        """Return how long a name is locked after so many attempts in vain."""
        if num_attempts < self.free:
            return 0
        doublings = min(num_attempts - self.free, MOST_DOUBLINGS)
        return min(self.first_s << doublings, self.most_s)


def make_lockout(settings: Settings) -> Lockout:
    """Return when a name is locked by the settings."""
    return Lockout(
        free=settings.sign_in_attempts,
        first_s=settings.lock_seconds,
        most_s=max(int(settings.lock_most_minutes * 60), settings.lock_seconds),
    )


def subject_of(principal_id: str | None, name: str) -> str:
    """Return under what attempts are counted: a name that is known, or some of those that nobody has."""
    if principal_id is not None:
        return f"name:{principal_id}"
    return f"nobody:{hashlib.sha256(name.encode()).hexdigest()[:NOBODY_HEX]}"


def begin_attempt(database: Database, lockout: Lockout, name: str, principal_id: str | None, *, now: int) -> int:
    """Count an attempt under a name, before it is looked at; return for how long the name is locked if it is in vain.

    Raises
    ------
    SignInRefusedError
        If the name is locked.
    """
    subject = subject_of(principal_id, name)
    with database.writing() as session:
        number = count_attempt(session, subject, at=now, quiet_s=QUIET_S)
        if number is not None:
            wait_s = lockout.wait_s(number)
            if wait_s > 0:
                lock_attempts(session, subject, until=now + wait_s)
            return wait_s
        found = find_attempts(session, subject)
        until = now if found is None or found.locked_until is None else found.locked_until
    raise SignInRefusedError(
        Refusal.LOCKED, "too many attempts under this name: wait, or ask for a link", wait_s=max(until - now, 1)
    )


def refuse_attempt(database: Database, principal_id: str | None, *, wait_s: int, now: int, what: str) -> NoReturn:
    """Refuse an attempt that was in vain; somebody's name that is locked by it leaves a trace.

    Raises
    ------
    SignInRefusedError
        Always.
    """
    if wait_s > 0 and principal_id is not None:
        with database.writing() as session:
            trace_session(session, Act(at=now, by=None, what=what), principal_id, locked_until=now + wait_s)
    raise SignInRefusedError(Refusal.WRONG, "that name and that password do not belong together")


def forgive_attempts(session: Session, principal_id: str) -> None:
    """Forget the attempts of somebody who has proved who they are."""
    clear_attempts(session, subject_of(principal_id, principal_id))


def forget_old_attempts(database: Database, *, now: int) -> int:
    """Delete what was counted where nothing came for a day, and return how many names that were."""
    with database.writing() as session:
        return forget_attempts(session, before=now - QUIET_S)
