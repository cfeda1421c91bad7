"""What was taken in, when and by whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.tables.imports import ImportBatchRow


def add_batch(
    session: Session, *, kind: str, source: str, digest: str, imported_at: int, principal_id: str | None = None
) -> int:
    """Note that an import begins and return its number; what it changed is told by `finish_batch`.

    Parameters
    ----------
    kind
        `tables`, `log`, `demo`, ...
    source, digest
        Name and SHA-256 of what was read.
    """
    row = ImportBatchRow.model_validate(
        {
            "kind": kind,
            "source": source,
            "digest": digest,
            "imported_at": imported_at,
            "principal_id": principal_id,
        }
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - the database gave it
    return row.id


def finish_batch(session: Session, batch_id: int, counts: Mapping[str, Any]) -> None:
    """Note what an import changed.

    Raises
    ------
    NotFoundError
        If there is no such import.
    """
    row = session.get(ImportBatchRow, batch_id)
    if row is None:
        raise NotFoundError(f"there is no import {batch_id}")
    row.counts = dict(counts)
    session.add(row)
    session.flush()


def list_batches(session: Session, *, limit: int = 20) -> Sequence[ImportBatchRow]:
    """Return the last imports, the newest first."""
    return session.exec(select(ImportBatchRow).order_by(col(ImportBatchRow.id).desc()).limit(limit)).all()
