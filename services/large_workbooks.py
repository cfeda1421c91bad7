"""Workbooks of large tables: made as jobs, found again while they are kept, and freed.

A small one is written while its asker waits. A large one would hold a thread of the server and its interpreter, and
with it everybody else, for seconds.
"""

from collections.abc import Mapping

from models.database import Database
from models.errors import NotFoundError
from models.repositories.jobs.asking import get_result
from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import Job, JobResult
from models.repositories.jobs.results import find_kept, find_old_results, find_wanted, free_results
from models.repositories.jobs.results import is_kept as is_result_kept
from models.time import SECONDS_PER_DAY
from models.vocabulary_jobs import JobKind
from services.access.caller import Caller
from services.jobs.asking import find_job, request_job
from services.jobs.questions import WorkbookAsk, question_of

MOST_ROWS_AT_ONCE = 5_000
"""Rows of a report, or tasks of a plan, that are written while their asker waits: half a second of a processor at most.
A row takes some 40 microseconds, a task 95: it stands on two sheets."""
KEPT_S = SECONDS_PER_DAY
"""How long a workbook that was made is kept: for whoever comes back to it on the same day. It can be made again."""
MOST_KEPT_BYTES = 256 * 1024**2
"""What all that are kept may take of the database; one of 50,000 tasks takes some ten. The oldest go first."""
_KNOWN_BY = ("of", "id")
"""What of a question says which workbook it is; where it is handed out does not."""


def find_workbook(database: Database, ask: WorkbookAsk) -> JobResult | None:
    """Return a workbook that was made and is kept, whoever asked for it; None where there is none.

    Whoever asks has been found to see what it is made of.
    """
    with database.reading() as session:
        connection = session.connection()
        since = read_clock(connection) - KEPT_S
        job_id = find_kept(connection, JobKind.WORKBOOK, since=since, asked=_known_by(ask))
        return None if job_id is None else get_result(connection, job_id)


def find_under_way(database: Database, caller: Caller, ask: WorkbookAsk) -> Job | None:
    """Return the caller's job that makes a workbook; None where there is none."""
    with database.reading() as session:
        connection = session.connection()
        return find_wanted(connection, JobKind.WORKBOOK, principal_id=caller.principal_id, asked=_known_by(ask))


def ask_for_workbook(database: Database, caller: Caller, ask: WorkbookAsk, *, what: str) -> Job:
    """Return the job that makes a workbook for a caller: one that is under way, else a new one.

    Raises
    ------
    TooManyRequestsError
        If too many of the caller's wait already.
    """
    question = question_of(ask)
    return request_job(database, caller, kind=JobKind.WORKBOOK, question=question, what=what, once_by=_KNOWN_BY)


def find_own_workbook(database: Database, caller: Caller, job_id: int) -> Job:
    """Return the job of a workbook that a caller asked for.

    Raises
    ------
    NotFoundError
        If there is none of that number, or somebody else asked for it.
    """
    job = find_job(database, caller, job_id)
    if job.kind is not JobKind.WORKBOOK or job.principal_id != caller.principal_id:
        raise NotFoundError(f"job {job_id} makes no workbook of yours")
    return job


def is_kept(database: Database, job: Job) -> bool:
    """Return whether the workbook that a job made can still be had."""
    with database.reading() as session:
        connection = session.connection()
        return is_result_kept(connection, job.id, since=read_clock(connection) - KEPT_S)


def free_workbooks(database: Database) -> int:
    """Delete the workbooks that are kept no longer, and return how many."""
    with database.reading() as session:
        connection = session.connection()
        ended_before = read_clock(connection) - KEPT_S
        old = find_old_results(connection, JobKind.WORKBOOK, ended_before=ended_before, most_bytes=MOST_KEPT_BYTES)
    if not old:
        return 0
    with database.writing() as session:
        return free_results(
            session.connection(), JobKind.WORKBOOK, ended_before=ended_before, most_bytes=MOST_KEPT_BYTES
        )


def _known_by(ask: WorkbookAsk) -> Mapping[str, str | int]:
    return {name: getattr(ask, name) for name in _KNOWN_BY}
