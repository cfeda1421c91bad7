"""The audit trail as a user sees it: what was changed, and whether the chain holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.database import Database
from models.repositories.audit import Change, list_changes
from models.repositories.seals import CHANGES, EVENTS, Seal, Tail, last_seal, read_tail
from services.audit.verifying import Verdict, verify_chain


@dataclass(frozen=True, kw_only=True)
class ChangeFilter:
    """Which changes are asked for: those under all conditions that are given.

    Attributes
    ----------
    what
        The beginning of the route or command.
    since, until
        Epoch seconds from the first on, and before the second.
    """

    principal_id: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    what: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChainEnd:
    """The end of the chain, and what lies beyond it."""

    seal: Seal | None
    event_tail: Tail
    change_tail: Tail


def find_changes(
    database: Database, wanted: ChangeFilter, *, before_id: int | None = None, limit: int = 50
) -> Sequence[Change]:
    """Return changes, the newest first.

    Parameters
    ----------
    before_id
        The last one's id of the page before.
    """
    with database.reading() as session:
        return list_changes(session, **vars(wanted), before_id=before_id, limit=limit)


def verify(database: Database, *, anchors: Sequence[str] = ()) -> Verdict:
    """Check the whole chain; see `services.audit.verifying`.

    Raises
    ------
    UsageError
        If a text is no anchor.
    """
    with database.reading() as session:
        return verify_chain(session, anchors=anchors)


def find_end(database: Database) -> ChainEnd:
    """Return the end of the chain; nothing is checked."""
    with database.reading() as session:
        end = last_seal(session)
        return ChainEnd(
            seal=end,
            event_tail=read_tail(session, EVENTS, after=0 if end is None else end.last_event),
            change_tail=read_tail(session, CHANGES, after=0 if end is None else end.last_change),
        )
