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
from services.calibrating.calibrate import add_warnings, calibrate, report_document
from services.jobs.asking import request_job
from services.jobs.questions import CompareAsk, SimulateAsk, StaffAsk, question_of
from services.jobs.scenarios import read_compared, read_scenario

FIRST_YEAR, LAST_YEAR = 1980, 2190
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
    """Return the scenario of the office's own history, with what was found and what the history does not tell."""
    if until is not None and not FIRST_YEAR <= until.year <= LAST_YEAR:
        raise UsageError(f"until is {until}; expected a day of the years {FIRST_YEAR} to {LAST_YEAR}")
    state = request.app.state
    made = calibrate(
        state.store.database(),
        state.settings,
        days=days,
        now=int(time.time()),
        until=None if until is None else until.isoformat(),
        teams=team,
    )
    made.ask()  # what cannot be simulated is not given
    remarks = {".".join(map(str, place)): text for place, text in add_warnings(made, []).items()}
    document: dict[str, Any] = {"scenario": made.document, "remarks": remarks, "report": report_document(made)}
    return JSONResponse(document)


def _queue(
    request: Request, response: Response, caller: Caller, kind: JobKind, ask: SimulateAsk | CompareAsk | StaffAsk
) -> JobDocument:
    job = request_job(
        request.app.state.store.database(),
        caller,
        kind=kind,
        question=question_of(ask),
        what=f"{request.method} {request.scope['route'].path}",
    )
    return accept(response, job)
