"""Transactions in which several writers may meet: whoever loses goes again."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from models.database import Database, Session
from models.errors import ConflictError, UnavailableError

MOST_TURNS = 6
# serialization failure, deadlock detected, lock not available
_GO_AGAIN = frozenset({"40001", "40P01", "55P03"})
T = TypeVar("T")


class OvertakenError(ConflictError):
    """What was read before it was held had changed by then."""


def in_turn(database: Database, work: Callable[[Session], T]) -> T:
    """Do something in one writing transaction, again from its start where another transaction got in the way.

    Raises
    ------
    ConflictError
        If others get in the way each time.
    UnavailableError
        If the database does not answer.
    """
    for turn in range(1, MOST_TURNS + 1):
        try:
            with database.writing() as session:
                return work(session)
        except (OvertakenError, IntegrityError, UnavailableError) as error:
            if not is_passing(error):
                raise
            if turn == MOST_TURNS:
                raise ConflictError("others keep changing the same: try again") from error
    raise AssertionError("unreachable")


def is_passing(error: Exception) -> bool:
    """Return whether an error is that another transaction got in the way, so that it may go well the next time."""
    if isinstance(error, OvertakenError | IntegrityError):
        return True
    cause = error.__cause__
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return getattr(original, "sqlstate", None) in _GO_AGAIN
