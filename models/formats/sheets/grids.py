"""Sheets of cells as files hold them, before anything is made of them: the common form of CSV, XLSX and Parquet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MAX_TABLE_BYTES = 512 * 1024**2
MAX_ROWS = 1_048_576
MAX_COLUMNS = 1_000
MAX_CELL_CHARACTERS = 32_767
FORMULA_STARTS = "=+-@\t\r"
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_INVISIBLE = str.maketrans({"\xa0": " ", "\u2007": " ", "\u202f": " ", "\u200b": None, "\ufeff": None})


@dataclass(frozen=True)
class Unreadable:
    """A cell whose value cannot be used: what stands there, and what should."""

    shown: str
    expected: str


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet of cells.

    Attributes
    ----------
    file
        How messages name it: `tasks.csv`, `office.xlsx [tasks]`.
    name
        The sheet's name, or the file's without its endings.
    rows
        Rows that hold anything, each a sequence of cells: text (never blank, no spaces around it), number, bool,
        date, datetime, time, list, None where empty, or `Unreadable`. Rows may differ in length.
    numbers
        For each row its number as a spreadsheet shows it.
    is_hidden
        Whether the sheet is hidden from who opens the workbook.
    epoch
        The day that numbers in columns of dates count from; None where a number is no date.
    """

    file: str
    name: str
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    is_hidden: bool = False
    epoch: datetime | None = None


def clean_text(text: str) -> str | None:
    """Return a cell's text without the spaces around it and the invisible characters in it; None where that is all."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return text.strip() or None


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that starts like a formula gets an apostrophe."""
    if text and (text[0] in FORMULA_STARTS or _ESCAPED.match(text)):
        return "'" + text
    return text


def unescape_formula(text: str) -> str:
    """Return the text that `escape_formula` was given."""
    return text[1:] if _ESCAPED.match(text) else text


def cut_text(text: str, num_units: int) -> str:
    """Return as much of the beginning of a text as has so many units of UTF-16, in which spreadsheets count."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * num_units].decode("utf-16-le", "ignore")


def column_letters(position: int) -> str:
    """Return the letters with which a spreadsheet names a column; 0 is A."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
