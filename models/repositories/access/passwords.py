"""Passwords of people, as hashes."""

from dataclasses import dataclass, field

from sqlmodel import Session

from models.tables.access import PasswordRow


@dataclass(frozen=True, kw_only=True)
class StoredPassword:
    """What is stored of a password: its hash, and the epoch second at which it was chosen."""

    hash: str = field(repr=False)
    set_at: int


def find_password(session: Session, principal_id: str) -> StoredPassword | None:
    """Return the password of a principal; None where there is none."""
    row = session.get(PasswordRow, principal_id)
    return None if row is None else StoredPassword(hash=row.hash, set_at=row.set_at)


def put_password(session: Session, principal_id: str, password: StoredPassword) -> None:
    """Have a principal's password be this one."""
    row = session.get(PasswordRow, principal_id)
    if row is None:
        session.add(PasswordRow(principal_id=principal_id, hash=password.hash, set_at=password.set_at))
    else:
        row.hash, row.set_at = password.hash, password.set_at
    session.flush()


def remove_password(session: Session, principal_id: str) -> bool:
    """Have a principal have no password any more; return whether there was one."""
    row = session.get(PasswordRow, principal_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True
