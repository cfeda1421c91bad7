"""Rows from programs, many at once: checked as the rows of a table are, and taken in as an import is."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.database import Database, Session
from models.errors import Fault, InputError, shown
from models.formats.offices.raw_tables import ATTRIBUTE_PREFIX, RowFault, match_columns
from models.formats.offices.table_checks import Checked, check_tables
from models.formats.offices.tables import TABLES_BY_NAME, Kind, Table
from models.formats.sheets.grids import MAX_CELL_CHARACTERS, Grid, Unreadable, clean_text
from models.repositories.changes import TableChanges
from models.repositories.known import read_known, read_office_calendar
from services.importing.store import store_office
from services.settings import Settings

ATTRIBUTES = "attributes"
MOST_ATTRIBUTES = 200
"""Different attributes of the rows of one request."""
_MOST_NUMBER = 2**63
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RowError:
    """What is wrong with a row.

    Attributes
    ----------
    index
        Of the row, from 0.
    id
        The row's own, where it has one that is a text.
    field
        Which of its fields; empty for the row as a whole.
    value
        What stands there, as text; None where nothing does.
    """

    index: int
    id: str | None
    field: str
    value: str | None
    expected: str


class RowsRefusedError(InputError):
    """Rows that were not taken in, none of them.

    Parameters
    ----------
    table
        What they are rows of.
    errors
        What is wrong with each of those that are spoilt.
    """

    def __init__(self, table: str, errors: Sequence[RowError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            Fault(file="", record=f"{table}[{item.index}]", field=item.field, value=item.value, expected=item.expected)
            for item in errors
        )


@dataclass(frozen=True, kw_only=True)
class Upserted:
    """Rows that were taken in: what that changed, the import that it is stored as, and the rows left out."""

    changes: TableChanges
    batch: int | None
    errors: Sequence[RowError] = field(default_factory=tuple)


def upsert_rows(
    database: Database,
    settings: Settings,
    table: str,
    rows: Sequence[Row],
    *,
    now: int,
    principal_id: str | None,
    is_partial: bool = False,
    adds: bool = True,
    before: Callable[[Session], None] | None = None,
) -> Upserted:
    """Insert and update rows of an office's table; each is the whole of its record. All are taken in, or none.

    Parameters
    ----------
    table
        `tasks`, `absences`, ...
    rows
        By the names of the table's columns; other attributes of a task under `attributes`.
    now
        Instant of the import that this is.
    is_partial
        Whether good rows are taken in although others are spoilt.
    adds
        Whether nothing that is stored goes; else the rows hold all of those whom they speak of, as those of a file do.
    before
        Called in the transaction that stores the rows, before they are, which it may end by raising.

    Raises
    ------
    RowsRefusedError
        With what is wrong with each spoilt row, where all are to be good; nothing was stored then.
    InputError
        If the rows as a whole cannot be used.
    """
    checked, errors = _examine(database, settings, table, rows, adds=adds)
    if errors and not is_partial:
        raise RowsRefusedError(table, errors)
    if checked is None or not len(checked.office.tables[table]):
        return Upserted(changes=TableChanges(), batch=None, errors=tuple(errors))
    with database.writing() as session:
        if before is not None:
            before(session)
        report = store_office(
            session,
            checked.office,
            kind="rows",
            now=now,
            timezone=checked.calendar.zone.key,
            adds=adds,
            principal_id=principal_id,
        )
    return Upserted(changes=report.tables[table], batch=report.batch, errors=tuple(errors))


def check_rows(
    database: Database, settings: Settings, table: str, rows: Sequence[Row], *, adds: bool = True
) -> Sequence[RowError]:
    """Return what `upsert_rows` would find wrong with rows; nothing is stored.

    Raises
    ------
    InputError
        If the rows as a whole cannot be used.
    """
    return tuple(_examine(database, settings, table, rows, adds=adds)[1])


def _examine(
    database: Database, settings: Settings, table: str, rows: Sequence[Row], *, adds: bool
) -> tuple[Checked | None, list[RowError]]:
    """Return the good ones of some rows, None where there are none, and what is wrong with the others."""
    spec = TABLES_BY_NAME[table]
    errors = _find_strange(spec, rows)
    strange = {item.index for item in errors}
    kept = [index for index in range(len(rows)) if index not in strange]
    if not kept:
        return None, errors
    raw, faults = match_columns(spec, _grid(spec, [rows[index] for index in kept], kept))
    with database.reading() as session:
        known = replace(read_known(session), is_kept=adds)
        calendar = read_office_calendar(session, timezone=settings.timezone)
        checked = check_tables(
            {table: raw},
            faults,
            known=known,
            calendar=calendar,
            may_leave_out=True,
            may_be_empty=(table,),
            source=table,
        )
    errors += [_row_error(found, kept, rows) for found in checked.faults]
    return checked, sorted(errors, key=lambda item: item.index)


def _find_strange(spec: Table, rows: Sequence[Row]) -> list[RowError]:
    """Return what is wrong with rows before they are a table: fields that there are not, attributes that are none."""
    known = {column.name for column in spec.columns} | ({ATTRIBUTES} if spec.takes_attributes else set())
    names: set[str] = set()
    found: list[RowError] = []
    for index, row in enumerate(rows):
        for name in row:
            if name not in known:
                close = difflib.get_close_matches(name[:100], sorted(known), n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                found.append(_error(index, row, name[:100], None, f"is no field of a row of {spec.name}{hint}"))
        attributes = row.get(ATTRIBUTES) if spec.takes_attributes else None
        if attributes is None:
            continue
        if not isinstance(attributes, Mapping):
            found.append(_error(index, row, ATTRIBUTES, shown(attributes), "an object of attributes by their names"))
            continue
        found += [
            _error(index, row, ATTRIBUTES, shown(name), "names of one line, without spaces around them")
            for name in attributes
            if not _is_name(name)
        ]
        names.update(attributes)
    if len(names) > MOST_ATTRIBUTES:
        raise InputError.of("body", f"at most {MOST_ATTRIBUTES} different attributes", value=len(names))
    return found


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 100 and name.isprintable() and name == name.strip() and not name.startswith("#")


def _grid(spec: Table, rows: Sequence[Row], indices: Sequence[int]) -> Grid:
    """Return rows as a sheet of cells."""
    columns = [column.name for column in spec.columns if column.required or any(column.name in row for row in rows)]
    attributes = sorted({name for row in rows for name in row.get(ATTRIBUTES) or ()})
    levels = {column.name for column in spec.columns if column.kind is Kind.LEVELS}
    cells: list[list[object]] = [[*columns, *(ATTRIBUTE_PREFIX + name for name in attributes)]]
    for row in rows:
        carried = row.get(ATTRIBUTES) or {}
        made = [_levels(row.get(name)) if name in levels else _cell(row.get(name)) for name in columns]
        cells.append(made + [_cell(carried.get(name)) for name in attributes])
    return Grid(file=spec.name, name=spec.name, rows=cells, numbers=[0, *indices])


def _cell(value: object) -> object:
    """Return a JSON value as a cell."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MAX_CELL_CHARACTERS:
            return Unreadable(f"{len(value):,} characters", f"at most {MAX_CELL_CHARACTERS:,} characters")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            return Unreadable(shown(value), "a text of whole characters, without NUL")
        return clean_text(value)
    if isinstance(value, int | float):
        if abs(value) >= _MOST_NUMBER or math.isnan(value):
            return Unreadable(shown(value), "a finite number, not beyond 2^63")
        return value
    if isinstance(value, list):
        parts = [_cell(item) for item in value]
        if all(isinstance(part, str) for part in parts):
            return parts or None
        return Unreadable(shown(value), "a list of texts")
    return Unreadable(shown(value), "a text, a number, true or false")


def _levels(value: object) -> object:
    """Return levels by skill, `{"spanish": 2}`, as a table's cell says them."""
    if not isinstance(value, Mapping):
        return _cell(value)
    return _cell("; ".join(f"{skill}:{level}" for skill, level in value.items()))


def _row_error(found: RowFault, kept: Sequence[int], rows: Sequence[Row]) -> RowError:
    if found.position is None:
        raise InputError([found.fault])
    index = kept[found.position]
    return _error(index, rows[index], found.fault.field, found.fault.value, found.fault.expected)


def _error(index: int, row: Row, name: str, value: str | None, expected: str) -> RowError:
    own = row.get("id")
    return RowError(
        index=index, id=own[:200] if isinstance(own, str) else None, field=name, value=value, expected=expected
    )
