"""A plan as files for spreadsheets: CSV of its entries, and a workbook with a sheet for each question a lead asks."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from models.formats.documents import write_atomically
from models.formats.plan import Plan
from models.formats.sheets.grids import escape_formula
from models.time import to_datetime
from reports import metrics
from reports.metrics import Metric
from reports.plan_summary import PlanSummary, compare_teams, summarise_plan
from reports.plan_tables import PlanTables

MAX_CELL_CHARACTERS = 32_767
MAX_WIDTH = 52


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """A column of a sheet: the frame's column, its heading, and how its cells are shown."""

    name: str
    heading: str
    format: str = "text"


def _column(name: str, heading: str, format: str = "text") -> SheetColumn:
    return SheetColumn(name=name, heading=heading, format=format)


ASSIGNMENTS: tuple[SheetColumn, ...] = (
    _column("agent", "agent"),
    _column("agent_name", "agent name"),
    _column("position", "position", "count"),
    _column("start", "start", "instant"),
    _column("end", "end", "instant"),
    _column("task", "task"),
    _column("title", "title"),
    _column("type_name", "type"),
    _column("team_name", "team"),
    _column("client", "client"),
    _column("case", "case"),
    _column("due", "due", "instant"),
    _column("weight", "weight", "number"),
    _column("handling_minutes", "handling minutes", "number"),
    _column("slack_minutes", "slack minutes", "number"),
    _column("outcome", "outcome"),
    _column("is_at_risk", "at risk", "flag"),
    _column("is_lent", "lent", "flag"),
    _column("is_pinned", "pinned", "flag"),
    _column("is_in_progress", "in progress", "flag"),
)
UNSCHEDULED: tuple[SheetColumn, ...] = (
    _column("task", "task"),
    _column("title", "title"),
    _column("type_name", "type"),
    _column("team_name", "team"),
    _column("client", "client"),
    _column("case", "case"),
    _column("arrived", "arrived", "instant"),
    _column("due", "due", "instant"),
    _column("must_by", "must by", "instant"),
    _column("weight", "weight", "number"),
    _column("standard_minutes", "standard minutes", "number"),
    _column("reason", "reason"),
    _column("detail", "why"),
)
LATE: tuple[SheetColumn, ...] = (
    *UNSCHEDULED[:6],
    _column("due", "due", "instant"),
    _column("end", "planned end", "instant"),
    _column("agent_name", "agent name"),
    _column("late_minutes", "minutes late", "number"),
    _column("weight", "weight", "number"),
    _column("was_overdue", "overdue before", "flag"),
)
AGENTS: tuple[SheetColumn, ...] = (
    _column("agent", "agent"),
    _column("name", "name"),
    _column("team_name", "home team"),
    _column("shift_start", "shift start", "instant"),
    _column("shift_end", "shift end", "instant"),
    _column("num_tasks", "tasks", "count"),
    _column("handling_hours", "handling hours", "number"),
    _column("setup_hours", "setup hours", "number"),
    _column("duty_hours", "hours on shift", "number"),
    _column("utilization", "utilization", "share"),
    _column("lent_hours", "lent hours", "number"),
    _column("num_moves", "moves", "count"),
    _column("num_late", "late", "count"),
)
TEAMS: tuple[SheetColumn, ...] = (
    _column("name", "team"),
    _column("num_agents", "people on duty", "count"),
    _column("num_due", "fall due", "count"),
    _column("num_on_time", "on time", "count"),
    _column("on_time_share", "on-time share", "share"),
    _column("num_late", "late", "count"),
    _column("num_overdue", "were overdue", "count"),
    _column("num_left", "left", "count"),
    _column("backlog_start_hours", "backlog hours now", "number"),
    _column("backlog_end_hours", "backlog hours at the end", "number"),
    _column("duty_hours", "hours on shift", "number"),
    _column("utilization", "utilization", "share"),
    _column("borrowed_hours", "borrowed hours", "number"),
    _column("lent_hours", "lent hours", "number"),
)
SWING: tuple[SheetColumn, ...] = (
    _column("team_name", "lent to"),
    _column("name", "name"),
    _column("home_name", "from"),
    _column("start", "start", "instant"),
    _column("end", "end", "instant"),
    _column("num_tasks", "tasks", "count"),
    _column("handling_hours", "handling hours", "number"),
)
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

    Sheets: Summary, By team, By agent, Plan, Late, Left, Swing. Instants are local times of the office.

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
        extra = [_column(f"on_time_share_{name}", f"on-time share, {name.lower()}", "share") for name in beside]
        writer.write_table("By team", teams, [*TEAMS[:5], *extra, *TEAMS[5:]])
        writer.write_table("By agent", tables.agents, AGENTS)
        writer.write_table("Plan", tables.assignments, ASSIGNMENTS)
        writer.write_table("Late", tables.late, LATE)
        writer.write_table("Left", tables.left, UNSCHEDULED)
        writer.write_table("Swing", tables.swing, SWING)
    write_atomically(path, buffer.getvalue())


class _SheetWriter:
    """Writes sheets of one workbook."""

    def __init__(self, book: Any, formats: Mapping[str, Any], head: Any) -> None:
        self._book = book
        self._formats = formats
        self._head = head

    def write_table(self, name: str, table: pd.DataFrame, columns: Sequence[SheetColumn]) -> None:
        sheet = self._book.add_worksheet(name)
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
        sheet = self._book.add_worksheet("Summary")
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
            f"Plans fill at most {tables.plannable_share:.0%} of people's time.",
            str(plan.extra.get("note", "A plan is made on expected data; the day will differ.")),
        ]
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


SUMMARY_ROWS: tuple[tuple[Metric | str, str, str], ...] = (
    ("Tasks", "num_tasks", "count"),
    ("People on duty", "num_agents", "count"),
    ("Fall due in the period", "num_due", "count"),
    (metrics.ON_TIME, "on_time_share", "share"),
    (metrics.LATE, "num_late", "count"),
    (metrics.AT_RISK, "num_at_risk", "count"),
    (metrics.OVERDUE, "num_overdue", "count"),
    ("Overdue at the start, and done", "num_overdue_done", "count"),
    ("Instants that must not pass, missed", "num_missed", "count"),
    (metrics.LEFT, "num_left", "count"),
    ("Backlog at the start", "backlog_start_hours", "number"),
    (metrics.BACKLOG, "backlog_end_hours", "number"),
    (metrics.OLDEST, "oldest_start_hours", "number"),
    (metrics.WAIT, "wait_hours", "number"),
    (metrics.TARDINESS, "tardiness_hours", "number"),
    ("Hours on shift, breaks aside", "duty_hours", "number"),
    (metrics.UTILIZATION, "utilization", "share"),
    (metrics.SWING_MOVES, "num_moves", "count"),
    (metrics.LENT_HOURS, "lent_hours", "number"),
    ("Total of the objective", "total", "number"),
    ("Proven lower bound", "lower_bound", "number"),
    (metrics.GAP, "gap", "share"),
)


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
