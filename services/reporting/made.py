"""Reports that are kept for pages: found by their question while they are fresh, else asked for as a job."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.database import Database
from models.repositories.jobs.records import Job
from models.repositories.office_pages import list_tasks
from models.vocabulary import TaskState
from models.vocabulary_jobs import JobKind, JobState
from services.access.caller import Caller
from services.jobs.asking import find_jobs, find_result, request_job
from services.jobs.questions import ReportAsk, question_of
from services.reporting.archive import MadeReport, unpack_report

FRESH_S = 900
"""For how long a report that was made answers the same question again."""
MOST_LOOKED_THROUGH = 200
_WANTED = (JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What a report says first, and when it was made."""

    text: str
    made_at: int


def page_question(ask: ReportAsk) -> Mapping[str, Any]:
    """Return what a job's row keeps of a question for a page: the same for the same question."""
    given = question_of(ask.model_copy(update={"form": "page"}))
    return {**{name: value for name, value in given.items() if value not in (None, [], {})}, "form": "page"}


def find_made(database: Database, caller: Caller, ask: ReportAsk, *, now: int) -> Job | None:
    """Return the caller's newest job with this question that is under way or fresh; None where there is none."""
    wanted = page_question(ask)
    return next((job for job in _own(database, caller) if dict(job.question) == wanted and _is_good(job, now)), None)


def ask_for_page(database: Database, caller: Caller, ask: ReportAsk, *, what: str) -> Job:
    """Queue a report for a page and return the job.

    Raises
    ------
    TooManyRequestsError
        If too many of the caller's wait already.
    """
    return request_job(database, caller, kind=JobKind.REPORT, question=page_question(ask), what=what)


def read_made(database: Database, caller: Caller, job: Job) -> MadeReport:
    """Return what came of a job.

    Raises
    ------
    NotFoundError
        If nothing did, or it is not for this caller.
    """
    return unpack_report(find_result(database, caller, job.id).body)


def find_headlines(database: Database, caller: Caller, asks: Iterable[ReportAsk]) -> Mapping[str, Headline]:
    """Return what the caller's newest reports with these questions say first, by report."""
    wanted = {ask.report: page_question(ask) for ask in asks}
    found: dict[str, Headline] = {}
    for job in _own(database, caller):
        name = str(job.question.get("report", ""))
        text = (job.result_ref or {}).get("headline")
        if name not in found and text and job.ended_at is not None and dict(job.question) == wanted.get(name):
            found[name] = Headline(text=str(text), made_at=job.ended_at)
    return found


def find_in_hand(database: Database, caller: Caller, asks: Iterable[ReportAsk]) -> Mapping[str, Job]:
    """Return the caller's jobs that make the reports with these questions now, by report."""
    wanted = {ask.report: page_question(ask) for ask in asks}
    pending = [job for job in _own(database, caller) if not job.is_ended]
    return {
        name: job for job in pending if dict(job.question) == wanted.get(name := str(job.question.get("report", "")))
    }


def find_last(database: Database, caller: Caller, ask: ReportAsk) -> Job | None:
    """Return the caller's newest job with this question that is done, however long ago; None where there is none."""
    wanted = page_question(ask)
    done = (job for job in _own(database, caller) if job.state is JobState.DONE)
    return next((job for job in done if dict(job.question) == wanted), None)


def has_history(database: Database) -> bool:
    """Return whether anything was ever done, so that there is something to report on."""
    with database.reading() as session:
        return bool(list_tasks(session.connection(), state=TaskState.CLOSED, limit=1))


def _own(database: Database, caller: Caller) -> Iterable[Job]:
    return find_jobs(database, caller, kinds=[JobKind.REPORT], states=_WANTED, is_own=True, limit=MOST_LOOKED_THROUGH)


def _is_good(job: Job, now: int) -> bool:
    return job.ended_at is None or now - job.ended_at <= FRESH_S
