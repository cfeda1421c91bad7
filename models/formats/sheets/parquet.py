"""Reading Parquet tables, where the extra is installed."""

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.errors import InputError
from models.formats.sheets.grids import MAX_COLUMNS, MAX_ROWS, MAX_TABLE_BYTES, Grid, Unreadable, clean_text

MISSING_EXTRA = "needs pyarrow to be read: install `swingdesk[parquet]`, or save the table as CSV or XLSX"


def read_parquet(path: Path, *, file: str, name: str) -> Grid:
    """Return the cells of a Parquet file; row 1 is the header, as in a spreadsheet.

    Raises
    ------
    InputError
        If pyarrow is not installed, or the file is no Parquet or too large.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise InputError.of(file, MISSING_EXTRA) from None
    try:
        with pq.ParquetFile(path) as stored:
            metadata = stored.metadata
            if metadata.num_rows > MAX_ROWS:
                raise InputError.of(file, f"at most {MAX_ROWS:,} rows", value=metadata.num_rows)
            if metadata.num_columns > MAX_COLUMNS:
                raise InputError.of(file, f"at most {MAX_COLUMNS} columns", value=metadata.num_columns)
            unpacked = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
            if unpacked > MAX_TABLE_BYTES:
                raise InputError.of(file, f"holds more than {MAX_TABLE_BYTES // 1024**2} MiB")
            table = stored.read()
            columns = [[_cell(cell) for cell in column.to_pylist()] for column in table.columns]
            names: list[Any] = [str(header) for header in table.column_names]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError.of(file, f"is no Parquet file that can be read: {error}") from error
    rows: list[Sequence[object]] = [names]
    numbers = [1]
    for number, row in enumerate(zip(*columns, strict=True), start=2):
        if any(cell is not None for cell in row):
            rows.append(row)
            numbers.append(number)
    return Grid(file=file, name=name, rows=rows, numbers=numbers)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return Unreadable(f"{len(value):,} bytes", "text, not bytes")
    if isinstance(value, list):
        return value or None
    if isinstance(value, dict):
        return Unreadable("a structure", "text such as spanish:1; authority:3")
    return value
