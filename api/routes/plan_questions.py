"""What one asks about a stored plan: who is lent, why it is so, what would let in what it leaves, what has changed."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.access import Reach, permits
from api.parameters import Id
from api.plan_access import MAX_PLAN, PlanId, Shelf
from api.problems import problems
from models.errors import NotFoundError, UsageError
from services.certifying import certify_problem, report_document
from services.daily_plan import StoredPlan
from services.differences import compare_plans, differences_document, tell_differences
from services.explaining import Explainer
from services.reason_sentences import ReasonTeller
from services.swing_board import board_document, draw_board

MAX_TASKS = 50
MAX_FIXED = 10
MAX_KEPT = 4
READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(prefix="/api/plans", tags=["plans"], dependencies=[READERS], responses=problems(404, 409))
_OBJECT: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


class _Desk:
    """Explainers of the plans that were asked about last: each takes a while to make, and answers one at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[object, tuple[Lock, Explainer]] = OrderedDict()

    def get(self, key: object, stored: StoredPlan) -> tuple[Lock, Explainer]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = Lock(), Explainer(stored.problem, stored.plan)
        with self._lock:
            kept = self._kept.setdefault(key, made)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return kept


_DESK = _Desk()


@router.get("/{plan_id:int}/swing", summary="Get the swing board", responses=_OBJECT)
def get_swing_board(plan_id: PlanId, shelf: Shelf) -> JSONResponse:
    """Return who is lent where, when and what that is worth, and what the next hours of each team would save."""
    stored = shelf.get(plan_id).stored
    zone_name = stored.record.timezone
    board = draw_board(stored.problem, stored.plan, zone_name=zone_name)
    return JSONResponse(board_document(board, zone_name=zone_name))


@router.get("/{plan_id:int}/explain", summary="Explain a plan", responses=_OBJECT)
def explain(
    request: Request,
    plan_id: PlanId,
    shelf: Shelf,
    task: Annotated[
        list[Id] | None, Query(max_length=MAX_TASKS, description="Only these tasks; may be repeated.")
    ] = None,
    agent: Annotated[Id | None, Query(description="Only this agent's tasks.")] = None,
    top: Annotated[int, Query(ge=0, le=MAX_TASKS, description="Without task or agent: so many of each list.")] = 10,
    fixes: Annotated[int, Query(ge=0, le=MAX_FIXED, description="Find fixes for so many of the tasks left.")] = 0,
) -> JSONResponse:
    """Return why tasks are with their agents and when, and why others are left, with exact costs and in sentences.

    Without `task` or `agent`: the tasks left that cost most, and those that are late, due first.
    """
    if task and agent is not None:
        raise UsageError("give task or agent, not both")
    stored = shelf.get(plan_id).stored
    lock, explainer = find_explainer(request, plan_id, stored)
    if agent is not None and agent not in {one.id for one in stored.problem.agents}:
        raise NotFoundError(f"the problem of plan {plan_id} has no agent {agent!r}")
    with lock:
        return JSONResponse(_explain(stored, explainer, _choose(stored, explainer, task, agent, top), num_fixed=fixes))


@router.get("/{plan_id:int}/tasks/{task_id}/fixes", summary="Find fixes for a task", responses=_OBJECT)
def find_fixes(request: Request, plan_id: PlanId, task_id: Id, shelf: Shelf) -> JSONResponse:
    """Return what would let a task in that the plan leaves, the cheapest change first; each was tried and judged."""
    stored = shelf.get(plan_id).stored
    lock, explainer = find_explainer(request, plan_id, stored)
    with lock:
        if not explainer.is_left(task_id):
            return JSONResponse({"task": task_id, "is_left": False, "fixes": []})
        teller = ReasonTeller(explainer, zone_name=stored.record.timezone)
        told = teller.left_document(explainer.left(task_id), explainer.fixes(task_id))
    return JSONResponse({"is_left": True, **told})


@router.get("/{plan_id:int}/diff", summary="Compare with another plan", responses=_OBJECT)
def get_differences(
    plan_id: PlanId,
    shelf: Shelf,
    old: Annotated[int, Query(ge=1, le=MAX_PLAN, description="The plan to compare with, made before.")],
    moved_minutes: Annotated[
        float, Query(ge=0, le=100_000, description="Tell of starts that move by more than so many minutes.")
    ] = 15.0,
) -> JSONResponse:
    """Return who changes between an older plan and this one, how many tasks keep their agent, and what is gained."""
    new, before = shelf.get(plan_id).stored, shelf.get(old).stored
    zone_name = new.record.timezone
    found = compare_plans(new.problem, before.plan, new.plan, moved_minutes=moved_minutes)
    document = differences_document(found, zone_name=zone_name)
    return JSONResponse({**document, "sentences": list(tell_differences(new.problem, found, zone_name=zone_name))})


@router.get("/{plan_id:int}/certificate", summary="Get what cannot be on time", responses=_OBJECT)
def get_certificate(plan_id: PlanId, shelf: Shelf) -> JSONResponse:
    """Return what of the work of a plan's question cannot be on time whatever is done, with the proof."""
    stored = shelf.get(plan_id).stored
    return JSONResponse(report_document(certify_problem(stored.problem, zone_name=stored.record.timezone)))


def find_explainer(request: Request, plan_id: int, stored: StoredPlan) -> tuple[Lock, Explainer]:
    """Return what explains a plan, with the lock under which it answers."""
    return _DESK.get((request.app.state.store.edition, plan_id, stored.record.problem_digest), stored)


def _choose(
    stored: StoredPlan, explainer: Explainer, tasks: Sequence[str] | None, agent: str | None, top: int
) -> list[str]:
    if tasks:
        return list(dict.fromkeys(tasks))
    if agent is not None:
        return [item.task for item in explainer.plan.assignments if item.agent == agent][:MAX_TASKS]
    due = {task.id: task.due for task in stored.problem.tasks}
    late = [item for item in explainer.plan.assignments if item.end > due[item.task] >= stored.problem.now]
    late.sort(key=lambda item: due[item.task])
    return [*explainer.left_tasks[:top], *(item.task for item in late[:top])]


def _explain(stored: StoredPlan, explainer: Explainer, chosen: Sequence[str], *, num_fixed: int) -> dict[str, Any]:
    teller = ReasonTeller(explainer, zone_name=stored.record.timezone)
    left = [task for task in chosen if explainer.is_left(task)]
    planned = [task for task in chosen if not explainer.is_left(task)]
    assigned = explainer.assignments(planned) if planned else ()
    return {
        "total": explainer.plan.objective.total,
        "num_planned": len(explainer.plan.assignments),
        "num_left": len(explainer.left_tasks),
        "assignments": [
            {**teller.assignment_document(reason), "sentence": teller.tell_assignment(reason)} for reason in assigned
        ],
        "unscheduled": [
            teller.left_document(explainer.left(task), explainer.fixes(task) if n < num_fixed else None)
            for n, task in enumerate(left)
        ],
    }
