"""`/today/swing`: all moves that the plans in force suggest, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render
from api.pages.today.scope import LEADS, STYLES, Today
from api.pages.today.swing_lines import view_swing

MOST_LISTED = 50
MOST_PAGES = 1_000
router = APIRouter(prefix="/today/swing", dependencies=[LEADS])


@router.get("")
def list_moves(request: Request, scope: Today, page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1) -> HTMLResponse:
    """Show the moves of today's plans, those first that wait for the caller's answer."""
    swing = view_swing(scope, scope.publications())
    moves = swing.moves.followed_by(swing.minor)
    return render(
        request,
        "today/moves.html",
        styles=STYLES,
        texts=scope.texts,
        moves=moves[(page - 1) * MOST_LISTED : page * MOST_LISTED],
        num_moves=len(moves),
        num_minor=len(swing.minor),
        page=page,
        num_pages=max(1, -(-len(moves) // MOST_LISTED)),
        team=scope.asked_team,
        team_name=scope.team_name(scope.asked_team),
    )
