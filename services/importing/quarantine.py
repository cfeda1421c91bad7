"""Rows that were left out, as a file to mend and take in again: their cells as they were, and what is wrong."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from models.errors import UsageError
from models.formats.documents import write_atomically
from models.formats.offices.mixed_rows import REASONS_COLUMN, TABLE_COLUMN
from models.formats.offices.raw_tables import RawTable, RowFault
from models.formats.offices.table_writing import write_csv
from models.formats.offices.tables import TABLES
from models.formats.sheets.grids import Unreadable
from models.formats.sheets.writing import SheetStyles, new_workbook, write_rows

ROW = "#row"
_CSV = (".csv", ".csv.gz")


def check_quarantine_path(path: Path, *, kept: Iterable[Path] = ()) -> None:
    """Refuse, before any work, a file that rows cannot be written to.

    Parameters
    ----------
    kept
        Files that must stay, or folders whose files must: what is taken in, and the database.

    Raises
    ------
    UsageError
        If it is neither CSV nor XLSX, its folder is not there, or it is to be kept.
    """
    if not path.name.lower().endswith((*_CSV, ".xlsx")):
        raise UsageError(f"--quarantine {path}: expected a file that ends in .csv, .csv.gz or .xlsx")
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"--quarantine {path}: there is no such folder, or it is one itself")
    for place in kept:
        inside = place.iterdir() if place.is_dir() else (place,)
        if path.exists() and any(other.exists() and other.samefile(path) for other in inside):
            raise UsageError(f"--quarantine {path} is what is taken in, or the database; name another file")


def write_quarantine(path: Path, tables: Mapping[str, RawTable], faults: Iterable[RowFault]) -> None:
    """Write the spoilt rows with their reasons, a sheet a table, or one CSV file; it replaces what was there.

    The columns of reasons begin with `#`: an import sees by them that the mended rows are a part.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    reasons: dict[str, dict[int, list[str]]] = {}
    for found in faults:
        if found.position is not None:
            said = f"{found.fault.field}: " if found.fault.field else ""
            reasons.setdefault(found.table, {}).setdefault(found.position, []).append(said + found.fault.expected)
    named = [table.name for table in TABLES if table.name in reasons]
    sheets = {name: _rows(tables[name], reasons[name]) for name in named}
    if path.name.lower().endswith(_CSV):
        _write_csv(path, sheets)
    else:
        _write_xlsx(path, sheets)


_Sheet = tuple[list[str], list[list[object]]]


def _rows(raw: RawTable, reasons: Mapping[int, Sequence[str]]) -> _Sheet:
    columns = [
        (position, str(cell))
        for position, cell in enumerate(raw.grid.rows[0])
        if isinstance(cell, str) and not cell.startswith("#")
    ]
    rows: list[list[object]] = []
    for at in sorted(reasons):
        cells = raw.rows[at]
        kept = [_shown(cells[position]) if position < len(cells) else None for position, _ in columns]
        rows.append([*kept, raw.grid.numbers[at + 1], "; ".join(reasons[at])])
    return [*(name for _, name in columns), ROW, REASONS_COLUMN], rows


def _write_csv(path: Path, sheets: Mapping[str, _Sheet]) -> None:
    """Write all rows in one file, with the columns of every table, and which table a row is of."""
    named = {name.lower(): name for header, _ in sheets.values() for name in header}
    named = {key: name for key, name in named.items() if key not in {ROW, REASONS_COLUMN}}
    header = [*named.values(), TABLE_COLUMN, ROW, REASONS_COLUMN]
    places = {name.lower(): position for position, name in enumerate(header)}
    lines: list[list[object]] = []
    for table, (columns, rows) in sheets.items():
        for cells in rows:
            line: list[object] = [None] * len(header)
            for name, cell in zip(columns, cells, strict=True):
                line[places[name.lower()]] = cell
            line[places[TABLE_COLUMN]] = table
            lines.append(line)
    write_csv(path, header, lines)


def _write_xlsx(path: Path, sheets: Mapping[str, _Sheet]) -> None:
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        styles = SheetStyles(book)
        for name, (header, rows) in sheets.items():
            write_rows(book.add_worksheet(name), header, rows, styles, wrapped=(REASONS_COLUMN,))
        if not sheets:
            write_rows(book.add_worksheet("nothing"), [ROW, REASONS_COLUMN], [], styles)
    write_atomically(path, stream.getvalue())


def _shown(cell: object) -> object:
    if isinstance(cell, Unreadable):
        return cell.shown
    return "; ".join(str(item) for item in cell) if isinstance(cell, list) else cell
