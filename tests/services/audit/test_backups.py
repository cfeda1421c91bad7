"""Backups: from either database to either, while others work; refused, damaged and stopped halfway."""

import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.database import Database
from models.errors import CancelledError, ConflictError, InputError, UsageError
from models.formats.backups.manifest import Manifest
from models.formats.offices.office import Office
from models.migrations.runner import find_differences, migrate, newest_revision, read_state
from models.repositories.audit import list_changes, read_lineage
from models.repositories.backups import NOT_KEPT, describe_tables
from models.tables.schema import METADATA
from services.audit.backup import make_backup
from services.audit.restore import check_backup, restore_backup
from services.audit.sealing import seal_pending
from services.audit.trail import verify
from services.importing.store import store_office

NOW = 1772434800
Write = Callable[..., None]
MakeUrl = Callable[..., str]


@pytest.fixture
def full(database: Database, make_office: Callable[..., Office], work: Write, write_changes: Write) -> Database:
    """A database with an office, events, changes and seals, and a few of each that have no seal yet."""
    with database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW, digest="abc")
    work(14)
    write_changes(5)
    seal_pending(database, now=NOW)
    work(2)
    write_changes(2)
    return database


@pytest.fixture
def opened(make_database_url: MakeUrl) -> Iterator[Callable[..., Database]]:
    """A maker of databases: `opened("sqlite", migrated=False)` has no tables yet."""
    made: list[Database] = []

    def make(backend: str, *, migrated: bool = True) -> Database:
        made.append(Database(make_database_url(backend, migrated=migrated)))
        return made[-1]

    yield make
    for database in made:
        database.close()


def _digests(manifest: Manifest) -> dict[str, tuple[int, str]]:
    """Return what tells the tables of two backups apart.

    But for changes: backups and restores add to them.
    """
    return {
        entry.shape.name: (entry.num_rows, entry.sha256) for entry in manifest.tables if entry.shape.name != "changes"
    }


def _count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


REFERS_BACK = {"base_id"}
"""Columns that refer to a row of their own table, with a lower key: rows go in in the order of their keys."""


def test_every_table_is_in_a_backup_after_those_it_refers_to() -> None:
    shapes = describe_tables()
    assert {shape.name for shape in shapes} == set(METADATA.tables) - NOT_KEPT
    seen: set[str] = set()
    for shape in shapes:
        table = METADATA.tables[shape.name]
        assert list(shape.columns) == [column.name for column in table.columns]
        others = {key.column.table.name for key in table.foreign_keys if key.parent.name not in REFERS_BACK}
        assert others <= seen
        seen.add(shape.name)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_either_database_takes_the_backup_of_either(
    full: Database, opened: Callable[..., Database], tmp_path: Path, target: str
) -> None:
    first = make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened(target, migrated=False)
    restored = restore_backup(other, tmp_path / "a.backup", now=NOW + 9)
    assert restored.rows == {entry.shape.name: entry.num_rows for entry in first.tables}
    assert restored.rows["tasks"] == 3
    assert restored.rows["events"] >= 36
    assert read_state(other).is_current
    again = make_backup(other, tmp_path / "b.backup", now=NOW)
    assert _digests(again) == _digests(first)
    verdict = verify(other, anchors=[str(first.anchor)])
    assert verdict.holds
    assert verdict.anchor == first.anchor
    with other.reading() as session:
        assert find_differences(session.connection()) == []
        newest = list_changes(session, limit=2)
        assert read_lineage(session) != ""
    assert [change.what for change in newest] == ["backup", "restore"]
    assert newest[1].after == {
        "made_at": NOW,
        "revision": first.revision,
        "anchor": first.anchor,
        "rows": first.num_rows,
    }


def test_a_restored_database_goes_on_counting(
    full: Database, opened: Callable[..., Database], tmp_path: Path, make_office: Callable[..., Office], backend: str
) -> None:
    make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened(backend)
    restore_backup(other, tmp_path / "a.backup", now=NOW)
    with other.writing() as session:
        report = store_office(session, make_office(), kind="tables", now=NOW, digest="abc")
    assert report.batch == 2
    seal_pending(other, now=NOW)
    assert verify(other).holds
    assert verify(other).change_tail.count == 0


def test_what_is_held_is_replaced_only_when_told(
    full: Database, opened: Callable[..., Database], tmp_path: Path, backend: str, make_office: Callable[..., Office]
) -> None:
    first = make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened(backend)
    for _ in range(2):
        with other.writing() as session:
            store_office(session, make_office(), kind="demo", now=NOW)
    with pytest.raises(ConflictError, match=r"the database is not empty: its table .* --replace"):
        restore_backup(other, tmp_path / "a.backup", now=NOW)
    assert _count(other, "import_batches") == 2
    restore_backup(other, tmp_path / "a.backup", now=NOW, may_replace=True)
    assert _count(other, "import_batches") == 1
    with other.reading() as session:
        lineage = read_lineage(session)
    restore_backup(other, tmp_path / "a.backup", now=NOW, may_replace=True)
    with other.reading() as session:
        assert read_lineage(session) not in {lineage, ""}
    assert _digests(make_backup(other, tmp_path / "b.backup", now=NOW)) == _digests(first)


def test_a_backup_of_older_tables_is_brought_up_to_date(
    database: Database,
    opened: Callable[..., Database],
    tmp_path: Path,
    rewrite: Write,
    backend: str,
    make_office: Callable[..., Office],
) -> None:
    """As it was made by the version before the audit trail: without its tables."""
    with database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)
    make_backup(database, tmp_path / "new.backup", now=NOW)
    rewrite(tmp_path / "new.backup", tmp_path / "old.backup", _as_of_first_revision)
    other = opened(backend)
    restored = restore_backup(other, tmp_path / "old.backup", now=NOW)
    assert restored.rows["tasks"] == 3
    assert "events" not in restored.rows
    assert read_state(other).revision == newest_revision()
    # And over one that is newer than the backup, and holds something.
    restore_backup(other, tmp_path / "old.backup", now=NOW, may_replace=True)
    assert read_state(other).is_current
    assert _count(other, "tasks") == 3


def test_a_backup_of_a_newer_version_is_refused(
    full: Database, opened: Callable[..., Database], tmp_path: Path, rewrite: Write
) -> None:
    make_backup(full, tmp_path / "a.backup", now=NOW)
    rewrite(tmp_path / "a.backup", tmp_path / "b.backup", lambda document: document | {"revision": "9999"})
    other = opened("sqlite", migrated=False)
    with pytest.raises(ConflictError, match="tables of revision '9999' are not known here"):
        restore_backup(other, tmp_path / "b.backup", now=NOW)
    assert not other.exists()


def test_a_backup_is_one_moment_while_others_write(full: Database, tmp_path: Path, work: Write) -> None:
    """Events that are committed while tables before theirs are read are not in it."""
    num_events = _count(full, "events")
    written = threading.Event()

    def write_once(table: str, _count_of_table: int) -> None:
        if table == "tasks" and not written.is_set():
            written.set()
            work(2)

    manifest = make_backup(full, tmp_path / "a.backup", now=NOW, on_progress=write_once)
    assert written.is_set()
    assert next(entry.num_rows for entry in manifest.tables if entry.shape.name == "events") == num_events
    assert _count(full, "events") == num_events + 4


def test_a_stopped_backup_leaves_nothing(full: Database, tmp_path: Path) -> None:
    def stop(table: str, _count_of_table: int) -> None:
        if table == "events":
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        make_backup(full, tmp_path / "a.backup", now=NOW, on_progress=stop)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_a_stopped_restore_leaves_what_was(
    full: Database, opened: Callable[..., Database], tmp_path: Path, backend: str
) -> None:
    def stop(table: str, _count_of_table: int) -> None:
        if table == "events":
            raise CancelledError("stopped")

    make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened(backend, migrated=False)
    with pytest.raises(CancelledError):
        restore_backup(other, tmp_path / "a.backup", now=NOW, on_progress=stop)
    assert not other.exists() or read_state(other).revision is None
    before = _count(full, "events")
    with pytest.raises(CancelledError):
        restore_backup(full, tmp_path / "a.backup", now=NOW, on_progress=stop, may_replace=True)
    assert _count(full, "events") == before
    assert verify(full).holds


def test_a_backup_is_its_owners_and_replaces_nothing_untold(full: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    path.write_text("something dear")
    with pytest.raises(UsageError, match="is there already"):
        make_backup(full, path, now=NOW)
    assert path.read_text() == "something dear"
    make_backup(full, path, now=NOW, may_replace=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check_backup(path).num_rows > 0
    with pytest.raises(InputError, match="cannot be written"):
        make_backup(full, tmp_path / "no" / "a.backup", now=NOW)


def test_a_trail_that_does_not_hold_is_not_restored(
    full: Database, opened: Callable[..., Database], tmp_path: Path, tamper: Write
) -> None:
    tamper("UPDATE events SET agent_id = 'eve' WHERE position = 7")
    make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened("sqlite", migrated=False)
    with pytest.raises(InputError, match=r"an audit trail that holds; event .* at position 7, was changed"):
        restore_backup(other, tmp_path / "a.backup", now=NOW)
    assert not other.exists()


def test_states_that_do_not_follow_from_the_log_are_not_restored(
    full: Database, opened: Callable[..., Database], tmp_path: Path, tamper: Write
) -> None:
    tamper("UPDATE task_states SET worked_seconds = worked_seconds + 1 WHERE task_id = 'T2'")
    make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened("sqlite", migrated=False)
    with pytest.raises(InputError, match=r"states that follow from its events; task 'T2': worked_seconds is stored as"):
        restore_backup(other, tmp_path / "a.backup", now=NOW)
    assert not other.exists()


def test_a_log_that_cannot_have_happened_is_not_restored(
    full: Database, opened: Callable[..., Database], tmp_path: Path, tamper: Write
) -> None:
    tamper(
        "DELETE FROM seals",
        "UPDATE changes SET position = NULL",
        "UPDATE events SET task_id = 'T1' WHERE kind = 'started'",
    )
    make_backup(full, tmp_path / "a.backup", now=NOW)
    other = opened("sqlite", migrated=False)
    with pytest.raises(InputError, match=r"states that follow from its events; event \d+: "):
        restore_backup(other, tmp_path / "a.backup", now=NOW)
    assert not other.exists()


def test_references_that_lead_nowhere_are_not_restored(
    full: Database, opened: Callable[..., Database], tmp_path: Path, rewrite: Write, backend: str
) -> None:
    make_backup(full, tmp_path / "a.backup", now=NOW)

    def without_teams(document: dict[str, Any]) -> dict[str, Any]:
        return document | {"tables": [table for table in document["tables"] if table["name"] != "teams"]}

    rewrite(tmp_path / "a.backup", tmp_path / "b.backup", without_teams)
    other = opened(backend)
    with pytest.raises(ConflictError):
        restore_backup(other, tmp_path / "b.backup", now=NOW)
    assert _count(other, "skills") == 0


def test_tables_go_to_any_revision_and_back(database: Database) -> None:
    for revision in ("0001", "0003", newest_revision(), newest_revision()):
        with database.migrating() as session:
            migrate(session.connection(), revision)
        assert read_state(database).revision == revision
    with database.reading() as session:
        assert find_differences(session.connection()) == []


def _as_of_first_revision(document: dict[str, Any]) -> dict[str, Any]:
    first = {"teams", "skills", "agents", "agent_skills", "task_types", "tasks", "principals", "import_batches"}
    return document | {
        "revision": "0001",
        "anchor": None,
        "tables": [table for table in document["tables"] if table["name"] in first],
    }
