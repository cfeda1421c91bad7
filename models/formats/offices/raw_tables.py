"""A sheet of cells as a table: which column of the spec each header names, and what does not fit."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Fault, shown
from models.formats.offices.tables import Table
from models.formats.sheets.grids import Grid, Unreadable, column_letters

ATTRIBUTE_PREFIX = "attr."
REMARK_PREFIX = "#"
CELL = object()
"""Stands for the value of a fault: what the file holds in that cell, as it holds it."""
_WORD_BREAKS = re.compile(r"[\s\-]+")


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """A fault, and the position of the row that it spoils; None where it spoils the whole table."""

    table: str
    position: int | None
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A table as its file holds it.

    Attributes
    ----------
    table
        What it should be.
    grid
        Its file's cells; the header is the first row.
    positions
        Position in the grid of each column that is there, by the column's name.
    attributes
        The same of `attr.NAME` columns, by NAME.
    """

    table: Table
    grid: Grid
    positions: dict[str, int]
    attributes: dict[str, int]

    @property
    def rows(self) -> Sequence[Sequence[object]]:
        """The rows below the header."""
        return self.grid.rows[1:]

    def record(self, position: int) -> str:
        """Return how messages name a row: as a spreadsheet shows it."""
        return f"row {self.grid.numbers[position + 1]}"

    def cell(self, position: int, column: str) -> object:
        """Return a cell of a row and of a named column; None where the file has no such column."""
        at, row = self.positions.get(column), self.rows[position]
        return row[at] if at is not None and at < len(row) else None

    def cells(self, column: int) -> list[object]:
        """Return the cells of a column of the grid, a row each."""
        return [row[column] if column < len(row) else None for row in self.rows]


def match_columns(table: Table, grid: Grid) -> tuple[RawTable, list[RowFault]]:
    """Return a sheet as a table of the spec, and what is wrong with its headers and the lengths of its rows.

    Headers are taken in any case, with spaces or hyphens for underscores. A column whose header starts with `#` is a
    remark and is left out.
    """
    faults: list[RowFault] = []

    def fault(expected: str, *, field: str = "", value: object = None, position: int | None = None) -> None:
        record = "" if position is None else f"row {grid.numbers[position + 1]}"
        text = None if value is None else shown(value)
        found = Fault(file=grid.file, record=record, field=field, value=text, expected=expected)
        faults.append(RowFault(table=table.name, position=position, fault=found))

    known = {column.name for column in table.columns}
    positions: dict[str, int] = {}
    attributes: dict[str, int] = {}
    header = grid.rows[0] if grid.rows else ()
    unnamed = set(range(len(header), max((len(row) for row in grid.rows), default=0)))
    for position, cell in enumerate(header):
        if cell is None:
            unnamed.add(position)
            continue
        if not isinstance(cell, str):
            value = cell.shown if isinstance(cell, Unreadable) else cell
            fault("a column's name in the first row", field=f"column {column_letters(position)}", value=value)
            continue
        if cell.startswith(REMARK_PREFIX):
            continue
        name = header_name(cell)
        if table.takes_attributes and name.startswith(ATTRIBUTE_PREFIX) and len(name) > len(ATTRIBUTE_PREFIX):
            target, name = attributes, cell[len(ATTRIBUTE_PREFIX) :].strip()
        elif name in known:
            target = positions
        else:
            fault(_did_you_mean(name, known, table), field=cell)
            continue
        if name in target:
            fault(
                f"stands twice, in columns {column_letters(target[name])} and {column_letters(position)}; keep one",
                field=cell,
            )
        else:
            target[name] = position
    for column in table.columns:
        if column.required and column.name not in positions:
            fault("is a required column and not there", field=column.name)
    if unnamed:
        for row_position, row in enumerate(grid.rows[1:]):
            beyond = next((at for at in unnamed if at < len(row) and row[at] is not None), None)
            if beyond is not None:
                fault("a cell under a header; this column has none", field=f"column {column_letters(beyond)}",
                      value=_shown_cell(row[beyond]), position=row_position)  # fmt: skip
    return RawTable(table=table, grid=grid, positions=positions, attributes=attributes), faults


def header_name(text: str) -> str:
    """Return a header as the spec writes it."""
    return _WORD_BREAKS.sub("_", text.strip().lower())


def _shown_cell(cell: object) -> object:
    return cell.shown if isinstance(cell, Unreadable) else cell


def _did_you_mean(name: str, known: set[str], table: Table) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    text = f"is not a column of {table.name}"
    if close:
        return f"{text}; did you mean {close[0]!r}?"
    besides = ", or attr.NAME for anything else" if table.takes_attributes else ""
    return f"{text}; its columns are {', '.join(column.name for column in table.columns)}{besides}"
