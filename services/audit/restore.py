"""Restoring a backup: all of it, checked, in one transaction; or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.database import Database, Session
from models.errors import ConflictError, InputError
from models.formats.backups.archive import BackupReader
from models.formats.backups.manifest import Manifest
from models.migrations.runner import migrate, newest_revision
from models.repositories.audit import begin_lineage, record_change
from models.repositories.backups import check_shapes, empty_tables, find_rows, put_rows, set_counters
from models.vocabulary_audit import Subject
from services.audit.backup import Listener, told
from services.audit.verifying import Verdict, verify_chain
from services.live.replay import verify


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was restored: the manifest of the backup, the rows by table, and what the checks gave."""

    manifest: Manifest
    rows: Mapping[str, int]
    verdict: Verdict


def check_backup(path: Path) -> Manifest:
    """Check that a file is a whole backup, and return its manifest.

    Raises
    ------
    InputError
        If it is not.
    """
    with BackupReader(path) as reader:
        reader.check()
        return reader.manifest


def restore_backup(
    database: Database,
    path: Path,
    *,
    now: int,
    may_replace: bool = False,
    principal_id: str | None = None,
    on_progress: Listener | None = None,
) -> Restored:
    """Put a backup's rows in the place of whatever the database holds, in one transaction.

    The seals are checked and the states rebuilt from the events before anything is committed. Whoever reads meanwhile
    sees what was; whoever writes waits. Afterwards a new lineage begins, which servers at work notice.

    Raises
    ------
    InputError
        If the file is no whole backup, or what is in it does not hold.
    ConflictError
        If the database holds something and may not be replaced, or the backup is of a newer version of the product.
    """
    with BackupReader(path) as reader:
        reader.check()
        is_new = not database.exists()
        database.create_file()
        try:
            with database.migrating() as session:
                rows = _put_all(session, reader, source=str(path), may_replace=may_replace, on_progress=on_progress)
                verdict = _check(session, reader.manifest, source=str(path))
                begin_lineage(session, at=now)
                record_change(
                    session,
                    at=now,
                    principal_id=principal_id,
                    what="restore",
                    subject=Subject.DATABASE,
                    subject_id="restore",
                    after={
                        "made_at": reader.manifest.made_at,
                        "revision": reader.manifest.revision,
                        "anchor": reader.manifest.anchor,
                        "rows": sum(rows.values()),
                    },
                )
        except BaseException:
            if is_new and database.file is not None:
                database.close()
                for ending in ("", "-wal", "-shm"):
                    database.file.with_name(database.file.name + ending).unlink(missing_ok=True)
            raise
        return Restored(manifest=reader.manifest, rows=rows, verdict=verdict)


def _put_all(
    session: Session, reader: BackupReader, *, source: str, may_replace: bool, on_progress: Listener | None
) -> dict[str, int]:
    connection, manifest = session.connection(), reader.manifest
    held = find_rows(connection)
    if held is not None and not may_replace:
        raise ConflictError(
            f"the database is not empty: its table {held} has rows; restore to an empty one, or say --replace"
        )
    empty_tables(connection)
    migrate(connection, manifest.revision)
    check_shapes(connection, (entry.shape for entry in manifest.tables), source=source)
    rows = {}
    for entry in manifest.tables:
        name = entry.shape.name
        read = reader.read_rows(entry)
        rows[name] = put_rows(connection, entry.shape, read if on_progress is None else told(read, name, on_progress))
    migrate(connection, newest_revision())
    set_counters(connection)
    return rows


def _check(session: Session, manifest: Manifest, *, source: str) -> Verdict:
    anchors = () if manifest.anchor is None else (manifest.anchor,)
    verdict = verify_chain(session, anchors=anchors)
    if verdict.first_break is not None:
        raise InputError.of(source, f"an audit trail that holds; {verdict.first_break.what}", record="the audit trail")
    try:
        replayed = verify(session)
        found = str(replayed.differences[0]) if replayed.differences else None
    except ConflictError as error:
        found = str(error)
    if found is not None:
        raise InputError.of(source, f"states that follow from its events; {found}", record="the live desk")
    return verdict
