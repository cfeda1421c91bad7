"""A made report as one file: what a page shows at once, and each table apart, whose rows are read when asked for."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from models.errors import NotFoundError
from models.tables.columns import to_json
from reports.metrics import Metric
from reports.report import Action, Report, ReportColumn, ReportTable

MEDIA_TYPE = "application/vnd.swingdesk.report+zip"
_HEAD = "report.json"
LARGE = 2_000
"""Rows from which on a table is large."""
MOST_KEPT, MOST_LARGE_KEPT = 256, 4
"""Tables whose cells are kept, small and large: a large one takes some twenty megabytes, a page shows many small."""


@dataclass(frozen=True, kw_only=True)
class StoredPanel:
    """A figure of a made report, as Plotly's JSON, with what stands around it."""

    name: str
    title: str
    formula: str
    text: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    figure: Mapping[str, Any]
    words: Sequence[str] = ()

    def data(self) -> Mapping[str, Any]:
        """Return the figure as Plotly's JSON."""
        return self.figure


@dataclass(frozen=True, kw_only=True)
class StoredTable:
    """A table of a made report without its rows: they are read by `MadeReport.rows`."""

    name: str
    title: str
    columns: Sequence[ReportColumn]
    note: str
    evidence: str
    is_evidence: bool
    num_rows: int


@dataclass(frozen=True, kw_only=True)
class MadeReport:
    """A report that was made and kept.

    Attributes
    ----------
    body
        The file; tables are read from it when their rows are asked for.
    """

    name: str
    title: str
    lead: str
    actions: Sequence[Action]
    facts: Sequence[str]
    limits: Sequence[str]
    panels: Sequence[StoredPanel]
    tables: Sequence[StoredTable]
    body: bytes = field(repr=False)

    def table(self, name: str) -> StoredTable:
        """Return the table of a name.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        found = next((table for table in self.tables if table.name == name), None)
        if found is None:
            raise NotFoundError(f"the report {self.name} has no table {name!r}")
        return found

    def cells(self, name: str) -> Mapping[str, Sequence[Any]]:
        """Return the cells of a table by column; instants are aware, in the zone of the report.

        Raises
        ------
        NotFoundError
            If there is no such table.
        """
        table = self.table(name)
        instants = tuple(column.name for column in table.columns if column.format == "instant")
        read = _read_large if table.num_rows >= LARGE else _read_small
        return read(self.body, name, instants)

    def document(self) -> Mapping[str, Any]:
        """Return the report as a program reads it."""
        with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
            document: Mapping[str, Any] = json.loads(archive.read("document.json"))
        return document

    def report(self) -> Report:
        """Return the whole report, as it was made, to write files from."""
        return Report(
            name=self.name,
            title=self.title,
            lead=self.lead,
            actions=self.actions,
            facts=self.facts,
            limits=self.limits,
            panels=self.panels,  # type: ignore[arg-type]  # what files use of a panel, these have
            tables=[self.full_table(table.name) for table in self.tables],
            document=self.document(),
        )

    def full_table(self, name: str) -> ReportTable:
        """Return a table with its rows.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        """
        table = self.table(name)
        return ReportTable(
            name=table.name,
            title=table.title,
            columns=table.columns,
            rows=pd.DataFrame(dict(self.cells(name)), dtype=object),
            note=table.note,
            evidence=table.evidence,
            is_evidence=table.is_evidence,
        )


def pack_report(report: Report) -> bytes:
    """Return a report as a file that `unpack_report` reads."""
    head = {
        "name": report.name,
        "title": report.title,
        "lead": report.lead,
        "actions": [asdict(action) for action in report.actions],
        "facts": list(report.facts),
        "limits": list(report.limits),
        "panels": [
            {
                "name": panel.name,
                "title": panel.title,
                "formula": panel.formula,
                "text": panel.text,
                "headings": list(panel.headings),
                "rows": [list(row) for row in panel.rows],
                "figure": panel.data(),
                "words": list(panel.words),
            }
            for panel in report.panels
        ],
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": [asdict(column) for column in table.columns],
                "note": table.note,
                "evidence": table.evidence,
                "is_evidence": table.is_evidence,
                "num_rows": len(table.rows),
            }
            for table in report.tables
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(_HEAD, to_json(head))
        archive.writestr("document.json", to_json(dict(report.document)))
        for table in report.tables:
            cells = {
                column.name: [_plain(value, column.format) for value in table.rows[column.name].tolist()]
                for column in table.columns
            }
            archive.writestr(_member(table.name), to_json(cells))
    return packed.getvalue()


def unpack_report(body: bytes) -> MadeReport:
    """Return a report that was packed."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        head = json.loads(archive.read(_HEAD))
    return MadeReport(
        name=head["name"],
        title=head["title"],
        lead=head["lead"],
        actions=[Action(**action) for action in head["actions"]],
        facts=head["facts"],
        limits=head["limits"],
        panels=[StoredPanel(**panel) for panel in head["panels"]],
        tables=[
            StoredTable(**{**table, "columns": [_column(column) for column in table["columns"]]})
            for table in head["tables"]
        ],
        body=body,
    )


def _column(stored: Mapping[str, Any]) -> ReportColumn:
    metric = stored["metric"]
    return ReportColumn(**{**stored, "metric": None if metric is None else Metric(**metric)})


def _read_cells(body: bytes, name: str, instants: tuple[str, ...]) -> Mapping[str, Sequence[Any]]:
    """Return the cells of a table of a report's file; it never changes, so they are kept for who leafs on."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        stored: dict[str, list[Any]] = json.loads(archive.read(_member(name)))
    for column in instants:
        stored[column] = [None if text is None else datetime.fromisoformat(text) for text in stored[column]]
    return MappingProxyType({column: tuple(cells) for column, cells in stored.items()})


_read_small = lru_cache(maxsize=MOST_KEPT)(_read_cells)
_read_large = lru_cache(maxsize=MOST_LARGE_KEPT)(_read_cells)


def _member(name: str) -> str:
    return f"tables/{name}.json"


def _plain(value: Any, kind: str) -> Any:
    """Return a cell as JSON keeps it."""
    if value is None or bool(pd.isna(value)):
        return None
    if kind == "instant":
        return value.isoformat()
    if kind == "flag":
        return bool(value)
    if kind == "count":
        return int(value)
    return float(value) if kind in {"number", "share"} else str(value)
