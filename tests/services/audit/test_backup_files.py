"""The file of a backup: cut off, changed, or made by somebody else."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.errors import InputError
from models.formats.backups.archive import BackupReader
from models.formats.offices.office import Office, frame_of
from services.audit.backup import make_backup
from services.audit.restore import check_backup, restore_backup
from services.importing.store import store_office

NOW = 1772434800
Write = Callable[..., None]


@pytest.fixture(scope="session")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an office with two agents."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(sqlite_template, folder / "office.sqlite3")
    tables = {
        "teams": frame_of({"id": ["billing"]}, num_rows=1),
        "agents": frame_of({"id": ["ana", "ben"], "name": ["Ana", "Ben"], "team": ["billing"] * 2}, num_rows=2),
    }
    with Database(f"sqlite:///{folder / 'office.sqlite3'}") as database:
        with database.writing() as session:
            store_office(session, Office(tables=tables, source="office"), kind="tables", now=NOW)
        make_backup(database, folder / "made.backup", now=NOW)
    return folder / "made.backup"


@pytest.fixture
def target(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A database with the newest tables and no rows: what a file says is found out before either kind is asked."""
    shutil.copy(sqlite_template, tmp_path / "target.sqlite3")
    with Database(f"sqlite:///{tmp_path / 'target.sqlite3'}") as database:
        yield database


@pytest.mark.parametrize("part", [0.0, 0.3, 0.98])
def test_a_file_that_was_cut_off_is_no_backup(made: Path, tmp_path: Path, part: float) -> None:
    path = tmp_path / "a.backup"
    shutil.copy(made, path)
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(InputError, match="is no backup, or was cut off"):
        check_backup(path)


def test_a_changed_row_is_noticed(made: Path, tmp_path: Path, rewrite: Write) -> None:
    def put_eve(name: str, content: bytes) -> bytes:
        return content.replace(b'"Ana"', b'"Eve"') if name.endswith("agents.jsonl") else content

    rewrite(made, tmp_path / "b.backup", lambda document: document, put_eve)
    with pytest.raises(InputError, match=r"agents.jsonl: .*it was changed"):
        check_backup(tmp_path / "b.backup")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "zip"}, "swingdesk/backup version 1; this is 'zip' version 1"),
        ({"version": 2}, "swingdesk/backup version 1; this is 'swingdesk/backup' version 2"),
        ({"made_at": "yesterday"}, "manifest.json: made_at"),
        ({"revision": ""}, "revision: is ''; expected a text"),
        ({"anchor": "1:x"}, "NUMBER:DIGEST or null"),
        ({"tables": {}}, "a list of objects"),
        ({"tables": [{"name": "t", "file": "f", "rows": True, "sha256": "0" * 64}]}, "tables.0..rows: is True"),
        ({"tables": [{"name": "t", "file": "f", "rows": 1, "sha256": "x"}]}, "64 hexadecimal digits"),
        ({"tables": [{"name": "t", "file": "f", "rows": 1, "sha256": "0" * 64, "columns": []}]}, "a list of columns"),
        (
            {
                "tables": [
                    {
                        "name": "t",
                        "file": "f",
                        "rows": 1,
                        "sha256": "0" * 64,
                        "columns": [{"name": "a", "kind": "blob"}],
                    }
                ]
            },
            "each of a kind of text, ",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    made: Path, tmp_path: Path, rewrite: Write, changes: dict[str, Any], said: str
) -> None:
    rewrite(made, tmp_path / "b.backup", lambda document: document | changes)
    with pytest.raises(InputError, match=said):
        BackupReader(tmp_path / "b.backup")


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("alembic_version", {"version_num": "text"}, "alembic_version"),
        ("lineage", {"id": "integer"}, "lineage"),
        ('agents"; DROP TABLE agents', {"id": "text"}, "DROP TABLE"),
        ("teams", {"id": "text", "id) --": "text"}, "a column of that revision"),
    ],
)
def test_tables_and_columns_that_are_none_of_ours_are_refused(
    made: Path, target: Database, tmp_path: Path, rewrite: Write, name: str, columns: dict[str, str], said: str
) -> None:

    def rename(document: dict[str, Any]) -> dict[str, Any]:
        first = document["tables"][0]
        listed = [{"name": column, "kind": kind} for column, kind in columns.items()]
        return document | {"tables": [first | {"name": name, "columns": listed}]}

    rewrite(made, tmp_path / "b.backup", rename)
    with pytest.raises(InputError, match=said):
        restore_backup(target, tmp_path / "b.backup", now=NOW)
