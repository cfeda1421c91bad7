"""A report as a file: a workbook, a table as CSV, its document as JSON."""

import io
from collections.abc import Callable
from pathlib import Path

from models.errors import UsageError
from models.formats.documents import write_atomically, write_document
from models.formats.sheets.grids import escape_formula
from models.formats.sheets.writing import new_workbook
from reports.report import Report, ReportTable
from services.spreadsheets import MAX_SHEET_ROWS, SheetWriter, csv_bytes


def choose_table(report: Report, name: str | None) -> ReportTable:
    """Return the table of a name, or the main one.

    Raises
    ------
    UsageError
        If the report has no such table.
    """
    if name is None and report.tables:
        return report.tables[0]
    table = None if name is None else report.table(name)
    if table is None:
        there = ", ".join(table.name for table in report.tables) or "none"
        raise UsageError(f"the report {report.name} has no table {name!r}; it has {there}")
    return table


def write_report_csv(path: Path, table: ReportTable) -> None:
    """Write a table of a report as CSV.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_atomically(path, report_csv(table))


def report_csv(table: ReportTable) -> bytes:
    """Return a table of a report as CSV."""
    return csv_bytes(table.rows, table.columns)


def write_report_json(path: Path, report: Report) -> None:
    """Write the document of a report.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_document(path, dict(report.document))


def write_report_workbook(path: Path, report: Report) -> None:
    """Write a report as an XLSX workbook: what to do first, then a sheet for each table, evidence included.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_atomically(path, report_workbook(report))


def report_workbook(report: Report, *, on_rows: Callable[[int], None] | None = None) -> bytes:
    """Return a report as an XLSX workbook.

    Parameters
    ----------
    on_rows
        Told how many rows of its tables were written since it was told last; it may raise to stop.
    """
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        book.set_properties({"title": report.title})
        writer = SheetWriter(book, on_rows=on_rows)
        _write_summary(writer, report)
        for table in report.tables:
            writer.write_table(table.title, table.rows.head(MAX_SHEET_ROWS), table.columns)
    return buffer.getvalue()


def _write_summary(writer: SheetWriter, report: Report) -> None:
    """Write what to do first, the main figures, what the source cannot know, and what the figures mean."""
    sheet = writer.add_sheet("Summary")
    sheet.write_string(0, 0, escape_formula(report.title), writer.head)
    sheet.write_string(0, 1, "", writer.head)
    lines = [("", report.lead)]
    lines += [(f"{number}. {action.heading}", action.text) for number, action in enumerate(report.actions, start=1)]
    lines += [("", fact) for fact in report.facts]
    lines += [("What this cannot know" if position == 0 else "", text) for position, text in enumerate(report.limits)]
    lines += [
        ("", f"{table.title}: the first {MAX_SHEET_ROWS:,} of {len(table.rows):,} rows.")
        for table in report.tables
        if len(table.rows) > MAX_SHEET_ROWS
    ]
    formulas = {
        column.metric.name: f"{column.metric.formula} ({column.metric.unit})"
        for table in report.tables
        for column in table.columns
        if column.metric is not None
    }
    lines += list(formulas.items())
    for row, (heading, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, escape_formula(heading))
        sheet.write_string(row, 1, escape_formula(text))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 120)
    sheet.freeze_panes(1, 0)
