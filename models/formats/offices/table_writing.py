"""Writing an office's tables as the files that `table_files` reads: CSV, one workbook, or Parquet."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.errors import InputError
from models.formats.documents import write_atomically
from models.formats.offices.cells import UNPAID_BLOCKS
from models.formats.offices.office import ATTRIBUTES, Office
from models.formats.offices.raw_tables import ATTRIBUTE_PREFIX
from models.formats.offices.tables import TABLES, Column, Kind, Table
from models.formats.sheets.grids import escape_formula
from models.formats.sheets.parquet import MISSING_EXTRA
from models.formats.sheets.writing import SheetStyles, new_workbook, write_rows
from models.time import to_datetime

Rows = list[list[object]]


def write_csv_tables(folder: Path, office: Office, *, zone: ZoneInfo, compressed: bool = False) -> list[Path]:
    """Write each table as a CSV file; instants have the offset of the zone. Returns the files."""
    written = []
    for table in _tables(office):
        header, rows = table_cells(table, office, zone=zone)
        path = folder / f"{table.name}.csv{'.gz' if compressed else ''}"
        write_csv(path, header, rows)
        written.append(path)
    return written


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one CSV file, whole or not at all; no cell can be taken for a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([escape_formula(name) for name in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    content = stream.getvalue().encode()
    write_atomically(path, gzip.compress(content, mtime=0) if path.name.endswith(".gz") else content)


def write_xlsx_tables(path: Path, office: Office, *, zone: ZoneInfo) -> None:
    """Write all tables as sheets of one workbook, with real dates by the zone's wall clock."""
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        styles = SheetStyles(book)
        for table in _tables(office):
            header, rows = table_cells(table, office, zone=zone)
            write_rows(book.add_worksheet(table.name), header, rows, styles)
    write_atomically(path, stream.getvalue())


def write_parquet_tables(folder: Path, office: Office) -> list[Path]:
    """Write each table as a Parquet file. Returns the files.

    Raises
    ------
    InputError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise InputError.of(str(folder), MISSING_EXTRA) from None
    written = []
    for table in _tables(office):
        header, rows = table_cells(table, office, zone=None)
        columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
        kinds = {column.name: column.kind for column in table.columns}
        arrays = [_arrow(cells, kinds.get(name), pa) for name, cells in columns.items()]
        stream = io.BytesIO()
        pq.write_table(pa.table(arrays, names=list(columns)), stream)
        path = folder / f"{table.name}.parquet"
        write_atomically(path, stream.getvalue())
        written.append(path)
    return written


def table_cells(table: Table, office: Office, *, zone: ZoneInfo | None) -> tuple[list[str], Rows]:
    """Return the header and the cells of a table as a file holds them; instants are in UTC where no zone is given."""
    frame = office.table(table.name)
    header = [column.name for column in table.columns]
    columns = [[_cell(column, value, zone) for value in frame[column.name].tolist()] for column in table.columns]
    if table.takes_attributes:
        attributes: list[Mapping[str, Any]] = frame[ATTRIBUTES].tolist()
        for name in sorted({name for row in attributes for name in row}):
            header.append(ATTRIBUTE_PREFIX + name)
            columns.append([_attribute(row.get(name)) for row in attributes])
    return header, [list(row) for row in zip(*columns, strict=True)]


def _tables(office: Office) -> list[Table]:
    return [table for table in TABLES if table.name in office.tables]


def _cell(column: Column, value: Any, zone: ZoneInfo | None) -> object:
    if value is None or value in ("", ()):
        return None
    if column.kind in {Kind.INSTANT, Kind.DUE}:
        return to_datetime(value, zone or UTC)
    if column.kind is Kind.CLOCK:
        return clock_text(value)
    if column.kind is Kind.IDS:
        return list_text(value)
    if column.kind is Kind.LEVELS:
        return list_text([f"{skill}:{level}" for skill, level in value.items()])
    if column.kind is Kind.BREAKS:
        return list_text([break_text(*item) for item in value])
    return value


def list_text(parts: Sequence[str]) -> str:
    """Return a list as one cell; where a part has a comma, a semicolon at the end says that semicolons separate."""
    return "; ".join(parts) + (";" if len(parts) == 1 and "," in parts[0] else "")


def break_text(start: time, end: time, kind: str, is_paid: bool) -> str:
    """Return a break of a shift as a cell holds it."""
    text = f"{clock_text(start)}-{clock_text(end)} {kind}"
    is_usual = is_paid == (kind not in UNPAID_BLOCKS)
    return text if is_usual else f"{text} {'paid' if is_paid else 'unpaid'}"


def clock_text(clock: time) -> str:
    """Return a time of day, with seconds only where it has some."""
    return clock.isoformat("seconds" if clock.second else "minutes")


def _attribute(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _csv_cell(cell: object) -> object:
    if isinstance(cell, str):
        return escape_formula(cell)
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return cell.isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return cell


def _arrow(cells: list[object], kind: Kind | None, pa: Any) -> Any:
    """Return cells as an array of one type; an attribute's values of several types become text."""
    types = {
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.DATE: pa.date32(),
        Kind.INSTANT: pa.timestamp("s", tz="UTC"),
        Kind.DUE: pa.timestamp("s", tz="UTC"),
    }
    if kind is not None:
        return pa.array(cells, type=types.get(kind, pa.string()))
    if len({type(cell) for cell in cells if cell is not None}) > 1:
        cells = [None if cell is None else str(cell) for cell in cells]
    return pa.array(cells)
