"""`swingdesk import tables` and `template`: as a shell runs them.

Whatever is wrong with the input, the answer is a sentence and exit code 2, and nothing is left behind: no row in
either database, no database where there was none, no file.
"""

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.database import Database
from models.formats.sheets import xlsx
from models.tables.schema import METADATA
from services.importing import write_template_folder

FRIDAY = date(2026, 2, 27)
MONDAY = "2026-03-02T08:00:00+01:00"
QUICK = ("--iterations", "200", "--threads", "1")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The template's office, rostered on Monday 2 March 2026."""
    write_template_folder(tmp_path / "office", today=FRIDAY)
    return tmp_path / "office"


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    return database_url


def rows(url: str) -> dict[str, int]:
    with Database(url) as database, database.reading() as session:
        connection = session.connection()
        return {t.name: len(connection.execute(t.select()).all()) for t in METADATA.sorted_tables}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_folder_is_taken_in_and_reported(swingdesk: Any, url: str, office: Path) -> None:
    ran = swingdesk("import", "tables", office)
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    assert lines[0].split() == ["table", "new", "changed", "unchanged", "gone", "left", "out"]
    assert [line.split() for line in lines if line.startswith("tasks ")] == [["tasks", "3", "0", "0", "0", "0"]]
    assert lines[-2:] == ["tasks.due: 1 without a time: close of business of that day", "import 1 stored"]
    again = swingdesk("import", "tables", office)
    assert again.out.splitlines()[-1] == "import 2 stored; nothing has changed"
    assert rows(url)["tasks"] == 3


def test_the_report_is_one_document(swingdesk: Any, url: str, office: Path, tmp_path: Path) -> None:
    edit(office / "tasks.csv", "T3,claim-approval", "T3,other")
    ran = swingdesk("import", "tables", office, "--json", "--quarantine", tmp_path / "bad.csv")
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert document["tables"]["tasks"] == {"new": 2, "changed": 0, "unchanged": 0, "gone": 0}
    assert document["quarantined"] == {"tasks": 1}
    assert document["quarantine"] == str(tmp_path / "bad.csv")
    assert rows(url)["tasks"] == 2


def test_faults_are_one_document_too(swingdesk: Any, no_database: Path, office: Path) -> None:
    edit(office / "tasks.csv", "T3,claim-approval", "T3,other")
    ran = swingdesk("import", "tables", office, "--json")
    assert ran.code == 2
    (fault,) = json.loads(ran.out)["faults"]
    assert fault == {
        "file": "tasks.csv",
        "record": "row 4",
        "field": "type",
        "value": "'other'",
        "expected": "an id of task_types: claim-approval, invoice-dispute",
    }
    assert not no_database.exists()


def test_every_fault_is_printed(swingdesk: Any, no_database: Path, office: Path) -> None:
    lines = "".join(f"X{n},nothing,2026-03-01\n" for n in range(60))
    (office / "tasks.csv").write_text("id,type,arrived\n" + lines)
    ran = swingdesk("import", "tables", office)
    assert ran.code == 2
    printed = ran.err.splitlines()
    assert len(printed) == 61
    assert printed[-1] == "swingdesk: 60 faults; nothing was taken in"
    assert not no_database.exists()


def test_a_snapshot_without_a_terminal_needs_yes(swingdesk: Any, url: str, office: Path) -> None:
    swingdesk("import", "tables", office)
    edit(office / "tasks.csv", "T1,invoice-dispute", "N1,invoice-dispute")
    edit(office / "tasks.csv", "T2", "N2")
    before = rows(url)
    ran = swingdesk("import", "tables", office / "tasks.csv", "--snapshot")
    assert ran.code == 2
    assert "lacks 2 of 3 open tasks (67 %)" in ran.err
    assert rows(url) == before
    ran = swingdesk("import", "tables", office / "tasks.csv", "--snapshot", "--yes")
    assert ran.code == 0
    assert [line.split()[1:] for line in ran.out.splitlines() if line.startswith("tasks ")] == [
        ["2", "1", "0", "2", "0"]
    ]


def test_a_rehearsal_changes_nothing(swingdesk: Any, no_database: Path, office: Path) -> None:
    ran = swingdesk("import", "tables", office, "--dry-run")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "nothing was stored: --dry-run")
    assert not no_database.exists()


@pytest.mark.usefixtures("no_database")
def test_templates_are_written_taken_in_and_planned(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("import", "template", tmp_path / "new" / "office")
    assert ran.code == 0, ran
    assert len(list((tmp_path / "new" / "office").glob("*.csv"))) == 12
    assert swingdesk("import", "tables", tmp_path / "new" / "office").code == 0
    assert swingdesk("import", "template", tmp_path / "new" / "office").code == 2
    shift = (tmp_path / "new" / "office" / "shifts.csv").read_text().splitlines()[1]
    at = f"{shift.split(',')[1]}T08:00:00+01:00"
    planned = swingdesk("plan", "--at", at, "--json", *QUICK)
    assert planned.code == 0, planned
    assert len(json.loads(planned.out)["plan"]["assignments"]) == 3


def _column(office: Path) -> None:
    edit(office / "tasks.csv", "weight", "wieght")


def _naive_skipped(office: Path) -> None:
    (office / "absences.csv").write_text("agent,start,end\nana,2026-03-29 02:30,2026-03-29 09:00\n")


def _unknown_id(office: Path) -> None:
    edit(office / "agents.csv", "ben,Ben Otto,claims", "ben,Ben Otto,clams")


def _negative_weight(office: Path) -> None:
    edit(office / "task_types.csv", "960,2", "960,-2")


def _overlap(office: Path) -> None:
    with (office / "shifts.csv").open("a") as stream:
        stream.write("ben,2026-03-02,17:00,19:00,\n")


def _break_outside(office: Path) -> None:
    edit(office / "shifts.csv", "13:00-13:30 lunch", "18:00-18:30 lunch")


def _cycle(office: Path) -> None:
    text = "id,type,arrived,after\nA,invoice-dispute,2026-02-27,B\nB,invoice-dispute,2026-02-27,A\n"
    (office / "tasks.csv").write_text(text)


def _truncated(office: Path) -> None:
    raw = gzip.compress((office / "tasks.csv").read_bytes() * 50)
    (office / "tasks.csv").unlink()
    (office / "tasks.csv.gz").write_bytes(raw[: len(raw) // 2])


def _book(office: Path, change: Callable[[Any], None]) -> None:
    (office / "teams.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["id", "name"], ["billing", "Billing"], ["claims", "Claims"]):
        sheet.append(row)
    change(book)
    book.save(office / "teams.xlsx")


def _merged(office: Path) -> None:
    _book(office, lambda book: book.worksheets[0].merge_cells("B2:B3"))


def _hidden(office: Path) -> None:
    def hide(book: Any) -> None:
        book.worksheets[0].title = "teams"
        book.worksheets[0].sheet_state = "hidden"
        book.create_sheet("empty")

    _book(office, hide)


def _formula(office: Path) -> None:
    _book(office, lambda book: book.worksheets[0].append(["c", '="x"&"y"']))


def _bomb(office: Path) -> None:
    _book(office, lambda _: None)
    with zipfile.ZipFile(office / "teams.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image.bin", b"\0" * (2 * 1024**2))


def _not_a_zip(office: Path) -> None:
    (office / "teams.csv").rename(office / "teams.xlsx")


def _password(office: Path) -> None:
    (office / "teams.csv").unlink()
    (office / "teams.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"))


def _empty(office: Path) -> None:
    (office / "teams.csv").write_bytes(b"")


def _header_only(office: Path) -> None:
    (office / "teams.csv").write_text("id,name\n")


def _binary(office: Path) -> None:
    (office / "teams.csv").write_bytes(bytes(range(256)) * 64)


def _encoding(office: Path) -> None:
    (office / "teams.csv").write_bytes("id,name\nbilling,Übung\nclaims,x\n".encode("latin-1"))


def _twice(office: Path) -> None:
    edit(office / "tasks.csv", "T2", "T1")


def _huge_cell(office: Path) -> None:
    edit(office / "tasks.csv", "Stolen bicycle", "x" * 200_000)


def _long_cell(office: Path) -> None:
    edit(office / "tasks.csv", "Stolen bicycle", "x" * 40_000)


def _null(office: Path) -> None:
    edit(office / "agents.csv", "Ana Ruiz", "Ana\x00Ruiz")


def _serial(office: Path) -> None:
    edit(office / "shifts.csv", "2026-03-02", "46083")


def _comma(office: Path) -> None:
    edit(office / "task_types.csv", ",14,", ',"1,400",')


def _two_headers(office: Path) -> None:
    edit(office / "teams.csv", "id,name", "id,ID")


def _parquet(office: Path) -> None:
    (office / "teams.csv").rename(office / "teams.parquet")


def _two_files(office: Path) -> None:
    (office / "teams.tsv").write_text("id\nbilling\nclaims\n")


BAD: list[tuple[Callable[[Path], None], str]] = [
    (_column, "tasks.csv: wieght: is not a column of tasks; did you mean 'weight'?"),
    (_naive_skipped, "absences.csv: row 2: start: is '2026-03-29 02:30'; expected a time that exists"),
    (_unknown_id, "agents.csv: row 3: team: is 'clams'; expected an id of teams; did you mean 'claims'?"),
    (_negative_weight, "task_types.csv: row 2: weight: is '-2'; expected a number from 0 to"),
    (_overlap, "shifts.csv: row 5: start: is '17:00'; expected shifts of an agent that do not overlap; another ends"),
    (_break_outside, "shifts.csv: row 3: breaks: is '18:00-18:30 lunch'; expected breaks inside"),
    (_cycle, "tasks.csv: row 2: after: is 'A after B after A'; expected no cycle"),
    (_truncated, "tasks.csv.gz: is cut off: its gzip data end too early"),
    (_merged, "teams.xlsx [Sheet]: row 2: name: is merged cells B2:B3; expected one value a cell"),
    (_hidden, "teams.xlsx [teams]: is hidden; show the sheet"),
    (_formula, "teams.xlsx [Sheet]: row 4: name: is a formula; expected a value; this formula has none saved"),
    (_bomb, "teams.xlsx: unpacks to more than 1 MiB"),
    (_not_a_zip, "teams.xlsx: is no XLSX workbook"),
    (_password, "teams.xlsx: is no XLSX workbook: it is protected by a password"),
    (_empty, "teams.csv: is empty; expected a header"),
    (_header_only, "teams.csv: holds no rows below its header"),
    (_binary, "teams.csv: is no text: it holds zero bytes"),
    (_encoding, "teams.csv: is not UTF-8 text (byte 0xDC in line 2)"),
    (_twice, "tasks.csv: row 3: id: is 'T1'; expected one row for each; row 2 has the same"),
    (_huge_cell, "tasks.csv: row 4: a cell of at most 32,767 characters"),
    (_long_cell, "tasks.csv: row 4: title: is 40,000 characters; expected at most 32,767 characters"),
    (_null, "agents.csv: is no text: it holds zero bytes"),
    (_serial, "this is a spreadsheet's number for 2026-03-02: format the column as dates"),
    (
        _comma,
        "task_types.csv: row 2: handling_minutes: is '1,400'; expected a number above 0",
    ),
    (_two_headers, "teams.csv: ID: stands twice, in columns A and B; keep one"),
    (_parquet, "teams.parquet: is no Parquet file that can be read"),
    (_two_files, "teams.tsv: one file or sheet a table; teams is in teams.csv already"),
]


@pytest.mark.parametrize(("spoil", "expected"), BAD, ids=[spoil.__name__.strip("_") for spoil, _ in BAD])
def test_a_bad_file_is_told_and_leaves_nothing_behind(
    swingdesk: Any,
    url: str,
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], None],
    expected: str,
) -> None:
    if spoil is _bomb:
        monkeypatch.setattr(xlsx, "MAX_TABLE_BYTES", 1024**2)
    spoil(office)
    ran = swingdesk("import", "tables", office)
    assert ran.code == 2, ran
    assert any(expected in line for line in ran.err.splitlines()), ran.err
    assert ran.out == ""
    assert not any(rows(url).values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("nowhere", "there is no such file or folder"), ("empty", "holds no table; tables are office")],
)
def test_a_place_without_tables_is_told(
    swingdesk: Any, no_database: Path, tmp_path: Path, name: str, expected: str
) -> None:
    (tmp_path / "empty").mkdir()
    ran = swingdesk("import", "tables", tmp_path / name)
    assert ran.code == 2
    assert expected in ran.err
    assert not no_database.exists()


@pytest.mark.parametrize("name", ["y.xls", "y.ods", "tables.csv"])
def test_a_template_is_a_folder_or_a_workbook(swingdesk: Any, tmp_path: Path, name: str) -> None:
    ran = swingdesk("import", "template", tmp_path / name)
    assert (ran.code, "written as .xlsx" in ran.err) == (2, True)
    assert not (tmp_path / name).exists()
