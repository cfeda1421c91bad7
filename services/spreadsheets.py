"""Tables as files for spreadsheets: cells of real types, headers that stay, formulas that are none."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.formats.documents import write_atomically
from models.formats.sheets.columns import ColumnSheet
from models.formats.sheets.grids import MAX_CELL_CHARACTERS, escape_formula
from models.formats.sheets.naming import SheetNames

MAX_SHEET_ROWS = 1_048_575
"""Rows that a sheet can have below its header."""
MAX_WIDTH = 52
BLOCK_ROWS = 8_192
"""Rows that are written at a time: so many are not yet large as text, and what is done once for all takes little."""
NUMBER_FORMATS: Mapping[str, str] = {
    "text": "General",
    "words": "General",
    "count": "#,##0",
    "number": "#,##0.00",
    "share": "0.0%",
    "instant": "yyyy-mm-dd hh:mm",
    "flag": "General",
}

_FIRST_DAY = datetime(1899, 12, 31)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_FIRST_DAY_TO_1970 = 25_568
_LEAP_DAY = 59
"""Spreadsheets count days from the last of 1899, and one that never was: 29 February 1900."""
_TEXTS = frozenset({"text", "words"})
_S_PER_DAY, _US_PER_DAY, _US_PER_S = 86_400, 86_400_000_000, 1e6


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


Cells = Sequence[str | float | bool | None]
"""The cells of a column as a sheet takes them; see `sheet_cells`."""


class SheetWriter:
    """Writes sheets of one workbook.

    Parameters
    ----------
    on_rows
        Told how many rows of tables were written since it was told last; it may raise to stop.
    """

    def __init__(self, book: Any, *, on_rows: Callable[[int], None] | None = None) -> None:
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#eef1f4"}
        )
        self._book, self._on_rows = book, on_rows
        self._formats = {
            name: book.add_format({"num_format": code, "valign": "top"}) for name, code in NUMBER_FORMATS.items()
        }
        self._names = SheetNames(instead=" ")

    def add_sheet(self, wanted: str) -> Any:
        """Add a sheet by a name that sheets may have and no other has."""
        return self._book.add_worksheet(self._names.choose(wanted))

    def write_table(self, name: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
        """Write a table on a sheet of its own: its header stays in sight, and its rows can be filtered."""
        self.write_cells(name, [sheet_cells(table[column.name], column.format) for column in columns], columns)

    def write_cells(self, name: str, cells: Sequence[Cells], columns: Sequence[Column]) -> None:
        """Write a table on a sheet of its own from the cells of its columns, as `sheet_cells` gives them."""
        sheet, num_rows = self.add_sheet(name), len(cells[0])
        for position, (column, of_column) in enumerate(zip(columns, cells, strict=True)):
            sheet.write_string(0, position, column.heading, self.head)
            sheet.set_column(position, position, _width(column, of_column))
        for begin in range(0, num_rows, BLOCK_ROWS):
            end = min(begin + BLOCK_ROWS, num_rows)
            encoded = [
                self._encode(sheet, of_column[begin:end], column.format)
                for column, of_column in zip(columns, cells, strict=True)
            ]
            sheet.write_columns(1 + begin, encoded)
            if self._on_rows is not None:
                self._on_rows(end - begin)
        sheet.freeze_panes(1, 1)
        if num_rows:
            sheet.autofilter(0, 0, num_rows, len(columns) - 1)

    def _encode(self, sheet: ColumnSheet, cells: Any, kind: str) -> list[str]:
        shown = self._formats[kind]
        if kind in _TEXTS:
            return sheet.encode_texts(cells, shown)
        return sheet.encode_flags(cells, shown) if kind == "flag" else sheet.encode_numbers(cells, shown)

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
    writer.writerows(zip(*(_csv_cells(table[column.name], column.format) for column in columns), strict=True))
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


def sheet_cells(column: "pd.Series[Any]", kind: str) -> Cells:
    """Return a column of a frame as the cells of a sheet, as `sheet_cell` would give each of them; None where empty.

    Instants are days, which is what spreadsheets keep of them; texts that look like formulas are escaped.
    """
    found = column.dtype.kind if isinstance(column.dtype, np.dtype | pd.DatetimeTZDtype) else "O"
    if kind == "instant" and found == "M":
        return _days(column)
    if (kind == "count" and found in "iu") or (kind == "flag" and found == "b"):
        return column.tolist()
    if kind in {"number", "share"} and found in "iuf":
        numbers = column.to_numpy(float)
        return _without(numbers.tolist(), np.isnan(numbers))
    values, gone = column.tolist(), column.isna().to_numpy(bool)
    if kind in _TEXTS:
        texts = [str(value) for value in values]
        shown = {text: escape_formula(text) for text in set(texts)}  # names and words stand in many rows
        return _without([shown[text] for text in texts], gone)
    make = _MAKERS[kind]
    return [None if is_gone else make(value) for value, is_gone in zip(values, gone.tolist(), strict=True)]


def _days(column: "pd.Series[Any]") -> Cells:
    local = column.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    days, rest = np.divmod(local.astype(np.int64), _US_PER_DAY)
    seconds, micros = np.divmod(rest, int(_US_PER_S))
    return _without(_shown_days(days + _FIRST_DAY_TO_1970, seconds, micros).tolist(), np.isnat(local))


def _day(at: datetime) -> float:
    """Return an instant as the days that a sheet keeps of its wall clock."""
    since = at.replace(tzinfo=None) - _FIRST_DAY
    return float(_shown_days(since.days, since.seconds, since.microseconds))


def _shown_days(days: Any, seconds: Any, micros: Any) -> Any:
    counted = days + (seconds + micros / _US_PER_S) / _S_PER_DAY
    return counted + (counted > _LEAP_DAY)


def _without(values: Sequence[str | float], gone: NDArray[np.bool_]) -> Cells:
    if not gone.any():
        return values
    return [None if is_gone else value for value, is_gone in zip(values, gone.tolist(), strict=True)]


_CSV_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "instant": lambda at: str(at.isoformat()),
    "flag": lambda is_so: "yes" if is_so else "no",
    "count": lambda count: str(int(count)),
    "number": "%.6g".__mod__,
    "share": "%.6g".__mod__,
}
_MAKERS: Mapping[str, Callable[[Any], float | bool]] = {
    "count": int,
    "number": float,
    "share": float,
    "instant": _day,
    "flag": bool,
}


def _csv_cells(column: "pd.Series[Any]", kind: str) -> Sequence[str]:
    """Return a column of a frame as texts; empty where nothing is known."""
    known = column.notna()
    told = column if known.all() else column[known]
    if kind == "instant" and told.dtype.kind == "M":
        # The standard library's instants say themselves four times as fast.
        values = pd.DatetimeIndex(told).to_pydatetime().tolist()
    else:
        values = told.tolist()
    texts = list(map(_CSV_TEXTS.get(kind, str), values))
    if kind in _TEXTS:
        shown = {text: escape_formula(text) for text in set(texts)}
        texts = [shown[text] for text in texts]
    if told is column:
        return texts
    following = iter(texts)
    return [next(following) if is_known else "" for is_known in known.tolist()]


def _is_empty(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _width(column: Column, cells: Cells) -> float:
    if column.format == "instant":
        return 17
    texts = {cell for cell in cells if isinstance(cell, str)} if column.format in _TEXTS else set()
    longest = max(map(len, texts), default=0)
    return float(min(max(longest, len(column.heading)) + 2, MAX_WIDTH))
