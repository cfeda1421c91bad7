"""Workbooks of large tables: made as jobs, found again while they are kept, and freed.

A small one is written while its asker waits. A large one would hold a thread of the server and its interpreter, and
with it everybody else, for seconds.
"""

from collections.abc import Iterable

from models.database import Database
from models.errors import NotFoundError
from models.repositories.jobs.asking import get_result
from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import Job, JobResult
from models.repositories.jobs.results import find_old_results, free_results, list_kept
from models.time import SECONDS_PER_DAY
from models.vocabulary_jobs import UNDERWAY, JobKind, JobState
from services.access.caller import Caller
from services.jobs.asking import find_job, find_jobs, request_job
from services.jobs.questions import WorkbookAsk, question_of

MOST_ROWS_AT_ONCE = 5_000
"""Rows of a report, or tasks of a plan, that are written while their asker waits: half a second of a processor at most.
A row takes some 40 microseconds, a task 95: it stands on two sheets."""
KEPT_S = SECONDS_PER_DAY
"""How long a workbook that was made is kept: for whoever comes back to it on the same day. It can be made again."""
MOST_KEPT_BYTES = 256 * 1024**2
"""What all that are kept may take of the database; one of 50,000 tasks takes some ten. The oldest go first."""
_WANTED = (JobState.QUEUED, *UNDERWAY)


def find_workbook(database: Database, ask: WorkbookAsk) -> JobResult | None:
    """Return a workbook that was made and is kept, whoever asked for it; None where there is none.

    Whoever asks has been found to see what it is made of.
    """
    with database.reading() as session:
        connection = session.connection()
        kept = list_kept(connection, JobKind.WORKBOOK, since=read_clock(connection) - KEPT_S)
        job = _find_same(kept, ask)
        return None if job is None else get_result(connection, job.id)


def find_under_way(database: Database, caller: Caller, ask: WorkbookAsk) -> Job | None:
    """Return the caller's job that makes a workbook; None where there is none."""
    own = find_jobs(database, caller, kinds=(JobKind.WORKBOOK,), states=_WANTED, is_own=True)
    wanted = [job for job in own if job.state is not JobState.CANCELLING]
    return _find_same(wanted, ask)


def ask_for_workbook(database: Database, caller: Caller, ask: WorkbookAsk, *, what: str) -> Job:
    """Return the job that makes a workbook for a caller: one that is under way, else a new one.

    Raises
    ------
    TooManyRequestsError
        If too many of the caller's wait already.
    """
    found = find_under_way(database, caller, ask)
    if found is not None:
        return found
    return request_job(database, caller, kind=JobKind.WORKBOOK, question=question_of(ask), what=what)


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
        kept = list_kept(connection, JobKind.WORKBOOK, since=read_clock(connection) - KEPT_S)
    return any(one.id == job.id for one in kept)


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


def _find_same(jobs: Iterable[Job], ask: WorkbookAsk) -> Job | None:
    return next((job for job in jobs if (job.question.get("of"), job.question.get("id")) == (ask.of, ask.id)), None)
