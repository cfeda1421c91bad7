"""Shifts and absences of one person: added by form, taken away after asking once."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from api.pages.office.frame import Admin, faults_by_field, filled
from api.pages.office.person import show
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, path_of, what_of
from api.parameters import Id
from models.time import LAST_INSTANT
from services.office_editing import add_absence, find_agent, remove_absence, remove_shift
from services.upserting import RowsRefusedError, upsert_rows

router = APIRouter()
One = Annotated[str, Form(max_length=2000)]
StartsAt = Annotated[int, Path(ge=0, le=LAST_INSTANT)]


@router.post("/office/people/{agent_id}/shifts")
def post_shift(
    request: Request, agent_id: Id, caller: Admin, date: One = "", start: One = "", end: One = "", breaks: One = ""
) -> Response:
    """Put a shift on somebody's roster; one that starts at the same time is replaced."""
    entered = filled(date=date, start=start, end=end, breaks=breaks)
    database = database_of(request)
    find_agent(database, agent_id)
    try:
        upsert_rows(
            database,
            request.app.state.settings,
            "shifts",
            [{**entered, "agent": agent_id}],
            now=int(time.time()),
            principal_id=caller.principal_id,
        )
    except RowsRefusedError as error:
        return show(
            request,
            agent_id,
            faults=faults_by_field(error.errors, texts_for(request)),
            form="shift",
            entered=entered,
            status=422,
        )
    return _back(request, agent_id, texts_for(request).gettext("Shift saved."))


@router.post("/office/people/{agent_id}/shifts/{starts_at}/remove")
def drop_shift(request: Request, agent_id: Id, starts_at: StartsAt, caller: Admin) -> Response:
    """Take a shift off the roster."""
    remove_shift(
        database_of(request),
        agent_id,
        starts_at,
        now=int(time.time()),
        principal_id=caller.principal_id,
        what=what_of(request),
    )
    return _back(request, agent_id, texts_for(request).gettext("Shift removed."))


@router.post("/office/people/{agent_id}/absences")
def post_absence(
    request: Request,
    agent_id: Id,
    caller: Admin,
    start: One = "",
    start_clock: One = "",
    end: One = "",
    end_clock: One = "",
    reason: One = "",
) -> Response:
    """Note that somebody is away: whole days, or from and until a time."""
    entered = filled(start=start, start_clock=start_clock, end=end, end_clock=end_clock, reason=reason)
    row = filled(start=f"{start} {start_clock}", end=f"{end} {end_clock}", reason=reason)
    try:
        add_absence(
            database_of(request),
            request.app.state.settings,
            agent_id,
            row,
            now=int(time.time()),
            principal_id=caller.principal_id,
        )
    except RowsRefusedError as error:
        faults = faults_by_field(error.errors, texts_for(request))
        return show(request, agent_id, faults=faults, form="absence", entered=entered, status=422)
    return _back(request, agent_id, texts_for(request).gettext("Absence saved; the next plan does without."))


@router.post("/office/people/{agent_id}/absences/{starts_at}/remove")
def drop_absence(request: Request, agent_id: Id, starts_at: StartsAt, caller: Admin) -> Response:
    """Forget an absence."""
    remove_absence(
        database_of(request),
        agent_id,
        starts_at,
        now=int(time.time()),
        principal_id=caller.principal_id,
        what=what_of(request),
        check=lambda _version: None,  # it is named by when it starts, and what is left of it is nothing
    )
    return _back(request, agent_id, texts_for(request).gettext("Absence removed."))


def _back(request: Request, agent_id: str, said: str) -> Response:
    return lead_to(request, path_of("office", "people", agent_id), said=said)
