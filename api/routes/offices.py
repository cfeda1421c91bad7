"""The stored office for programs: who works there, what they can do, when they are there, what there is to do."""

import time
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, Reach, permits
from api.conditional import IfMatch, check_version, make_etag, set_etag
from api.documents.offices import (
    AbsenceDocument,
    AgentDocument,
    NamedDocument,
    ShiftDocument,
    TaskDocument,
    TaskTypeDocument,
    absence_document,
    agent_document,
    shift_document,
    task_document,
    task_type_document,
)
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.parameters import Id, Text
from api.problems import problems
from api.routes.jobs import ETAG, NOT_MODIFIED, IfNoneMatch, is_known
from models.database import Database
from models.errors import InputError
from models.repositories import office_pages as pages
from models.time import FIRST_INSTANT, LAST_INSTANT, SECONDS_PER_DAY
from models.vocabulary import Role, TaskState
from services.instants import find_office_zone, parse_at
from services.jobs.questions import Moment
from services.office_editing import add_absence, find_agent, pin, remove_absence, set_skills, version_of

MOST_DAYS = 400
SEES_ALL = (Role.PLANNER, Role.ANALYST)
READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
Reader = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)]
AgentReader = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)]
AgentEditor = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL)]
TaskReader = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)]
TaskEditor = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL)]
AgentPath = Annotated[Id, Path(description="The id of an agent.", examples=["ana"])]
TaskPath = Annotated[Id, Path(description="The id of a task.", examples=["T1"])]
StartsAt = Annotated[int, Path(ge=0, le=253_402_300_799, description="Epoch second at which the absence starts.")]
Teams = Annotated[list[Id] | None, Query(alias="team", max_length=200, description="Only of these teams.")]
router = APIRouter(prefix="/api/office", tags=["office"])
_EDITED = {200: {"headers": ETAG}, **problems(404, 409, 412, 428)}
_READ = {200: {"headers": ETAG}, **NOT_MODIFIED, **problems(404)}


class SkillAsk(BaseModel):
    """What an agent can do."""

    model_config = ConfigDict(extra="forbid")

    skill: Id
    level: int = Field(ge=1, le=5)
    speed: float = Field(default=1.0, gt=0, le=100, allow_inf_nan=False)
    valid_from: date | None = None
    valid_to: date | None = None


class SkillsAsk(BaseModel):
    """All that an agent can do for good."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"skills": [{"skill": "billing", "level": 3, "speed": 1.1}]}]}
    )

    skills: list[SkillAsk] = Field(min_length=1, max_length=500)


class AbsenceAsk(BaseModel):
    """That an agent is away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"start": "2026-03-02 08:00", "end": "2026-03-02 16:30"}]}
    )

    start: Moment = Field(description="From when: an instant, by the office's clock or with an offset, or a day.")
    end: Moment = Field(description="Until when; a day alone is taken to its end.")
    reason: Text = ""


class PinAsk(BaseModel):
    """Who must do a task."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pinned_agent": "ana"}]})

    pinned_agent: Id | None = Field(description="Only this agent may do it; null for anybody who may.")


@router.get("/agents", summary="List agents")
def list_agents(
    request: Request,
    caller: Reader,
    team: Teams = None,
    skill: Annotated[Id | None, Query(description="Only those who have this skill.")] = None,
    on: Annotated[date | None, Query(description="Only those who belong to the office on this day.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AgentDocument]:
    """Return agents by id, with their skills. Leads see their teams."""
    place = decode_cursor(cursor, str)
    with _database(request).reading() as session:
        found = pages.list_agents(
            session.connection(),
            teams=caller.narrow_teams(team, sees_all=SEES_ALL),
            skill=skill,
            on=on,
            after=None if place is None else str(place[0]),
            limit=limit + 1,
        )
    items = [agent_document(record, version_of(record)) for record in found[:limit]]
    return Page(items=items, next=next_address(request, (items[-1].id,) if len(found) > limit else None))


@router.get("/agents/{agent_id}", summary="Get an agent", response_model=AgentDocument, responses=_READ)
def get_agent(
    request: Request, response: Response, agent_id: AgentPath, _caller: AgentReader, if_none_match: IfNoneMatch = None
) -> Any:
    """Return an agent with its skills."""
    record = find_agent(_database(request), agent_id)
    return _versioned(response, version_of(record), if_none_match) or agent_document(record, version_of(record))


@router.put("/agents/{agent_id}/skills", summary="Set what an agent can do", responses=_EDITED)
def put_skills(
    request: Request,
    response: Response,
    agent_id: AgentPath,
    ask: SkillsAsk,
    caller: AgentEditor,
    if_match: IfMatch = None,
) -> AgentDocument:
    """Replace the skills that an agent has for good; those with an end stay, as history. `If-Match`: the agent's."""
    record = set_skills(
        _database(request),
        request.app.state.settings,
        agent_id,
        [item.model_dump(mode="json", exclude_none=True) for item in ask.skills],
        now=int(time.time()),
        principal_id=caller.principal_id,
        check=lambda version: check_version(if_match, version),
    )
    set_etag(response, version_of(record))
    return agent_document(record, version_of(record))


@router.get("/agents/{agent_id}/absences", summary="List an agent's absences")
def list_absences(
    request: Request,
    agent_id: AgentPath,
    _caller: AgentReader,
    start: Annotated[Moment | None, Query(description="From when; now.")] = None,
    end: Annotated[Moment | None, Query(description="Until when; 30 days later.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AbsenceDocument]:
    """Return when an agent is away, by start."""
    find_agent(_database(request), agent_id)
    place = _place(cursor)
    first, last = _span(request, start, end)
    with _database(request).reading() as session:
        found = pages.list_absences(
            session.connection(), start=first, end=last, agent=agent_id, after=place, limit=limit + 1
        )
    items = [absence_document(record, version_of(record)) for record in found[:limit]]
    more = (items[-1].starts_at, items[-1].agent) if len(found) > limit else None
    return Page(items=items, next=next_address(request, more))


@router.post(
    "/agents/{agent_id}/absences", status_code=201, summary="Note that an agent is away", responses=problems(404)
)
def post_absence(
    request: Request, agent_id: AgentPath, ask: AbsenceAsk, caller: AgentEditor
) -> dict[Literal["new", "changed", "unchanged"], int]:
    """Note that an agent is away, such as ill for the day: the next plan does without."""
    made = add_absence(
        _database(request),
        request.app.state.settings,
        agent_id,
        ask.model_dump(),
        now=int(time.time()),
        principal_id=caller.principal_id,
    )
    return {"new": made.changes.new, "changed": made.changes.changed, "unchanged": made.changes.unchanged}


@router.delete(
    "/agents/{agent_id}/absences/{starts_at}",
    status_code=204,
    summary="Forget an absence",
    responses=problems(404, 409, 412, 428),
)
def delete_absence(
    request: Request, agent_id: AgentPath, starts_at: StartsAt, caller: AgentEditor, if_match: IfMatch = None
) -> None:
    """Forget that an agent is away from an instant on. `If-Match`: the absence's."""
    remove_absence(
        _database(request),
        agent_id,
        starts_at,
        now=int(time.time()),
        principal_id=caller.principal_id,
        what=_what(request),
        check=lambda version: check_version(if_match, version),
    )


@router.get("/shifts", summary="List shifts")
def list_shifts(
    request: Request,
    caller: Reader,
    start: Annotated[Moment | None, Query(description="From when; now.")] = None,
    end: Annotated[Moment | None, Query(description="Until when; 30 days later.")] = None,
    team: Teams = None,
    agent: Annotated[Id | None, Query(description="Only this agent's.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ShiftDocument]:
    """Return shifts by start. Leads see their teams."""
    place = _place(cursor)
    first, last = _span(request, start, end)
    with _database(request).reading() as session:
        found = pages.list_shifts(
            session.connection(),
            start=first,
            end=last,
            teams=caller.narrow_teams(team, sees_all=SEES_ALL),
            agent=agent,
            after=place,
            limit=limit + 1,
        )
    shown = found[:limit]
    more = (shown[-1]["starts_at"], shown[-1]["agent_id"]) if len(found) > limit else None
    return Page(items=[shift_document(record) for record in shown], next=next_address(request, more))


@router.get("/task-types", dependencies=[READERS], summary="List task types")
def list_task_types(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Page[TaskTypeDocument]:
    """Return task types by id, each with what it takes from which day on."""
    place = decode_cursor(cursor, str)
    with _database(request).reading() as session:
        after = None if place is None else str(place[0])
        found = pages.list_task_types(session.connection(), after=after, limit=limit + 1)
    items = [task_type_document(record) for record in found[:limit]]
    return Page(items=items, next=next_address(request, (items[-1].id,) if len(found) > limit else None))


@router.get("/names/{table}", dependencies=[READERS], summary="List teams, skills or clients")
def list_named(
    request: Request, table: Literal["teams", "skills", "clients"], limit: Limit = 50, cursor: Cursor = None
) -> Page[NamedDocument]:
    """Return teams, skills or clients by id."""
    place = decode_cursor(cursor, str)
    with _database(request).reading() as session:
        after = None if place is None else str(place[0])
        found = pages.list_named(session.connection(), table, after=after, limit=limit + 1)
    items = [NamedDocument(id=record["id"], name=record["name"]) for record in found[:limit]]
    return Page(items=items, next=next_address(request, (items[-1].id,) if len(found) > limit else None))


@router.get("/tasks", summary="List tasks")
def list_tasks(
    request: Request,
    caller: Reader,
    team: Teams = None,
    type: Annotated[Id | None, Query(description="Only of this task type.")] = None,
    state: Annotated[TaskState | None, Query(description="Only those that are open, or closed.")] = TaskState.OPEN,
    pinned_agent: Annotated[Id | None, Query(description="Only those that this agent must do.")] = None,
    case: Annotated[Id | None, Query(description="Only those of this case.")] = None,
    due_before: Annotated[Moment | None, Query(description="Only those that are due before.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TaskDocument]:
    """Return tasks by id. Leads see those of types that their teams own."""
    place = decode_cursor(cursor, str)
    with _database(request).reading() as session:
        found = pages.list_tasks(
            session.connection(),
            teams=caller.narrow_teams(team, sees_all=SEES_ALL),
            task_type=type,
            state=state,
            pinned_agent=pinned_agent,
            case=case,
            due_before=None if due_before is None else _instant(request, due_before, "due_before"),
            after=None if place is None else str(place[0]),
            limit=limit + 1,
        )
    items = [task_document(record, version_of(record)) for record in found[:limit]]
    return Page(items=items, next=next_address(request, (items[-1].id,) if len(found) > limit else None))


@router.get("/tasks/{task_id}", summary="Get a task", response_model=TaskDocument, responses=_READ)
def get_task(
    request: Request, response: Response, task_id: TaskPath, _caller: TaskReader, if_none_match: IfNoneMatch = None
) -> Any:
    """Return a task as it was taken in; where it stands at the desk is `/api/tasks/{task_id}`'s to say."""
    with _database(request).reading() as session:
        record = pages.get_task(session.connection(), task_id)
    return _versioned(response, version_of(record), if_none_match) or task_document(record, version_of(record))


@router.patch("/tasks/{task_id}", summary="Pin a task", responses=_EDITED)
def patch_task(
    request: Request, response: Response, task_id: TaskPath, ask: PinAsk, caller: TaskEditor, if_match: IfMatch = None
) -> TaskDocument:
    """Have only one agent do a task, or anybody who may. `If-Match`: the task's."""
    record = pin(
        _database(request),
        task_id,
        ask.pinned_agent,
        now=int(time.time()),
        principal_id=caller.principal_id,
        what=_what(request),
        check=lambda version: check_version(if_match, version),
    )
    set_etag(response, version_of(record))
    return task_document(record, version_of(record))


def _database(request: Request) -> Database:
    database: Database = request.app.state.store.database()
    return database


def _what(request: Request) -> str:
    return f"{request.method} {request.scope['route'].path_format}"


def _versioned(response: Response, version: str, if_none_match: str | None) -> Response | None:
    """Say which version an answer shows; return the answer where its asker has that already."""
    if is_known(if_none_match, version):
        return Response(status_code=304, headers={"ETag": make_etag(version)})
    set_etag(response, version)
    return None


def _place(cursor: str | None) -> tuple[int, str] | None:
    place = decode_cursor(cursor, int, str)
    if place is None:
        return None
    starts_at = int(place[0] or 0)
    if not FIRST_INSTANT <= starts_at <= LAST_INSTANT:
        raise InputError.of("query", "take the cursor from the `next` address of a page", field="cursor")
    return starts_at, str(place[1])


def _instant(request: Request, text: str, name: str) -> int:
    return parse_at(text, find_office_zone(_database(request), request.app.state.settings), option=name)


def _span(request: Request, start: str | None, end: str | None) -> tuple[int, int]:
    """Return the span that a list is of: from now on, 30 days long, where nothing else is said."""
    first = int(time.time()) if start is None else _instant(request, start, "start")
    last = first + 30 * SECONDS_PER_DAY if end is None else _instant(request, end, "end")
    return first, min(last, first + MOST_DAYS * SECONDS_PER_DAY, LAST_INSTANT)
