"""Backing up: everything that the database holds at one moment, in one file, while others go on working."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.database import Database
from models.formats.backups.archive import write_backup
from models.formats.backups.manifest import Manifest
from models.migrations.runner import read_state
from models.repositories.audit import record_change
from models.repositories.backups import describe_tables, stream_rows
from models.repositories.seals import last_seal
from models.vocabulary_audit import Subject
from services.audit.sealing import anchor_of

REPORT_EACH = 10_000
Listener = Callable[[str, int], None]
"""Is told a table and how many of its rows are done, now and then."""


def make_backup(
    database: Database,
    path: Path,
    *,
    now: int,
    may_replace: bool = False,
    principal_id: str | None = None,
    on_progress: Listener | None = None,
) -> Manifest:
    """Write all rows, as they are at one moment, to a file, and leave a trace that somebody took a copy.

    One read transaction sees that moment: nobody waits for it, and it waits for nobody.

    Raises
    ------
    UsageError
        If there is such a file already and it may not be replaced.
    InputError
        If it cannot be written.
    """
    revision = read_state(database).revision
    assert revision is not None  # noqa: S101 - only a database with tables is opened for work
    with write_backup(path, may_replace=may_replace) as writer, database.reading() as session:
        end = last_seal(session)
        for shape in describe_tables():
            # Closed at once where it is broken off: before the connection that it reads from.
            with closing(stream_rows(session.connection(), shape)) as rows:
                writer.add_table(shape, rows if on_progress is None else told(rows, shape.name, on_progress))
        manifest = writer.finish(
            made_at=now, product=_version(), revision=revision, anchor=None if end is None else anchor_of(end)
        )
    with database.writing() as session:
        record_change(
            session,
            at=now,
            principal_id=principal_id,
            what="backup",
            subject=Subject.DATABASE,
            subject_id="backup",
            after={"rows": manifest.num_rows, "revision": revision, "anchor": manifest.anchor},
        )
    return manifest


def told(rows: Iterator[Sequence[Any]], name: str, listener: Listener) -> Iterator[Sequence[Any]]:
    """Return the same rows, and tell a listener how many went by."""
    count = 0
    for row in rows:
        yield row
        count += 1
        if count % REPORT_EACH == 0:
            listener(name, count)
    listener(name, count)


def _version() -> str:
    try:
        return version("swingdesk")
    except PackageNotFoundError:
        return "0"
