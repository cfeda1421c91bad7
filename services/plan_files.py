"""A plan as files for spreadsheets: CSV of its entries, and a workbook with a sheet for each question a lead asks."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from models.formats.documents import write_atomically
from models.formats.plan import Plan
from models.formats.sheets.grids import escape_formula
from models.time import to_datetime
from reports.metrics import Metric
from reports.plan_notes import LEFT_REASONS, plan_notes
from reports.plan_summary import PlanSummary, compare_teams, summarise_plan
from reports.plan_tables import PlanTables
from reports.plan_tasks import LATE as IS_LATE
from services.plan_columns import (
    AGENTS,
    ASSIGNMENTS,
    LATE,
    MISSED,
    OWN_DAY,
    SUMMARY_ROWS,
    SWING,
    TEAMS,
    UNSCHEDULED,
    SheetColumn,
)  # fmt: skip

MAX_CELL_CHARACTERS = 32_767
MAX_WIDTH = 52
MOST_PEOPLE = 300
"""Sheets of persons in one workbook; a larger office hands out its parts."""

_SHEET_NAME_LENGTH = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\\0", " "))


NUMBER_FORMATS: Mapping[str, str] = {
    "text": "General",
    "count": "#,##0",
    "number": "#,##0.00",
    "share": "0.0%",
    "instant": "yyyy-mm-dd hh:mm",
    "flag": "General",
}


def write_plan_csv(path: Path, table: pd.DataFrame, columns: Sequence[SheetColumn] = ASSIGNMENTS) -> None:
    """Write a table of a plan as CSV: UTF-8 with a mark, as spreadsheets want it, and instants in ISO 8601.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heading for column in columns)
    cells = [[_csv_cell(value, column.format) for value in table[column.name].tolist()] for column in columns]
    writer.writerows(zip(*cells, strict=True))
    write_atomically(path, text.getvalue().encode("utf-8-sig"))


def write_plan_workbook(
    path: Path, plan: Plan, tables: PlanTables, *, others: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Write a plan as an XLSX workbook; `others` are the figures of other plans by name, set beside its own.

    Sheets: Summary, By team, By agent, Plan, Late, Left, Swing; Missed, where instants that must not pass are; then one
    for each person who has work, as many as `MOST_PEOPLE`. Instants are local times of the office.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    beside = others or {}
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        created = to_datetime(tables.now, tables.zone).replace(tzinfo=None)
        book.set_properties({"title": "Day plan", "created": created})
        formats = {
            name: book.add_format({"num_format": code, "valign": "top"}) for name, code in NUMBER_FORMATS.items()
        }
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#eef1f4"})
        writer = _SheetWriter(book, formats, head)
        writer.write_summary(plan, tables, beside)
        teams = compare_teams(tables, beside)
        extra = [
            SheetColumn(name=f"on_time_share_{name}", heading=f"on-time share, {name.lower()}", format="share")
            for name in beside
        ]
        writer.write_table("By team", teams, [*TEAMS[:5], *extra, *TEAMS[5:]])
        writer.write_table("By agent", tables.agents, AGENTS)
        writer.write_table("Plan", tables.assignments, ASSIGNMENTS)
        writer.write_table("Late", tables.late, LATE)
        writer.write_table("Left", tables.left.assign(reason=tables.left["reason"].map(_reason)), UNSCHEDULED)
        writer.write_table("Swing", tables.swing, SWING)
        missed = tables.tasks[tables.tasks["misses_must_by"]]
        if len(missed):
            writer.write_table("Missed", missed.sort_values("must_by", kind="stable"), MISSED)
        writer.write_people(tables)
    write_atomically(path, buffer.getvalue())


class _SheetWriter:
    """Writes sheets of one workbook."""

    def __init__(self, book: Any, formats: Mapping[str, Any], head: Any) -> None:
        self._book = book
        self._formats = formats
        self._head = head
        self._taken: set[str] = set()

    def write_people(self, tables: PlanTables) -> None:
        """Write for each person who has work a sheet of what they do when, in order."""
        done = tables.assignments
        done = done.assign(remarks=[_remarks(row) for row in done.to_dict("records")])
        for _, rows in islice(done.groupby("agent", sort=False), MOST_PEOPLE):
            self.write_table(str(rows["agent_name"].iloc[0]), rows, OWN_DAY)

    def _add(self, wanted: str) -> Any:
        """Add a sheet by a name that sheets may have and no other has."""
        base = wanted.translate(_NOT_IN_SHEET_NAMES).strip("' ")[:_SHEET_NAME_LENGTH].rstrip("' ") or "Sheet"
        name, number = base, 1
        while name.casefold() in self._taken or name.casefold() == "history":
            number += 1
            name = f"{base[: _SHEET_NAME_LENGTH - len(str(number)) - 1]} {number}"
        self._taken.add(name.casefold())
        return self._book.add_worksheet(name)

    def write_table(self, name: str, table: pd.DataFrame, columns: Sequence[SheetColumn]) -> None:
        sheet = self._add(name)
        for position, column in enumerate(columns):
            sheet.write_string(0, position, column.heading, self._head)
            cells = [_sheet_cell(value, column.format) for value in table[column.name].tolist()]
            for row, cell in enumerate(cells, start=1):
                self._write(sheet, row, position, cell, column.format)
            sheet.set_column(position, position, _width(column, cells))
        sheet.freeze_panes(1, 1)
        if len(table):
            sheet.autofilter(0, 0, len(table), len(columns) - 1)

    def write_summary(self, plan: Plan, tables: PlanTables, others: Mapping[str, Mapping[str, Any]]) -> None:
        sheet = self._add("Summary")
        summaries = [asdict(summarise_plan(plan, tables)), *others.values()]
        headings = ["Figure", "This plan", *others, "Unit", "How it is counted"]
        for position, heading in enumerate(headings):
            sheet.write_string(0, position, heading, self._head)
        row = 0
        for row, (metric, name, kind) in enumerate(SUMMARY_ROWS, start=1):
            sheet.write_string(row, 0, metric.name if isinstance(metric, Metric) else metric)
            for position, summary in enumerate(summaries, start=1):
                self._write(sheet, row, position, _sheet_cell(summary.get(name), kind), kind)
            if isinstance(metric, Metric):
                sheet.write_string(row, len(summaries) + 1, metric.unit)
                sheet.write_string(row, len(summaries) + 2, metric.formula)
        notes = [
            f"Planned at {to_datetime(tables.now, tables.zone):%Y-%m-%d %H:%M} ({tables.zone}).",
            *plan_notes(plan, plannable_share=tables.plannable_share),
        ]
        people = tables.assignments["agent"].nunique()
        if people > MOST_PEOPLE:
            notes.append(f"Sheets of their own have the first {MOST_PEOPLE:,} of {people:,} people; Plan has all.")
        for note in notes:
            row += 1
            sheet.write_string(row + 1, 0, escape_formula(note))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(summaries), 16)
        sheet.set_column(len(summaries) + 1, len(summaries) + 1, 22)
        sheet.set_column(len(summaries) + 2, len(summaries) + 2, 90)
        sheet.freeze_panes(1, 1)

    def _write(self, sheet: Any, row: int, position: int, cell: Any, kind: str) -> None:
        shown = self._formats[kind]
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, position, cell, shown)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, position, cell, shown)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, position, cell, shown)
        else:
            sheet.write_number(row, position, cell, shown)


def _reason(code: str) -> str:
    return LEFT_REASONS[code][0] if code in LEFT_REASONS else code


def _remarks(row: Mapping[Any, Any]) -> str:
    """Return what a person should know of a task of theirs besides what and when."""
    flags = (
        (row["is_in_progress"], "already begun"),
        (row["outcome"] == IS_LATE, "will be late"),
        (row["was_overdue"], "was overdue already"),
        (row["is_at_risk"], "tight"),
        (row["misses_must_by"], "misses an instant that must not pass"),
        (row["is_lent"], f"lent to {row['team_name']}"),
        (row["is_pinned"], "only you may do it"),
        (row["is_estimated"], "minutes are estimated"),
    )
    return ", ".join(words for holds, words in flags if holds)


def _is_empty(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _csv_cell(value: Any, kind: str) -> str:
    if _is_empty(value):
        return ""
    if kind == "instant":
        return str(value.isoformat())
    if kind == "flag":
        return "yes" if value else "no"
    if kind == "count":
        return str(int(value))
    if kind in {"number", "share"}:
        return f"{float(value):.6g}"
    return escape_formula(str(value))


def _sheet_cell(value: Any, kind: str) -> str | float | int | bool | datetime | None:
    if _is_empty(value):
        return None
    if kind == "instant":
        local: datetime = value.to_pydatetime().replace(tzinfo=None)
        return local
    if kind == "flag":
        return bool(value)
    if kind == "count":
        return int(value)
    if kind in {"number", "share"}:
        return float(value)
    return escape_formula(str(value))[:MAX_CELL_CHARACTERS]


def _width(column: SheetColumn, cells: Iterable[Any]) -> float:
    if column.format == "instant":
        return 17
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    return float(min(max(longest, len(column.heading)) + 2, MAX_WIDTH))


def summary_document(summary: PlanSummary) -> dict[str, Any]:
    """Return the headline figures as plain JSON."""
    return asdict(summary)
