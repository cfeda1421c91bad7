"""What the plan leaves: why, what would let it in and at what cost, and doing it in one click."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Reach, permits
from api.pages.rendering import lead_to, render
from api.pages.today.day import outlook_of
from api.pages.today.fix_lines import FixLine, applied_line, fix_line
from api.pages.today.left_lines import view_left
from api.pages.today.scope import LEADS, STYLES, Scope, Today, what_of
from api.parameters import Id
from api.plan_access import MAX_PLAN, Shelf
from api.routes.plan_questions import find_explainer
from models.errors import ConflictError
from services.fixes import Fix
from services.reason_sentences import ReasonTeller
from services.today.bench import Workbench
from services.today.fixing import apply_fix
from services.today.undoing import find_applied, undo_fix

MOST_LISTED = 100
MOST_PAGES = 1_000
MAX_CHANGE = 2**63 - 1
PlanNumber = Annotated[int, Query(ge=1, le=MAX_PLAN)]
TaskPath = Annotated[Id, Path(description="A task's id.")]
router = APIRouter(prefix="/today/left")
READERS = [LEADS]
DECIDERS = [permits(lead=Reach.TEAM)]


@router.get("", dependencies=READERS)
def list_left(request: Request, scope: Today, page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1) -> HTMLResponse:
    """Show what the plans in force leave."""
    lines = view_left(scope, scope.publications(), outlook_of(scope))
    first = (page - 1) * MOST_LISTED
    return render(
        request,
        "today/left.html",
        styles=STYLES,
        texts=scope.texts,
        left=lines[first : first + MOST_LISTED],
        num_left=len(lines),
        page=page,
        num_pages=max(1, -(-len(lines) // MOST_LISTED)),
    )


@router.get("/{task_id}", dependencies=READERS)
def show_fixes(request: Request, scope: Today, shelf: Shelf, task_id: TaskPath, plan: PlanNumber) -> HTMLResponse:
    """Show why a task is left, what would let it in, and what was done for that."""
    applied = find_applied(scope.live.database, task_id, since=scope.start)
    in_force = [one for one in applied if not one.is_undone and one.at >= shelf.get(plan).stored.problem.now]
    sentence, fixes = _explain(request, scope, shelf, plan, task_id)
    task = scope.queue.find(task_id)
    return render(
        request,
        "today/fixes.html",
        styles=STYLES,
        texts=scope.texts,
        task_id=task_id,
        title=task_id if task is None else task.title or scope.type_name(task.type),
        plan_id=plan,
        sentence=sentence,
        fixes=[] if in_force else [line for _, line in fixes],
        applied=[applied_line(scope, one) for one in applied],
        is_mended=bool(in_force),
        is_open=task is not None,
        address=request.app.state.doorway.address_of(request, fixes_path(task_id, plan)),
    )


@router.post("/{task_id}/fix", dependencies=DECIDERS)
def fix(
    request: Request,
    scope: Today,
    shelf: Shelf,
    task_id: TaskPath,
    plan: Annotated[int, Form(ge=1, le=MAX_PLAN)],
    key: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Do what a fix asks for; the next plan lets the task in."""
    _, fixes = _explain(request, scope, shelf, plan, task_id)
    chosen = next((found for found, line in fixes if line.key == key), None)
    if chosen is None:
        raise ConflictError(f"this fix of task {task_id!r} is no longer there: look at it again")
    texts = scope.texts
    if apply_fix(_bench(request, scope), chosen, asked=task_id):
        said = texts.gettext("Done. Plan again to let %(task)s in.", task=task_id)
    else:
        said = texts.gettext("Accepted for your team; the other lead is asked now.")
    return lead_to(request, fixes_path(task_id, plan), said=said)


@router.post("/{task_id}/fixes/{fix_id}/undo", dependencies=DECIDERS)
def undo(
    request: Request,
    scope: Today,
    task_id: TaskPath,
    fix_id: Annotated[int, Path(ge=1, le=MAX_CHANGE)],
    plan: Annotated[int, Form(ge=1, le=MAX_PLAN)],
) -> Response:
    """Put back what stood before a fix."""
    undo_fix(_bench(request, scope), task_id, fix_id, since=scope.start)
    return lead_to(request, fixes_path(task_id, plan), said=scope.texts.gettext("Taken back."))


def fixes_path(task_id: str, plan_id: int) -> str:
    """Return where the fixes are for a task that a plan leaves."""
    return f"/today/left/{quote(task_id, safe='')}?plan={plan_id}"


def _bench(request: Request, scope: Scope) -> Workbench:
    return Workbench(
        database=scope.live.database,
        desk=scope.live.desk,
        queue=scope.queue,
        settings=request.app.state.settings,
        caller=scope.caller,
        now=scope.now,
        what=what_of(request),
    )


def _explain(
    request: Request, scope: Scope, shelf: Shelf, plan_id: int, task_id: str
) -> tuple[str, list[tuple[Fix, FixLine]]]:
    stored = shelf.get(plan_id).stored
    lock, explainer = find_explainer(request, plan_id, stored)
    with lock:
        if not explainer.is_left(task_id):
            return scope.texts.gettext("This plan does it."), []
        teller = ReasonTeller(explainer, zone_name=stored.record.timezone)
        sentence = scope.texts.told(teller.tell_left(explainer.left(task_id)))
        bench = _bench(request, scope)
        return sentence, [(found, fix_line(scope, bench, teller, found)) for found in explainer.fixes(task_id)]
