"""`/today`: risk first, then who is lent, who is there, and what is left; kept fresh while it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.pages.rendering import render
from api.pages.today.coming import find_coming
from api.pages.today.left_lines import view_left
from api.pages.today.outlooks import OUTLOOKS
from api.pages.today.people_lines import view_people
from api.pages.today.risk_lines import view_risk
from api.pages.today.scope import LEADS, SCRIPTS, STYLES, Scope, Today
from api.pages.today.swing_lines import view_swing
from api.streams import event_text, follow
from models.repositories.lendings import is_discarded, read_marks
from models.repositories.published import Publication
from models.vocabulary_jobs import JobKind, JobState
from services.jobs.asking import find_jobs
from services.live.acting import read_clock
from services.today.outlook import Outlook

WATCH_EVERY_S = 1.0
REST_S = 3.0
"""Seconds between two times that an open page is told to look again: at a large desk something changes every second."""
SHORTEST = 6
"""Tasks that are left, on the page of the day; a page of their own has the rest."""
MOST_PEOPLE = 40
"""People on the page of the day, whom a lead must know of first; a page of their own has the rest."""
router = APIRouter(prefix="/today", dependencies=[LEADS])


@dataclass(frozen=True, kw_only=True)
class PlanningLine:
    """How far the plan stands that somebody asked for last, where there is anything to say of it.

    Attributes
    ----------
    state
        As of a job; `done` where its plan waits to be shown.
    """

    job_id: int
    state: str
    plan_id: int | None
    problem: str


@router.get("")
def show_day(request: Request, scope: Today) -> HTMLResponse:
    """Show the day."""
    return render(request, "today/day.html", styles=STYLES, scripts=SCRIPTS, texts=scope.texts, **_context(scope))


@router.get("/live")
def show_parts(request: Request, scope: Today) -> HTMLResponse:
    """Show the parts of the page that change by themselves."""
    return render(request, "today/live.html", texts=scope.texts, **_context(scope))


@router.get("/events", response_class=StreamingResponse)
async def follow_day(
    request: Request, scope: Today, seen: Annotated[str, Query(max_length=200)] = ""
) -> StreamingResponse:
    """Tell the page when it is out of date."""

    known = seen

    async def look() -> str | None:
        nonlocal known
        stamp = await run_in_threadpool(stamp_of, scope)
        if stamp == known:
            return None
        known = stamp
        return event_text("changed", stamp)

    return follow(request, look, every_s=WATCH_EVERY_S, rest_s=REST_S)


def outlook_of(scope: Scope) -> Outlook:
    """Return today's outlook."""
    return OUTLOOKS.get(scope.queue, scope.now, plannable_share=scope.live.desk.settings.plannable_share)


def stamp_of(scope: Scope) -> str:
    """Return a mark that changes when the page would say something else."""
    queue = scope.queue
    with scope.live.database.reading() as session:
        marks = read_marks(session.connection(), principal_id=scope.caller.principal_id)
    agents = sum(state.version for state in queue.agent_states())
    return "-".join(map(str, (read_clock() // 60, queue.num_changes, len(queue.crew.agents), agents, *marks)))


def _context(scope: Scope) -> dict[str, Any]:
    stamp = stamp_of(scope)
    outlook = outlook_of(scope)
    publications = scope.publications()
    left = view_left(scope, publications, outlook)
    asked = sorted(scope.teams or ())
    is_narrowed = scope.teams != scope.own_teams
    query = urlencode([("team", team) for team in asked]) if is_narrowed else ""
    return {
        "risk": view_risk(scope, outlook),
        "swing": view_swing(scope, publications),
        "people": view_people(scope, shown=slice(MOST_PEOPLE)),
        "left": left[:SHORTEST],
        "num_left": len(left),
        "planning": _planning(scope, publications),
        "has_plan": bool(publications),
        "coming": None if publications else find_coming(scope),
        "shown_plan": publications[0].plan_id if publications else None,
        "shown_at": publications[0].published_at if publications else None,
        "team_names": _team_names(scope),
        "asked": scope.asked_team,
        "query": f"?{query}" if query else "",
        "stamp": stamp,
        "now": scope.now,
    }


def _team_names(scope: Scope) -> list[tuple[str, str]]:
    names = scope.queue.crew.team_names
    return sorted(((team, name) for team, name in names.items() if team in scope.plan_teams), key=lambda pair: pair[1])


def _planning(scope: Scope, publications: Sequence[Publication]) -> PlanningLine | None:
    """Return the last plan that the caller asked for today, unless it is shown or put aside already."""
    found = find_jobs(scope.live.database, scope.caller, kinds=(JobKind.PLAN, JobKind.REPLAN), is_own=True, limit=1)
    if not found or found[0].state in (JobState.CANCELLING, JobState.CANCELLED):
        return None
    job = found[0]
    asked_for = job.question.get("asked_for")
    if not isinstance(asked_for, int) or not scope.start <= asked_for < scope.end:
        return None
    plan_id = (job.result_ref or {}).get("plan")
    if plan_id is not None:
        is_shown = any(one.plan_id >= plan_id for one in publications)
        with scope.live.database.reading() as session:
            if is_shown or is_discarded(session.connection(), plan_id):
                return None
    elif job.state is JobState.FAILED and any(one.published_at >= asked_for for one in publications):
        return None
    return PlanningLine(
        job_id=job.id,
        state=job.state.value,
        plan_id=plan_id,
        problem=str((job.problem or {}).get("detail", "")),
    )
