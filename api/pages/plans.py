"""Stored plans for people: the list, and each with its day chart; the same as files to take along."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Reach, permits
from api.documents.render import CHART_SCRIPT, render_plan_file, trusted
from api.documents.words import gap_text
from api.language.texts import Texts
from api.pages.rendering import render, texts_for
from api.plan_access import PlanId, Shelf
from models.errors import NotFoundError
from models.repositories.plans import PlanRecord
from models.time import load_zone
from models.vocabulary import Rule
from reports.rule_names import RULE_NAMES
from services.plan_columns import ASSIGNMENTS
from services.spreadsheets import csv_bytes

READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(include_in_schema=False, dependencies=[READERS])
PLAN_STYLES = ("day-chart.css",)
PLAN_SCRIPTS = (CHART_SCRIPT,)


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """A plan in the list, as text."""

    id: int
    day: str
    made: str
    teams: str
    tasks: str
    on_time: str
    fifo: str
    left: str
    gap: str


@router.get("/plans")
def list_plans(request: Request, shelf: Shelf) -> HTMLResponse:
    """Show the stored plans, or what to do where there is none."""
    try:
        records, count = shelf.list()
        missing = not count and not shelf.has_office()
    except NotFoundError:
        records, count, missing = [], 0, True
    texts = texts_for(request)
    told = texts.ngettext("%(num)s stored, the newest first.", "%(num)s stored, the newest first.", count)
    if count > len(records):
        told = texts.gettext(
            "%(num)s stored; the last %(shown)s are listed, the newest first.",
            num=texts.number(count),
            shown=texts.number(len(records)),
        )
    return render(
        request,
        "plans.html",
        texts=texts,
        plans=[_line(record, texts) for record in records],
        lead=told,
        first_in=texts.told(RULE_NAMES[Rule.FIFO]),
        missing=missing,
    )


@router.get("/plans/{plan_id:int}")
def show_plan(request: Request, plan_id: PlanId, shelf: Shelf) -> HTMLResponse:
    """Show a plan."""
    texts = texts_for(request)
    page = shelf.page(plan_id, texts)
    return render(
        request,
        "plan.html",
        styles=PLAN_STYLES,
        scripts=PLAN_SCRIPTS,
        texts=texts,
        view=page.view,
        body=trusted(page.body),
    )


@router.get("/plans/{plan_id:int}/plan.html")
def plan_html(plan_id: PlanId, shelf: Shelf) -> Response:
    """Hand out the plan as one file."""
    page = render_plan_file(shelf.page(plan_id).view)
    return Response(page, media_type="text/html; charset=utf-8", headers=_attachment(plan_id, "html"))


@router.get("/plans/{plan_id:int}/plan.csv")
def plan_csv(plan_id: PlanId, shelf: Shelf) -> Response:
    """Hand out the plan's assignments as CSV."""
    content = csv_bytes(shelf.get(plan_id).tables.assignments, ASSIGNMENTS)
    return Response(content, media_type="text/csv; charset=utf-8", headers=_attachment(plan_id, "csv"))


def _attachment(plan_id: int, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="plan-{plan_id}.{ending}"'}


def _line(record: PlanRecord, texts: Texts) -> PlanLine:
    local = replace(texts, zone=load_zone(record.timezone))
    figures = record.figures
    fifo = record.comparisons.get("fifo", {})
    return PlanLine(
        id=record.id,
        day=local.dated_moment(record.planned_from, has_year=True),
        made=local.dated_moment(record.made_at, has_year=True),
        teams=texts.gettext("all") if record.teams is None else ", ".join(record.teams),
        tasks=texts.number(figures["num_tasks"]) if "num_tasks" in figures else "",
        on_time=texts.share(figures.get("on_time_share"), 1),
        fifo=texts.share(fifo.get("on_time_share"), 1),
        left=texts.number(figures["num_left"]) if "num_left" in figures else "",
        gap=gap_text(figures.get("gap"), texts),
    )
