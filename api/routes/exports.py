"""What goes out to other programs: a day's planning question."""

import time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.access import Caller
from api.parameters import Id
from api.problems import problems
from api.routes.planning import PLANNERS, narrow_ask
from models.formats.problem_file import problem_document
from services.daily_plan import ask_for_day
from services.instants import find_office_zone, parse_at
from services.jobs.questions import Moment, PlanAsk

router = APIRouter(prefix="/api/export", tags=["exports"])


@router.get(
    "/problem",
    summary="Get a day's question",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}, **problems(404, 409)},
)
def get_problem(
    request: Request,
    caller: Annotated[Caller, PLANNERS],
    at: Annotated[Moment | None, Query(description="The question's now; now, or the next shift.")] = None,
    team: Annotated[list[Id] | None, Query(max_length=200, description="Only the tasks of these teams.")] = None,
    days: Annotated[int, Query(ge=1, le=31, description="Days of shifts.")] = 1,
    with_known_arrivals: Annotated[bool, Query(description="Also tasks that are known to arrive later.")] = False,
) -> JSONResponse:
    """Return what a plan would be asked, as `swingdesk/problem`: the input of `swingdesk solve` and `check`."""
    state = request.app.state
    database = state.store.database()
    ask = narrow_ask(PlanAsk(teams=team or None, days=days, with_known_arrivals=with_known_arrivals), caller)
    zone = find_office_zone(database, state.settings)
    question = ask_for_day(
        database,
        state.settings,
        at=int(time.time()) if at is None else parse_at(at, zone, option="at"),
        teams=ask.teams,
        days=days,
        with_known_arrivals=with_known_arrivals,
        or_next_shift=at is None,
    )
    return JSONResponse(problem_document(question.problem))
