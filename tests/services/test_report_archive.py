"""A made report comes back from its archive as it was: head, figures, cells of every kind, and the files made of it."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
import pytest

from api.documents.report_pages import render_report_file
from models.errors import NotFoundError
from reports.metrics import WAIT
from reports.panels import Panel
from reports.report import Action, Report, ReportColumn, ReportTable
from services.reporting.archive import pack_report, unpack_report
from services.reporting.files import report_csv, report_workbook

COLUMNS = (
    ReportColumn(name="type", heading="Type"),
    ReportColumn(name="num", heading="Tasks", format="count"),
    ReportColumn(name="hours", heading="Hours", format="number", metric=WAIT),
    ReportColumn(name="part", heading="Share", format="share"),
    ReportColumn(name="at", heading="At", format="instant"),
    ReportColumn(name="late", heading="Late", format="flag"),
)


def make() -> Report:
    at = pd.Series([pd.Timestamp("2026-03-02 09:00", tz="Europe/Madrid"), pd.NaT])
    rows = pd.DataFrame(
        {
            "type": ["a,b", None],
            "num": [3, 4],
            "hours": [1.5, float("nan")],
            "part": [0.25, 1.0],
            "at": at,
            "late": [True, False],
        }
    )
    table = ReportTable(name="by-type", title="By type", columns=COLUMNS, rows=rows, note="n", evidence="tasks")
    panel = Panel(
        name="bars",
        title="Bars",
        formula="a / b",
        text="It goes up",
        figure=go.Figure(go.Bar(x=[1, 2], y=[3, 4])),
        headings=("x", "y"),
        rows=(("1", "3"),),
    )
    return Report(
        name="waiting",
        title="Why",
        lead="Of much.",
        actions=[Action(heading="Do", text="it", table="by-type")],
        facts=["One."],
        limits=["None."],
        panels=[panel],
        tables=[table],
        document={"format": "x", "value": 1.5},
    )


def test_a_report_comes_back_as_it_was() -> None:
    report = make()
    made = unpack_report(pack_report(report))
    assert (made.name, made.title, made.lead, made.facts, made.limits) == (
        "waiting",
        "Why",
        "Of much.",
        ["One."],
        ["None."],
    )
    assert made.actions == report.actions
    assert made.document() == report.document
    assert made.panels[0].data() == json.loads(json.dumps(report.panels[0].data()))
    assert made.table("by-type").columns == list(COLUMNS)
    cells = made.cells("by-type")
    assert cells["num"] == (3, 4)
    assert cells["hours"] == (1.5, None)
    assert cells["late"] == (True, False)
    assert cells["at"] == (datetime(2026, 3, 2, 8, tzinfo=UTC).astimezone(ZoneInfo("Europe/Madrid")), None)
    with pytest.raises(NotFoundError, match="no table 'nothing'"):
        made.cells("nothing")


def test_cells_that_are_kept_are_those_of_their_own_report() -> None:
    made, other = unpack_report(pack_report(make())), make()
    other.tables[0].rows["num"] = [5, 6]
    assert made.cells("by-type") is unpack_report(made.body).cells("by-type")
    assert unpack_report(pack_report(other)).cells("by-type")["num"] == (5, 6)
    assert made.cells("by-type")["num"] == (3, 4)


def test_files_made_of_it_are_those_of_the_report_itself() -> None:
    report = make()
    again = unpack_report(pack_report(report)).report()
    assert report_csv(again.tables[0]) == report_csv(report.tables[0])
    pages = [render_report_file(one).partition('<script type="application/json"')[0] for one in (again, report)]
    assert pages[0] == pages[1]
    assert report_workbook(again)[:4] == b"PK\x03\x04"
