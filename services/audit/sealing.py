"""Sealing: each second, what was committed since goes under the next link of the chain.

It runs beside the work and never in its way: rows are read and digested before the one short transaction that adds the
seal, and a row committed meanwhile goes under the next seal.
"""

from itertools import pairwise

import structlog

from models.database import Database
from models.repositories.seals import (
    CHANGES,
    EVENTS,
    Seal,
    add_seal,
    get_seal,
    last_seal,
    lock_chain,
    read_new_changes,
    read_new_events,
)
from models.time import SECONDS_PER_HOUR
from services.audit.chain import GENESIS, SealHead, marks_of, row_digest, seal_digest
from services.settings import Settings

MOST_ROWS = 5000
"""Rows of a kind under one seal: what is read at once."""

_log = structlog.get_logger()


def seal(database: Database, settings: Settings, now: int) -> int:  # noqa: ARG001 (the shape of every duty)
    """Seal all that is committed and not sealed yet, tell the log the first seal of each hour, and return how many."""
    added = seal_pending(database, now=now)
    if added:
        with database.reading() as session:
            before = get_seal(session, added[0].id - 1)
        for earlier, later in pairwise([before, *added]):
            # Whoever can rewrite the database cannot rewrite what has left the machine with its log.
            if later is not None and (earlier is None or _hour(earlier) != _hour(later)):
                _log.info("audit_anchor", anchor=anchor_of(later), sealed_at=later.sealed_at)
    return len(added)


def seal_pending(database: Database, *, now: int) -> list[Seal]:
    """Seal all that is committed and not sealed yet, and return the seals."""
    added: list[Seal] = []
    while (one := seal_once(database, now=now)) is not None:
        added.append(one)
    return added


def seal_once(database: Database, *, now: int, most_rows: int = MOST_ROWS) -> Seal | None:
    """Add one seal, over the oldest rows that have none, and return it; None where there is nothing to seal.

    None is returned, too, where another sealer was faster: what there was to seal is sealed.
    """
    with database.reading() as session:
        before = last_seal(session)
        events = read_new_events(session, after=0 if before is None else before.last_event, limit=most_rows)
        changes = read_new_changes(session, limit=most_rows)
    if not events and not changes:
        return None
    digests = [*(row_digest(EVENTS, row) for row in events), *(row_digest(CHANGES, row) for row in changes)]
    head = SealHead(
        id=1 if before is None else before.id + 1,
        # A clock that was set back does not make the chain run back.
        sealed_at=now if before is None else max(now, before.sealed_at),
        last_event=events[-1]["position"] if events else (0 if before is None else before.last_event),
        num_events=len(events),
        last_change=(0 if before is None else before.last_change) + len(changes),
        num_changes=len(changes),
    )
    added = Seal(
        **vars(head),
        row_marks=marks_of(digests),
        digest=seal_digest(GENESIS if before is None else before.digest, head, digests),
    )
    with database.writing() as session:
        lock_chain(session)
        if last_seal(session) != before:
            return None
        add_seal(session, added, change_ids=[row["id"] for row in changes])
    return added


def anchor_of(seal_: Seal) -> str:
    """Return what, kept outside of the database, proves later that the chain up to a seal is the same."""
    return f"{seal_.id}:{seal_.digest}"


def _hour(seal_: Seal) -> int:
    return seal_.sealed_at // SECONDS_PER_HOUR
