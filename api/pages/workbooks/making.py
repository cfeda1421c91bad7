"""`/workbooks/ID`: how far a workbook is that is made aside, stopping it, and where it is once it is made."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Caller
from api.language.texts import Texts
from api.pages.plans import READERS
from api.pages.rendering import lead_to, render, texts_for
from api.pages.report_words import report_word
from api.pages.serving import database_of, path_of, what_of
from api.pages.system.words import view_job
from api.pages.workbooks.handing_out import HOME, page_of
from api.routes.jobs import JobId
from models.errors import ConflictError
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobState
from services.jobs.asking import stop_job
from services.large_workbooks import KEPT_S, find_own_workbook, is_kept

router = APIRouter()
Reader = Annotated[Caller, READERS]


@router.get(f"/{HOME}/{{job_id}}")
def show_workbook(request: Request, job_id: JobId, caller: Reader) -> HTMLResponse:
    """Show how far a workbook is, where it is once it is made, or why it is not."""
    texts, database = texts_for(request), database_of(request)
    job = find_own_workbook(database, caller, job_id)
    address = str(job.question["address"])
    return render(
        request,
        "workbooks/workbook.html",
        texts=texts,
        scripts=("jobs.js",),
        job=view_job(job, texts),
        name=_name(job, texts),
        title=_title(job, texts),
        address=address,
        page=page_of(address),
        stop=path_of(HOME, job_id, "stop"),
        kept_until=job.ended_at + KEPT_S if job.ended_at is not None and is_kept(database, job) else None,
        problem=str((job.problem or {}).get("detail", "")),
    )


@router.post(f"/{HOME}/{{job_id}}/stop")
def stop_workbook(request: Request, job_id: JobId, caller: Reader) -> Response:
    """Stop a workbook that is being made."""
    texts, database = texts_for(request), database_of(request)
    find_own_workbook(database, caller, job_id)
    try:
        stop_job(database, caller, job_id, what=what_of(request))
    except ConflictError:
        return lead_to(request, path_of(HOME, job_id), said=texts.gettext("It had ended already."))
    return lead_to(request, path_of(HOME, job_id))


def _name(job: Job, texts: Texts) -> str:
    """Return what the workbook is of."""
    if job.question["of"] == "plan":
        return texts.gettext("Plan %(id)s", id=job.question["id"])
    return report_word(str(job.question["report"]), texts)


def _title(job: Job, texts: Texts) -> str:
    if job.state is JobState.DONE:
        return texts.gettext("Your workbook is ready")
    if job.state is JobState.CANCELLED:
        return texts.gettext("The workbook was stopped")
    if job.state is JobState.FAILED:
        return texts.gettext("The workbook could not be made")
    return texts.gettext("Your workbook is being made")
