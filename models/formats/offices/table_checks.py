"""From tables as files hold them to an Office: every cell parsed, everything that is wrong said at once.

pandera was tried for this and left out: it checks frames that are already typed, while most faults here are about
text that has no type yet, and must be told by row, column and value as the file shows them.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from models.calendar import USUAL_HOURS, WEEKDAYS, OfficeCalendar, is_known_region
from models.errors import Fault, InputError, shown
from models.formats.offices.cell_times import DateOrder, infer_date_order
from models.formats.offices.cells import CellReader, Remark
from models.formats.offices.checks import Known, Located, find_office_faults
from models.formats.offices.office import ATTRIBUTES, Office, frame_of
from models.formats.offices.raw_tables import ATTRIBUTE_PREFIX, CELL, RawTable, RowFault
from models.formats.offices.tables import TABLES, Kind
from models.formats.sheets.grids import Unreadable
from models.time import load_zone

UTC = ZoneInfo("UTC")
_TIMES = frozenset({Kind.DATE, Kind.INSTANT, Kind.DUE})
_ATTRIBUTE_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that was made of cells, and how many of a column."""

    table: str
    column: str
    count: int
    text: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}: {self.count} {self.text}"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a set of tables came to.

    Attributes
    ----------
    office
        The good rows.
    faults
        What is wrong with the rows that were left out, in the order of tables and rows.
    notes
        What was made of cells that said a little less than they should.
    calendar
        The office's calendar, by the tables or else the one that was given.
    """

    office: Office
    faults: Sequence[RowFault] = ()
    notes: Sequence[Note] = ()
    calendar: OfficeCalendar


@dataclass(kw_only=True)
class _Parsed:
    """A parsed table: its columns, for each row its position in the file, and which rows are spoilt."""

    raw: RawTable
    reader: CellReader
    columns: dict[str, list[Any]]
    faults: list[RowFault] = field(default_factory=list)

    def count_remarks(self, bad: Collection[int]) -> Counter[tuple[str, Remark]]:
        """Return what was made of the cells of good rows, by column; what is left out needs no explanation."""
        if not bad or not self.reader.remarks:
            return self.reader.remarks
        again = CellReader(calendar=self.reader.calendar, epoch=self.reader.epoch, order=self.reader.order)
        for column in self.raw.table.columns:
            if column.name in self.raw.positions:
                again.read_column(column, [self.raw.cell(at, column.name) for at in sorted(bad)])
        return self.reader.remarks - again.remarks


def check_tables(
    tables: Mapping[str, RawTable],
    faults: Iterable[RowFault] = (),
    *,
    known: Known | None = None,
    calendar: OfficeCalendar | None = None,
    order: DateOrder | None = None,
    may_leave_out: bool = False,
    may_be_empty: Collection[str] = (),
    source: str = "",
) -> Checked:
    """Return the office that tables hold.

    Parameters
    ----------
    tables
        By name.
    faults
        What is already known to be wrong with them.
    known
        What rows may refer to besides what the tables hold.
    calendar
        The office's calendar where the tables do not say; UTC and the usual hours where nobody does.
    order
        How to read dates like 02/03/2026; read off the file where None.
    may_leave_out
        Whether spoilt rows are left out; else a single fault refuses everything.
    may_be_empty
        Required tables that may have no rows all the same.

    Raises
    ------
    InputError
        With every fault, in the order of files and rows; with `may_leave_out` only where a whole table is wrong.
    """
    known = known or Known()
    spoilt = list(faults)
    parsed: dict[str, _Parsed] = {}
    current = calendar or OfficeCalendar(zone=UTC)
    for table in TABLES:
        if table.name not in tables:
            continue
        made = _parse(tables[table.name], current, order)
        parsed[table.name] = made
        spoilt += made.faults
        if table.required and not made.raw.rows and table.name not in may_be_empty:
            empty = Fault(file=made.raw.grid.file, expected="holds no rows below its header")
            spoilt.append(RowFault(table=table.name, position=None, fault=empty))
        if table.name in {"office", "office_hours", "holidays"}:
            current, found = _calendar(parsed, current)
            spoilt += found
    spoilt += _related(parsed, spoilt, known, current.zone, with_consequences=may_leave_out)
    spoilt.sort(key=_place(parsed))
    refusing = [found.fault for found in spoilt if found.position is None or not may_leave_out]
    if refusing:
        raise InputError(refusing)
    bad = _bad_positions(spoilt)
    notes = [
        Note(table=name, column=column, count=count, text=remark)
        for name, made in parsed.items()
        for (column, remark), count in made.count_remarks(bad.get(name, frozenset())).items()
    ]
    frames = {name: _frame(made, bad.get(name, frozenset())) for name, made in parsed.items()}
    office = Office(tables=frames, source=source)
    return Checked(office=office, faults=tuple(spoilt), notes=tuple(notes), calendar=current)


def _bad_positions(faults: Iterable[RowFault]) -> dict[str, frozenset[int]]:
    bad: dict[str, set[int]] = {}
    for found in faults:
        if found.position is not None:
            bad.setdefault(found.table, set()).add(found.position)
    return {name: frozenset(positions) for name, positions in bad.items()}


def _broken_cells(parsed: Mapping[str, _Parsed], faults: Iterable[RowFault]) -> dict[str, dict[int, set[str]]]:
    """Return the cells that hold no value; where a required column is not there, that of every row."""
    cells: dict[str, dict[int, set[str]]] = {}
    for name, made in parsed.items():
        missing = {c.name for c in made.raw.table.columns if c.required and c.name not in made.raw.positions}
        if missing:
            cells[name] = {at: set(missing) for at in range(len(made.raw.rows))}
    for found in faults:
        if found.position is not None:
            cells.setdefault(found.table, {}).setdefault(found.position, set()).add(found.fault.field)
    return cells


def _place(parsed: Mapping[str, _Parsed]) -> Callable[[RowFault], tuple[int, int, int]]:
    """Return the sort key of faults: tables in their order, whole ones first, then rows, then columns."""
    ranks = {table.name: rank for rank, table in enumerate(TABLES)}

    def place(found: RowFault) -> tuple[int, int, int]:
        made = parsed.get(found.table)
        column = made.raw.positions.get(found.fault.field, 0) if made else 0
        return ranks.get(found.table, -1), -1 if found.position is None else found.position, column

    return place


def _parse(raw: RawTable, calendar: OfficeCalendar, order: DateOrder | None) -> _Parsed:
    table = raw.table
    cells = {name: raw.cells(position) for name, position in raw.positions.items()}
    dated = [column.name for column in table.columns if column.kind in _TIMES and column.name in cells]
    if order is None:
        order = infer_date_order(cell for name in dated for cell in cells[name] if isinstance(cell, str))
    reader = CellReader(calendar=calendar, epoch=raw.grid.epoch, order=order)
    made = _Parsed(raw=raw, reader=reader, columns={})
    for column in table.columns:
        if column.name not in cells:
            made.columns[column.name] = [column.default] * len(raw.rows)
            continue
        values, wrong = reader.read_column(column, cells[column.name])
        made.columns[column.name] = values
        made.faults += [_fault(raw, at, column.name, cells[column.name][at], expected) for at, expected in wrong]
    if table.takes_attributes:
        made.columns[ATTRIBUTES] = _attributes(made)
    return made


def _fault(raw: RawTable, position: int, column: str, cell: object, expected: str) -> RowFault:
    if isinstance(cell, Unreadable):
        value: str | None = cell.shown
    elif isinstance(cell, date | time):
        value = cell.isoformat()
    else:
        value = None if cell is None else shown(cell)
    fault = Fault(file=raw.grid.file, record=raw.record(position), field=column, value=value, expected=expected)
    return RowFault(table=raw.table.name, position=position, fault=fault)


def _attributes(made: _Parsed) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in made.raw.rows]
    for name, position in made.raw.attributes.items():
        for at, cell in enumerate(made.raw.cells(position)):
            if cell is None:
                continue
            if isinstance(cell, Unreadable):
                made.faults.append(_fault(made.raw, at, ATTRIBUTE_PREFIX + name, cell, cell.expected))
            else:
                rows[at][name] = attribute_value(cell)
    return rows


def attribute_value(cell: object) -> object:
    """Return an attribute's value as JSON can hold it: numbers and flags also where text says them plainly."""
    if isinstance(cell, str):
        if _ATTRIBUTE_NUMBER.fullmatch(cell):
            return float(cell) if "." in cell else int(cell)
        return cell.lower() == "true" if cell.lower() in {"true", "false"} else cell
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return cell


def _calendar(parsed: Mapping[str, _Parsed], current: OfficeCalendar) -> tuple[OfficeCalendar, list[RowFault]]:
    """Return the calendar that the office's own tables describe, as far as they are there."""
    faults: list[RowFault] = []
    office = parsed.get("office")
    if office is not None:
        current, faults = _zone_and_country(office, current)
    hours = parsed.get("office_hours")
    if hours is not None:
        by_weekday: dict[int, list[tuple[time, time]]] = {}
        columns = hours.columns
        for weekday, opens, closes in zip(columns["weekday"], columns["opens"], columns["closes"], strict=True):
            if weekday is not None and opens is not None and closes is not None:
                by_weekday.setdefault(WEEKDAYS.index(weekday), []).append((opens, closes))
        merged = {weekday: tuple(sorted(stretches)) for weekday, stretches in by_weekday.items()}
        current = replace(current, hours=merged or USUAL_HOURS)
    holidays = parsed.get("holidays")
    if holidays is not None:
        current = replace(current, closed=current.closed | {day for day in holidays.columns["date"] if day is not None})
    return current, faults


def _zone_and_country(office: _Parsed, current: OfficeCalendar) -> tuple[OfficeCalendar, list[RowFault]]:
    faults: list[RowFault] = []
    for at in range(len(office.raw.rows)):
        zone, country = office.columns["timezone"][at], office.columns["country"][at] or ""
        subdivision = office.columns["subdivision"][at] or ""
        if at > 0:
            faults.append(_fault(office.raw, at, "name", office.columns["name"][at], "one office, in one row"))
            continue
        if zone is not None:
            try:
                current = replace(current, zone=load_zone(zone))
            except ValueError as error:
                faults.append(_fault(office.raw, at, "timezone", zone, str(error)))
        if country and not is_known_region(country):
            faults.append(_fault(office.raw, at, "country", country, "an ISO 3166 country code, such as ES"))
        elif subdivision and not is_known_region(country, subdivision):
            expected = (
                f"a part of the country {country!r} with holidays of its own" if country else "a country beside it"
            )
            faults.append(_fault(office.raw, at, "subdivision", subdivision, expected))
        else:
            current = replace(current, country=country, subdivision=subdivision)
    return current, faults


def _related(
    parsed: Mapping[str, _Parsed],
    faults: Sequence[RowFault],
    known: Known,
    zone: ZoneInfo,
    *,
    with_consequences: bool,
) -> list[RowFault]:
    """Return what is wrong between rows, those that are already spoilt left aside; their fall takes others along."""
    tables = {name: made.columns for name, made in parsed.items()}
    found = find_office_faults(
        tables,
        _broken_cells(parsed, faults),
        known=known,
        zone=zone,
        record=lambda table, position: parsed[table].raw.record(position),
    )
    return [_located_fault(parsed[one.table].raw, one) for one in found if with_consequences or not one.is_consequence]


def _located_fault(raw: RawTable, found: Located) -> RowFault:
    value = found.value
    if value is CELL:
        value = raw.cell(found.position, found.column)
    return _fault(raw, found.position, found.column, value, found.expected)


def _frame(made: _Parsed, bad: frozenset[int]) -> Any:
    num_rows = len(made.raw.rows)
    if not bad:
        return frame_of(made.columns, num_rows=num_rows)
    good = [at for at in range(num_rows) if at not in bad]
    return frame_of({name: [cells[at] for at in good] for name, cells in made.columns.items()}, num_rows=len(good))
