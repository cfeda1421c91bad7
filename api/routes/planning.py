"""Making plans, and showing them to their agents."""

import time
from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, Reach, permits
from api.documents.jobs import JobDocument
from api.parameters import Id
from api.plan_access import PlanId, Shelf
from api.problems import problems
from api.routes.jobs import ACCEPTED, accept
from models.errors import ForbiddenError, NotFoundError, UsageError
from models.repositories.published import PublishedPlan
from models.time import SECONDS_PER_HOUR, format_instant, load_zone
from models.vocabulary import Role
from models.vocabulary_jobs import JobKind
from services.instants import find_office_zone, parse_at
from services.jobs.asking import request_job
from services.jobs.questions import AT, Moment, PlanAsk, question_of
from services.publishing import find_published, publish_stored_plan

PLANNERS = permits(lead=Reach.TEAM, planner=Reach.ALL)
Planner = Annotated[Caller, PLANNERS]
READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(prefix="/api/plans", tags=["plans"])

_PUBLISHED: dict[str, Any] = {
    "plan": 7,
    "publication": 3,
    "published_at": "2026-03-02T08:05:00+01:00",
    "until": None,
    "shown": 412,
    "changed": 12,
}


class PublishAsk(BaseModel):
    """Which part of a plan to show: all of it, or what starts soon."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"hours": 2}]})

    until: Moment | None = Field(default=None, description="Only tasks that start before this instant.")
    hours: float | None = Field(
        default=None, ge=0, le=10_000, description="Only tasks that start less than so many hours after the plan's now."
    )


class PublicationDocument(BaseModel):
    """That a plan was shown to its agents."""

    model_config = ConfigDict(title="Publication", json_schema_extra={"example": _PUBLISHED})

    plan: int
    publication: int
    published_at: str = Field(json_schema_extra={"format": "date-time"})
    until: str | None = Field(description="Tasks that start before it were shown; all where null.")
    shown: int = Field(description="Tasks shown.")
    changed: int = Field(description="Those of them that were shown to somebody else before, or to nobody.")


class ShownDocument(BaseModel):
    """A task that an agent was shown."""

    model_config = ConfigDict(title="ShownTask")

    task: str
    start: str = Field(json_schema_extra={"format": "date-time"})
    end: str = Field(json_schema_extra={"format": "date-time"})


class InForceDocument(BaseModel):
    """What agents have been shown that holds now."""

    model_config = ConfigDict(title="PlanInForce")

    plan: int = Field(description="The newest published plan.")
    published_at: str = Field(json_schema_extra={"format": "date-time"})
    planned_from: str = Field(json_schema_extra={"format": "date-time"})
    agents: dict[str, list[ShownDocument]] = Field(description="What each agent was shown, in order.")


@router.post("", status_code=202, summary="Plan a day", responses={**ACCEPTED, **problems(403)})
def make_plan(request: Request, response: Response, ask: PlanAsk, caller: Planner) -> JobDocument:
    """Ask for a plan; it is made by a job, and its address is among the job's links once that is done.

    Leads plan the teams that they lead.
    """
    return _ask(request, response, ask, caller, kind=JobKind.PLAN)


@router.post("/replan", status_code=202, summary="Plan the rest of a day anew", responses={**ACCEPTED, **problems(403)})
def replan(request: Request, response: Response, ask: PlanAsk, caller: Planner) -> JobDocument:
    """Ask for a plan that starts from what agents have been shown, and changes hands only where that is worth it."""
    return _ask(request, response, ask, caller, kind=JobKind.REPLAN)


@router.post("/{plan_id:int}/publish", summary="Show a plan to its agents", responses=problems(403, 404, 409))
def publish(request: Request, plan_id: PlanId, ask: PublishAsk, caller: Planner, shelf: Shelf) -> PublicationDocument:
    """Publish a plan: the live desk follows the newest one in force, and the next plan of the day is calm to it.

    Leads publish plans of teams that they lead alone.
    """
    if ask.until is not None and ask.hours is not None:
        raise UsageError("give until or hours, not both")
    database = request.app.state.store.database()
    stored = shelf.get(plan_id).stored
    check_publishes(caller, stored.record.teams)
    zone = load_zone(stored.record.timezone)
    until = None if ask.until is None else parse_at(ask.until, zone, option="until")
    if ask.hours is not None:
        until = stored.problem.now + int(ask.hours * SECONDS_PER_HOUR)
    made = publish_stored_plan(
        database,
        plan_id,
        at=int(time.time()),
        principal_id=caller.principal_id,
        what=f"{request.method} {request.scope['route'].path_format}",
        until=until,
    )
    return PublicationDocument(
        plan=made.plan_id,
        publication=made.id,
        published_at=format_instant(made.published_at, zone),
        until=None if made.until is None else format_instant(made.until, zone),
        shown=made.num_shown,
        changed=made.num_changed,
    )


@router.get("/published", dependencies=[READERS], summary="Get what is shown now", responses=problems(404))
def get_published(request: Request, agent: Id | None = None) -> InForceDocument:
    """Return what agents have been shown that holds now: of the newest plan, and of older ones what it is silent of."""
    database = request.app.state.store.database()
    found = find_published(database, at=int(time.time()))
    if found is None:
        raise NotFoundError("no published plan is in force now")
    return in_force_document(found, find_office_zone(database, request.app.state.settings), agent=agent)


def in_force_document(found: PublishedPlan, zone: ZoneInfo, *, agent: str | None = None) -> InForceDocument:
    """Return what is shown as a document: of everybody, or of one agent."""
    wanted = found.by_agent if agent is None else {agent: found.by_agent.get(agent, ())}
    return InForceDocument(
        plan=found.plan_id,
        published_at=format_instant(found.published_at, zone),
        planned_from=format_instant(found.planned_from, zone),
        agents={
            name: [
                ShownDocument(
                    task=item.task, start=format_instant(item.start, zone), end=format_instant(item.end, zone)
                )
                for item in items
            ]
            for name, items in wanted.items()
        },
    )


def check_publishes(caller: Caller, teams: Sequence[str] | None) -> None:
    """Check that a caller may show a plan of some teams, or of all, to its agents.

    Raises
    ------
    ForbiddenError
        If it is a lead's, and not of the teams that they lead alone.
    """
    if not caller.has(Role.PLANNER) and (teams is None or not frozenset(teams) <= caller.teams):
        raise ForbiddenError("leads publish plans of the teams that they lead, and of no others")


def narrow_ask(ask: PlanAsk, caller: Caller) -> PlanAsk:
    """Return a question for a plan, of the teams that its asker may plan.

    Raises
    ------
    ForbiddenError
        If it names others.
    """
    teams = caller.narrow_teams(ask.teams, sees_all=(Role.PLANNER,))
    return ask.model_copy(update={"teams": None if teams is None else sorted(teams)})


def _ask(request: Request, response: Response, ask: PlanAsk, caller: Caller, *, kind: JobKind) -> JobDocument:
    database = request.app.state.store.database()
    ask = narrow_ask(ask, caller)
    at = int(time.time())
    if ask.at is not None:
        at = parse_at(ask.at, find_office_zone(database, request.app.state.settings), option="at")
    job = request_job(
        database,
        caller,
        kind=kind,
        question=question_of(ask, **{AT: at}),
        what=f"{request.method} {request.scope['route'].path_format}",
    )
    return accept(response, job)
