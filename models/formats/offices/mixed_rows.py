"""A file that holds rows of several tables, each saying in a column `#table` which one it is of: taken apart."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from models.errors import Fault, shown
from models.formats.offices.raw_tables import ATTRIBUTE_PREFIX, REMARK_PREFIX, RowFault, header_name
from models.formats.offices.tables import TABLES, TABLES_BY_NAME, Table
from models.formats.sheets.grids import Grid, Unreadable

TABLE_COLUMN = "#table"
REASONS_COLUMN = "#reasons"
"""What is wrong with a row; a file that has it holds rows that an import left out."""


def is_mixed(grid: Grid) -> bool:
    """Return whether a file's header says that its rows are of several tables."""
    return bool(grid.rows) and _position(grid.rows[0]) is not None


def split_rows(grid: Grid) -> tuple[dict[str, Grid], list[RowFault]]:
    """Return the rows of each table under the columns that it knows, and what is wrong with their table's name.

    Rows and columns keep their places, so that messages name them as the file shows them. Columns of other tables are
    blank in these rows and go; one that is not blank stays, for whoever checks the table to find it.
    """
    header, at = grid.rows[0], _position(grid.rows[0])
    if at is None:
        raise ValueError(f"{grid.file} has no column {TABLE_COLUMN}")
    places: dict[str, list[int]] = defaultdict(list)
    faults: list[RowFault] = []
    for position, row in enumerate(grid.rows[1:], start=1):
        cell = row[at] if at < len(row) else None
        name = header_name(cell) if isinstance(cell, str) else ""
        if name in TABLES_BY_NAME:
            places[name].append(position)
            continue
        fault = Fault(
            file=grid.file,
            record=f"row {grid.numbers[position]}",
            field=TABLE_COLUMN,
            value=None if cell is None else shown(cell.shown if isinstance(cell, Unreadable) else cell),
            expected="the table that the row is of, one of " + ", ".join(TABLES_BY_NAME),
        )
        faults.append(RowFault(table="", position=None, fault=fault))
    parts = {}
    for table in TABLES:
        if table.name in places:
            rows = [grid.rows[position] for position in places[table.name]]
            numbers = [grid.numbers[position] for position in (0, *places[table.name])]
            parts[table.name] = Grid(
                file=grid.file,
                name=table.name,
                rows=[_own_header(header, rows, table), *rows],
                numbers=numbers,
                epoch=grid.epoch,
            )
    return parts, faults


def _position(header: Sequence[object]) -> int | None:
    named = [at for at, cell in enumerate(header) if isinstance(cell, str) and header_name(cell) == TABLE_COLUMN]
    return named[0] if named else None


def _own_header(header: Sequence[object], rows: Sequence[Sequence[object]], table: Table) -> list[object]:
    """Return a header without the columns that are another table's."""
    filled = {at for row in rows for at, cell in enumerate(row) if cell is not None}
    known = {column.name for column in table.columns}
    own: list[object] = []
    for at, cell in enumerate(header):
        if isinstance(cell, str) and not cell.startswith(REMARK_PREFIX) and at not in filled:
            name = header_name(cell)
            is_attribute = table.takes_attributes and name.startswith(ATTRIBUTE_PREFIX)
            own.append(cell if (name in known or is_attribute) and not _is_repeated(header, at, filled) else None)
        else:
            own.append(cell)
    return own


def _is_repeated(header: Sequence[object], at: int, filled: Collection[int]) -> bool:
    """Return whether a blank column is another table's way to write the name of one that is there already."""
    name = header_name(str(header[at]))
    return any(
        other != at and isinstance(cell, str) and header_name(cell) == name and (other in filled or other < at)
        for other, cell in enumerate(header)
    )
