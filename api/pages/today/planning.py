"""Asking for a plan of the day, watching it being made, and stopping it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.rendering import lead_to, render
from api.pages.today.scope import LEADS, SCRIPTS, STYLES, Scope, Today, what_of
from api.routes.jobs import MAX_JOB
from models.errors import ConflictError
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobKind, JobState
from services.jobs.asking import find_job, request_job, stop_job
from services.jobs.questions import AT, PlanAsk, question_of

QUICK_S, USUAL_S, LONG_S = 2, 10, 60
MOST_S = 600
MAX_ID = 200
SEE_OTHER = 303
Seconds = Annotated[int, Form(ge=1, le=MOST_S)]
TaskForm = Annotated[str, Form(max_length=MAX_ID)]
TaskAbout = Annotated[str, Query(max_length=MAX_ID, description="The task for which the plan is made.")]
JobNumber = Annotated[int, Path(ge=1, le=MAX_JOB)]
router = APIRouter(prefix="/today", dependencies=[LEADS])


@router.post("/plan")
def plan(request: Request, scope: Today, seconds: Seconds = USUAL_S, task: TaskForm = "") -> Response:
    """Ask for a plan of the caller's teams: calm to what agents were shown, where they were shown anything."""
    return lead_to(request, f"/today/jobs/{ask_plan(request, scope, seconds=seconds)}{about(task)}")


@router.get("/jobs/{job_id}")
def show_job(request: Request, scope: Today, job_id: JobNumber, task: TaskAbout = "") -> Response:
    """Show how far a plan is; lead to what it changes once it is there."""
    job = find_job(scope.live.database, scope.caller, job_id)
    plan_id = (job.result_ref or {}).get("plan")
    if job.state is JobState.DONE and plan_id is not None:
        return RedirectResponse(f"/today/review/{plan_id}{about(task)}", SEE_OTHER)
    return _page(request, scope, job, task)


@router.post("/jobs/{job_id}/cancel")
def cancel(request: Request, scope: Today, job_id: JobNumber) -> Response:
    """Stop making a plan; agents see what they saw."""
    texts = scope.texts
    try:
        stop_job(scope.live.database, scope.caller, job_id, what=what_of(request))
    except ConflictError:
        return lead_to(request, f"/today/jobs/{job_id}", said=texts.gettext("It had ended already."))
    return lead_to(request, "/today", said=texts.gettext("Stopped. Agents see what they saw before."))


def ask_plan(request: Request, scope: Scope, *, seconds: int) -> int:
    """Queue a plan of the caller's teams and return the number of its job."""
    ask = PlanAsk(
        teams=None if scope.own_teams is None else sorted(scope.own_teams), time_limit_s=float(seconds), threads=2
    )
    kind = JobKind.REPLAN if scope.publications() else JobKind.PLAN
    job = request_job(
        scope.live.database,
        scope.caller,
        kind=kind,
        question=question_of(ask, **{AT: scope.now}),
        what=what_of(request),
    )
    return job.id


def about(task: str) -> str:
    """Return the query that keeps in mind for which task a plan is made; empty for none."""
    return f"?{urlencode({'task': task})}" if task else ""


def _page(request: Request, scope: Scope, job: Job, task: str) -> HTMLResponse:
    progress = dict(job.progress)
    return render(
        request,
        "today/job.html",
        styles=STYLES,
        scripts=SCRIPTS,
        texts=scope.texts,
        job=job,
        task=task,
        stage=_stage(scope, str(progress.get("stage", ""))),
        done=progress.get("done"),
        total=progress.get("of"),
        problem=str((job.problem or {}).get("detail", "")),
    )


def _stage(scope: Scope, stage: str) -> str:
    texts = scope.texts
    return {
        "": texts.gettext("waits for its turn"),
        "reading the office": texts.gettext("reading the office"),
        "searching": texts.gettext("searching for a better plan"),
    }.get(stage, texts.told(stage))
