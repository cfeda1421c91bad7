"""A plan as files for spreadsheets: CSV of its entries, and a workbook with a sheet for each question a lead asks."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
from services.spreadsheets import WORKBOOK_OPTIONS, SheetWriter, sheet_cell, write_csv

MOST_PEOPLE = 300
"""Sheets of persons in one workbook; a larger office hands out its parts."""


def write_plan_csv(path: Path, table: pd.DataFrame, columns: Sequence[SheetColumn] = ASSIGNMENTS) -> None:
    """Write a table of a plan as CSV: UTF-8 with a mark, as spreadsheets want it, and instants in ISO 8601.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_csv(path, table, columns)


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
    with xlsxwriter.Workbook(buffer, dict(WORKBOOK_OPTIONS)) as book:
        created = to_datetime(tables.now, tables.zone).replace(tzinfo=None)
        book.set_properties({"title": "Day plan", "created": created})
        writer = _PlanSheets(book)
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


class _PlanSheets(SheetWriter):
    """Writes the sheets of a plan's workbook that are no tables as they stand."""

    def write_people(self, tables: PlanTables) -> None:
        """Write for each person who has work a sheet of what they do when, in order."""
        done = tables.assignments
        done = done.assign(remarks=[_remarks(row) for row in done.to_dict("records")])
        for _, rows in islice(done.groupby("agent", sort=False), MOST_PEOPLE):
            self.write_table(str(rows["agent_name"].iloc[0]), rows, OWN_DAY)

    def write_summary(self, plan: Plan, tables: PlanTables, others: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the figures of the plan, beside those of others, with what they mean."""
        sheet = self.add_sheet("Summary")
        summaries = [asdict(summarise_plan(plan, tables)), *others.values()]
        headings = ["Figure", "This plan", *others, "Unit", "How it is counted"]
        for position, heading in enumerate(headings):
            sheet.write_string(0, position, heading, self.head)
        row = 0
        for row, (metric, name, kind) in enumerate(SUMMARY_ROWS, start=1):
            sheet.write_string(row, 0, metric.name if isinstance(metric, Metric) else metric)
            for position, summary in enumerate(summaries, start=1):
                self.write_cell(sheet, row, position, sheet_cell(summary.get(name), kind), kind)
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


def summary_document(summary: PlanSummary) -> dict[str, Any]:
    """Return the headline figures as plain JSON."""
    return asdict(summary)
