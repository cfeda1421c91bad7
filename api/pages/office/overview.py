"""`/office`: what is stored of the office, or, in an empty database, how to begin."""

import time
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.access import Caller
from api.pages.office.frame import SCRIPTS, STYLES, Admin, tabs_of, word_import
from api.pages.rendering import render, texts_for
from api.pages.serving import database_of
from models.repositories.access.principals import list_principals
from models.repositories.imports import list_batches
from models.repositories.known import read_office_calendar
from models.repositories.office_pages import count_office
from models.repositories.published import list_publications
from models.repositories.task_counts import count_open_tasks
from models.vocabulary import PrincipalKind
from models.vocabulary_jobs import JobKind, JobState
from services.jobs.asking import find_jobs

router = APIRouter()
LAST_IMPORTS = 5
PLANNING = (JobKind.PLAN, JobKind.REPLAN)


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """What whoever has just begun does next.

    Attributes
    ----------
    job_id
        The first plan, while it is being made.
    plan_id, begins
        Of the plans that are in force or to come, the one that was shown last, and from when it is; epoch second.
    was_shown
        Whether any plan was shown, even if it is over.
    is_alone
        Whether nobody else has an account.
    """

    job_id: int | None
    plan_id: int | None
    begins: int | None
    was_shown: bool
    is_alone: bool


@router.get("/office")
def show_office(request: Request, caller: Admin) -> HTMLResponse:
    """Show what is stored, or how to begin where nothing is."""
    texts = texts_for(request)
    with database_of(request).reading() as session:
        counts = count_office(session.connection())
        if not counts["agents"]:
            return render(request, "office/first-start.html", texts=texts, styles=STYLES, scripts=SCRIPTS)
        calendar = read_office_calendar(session, timezone=request.app.state.settings.timezone)
        imports = list_batches(session, limit=LAST_IMPORTS)
        num_open = count_open_tasks(session.connection())
        return render(
            request,
            "office/overview.html",
            texts=texts,
            styles=STYLES,
            scripts=SCRIPTS,
            tabs=tabs_of(texts, "/office"),
            counts=counts,
            num_open=num_open,
            steps=_find_steps(request, caller),
            zone=calendar.zone.key,
            imports=[
                (one.imported_at, word_import(texts, one.kind), one.source, one.principal_id or "–") for one in imports
            ],
        )


def _find_steps(request: Request, caller: Caller) -> NextSteps | None:
    """Return what is to be done next in an office that nobody works with yet; None where somebody does."""
    database = database_of(request)
    with database.reading() as session:
        is_alone = not any(
            one.kind is PrincipalKind.PERSON and one.disabled_at is None and one.id != caller.principal_id and one.roles
            for one in list_principals(session)
        )
        shown = list_publications(session.connection())
    if shown and not is_alone:
        return None
    going = find_jobs(database, caller, kinds=PLANNING, states=(JobState.QUEUED, JobState.RUNNING), limit=1)
    now = int(time.time())
    lasting = next((one for one in shown if one.carry_over_at > now), None)
    return NextSteps(
        job_id=going[0].id if going and not shown else None,
        plan_id=None if lasting is None else lasting.plan_id,
        begins=None if lasting is None else lasting.planned_from,
        was_shown=bool(shown),
        is_alone=is_alone,
    )
