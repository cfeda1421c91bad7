"""Simulations for programs: each is a job; and scenarios that nobody has to write."""

import time
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from api.access import Caller, Reach, permits
from api.documents.jobs import JobDocument
from api.parameters import Id
from api.problems import problems
from api.routes.jobs import ACCEPTED, accept
from models.errors import InputError, UsageError
from models.vocabulary_jobs import JobKind
from services.jobs.asking import request_job
from services.jobs.questions import (
    AT,
    FIRST_YEAR,
    LAST_YEAR,
    CompareAsk,
    HistoryAsk,
    SimulateAsk,
    StaffAsk,
    question_of,
)
from services.jobs.scenarios import read_compared, read_scenario
from services.what_if import histories

SIMULATORS = permits(planner=Reach.ALL)
Simulator = Annotated[Caller, SIMULATORS]
router = APIRouter(prefix="/api", tags=["simulations"])


@router.post("/simulations", status_code=202, summary="Simulate a scenario", responses=ACCEPTED)
def simulate(request: Request, response: Response, ask: SimulateAsk, caller: Simulator) -> JobDocument:
    """Ask what would happen with this work, these people and this policy; the result is `swingdesk/result`."""
    read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    return _queue(request, response, caller, JobKind.SIMULATE, ask)


@router.post("/comparisons", status_code=202, summary="Compare scenarios", responses=ACCEPTED)
def compare(request: Request, response: Response, ask: CompareAsk, caller: Simulator) -> JobDocument:
    """Ask how scenarios differ from the first, on the same random numbers; the result is `swingdesk/comparison`."""
    read_compared(ask)
    return _queue(request, response, caller, JobKind.COMPARE, ask)


@router.post("/staffings", status_code=202, summary="Find the least-cost staffing", responses=ACCEPTED)
def staff(request: Request, response: Response, ask: StaffAsk, caller: Simulator) -> JobDocument:
    """Ask for the least-cost staffing that meets a scenario's targets; the result is `swingdesk/staffing`."""
    question = read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    if question.scenario.staffing is None:
        raise InputError.of(
            "scenario", "is required here: groups, each with min and max, and targets", field="staffing"
        )
    return _queue(request, response, caller, JobKind.STAFF, ask)


@router.get(
    "/scenarios/from-office",
    dependencies=[permits(planner=Reach.ALL, analyst=Reach.ALL)],
    summary="Read a scenario off the office",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}, **problems(404)},
)
def get_scenario(
    request: Request,
    days: Annotated[int, Query(ge=1, le=366, description="Days of history.")] = 28,
    until: Annotated[date | None, Query(description="The day before which they end; the last worked one.")] = None,
    team: Annotated[list[Id] | None, Query(description="Only these teams' tasks.")] = None,
) -> JSONResponse:
    """Return the scenario of the office's own history, with what was found and what the history does not tell.

    Of a large office that takes a while, and ties up one request: the POST of this address makes it a job.
    """
    if until is not None and not FIRST_YEAR <= until.year <= LAST_YEAR:
        raise UsageError(f"until is {until}; expected a day of the years {FIRST_YEAR} to {LAST_YEAR}")
    state = request.app.state
    told = histories.read_history(
        state.store.database(),
        state.settings,
        days=days,
        now=int(time.time()),
        until=None if until is None else until.isoformat(),
        teams=team,
    )
    return JSONResponse(told.answer())


@router.post("/scenarios/from-office", status_code=202, summary="Read a scenario off the office", responses=ACCEPTED)
def read_history(request: Request, response: Response, ask: HistoryAsk, caller: Simulator) -> JobDocument:
    """Ask for the scenario of the office's own history; the result is what the GET of this address answers.

    With `keep` it is also kept among the scenarios of What if: `links.scenario`.
    """
    return _queue(request, response, caller, JobKind.HISTORY, ask, **{AT: int(time.time())})


def _queue(
    request: Request,
    response: Response,
    caller: Caller,
    kind: JobKind,
    ask: SimulateAsk | CompareAsk | StaffAsk | HistoryAsk,
    **more: Any,
) -> JobDocument:
    job = request_job(
        request.app.state.store.database(),
        caller,
        kind=kind,
        question=question_of(ask, **more),
        what=f"{request.method} {request.scope['route'].path_format}",
    )
    return accept(response, job)
