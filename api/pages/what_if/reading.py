"""A history that is being read: how far that is, stopping it, and the way on to the scenario that came of it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    JobId,
    Planner,
    Progress,
    database_of,
    reading_path,
    route_of,
    scenario_path,
)
from api.pages.what_if.words import name_reading, name_stage, name_state
from models.errors import ConflictError
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobState
from services.jobs.asking import stop_job
from services.what_if.asking import find_reading

router = APIRouter()
SEE_OTHER = 303
_READING = f"{HOME}/histories/{{job_id}}"


@router.get(_READING)
def show_reading(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Show how far the reading of a history is; lead on to its scenario once that is kept."""
    texts = texts_for(request)
    job = find_reading(database_of(request), caller, job_id)
    scenario = (job.result_ref or {}).get("scenario")
    if job.state is JobState.DONE and scenario is not None:
        return RedirectResponse(scenario_path(int(scenario)), SEE_OTHER)
    return render(
        request,
        "what-if/reading.html",
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        job=job,
        name=name_reading(job, texts),
        address=reading_path(job_id),
        progress=_progress(job, texts),
        problem=str((job.problem or {}).get("detail", "")),
    )


@router.get(f"{_READING}/progress")
def show_progress(request: Request, caller: Planner, job_id: JobId) -> HTMLResponse:
    """Show how far it is, for the page that shows it already."""
    texts = texts_for(request)
    job = find_reading(database_of(request), caller, job_id)
    progress = _progress(job, texts)
    return render(request, "what-if/progress.html", texts=texts, progress=progress, address=reading_path(job_id))


@router.post(f"{_READING}/cancel")
def cancel(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Stop reading."""
    texts, database = texts_for(request), database_of(request)
    find_reading(database, caller, job_id)
    try:
        stop_job(database, caller, job_id, what=route_of(request))
    except ConflictError:
        return lead_to(request, reading_path(job_id), said=texts.gettext("It had ended already."))
    return lead_to(request, reading_path(job_id), said=texts.gettext("It is stopped."))


def _progress(job: Job, texts: Texts) -> Progress:
    done, total = job.progress.get("done"), job.progress.get("of")
    is_running = job.state is JobState.RUNNING
    return Progress(
        state=job.state.value,
        told=name_state(job.state, texts),
        done=done if is_running else None,
        total=total if is_running else None,
        beside=name_stage(str(job.progress.get("stage", "")), texts) if is_running else "",
        is_ended=job.is_ended,
    )
