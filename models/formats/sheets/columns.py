"""Worksheets that take whole columns: a large table is written in a tenth of what it takes cell by cell.

XlsxWriter keeps each cell as an object and writes it when the workbook is closed: some fifteen microseconds a cell, a
third of a minute for 50,000 tasks. Here cells become XML at once, by column: what is the same of all cells of a column
is made once for the column, and what is the same of two cells once for both. All else is XlsxWriter's.
"""

from collections.abc import Iterable, Sequence
from datetime import date, time
from math import isfinite
from types import TracebackType
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import CellStringTuple, Worksheet

from models.formats.sheets.grids import MAX_CELL_CHARACTERS, column_letters, cut_text

EMPTY = ""
"""A cell in which nothing is."""
_SURELY_SHORT = MAX_CELL_CHARACTERS // 2
"""A text of so many characters has no more units than a cell may: a character has two at most."""


class ColumnSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter says no types
    """A worksheet that takes cells one by one, and below them whole columns."""

    def __init__(self) -> None:
        super().__init__()
        self.dim_rowmax: int | None = None
        self._texts: dict[int, _Texts] = {}
        self._first_row: int | None = None
        self._next_row = 0
        self._rows: list[str] = []

    def encode_texts(self, texts: Sequence[str | None], style: Any) -> list[str]:
        """Return texts as cells of a style; None is an empty one."""
        number = style._get_xf_index()
        known = self._texts.get(number)
        if known is None:
            known = self._texts[number] = _Texts(self, number)
        return known.encode(texts)

    def encode_numbers(self, numbers: Iterable[float | None], style: Any) -> list[str]:
        """Return numbers as cells of a style; None is an empty one. Dates are numbers too, of days.

        Raises
        ------
        ValueError
            If one is infinite, or none: no sheet holds such numbers.
        """
        listed = list(numbers)
        if not all(map(isfinite, [number for number in listed if number is not None])):
            raise ValueError("a cell holds no number that is infinite, or none")
        # Sixteen digits are what spreadsheets keep, and what XlsxWriter writes.
        cell = f'" s="{style._get_xf_index()}"><v>%.16G</v></c>'
        return [EMPTY if number is None else cell % number for number in listed]

    def encode_dates(self, dates: Iterable[date | time | None], style: Any) -> list[str]:
        """Return dates, with or without a time, or times of a day, as cells of a style; None is an empty one."""
        return self.encode_numbers([None if at is None else self._convert_date_time(at) for at in dates], style)

    def encode_flags(self, flags: Iterable[bool | None], style: Any) -> list[str]:
        """Return yes or no as cells of a style; None is an empty one."""
        head = f'" s="{style._get_xf_index()}" t="b"><v>'
        cells = {None: EMPTY, False: f"{head}0</v></c>", True: f"{head}1</v></c>"}
        return [cells[flag] for flag in flags]

    def write_columns(self, first_row: int, columns: Sequence[Sequence[str]]) -> None:
        """Write encoded cells of columns of one length, the first in the first column, below all that stands already.

        Raises
        ------
        ValueError
            If something stands there, or below; or if the sheet has no such row.
        """
        num_rows = len(columns[0]) if columns else 0
        if not num_rows:
            return
        if first_row < self._next_row or (self.dim_rowmax is not None and first_row <= self.dim_rowmax):
            raise ValueError(f"row {first_row + 1} of the sheet {self.name!r} is not below all that stands there")
        last_row = first_row + num_rows - 1
        if self._check_dimensions(first_row, 0) or self._check_dimensions(last_row, len(columns) - 1):
            raise ValueError(f"the sheet {self.name!r} has no row {last_row + 1}, or not so many columns")
        if self._first_row is None:
            self._first_row = first_row
        self._next_row = last_row + 1
        begins = [f'<c r="{column_letters(position)}' for position in range(len(columns))]
        written = [
            f'<row r="{row}">'
            + "".join([f"{begin}{row}{cell}" for begin, cell in zip(begins, cells, strict=True) if cell])
            + "</row>"
            for row, cells in enumerate(zip(*columns, strict=True), start=first_row + 1)
        ]
        self._rows.append("".join(written))

    def share(self, text: str) -> int:
        """Return the number of a text among those that the sheets share."""
        shown = text if len(text) <= _SURELY_SHORT else cut_text(text, MAX_CELL_CHARACTERS)
        if shown.startswith("<r>") and shown.endswith("</r>"):
            # XlsxWriter takes it for a text that has formats inside, and writes it as it is: whoever may name a task
            # could spoil the file. Inside a run of its own it is a text.
            shown = f"<r><t>{self._escape_data(shown)}</t></r>"
        return int(self.str_table._get_shared_string_index(shown))

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellStringTuple(self.share(string), cell_format)
        return 0

    def _write_rows(self) -> None:
        if self._first_row is None:
            super()._write_rows()
            return
        if any(cells for row, cells in self.table.items() if row >= self._first_row):
            raise ValueError(f"cells of the sheet {self.name!r} stand beside or below whole columns")
        last_row, self.dim_rowmax = self.dim_rowmax, self._first_row - 1
        super()._write_rows()
        self.dim_rowmax = last_row
        for rows in self._rows:
            self.fh.write(rows)
        self._rows = []


class ColumnWorkbook(Workbook):  # type: ignore[misc]  # XlsxWriter says no types
    """A workbook whose worksheets take whole columns; where its block is left by an exception, it is not written."""

    worksheet_class = ColumnSheet

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        # XlsxWriter writes it all the same: seconds for a large one that nobody wants any more, and what is wrong with
        # half a workbook would be said in place of why it is left.
        if kind is None:
            self.close()


class _Texts(dict[str | None, str]):
    """The cells of texts, each made once; Excel's table of shared strings has each once too."""

    def __init__(self, sheet: ColumnSheet, style_number: int) -> None:
        super().__init__({None: EMPTY})
        self._sheet, self._head = sheet, f'" s="{style_number}" t="s"><v>'
        self._num_new = 0

    def encode(self, texts: Sequence[str | None]) -> list[str]:
        self._num_new = 0
        cells = list(map(self.__getitem__, texts))
        self._sheet.str_table.count += len(texts) - texts.count(None) - self._num_new
        return cells

    def __missing__(self, text: str | None) -> str:
        assert text is not None  # noqa: S101 - it is known from the beginning
        self._num_new += 1
        cell = f"{self._head}{self._sheet.share(text)}</v></c>"
        self[text] = cell
        return cell
