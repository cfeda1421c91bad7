"""`swingdesk audit`: the trail of a day of commands, checked, filtered, and tampered with."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from services.importing.store import store_office

NOW = 1772434800


@pytest.fixture
def office_file(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_office: Callable[..., Office]
) -> Path:
    """A database with two imports of the small office in it, which is that of the settings."""
    path = tmp_path / "office.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{path}")
    with Database(f"sqlite:///{path}") as database:
        for at in (NOW, NOW + 60):
            with database.writing() as session:
                store_office(session, make_office(), kind="tables", now=at, digest="abc")
    return path


def _json(ran: Any) -> Any:
    assert ran.err == ""
    return json.loads(ran.out)


def test_imports_are_listed_with_their_counts(office_file: Path, swingdesk: Callable[..., Any]) -> None:
    second, first = _json(swingdesk("audit", "list", "--json"))["changes"]
    assert (first["what"], first["subject_kind"], first["subject_id"]) == ("import tables", "import", "1")
    assert first["at"] == "2026-03-02T07:00:00+00:00"
    assert first["after"]["tables"]["tasks"] == {"new": 3, "changed": 0, "unchanged": 0, "gone": 0}
    assert second["after"]["tables"]["tasks"] == {"new": 0, "changed": 0, "unchanged": 3, "gone": 0}
    said = swingdesk("audit", "list", "--limit", 1).out.splitlines()
    assert said[0] == "2026-03-02T08:01:00+01:00  -  import tables  import 2"
    assert said[1].startswith('    after  {"digest": "abc"')
    assert office_file.exists()


def test_the_list_is_narrowed(office_file: Path, swingdesk: Callable[..., Any]) -> None:
    def ids(*options: object) -> list[str]:
        return [change["subject_id"] for change in _json(swingdesk("audit", "list", "--json", *options))["changes"]]

    assert ids("--id", 1, "--subject", "import") == ["1"]
    assert ids("--until", "2026-03-02 08:01") == ["1"]  # by the office's clock
    assert ids("--since", "2026-03-02T07:01:00Z") == ["2"]
    assert ids("--what", "import") == ["2", "1"]
    assert ids("--principal", "nobody") == ids("--subject", "plan") == []
    refused = swingdesk("audit", "list", "--subject", "imports")
    assert refused.code == 2
    assert "expected one of agent, " in refused.err
    assert office_file.exists()


def test_sealed_and_checked(office_file: Path, swingdesk: Callable[..., Any]) -> None:
    before = _json(swingdesk("audit", "verify", "--json"))
    assert before["holds"]
    assert before["anchor"] is None
    assert before["unsealed"]["changes"]["count"] == 2
    assert before["unsealed"]["changes"]["first_at"] == "2026-03-02T07:00:00+00:00"
    assert (
        "under no seal yet: 2 changes, from number 1 of 2026-03-02T07:00:00+00:00 on"
        in swingdesk("audit", "verify").out
    )
    num_events = before["unsealed"]["events"]["count"]
    assert _json(swingdesk("audit", "seal", "--json"))["changes"] == 2
    assert swingdesk("audit", "seal").out == "0 seals added, over 0 events and 0 changes\n"
    after = _json(swingdesk("audit", "verify", "--json"))
    assert (after["holds"], after["seals"], after["changes"]) == (True, 1, 2)
    assert after["unsealed"]["changes"] == {"count": 0, "first_id": None, "first_at": None}
    assert after["events"] + after["unsealed"]["events"]["count"] == num_events
    assert swingdesk("audit", "verify", "--anchor", after["anchor"]).code == 0
    assert f"anchor {after['anchor']}" in swingdesk("audit", "verify").out
    assert office_file.exists()


def test_tampering_is_named_and_ends_with_1(office_file: Path, swingdesk: Callable[..., Any]) -> None:
    assert swingdesk("audit", "seal").code == 0
    with sqlite3.connect(office_file) as connection:
        connection.execute("UPDATE changes SET principal_id = 'eve' WHERE id = 2")
    connection.close()
    checked = swingdesk("audit", "verify")
    assert checked.code == 1
    assert "seal 1: change 2, at position 2, was changed" in checked.out
    document = swingdesk("audit", "verify", "--json")
    assert document.code == 1
    assert json.loads(document.out)["first_break"] == {
        "seal": 1,
        "table": "changes",
        "row_id": 2,
        "position": 2,
        "what": "change 2, at position 2, was changed",
    }


def test_an_anchor_that_is_none_is_bad_usage(office_file: Path, swingdesk: Callable[..., Any]) -> None:
    refused = swingdesk("audit", "verify", "--anchor", "seven")
    assert refused.code == 2
    assert "'seven' is no anchor" in refused.err
    unknown = swingdesk("audit", "verify", "--anchor", f"7:{'a' * 64}")
    assert unknown.code == 1
    assert "there is an anchor of seal 7, but the chain ends at seal 0" in unknown.out
    assert office_file.exists()
