"""Where tables are found, and what files that are none come to."""

import builtins
import gzip
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.errors import InputError
from models.formats.offices.table_checks import check_tables
from models.formats.offices.table_files import Found, read_tables
from models.formats.sheets import csv_text
from models.formats.sheets.csv_text import read_csv
from models.formats.sheets.grids import Unreadable

TEAMS = "id,name\nbilling,Billing\nclaims,Claims\n"


def put(folder: Path, **files: str | bytes) -> Path:
    """Write files into a folder; `__` in a name stands for a dot."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(raw)
    return folder


def sheets(path: Path, **tables: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def faults(found: Found) -> list[str]:
    with pytest.raises(InputError) as caught:
        check_tables(found.tables, found.faults)
    return [str(fault) for fault in caught.value.faults]


def names(found: Found) -> list[str]:
    return [row["id"] for row in check_tables(found.tables, found.faults).office.rows("teams")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("teams__csv", TEAMS),
        ("Teams__CSV", "\ufeffID;Name\r\nbilling;Billing\r\n\r\nclaims;Claims\r\n;\r\n"),
        ("teams__tsv", "id\tname\nbilling\tBilling\nclaims\tClaims"),
        ("teams__csv__gz", gzip.compress(TEAMS.encode(), mtime=0)),
        ("teams__txt", ' "id", name \n billing\xa0,"Billing, all of it"\nclaims ,Claims\n'),
    ],
)
def test_separated_text_is_read_however_it_is_written(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert names(read_tables(put(tmp_path / "office", **{name: content}))) == ["billing", "claims"]


def test_a_workbook_or_a_single_file_is_read_too(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "name"], ["billing", None], ["claims", "Claims"]]
    assert names(read_tables(sheets(tmp_path / "office.xlsx", Teams=rows))) == ["billing", "claims"]
    assert names(read_tables(sheets(tmp_path / "teams.xlsx", Sheet1=rows))) == ["billing", "claims"]
    assert names(read_tables(put(tmp_path, teams__csv=TEAMS) / "teams.csv")) == ["billing", "claims"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    folder = put(tmp_path, teams__csv='id,name\n\n"two\nlines",x\n,y\n')
    first, second = faults(read_tables(folder))
    assert first.startswith(
        "teams.csv: row 3: id: is 'two\\nlines'; expected an id of at most 200 printable characters"
    )
    assert second == "teams.csv: row 4: id: is required and empty"
    path = sheets(tmp_path / "office.xlsx", teams=[["id"], [], [], ["a;b"]])
    assert faults(read_tables(path))[0].startswith("office.xlsx [teams]: row 4: id")


def test_headers_are_forgiving_but_not_guessed(tmp_path: Path) -> None:
    text = "Agent,DATE,colour,start,end,END,#remark,\nana,2026-03-02,8,08:00,16:00,17:00,ok,\n"
    listed = faults(read_tables(put(tmp_path, shifts__csv=text)))
    assert listed[:2] == [
        "shifts.csv: colour: is not a column of shifts; its columns are agent, date, start, end, breaks",
        "shifts.csv: END: stands twice, in columns E and F; keep one",
    ]
    listed = faults(read_tables(put(tmp_path / "b", teams__csv="ids,name\nx,y\n")))
    assert listed == [
        "teams.csv: ids: is not a column of teams; did you mean 'id'?",
        "teams.csv: id: is a required column and not there",
    ]


def test_cells_beyond_the_header_are_not_lost(tmp_path: Path) -> None:
    listed = faults(read_tables(put(tmp_path, teams__csv="id,,name\na,lost,b\nc,,d,e\nf\n")))
    assert listed == [
        "teams.csv: row 2: column B: is 'lost'; expected a cell under a header; this column has none",
        "teams.csv: row 3: column D: is 'e'; expected a cell under a header; this column has none",
    ]


def test_other_files_are_left_aside_and_likely_mistakes_are_not(tmp_path: Path) -> None:
    folder = put(tmp_path, teams__csv=TEAMS, notes__csv="a,b\n", readme__md="hello", __hidden__csv="")
    (tmp_path / "~$teams.xlsx").write_bytes(b"lock")
    found = read_tables(folder)
    assert names(found) == ["billing", "claims"]
    assert found.notes == ("readme.md is no table: left aside", "notes.csv is no table: left aside")
    listed = faults(read_tables(put(folder, task__csv="id\nx\n")))
    assert "task.csv: is not the name of a table; did you mean 'tasks'?" in listed


def test_a_table_stands_in_one_place(tmp_path: Path) -> None:
    folder = put(tmp_path, teams__csv=TEAMS)
    sheets(folder / "office.xlsx", teams=[["id"], ["x"]])
    assert faults(read_tables(folder)) == [
        "teams.csv: one file or sheet a table; teams is in office.xlsx [teams] already"
    ]


def test_a_hidden_sheet_is_not_taken_silently(tmp_path: Path) -> None:
    path = sheets(tmp_path / "office.xlsx", teams=[["id"], ["x"]], skills=[["id"], ["y"]])
    book = openpyxl.load_workbook(path)
    book["teams"].sheet_state = "hidden"
    book.save(path)
    assert "office.xlsx [teams]: is hidden; show the sheet" in faults(read_tables(path))[0]


def test_merged_cells_and_formulas_without_values_are_told_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "teams.xlsx"
    sheets(path, teams=[["id", "name"], ["a", "=1+1"], ["b", "x"], ["c", None]])
    book = openpyxl.load_workbook(path)
    book["teams"].merge_cells("B3:B4")
    book.save(path)
    listed = faults(read_tables(path))
    assert "teams.xlsx [teams]: row 2: name: is a formula; expected a value; this formula has none saved" in listed[0]
    assert [line.split("; expected")[0] for line in listed[1:]] == [
        "teams.xlsx [teams]: row 3: name: is merged cells B3:B4",
        "teams.xlsx [teams]: row 4: name: is merged cells B3:B4",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; expected a header"),
        (b" \n;;\n", "is empty; expected a header"),
        (b"id,name\nn\xe9e,x\n", "is not UTF-8 text (byte 0xE9 in line 2); save it as `CSV UTF-8`"),
        ("id\nx\n".encode("utf-16"), "is UTF-16 text"),
        (bytes(range(256)) * 4, "is no text: it holds zero bytes"),
        (b"PK\x03\x04rest", "is no text but a zip archive"),
        (b'id,name\n"never closed,x\n', "a quote that is never closed"),
        (b"id,name\n" + b"x" * 200_000 + b",y\n", "a cell of at most 32,767 characters"),
        (b"id," + b"," * 1500 + b"x\n", "at most 1000 columns"),
    ],
)
def test_text_that_is_no_table_says_why(tmp_path: Path, content: bytes, expected: str) -> None:
    (line,) = faults(read_tables(put(tmp_path, teams__csv=content)))
    assert line.startswith("teams.csv: ")
    assert expected in line


def test_a_truncated_gzip_file_is_told(tmp_path: Path) -> None:
    whole = gzip.compress(TEAMS.encode() * 500, mtime=0)
    (line,) = faults(read_tables(put(tmp_path, teams__csv__gz=whole[: len(whole) // 2])))
    assert line == "teams.csv.gz: is cut off: its gzip data end too early; copy it again"
    (line,) = faults(read_tables(put(tmp_path, teams__csv__gz=b"no gzip")))
    assert line.startswith("teams.csv.gz: cannot be read: Not a gzipped file")


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "MAX_TABLE_BYTES", 1024**2)
    bomb = gzip.compress(b"\n" * (2 * 1024**2), mtime=0)
    assert len(bomb) < 5_000
    (line,) = faults(read_tables(put(tmp_path, teams__csv__gz=bomb)))
    assert line == "teams.csv.gz: holds more than 1 MiB"
    monkeypatch.setattr(csv_text, "MAX_ROWS", 10)
    (line,) = faults(read_tables(put(tmp_path / "b", teams__csv="id\n" + "\n" * 50)))
    assert line == "teams.csv: at most 10 rows"


def test_a_cell_too_long_spoils_its_row_only(tmp_path: Path) -> None:
    path = put(tmp_path, teams__csv="id,name\na," + "x" * 40_000 + "\n") / "teams.csv"
    grid = read_csv(path, file="teams.csv", name="teams")
    assert isinstance(grid.rows[1][1], Unreadable)


def test_places_without_tables_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        read_tables(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no table; tables are office"):
        read_tables(put(tmp_path, readme__md="x"))
    with pytest.raises(InputError, match="holds no table"):
        read_tables(sheets(tmp_path / "list.xlsx", Sheet1=[["a"], ["b"]]))
    old = put(tmp_path / "old", office__xls=bytes.fromhex("D0CF11E0A1B11AE1")) / "office.xls"
    assert faults(read_tables(old)) == ["office.xls: is an old .xls workbook; save it as .xlsx"]


def test_a_required_table_has_rows(tmp_path: Path) -> None:
    folder = put(tmp_path, teams__csv="id,name\n", absences__csv="agent,start,end\n")
    assert faults(read_tables(folder)) == ["teams.csv: holds no rows below its header"]


def test_parquet_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    (line,) = faults(read_tables(put(tmp_path, teams__parquet=b"PAR1")))
    assert line == (
        "teams.parquet: needs pyarrow to be read: install `swingdesk[parquet]`, or save the table as CSV or XLSX"
    )


def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    (line,) = faults(read_tables(put(tmp_path, teams__parquet=b"PAR1 and then nothing")))
    assert line.startswith("teams.parquet: is no Parquet file that can be read")
