"""Finding a lead's lists in a workbook and reading their cells; every fault by sheet, row and column."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from models.calendar import OfficeCalendar
from models.errors import Fault, shown
from models.formats.offices.cell_times import DateOrder, infer_date_order
from models.formats.offices.cells import CellReader
from models.formats.offices.tables import Kind
from models.formats.sheets.grids import Grid, Unreadable
from services.workbooks.sheets import SHEETS, SheetSpec, count_of, plain

MAX_TITLE_ROWS = 20
_TIMES = frozenset({Kind.DATE, Kind.INSTANT, Kind.DUE})


@dataclass(kw_only=True)
class SheetRows:
    """A sheet as read: for each of its columns the values, a row each; what is wrong, and what was made of cells.

    Attributes
    ----------
    present
        Columns that the sheet has.
    """

    spec: SheetSpec
    file: str
    numbers: Sequence[int]
    columns: dict[str, list[Any]]
    present: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, position: int, column: str, expected: str, value: object = None) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(
            Fault(
                file=self.file,
                record=f"row {self.numbers[position]}",
                field=column,
                value=None if value is None else shown(value),
                expected=expected,
            )
        )


@dataclass(frozen=True, kw_only=True)
class _Header:
    """Where a sheet's header stands, and which column each of its cells names."""

    row: int
    positions: dict[str, int]
    unknown: tuple[str, ...]
    faults: tuple[Fault, ...]


def find_sheets(grids: Sequence[Grid], *, file: str) -> tuple[dict[str, Grid], list[Fault], list[str]]:
    """Return the grid of each sheet by its name in `SHEETS`, what is missing, and what was left aside.

    A sheet is known by its name, or one that means the same; one that is not, by its headers.
    """
    visible = [grid for grid in grids if grid.rows and not grid.is_hidden]
    found: dict[str, Grid] = {}
    for spec in SHEETS:
        names = [plain(name) for name in (spec.name, *spec.also)]
        named = sorted((g for g in visible if plain(g.name) in names), key=lambda g: names.index(plain(g.name)))
        if named:
            found[spec.name] = named[0]
    for spec in SHEETS:
        if spec.name not in found:
            rest = [grid for grid in visible if grid not in found.values()]
            best = max(rest, key=lambda grid: _num_matches(grid, spec), default=None)
            if best is not None and _num_matches(best, spec) >= 2:
                found[spec.name] = best
    sheets = ", ".join(repr(grid.name) for grid in visible) or "none that holds anything"
    faults = [
        Fault(
            file=file,
            expected=f"has no sheet {spec.name!r} ({spec.meaning}); its sheets are {sheets}. "
            "`swingdesk import template plan.xlsx` writes an example",
        )
        for spec in SHEETS
        if spec.name not in found
    ]
    used = list(found.values())
    asides = [
        f"sheet {grid.name!r} is left aside" for grid in visible if grid not in used and plain(grid.name) != "help"
    ]
    asides += [f"sheet {grid.name!r} is hidden: left aside" for grid in grids if grid.rows and grid.is_hidden]
    return found, faults, asides


def read_sheet_rows(grid: Grid, spec: SheetSpec, *, calendar: OfficeCalendar, order: DateOrder | None) -> SheetRows:
    """Return the cells of a sheet's columns as values; a column that is not there has its default."""
    header = _find_header(grid, spec)
    rows = grid.rows[header.row + 1 :]
    cells = {
        name: [row[position] if position < len(row) else None for row in rows]
        for name, position in header.positions.items()
    }
    # A row of sums or remarks below a list names nothing.
    naming = [item.column.name for item in spec.columns[:2] if item.column.name in cells]
    kept = [at for at in range(len(rows)) if any(cells[name][at] is not None for name in naming)]
    result = SheetRows(
        spec=spec,
        file=grid.file,
        numbers=[grid.numbers[header.row + 1 + at] for at in kept],
        columns={},
        present=frozenset(header.positions),
        faults=list(header.faults),
    )
    if len(kept) < len(rows) and not header.faults:
        result.notes.append(
            f"{grid.file}: {count_of(len(rows) - len(kept), 'row')} without {' or '.join(naming)}: left aside"
        )
    if header.unknown:
        listed = ", ".join(repr(name) for name in header.unknown)
        result.notes.append(f"{grid.file}: columns left aside: {listed}")
    cells = {name: [column[at] for at in kept] for name, column in cells.items()}
    if order is None:
        dated = [item.column.name for item in spec.columns if item.column.kind in _TIMES]
        order = infer_date_order(c for name in dated for c in cells.get(name, ()) if isinstance(c, str))
    reader = CellReader(calendar=calendar, epoch=grid.epoch, order=order)
    for item in spec.columns:
        column = item.column
        if column.name not in cells:
            result.columns[column.name] = [column.default] * len(kept)
            continue
        values, wrong = reader.read_column(column, cells[column.name])
        result.columns[column.name] = values
        for at, expected in wrong:
            result.fault(at, column.name, expected, _shown(cells[column.name][at]))
    result.notes += _remarks(reader, grid.file)
    return result


def _remarks(reader: CellReader, file: str) -> list[str]:
    counts: Counter[tuple[str, str]] = Counter()
    for (column, remark), count in reader.remarks.items():
        counts[column, remark.value] += count
    return [f"{file}: {column}: {count} {text}" for (column, text), count in counts.items()]


def _find_header(grid: Grid, spec: SheetSpec) -> _Header:
    """Return the header: of the first rows, the one that names the most columns; titles may stand above it."""
    row = max(range(min(len(grid.rows), MAX_TITLE_ROWS)), key=lambda at: (len(_match(grid.rows[at], spec)[0]), -at))
    positions, unknown, twice = _match(grid.rows[row], spec)
    record = f"row {grid.numbers[row]}"
    faults = [
        Fault(file=grid.file, record=record, field=name, expected=f"one column for {spec_name!r}; there are two")
        for name, spec_name in twice
    ]
    for item in spec.columns:
        if item.column.required and item.column.name not in positions:
            close = difflib.get_close_matches(item.column.name, [plain(name) for name in unknown], n=1)
            hint = f"; is it {close[0]!r}? rename it" if close else ""
            others = ", ".join(item.also[:4])
            faults.append(
                Fault(
                    file=grid.file,
                    record=record,
                    field=item.column.name,
                    expected=f"is a required column and not there (also understood: {others}){hint}",
                )
            )
    return _Header(row=row, positions=positions, unknown=tuple(unknown), faults=tuple(faults))


def _match(row: Sequence[object], spec: SheetSpec) -> tuple[dict[str, int], list[str], list[tuple[str, str]]]:
    """Return the columns that a row's cells name, the texts that name none, and those that name one again.

    A column's own name goes before the words that mean the same, and these before each other in their order.
    """
    texts = {at: cell for at, cell in enumerate(row) if isinstance(cell, str)}
    positions: dict[str, int] = {}
    twice: list[tuple[str, str]] = []
    taken: set[int] = set()
    for own_name in (True, False):
        for item in spec.columns:
            words = (item.column.name,) if own_name else item.also
            for word in words:
                for at, text in texts.items():
                    if plain(text) != plain(word) or at in taken:
                        continue
                    if item.column.name not in positions:
                        positions[item.column.name] = at
                        taken.add(at)
                    elif own_name:
                        twice.append((text, item.column.name))
                        taken.add(at)
    return positions, [text for at, text in texts.items() if at not in taken], twice


def _num_matches(grid: Grid, spec: SheetSpec) -> int:
    return max((len(_match(row, spec)[0]) for row in grid.rows[:MAX_TITLE_ROWS]), default=0)


def _shown(cell: object) -> object:
    if isinstance(cell, Unreadable):
        return cell.shown
    return cell.isoformat() if isinstance(cell, date | time) else cell
