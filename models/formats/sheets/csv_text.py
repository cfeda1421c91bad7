"""Reading comma, semicolon or tab separated text, plain or gzip-compressed."""

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

from models.errors import InputError
from models.formats.sheets.grids import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TABLE_BYTES,
    Grid,
    Unreadable,
    clean_text,
    unescape_formula,
)

DELIMITERS = (",", ";", "\t")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path, *, file: str, name: str) -> Grid:
    """Return the cells of a CSV file; all are text.

    Raises
    ------
    InputError
        If the file cannot be read, is no UTF-8 text, has a quote that is never closed, or is too large.
    """
    text = _decode(_read_bytes(path, file=file), file=file)
    delimiter = _delimiter(text)
    if delimiter is None:
        return Grid(file=file, name=name, rows=[], numbers=[])
    rows: list[Sequence[object]] = []
    numbers: list[int] = []
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for number, raw in enumerate(reader, start=1):
            row = [_cell(cell) for cell in raw]
            if any(cell is not None for cell in row):
                if len(row) > MAX_COLUMNS:
                    raise InputError.of(file, f"at most {MAX_COLUMNS} columns", record=f"row {number}", value=len(row))
                rows.append(row)
                numbers.append(number)
            if number > MAX_ROWS:
                raise InputError.of(file, f"at most {MAX_ROWS:,} rows")
    except csv.Error as error:
        message = str(error)
        if "field larger" in message:
            message = f"a cell of at most {MAX_CELL_CHARACTERS:,} characters"
        elif "unexpected end" in message:
            message = "has a quote that is never closed; the file may be cut off"
        raise InputError.of(file, message, record=f"row {number + 1}") from error
    return Grid(file=file, name=name, rows=rows, numbers=numbers)


def _read_bytes(path: Path, *, file: str) -> bytes:
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path, "rb") as stream:
                raw = stream.read(MAX_TABLE_BYTES + 1)
        else:
            with path.open("rb") as stream:
                raw = stream.read(MAX_TABLE_BYTES + 1)
    except EOFError as error:
        raise InputError.of(file, "is cut off: its gzip data end too early; copy it again") from error
    except (OSError, zlib.error) as error:
        raise InputError.of(file, f"cannot be read: {error}") from error
    if len(raw) > MAX_TABLE_BYTES:
        raise InputError.of(file, f"holds more than {MAX_TABLE_BYTES // 1024**2} MiB")
    return raw


def _decode(raw: bytes, *, file: str) -> str:
    if raw[:2] in _UTF16_MARKS:
        raise InputError.of(file, "is UTF-16 text; save it as `CSV UTF-8`")
    if raw[:4] == b"PK\x03\x04":
        raise InputError.of(file, "is no text but a zip archive; if it is a workbook, name it .xlsx")
    if b"\x00" in raw:
        raise InputError.of(file, "is no text: it holds zero bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError.of(
            file, f"is not UTF-8 text (byte 0x{raw[error.start]:02X} in line {line}); save it as `CSV UTF-8`"
        ) from error


def _delimiter(text: str) -> str | None:
    """Return the separator that splits the first line that holds anything into the most cells; None where none does."""
    first = next((line for line in io.StringIO(text) if line.strip(" \t\r\n,;")), None)
    if first is None:
        return None
    outside_quotes = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside_quotes.count)


def _cell(raw: str) -> object:
    cell = clean_text(raw)
    if cell is None:
        return None
    if len(cell) > MAX_CELL_CHARACTERS:
        return Unreadable(f"{len(cell):,} characters", f"at most {MAX_CELL_CHARACTERS:,} characters")
    return unescape_formula(cell) if cell[0] == "'" else cell
