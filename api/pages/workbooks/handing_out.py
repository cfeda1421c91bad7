"""Workbooks are handed out at once where they are small or were made; else they are made aside, which a page shows."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.access import Caller
from api.conditional import make_etag
from api.documents.jobs import job_document
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, path_of, what_of
from models.repositories.jobs.records import Job
from services.jobs.questions import WorkbookAsk
from services.jobs.reporting import XLSX
from services.large_workbooks import MOST_ROWS_AT_ONCE, ask_for_workbook, find_under_way, find_workbook

HOME = "workbooks"
PRESSED_HERE = frozenset({"same-origin", "none"})
"""What browsers say of a page whose address was pressed on a page of ours, or written by hand."""


def hand_out(
    request: Request, caller: Caller, ask: WorkbookAsk, *, num_rows: int, file_name: str, write: Callable[[], bytes]
) -> Response:
    """Return a workbook; or, where it is large and not made yet, the way to the page that says how far it is.

    Programs get the job that makes it (202), and the file at the same address once that is done. A link of another site
    makes nothing: it leads to the page that has the link.

    Parameters
    ----------
    ask
        What is asked of the job; the caller has been found to see it. `address` is that of this request.
    write
        Writes it at once.
    """
    if num_rows <= MOST_ROWS_AT_ONCE:
        return _attachment(write(), file_name)
    database = database_of(request)
    made = find_workbook(database, ask)
    if made is not None:
        return _attachment(made.body, file_name)
    job = find_under_way(database, caller, ask)
    if job is None:
        if not _is_pressed_here(request):
            told = texts_for(request).gettext("Choose the workbook here to have it made.")
            return lead_to(request, page_of(ask.address or "/"), said=told)
        job = ask_for_workbook(database, caller, ask, what=what_of(request))
    if "authorization" in request.headers:
        return _accepted(job)
    return RedirectResponse(path_of(HOME, job.id), HTTPStatus.SEE_OTHER)


def page_of(address: str) -> str:
    """Return the page whose table a workbook at an address has."""
    path, mark, query = address.partition("?")
    return f"{path.rpartition('/')[0]}{mark}{query}"


def _is_pressed_here(request: Request) -> bool:
    """Return whether somebody asked, and no page of others, nor a browser that looks ahead."""
    is_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    return not is_ahead and request.headers.get("sec-fetch-site", "none") in PRESSED_HERE


def _attachment(body: bytes, file_name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(body, media_type=XLSX, headers=headers)


def _accepted(job: Job) -> Response:
    headers = {"Location": f"/api/jobs/{job.id}", "ETag": make_etag(job.version)}
    return JSONResponse(job_document(job).model_dump(mode="json"), HTTPStatus.ACCEPTED, headers=headers)
