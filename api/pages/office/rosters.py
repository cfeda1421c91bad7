"""Shifts and absences of one person: added by form, taken away after asking once."""

import time
from collections.abc import Mapping
from datetime import date as calendar_day
from datetime import time as clock_time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from api.language.texts import Texts
from api.pages.office.frame import Admin, faults_by_field, filled
from api.pages.office.person import labels_of, show, word_shift
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, path_of, what_of
from api.parameters import Id
from models.formats.offices.cell_times import infer_date_order, parse_clock, parse_wall_clock
from models.formats.sheets.grids import clean_text
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
    first, last = _clock_of(entered, "start"), _clock_of(entered, "end")
    if first is not None and first == last:
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
    day, clock = _day_of(entered, "date"), _clock_of(entered, "start")
    if day is None or clock is None:
        return texts.gettext("Shift saved.")
    starts_at = from_wall_clock(day, clock, zone)
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


def _clock_of(entered: Mapping[str, object], name: str) -> clock_time | None:
    """Return the time that a field says, however it is written; None where it says none, which the office tells."""
    try:
        return parse_clock(clean_text(str(entered.get(name, ""))) or "")
    except ValueError:
        return None


def _day_of(entered: Mapping[str, object], name: str) -> calendar_day | None:
    """Return the day that a field says, however it is written; None where it says none."""
    text = clean_text(str(entered.get(name, ""))) or ""
    try:
        return parse_wall_clock(text, infer_date_order([text])).day
    except ValueError:
        return None


def _back(request: Request, agent_id: str, said: str, *, part: str) -> Response:
    return lead_to(request, f"{path_of('office', 'people', agent_id)}#{part}", said=said)
