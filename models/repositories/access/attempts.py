"""Attempts to sign in, counted by name."""

from dataclasses import dataclass

from sqlalchemy import case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models.tables.access import SignInAttemptsRow
from models.tables.schema import table_of


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often it was tried under a name, and until when no more attempt is taken, in epoch seconds."""

    num_attempts: int
    locked_until: int | None = None


def count_attempt(session: Session, subject: str, *, at: int, quiet_s: int) -> int | None:
    """Count an attempt and return which it is; None where none is taken now.

    Attempts at the same time are counted one after the other: none is looked at before it was counted.

    Parameters
    ----------
    quiet_s
        After so many seconds without any, counting begins anew.
    """
    connection, table = session.connection(), table_of("sign_in_attempts")
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    counted = (
        insert(table)
        .values(subject=subject, num_attempts=1, last_at=at)
        .on_conflict_do_update(
            index_elements=[table.c.subject],
            set_={
                "num_attempts": case((table.c.last_at < at - quiet_s, 1), else_=table.c.num_attempts + 1),
                "last_at": at,
                "locked_until": None,
            },
            where=or_(table.c.locked_until.is_(None), table.c.locked_until <= at),
        )
        .returning(table.c.num_attempts)
    )
    return connection.execute(counted).scalar()


def find_attempts(session: Session, subject: str) -> Attempts | None:
    """Return what was counted under a name; None where nothing was."""
    row = session.get(SignInAttemptsRow, subject, populate_existing=True)
    return None if row is None else Attempts(num_attempts=row.num_attempts, locked_until=row.locked_until)


def lock_attempts(session: Session, subject: str, *, until: int) -> None:
    """Have no attempt under a name be taken before an instant."""
    session.connection().execute(
        update(SignInAttemptsRow).where(col(SignInAttemptsRow.subject) == subject).values(locked_until=until)
    )


def clear_attempts(session: Session, subject: str) -> None:
    """Forget what was counted under a name."""
    session.connection().execute(delete(SignInAttemptsRow).where(col(SignInAttemptsRow.subject) == subject))


def forget_attempts(session: Session, *, before: int) -> int:
    """Delete what was counted where nothing came since an instant, and return how many names that were."""
    gone = session.connection().execute(delete(SignInAttemptsRow).where(col(SignInAttemptsRow.last_at) < before))
    return gone.rowcount
