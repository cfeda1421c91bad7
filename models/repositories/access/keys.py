"""Keys of programs: what is stored of them, which is everything but the secret."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.tables.access import ApiKeyRow
from models.vocabulary import Role


@dataclass(frozen=True, kw_only=True)
class KeyRecord:
    """What is known of a key.

    Attributes
    ----------
    digest
        SHA-256 of the secret, in hexadecimal digits.
    roles, teams
        What it may use of its principal's; no narrowing of teams where None.
    created_at, expires_at, revoked_at, last_used_at
        Epoch seconds.
    """

    id: str
    principal_id: str
    label: str
    digest: str
    roles: frozenset[Role]
    teams: frozenset[str] | None
    created_at: int
    expires_at: int
    revoked_at: int | None = None
    last_used_at: int | None = None

    def holds(self, at: int) -> bool:
        """Return whether it is good at an instant."""
        return self.revoked_at is None and at < self.expires_at


def add_key(session: Session, key: KeyRecord) -> None:
    """Store a new key."""
    row = {
        "id": key.id,
        "principal_id": key.principal_id,
        "label": key.label,
        "digest": key.digest,
        "roles": sorted(role.value for role in key.roles),
        "teams": None if key.teams is None else sorted(key.teams),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
    session.add(ApiKeyRow.model_validate(row))
    session.flush()


def find_key(session: Session, key_id: str) -> KeyRecord | None:
    """Return a key by its public part; None where there is none."""
    row = session.get(ApiKeyRow, key_id)
    return None if row is None else _record(row)


def get_key(session: Session, key_id: str) -> KeyRecord:
    """Return a key by its public part.

    Raises
    ------
    NotFoundError
        If there is no such key.
    """
    found = find_key(session, key_id)
    if found is None:
        raise NotFoundError(f"there is no key {key_id!r}")
    return found


def list_keys(session: Session, *, principal_id: str | None = None) -> list[KeyRecord]:
    """Return all keys, or those of a principal; the newest first."""
    statement = select(ApiKeyRow).order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.id))
    if principal_id is not None:
        statement = statement.where(ApiKeyRow.principal_id == principal_id)
    return [_record(row) for row in session.exec(statement)]


def set_revoked(session: Session, key_id: str, *, at: int) -> KeyRecord:
    """Have a key hold no longer, and return it; one that was revoked before stays so from then on.

    Raises
    ------
    NotFoundError
        If there is no such key.
    """
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise NotFoundError(f"there is no key {key_id!r}")
    if row.revoked_at is None:
        row.revoked_at = at
        session.flush()
    return _record(row)


def note_uses(session: Session, uses: Mapping[str, int]) -> None:
    """Note when keys were used last: epoch seconds by key."""
    if not uses:
        return
    table = ApiKeyRow.__table__  # type: ignore[attr-defined]
    later = update(table).where(
        table.c.id == bindparam("key"), (table.c.last_used_at.is_(None)) | (table.c.last_used_at < bindparam("at"))
    )
    rows = [{"key": key, "at": at} for key, at in sorted(uses.items())]
    session.connection().execute(later.values(last_used_at=bindparam("at")), rows)


def _record(row: ApiKeyRow) -> KeyRecord:
    return KeyRecord(
        id=row.id,
        principal_id=row.principal_id,
        label=row.label,
        digest=row.digest,
        roles=frozenset(Role(role) for role in row.roles),
        teams=None if row.teams is None else frozenset(row.teams),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
