"""Shifts and absences of one person: added by form, taken away after asking once."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from api.language.texts import Texts
from api.pages.office.frame import Admin, faults_by_field, filled
from api.pages.office.person import labels_of, show, word_shift
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, path_of, what_of
from api.parameters import Id
from models.repositories.office_pages import list_shifts
from models.time import LAST_INSTANT, from_wall_clock
from services.instants import find_office_zone
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
    database, texts = database_of(request), texts_for(request)
    find_agent(database, agent_id)
    if entered.get("start") and entered.get("start") == entered.get("end"):
        told = texts.gettext("another time than the one it begins at; an earlier one is of the next day")
        return show(request, agent_id, faults={"end": told}, form="shift", entered=entered, status=422)
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
            faults=faults_by_field(error.errors, texts, labels_of(texts)),
            form="shift",
            entered=entered,
            status=422,
        )
    return _back(request, agent_id, _told_of(request, agent_id, entered, texts), part="shifts")


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
    return _back(request, agent_id, texts_for(request).gettext("Shift removed."), part="shifts")


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
        faults = faults_by_field(error.errors, texts_for(request), labels_of(texts_for(request)))
        return show(request, agent_id, faults=faults, form="absence", entered=entered, status=422)
    said = texts_for(request).gettext("Absence saved; the next plan does without.")
    return _back(request, agent_id, said, part="absences")


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
    return _back(request, agent_id, texts_for(request).gettext("Absence removed."), part="absences")


def _told_of(request: Request, agent_id: str, entered: Mapping[str, object], texts: Texts) -> str:
    """Return when the shift is that was just stored: a change of the clocks, or midnight, may make it another."""
    zone = find_office_zone(database_of(request), request.app.state.settings)
    try:
        begins = datetime.fromisoformat(f"{entered['date']}T{entered['start']}")
    except ValueError:  # the office takes other ways to write it than browsers do
        return texts.gettext("Shift saved.")
    starts_at = from_wall_clock(begins.date(), begins.time(), zone)
    with database_of(request).reading() as session:
        stored = list_shifts(session.connection(), start=starts_at, end=starts_at + 1, agent=agent_id, limit=1)
    if not stored:
        return texts.gettext("Shift saved.")
    first, last = word_shift(stored[0]["starts_at"], stored[0]["ends_at"], texts)
    return texts.gettext(
        "Shift saved: %(day)s from %(start)s to %(end)s, %(length)s.",
        day=texts.day(stored[0]["starts_at"]),
        start=first,
        end=last,
        length=texts.duration(stored[0]["ends_at"] - stored[0]["starts_at"]),
    )


def _back(request: Request, agent_id: str, said: str, *, part: str) -> Response:
    return lead_to(request, f"{path_of('office', 'people', agent_id)}#{part}", said=said)
