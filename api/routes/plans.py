"""Stored plans for programs."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.access import Reach, permits
from api.plan_access import PlanId, Shelf
from api.problems import problems
from models.formats.plan import plan_document
from models.formats.problem_file import problem_document
from models.repositories.plans import PlanRecord
from models.time import format_instant, load_zone

READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(prefix="/api/plans", tags=["plans"], dependencies=[READERS], responses=problems(404))


@router.get("")
def list_plans(shelf: Shelf) -> dict[str, Any]:
    """Return the last plans, the newest first, with their figures."""
    records, count = shelf.list()
    return {"count": count, "plans": [record_document(record) for record in records]}


@router.get("/{plan_id:int}")
def get_plan(plan_id: PlanId, shelf: Shelf) -> JSONResponse:
    """Return a plan in its public form, `swingdesk/plan`."""
    return JSONResponse(plan_document(shelf.get(plan_id).stored.plan))


@router.get("/{plan_id:int}/problem")
def get_problem(plan_id: PlanId, shelf: Shelf) -> JSONResponse:
    """Return the question that a plan answers in its public form, `swingdesk/problem`."""
    return JSONResponse(problem_document(shelf.get(plan_id).stored.problem))


def record_document(record: PlanRecord) -> dict[str, Any]:
    """Return what is stored of a plan besides its entries, as JSON."""
    zone = load_zone(record.timezone)
    return {
        "id": record.id,
        "made_at": format_instant(record.made_at, zone),
        "planned_from": format_instant(record.planned_from, zone),
        "timezone": record.timezone,
        "teams": None if record.teams is None else list(record.teams),
        "total": record.total,
        "lower_bound": record.lower_bound,
        "status": record.status,
        "figures": dict(record.figures),
        "comparisons": dict(record.comparisons),
        "address": f"/api/plans/{record.id}",
    }
