"""Keys of programs: made, shown once, revoked.

A key is `sd_ID_SECRET`. The id is public and finds the row; the secret has 256 random bits, of which the SHA-256 is
stored. A slow hash would add nothing: nobody can go through 2^256 secrets, and each request is checked.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from models.database import Database, Session
from models.errors import UsageError
from models.repositories.access.keys import KeyRecord, add_key, get_key, list_keys, set_revoked
from models.repositories.access.principals import get_principal
from models.vocabulary import Role
from services.access.tracing import Act, trace_key

PREFIX = "sd"
SECRET_BYTES = 32
ID_BYTES = 8
DAY_S = 86_400
DEFAULT_DAYS = 90
MAX_DAYS = 730
MAX_LABEL = 100


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key as it is made.

    Attributes
    ----------
    text
        The key itself; it is nowhere else, and cannot be had again.
    """

    record: KeyRecord
    text: str = field(repr=False)


def create_key(
    database: Database,
    principal_id: str,
    *,
    roles: Collection[Role] | None = None,
    teams: Collection[str] | None = None,
    label: str = "",
    days: float = DEFAULT_DAYS,
    act: Act,
) -> NewKey:
    """Make a key for a principal and return it.

    Parameters
    ----------
    roles, teams
        What of the principal's roles and led teams the key may use; all of them where None.
    days
        How long it holds.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    UsageError
        If the key would reach farther than its principal, or hold too long.
    """
    with database.writing() as session:
        return make_key(session, principal_id, roles=roles, teams=teams, label=label, days=days, act=act)


def make_key(
    session: Session,
    principal_id: str,
    *,
    roles: Collection[Role] | None = None,
    teams: Collection[str] | None = None,
    label: str = "",
    days: float = DEFAULT_DAYS,
    act: Act,
) -> NewKey:
    """Make a key in a transaction; see `create_key`."""
    principal = get_principal(session, principal_id)
    wanted = principal.roles if roles is None else frozenset(roles)
    if principal.disabled_at is not None:
        raise UsageError(f"principal {principal_id!r} is disabled")
    if not wanted:
        raise UsageError("a key needs a role")
    if not wanted <= principal.roles:
        missing = ", ".join(sorted(wanted - principal.roles))
        raise UsageError(f"principal {principal_id!r} is no {missing}: a key reaches no farther than its principal")
    if teams is not None and not frozenset(teams) <= principal.teams:
        missing = ", ".join(sorted(frozenset(teams) - principal.teams))
        raise UsageError(f"principal {principal_id!r} does not lead {missing}")
    if not 0 < days <= MAX_DAYS:
        raise UsageError(f"a key holds for up to {MAX_DAYS} days")
    if len(label) > MAX_LABEL or not label.isprintable():
        raise UsageError(f"a label is up to {MAX_LABEL} printable characters")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    record = KeyRecord(
        id=secrets.token_hex(ID_BYTES),
        principal_id=principal_id,
        label=label,
        digest=digest_of(secret),
        roles=wanted,
        teams=None if teams is None else frozenset(teams),
        created_at=act.at,
        expires_at=act.at + max(int(days * DAY_S), 1),
    )
    add_key(session, record)
    trace_key(session, act, before=None, after=record)
    return NewKey(record=record, text=f"{PREFIX}_{record.id}_{secret}")


def revoke_key(database: Database, key_id: str, *, act: Act) -> None:
    """Have a key hold no longer; servers that recognised it a moment ago take at most a second to notice.

    Raises
    ------
    NotFoundError
        If there is no such key.
    """
    with database.writing() as session:
        before = get_key(session, key_id)
        after = set_revoked(session, key_id, at=act.at)
        trace_key(session, act, before=before, after=after)


def read_keys(database: Database, *, principal_id: str | None = None) -> list[KeyRecord]:
    """Return all keys, or those of a principal; the newest first."""
    with database.reading() as session:
        return list_keys(session, principal_id=principal_id)


def split_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a key; None where the text is none."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or not parts[1] or not parts[2] or not text.isascii():
        return None
    return parts[1], parts[2]


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
