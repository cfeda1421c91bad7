"""A plan that was just made: what it changes against what agents see, in words and figures; shown, or put aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.rendering import lead_to, render
from api.pages.today.difference_lines import MOST_LINES, DifferenceView, view_differences
from api.pages.today.kept_plans import KEPT_PLANS
from api.pages.today.left_lines import reason_text
from api.pages.today.planning import TaskAbout, TaskForm, about
from api.pages.today.scope import LEADS, STYLES, Scope, Today, what_of
from api.plan_access import PlanId, Shelf
from api.routes.planning import check_publishes
from models.errors import ConflictError, StaleError
from models.repositories.lendings import discard_plan, is_discarded
from models.repositories.published import list_publications
from models.vocabulary_lending import LendingState
from services.daily_plan import StoredPlan
from services.publishing import publish_stored_plan
from services.today.lendings import find_lendings, match, read_moves, sides_of

router = APIRouter(prefix="/today/review", dependencies=[LEADS])
MOST_OPEN = 5
MOST_PAGES = 1_000
MOST_PUBLICATIONS = 2**31 - 1
Page = Annotated[int, Query(ge=1, le=MOST_PAGES, description="Which page of the changes.")]
Seen = Annotated[int | None, Form(ge=0, le=MOST_PUBLICATIONS)]


@dataclass(frozen=True, kw_only=True)
class OpenMove:
    """A move of the plan that another lead has not agreed to."""

    name: str
    home: str
    team: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What a plan makes of the task that it was asked for."""

    said: str
    is_planned: bool


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a plan was not published, and whether it still can be: somebody else's plan was shown, and is seen now."""

    said: str
    is_stale: bool


@router.get("/{plan_id:int}")
def review(
    request: Request, scope: Today, plan_id: PlanId, shelf: Shelf, task: TaskAbout = "", page: Page = 1
) -> HTMLResponse:
    """Show what a plan changes."""
    stored = shelf.get(plan_id).stored
    check_publishes(scope.caller, stored.record.teams)
    return _show(request, scope, stored, task=task, page=page)


@router.post("/{plan_id:int}/publish")
def publish(
    request: Request, scope: Today, plan_id: PlanId, shelf: Shelf, seen: Seen = None, task: TaskForm = ""
) -> Response:
    """Show a plan to its agents; where that is refused, say why, and offer another plan."""
    stored = shelf.get(plan_id).stored
    check_publishes(scope.caller, stored.record.teams)
    try:
        made = publish_stored_plan(
            scope.live.database,
            plan_id,
            at=scope.now,
            principal_id=scope.caller.principal_id,
            what=what_of(request),
            seen=seen,
        )
    except ConflictError as error:
        told = scope.texts.told(str(error))
        refusal = Refusal(said=f"{told[:1].upper()}{told[1:]}.", is_stale=isinstance(error, StaleError))
        return _show(request, scope, stored, task=task, refusal=refusal)
    said = scope.texts.ngettext(
        "Published: %(num)s task is shown to its agent.",
        "Published: %(num)s tasks are shown to their agents.",
        made.num_shown,
    )
    return lead_to(request, "/today", said=said)


@router.post("/{plan_id:int}/discard")
def discard(request: Request, scope: Today, plan_id: PlanId, shelf: Shelf) -> Response:
    """Put a plan aside; agents see what they saw."""
    check_publishes(scope.caller, shelf.get(plan_id).stored.record.teams)
    with scope.live.database.writing() as session:
        discard_plan(session, plan_id, at=scope.now, principal_id=scope.caller.principal_id, what=what_of(request))
    return lead_to(request, "/today", said=scope.texts.gettext("Put aside. Agents see what they saw before."))


def _show(
    request: Request,
    scope: Scope,
    stored: StoredPlan,
    *,
    task: str,
    page: int = 1,
    refusal: Refusal | None = None,
) -> HTMLResponse:
    plan_id = stored.record.id
    with scope.live.database.reading() as session:
        is_aside = is_discarded(session.connection(), plan_id)
        publications = list_publications(session.connection(), at=scope.now)
    shown = [one.plan_id for one in publications]
    changes = _changes(scope, stored, is_first=not shown, page=page)
    return render(
        request,
        "today/review.html",
        status=HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT,
        styles=STYLES,
        texts=scope.texts,
        plan_id=plan_id,
        made_at=stored.problem.now,
        is_shown=plan_id in shown,
        is_aside=is_aside,
        is_old=any(one > plan_id for one in shown),
        seen=max((one.id for one in publications), default=0),
        refusal=refusal,
        task=task,
        mended=_mended(scope, stored, task),
        changes=changes,
        page=page,
        num_pages=max(1, -(-changes.num_lines // MOST_LINES)),
        query=about(task).replace("?", "&"),
        moves=list(islice(_open_moves(scope, stored), MOST_OPEN)),
    )


def _mended(scope: Scope, stored: StoredPlan, task_id: str) -> Mended | None:
    """Return what the plan makes of the task that it was asked for; None where it was asked for none, or has not it."""
    for item in stored.plan.assignments:
        if item.task == task_id:
            name = scope.queue.crew.name(item.agent)
            said = scope.texts.gettext(
                "%(task)s is planned: %(name)s, %(start)s to %(end)s.",
                task=task_id,
                name=name,
                start=scope.texts.clock_time(item.start),
                end=scope.texts.clock_time(item.end),
            )
            return Mended(said=said, is_planned=True)
    for left in stored.plan.unscheduled:
        if left.task == task_id:
            why = reason_text(left.reason, scope.texts)
            said = scope.texts.gettext("%(task)s is still left: %(why)s.", task=task_id, why=why)
            return Mended(said=said, is_planned=False)
    return None


def _changes(scope: Scope, stored: StoredPlan, *, is_first: bool, page: int) -> DifferenceView:
    """Return what a plan changes against what agents were shown before it."""
    found = KEPT_PLANS.differences(scope.live.database, scope.edition, stored, scope.now)
    return view_differences(scope, stored.problem, stored.plan, found, is_first=is_first, page=page)


def _open_moves(scope: Scope, stored: StoredPlan) -> Sequence[OpenMove]:
    lendings = find_lendings(scope.live.database, teams=scope.own_teams, start=scope.start, end=scope.end)
    found = []
    for move in read_moves(stored.plan):
        if len(sides_of(scope.caller, giving=move.home_team, taking=move.team)) == 1:
            said = match(lendings, move)
            if said is None or said.state is not LendingState.AGREED:
                found.append(
                    OpenMove(
                        name=scope.queue.crew.name(move.agent_id),
                        home=scope.team_name(move.home_team),
                        team=scope.team_name(move.team),
                        start=move.start,
                        end=move.end,
                    )
                )
    return found
