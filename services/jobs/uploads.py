"""An import in two steps: an upload is rehearsed first and kept; then it is taken in as it is, or dropped."""

from collections.abc import Mapping
from typing import Any

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.repositories.jobs.asking import read_inputs
from models.repositories.jobs.records import Job, drop_kept
from models.vocabulary_jobs import JobKind
from services.access.caller import Caller
from services.jobs.asking import find_job, request_job
from services.jobs.importing import KEPT_UPLOAD, UPLOAD
from services.jobs.questions import ImportAsk, question_of


def rehearse_upload(database: Database, caller: Caller, ask: ImportAsk, body: bytes, *, what: str) -> Job:
    """Queue the rehearsal of an import and return it; the upload is kept with it.

    Raises
    ------
    TooManyRequestsError
        If too many of the caller's jobs wait already.
    """
    rehearsal = ask.model_copy(update={"dry_run": True})
    return request_job(
        database,
        caller,
        kind=JobKind.IMPORT,
        question={**question_of(rehearsal), "dry_run": True},
        what=what,
        inputs={KEPT_UPLOAD: body},
    )


def has_upload(database: Database, job_id: int) -> bool:
    """Return whether the upload of a rehearsal is still kept."""
    with database.reading() as session:
        return KEPT_UPLOAD in read_inputs(session.connection(), job_id)


def take_in_upload(
    database: Database, caller: Caller, job_id: int, *, what: str, changes: Mapping[str, Any] | None = None
) -> Job:
    """Queue the import of what was rehearsed and return it; the upload goes with it.

    Parameters
    ----------
    changes
        What is asked otherwise than in the rehearsal, such as `takes_good_rows`.

    Raises
    ------
    NotFoundError
        If the caller has no such rehearsal.
    ConflictError
        If the rehearsal has not ended, or its upload was taken in or dropped already.
    """
    rehearsal = find_rehearsal(database, caller, job_id)
    if not rehearsal.is_ended:
        raise ConflictError(f"the rehearsal {job_id} has not ended yet")
    with database.reading() as session:
        body = read_inputs(session.connection(), job_id).get(KEPT_UPLOAD)
    if body is None:
        raise ConflictError("this upload was taken in or dropped already; upload it again")
    ask = ImportAsk.model_validate({**rehearsal.question, **(changes or {}), "dry_run": False})
    job = request_job(
        database, caller, kind=JobKind.IMPORT, question=question_of(ask), what=what, inputs={UPLOAD: body}
    )
    drop_upload(database, caller, job_id)
    return job


def drop_upload(database: Database, caller: Caller, job_id: int) -> bool:
    """Delete the upload of a rehearsal, and return whether there was one.

    Raises
    ------
    NotFoundError
        If the caller has no such rehearsal.
    """
    find_rehearsal(database, caller, job_id)
    with database.writing() as session:
        return drop_kept(session.connection(), job_id)


def find_rehearsal(database: Database, caller: Caller, job_id: int) -> Job:
    """Return the rehearsal of an import that a caller may see.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    job = find_job(database, caller, job_id)
    if job.kind is not JobKind.IMPORT or not job.question.get("dry_run"):
        raise NotFoundError(f"job {job_id} is no rehearsal of an import")
    return job
