"""Somebody is ill: in two clicks from the day to a plan without them; and back."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.rendering import lead_to, render
from api.pages.today.planning import QUICK_S, Seconds, ask_plan
from api.pages.today.scope import LEADS, STYLES, Scope, Today, what_of
from api.parameters import Id
from models.errors import NotFoundError
from services.office_editing import remove_absence
from services.today.absences import MOST_DAYS, foresee_illness, report_ill

router = APIRouter(prefix="/today/people", dependencies=[LEADS])
Days = Annotated[int, Form(ge=1, le=MOST_DAYS)]
Instant = Annotated[int, Form(ge=0, le=2**40)]
Agent = Annotated[Id, Path(description="The id of an agent.")]


@router.get("/{agent_id}/ill")
def ask_ill(request: Request, scope: Today, agent_id: Agent) -> HTMLResponse:
    """Ask whether somebody is ill, and say what that means."""
    _check_known(scope, agent_id)
    return render(
        request,
        "today/ill.html",
        styles=STYLES,
        texts=scope.texts,
        agent_id=agent_id,
        name=scope.queue.crew.name(agent_id),
        ill=foresee_illness(scope.queue, agent_id, now=scope.now, ends=scope.end),
        quick=QUICK_S,
        most_days=MOST_DAYS,
    )


@router.post("/{agent_id}/ill")
def note_ill(request: Request, scope: Today, agent_id: Agent, days: Days = 1, seconds: Seconds = QUICK_S) -> Response:
    """Note that somebody is ill, and ask for a plan without them."""
    _check_known(scope, agent_id)
    report_ill(
        scope.live.database,
        scope.live.desk,
        scope.queue,
        request.app.state.settings,
        agent_id,
        days=days,
        now=scope.now,
        principal_id=scope.caller.principal_id,
    )
    job = ask_plan(request, scope, seconds=seconds)
    said = scope.texts.gettext("%(name)s is noted as ill.", name=scope.queue.crew.name(agent_id))
    return lead_to(request, f"/today/jobs/{job}", said=said)


@router.post("/{agent_id}/back")
def note_back(request: Request, scope: Today, agent_id: Agent, start: Instant) -> Response:
    """Forget that somebody is ill: it was a mistake, or they came after all."""
    remove_absence(
        scope.live.database,
        agent_id,
        start,
        now=scope.now,
        principal_id=scope.caller.principal_id,
        what=what_of(request),
        check=lambda _version: None,  # whoever noted it: what counts is who is here
    )
    said = scope.texts.gettext(
        "%(name)s is no longer noted as ill. Plan again to count on them.", name=scope.queue.crew.name(agent_id)
    )
    return lead_to(request, "/today#people", said=said)


def _check_known(scope: Scope, agent_id: str) -> None:
    if agent_id not in scope.queue.crew.position:
        raise NotFoundError(f"no agent {agent_id!r} belongs to the office today")
