"""Shifts, what fills them besides tasks, and absences: in and out as an office's frames."""

from datetime import date, time, tzinfo
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, func, select
from sqlalchemy.sql.expression import ColumnElement

from models.errors import Fault, InputError
from models.formats.offices.office import frame_of
from models.repositories.changes import TableChanges, owners, replace_rows, tally
from models.repositories.people import to_frame
from models.repositories.staging import Difference, Staged, staged
from models.roster import break_bounds, shift_bounds, wall_clock
from models.tables.schema import table_of
from models.time import load_zone

Columns = dict[str, list[Any]]
_LABELS = {"agent_id": "agent"}


def write_shifts(
    connection: Connection, frame: pd.DataFrame, *, zone_name: str, source: str, adds: bool = False
) -> TableChanges:
    """Write shifts with their breaks.

    For each agent the frame holds all shifts from its first day to its last; with `adds` it only adds some.

    Raises
    ------
    InputError
        If a clock change leaves nothing of a shift or break, or an agent is not known.
    """
    shift_columns, block_columns = _columns(frame, load_zone(zone_name), source)
    shift_columns["timezone"] = [zone_name] * len(frame)
    shifts, blocks = table_of("shifts"), table_of("shift_blocks")
    with staged(connection, shifts, shift_columns) as rows:
        rows.check_references(source, _LABELS)
        gone = (
            frozenset()
            if adds
            else rows.delete_others(_within(rows, shifts.c.agent_id, shifts.c.day, "day", "day")).gone
        )
        written = rows.upsert()
        own = Difference(new=written.new, changed=written.changed, gone=gone)
        with staged(connection, blocks, block_columns) as fillings:
            of_these = (
                select(1)
                .select_from(rows.rows)
                .where(rows.rows.c.agent_id == blocks.c.agent_id, rows.rows.c.starts_at == blocks.c.shift_starts_at)
                .exists()
            )
            emptied = fillings.delete_others(of_these)
            filled = fillings.upsert()
    return tally(len(frame), own, owners(emptied, 0, 1), owners(filled, 0, 1))


def write_absences(connection: Connection, frame: pd.DataFrame, *, source: str, adds: bool = False) -> TableChanges:
    """Write absences.

    For each agent the frame holds all that begin from its first start to its last end; with `adds` it only adds some.
    """
    columns = {
        "agent_id": frame["agent"].tolist(),
        "starts_at": frame["start"].tolist(),
        "ends_at": frame["end"].tolist(),
        "reason": frame["reason"].tolist(),
    }
    table = table_of("absences")
    written = replace_rows(
        connection,
        "absences",
        columns,
        source=source,
        is_replaced=None
        if adds
        else lambda rows: _within(rows, table.c.agent_id, table.c.starts_at, "starts_at", "ends_at"),
        labels=_LABELS,
    )
    return tally(len(frame), written)


def read_shifts(connection: Connection, *, start: int, end: int) -> pd.DataFrame:
    """Return the shifts that overlap `[start, end)` as an office's frame, by the wall clock of their zones."""
    shifts, blocks = table_of("shifts"), table_of("shift_blocks")
    overlaps = (shifts.c.starts_at < end) & (shifts.c.ends_at > start)
    filled: dict[tuple[str, int], list[Any]] = {}
    for row in connection.execute(
        select(blocks, shifts.c.timezone)
        .join(shifts, (shifts.c.agent_id == blocks.c.agent_id) & (shifts.c.starts_at == blocks.c.shift_starts_at))
        .where(overlaps)
        .order_by(blocks.c.agent_id, blocks.c.starts_at)
    ):
        zone = load_zone(row.timezone)
        pause = (wall_clock(row.starts_at, zone)[1], wall_clock(row.ends_at, zone)[1], row.kind, row.is_paid)
        filled.setdefault((row.agent_id, row.shift_starts_at), []).append(pause)
    found = connection.execute(select(shifts).where(overlaps).order_by(shifts.c.agent_id, shifts.c.starts_at)).all()
    return frame_of(
        {
            "agent": [row.agent_id for row in found],
            "date": [row.day for row in found],
            "start": [wall_clock(row.starts_at, load_zone(row.timezone))[1] for row in found],
            "end": [wall_clock(row.ends_at, load_zone(row.timezone))[1] for row in found],
            "breaks": [tuple(filled.get((row.agent_id, row.starts_at), ())) for row in found],
        },
        num_rows=len(found),
    )


def read_absences(connection: Connection, *, start: int, end: int) -> pd.DataFrame:
    """Return the absences that overlap `[start, end)` as an office's frame."""
    table = table_of("absences")
    found = connection.execute(
        select(table.c.agent_id, table.c.starts_at, table.c.ends_at, table.c.reason)
        .where(table.c.starts_at < end, table.c.ends_at > start)
        .order_by(table.c.agent_id, table.c.starts_at)
    )
    return to_frame(found, ["agent", "start", "end", "reason"])


def find_roster_span(connection: Connection) -> tuple[date, date] | None:
    """Return the first and the last day of which shifts are stored; None where there are none."""
    table = table_of("shifts")
    first, last = connection.execute(select(func.min(table.c.day), func.max(table.c.day))).one()
    return None if first is None else (first, last)


def next_shift_start(connection: Connection, at: int) -> int | None:
    """Return when the first shift after an instant starts; None where there is none."""
    table = table_of("shifts")
    found = connection.execute(select(func.min(table.c.starts_at)).where(table.c.starts_at > at)).scalar()
    return None if found is None else int(found)


def _within(rows: Staged, agent: Any, column: Any, first: str, last: str) -> ColumnElement[bool]:
    """Return the condition that a stored row lies in the span that the staged rows give for its agent."""
    of_agent = rows.rows.c.agent_id == agent
    begins = select(func.min(rows.rows.c[first])).where(of_agent).scalar_subquery()
    ends = select(func.max(rows.rows.c[last])).where(of_agent).scalar_subquery()
    return and_(column >= begins, column <= ends)


def _columns(frame: pd.DataFrame, zone: tzinfo, source: str) -> tuple[Columns, Columns]:
    shifts: Columns = {"agent_id": [], "starts_at": [], "ends_at": [], "day": []}
    blocks: Columns = {
        "agent_id": [],
        "shift_starts_at": [],
        "starts_at": [],
        "ends_at": [],
        "kind": [],
        "is_paid": [],
    }
    faults: list[Fault] = []
    for agent, day, start, end, breaks in zip(
        *(frame[name] for name in ("agent", "date", "start", "end", "breaks")), strict=True
    ):
        bounds = shift_bounds(day, start, end, zone)
        faults.extend(_swallowed(source, agent, day, "shift", (start, end), bounds))
        _append(shifts, agent, *bounds, day)
        for begins, ends, kind, is_paid in breaks:
            pause = break_bounds(day, start, begins, ends, zone)
            if pause[0] < pause[1]:  # a break that a clock change swallows is no break
                _append(blocks, agent, bounds[0], *pause, kind, is_paid)
    if faults:
        raise InputError(faults)
    return shifts, blocks


def _append(columns: Columns, *cells: object) -> None:
    for column, cell in zip(columns.values(), cells, strict=True):
        column.append(cell)


def _swallowed(
    source: str, agent: str, day: date, what: str, clock: tuple[time, time], bounds: tuple[int, int]
) -> list[Fault]:
    if bounds[0] < bounds[1]:
        return []
    text = f"{day} {clock[0]:%H:%M} to {clock[1]:%H:%M}"
    expected = f"a {what} of which the clock change of that night leaves something"
    return [Fault(file=source, record=f"shifts ({agent!r})", field="start", value=text, expected=expected)]
