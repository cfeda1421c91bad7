"""`/today/chart`: the plan of the day as a chart on which tasks can be moved; and a plan's chart as data."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Caller, Reach, permits
from api.documents.chart_data import chart_data, encode_for_script
from api.documents.chart_words import chart_words
from api.documents.render import CHART_SCRIPT, trusted
from api.keeping import Kept
from api.pages.day_chart.told import Teller
from api.pages.rendering import render, texts_for
from api.plan_access import MAX_PLAN, PlanId, PlanSheet, PlanShelf, Shelf
from api.store import Edition
from models.database import Database
from models.repositories.access.reach import tasks_with_teams
from models.repositories.plan_revisions import find_newest_revision
from models.repositories.plans import list_plans
from models.repositories.published import list_publications
from models.vocabulary import Role
from services.live.acting import read_clock
from services.moving.conflicts import UNDO_TO, Conflict, find_plan_conflict

CHART_STYLES = ("day-chart.css", "chart-page.css")
CHART_SCRIPTS = (CHART_SCRIPT, "chart-page.js")
CHART_MODULES = tuple(
    f"day-chart/{name}.js"
    for name in (
        *("axis", "card", "day", "keys", "move-panel", "moving"),
        *("painter", "paper", "parts", "rows", "table", "toolbar", "view", "zooming"),
    )
)
"""What the chart's script imports, to be fetched beside it and not one after the other."""
MAX_KEPT = 8
GZIP_LEVEL = 5
READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(include_in_schema=False)
_Key = tuple[Edition, int, str]


@dataclass(frozen=True, kw_only=True)
class ChartNote:
    """What is to be known of the plan that is shown.

    Attributes
    ----------
    planned_from
        Epoch second of the day that it plans.
    newer
        The plan to look at instead; None where it is this one.
    is_shown
        Whether its agents see this very plan.
    may_publish
        Whether who looks at it may show it to them.
    """

    plan_id: int
    planned_from: int
    said: str
    newer: int | None
    is_shown: bool
    may_publish: bool


_CHARTS = Kept[_Key, bytes](MAX_KEPT)
"""Charts of plans as compressed JSON."""


@router.get("/today/chart")
def show_chart(
    request: Request,
    caller: Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL)],
    shelf: Shelf,
    plan: Annotated[int | None, Query(ge=1, le=MAX_PLAN)] = None,
) -> HTMLResponse:
    """Show the plan of the day, or another; what was moved in it since it was published included."""
    texts = texts_for(request)
    found = _find_plan(request.app.state.store.database(), at=read_clock()) if plan is None else plan
    if found is None:
        return render(request, "today/chart.html", texts=texts, note=None, words="", modules=(), styles=())
    note = _note(request, shelf, found, caller)
    return render(
        request,
        "today/chart.html",
        texts=texts,
        styles=CHART_STYLES,
        scripts=CHART_SCRIPTS,
        note=note,
        words=trusted(encode_for_script(chart_words(texts))),
        modules=CHART_MODULES,
    )


@router.get("/plans/{plan_id:int}/chart.json")
def get_chart(
    request: Request,
    plan_id: PlanId,
    shelf: Shelf,
    caller: Annotated[Caller, READERS],
    moves: Annotated[bool, Query(description="Whether tasks are to be moved on it.")] = True,
) -> Response:
    """Hand out a plan's chart, and whether who asks may move tasks on it."""
    sheet = shelf.get(plan_id)
    told = None
    if moves and caller.has(Role.LEAD, Role.PLANNER) and _find_conflict(request, sheet) is None:
        database = request.app.state.store.database()
        teams = [n for n, team in enumerate(sheet.stored.problem.teams) if team.id in caller.teams]
        told = {
            "plan": plan_id,
            "undo": bool(sheet.stored.record.settings.get(UNDO_TO)),
            "teams": None if caller.has(Role.PLANNER) else teams,
            "also": [] if caller.has(Role.PLANNER) else _find_also(database, caller, sheet),
        }
    key = request.app.state.store.edition, plan_id, json.dumps(told)
    packed = _CHARTS.get(key, lambda: _pack(sheet, told))
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(packed), HTTPStatus.OK, media_type="application/json", headers=headers)


def _find_plan(database: Database, *, at: int) -> int | None:
    """Return the newest revision of what was published last and is in force, else of the newest plan."""
    with database.reading() as session:
        connection = session.connection()
        shown = list_publications(connection, at=at, limit=1)
        newest = [item.plan_id for item in shown] or [record.id for record in list_plans(session, limit=1)]
        if not newest:
            return None
        revision = find_newest_revision(connection, newest[0])
    return newest[0] if revision is None else revision.id


def _find_also(database: Database, caller: Caller, sheet: PlanSheet) -> list[str]:
    """Return the plan's tasks of other teams that a caller may move all the same, as the server would let them.

    None of the caller's own teams' is among them: it would be another list, and another chart, after each claim.
    """
    with database.reading() as session:
        also = tasks_with_teams(session.connection(), caller.teams)
    others = {kind.id for kind in sheet.stored.problem.task_types if kind.team not in caller.teams}
    return sorted(also.intersection(task.id for task in sheet.stored.problem.tasks if task.type in others))


def _find_conflict(request: Request, sheet: PlanSheet) -> Conflict | None:
    with request.app.state.store.database().reading() as session:
        return find_plan_conflict(session, sheet.stored.record, at=read_clock(), hold=False)


def _note(request: Request, shelf: PlanShelf, plan_id: int, caller: Caller) -> ChartNote:
    stored, texts = shelf.get(plan_id).stored, texts_for(request)
    teams = stored.record.teams
    conflict = _find_conflict(request, shelf.get(plan_id))
    at = max(read_clock(), stored.record.planned_from)
    with request.app.state.store.database().reading() as session:
        is_shown = any(item.plan_id == plan_id for item in list_publications(session.connection(), at=at))
    said = "" if conflict is None else Teller(stored.problem, texts).seen(conflict)
    return ChartNote(
        plan_id=plan_id,
        planned_from=stored.record.planned_from,
        said=said,
        newer=None if conflict is None else conflict.plan_id,
        is_shown=is_shown,
        may_publish=caller.has(Role.PLANNER) or (teams is not None and caller.teams.issuperset(teams)),
    )


def _pack(sheet: PlanSheet, moves: Mapping[str, Any] | None) -> bytes:
    data = {**chart_data(sheet.stored.problem, sheet.tables), "moves": moves}
    return gzip.compress(encode_for_script(data).encode(), GZIP_LEVEL, mtime=0)
