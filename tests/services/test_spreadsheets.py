"""Columns of frames as cells of a sheet: each as it would be alone, whatever the frame keeps it as."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest

from models.formats.sheets.grids import escape_formula
from models.formats.sheets.writing import new_workbook
from services.spreadsheets import BLOCK_ROWS, SheetWriter, csv_bytes, sheet_cell, sheet_cells

ZONE = "Europe/Madrid"
AT = pd.Timestamp("2026-03-29 01:59:59.123456", tz=ZONE)
COLUMNS: list[tuple[str, "pd.Series[Any]"]] = [
    ("text", pd.Series(["a", "=1+1", None, "", "'=x", "a"])),
    ("text", pd.Series(["a", float("nan"), "-b"], dtype=object)),
    ("text", pd.Series([1, 2.5, None, True], dtype=object)),
    ("words", pd.Series(["on time", "late"])),
    ("count", pd.Series([1, 2, -3])),
    ("count", pd.Series([1.0, float("nan"), 2.9])),
    ("count", pd.Series([1, None, 3], dtype="Int64")),
    ("number", pd.Series([1, 2])),
    ("number", pd.Series([0.1, float("nan")])),
    ("share", pd.Series([0.25, None, 1], dtype=object)),
    ("flag", pd.Series([True, False])),
    ("flag", pd.Series([True, None, False], dtype=object)),
    ("instant", pd.Series([AT, pd.NaT, AT + pd.Timedelta(hours=1)])),
    ("instant", pd.Series([AT, None, AT.to_pydatetime()], dtype=object)),
    ("instant", pd.Series([pd.Timestamp("2026-10-25 02:30", tz="UTC").tz_convert(ZONE), pd.NaT])),
    ("instant", pd.Series([pd.Timestamp("1890-01-01"), pd.Timestamp("2026-03-02 08:00:01")])),
    ("instant", pd.Series([AT]).dt.as_unit("s")),
    ("text", pd.Series([], dtype=object)),
    ("instant", pd.Series([], dtype=f"datetime64[ns, {ZONE}]")),
]


@dataclass(frozen=True, kw_only=True)
class NamedColumn:
    name: str
    heading: str
    format: str


def alone(value: Any, kind: str, sheet: Any) -> Any:
    """Return what a sheet is given of one value, written by itself."""
    cell = sheet_cell(pd.Timestamp(value) if kind == "instant" and value is not None else value, kind)
    return sheet._convert_date_time(cell) if isinstance(cell, datetime) else cell


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
def test_a_column_gives_what_its_values_give_alone(kind: str, column: "pd.Series[Any]") -> None:
    with new_workbook(io.BytesIO()) as book:
        sheet = book.add_worksheet()
        expected = [alone(value, kind, sheet) for value in column.tolist()]
    found = sheet_cells(column, kind)
    assert list(found) == expected
    assert [type(cell) for cell in found] == [type(cell) for cell in expected]


def told_alone(value: Any, kind: str) -> str:
    """Return what a CSV file says of one value."""
    if value is None or bool(pd.isna(value)):
        return ""
    if kind == "instant":
        return str(pd.Timestamp(value).isoformat())
    if kind == "flag":
        return "yes" if value else "no"
    if kind == "count":
        return str(int(value))
    if kind in {"number", "share"}:
        return f"{float(value):.6g}"
    return escape_formula(str(value))


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
def test_a_column_of_a_csv_says_what_its_values_say_alone(kind: str, column: "pd.Series[Any]") -> None:
    expected = [told_alone(value, kind) for value in column.tolist()]
    made = csv_bytes(pd.DataFrame({"x": column}), [NamedColumn(name="x", heading="h", format=kind)])
    header, *rows = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert header == ["h"]
    assert [cell for row in rows for cell in row or [""]] == expected


def test_a_large_table_is_written_in_blocks_that_are_told_of() -> None:
    told: list[int] = []
    frame = pd.DataFrame({"id": [f"T{n}" for n in range(BLOCK_ROWS + 5)], "n": range(BLOCK_ROWS + 5)})
    columns = [
        NamedColumn(name="id", heading="task", format="text"),
        NamedColumn(name="n", heading="=how many", format="count"),
    ]
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        SheetWriter(book, on_rows=told.append).write_table("many", frame, columns)
    assert told == [BLOCK_ROWS, 5]
    sheet = openpyxl.load_workbook(stream, read_only=True)["many"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header == ("task", "=how many")
    assert rows == list(frame.itertuples(index=False, name=None))


class StopError(Exception):
    pass


def test_whoever_is_told_of_rows_may_stop_the_writing_and_nothing_is_put_together() -> None:
    def stop(_rows: int) -> None:
        raise StopError

    def write(stream: io.BytesIO) -> None:
        with new_workbook(stream) as book:
            book.add_worksheet("unfinished")
            SheetWriter(book, on_rows=stop).write_table(
                "x", pd.DataFrame({"a": [1]}), [NamedColumn(name="a", heading="a", format="count")]
            )

    stream = io.BytesIO()
    with pytest.raises(StopError):
        write(stream)
    assert stream.getvalue() == b""


def test_what_is_wrong_with_half_a_workbook_is_not_said_in_place_of_why_it_is_left() -> None:
    def write(*, is_stopped: bool) -> None:
        with new_workbook(io.BytesIO()) as book:
            sheet = book.add_worksheet("x")
            sheet.write_columns(1, [sheet.encode_flags([True], book.add_format())])
            sheet.write_string(1, 1, "beside whole columns")
            if is_stopped:
                raise StopError

    with pytest.raises(ValueError, match="beside or below whole columns"):
        write(is_stopped=False)
    with pytest.raises(StopError):
        write(is_stopped=True)
