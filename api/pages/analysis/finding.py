"""The made report that a request is about; whoever sees people by name in it leaves a trace each time."""

import time

from fastapi import Request

from api.access import Caller
from api.pages.analysis.asking import Asked
from api.pages.serving import database_of, what_of
from models.errors import ConflictError
from models.repositories.jobs.records import Job
from services.reporting.archive import MadeReport
from services.reporting.idle_teams import find_idle_teams
from services.reporting.leave import note_look
from services.reporting.made import find_last, find_made, read_made
from services.reporting.question import ReportQuestion


def find_job_of(request: Request, caller: Caller, asked: Asked) -> Job | None:
    """Return the job that makes or has made what is asked; None where none is fresh."""
    return find_made(database_of(request), caller, asked.ask(caller), now=int(time.time()))


def read_report(request: Request, caller: Caller, asked: Asked, job: Job) -> MadeReport:
    """Return what a job has made."""
    database = database_of(request)
    if asked.shows_names:
        teams = asked.ask(caller).teams or ()
        idle = find_idle_teams(database, teams)
        question = ReportQuestion(
            settings=request.app.state.settings,
            now=int(time.time()),
            start=asked.since or None,
            end=asked.until or None,
            teams=tuple(team for team in teams if team not in idle),
            options=asked.options,
            principal_id=caller.principal_id,
            what=what_of(request),
        )
        note_look(question, asked.name)
    return read_made(database, caller, job)


def read_last(request: Request, caller: Caller, asked: Asked) -> MadeReport | None:
    """Return what is asked as it was made last, however long ago, as a page that is read for long leads to it.

    None where it never was.
    """
    job = find_last(database_of(request), caller, asked.ask(caller))
    return None if job is None else read_report(request, caller, asked, job)


def need_report(request: Request, caller: Caller, asked: Asked) -> MadeReport:
    """Return what is asked as it was made last.

    Raises
    ------
    ConflictError
        If it was never made.
    """
    return read_report(request, caller, asked, need_job(request, caller, asked))


def need_job(request: Request, caller: Caller, asked: Asked) -> Job:
    """Return the job that made what is asked last.

    Raises
    ------
    ConflictError
        If it was never made.
    """
    job = find_last(database_of(request), caller, asked.ask(caller))
    if job is None:
        raise ConflictError("this report was not made yet: open its page first, which makes it")
    return job
