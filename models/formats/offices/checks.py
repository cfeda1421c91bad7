"""What the rows of an office must hold together: keys, references, rosters, cycles. Reports every fault.

A row that is spoilt takes along the rows that refer to it; tables are gone through in the order of `TABLES`, in which
each refers only to those before it, and to itself.
"""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from models.formats.offices.raw_tables import CELL
from models.formats.offices.roster_checks import (
    HOUR_COLUMNS,
    SHIFT_COLUMNS,
    ShiftsBetween,
    find_hour_faults,
    find_shift_faults,
)
from models.formats.offices.tables import TABLES, Column, Kind, Table
from models.formats.offices.task_checks import find_task_faults

MAX_HINTED_IDS = 2_000
MAX_HINTS = 20
UTC = ZoneInfo("UTC")

Columns = Mapping[str, Sequence[Any]]


def no_shifts(_first: date, _last: date) -> Iterable[tuple[str, date, int, int]]:
    """Return no shifts: the rosters of an office that has none."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is there already, in the database, and may be referred to.

    Attributes
    ----------
    ids
        By table.
    types_with_sla
        Task types that give a due to tasks without one.
    after
        Of tasks, which tasks they wait for.
    shifts
        Gives the shifts that are on rosters, of some days.
    is_kept
        Whether all of these stay; else an agent's go from the first to the last day of which the rows give any.
    """

    ids: Mapping[str, Collection[str]] = field(default_factory=dict)
    types_with_sla: Collection[str] = frozenset()
    after: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shifts: ShiftsBetween = field(default=no_shifts)
    is_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Located:
    """A fault in a cell of a row, with the value to show, which may be `CELL`.

    It is a consequence where all that is wrong is that it refers to a spoilt row.
    """

    table: str
    position: int
    column: str
    value: object
    expected: str
    is_consequence: bool = False


def find_office_faults(
    tables: Mapping[str, Columns],
    bad: Mapping[str, Mapping[int, Collection[str]]],
    *,
    known: Known,
    zone: ZoneInfo,
    record: Callable[[str, int], str],
) -> list[Located]:
    """Return what is wrong between rows.

    Parameters
    ----------
    tables
        Parsed columns by table.
    bad
        By table and position, rows that are spoilt already, and the columns whose cells hold no value.
    known
        What rows may refer to besides.
    zone
        Of the office.
    record
        Names a row in messages.
    """
    faults: list[Located] = []
    good_ids: dict[str, Collection[str]] = {}
    for table in TABLES:
        columns = tables.get(table.name)
        if columns is None:
            good_ids[table.name] = known.ids.get(table.name, frozenset())
            continue
        spoilt = set(bad.get(table.name, ()))
        names = _Names(table=table, columns=columns, known=known, record=record, bad=bad.get(table.name, {}))
        for found in _table_faults(names, spoilt, good_ids, tables, zone):
            faults.append(found)
            spoilt.add(found.position)
        if table.key == ("id",) or "id" in columns:
            ids = {row for at, row in enumerate(columns["id"]) if at not in spoilt}
            good_ids[table.name] = ids.union(known.ids.get(table.name, ()))
    return faults


@dataclass(frozen=True, kw_only=True)
class _Names:
    table: Table
    columns: Columns
    known: Known
    record: Callable[[str, int], str]
    bad: Mapping[int, Collection[str]]

    def broken(self, *columns: str) -> set[int]:
        """Return the rows in which one of these cells holds no value."""
        return {at for at, wrong in self.bad.items() if any(name in wrong for name in columns)}

    def fault(
        self, position: int, column: str, expected: str, value: object = None, is_consequence: bool = False
    ) -> Located:
        return Located(
            table=self.table.name,
            position=position,
            column=column,
            value=value,
            expected=expected,
            is_consequence=is_consequence,
        )


def _table_faults(
    names: _Names,
    spoilt: set[int],
    good_ids: Mapping[str, Collection[str]],
    tables: Mapping[str, Columns],
    zone: ZoneInfo,
) -> Iterator[Located]:
    """Yield the faults of one table; the caller marks each row that one is yielded for."""
    table, columns = names.table, names.columns
    yield from _duplicates(names)
    yield from _backwards(names)
    for column in table.columns:
        if column.refers_to is not None and column.refers_to != table.name:
            yield from _references(names, column, good_ids[column.refers_to], tables)
    if table.name == "office_hours":
        for at, name, expected in find_hour_faults(columns, names.broken(*HOUR_COLUMNS)):
            yield names.fault(at, name, expected, CELL)
    elif table.name == "shifts":
        skipped = names.broken(*SHIFT_COLUMNS)
        for at, name, expected in find_shift_faults(
            columns, skipped, zone, names.known.shifts, is_kept=names.known.is_kept
        ):
            yield names.fault(at, name, expected, CELL)
    elif table.name == "tasks":
        with_sla = set(names.known.types_with_sla)
        kinds = tables.get("task_types")
        if kinds is not None:
            with_sla |= {kind for kind, sla in zip(kinds["id"], kinds["sla_minutes"], strict=True) if sla is not None}
        known_ids = names.known.ids.get("tasks", frozenset())
        found_faults = find_task_faults(
            columns,
            spoilt,
            broken=names.broken,
            known_types=good_ids["task_types"],
            with_sla=with_sla,
            known_ids=known_ids,
            known_after=names.known.after,
        )
        yield from (names.fault(*found) for found in found_faults)


def _duplicates(names: _Names) -> Iterator[Located]:
    key = names.table.key
    skipped = names.broken(*key)
    first: dict[tuple[Any, ...], int] = {}
    for at, row in enumerate(zip(*(names.columns[name] for name in key), strict=True)):
        if at in skipped:
            continue
        other = first.setdefault(row, at)
        if other != at:
            where = names.record(names.table.name, other)
            value = ", ".join("" if cell is None else str(cell) for cell in row)
            yield names.fault(at, ", ".join(key), f"one row for each; {where} has the same", value)


def _backwards(names: _Names) -> Iterator[Located]:
    for first, last, may_equal in (("valid_from", "valid_to", True), ("start", "end", False)):
        if names.table.name == "shifts" or first not in names.columns or last not in names.columns:
            continue
        skipped = names.broken(first, last)
        for at, (start, end) in enumerate(zip(names.columns[first], names.columns[last], strict=True)):
            if at in skipped or start is None or end is None:
                continue
            if end < start or (end == start and not may_equal):
                yield names.fault(
                    at, last, f"a day not before {first}" if may_equal else f"an end after its {first}", CELL
                )


def _references(
    names: _Names, column: Column, good: Collection[str], tables: Mapping[str, Columns]
) -> Iterator[Located]:
    target = str(column.refers_to)
    in_file = frozenset(tables[target]["id"]) if target in tables else frozenset()
    hints: dict[str, str] = {}
    skipped = names.broken(column.name)
    for at, cell in enumerate(names.columns[column.name]):
        if cell is None or at in skipped:
            continue
        for name in _named(column, cell):
            if name in good:
                continue
            if name not in hints:
                with_hint = len(hints) < MAX_HINTS  # a column full of strangers needs no hint for each
                hints[name] = _unknown(name, target, good, is_left_out=name in in_file, with_hint=with_hint)
            yield names.fault(at, column.name, hints[name], name, name in in_file)
            break


def _named(column: Column, cell: Any) -> Iterable[str]:
    return (cell,) if column.kind is Kind.ID else cell


def _unknown(name: str, target: str, good: Collection[str], *, is_left_out: bool, with_hint: bool) -> str:
    if is_left_out:
        return f"the id of a row of {target} that is good; that one is not"
    expected = f"an id of {target}"
    if not good:
        return f"{expected}; there are none yet"
    if not with_hint or len(good) > MAX_HINTED_IDS:
        return expected
    close = difflib.get_close_matches(name, sorted(good), n=1)
    if close:
        return f"{expected}; did you mean {close[0]!r}?"
    listed = sorted(good)[:10]
    more = f", ... ({len(good)} in all)" if len(good) > len(listed) else ""
    return f"{expected}: {', '.join(listed)}{more}"
