"""`/system/jobs`: long work, who asked for it, how far it is; stopping it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import address_with, database_of, path_of, what_of
from api.pages.system.frame import SCRIPTS, STYLES, Admin, tabs_of
from api.pages.system.words import kind_word, state_word, view_job
from api.routes.jobs import MAX_JOB, JobId
from models.vocabulary_jobs import JobKind, JobState
from services.jobs.asking import find_job, find_jobs, stop_job

router = APIRouter()
PAGE = 40


@router.get("/system/jobs")
def list_jobs(
    request: Request,
    caller: Admin,
    kind: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=MAX_JOB)] = None,
) -> HTMLResponse:
    """Show jobs, the newest first."""
    texts = texts_for(request)
    found = find_jobs(
        database_of(request),
        caller,
        kinds=[JobKind(kind)] if kind in list(JobKind) else None,
        states=[JobState(state)] if state in list(JobState) else None,
        before=before,
        limit=PAGE + 1,
    )
    return render(
        request,
        "system/jobs.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/system/jobs"),
        jobs=[view_job(job, texts) for job in found[:PAGE]],
        kind=kind,
        state=state,
        kinds=[("", texts.gettext("All kinds")), *((one.value, kind_word(one, texts)) for one in JobKind)],
        states=[("", texts.gettext("All states")), *((one.value, state_word(one, texts)) for one in JobState)],
        newest=address_with(request, before=None) if before is not None else "",
        older=address_with(request, before=found[PAGE - 1].id) if len(found) > PAGE else "",
    )


@router.get("/system/jobs/{job_id}")
def show_job(request: Request, job_id: JobId, caller: Admin) -> HTMLResponse:
    """Show a job."""
    texts = texts_for(request)
    job = find_job(database_of(request), caller, job_id)
    return render(
        request,
        "system/job.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/system/jobs"),
        job=view_job(job, texts),
        path=path_of("system", "jobs", job_id),
        problem=job.problem,
        has_result=job.state is JobState.DONE and "plan" not in (job.result_ref or {}),
    )


@router.post("/system/jobs/{job_id}/stop")
def stop(request: Request, job_id: JobId, caller: Admin) -> Response:
    """Stop a job."""
    texts = texts_for(request)
    job = stop_job(database_of(request), caller, job_id, what=what_of(request))
    said = texts.gettext("Job %(id)s is stopped.", id=job_id) if job.is_ended else texts.gettext("Stopping it.")
    return lead_to(request, path_of("system", "jobs", job_id), said=said)
