"""One report: made by a job where it is not fresh, then its figures and tables, each down to its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Caller
from api.documents.chart_data import encode_for_script
from api.documents.render import trusted
from api.language.texts import Texts
from api.pages.analysis.asking import SCRIPTS, STYLES, Asked, Question, Reader, may_name
from api.pages.analysis.finding import find_job_of, read_report
from api.pages.analysis.plotly import POLICY, script_address
from api.pages.analysis.telling import tell, tell_cell, tell_heading, tell_lead, tell_metric, tell_panel
from api.pages.rendering import lead_to, render, texts_for
from api.pages.report_words import report_question, report_word
from api.pages.serving import database_of, what_of
from api.pages.system.words import view_job
from models.repositories.office_pages import list_names
from models.vocabulary_jobs import JobState
from reports.metrics import Metric
from reports.report import ReportColumn
from services.jobs.asking import stop_job
from services.reporting.archive import MadeReport, StoredTable
from services.reporting.leave import OVERSEERS
from services.reporting.made import ask_for_page

router = APIRouter()
ROWS_SHOWN = 12
MOST_NAMES = 2000
AS_TEXT = frozenset({"text", "words", "instant"})
PROSE_CHARACTERS = 32
"""A column with a longer text than that is given room: it would be a word a line beside figures that never wrap."""


@dataclass(frozen=True, kw_only=True)
class TableView:
    """The beginning of a table, as text.

    Attributes
    ----------
    headings
        Of each column, and the class of its cells.
    rows
        The address of what each row is made of, empty where there is none, and its cells.
    all_rows, evidence
        Addresses of all its rows, and of those that its figures are made of.
    """

    name: str
    title: str
    note: str
    headings: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str]]]
    num_rows: int
    metrics: Sequence[Metric]
    all_rows: str
    evidence: str


@router.get("/time/{name}")
def show_report(request: Request, asked: Question, caller: Reader) -> HTMLResponse:
    """Show a report, or how far it is, or how to have it made."""
    texts = texts_for(request)
    fault = asked.find_fault(texts)
    job = None if fault else find_job_of(request, caller, asked)
    made = None if job is None or job.state is not JobState.DONE else read_report(request, caller, asked, job)
    panels = [] if made is None else [tell_panel(panel, texts) for panel in made.panels]
    return render(
        request,
        "time/report.html",
        texts=texts,
        styles=STYLES,
        scripts=(*SCRIPTS, *(("figures.js", "report.js") if made else ())),
        headers={"Content-Security-Policy": POLICY} if made else None,
        plotly=script_address() if made and made.panels else "",
        asked=asked,
        name=report_word(asked.name, texts),
        question=report_question(asked.name, texts),
        job=None if job is None else view_job(job, texts),
        fault=fault,
        problem=None if job is None else job.problem,
        made=made,
        made_at=None if job is None else job.ended_at,
        panels=panels,
        tables=[]
        if made is None
        else [view_table(made, one, asked, texts) for one in made.tables if not one.is_evidence],
        evidence=[] if made is None else [table for table in made.tables if table.is_evidence],
        data="" if made is None else trusted(encode_for_script({panel.name: panel.data for panel in panels})),
        tell=partial(tell, texts=texts),
        lead=("", "") if made is None else tell_lead(made.lead, texts),
        may_name=may_name(caller, asked),
        is_admin=caller.has(),
        **_choices(request, caller),
    )


@router.post("/time/{name}")
def make_report(request: Request, asked: Question, caller: Reader) -> Response:
    """Have a report made anew, or made at all; the address stays the same."""
    database, job = database_of(request), find_job_of(request, caller, asked)
    if job is None or job.is_ended:
        ask_for_page(database, caller, asked.ask(caller), what=what_of(request))
    return lead_to(request, asked.address())


@router.post("/time/{name}/stop")
def stop_report(request: Request, asked: Question, caller: Reader) -> Response:
    """Stop a report that is being made."""
    job = find_job_of(request, caller, asked)
    if job is not None and not job.is_ended:
        stop_job(database_of(request), caller, job.id, what=what_of(request))
    return lead_to(request, "/time", said=texts_for(request).gettext("Stopped."))


def view_table(made: MadeReport, table: StoredTable, asked: Asked, texts: Texts) -> TableView:
    """Return the beginning of a table in the reader's language."""
    cells = made.cells(table.name)
    first = table.columns[0].name
    evidence = next((one for one in made.tables if one.name == table.evidence), None)
    is_linked = evidence is not None and any(column.name == first for column in evidence.columns)
    shown = [[tell_cell(cell, column, texts) for cell in cells[column.name][:ROWS_SHOWN]] for column in table.columns]
    keys = [str(value) for value in cells[first][:ROWS_SHOWN]]
    links = [
        asked.address("rows", table.evidence, of=first, value=key) if is_linked and key != "None" else ""
        for key in keys
    ]
    metrics = {column.metric.key: column.metric for column in table.columns if column.metric is not None}
    return TableView(
        name=table.name,
        title=tell(table.title, texts),
        note=tell(table.note, texts),
        headings=[
            (tell_heading(column.heading, texts), cell_class(column, told))
            for column, told in zip(table.columns, shown, strict=True)
        ],
        rows=list(zip(links, zip(*shown, strict=True), strict=True)) if shown else [],
        num_rows=table.num_rows,
        metrics=[tell_metric(metric, texts) for metric in metrics.values()],
        all_rows=asked.address("rows", table.name) if table.num_rows > ROWS_SHOWN else "",
        evidence=asked.address("rows", table.evidence) if evidence is not None else "",
    )


def cell_class(column: ReportColumn, told: Iterable[str]) -> str:
    """Return the class of a column's cells: of figures, of prose, or none."""
    if column.format not in AS_TEXT:
        return "n"
    return "prose" if max(map(len, told), default=0) > PROSE_CHARACTERS else ""


def _choices(request: Request, caller: Caller) -> Mapping[str, Any]:
    """Return the teams and types that can be chosen: a lead's own teams, else all."""
    with database_of(request).reading() as session:
        connection = session.connection()
        teams = list_names(connection, "teams", limit=MOST_NAMES)
        types = list_names(connection, "task_types", limit=MOST_NAMES)
    own = caller.narrow_teams(None, sees_all=OVERSEERS)
    return {
        "team_choices": [(team, name) for team, name in teams if own is None or team in own],
        "type_choices": types,
    }
