# ruff: noqa: DTZ001 - the dates of spreadsheets have no zone
"""Workbooks read by our own reader, held against openpyxl, and what broken or hostile ones come to."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from models.errors import InputError
from models.formats.sheets import xlsx, xlsx_sheet
from models.formats.sheets.dates import date_of_serial, shows_time
from models.formats.sheets.grids import Grid, Unreadable, clean_text
from models.formats.sheets.xlsx import read_workbook

cells = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_subnormal=False).filter(lambda x: not float(x).is_integer()),
    st.booleans(),
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), max_size=6).filter(
        lambda text: not text.startswith(("=", "'"))
    ),
    st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.dates(date(1905, 1, 1), date(2100, 1, 1)),
    st.times().map(lambda clock: clock.replace(microsecond=0)),
)


def rows_of(grid: Grid) -> dict[int, list[object]]:
    return {number: list(row) for number, row in zip(grid.numbers, grid.rows, strict=True)}


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.lists(cells, max_size=4), max_size=5))
def test_cells_are_those_that_openpyxl_reads(
    table: list[list[object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for number, listed in enumerate(table, start=1):
        for column, cell in enumerate(listed, start=1):
            sheet.cell(number, column, cell)
    book.save(path)
    read: Any = openpyxl.load_workbook(path, data_only=True).active
    expected: dict[int, list[object]] = {}
    for row in read.iter_rows():
        values: list[object] = []
        for cell in row:
            value = clean_text(cell.value) if isinstance(cell.value, str) else cell.value
            if isinstance(value, datetime) and cell.number_format == "yyyy-mm-dd":
                value = value.date()
            values.append(value)
        while values and values[-1] is None:
            values.pop()
        if values:
            expected[row[0].row] = values
    (grid,) = read_workbook(path, file="book.xlsx")
    assert rows_of(grid) == expected


def sheet_of(path: Path, fill: Any, **options: Any) -> list[Grid]:
    with xlsxwriter.Workbook(str(path), options) as book:
        fill(book)
    return read_workbook(path, file=path.name)


def test_rich_inline_and_hidden_are_read(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        first, second = book.add_worksheet("first"), book.add_worksheet("second")
        first.write_rich_string(0, 0, "a", book.add_format({"bold": True}), "b", "c")
        first.write_boolean(2, 1, True)
        second.hide()
        second.write_string(0, 0, "x")

    first, second = sheet_of(tmp_path / "a.xlsx", fill)
    assert rows_of(first) == {1: ["abc"], 3: [None, True]}
    assert (first.file, first.is_hidden, second.is_hidden) == ("a.xlsx [first]", False, True)
    inline = openpyxl.Workbook(write_only=True)
    inline.create_sheet("only").append(["inline", 3])
    inline.save(tmp_path / "b.xlsx")
    (only,) = read_workbook(tmp_path / "b.xlsx", file="b.xlsx")
    assert rows_of(only) == {1: ["inline", 3]}


def test_dates_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2026, 3, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(0, 1, datetime(2026, 3, 2), book.add_format({"num_format": "d mmm yyyy hh:mm"}))

    (grid,) = sheet_of(tmp_path / "a.xlsx", fill, date_1904=True)
    assert rows_of(grid) == {1: [date(2026, 3, 2), datetime(2026, 3, 2)]}
    assert grid.epoch == MAC_EPOCH


def test_what_a_cell_does_not_say_is_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["=1+1", "b", "c"])
    sheet.append(["x", "y", "z"])
    sheet.merge_cells("B1:C2")
    book.save(tmp_path / "a.xlsx")
    (grid,) = read_workbook(tmp_path / "a.xlsx", file="a.xlsx")
    formula, *merged = grid.rows[0]
    assert isinstance(formula, Unreadable)
    assert "none saved" in formula.expected
    assert [cell.shown for cell in (*merged, *grid.rows[1][1:]) if isinstance(cell, Unreadable)] == [
        "merged cells B1:C2"
    ] * 2

    def fill(written: Any) -> None:
        calculated = written.add_worksheet()
        calculated.write_formula(0, 0, "=1+1", None, 2)
        calculated.write_formula(0, 1, "=NA()", None, "#N/A")

    (grid,) = sheet_of(tmp_path / "b.xlsx", fill)
    assert grid.rows[0][0] == 2
    assert isinstance(grid.rows[0][1], Unreadable)


@pytest.mark.parametrize(
    ("number", "has_time", "expected"),
    [
        (46083, False, date(2026, 3, 2)),
        (46083, True, datetime(2026, 3, 2)),
        (46083.354166666664, False, datetime(2026, 3, 2, 8, 30)),
        (1, False, date(1900, 1, 1)),
        (61, False, date(1900, 3, 1)),
        (0.5, False, time(12)),
        (0, True, time(0)),
    ],
)
def test_serials_are_dates(number: float, has_time: bool, expected: object) -> None:
    assert date_of_serial(number, WINDOWS_EPOCH, has_time=has_time) == expected


def test_a_serial_out_of_range_is_no_date() -> None:
    assert isinstance(date_of_serial(-1, WINDOWS_EPOCH, has_time=False), Unreadable)
    assert isinstance(date_of_serial(10**9, WINDOWS_EPOCH, has_time=False), Unreadable)


@pytest.mark.parametrize(
    ("code", "expected"), [("yyyy-mm-dd", False), ("d/m/yy h:mm", True), ("[h]:mm", True), ('yyyy "has"', False)]
)
def test_formats_show_a_time_or_do_not(code: str, expected: bool) -> None:
    assert shows_time(code) is expected


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_workbook(path, file=path.name)
    return str(caught.value)


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, content in parts.items():
            stream.writestr(name, content)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as stream:
        return {name: stream.read(name) for name in stream.namelist()}


@pytest.fixture
def simple(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["id"])
    sheet.append(["a"])
    book.save(tmp_path / "simple.xlsx")
    return tmp_path / "simple.xlsx"


def test_what_is_no_workbook_is_told_apart(tmp_path: Path, simple: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"")
    assert "it is empty" in refused(path)
    path.write_bytes(b"id,team\n")
    assert "is no XLSX workbook" in refused(path)
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    assert "old .xls" in refused(path)
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"))
    assert "protected by a password" in refused(path)
    assert "no XLSX workbook" in refused(archive(path, {"notes.txt": b"hello"}))
    path.write_bytes(simple.read_bytes()[:-200])
    assert "is no XLSX workbook" in refused(path)
    assert "cannot be read" in refused(tmp_path)


def test_broken_parts_are_told(tmp_path: Path, simple: Path) -> None:
    for name, content in (
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'><c"),
        ("xl/worksheets/sheet1.xml", b"<worksheet xmlns='m'><sheetData><row r='x'/></sheetData></worksheet>"),
        (
            "xl/worksheets/sheet1.xml",
            b"<worksheet xmlns='m'><sheetData><row><c t='s'><v>7777</v></c></row></sheetData></worksheet>",
        ),
        ("xl/styles.xml", b"not xml"),
        ("xl/workbook.xml", b"<workbook"),
    ):
        assert "broken XLSX workbook" in refused(archive(tmp_path / "x.xlsx", parts_of(simple) | {name: content})), name


def test_entities_are_not_resolved(tmp_path: Path, simple: Path) -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet xmlns="m"><sheetData><row r="1">
        <c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>"""
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        assert "document type" in refused(archive(tmp_path / "x.xlsx", parts_of(simple) | {name: bomb}))


def test_a_bomb_is_not_unpacked(tmp_path: Path, simple: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_TABLE_BYTES", 4 * 1024**2)
    path = archive(tmp_path / "x.xlsx", parts_of(simple) | {"xl/worksheets/sheet1.xml": b" " * (5 * 1024**2)})
    assert path.stat().st_size < 50_000
    assert "unpacks to more than 4 MiB" in refused(path)


def test_a_bomb_that_lies_about_its_size_is_cut_off(tmp_path: Path, simple: Path) -> None:
    raw = archive(tmp_path / "x.xlsx", parts_of(simple) | {"xl/worksheets/sheet1.xml": b" " * 3_000_000}).read_bytes()
    size = (3_000_000).to_bytes(4, "little")
    assert raw.count(size) == 2
    (tmp_path / "x.xlsx").write_bytes(raw.replace(size, (300).to_bytes(4, "little")))
    assert "workbook" in refused(tmp_path / "x.xlsx")


def test_sheets_have_limits(tmp_path: Path, simple: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = b"<worksheet xmlns='m'><sheetData><row r='1'><c r='XFD1'><v>1</v></c></row></sheetData></worksheet>"
    path = archive(tmp_path / "x.xlsx", parts_of(simple) | {"xl/worksheets/sheet1.xml": wide})
    assert "at most 1000 columns" in refused(path)
    monkeypatch.setattr(xlsx_sheet, "MAX_ROWS", 3)
    tall = b"<worksheet xmlns='m'><sheetData><row r='9'><c r='A9'><v>1</v></c></row></sheetData></worksheet>"
    path = archive(tmp_path / "x.xlsx", parts_of(simple) | {"xl/worksheets/sheet1.xml": tall})
    assert "at most 3 rows" in refused(path)


def test_a_sheet_merged_from_end_to_end_costs_nothing(tmp_path: Path, simple: Path) -> None:
    sheet = (
        b"<worksheet xmlns='m'><sheetData><row r='1'><c r='A1'><v>1</v></c></row>"
        b"<row r='2'><c r='A2'><v>2</v></c></row>"
        b"</sheetData><mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells></worksheet>"
    )
    path = archive(tmp_path / "x.xlsx", parts_of(simple) | {"xl/worksheets/sheet1.xml": sheet})
    (grid,) = read_workbook(path, file="x.xlsx")
    assert [len(row) for row in grid.rows] == [1, 1]
    assert all(isinstance(cell, Unreadable) for row in grid.rows for cell in row)


def test_protected_parts_are_told(tmp_path: Path, simple: Path) -> None:
    raw = bytearray(simple.read_bytes())
    at = raw.index(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    (tmp_path / "x.xlsx").write_bytes(bytes(raw))
    assert "password" in refused(tmp_path / "x.xlsx")


def test_a_huge_cell_is_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["id"])
    stream = io.BytesIO()
    book.save(stream)
    parts = _parts(stream)
    text = b"x" * 40_000
    parts["xl/worksheets/sheet1.xml"] = (
        b"<worksheet xmlns='m'><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>"
        + text
        + b"</t></is></c></row></sheetData></worksheet>"
    )
    (grid,) = read_workbook(archive(tmp_path / "x.xlsx", parts), file="x.xlsx")
    (cell,) = grid.rows[0]
    assert isinstance(cell, Unreadable)
    assert cell.shown == "40,000 characters"


def _parts(stream: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(stream) as found:
        return {name: found.read(name) for name in found.namelist()}
