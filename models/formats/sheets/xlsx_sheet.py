"""Reading one sheet of a workbook from its XML, cell by cell as it streams by.

expat, because a hundred thousand rows are a million cells, and lxml's element objects take twice the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from xml.parsers import expat

from models.errors import InputError
from models.formats.sheets.dates import date_of_serial
from models.formats.sheets.grids import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Unreadable,
    clean_text,
    unescape_formula,
)

MAX_CELLS = 30_000_000
MAX_ELEMENTS = 2_000_000
_CHUNK_BYTES = 1024**2
_DIGITS = "0123456789"
_NO_SAVED_VALUE = Unreadable(
    "a formula", "a value; this formula has none saved: open the workbook, let it calculate, and save it"
)

Rows = dict[int, list[object]]
_OnStart = Callable[[str, dict[str, str]], None]
_OnText = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the cells of every sheet need: shared texts, which styles are dates (and show a time), and the epoch."""

    texts: Sequence[object]
    date_styles: frozenset[str]
    time_styles: frozenset[str]
    epoch: datetime


def read_sheet(stream: IO[bytes], book: Book, *, file: str) -> Rows:
    """Return the cells of a sheet by row number; what merged ranges cover is `Unreadable`.

    Raises
    ------
    InputError
        If it has more columns, rows or cells than are read.
    expat.ExpatError, ValueError, IndexError
        If it is not a sheet's XML.
    """
    reader = _SheetReader(book, file)
    _parse(stream, *reader.handlers())
    reader.mark_merged()
    return reader.rows


def read_shared_texts(stream: IO[bytes]) -> list[object]:
    """Return the texts that the cells of a workbook share; what only tells how to pronounce them is left out.

    Raises
    ------
    expat.ExpatError, ValueError
        If it is not their XML.
    """
    found: list[object] = []
    parts: list[str] = []
    is_text = is_spoken = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal is_text, is_spoken
        if tag.endswith("}t"):
            is_text = not is_spoken
        elif tag.endswith("}rPh"):
            is_spoken = True

    def end(tag: str) -> None:
        nonlocal is_text, is_spoken
        if tag.endswith("}t"):
            is_text = False
        elif tag.endswith("}si"):
            found.append(_text_cell("".join(parts)))
            parts.clear()
        elif tag.endswith("}rPh"):
            is_spoken = False

    def data(text: str) -> None:
        if is_text:
            parts.append(text)

    _parse(stream, start, end, data)
    return found


def read_elements(stream: IO[bytes]) -> list[tuple[str, str, dict[str, str]]]:
    """Return the elements of a small part as they start: the parent's name, their own, and their attributes.

    Raises
    ------
    expat.ExpatError, ValueError
        If it is no XML, or more than a small part.
    """
    found: list[tuple[str, str, dict[str, str]]] = []
    path = [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        found.append((path[-1], name, attributes))
        path.append(name)
        if len(found) > MAX_ELEMENTS:
            raise ValueError("it describes more than any workbook does")

    def end(_: str) -> None:
        path.pop()

    _parse(stream, start, end, lambda _: None)
    return found


def _parse(stream: IO[bytes], start: _OnStart, end: _OnText, data: _OnText) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    while chunk := stream.read(_CHUNK_BYTES):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _text_cell(raw: str) -> object:
    """Return a text as a cell."""
    cell = clean_text(raw)
    if cell is None:
        return None
    if len(cell) > MAX_CELL_CHARACTERS:
        return Unreadable(f"{len(cell):,} characters", f"at most {MAX_CELL_CHARACTERS:,} characters")
    return unescape_formula(cell) if cell[0] == "'" else cell


def _refuse_doctype(*_: object) -> None:
    raise ValueError("it declares a document type, which no workbook does")


class _SheetReader:
    """Collects the rows of a sheet; its handlers are closures, since each is called a million times."""

    def __init__(self, book: Book, file: str) -> None:
        self.rows: Rows = {}
        self._book, self._file = book, file
        self._merged: list[str] = []
        self._positions: dict[str, int] = {}

    def handlers(self) -> tuple[_OnStart, _OnText, _OnText]:
        """Return what to call when an element starts, when one ends, and for the text between."""
        rows, cell_of = self.rows, self._cell
        row: list[object] = []
        number = num_cells = 0
        position = -1
        kind = style = ""
        texts: list[str] = []
        is_text = has_formula = False
        tags: dict[str, str] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, number, position, kind, style, is_text, has_formula
            name = tags.get(tag) or tags.setdefault(tag, tag.rpartition("}")[2])
            if name == "c":
                reference = attributes.get("r")
                position = position + 1 if reference is None else self._position(reference)
                kind, style = attributes.get("t", "n"), attributes.get("s", "")
                has_formula = False
            elif name == "v":
                is_text = True
            elif name == "row":
                number = int(attributes.get("r", number + 1))
                row, position = [], -1
            elif name == "t":
                is_text = kind == "inlineStr"
            elif name == "f":
                has_formula = True
            elif name == "rPh":  # how to pronounce it
                kind = ""
            elif name == "mergeCell":
                self._merged.append(attributes.get("ref", ""))

        def end(tag: str) -> None:
            nonlocal num_cells, is_text, kind
            name = tags[tag]
            if name == "v" or name == "t":  # noqa: PLR1714 - a set would be made each time
                is_text = False
            elif name == "c":
                text = "".join(texts)
                texts.clear()
                if text:
                    value = cell_of(text, kind, style)
                elif has_formula and kind != "str":
                    value = _NO_SAVED_VALUE
                else:
                    return
                if value is not None:
                    gap = position - len(row)
                    if gap:
                        self._widen(row, position, number)
                    row.append(value)
            elif name == "rPh":
                kind = "inlineStr"
            elif name == "row" and row:
                rows[number] = row
                num_cells += len(row)
                if number > MAX_ROWS or num_cells > MAX_CELLS:
                    raise InputError.of(self._file, f"at most {MAX_ROWS:,} rows and {MAX_CELLS:,} cells")

        def data(text: str) -> None:
            if is_text:
                texts.append(text)

        return start, end, data

    def _position(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        known = self._positions.get(letters)
        if known is None:
            known = self._positions[letters] = column_position(letters)
        return known

    def _widen(self, row: list[object], position: int, number: int) -> None:
        if position >= MAX_COLUMNS:
            raise InputError.of(self._file, f"at most {MAX_COLUMNS} columns", record=f"row {number}")
        if position < len(row):
            raise ValueError(f"the cells of row {number} are out of order")
        row.extend([None] * (position - len(row)))

    def _shared(self, at: int) -> object:
        if not 0 <= at < len(self._book.texts):
            raise ValueError(f"a cell names shared text {at} of {len(self._book.texts)}")
        return self._book.texts[at]

    def _cell(self, text: str, kind: str, style: str) -> object:
        if kind == "s":
            return self._shared(int(text))
        if kind == "n":
            return self._number(text, style)
        if kind == "b":
            return text == "1"
        if kind == "e":
            return Unreadable(text, "a value; the cell shows an error")
        if kind == "d":
            return datetime.fromisoformat(text)
        return _text_cell(text)  # "inlineStr", and "str": what a formula came to

    def _number(self, text: str, style: str) -> object:
        number: int | float
        try:
            number = int(text)
        except ValueError:
            number = float(text)
            if number.is_integer() and abs(number) < 2**53:
                number = int(number)
        if style in self._book.date_styles:
            return date_of_serial(number, self._book.epoch, has_time=style in self._book.time_styles)
        return number

    def mark_merged(self) -> None:
        """Put a mark in the cells that merged ranges cover, where rows and columns hold anything."""
        rows = self.rows
        width = max((len(row) for row in rows.values()), default=0)
        num_marks = 0
        for reference in self._merged:
            first, _, last = reference.partition(":")
            last = last or first
            left, right = self._position(first), min(self._position(last), width - 1)
            top, bottom = (int(corner[len(corner.rstrip(_DIGITS)) :]) for corner in (first, last))
            mark = Unreadable(f"merged cells {reference}", "one value a cell; unmerge the cells and fill each")
            numbers = range(top, bottom + 1) if bottom - top < len(rows) else [n for n in rows if top <= n <= bottom]
            for number in numbers:
                num_marks += 1 + max(0, right + 1 - left)
                if num_marks > MAX_CELLS:
                    raise InputError.of(self._file, "has too many merged cells; unmerge them")
                row = rows.get(number)
                if row is not None and left <= right:
                    row.extend([None] * (right + 1 - len(row)))
                    row[left : right + 1] = [mark] * (right + 1 - left)


def column_position(letters: str) -> int:
    """Return the position of the column that a spreadsheet names by these letters; A is 0."""
    position = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters!r} names no column")
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
