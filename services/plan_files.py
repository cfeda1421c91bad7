"""A plan as files for spreadsheets: CSV of its entries, and a workbook with a sheet for each question a lead asks."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pandas as pd

from models.formats.documents import write_atomically
from models.formats.plan import Plan
from models.formats.sheets.grids import escape_formula
from models.formats.sheets.writing import new_workbook
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
from services.spreadsheets import SheetWriter, sheet_cell, sheet_cells, write_csv

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
    write_atomically(path, plan_workbook(plan, tables, others=others))


def plan_workbook(
    plan: Plan,
    tables: PlanTables,
    *,
    others: Mapping[str, Mapping[str, Any]] | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> bytes:
    """Return a plan as an XLSX workbook, as `write_plan_workbook` writes it.

    Parameters
    ----------
    on_rows
        Told how many of `count_plan_rows` were written since it was told last; it may raise to stop.
    """
    beside = others or {}
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        created = to_datetime(tables.now, tables.zone).replace(tzinfo=None)
        book.set_properties({"title": "Day plan", "created": created})
        writer = _PlanSheets(book, on_rows=on_rows)
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
    return buffer.getvalue()


def count_plan_rows(tables: PlanTables) -> int:
    """Return how many rows the sheets of a plan's workbook have."""
    own = tables.assignments.groupby("agent", sort=False).size().head(MOST_PEOPLE)
    listed = (tables.teams, tables.agents, tables.late, tables.left, tables.swing)
    num_missed = int(tables.tasks["misses_must_by"].sum())
    return sum(map(len, listed)) + len(tables.assignments) + num_missed + int(own.sum())


class _PlanSheets(SheetWriter):
    """Writes the sheets of a plan's workbook that are no tables as they stand."""

    def write_people(self, tables: PlanTables) -> None:
        """Write for each person who has work a sheet of what they do when, in order."""
        done = tables.assignments
        done = done.assign(remarks=[_remarks(row) for row in done[_REMARKED].to_dict("records")])
        cells = [sheet_cells(done[column.name], column.format) for column in OWN_DAY]
        agents, names = done["agent"].tolist(), done["agent_name"].tolist()
        for _, places in islice(groupby(range(len(done)), key=agents.__getitem__), MOST_PEOPLE):
            first, *others = places  # those of one person stand together
            own = [of_column[first : first + 1 + len(others)] for of_column in cells]
            self.write_cells(str(names[first]), own, OWN_DAY)

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


_REMARKED = [
    "is_in_progress", "outcome", "was_overdue", "is_at_risk", "misses_must_by", "is_lent", "team_name", "is_pinned",
    "is_estimated",
]  # fmt: skip


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
