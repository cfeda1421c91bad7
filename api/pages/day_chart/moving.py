"""Moving tasks on the day chart: what a move would cost, the move itself, and taking it back. Answers are JSON."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.access import Caller, Reach, permits
from api.documents.chart_data import flag_task
from api.pages.day_chart.movers import find_mover
from api.pages.day_chart.told import Teller
from api.pages.rendering import texts_for
from api.parameters import MAX_INT, Id
from api.plan_access import PlanId, Shelf
from models.database import Database
from models.formats.plan import Assignment, Plan
from models.formats.problem import Problem
from models.vocabulary import Role
from services.access.reach import check_leads_task
from services.daily_plan import stored_plan
from services.live.acting import read_clock
from services.moving.conflicts import UNDO_TO, Conflict
from services.moving.storing import MOVE, clamp, store_move, undo_move
from services.moving.trying import Move, Refusal

MOVERS = permits(lead=Reach.TEAM, planner=Reach.ALL)
Mover = Annotated[Caller, MOVERS]
Start = Annotated[int, Query(ge=0, le=MAX_INT, description="Not before this epoch second.")]
router = APIRouter(include_in_schema=False)


@router.get("/plans/{plan_id:int}/tasks/{task_id}/moves/{agent_id}", dependencies=[MOVERS])
def preview_move(
    request: Request, plan_id: PlanId, task_id: Id, agent_id: Id, start: Start, shelf: Shelf
) -> JSONResponse:
    """Say what it would cost to move a task to somebody and a time, or why it cannot be."""
    mover = find_mover(request, shelf, plan_id)
    found = mover.try_move(clamp(Move(task=task_id, agent=agent_id, not_before=start), at=read_clock()))
    teller = Teller(mover.problem, texts_for(request))
    told = teller.refusal(agent_id, found) if isinstance(found, Refusal) else teller.preview(found)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.post("/plans/{plan_id:int}/tasks/{task_id}/moves/{agent_id}")
def make_move(
    request: Request, plan_id: PlanId, task_id: Id, agent_id: Id, start: Start, caller: Mover, shelf: Shelf
) -> JSONResponse:
    """Store the plan with a task moved; who has seen another plan, or a task that is taken, is told so."""
    mover, stored = find_mover(request, shelf, plan_id), shelf.get(plan_id).stored
    texts = texts_for(request)
    teller = Teller(stored.problem, texts)
    made = store_move(
        request.app.state.store.database(),
        stored.record,
        mover,
        Move(task=task_id, agent=agent_id, not_before=start),
        at=read_clock(),
        principal_id=caller.principal_id,
        what=_what(request),
    )
    if isinstance(made, Conflict):
        return JSONResponse(teller.conflict(made), HTTPStatus.CONFLICT)
    if isinstance(made, Refusal):
        return JSONResponse(teller.refusal(agent_id, made), HTTPStatus.CONFLICT)
    after = made.preview.after
    said = texts.gettext(
        "Moved: %(agent)s does “%(task)s” from %(start)s, and keeps it when the day is planned anew.",
        agent=teller.agent(agent_id),
        task=teller.task(task_id),
        start=texts.moment(after.start),
    )
    changed = {item.task: item for item in (*made.preview.changed, after)}
    return JSONResponse(
        {
            "plan": made.plan_id,
            "task": task_id,
            "undo": True,
            "says": [said],
            "changed": _columns(made.mover.problem, list(changed.values())),
        }
    )


@router.post("/plans/{plan_id:int}/undo")
def take_back(request: Request, plan_id: PlanId, caller: Mover, shelf: Shelf) -> JSONResponse:
    """Store the plan as it was before its last move."""
    database: Database = request.app.state.store.database()
    stored, texts = shelf.get(plan_id).stored, texts_for(request)
    move = stored.record.settings.get(MOVE)
    if move is not None and not caller.has(Role.PLANNER):
        check_leads_task(database, caller, move["task"])
    made = undo_move(database, stored.record, at=read_clock(), principal_id=caller.principal_id, what=_what(request))
    teller = Teller(stored.problem, texts)
    if isinstance(made, Conflict):
        return JSONResponse(teller.conflict(made), HTTPStatus.CONFLICT)
    now = stored_plan(database, made.plan_id)
    said = texts.gettext("Taken back: “%(task)s” is where it was.", task=teller.task(made.task))
    return JSONResponse(
        {
            "plan": made.plan_id,
            "task": made.task,
            "undo": bool(now.record.settings.get(UNDO_TO)),
            "says": [said],
            "changed": _columns(now.problem, _differences(stored.plan, now.plan, made.task)),
        }
    )


def _differences(before: Plan, after: Plan, moved: str) -> list[Assignment]:
    """Return the assignments of a plan that another has otherwise, and that of the task that was moved."""
    were = {item.task: item for item in before.assignments}
    return [item for item in after.assignments if item.task == moved or were.get(item.task) != item]


def _columns(problem: Problem, changed: list[Assignment]) -> list[dict[str, Any]]:
    """Return assignments as the chart takes them; instants are epoch seconds."""
    tasks = {task.id: task for task in problem.tasks}
    kinds = {kind.id: kind for kind in problem.task_types}
    agents = {agent.id: agent for agent in problem.agents}
    return [
        {
            "id": item.task,
            "agent": item.agent,
            "start": item.start,
            "end": item.end,
            "flags": flag_task(
                tasks[item.task], kinds[tasks[item.task].type], agents[item.agent], item.end, now=problem.now
            ),
        }
        for item in changed
    ]


def _what(request: Request) -> str:
    return f"{request.method} {request.scope['route'].path_format}"
