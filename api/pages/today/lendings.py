"""What leads answer to a move: yes, no with a reason, or taken back."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from api.pages.addresses import MAX_ADDRESS, own_address
from api.pages.rendering import lead_to
from api.pages.today.scope import LEADS, Today, what_of
from models.repositories.lendings import Lending
from models.vocabulary_lending import LendingState
from services.today.bench import Workbench
from services.today.fixing import allow_lending
from services.today.lendings import (
    MOST_REASON,
    Move,
    accept_move,
    find_lending,
    find_move,
    move_of,
    refuse_move,
    take_back,
)

router = APIRouter(prefix="/today/lendings", dependencies=[LEADS])
Back = Annotated[str, Form(max_length=MAX_ADDRESS)]
Name = Annotated[str, Form(min_length=1, max_length=200)]
Number = Annotated[int, Form(ge=0, le=2**62)]


@router.post("/accept")
def accept(
    request: Request,
    scope: Today,
    plan: Number,
    agent: Name,
    to: Name,
    start: Number,
    version: Number = 0,
    lending: Number = 0,
    back: Back = "/today#swing",
) -> Response:
    """Say yes to a move."""
    move = _move(scope, plan, agent, to, start, lending)
    made = accept_move(
        scope.live.database,
        scope.caller,
        move,
        plan_id=plan or None,
        version=version,
        now=scope.now,
        what=what_of(request),
    )
    if made.state is LendingState.AGREED:
        bench = Workbench(
            database=scope.live.database,
            desk=scope.live.desk,
            queue=scope.queue,
            settings=request.app.state.settings,
            caller=scope.caller,
            now=scope.now,
            what=what_of(request),
        )
        allow_lending(bench, made.agent_id, made.to_team_id)
    return lead_to(request, own_address(back, otherwise="/today#swing"), said=_said(scope, made))


@router.post("/refuse")
def refuse(
    request: Request,
    scope: Today,
    plan: Number,
    agent: Name,
    to: Name,
    start: Number,
    version: Number = 0,
    lending: Number = 0,
    reason: Annotated[str, Form(max_length=MOST_REASON)] = "",
    back: Back = "/today#swing",
) -> Response:
    """Say no to a move, and why."""
    made = refuse_move(
        scope.live.database,
        scope.caller,
        _move(scope, plan, agent, to, start, lending),
        plan_id=plan or None,
        version=version,
        reason=reason,
        now=scope.now,
        what=what_of(request),
    )
    return lead_to(request, own_address(back, otherwise="/today#swing"), said=_said(scope, made))


@router.post("/{lending_id}/take-back")
def undo(
    request: Request,
    scope: Today,
    lending_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    version: Number = 0,
    back: Back = "/today#swing",
) -> Response:
    """Take back what was said."""
    take_back(
        scope.live.database,
        scope.caller,
        lending_id,
        version=version,
        now=scope.now,
        what=what_of(request),
    )
    return lead_to(request, own_address(back, otherwise="/today#swing"), said=scope.texts.gettext("Taken back."))


def _move(scope: Today, plan: int, agent: str, team: str, start: int, lending: int) -> Move:
    """Return the move that is meant: what was said of already, or what the plan suggests."""
    if lending:
        return move_of(find_lending(scope.live.database, lending))
    return find_move(scope.plan(plan), agent, team, start)


def _said(scope: Today, lending: Lending) -> str:
    texts = scope.texts
    who, team = scope.queue.crew.name(lending.agent_id), scope.team_name(lending.to_team_id)
    if lending.state is LendingState.AGREED:
        return texts.gettext("Agreed: %(who)s works for %(team)s.", who=who, team=team)
    if lending.state is LendingState.REFUSED:
        return texts.gettext(
            "Refused. Plan again to have it taken out: no plan of today lends %(who)s to %(team)s.", who=who, team=team
        )
    return texts.gettext("Accepted for your team; the other lead is asked now.")
