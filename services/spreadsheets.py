"""Tables as files for spreadsheets: cells of real types, headers that stay, formulas that are none."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from models.formats.documents import write_atomically
from models.formats.sheets.grids import escape_formula

MAX_CELL_CHARACTERS = 32_767
MAX_SHEET_ROWS = 1_048_575
"""Rows that a sheet can have below its header."""
MAX_WIDTH = 52
WORKBOOK_OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
NUMBER_FORMATS: Mapping[str, str] = {
    "text": "General",
    "words": "General",
    "count": "#,##0",
    "number": "#,##0.00",
    "share": "0.0%",
    "instant": "yyyy-mm-dd hh:mm",
    "flag": "General",
}

_SHEET_NAME_LENGTH = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\\0", " "))


class Column(Protocol):
    """A column of a sheet: the frame's column, its heading, and how its cells are shown."""

    @property
    def name(self) -> str:
        """The frame's column."""

    @property
    def heading(self) -> str:
        """What stands above it."""

    @property
    def format(self) -> str:
        """One of `NUMBER_FORMATS`."""


class SheetWriter:
    """Writes sheets of one workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#eef1f4"}
        )
        self._book = book
        self._formats = {
            name: book.add_format({"num_format": code, "valign": "top"}) for name, code in NUMBER_FORMATS.items()
        }
        self._taken: set[str] = set()

    def add_sheet(self, wanted: str) -> Any:
        """Add a sheet by a name that sheets may have and no other has."""
        base = wanted.translate(_NOT_IN_SHEET_NAMES).strip("' ")[:_SHEET_NAME_LENGTH].rstrip("' ") or "Sheet"
        name, number = base, 1
        while name.casefold() in self._taken or name.casefold() == "history":
            number += 1
            name = f"{base[: _SHEET_NAME_LENGTH - len(str(number)) - 1]} {number}"
        self._taken.add(name.casefold())
        return self._book.add_worksheet(name)

    def write_table(self, name: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
        """Write a table on a sheet of its own: its header stays in sight, and its rows can be filtered."""
        sheet = self.add_sheet(name)
        for position, column in enumerate(columns):
            sheet.write_string(0, position, column.heading, self.head)
            cells = [sheet_cell(value, column.format) for value in table[column.name].tolist()]
            for row, cell in enumerate(cells, start=1):
                self.write_cell(sheet, row, position, cell, column.format)
            sheet.set_column(position, position, _width(column, cells))
        sheet.freeze_panes(1, 1)
        if len(table):
            sheet.autofilter(0, 0, len(table), len(columns) - 1)

    def write_cell(self, sheet: Any, row: int, position: int, cell: Any, kind: str) -> None:
        """Write one cell as what it is; nothing where it is None."""
        shown = self._formats[kind]
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, position, cell, shown)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, position, cell, shown)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, position, cell, shown)
        else:
            sheet.write_number(row, position, cell, shown)


def csv_bytes(table: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """Return a table as CSV: UTF-8 with a mark, as spreadsheets want it, and instants in ISO 8601."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heading for column in columns)
    cells = [[_csv_cell(value, column.format) for value in table[column.name].tolist()] for column in columns]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue().encode("utf-8-sig")


def write_csv(path: Path, table: pd.DataFrame, columns: Sequence[Column]) -> None:
    """Write a table as CSV, as `csv_bytes` gives it.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_atomically(path, csv_bytes(table, columns))


def sheet_cell(value: Any, kind: str) -> str | float | int | bool | datetime | None:
    """Return a value as a cell of a workbook; a text that looks like a formula is escaped."""
    if _is_empty(value):
        return None
    if kind == "instant":
        local: datetime = value.to_pydatetime().replace(tzinfo=None)
        return local
    if kind == "flag":
        return bool(value)
    if kind == "count":
        return int(value)
    if kind in {"number", "share"}:
        return float(value)
    return escape_formula(str(value))[:MAX_CELL_CHARACTERS]


def _csv_cell(value: Any, kind: str) -> str:
    if _is_empty(value):
        return ""
    if kind == "instant":
        return str(value.isoformat())
    if kind == "flag":
        return "yes" if value else "no"
    if kind == "count":
        return str(int(value))
    if kind in {"number", "share"}:
        return f"{float(value):.6g}"
    return escape_formula(str(value))


def _is_empty(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _width(column: Column, cells: Iterable[Any]) -> float:
    if column.format == "instant":
        return 17
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    return float(min(max(longest, len(column.heading)) + 2, MAX_WIDTH))
