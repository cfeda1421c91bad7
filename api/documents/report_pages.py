"""A report as one file to open in a browser: what to do first on the first screen, every figure down to its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.documents.assets import static_text
from api.documents.chart_data import encode_for_script
from api.documents.render import BASE_STYLES, digest_of, page_environment, trusted
from api.documents.report_cells import cell_text
from reports.metrics import Metric
from reports.panels import plotly_script
from reports.report import Report, ReportTable

STYLES = (*BASE_STYLES, "figures.css", "report.css")
MOST_ROWS = 500
"""Rows of a table on a page; files for spreadsheets have all."""

_AS_TEXT = frozenset({"text", "words", "instant"})


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table as its page shows it: cells are text."""

    name: str
    title: str
    note: str
    evidence: str
    is_evidence: bool
    headings: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    num_rows: int
    metrics: Sequence[Metric]


def render_report_file(report: Report) -> str:
    """Return a report as a page that needs no network and runs no script but its own."""
    style = "\n".join(static_text(name) for name in STYLES)
    drawing = [plotly_script(), static_text("figures.js")] if report.panels else []
    script = "\n".join([*drawing, static_text("report.js")])
    # Plotly sets styles of its own, on elements and in a sheet that it makes.
    policy = (
        f"default-src 'none'; script-src '{digest_of(script)}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    tables = [view_table(table) for table in report.tables]
    return (
        page_environment()
        .get_template("report.html")
        .render(
            inline={"style": trusted(style), "script": trusted(script), "policy": policy},
            report=report,
            tables=[table for table in tables if not table.is_evidence],
            evidence=[table for table in tables if table.is_evidence],
            data=trusted(encode_for_script({panel.name: panel.data() for panel in report.panels})),
        )
    )


def view_table(table: ReportTable) -> TableView:
    """Return a table as its page shows it."""
    shown = table.rows.head(MOST_ROWS)
    cells = [[cell_text(cell, column.format) for cell in shown[column.name].tolist()] for column in table.columns]
    metrics = {column.metric.key: column.metric for column in table.columns if column.metric is not None}
    return TableView(
        name=table.name,
        title=table.title,
        note=table.note,
        evidence=table.evidence,
        is_evidence=table.is_evidence,
        headings=[(column.heading, column.format not in _AS_TEXT) for column in table.columns],
        rows=list(zip(*cells, strict=True)),
        num_rows=len(table.rows),
        metrics=tuple(metrics.values()),
    )
