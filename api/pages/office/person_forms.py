"""Adding somebody, and changing who somebody is: checked while it is typed, stored when it is right."""

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.conditional import check_version
from api.pages.office.frame import (
    SCRIPTS,
    STYLES,
    Admin,
    Choice,
    choices_of,
    fault_lines,
    faults_by_field,
    filled,
    tabs_of,
    write_number,
)
from api.pages.office.person import labels_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of, path_of
from api.parameters import Id, Text
from models.database import Session
from models.errors import NotFoundError
from models.repositories.office_pages import get_agent
from services.office_editing import find_agent, version_of
from services.upserting import RowsRefusedError, check_rows, upsert_rows

router = APIRouter()
FORM = "person"
Several = Annotated[list[str], Form(max_length=500)]
One = Annotated[str, Form(max_length=2000)]
Entered = Mapping[str, Any]


def read_person(
    id: Annotated[Text, Form()] = "",
    name: One = "",
    team: One = "",
    swing_teams: Several = [],  # noqa: B006 - FastAPI copies it
    clients: Several = [],  # noqa: B006
    max_moves: One = "",
    min_stay_minutes: One = "",
    valid_from: One = "",
    valid_to: One = "",
) -> Entered:
    """Return what was filled in of a person."""
    return filled(
        id=id,
        name=name,
        team=team,
        swing_teams=swing_teams,
        clients=clients,
        max_moves=max_moves,
        min_stay_minutes=min_stay_minutes,
        valid_from=valid_from,
        valid_to=valid_to,
    )


Person = Annotated[Entered, Depends(read_person)]


@router.get("/office/people/new")
def show_new(request: Request, _caller: Admin) -> HTMLResponse:
    """Show an empty form."""
    return _show(request, {}, is_new=True)


@router.post("/office/people/new")
def post_new(request: Request, caller: Admin, entered: Person) -> Response:
    """Store somebody new."""
    texts = texts_for(request)
    taken = _taken(request, entered)
    if taken:
        return _show(request, entered, is_new=True, faults=taken, status=422)
    try:
        _store(request, caller.principal_id, entered)
    except RowsRefusedError as error:
        return _show(
            request, entered, is_new=True, faults=faults_by_field(error.errors, texts, labels_of(texts)), status=422
        )
    said = texts.gettext("%(name)s is here now. What can they do?", name=entered.get("name", entered["id"]))
    return lead_to(request, path_of("office", "people", str(entered["id"])), said=said)


@router.post("/office/people/check")
def check(request: Request, _caller: Admin, entered: Person, known: One = "") -> Response:
    """Say what is wrong with a form so far; nothing is stored."""
    errors = check_rows(database_of(request), request.app.state.settings, "agents", [entered])
    texts = texts_for(request)
    faults = dict(faults_by_field(errors, texts, labels_of(texts)))
    if not known:
        faults |= _taken(request, entered)
    lines = fault_lines(faults, labels_of(texts), form=FORM)
    return render(request, "office/checked.html", texts=texts, fault_lines=lines)


@router.get("/office/people/{agent_id}/edit")
def show_edit(request: Request, agent_id: Id, _caller: Admin) -> HTMLResponse:
    """Show the form of somebody."""
    agent = find_agent(database_of(request), agent_id)
    entered = {
        "id": agent["id"],
        "name": agent["name"],
        "team": agent["team_id"],
        "swing_teams": agent["swing_teams"],
        "clients": agent["clients"],
        "max_moves": agent["max_moves"],
        "min_stay_minutes": write_number(agent["min_stay_minutes"]),
        "valid_from": agent["valid_from"],
        "valid_to": agent["valid_to"],
    }
    return _show(request, entered, is_new=False, version=version_of(agent))


@router.post("/office/people/{agent_id}/edit")
def post_edit(
    request: Request,
    agent_id: Id,
    caller: Admin,
    entered: Person,
    version: One,
) -> Response:
    """Store who somebody is, unless somebody else was faster."""
    row = {**entered, "id": agent_id}

    def check_unchanged(session: Session) -> None:
        check_version(f'"{version}"', version_of(get_agent(session.connection(), agent_id)))

    find_agent(database_of(request), agent_id)
    try:
        _store(request, caller.principal_id, row, before=check_unchanged)
    except RowsRefusedError as error:
        faults = faults_by_field(error.errors, texts_for(request), labels_of(texts_for(request)))
        return _show(request, row, is_new=False, faults=faults, version=version, status=422)
    return lead_to(request, path_of("office", "people", agent_id), said=texts_for(request).gettext("Saved."))


def _store(request: Request, who: str, row: Entered, **options: Any) -> None:
    upsert_rows(
        database_of(request),
        request.app.state.settings,
        "agents",
        [row],
        now=int(time.time()),
        principal_id=who,
        **options,
    )


def _taken(request: Request, entered: Entered) -> Mapping[str, str]:
    """Return the fault of the id of somebody new: that somebody has it already; none where nobody has."""
    try:
        find_agent(database_of(request), str(entered.get("id", "")))
    except NotFoundError:
        return {}
    told = texts_for(request).gettext("There is somebody of that id already; choose another, or change that one.")
    return {"id": told}


def _show(
    request: Request,
    entered: Entered,
    *,
    is_new: bool,
    faults: Mapping[str, str] | None = None,
    version: str = "",
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    labels = labels_of(texts)
    lines: Sequence[tuple[str, str]] = fault_lines(faults or {}, labels, form=FORM)
    teams, clients = choices_of(request, "teams"), choices_of(request, "clients")
    offered = {one.id for one in clients}
    # Clients beyond those that are offered stay ticked: what the form does not send is taken away.
    clients += [Choice(id=one, name=one) for one in entered.get("clients") or () if one not in offered]
    return render(
        request,
        "office/person-form.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/people"),
        is_new=is_new,
        entered=Blank({name: value for name, value in entered.items() if value is not None}),
        path="/office/people/new" if is_new else path_of("office", "people", str(entered["id"]), "edit"),
        back="/office/people" if is_new else path_of("office", "people", str(entered["id"])),
        labels=labels,
        faults=Blank(faults or {}),
        fault_lines=lines,
        version=version,
        teams=teams,
        team_options=[("", texts.gettext("Choose")), *((one.id, one.name) for one in teams)],
        clients=clients,
    )
