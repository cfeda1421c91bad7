"""`/today/people`: everybody of today's roster, by what they are doing or by their name."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render
from api.pages.today.people_lines import view_people
from api.pages.today.scope import LEADS, STYLES, Today
from services.today.attendance import Attendance

MOST_LISTED = 100
MOST_PAGES = 1_000
router = APIRouter(prefix="/today/people", dependencies=[LEADS])


@router.get("")
def list_people(
    request: Request,
    scope: Today,
    which: Annotated[Attendance | Literal[""], Query()] = "",
    name: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> HTMLResponse:
    """Show the people of today's roster."""
    shown = slice((page - 1) * MOST_LISTED, page * MOST_LISTED)
    people = view_people(scope, which=Attendance(which) if which else None, name=name, shown=shown)
    return render(
        request,
        "today/roster.html",
        styles=STYLES,
        texts=scope.texts,
        people=people,
        which=which,
        name=name.strip(),
        has_plan=bool(scope.publications()),
        page=page,
        num_pages=max(1, -(-people.num_chosen // MOST_LISTED)),
        team=scope.asked_team,
        team_name=scope.team_name(scope.asked_team),
    )
