"""Where a seal is broken: which row was changed, is gone, was put in or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.repositories.seals import CHANGES, EVENTS, Seal
from services.audit.chain import MARK_BYTES

_ONE = {EVENTS: "event", CHANGES: "change"}


@dataclass(frozen=True, kw_only=True)
class Break:
    """Something in the chain that does not hold.

    Attributes
    ----------
    seal
        The seal that it breaks; None where it is beyond the chain.
    table, row_id, position
        The row, as far as it is known.
    what
        What is wrong, as a sentence.
    """

    seal: int | None
    what: str
    table: str | None = None
    row_id: int | None = None
    position: int | None = None


def find_break(
    seal: Seal,
    last: Seal,
    found: Mapping[str, Sequence[Mapping[str, Any]]],
    digests: Mapping[str, Sequence[bytes]],
) -> Break:
    """Return the first row that does not fit under a broken seal, or say that it is the seal itself.

    Parameters
    ----------
    last
        The seal before it.
    found, digests
        The rows at the seal's positions by table, and their digests.
    """
    if len(seal.row_marks) != MARK_BYTES * (seal.num_events + seal.num_changes):
        return Break(seal=seal.id, what="the seal itself was changed: it has not a mark for each of its rows")
    marks = [seal.row_marks[n : n + MARK_BYTES] for n in range(0, len(seal.row_marks), MARK_BYTES)]
    by_table = {EVENTS: marks[: seal.num_events], CHANGES: marks[seal.num_events :]}
    for name, first in ((EVENTS, last.last_event + 1), (CHANGES, last.last_change + 1)):
        what = _first_misfit(name, first, by_table[name], found[name], digests[name], seal.id)
        if what is not None:
            return what
    return Break(
        seal=seal.id, what="the seal itself was changed: its rows are those of its marks, but not of its digest"
    )


def _first_misfit(
    name: str,
    first: int,
    marks: Sequence[bytes],
    rows: Sequence[Mapping[str, Any]],
    digests: Sequence[bytes],
    seal_id: int,
) -> Break | None:
    """Return the first row that is not as its seal has it."""
    one = _ONE[name]
    present = [digest[:MARK_BYTES] for digest in digests]
    for n in range(max(len(marks), len(rows))):
        position = first + n
        row = rows[n] if n < len(rows) else None
        mark = marks[n] if n < len(marks) else None
        if row is not None and row["position"] == position and mark == present[n]:
            continue

        def broken(what: str, at: Mapping[str, Any] | None = row, position: int = position) -> Break:
            row_id = None if at is None else at["id"]
            return Break(seal=seal_id, table=name, row_id=row_id, position=position, what=what)

        if row is None or row["position"] > position:
            return broken(f"the {one} at position {position} is missing: it was deleted", None)
        if row["position"] < position or mark is None:
            return broken(f"{one} {row['id']} was put in, at position {row['position']}")
        if present[n] in marks:
            if mark in present:
                return broken(
                    f"{one} {row['id']}, at position {position}, stands in another's place: rows were reordered"
                )
            return broken(f"the {one} that was at position {position} is gone, and {one} {row['id']} took its place")
        if mark in present:
            return broken(f"{one} {row['id']} was put in, at position {position}")
        return broken(f"{one} {row['id']}, at position {position}, was changed")
    return None
