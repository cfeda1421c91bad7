"""Jobs for programs: how far they are, what came of them, stopping them."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reach, permits
from api.conditional import make_etag, set_etag
from api.documents.jobs import JobDocument, job_document
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.problems import problems
from api.streams import MEDIA_TYPE, event_text, follow
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobKind, JobState
from services.jobs.asking import find_job, find_jobs, find_result, stop_job

MAX_JOB = 2**31 - 1
ASKERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
Asker = Annotated[Caller, ASKERS]
JobId = Annotated[int, Path(ge=1, le=MAX_JOB, description="The number of a job.", examples=[12])]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=200, description="The ETag that is known: 304 where it is still so."),
]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "It is still as the ETag says."}}
ETAG = {"ETag": {"description": "Its version.", "schema": {"type": "string"}}}
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The job is queued; its address is in `Location`.",
        "headers": {"Location": {"description": "Where to ask how far it is.", "schema": {"type": "string"}}, **ETAG},
    }
}
router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.get("", summary="List jobs")
def list_jobs(
    request: Request,
    caller: Asker,
    kind: Annotated[list[JobKind] | None, Query(description="Only of these kinds.")] = None,
    state: Annotated[list[JobState] | None, Query(description="Only in these states.")] = None,
    own: Annotated[bool, Query(description="Only those that you asked for.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobDocument]:
    """Return jobs, the newest first: your own; of planners, all plans and simulations; of administrators, all."""
    place = decode_cursor(cursor, int)
    found = find_jobs(
        request.app.state.store.database(),
        caller,
        kinds=kind,
        states=state,
        before=None if place is None else max(0, min(int(place[0] or 0), MAX_JOB)),
        is_own=own,
        limit=limit + 1,
    )
    shown = found[:limit]
    return Page(
        items=[job_document(job) for job in shown],
        next=next_address(request, (shown[-1].id,) if len(found) > limit else None),
    )


@router.get(
    "/{job_id}",
    summary="Get a job",
    response_model=JobDocument,
    responses={200: {"headers": ETAG}, **NOT_MODIFIED, **problems(404)},
)
def get_job(
    request: Request, response: Response, job_id: JobId, caller: Asker, if_none_match: IfNoneMatch = None
) -> Any:
    """Return how far a job is, and once it has ended, why it failed or where its result is."""
    job = find_job(request.app.state.store.database(), caller, job_id)
    if is_known(if_none_match, job.version):
        return Response(status_code=304, headers={"ETag": make_etag(job.version)})
    set_etag(response, job.version)
    return job_document(job)


@router.get(
    "/{job_id}/result",
    summary="Get the result of a job",
    response_class=Response,
    responses={
        200: {
            "description": "What the job made: JSON, or what its question asked for.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {},
                "application/octet-stream": {},
            },
        },
        **problems(404),
    },
)
def get_result(request: Request, job_id: JobId, caller: Asker) -> Response:
    """Return what came of a job; the result of a plan is the stored plan, whose address is among the job's links."""
    result = find_result(request.app.state.store.database(), caller, job_id)
    return Response(result.body, media_type=result.media_type)


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events `job`, each with the job as it is then; the last when it has ended.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        },
        **problems(404),
    },
)
async def follow_job(
    request: Request,
    job_id: JobId,
    caller: Asker,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", max_length=40, description="The version that is known already.")
    ] = None,
) -> StreamingResponse:
    """Send a job each time that it changes, until it has ended."""
    database = request.app.state.store.database

    def look() -> Job:
        return find_job(database(), caller, job_id)

    job, known = await run_in_threadpool(look), last_event_id
    is_first = True

    async def look_again() -> str | None:
        nonlocal job, known, is_first
        if not is_first:
            job = await run_in_threadpool(look)
        is_first = False
        if str(job.version) == known:
            return None
        known = str(job.version)
        return event_text("job", job_document(job).model_dump_json(), name=known)

    return follow(request, look_again, is_over=lambda: job.is_ended)


@router.post("/{job_id}/cancel", summary="Stop a job", responses={200: {"headers": ETAG}, **problems(404, 409)})
def cancel_job(request: Request, response: Response, job_id: JobId, caller: Asker) -> JobDocument:
    """Stop a job: at once where it waits, soon where it runs. One that is stopped already stays so."""
    return _stop(request, response, job_id, caller)


@router.delete("/{job_id}", summary="Stop a job", responses={200: {"headers": ETAG}, **problems(404, 409)})
def delete_job(request: Request, response: Response, job_id: JobId, caller: Asker) -> JobDocument:
    """Stop a job, as `POST /api/jobs/{job_id}/cancel` does; what is known of it stays."""
    return _stop(request, response, job_id, caller)


def accept(response: Response, job: Job) -> JobDocument:
    """Return the answer to a question that became a job (202), with the job's address."""
    response.status_code = 202
    response.headers["Location"] = f"/api/jobs/{job.id}"
    set_etag(response, job.version)
    return job_document(job)


def is_known(if_none_match: str | None, version: int | str) -> bool:
    """Return whether an asker has a version already."""
    if if_none_match is None:
        return False
    named = {item.strip().removeprefix("W/") for item in if_none_match.split(",")}
    return make_etag(version) in named or "*" in named


def _stop(request: Request, response: Response, job_id: int, caller: Caller) -> JobDocument:
    what = f"{request.method} {request.scope['route'].path_format}"
    job = stop_job(request.app.state.store.database(), caller, job_id, what=what)
    set_etag(response, job.version)
    return job_document(job)
