"""The live queue: what waits, who is free although work waits, and both as they change."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reach, permits
from api.documents.offers import (
    IdleListDocument,
    QueueDocument,
    QueuedTaskDocument,
    idle_document,
    queued_document,
)
from api.live_access import Live
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.parameters import Id
from api.streams import MEDIA_TYPE, event_text, follow
from models.time import format_instant
from models.vocabulary import Role
from models.vocabulary_live import TaskStage
from services.live.acting import read_clock

MOST_SENT = 50
TeamNames = Annotated[list[Id] | None, Query(max_length=100, description="Only of these teams.")]
Watcher = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL)]
router = APIRouter(tags=["queue"])


@router.get("/api/queue", summary="List the open tasks of the live queue")
def list_queue(
    request: Request,
    live: Live,
    caller: Watcher,
    team: TeamNames = None,
    type: Annotated[list[Id] | None, Query(max_length=100, description="Only of these task types.")] = None,
    state: Annotated[list[TaskStage] | None, Query(description="Only in these states; those that wait.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[QueuedTaskDocument]:
    """Return open tasks, the one that is due first coming first; leads see their own teams."""
    teams = caller.narrow_teams(team, sees_all=(Role.PLANNER,))
    place = decode_cursor(cursor, int, str)
    queue = live.queue
    known = queue.snapshot()
    is_chosen = known.in_teams(teams) & known.in_stages(frozenset(state or (TaskStage.WAITING,)))
    if type is not None:
        is_chosen &= known.of_types(type)
    after = None if place is None else (int(place[0] or 0), str(place[1]))
    found = known.list_next(is_chosen, after=after, most=limit + 1)
    shown = found[:limit]
    return Page(
        items=[queued_document(queue, task) for _, task in shown],
        next=next_address(request, shown[-1][0] if len(found) > limit else None),
    )


@router.get("/api/queue/idle", summary="List agents who are free although work waits")
def list_idle(live: Live, caller: Watcher, team: TeamNames = None) -> IdleListDocument:
    """Return who is free although tasks of their teams wait, and why; leads see the agents of their own teams."""
    teams = caller.narrow_teams(team, sees_all=(Role.PLANNER,))
    now, crew = read_clock(), live.queue.crew
    pairs = live.next_task.find_idle_pairs(now)
    return IdleListDocument(
        at=format_instant(now),
        items=[
            idle_document(pair)
            for pair in pairs
            if teams is None or crew.agents[crew.position[pair.agent_id]].team in teams
        ],
    )


@router.get(
    "/api/teams/{team_id}/queue/events",
    summary="Follow the live queue of a team",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events `queue`: how many tasks wait, and the first, each time it changes.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        }
    },
    dependencies=[permits(lead=Reach.TEAM, planner=Reach.ALL)],
)
async def follow_queue(
    request: Request, live: Live, team_id: Annotated[Id, Path(description="A team's id.", examples=["billing"])]
) -> StreamingResponse:
    """Send the queue of a team each time that it changes."""

    def look() -> str:
        queue = live.queue
        tasks = queue.list_waiting([team_id])
        document = QueueDocument(
            team_id=team_id,
            num_waiting=len(tasks),
            items=[queued_document(queue, task) for task in tasks[:MOST_SENT]],
        )
        return document.model_dump_json()

    seen: tuple[int, int] | None = None
    sent = ""

    async def look_again() -> str | None:
        nonlocal seen, sent
        queue = live.queue
        if seen == (id(queue), queue.num_changes):
            return None
        seen = id(queue), queue.num_changes
        document = await run_in_threadpool(look)
        if document == sent:
            return None
        sent = document
        return event_text("queue", document)

    return follow(request, look_again)
