"""Checking the chain: every seal from the first on, every row under it, and what cannot be there.

The chain proves itself against whoever changes rows and cannot make all later seals anew. Against whoever can, or who
cuts off its end, it needs an anchor: the number and digest of a seal, kept where they cannot reach. Every check
prints one, the server's log tells one each hour, and every backup holds one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from models.database import Session
from models.errors import UsageError
from models.repositories.seals import (
    CHANGES,
    EVENTS,
    Seal,
    Tail,
    find_lost_event,
    iterate_positioned,
    iterate_seals,
    read_tail,
)
from services.audit.chain import GENESIS, SealHead, marks_of, row_digest, seal_digest
from services.audit.faults import Break, find_break
from services.audit.sealing import anchor_of

_NONE_YET = Seal(
    id=0, sealed_at=0, last_event=0, num_events=0, last_change=0, num_changes=0, row_marks=b"", digest=GENESIS
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking the chain gave.

    Attributes
    ----------
    num_seals, num_events, num_changes
        What was checked and holds.
    anchor
        Number and digest of the last seal that holds; None where there is none.
    first_break
        The first thing that does not hold; None where all does.
    event_tail, change_tail
        What lies under no seal yet.
    """

    num_seals: int
    num_events: int
    num_changes: int
    anchor: str | None
    first_break: Break | None
    event_tail: Tail
    change_tail: Tail

    @property
    def holds(self) -> bool:
        """Whether nothing was found that does not hold."""
        return self.first_break is None


def parse_anchor(text: str) -> tuple[int, str]:
    """Return the number and digest of a seal from their text, `NUMBER:DIGEST`.

    Raises
    ------
    UsageError
        If the text is none.
    """
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or int(number) < 1 or len(digest) != len(GENESIS) or not digest.isalnum():
        raise UsageError(f"{text!r} is no anchor; expected NUMBER:DIGEST, as `swingdesk audit verify` prints it")
    return int(number), digest.lower()


def verify_chain(session: Session, *, anchors: Sequence[str] = ()) -> Verdict:
    """Check every seal and every row under it, in the moment of the session's transaction.

    Parameters
    ----------
    anchors
        Numbers and digests of seals, kept elsewhere, that must be in the chain.

    Raises
    ------
    UsageError
        If a text is no anchor.
    """
    wanted = dict(map(parse_anchor, anchors))
    rows = {name: _Rows(iterate_positioned(session, name)) for name in (EVENTS, CHANGES)}
    last, num_events, num_changes = _NONE_YET, 0, 0
    broken: Break | None = None
    for seal in iterate_seals(session):
        broken = _check_seal(seal, last, rows, wanted.pop(seal.id, None))
        if broken is not None:
            break
        last = seal
        num_events += seal.num_events
        num_changes += seal.num_changes
    change_tail = read_tail(session, CHANGES, after=last.last_change)
    return Verdict(
        num_seals=last.id,
        num_events=num_events,
        num_changes=num_changes,
        anchor=anchor_of(last) if last.id else None,
        first_break=broken or _check_end(session, last, rows[CHANGES], wanted),
        event_tail=read_tail(session, EVENTS, after=last.last_event),
        change_tail=change_tail,
    )


class _Rows:
    """Rows in the order of their positions, handed out seal by seal."""

    def __init__(self, rows: Iterator[Mapping[str, Any]]) -> None:
        self._rows = rows
        self._next: Mapping[str, Any] | None = next(rows, None)

    def take(self, *, until: int) -> Iterator[Mapping[str, Any]]:
        """Hand out the rows up to a position."""
        while self._next is not None and self._next["position"] <= until:
            row = self._next
            self._next = next(self._rows, None)
            yield row

    def peek(self) -> Mapping[str, Any] | None:
        return self._next


def _check_seal(seal: Seal, last: Seal, rows: Mapping[str, _Rows], anchored: str | None) -> Break | None:
    if seal.id != last.id + 1:
        gone = f"seal {last.id + 1} is" if seal.id == last.id + 2 else f"seals {last.id + 1} to {seal.id - 1} are"
        return Break(seal=last.id + 1, what=f"{gone} missing")
    if seal.last_event < last.last_event or seal.last_change < last.last_change:
        return Break(seal=seal.id, what="the seal itself was changed: it ends before the one before it")
    # One more than there should be says as well as all that there are too many: a forged seal may claim any range.
    found = {
        EVENTS: list(islice(rows[EVENTS].take(until=seal.last_event), seal.num_events + 1)),
        CHANGES: list(islice(rows[CHANGES].take(until=seal.last_change), seal.num_changes + 1)),
    }
    digests = {name: [row_digest(name, row) for row in listed] for name, listed in found.items()}
    together = [*digests[EVENTS], *digests[CHANGES]]
    head = SealHead(**{name: getattr(seal, name) for name in SealHead.__dataclass_fields__})
    is_dense = all(
        [row["position"] for row in found[name]] == list(range(end - len(found[name]) + 1, end + 1))
        and end - len(found[name]) == start
        for name, start, end in (
            (EVENTS, last.last_event, seal.last_event),
            (CHANGES, last.last_change, seal.last_change),
        )
    )
    if not is_dense or seal_digest(last.digest, head, together) != seal.digest or marks_of(together) != seal.row_marks:
        return find_break(seal, last, found, digests)
    if anchored is not None and anchored != seal.digest:
        return Break(
            seal=seal.id,
            what=f"the anchor has the digest {anchored}, the chain has {seal.digest}: "
            "this seal or one before it, and all after that, were made anew",
        )
    return None


def _check_end(session: Session, last: Seal, changes: _Rows, wanted: Mapping[int, str]) -> Break | None:
    """Find what shows that the chain once went on."""
    if wanted:
        number = min(wanted)
        return Break(seal=number, what=f"there is an anchor of seal {number}, but the chain ends at seal {last.id}")
    beyond = changes.peek()
    if beyond is not None:
        return Break(
            seal=last.id + 1,
            table=CHANGES,
            row_id=beyond["id"],
            position=beyond["position"],
            what=f"change {beyond['id']} was sealed, at position {beyond['position']}, "
            f"but the chain ends at seal {last.id}: its end was cut off",
        )
    lost = find_lost_event(session)
    if lost is not None:
        name, event = lost
        return Break(
            seal=None,
            table=EVENTS,
            row_id=event,
            what=f"a row of {name} speaks of event {event}, which is beyond the end of the log: the end was cut off",
        )
    return None
