"""Reading traces: the instants at which work came in, and what is known of it."""

import csv
import math
import stat
from dataclasses import dataclass
from pathlib import Path

from models.errors import Fault, InputError
from models.formats.records import MAX_MINUTES, MAX_NUMBER
from models.time import parse_instant

MAX_TRACE_BYTES = 10**9

COLUMNS = ("arrived", "task", "step", "handling_minutes", "due", "weight")


@dataclass(frozen=True, kw_only=True)
class TraceRow:
    """One arrival of a trace; None where the file says nothing."""

    arrived: int
    task: str | None = None
    step: str | None = None
    handling_minutes: float | None = None
    due: int | None = None
    weight: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trace:
    """The arrivals of a file in order of time, and whether they stood so in it."""

    rows: tuple[TraceRow, ...]
    was_sorted: bool = True


def read_trace(path: Path) -> Trace:
    """Return the arrivals that a CSV file lists; rows of one instant stay in its order.

    Raises
    ------
    InputError
        With every cell that is wrong.
    """
    name = str(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a device or a pipe may go on for ever
            raise InputError.of(name, "is no regular file")
        if found.st_size > MAX_TRACE_BYTES:
            raise InputError.of(name, f"has more than {MAX_TRACE_BYTES:,} bytes, the most that is read")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream))
    except FileNotFoundError:
        raise InputError.of(name, "there is no such file") from None
    except (OSError, ValueError, csv.Error) as error:  # ValueError: a name with a NUL, or text that is no UTF-8
        raise InputError.of(name, f"cannot be read: {error}") from error
    header = [cell.strip() for cell in lines[0]] if lines else []
    faults = [
        Fault(file=name, field=column, expected=f"is no column of a trace; they are {', '.join(COLUMNS)}")
        for column in header
        if column not in COLUMNS
    ]
    faults += [
        Fault(file=name, field=column, expected="stands twice among the columns")
        for column in sorted({column for column in header if header.count(column) > 1})
    ]
    if "arrived" not in header:
        faults.append(Fault(file=name, field="arrived", expected="is a required column and not there"))
    if faults:
        raise InputError(faults)
    rows: list[TraceRow] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            text = f"{len(header)} cells, as the header has"
            faults.append(Fault(file=name, record=f"row {number}", value=f"of {len(cells)} cells", expected=text))
            continue
        row = _read_row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), name, number, faults)
        if row is not None:
            rows.append(row)
    if faults:
        raise InputError(faults)
    ordered = sorted(rows, key=lambda row: row.arrived)
    return Trace(rows=tuple(ordered), was_sorted=ordered == rows)


def _read_row(cells: dict[str, str], file: str, number: int, faults: list[Fault]) -> TraceRow | None:
    known = len(faults)

    def fault(field: str, expected: str) -> None:
        text = repr(cells[field]) if cells.get(field) else "empty"
        faults.append(Fault(file=file, record=f"row {number}", field=field, value=text, expected=expected))

    def instant(field: str) -> int | None:
        if not cells.get(field):
            return None
        try:
            return parse_instant(cells[field])
        except ValueError as error:
            fault(field, str(error))
            return None

    def amount(field: str, most: float) -> float | None:
        if not cells.get(field):
            return None
        try:
            value = float(cells[field])
        except ValueError:
            value = math.nan
        if not 0 <= value <= most:
            fault(field, f"a number from 0 to {most:,.0f}")
            return None
        return value

    arrived = instant("arrived")
    due = instant("due")
    handling = amount("handling_minutes", MAX_MINUTES)
    weight = amount("weight", MAX_NUMBER)
    if arrived is None:
        if not cells["arrived"]:
            fault("arrived", "an ISO 8601 instant with an offset, such as 2026-03-02T08:00:00+00:00")
        return None
    if len(faults) > known:
        return None
    return TraceRow(
        arrived=arrived,
        task=cells.get("task") or None,
        step=cells.get("step") or None,
        handling_minutes=handling,
        due=due,
        weight=weight,
    )
