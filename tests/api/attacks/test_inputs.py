"""Attacks by what is sent: SQL, formulas, paths, archives and documents that unfold, shapes that nobody expects."""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.database import Database
from models.errors import InputError
from models.formats.event_logs.reading import read_event_log
from models.vocabulary import Role
from services.jobs import unpacking

INJECTIONS = ("' OR '1'='1", "x'; DROP TABLE api_keys; --", '" OR ""="', "x' UNION SELECT digest FROM api_keys --")
FORMULAS = ('=HYPERLINK("http://evil","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "=1")


def test_sql_in_every_place_stays_text(target: Any) -> None:
    admin = target.key(Role.ADMIN, principal="root")
    for text in INJECTIONS:
        assert target.get(f"/api/principals/{text.replace('/', '')}", key=admin).status_code in {404, 422}
        assert target.ask("DELETE", f"/api/keys/{text}", key=admin).status_code in {404, 422}
        answer = target.get("/api/keys", params={"principal": text}, key=admin)
        assert answer.status_code == 422 or answer.json()["items"] == []
        assert target.get("/api/principals", params={"cursor": text}, key=admin).status_code == 422
        assert target.get("/api/me", key=f"sd_{text}_{text}").status_code == 401
        assert target.get("/api/me", headers={"Cookie": f"swingdesk_session={text}"}).status_code == 401
        assert target.post("/api/principals", key=admin, json={"id": "p", "roles": [], "name": text}).status_code in {
            201,
            409,
        }
    with Database(target.url) as database, database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM api_keys").scalar() == 1


def test_formulas_in_names_stay_text_in_what_is_handed_out(
    office_url: Callable[..., str], make_api: Callable[..., Any]
) -> None:
    """A spreadsheet must not run what somebody wrote into a title (CSV and workbook)."""
    tasks = [
        {"id": f"T{number}", "type": "claim", "title": formula, "arrived": 1772431200, "due": 1772445600}
        for number, formula in enumerate(FORMULAS)
        if not formula.startswith("\r")
    ]
    api = make_api(office_url(tasks=tasks))
    planner = api.key(Role.PLANNER)
    text = api.get("/plans/1/plan.csv", key=planner).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    told = [cell for cell in cells if "HYPERLINK" in cell or "SUM" in cell or "calc" in cell]
    assert told
    assert not [cell for cell in told if cell[:1] in "=+-@\t\r"]
    book = openpyxl.load_workbook(io.BytesIO(api.get("/plans/1/plan.xlsx", key=planner).content))
    written = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in written if "HYPERLINK" in str(cell.value)]
    assert [cell.coordinate for cell in written if cell.data_type == "f"] == []


@pytest.mark.parametrize(
    "name", ["../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "agents.zip\0.csv", "C:\\evil.csv", "...csv"]
)
def test_an_upload_is_never_written_where_its_name_points(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep" / "down" / "here"
    folder.mkdir(parents=True)
    written = unpacking.write_tables(folder, name, b"id\n1\n")
    assert written.parent == folder
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [written]


def test_an_archive_is_never_unpacked_where_its_names_point(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../teams.csv", "/tmp/skills.csv", "..\\..\\agents.csv", "a/../../../tasks.csv"):  # noqa: S108
            archive.writestr(name, "id\n1\n")
    unpacking.write_tables(folder, "office.zip", packed.getvalue())
    assert {path.parent for path in tmp_path.rglob("*.csv")} == {folder}


def test_an_archive_that_unfolds_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("tasks.csv", b"0" * 50_000_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(InputError):
        unpacking.write_tables(tmp_path, "office.zip", packed.getvalue())
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) <= 2_000_000


def test_a_log_that_unfolds_by_entities_is_refused(tmp_path: Path) -> None:
    """A thousand million laughs, and a look at a file of the server."""
    secret = tmp_path / "secret.txt"
    secret.write_text("very secret")
    laughs = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    for name, declared, used in (
        ("laughs", f'<!ENTITY l0 "lol">{laughs}', "&l9;"),
        ("file", f'<!ENTITY l9 SYSTEM "file://{secret}">', "&l9;"),
    ):
        path = tmp_path / f"{name}.xes"
        path.write_text(
            f'<?xml version="1.0"?><!DOCTYPE log [{declared}]><log><trace><event>'
            f'<string key="concept:name" value="{used}"/></event></trace></log>'
        )
        with pytest.raises(InputError) as raised:
            read_event_log(path, now=1_772_434_800)
        assert "very secret" not in str(raised.value)


def test_a_body_that_nobody_can_read_is_no_fault_of_ours(target: Any) -> None:
    admin = target.key(Role.ADMIN)
    bodies = {
        "deep": b"[" * 100_000,
        "deep object": b'{"a":' * 50_000,
        "long number": b'{"principal": "root", "days": ' + b"9" * 10_000 + b"}",
        "not a number": b'{"principal": "root", "days": NaN}',
        "infinite": b'{"principal": "root", "days": 1e999}',
        "half a character": b'{"principal": "\xff\xfe"}',
        "half a pair": b'{"principal": "\\ud800"}',
        "nul": b'{"principal": "a\\u0000b", "label": "\\u0000"}',
        "twice": b'{"principal": "root", "principal": "\\u0000"}',
        "nothing": b"",
        "text": b'"x"',
        "null": b"null",
    }
    for name, body in bodies.items():
        answer = target.post("/api/keys", key=admin, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}, name
        assert answer.headers["content-type"] == "application/problem+json", name
        assert json.loads(answer.content)["status"] == answer.status_code


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/xml",
        "",
        "json",
    ],
)
def test_json_under_another_name_is_not_taken(target: Any, kind: str) -> None:
    """What a foreign page can send without asking first (text, forms) is never read as JSON."""
    admin = target.key(Role.ADMIN, principal="root")
    body = json.dumps({"id": "eve", "roles": ["admin"]}).encode()
    answer = target.post("/api/principals", key=admin, content=body, headers={"Content-Type": kind})
    assert answer.status_code in {400, 415, 422}
    assert target.get("/api/principals/eve", key=admin).status_code == 404


def test_a_compressed_body_is_not_unfolded(target: Any) -> None:
    admin = target.key(Role.ADMIN)
    bomb = zlib.compress(b"0" * 10_000_000, 9)
    headers = {"Content-Type": "application/json", "Content-Encoding": "deflate"}
    assert target.post("/api/keys", key=admin, content=bomb, headers=headers).status_code in {400, 422}


def test_control_characters_in_an_address_are_refused(target: Any) -> None:
    admin = target.key(Role.ADMIN)
    for path in ("/api/principals/a%00b", "/api/principals/a%0d%0ab", "/api/principals?cursor=%00", "/api/a%7f"):
        assert target.get(path, key=admin).status_code == 400, path


def test_what_the_database_says_stays_here(target: Any) -> None:
    """No refusal quotes SQL, a path of the server or a trace."""
    admin = target.key(Role.ADMIN)
    target.key(Role.PLANNER, principal="ana")
    answers = [
        target.post("/api/principals", key=admin, json={"id": "ana", "roles": []}),
        target.post("/api/keys", key=admin, json={"principal": "nobody"}),
        target.get("/api/keys?limit=x", key=admin),
        target.get("/nowhere", key=admin),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        for word in ("SELECT", "INSERT", "sqlite", "Traceback", "/work", ".py"):
            assert word not in answer.text
