"""What a seal is a digest of: the canonical bytes of rows, and how they are chained. Documented in docs/audit.md."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.tables.columns import to_json

MARK_BYTES = 8
"""How much of a row's digest a seal keeps, to tell later which row no longer fits."""
GENESIS = "0" * 64
"""What the first seal has in the place of a digest before it."""
_NOT_SEALED = frozenset({"position"})  # it is given later, and the order of the digests stands for it


@dataclass(frozen=True, kw_only=True)
class SealHead:
    """What a seal says of itself, all of which its digest covers.

    Attributes
    ----------
    last_event, last_change
        Positions of the last rows under it; as those before the first of a kind where it has none of that kind.
    num_events, num_changes
        Rows under it.
    """

    id: int
    sealed_at: int
    last_event: int
    num_events: int
    last_change: int
    num_changes: int


def row_digest(table: str, row: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a row: its table and its columns that have a value, as one JSON text.

    A column that a later version adds changes nothing for rows without it, and neither database's way to keep a
    number changes anything.
    """
    fields = {name: _plain(value) for name, value in row.items() if value is not None and name not in _NOT_SEALED}
    return hashlib.sha256(f"{table}\n{to_json(fields)}\n".encode()).digest()


def seal_digest(previous: str, head: SealHead, digests: Iterable[bytes]) -> str:
    """Return a seal's digest: SHA-256 over the one before it, its head, and the digests of its rows in their order."""
    text = to_json({"previous": previous, **vars(head)})
    chained = hashlib.sha256(f"{text}\n".encode())
    for digest in digests:
        chained.update(digest)
    return chained.hexdigest()


def marks_of(digests: Sequence[bytes]) -> bytes:
    """Return the marks that a seal keeps of its rows."""
    return b"".join(digest[:MARK_BYTES] for digest in digests)


def _plain(value: Any) -> Any:
    """Return a JSON value in which equal numbers are equal text: 1.0 is 1."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
