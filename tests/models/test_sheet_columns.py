"""Whole columns give the sheet that XlsxWriter gives cell by cell, and no text can spoil it."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from models.formats.sheets.grids import MAX_CELL_CHARACTERS
from models.formats.sheets.writing import SheetStyles, new_workbook, write_cell, write_rows

RICH = ("<r>&</r>", "<r></r>", "<r><t>x</t></r>", "<r>_x0041_</r>", "<r>\x01</r>")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [*RICH, "=1+1", " a ", "a\nb", "&<>\"'", "_x000D_", "\x07", "\r", "\ufffe", "\N{GRINNING FACE}"]
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
MADRID = ZoneInfo("Europe/Madrid")
DATES = st.dates(date(1900, 1, 1), date(2190, 1, 1))
INSTANTS = st.datetimes(datetime(1900, 3, 1), datetime(2190, 1, 1)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
CELLS = TEXTS | NUMBERS | st.booleans() | DATES | INSTANTS | st.times().map(lambda at: at.replace(microsecond=0))
COLUMNS = st.sampled_from([TEXTS, NUMBERS, st.booleans(), DATES, INSTANTS, CELLS]).map(lambda kind: kind | st.none())


def read(raw: bytes) -> list[list[tuple[Any, str]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    return [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]


def write(header: Sequence[str], rows: Sequence[Sequence[object]], **more: Any) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        write_rows(book.add_worksheet("x"), header, rows, SheetStyles(book), **more)
    return stream.getvalue()


def write_one_by_one(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Write the same with nothing but XlsxWriter."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet, styles = book.add_worksheet("x"), SheetStyles(book)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, styles.header)
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                write_cell(sheet, row, column, cell, styles)
    return stream.getvalue()


@given(data=st.data(), num_rows=st.integers(0, 4))
def test_columns_give_what_cells_one_by_one_give(data: st.DataObject, num_rows: int) -> None:
    kinds = data.draw(st.lists(COLUMNS, min_size=1, max_size=4))
    columns = [data.draw(st.lists(kind, min_size=num_rows, max_size=num_rows)) for kind in kinds]
    header = [f"h{number}" for number in range(len(kinds))]
    rows = list(zip(*columns, strict=True))
    plain = [["x" if isinstance(cell, str) and is_rich(cell) else cell for cell in row] for row in rows]
    found, expected = read(write(header, rows)), read(write_one_by_one(header, plain))
    assert len(found) == len(expected)
    for row, (cells, others) in enumerate(zip(found, expected, strict=True)):
        for column, (cell, other) in enumerate(zip(cells, others, strict=True)):
            given_cell = rows[row - 1][column] if row else header[column]
            if isinstance(given_cell, str) and is_rich(given_cell):
                assert str(cell[0]).replace("\r", "\n") == unescaped(given_cell)
            else:
                assert cell == other


def is_rich(text: str) -> bool:
    return text.startswith("<r>") and text.endswith("</r>")


def unescaped(text: str) -> str:
    """Return a text as openpyxl reads it: it leaves control characters as they are written."""
    return text.replace("\x01", "_x0001_")


@pytest.mark.parametrize("text", RICH)
def test_a_text_that_looks_like_formats_is_a_text(text: str) -> None:
    """XlsxWriter writes such a text as it is: the title of a task could spoil the file for everybody."""
    raw = write([text], [[text], ["b"], [text]])
    assert [row[0][0] for row in read(raw)] == [unescaped(text), unescaped(text), "b", unescaped(text)]


def test_shared_strings_are_counted() -> None:
    raw = write(["a", "b"], [["x", "y"], ["x", None], ["z", "x"]])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        shared = archive.read("xl/sharedStrings.xml").decode()
    assert 'count="7" uniqueCount="5"' in shared


@pytest.mark.parametrize("length", [MAX_CELL_CHARACTERS // 2 + 1, MAX_CELL_CHARACTERS, MAX_CELL_CHARACTERS + 9])
@pytest.mark.parametrize("character", ["x", "\N{GRINNING FACE}"])
def test_a_text_is_cut_where_a_cell_ends(character: str, length: int) -> None:
    text = character * length
    (_, ((shown, _),)) = read(write(["a"], [[text]]))
    units = len(character.encode("utf-16-le")) // 2
    assert shown == character * min(length, MAX_CELL_CHARACTERS // units)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_no_sheet_has_a_number_that_is_none(number: float) -> None:
    with pytest.raises(ValueError, match="infinite, or none"):
        write(["a"], [[1.0], [number], [None]])


def test_columns_stand_below_all_that_stands_there() -> None:
    with new_workbook(io.BytesIO()) as book:
        sheet, styles = book.add_worksheet("x"), SheetStyles(book)
        sheet.write_string(2, 0, "head", styles.text)
        numbers = sheet.encode_numbers([1, 2], styles.number)
        with pytest.raises(ValueError, match="row 3 of the sheet 'x' is not below"):
            sheet.write_columns(2, [numbers])
        sheet.write_columns(3, [numbers])
        sheet.write_columns(5, [numbers])
        with pytest.raises(ValueError, match="row 7 of the sheet 'x' is not below"):
            sheet.write_columns(6, [numbers])
        with pytest.raises(ValueError, match="has no row 1048577"):
            sheet.write_columns(1_048_575, [numbers])
        sheet.write_columns(9, [])


def test_cells_beside_columns_are_refused_and_not_lost() -> None:
    book = new_workbook(io.BytesIO())
    sheet, styles = book.add_worksheet("x"), SheetStyles(book)
    sheet.write_columns(0, [sheet.encode_numbers([1, 2], styles.number)])
    sheet.write_string(1, 1, "beside", styles.text)
    with pytest.raises(ValueError, match="stand beside or below"):
        book.close()


def test_an_hour_that_the_clocks_show_twice_says_its_offset() -> None:
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=MADRID)
    once = datetime(2026, 10, 25, 4, 30, tzinfo=MADRID)
    (_, *rows) = read(write(["at", "day"], [[twice, None], [once, date(2026, 10, 25)], [once.astimezone(UTC), None]]))
    assert [row[0][0] for row in rows] == [
        "2026-10-25T02:30:00+02:00",
        datetime(2026, 10, 25, 4, 30),  # noqa: DTZ001 - a spreadsheet's dates have no zone
        datetime(2026, 10, 25, 3, 30),  # noqa: DTZ001
    ]
    assert rows[1][1] == (datetime(2026, 10, 25), "yyyy-mm-dd")  # noqa: DTZ001


def test_rows_that_are_short_end_in_empty_cells() -> None:
    header, *rows = read(write(["a", "b", "c"], [["x"], ["y", time(8)], ["z", None, 3]]))
    assert [cell for cell, _ in header] == ["a", "b", "c"]
    assert [[cell for cell, _ in row] for row in rows] == [["x", None, None], ["y", time(8), None], ["z", None, 3]]
