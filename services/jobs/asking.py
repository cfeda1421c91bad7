"""Asking for jobs, seeing those that one may see, stopping them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from models.database import Database, Session
from models.errors import InputError, NotFoundError, TooManyRequestsError
from models.repositories.audit import record_change
from models.repositories.jobs import asking
from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import Job, JobResult
from models.repositories.jobs.results import find_wanted, hold_asker
from models.tables.columns import to_json
from models.vocabulary import Role
from models.vocabulary_audit import Subject
from models.vocabulary_jobs import UNDERWAY, JobKind, JobState
from services.access.caller import Caller

MOST_WAITING = 50
"""Jobs of one asker that may wait or run."""
RETRY_AFTER_S = 30
SHARED_KINDS = frozenset({JobKind.PLAN, JobKind.REPLAN, JobKind.SIMULATE, JobKind.COMPARE, JobKind.STAFF})
"""Kinds that every planner sees, whoever asked."""
_UNENDED = (JobState.QUEUED, *UNDERWAY)


def request_job(
    database: Database,
    caller: Caller,
    *,
    kind: JobKind,
    question: Mapping[str, Any],
    what: str,
    inputs: Mapping[str, bytes] | None = None,
    on_added: Callable[[Session, int], None] | None = None,
    once_by: Collection[str] = (),
) -> Job:
    """Queue a job and return it.

    Parameters
    ----------
    what
        The route or command, for the audit trail.
    on_added
        Gets the number of the job, to keep something beside it in the same transaction.
    once_by
        Fields by which the question is known: where a job of the caller that waits or runs says the same in them, that
        one is returned, and none is queued, however closely the two were asked for.

    Raises
    ------
    InputError
        If the question holds what no database of ours can: a number that is none, half a character, NUL.
    TooManyRequestsError
        If too many of the caller's wait already.
    """
    _check_storable(question)
    who = caller.principal_id
    with database.writing() as session:
        connection = session.connection()
        if once_by:
            hold_asker(connection, who)
            same = find_wanted(connection, kind, principal_id=who, asked={name: question[name] for name in once_by})
            if same is not None:
                return same
        if asking.count_jobs(connection, principal_id=who, states=_UNENDED) >= MOST_WAITING:
            raise TooManyRequestsError(
                f"{MOST_WAITING} of your jobs wait or run; stop one, or ask again later", retry_after_s=RETRY_AFTER_S
            )
        now = read_clock(connection)
        job_id = asking.add_job(
            connection, kind=kind, principal_id=who, question=question, created_at=now, inputs=inputs
        )
        if on_added is not None:
            on_added(session, job_id)
        record_change(
            session,
            at=now,
            principal_id=who,
            what=what,
            subject=Subject.JOB,
            subject_id=job_id,
            after={"kind": kind.value},
        )
        return asking.get_job(connection, job_id)


def find_job(database: Database, caller: Caller, job_id: int) -> Job:
    """Return a job that a caller may see.

    Raises
    ------
    NotFoundError
        If there is none of that number, or not for this caller.
    """
    with database.reading() as session:
        job = asking.get_job(session.connection(), job_id)
    _check_sees(caller, job)
    return job


def find_jobs(
    database: Database,
    caller: Caller,
    *,
    kinds: Collection[JobKind] | None = None,
    states: Collection[JobState] | None = None,
    before: int | None = None,
    is_own: bool = False,
    limit: int = 50,
) -> list[Job]:
    """Return the jobs that a caller may see, the newest first: with a number below `before`, and only its own if so."""
    owner, shared = (caller.principal_id if is_own else None), None
    if owner is None and not caller.has():
        owner = caller.principal_id
        shared = SHARED_KINDS if caller.has(Role.PLANNER) else None
    with database.reading() as session:
        return asking.list_jobs(
            session.connection(),
            principal_id=owner,
            or_of_kinds=shared,
            kinds=kinds,
            states=states,
            before=before,
            limit=limit,
        )


def stop_job(database: Database, caller: Caller, job_id: int, *, what: str) -> Job:
    """Stop a job that a caller may see and return it: ended, or about to.

    Raises
    ------
    NotFoundError
        If there is none of that number, or not for this caller.
    ConflictError
        If it has ended already.
    """
    with database.writing() as session:
        connection = session.connection()
        before = asking.get_job(connection, job_id)
        _check_sees(caller, before)
        now = read_clock(connection)
        after = asking.request_stop(connection, job_id, now=now)
        record_change(
            session,
            at=now,
            principal_id=caller.principal_id,
            what=what,
            subject=Subject.JOB,
            subject_id=job_id,
            before={"state": before.state.value},
            after={"state": after.state.value},
        )
        return after


def find_result(database: Database, caller: Caller, job_id: int) -> JobResult:
    """Return what came of a job that a caller may see.

    Raises
    ------
    NotFoundError
        If there is no such job for this caller, or it has no result of its own.
    """
    with database.reading() as session:
        connection = session.connection()
        _check_sees(caller, asking.get_job(connection, job_id))
        return asking.get_result(connection, job_id)


def _check_sees(caller: Caller, job: Job) -> None:
    """Check that a caller may see a job: its asker, administrators, and planners what all planners see."""
    is_shared = job.kind in SHARED_KINDS and caller.has(Role.PLANNER)
    if job.principal_id != caller.principal_id and not caller.has() and not is_shared:
        raise NotFoundError(f"there is no job {job.id} of yours")


def _check_storable(question: Mapping[str, Any]) -> None:
    try:
        raw = to_json(dict(question)).encode()
    except UnicodeEncodeError:
        raise InputError.of("body", "whole characters; it holds half of a pair") from None
    except ValueError:
        raise InputError.of("body", "finite numbers") from None
    except RecursionError:
        raise InputError.of("body", "is nested too deeply") from None
    if b"\\u0000" in raw:
        raise InputError.of("body", "texts without the character NUL")
