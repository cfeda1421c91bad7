"""`swingdesk backup` and `restore`, as an administrator uses them on both databases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from services.importing.store import store_office

NOW = 1772434800


@pytest.fixture
def office(database_url: str, monkeypatch: pytest.MonkeyPatch, make_office: Callable[..., Office]) -> str:
    """The address of a database with the small office, which is that of the settings."""
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    with Database(database_url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)
    return database_url


def test_there_and_back(
    office: str,
    swingdesk: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_database_url: Callable[..., str],
) -> None:
    file = tmp_path / "office.backup"
    assert swingdesk("audit", "seal").code == 0
    made = swingdesk("backup", file)
    assert made.code == 0
    assert made.out.startswith(f"{file}: ")
    anchor = made.out.splitlines()[1]
    whole = swingdesk("restore", "--check", file)
    assert whole.out.startswith(f"{file} is whole: ")
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", make_database_url("sqlite", migrated=False))
    restored = swingdesk("restore", file, "--json")
    document = json.loads(restored.out)
    assert (restored.code, restored.err) == (0, "")
    assert document["rows"]["tasks"] == 3
    assert document["seals"] == 1
    verified = swingdesk("audit", "verify")
    assert verified.code == 0
    assert anchor in verified.out
    assert swingdesk("audit", "list", "--what", "restore").out.count("restore") > 0
    assert office


def test_nothing_is_replaced_untold(office: str, swingdesk: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    assert swingdesk("backup", file, "--quiet") == (0, "", "")
    again = swingdesk("backup", file)
    assert again.code == 2
    assert "is there already; name another file, or say --replace" in again.err
    assert json.loads(swingdesk("backup", file, "--replace", "--json").out)["format"] == "swingdesk/backup"
    refused = swingdesk("restore", file)
    assert refused.code == 2
    assert "the database is not empty" in refused.err
    replaced = swingdesk("restore", file, "--replace")
    assert replaced.code == 0
    assert "0 seals hold" in replaced.out
    assert office


def test_what_is_no_backup_is_refused(office: str, swingdesk: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    missing = swingdesk("restore", file, "--replace")
    assert (missing.code, "there is no such file" in missing.err) == (2, True)
    file.write_bytes(b"PK\x05\x06" + bytes(18))
    empty = swingdesk("restore", file, "--replace")
    assert (empty.code, "manifest.json" in empty.err) == (2, True)
    nowhere = swingdesk("backup", tmp_path / "no" / "office.backup")
    assert (nowhere.code, "there is no folder" in nowhere.err) == (2, True)
    assert office
