"""What the plan leaves: why, what would let it in and at what cost, and doing it in one click."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Reach, permits
from api.pages.rendering import lead_to, render
from api.pages.today.day import outlook_of
from api.pages.today.left_lines import view_left
from api.pages.today.scope import LEADS, STYLES, Scope, Today, what_of
from api.parameters import Id
from api.plan_access import MAX_PLAN, Shelf
from api.routes.plan_questions import find_explainer
from models.errors import ConflictError
from services.fixes import Fix, FixKind
from services.reason_sentences import ReasonTeller
from services.today.fixing import ONE_CLICK, Workbench, apply_fix, key_of

MOST_LISTED = 100
MOST_PAGES = 1_000
PlanNumber = Annotated[int, Query(ge=1, le=MAX_PLAN)]
TaskPath = Annotated[Id, Path(description="A task's id.")]
router = APIRouter(prefix="/today/left")
READERS = [LEADS]
DECIDERS = [permits(lead=Reach.TEAM)]


@dataclass(frozen=True, kw_only=True)
class FixLine:
    """A fix, as text."""

    key: str
    name: str
    sentence: str
    saving: float
    is_done_at_once: bool


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
    """Show why a task is left, and what would let it in."""
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
        fixes=[line for _, line in fixes],
        is_open=task is not None,
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
    bench = Workbench(
        database=scope.live.database,
        desk=scope.live.desk,
        queue=scope.queue,
        settings=request.app.state.settings,
        caller=scope.caller,
        now=scope.now,
        what=what_of(request),
    )
    texts = scope.texts
    if apply_fix(bench, chosen):
        said = texts.gettext("Done. Plan again to let %(task)s in.", task=task_id)
    else:
        said = texts.gettext("Accepted for your team; the other lead is asked now.")
    return lead_to(request, "/today", said=said)


def _explain(
    request: Request, scope: Scope, shelf: Shelf, plan_id: int, task_id: str
) -> tuple[str, list[tuple[Fix, FixLine]]]:
    stored = shelf.get(plan_id).stored
    lock, explainer = find_explainer(request, plan_id, stored)
    with lock:
        if not explainer.is_left(task_id):
            return scope.texts.gettext("This plan does it."), []
        teller = ReasonTeller(explainer, zone_name=stored.record.timezone)
        sentence = teller.tell_left(explainer.left(task_id))
        return sentence, [(found, _line(scope, teller, found)) for found in explainer.fixes(task_id)]


def _line(scope: Scope, teller: ReasonTeller, found: Fix) -> FixLine:
    texts = scope.texts
    return FixLine(
        key=key_of(found),
        name={
            FixKind.OVERTIME: texts.gettext("Overtime"),
            FixKind.LENDING: texts.gettext("Lend somebody"),
            FixKind.MOVE: texts.gettext("Allow more moves"),
            FixKind.PIN_LIFTED: texts.gettext("Lift the pin"),
            FixKind.SKILL_WAIVED: texts.gettext("Ask for less skill"),
            FixKind.TRAINING: texts.gettext("Train somebody"),
            FixKind.DUE_MOVED: texts.gettext("Agree on a later time"),
        }[found.kind],
        sentence=teller.tell_fix(found),
        saving=found.saving,
        is_done_at_once=found.kind in ONE_CLICK,
    )
