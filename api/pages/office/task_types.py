"""Task types: whose they are, what they take and want, from which day on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.language.texts import Texts
from api.pages.office.frame import (
    SCRIPTS,
    STYLES,
    Admin,
    choices_of,
    fault_lines,
    faults_by_field,
    filled,
    tabs_of,
    write_number,
)
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of, path_of
from api.parameters import Id, Text
from models.errors import NotFoundError
from models.repositories.office_pages import list_task_types
from services.upserting import RowsRefusedError, check_rows, upsert_rows

router = APIRouter()
FORM = "type"
MOST = 2000
KEPT = (
    "min_level",
    "handling_minutes",
    "sla_minutes",
    "weight",
    "is_estimated",
    "is_sla_estimated",
    "pending_stops_clock",
)
"""What the form begins with, of what holds today."""
One = Annotated[str, Form(max_length=2000)]
Entered = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TypeLine:
    """A task type in the list, by the standard that holds today."""

    href: str
    id: str
    name: str
    team: str
    skill: str
    min_level: int
    handling_minutes: float
    sla_minutes: float | None
    weight: float
    is_estimated: bool


def read_type(
    id: Annotated[Text, Form()] = "",
    name: One = "",
    team: One = "",
    skill: One = "",
    min_level: One = "",
    handling_minutes: One = "",
    also_requires: One = "",
    sla_minutes: One = "",
    weight: One = "",
    is_estimated: One = "",
    is_sla_estimated: One = "",
    pending_stops_clock: One = "",
    valid_from: One = "",
) -> Entered:
    """Return what was filled in of a task type."""
    return filled(
        id=id,
        name=name,
        team=team,
        skill=skill,
        min_level=min_level,
        handling_minutes=handling_minutes,
        also_requires=also_requires,
        sla_minutes=sla_minutes,
        weight=weight,
        is_estimated=is_estimated,
        is_sla_estimated=is_sla_estimated,
        pending_stops_clock=pending_stops_clock,
        valid_from=valid_from,
    )


Filled = Annotated[Entered, Depends(read_type)]


@router.get("/office/task-types")
def list_types(request: Request, _caller: Admin) -> HTMLResponse:
    """Show the task types."""
    texts = texts_for(request)
    with database_of(request).reading() as session:
        found = list_task_types(session.connection(), limit=MOST)
    teams = {one.id: one.name for one in choices_of(request, "teams")}
    skills = {one.id: one.name for one in choices_of(request, "skills")}
    lines = [_line(row, teams, skills, texts.today) for row in found if row["standards"]]
    return render(
        request,
        "office/task-types.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/task-types"),
        lines=lines,
    )


@router.get("/office/task-types/new")
def show_new(request: Request, _caller: Admin) -> HTMLResponse:
    """Show an empty form."""
    return _show(request, {}, known=None)


@router.post("/office/task-types/new")
def post_new(request: Request, caller: Admin, entered: Filled) -> Response:
    """Store a new task type."""
    try:
        _find(request, str(entered.get("id", "")))
    except NotFoundError:
        return _save(request, caller.principal_id, entered, known=None)
    told = texts_for(request).gettext("There is a task type of that id already; choose another, or change that one.")
    return _show(request, entered, known=None, faults={"id": told}, status=422)


@router.post("/office/task-types/check")
def check(request: Request, _caller: Admin, entered: Filled) -> Response:
    """Say what is wrong with a form so far; nothing is stored."""
    errors = check_rows(database_of(request), request.app.state.settings, "task_types", [entered])
    texts = texts_for(request)
    lines = fault_lines(faults_by_field(errors, texts, _labels(texts)), _labels(texts), form=FORM)
    return render(request, "office/checked.html", texts=texts, fault_lines=lines)


@router.get("/office/task-types/{type_id}")
def show_type(request: Request, type_id: Id, _caller: Admin) -> HTMLResponse:
    """Show a task type: what it takes and took, and a form for what it takes from a day on."""
    found = _find(request, type_id)
    now = _current(found, texts_for(request).today)
    names = {"team": "team_id", "skill": "skill_id"}
    entered = {
        "id": found["id"],
        "name": found["name"],
        **{name: now[column] for name, column in names.items()},
        **{name: write_number(now[name]) if isinstance(now[name], float) else now[name] for name in KEPT},
        "also_requires": "; ".join(f"{skill}:{level}" for skill, level in (now["also_requires"] or {}).items()),
    }
    return _show(request, entered, known=found)


@router.post("/office/task-types/{type_id}")
def post_type(request: Request, type_id: Id, caller: Admin, entered: Filled) -> Response:
    """Store what a task type takes from a day on; where no day is given, what it has always taken is replaced."""
    return _save(request, caller.principal_id, {**entered, "id": type_id}, known=_find(request, type_id))


def _save(request: Request, who: str, row: Entered, *, known: Mapping[str, Any] | None) -> Response:
    try:
        upsert_rows(
            database_of(request),
            request.app.state.settings,
            "task_types",
            [row],
            now=int(time.time()),
            principal_id=who,
        )
    except RowsRefusedError as error:
        return _show(
            request,
            row,
            known=known,
            faults=faults_by_field(error.errors, texts_for(request), _labels(texts_for(request))),
            status=422,
        )
    said = texts_for(request).gettext("Saved: %(name)s.", name=row.get("name", row["id"]))
    return lead_to(request, path_of("office", "task-types", str(row["id"])), said=said)


def _show(
    request: Request,
    entered: Entered,
    *,
    known: Mapping[str, Any] | None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    labels = _labels(texts)
    return render(
        request,
        "office/task-type.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/task-types"),
        known=known,
        standards=[] if known is None else known["standards"],
        path="/office/task-types/new" if known is None else path_of("office", "task-types", known["id"]),
        entered=Blank({name: value for name, value in entered.items() if value is not None}),
        labels=labels,
        faults=Blank(faults or {}),
        fault_lines=fault_lines(faults or {}, labels, form=FORM),
        teams=[("", texts.gettext("Choose")), *((one.id, one.name) for one in choices_of(request, "teams"))],
        skills=[("", texts.gettext("Choose")), *((one.id, one.name) for one in choices_of(request, "skills"))],
    )


def _labels(texts: Texts) -> Mapping[str, str]:
    return {
        "id": texts.gettext("Id"),
        "name": texts.gettext("Name"),
        "team": texts.gettext("Team that owns it"),
        "skill": texts.gettext("Skill it wants"),
        "min_level": texts.gettext("Least level"),
        "handling_minutes": texts.gettext("Standard minutes"),
        "also_requires": texts.gettext("Also wanted"),
        "sla_minutes": texts.gettext("Due within, minutes of open office"),
        "weight": texts.gettext("Weight"),
        "valid_from": texts.gettext("From which day on"),
    }


def _find(request: Request, type_id: str) -> Mapping[str, Any]:
    with database_of(request).reading() as session:
        found = next(iter(list_task_types(session.connection(), only=type_id, limit=1)), None)
    if found is None or not found["standards"]:
        raise NotFoundError(f"there is no task type {type_id!r}")
    return found


def _current(row: Mapping[str, Any], today: date) -> Mapping[str, Any]:
    """Return the standard that holds today; the first where none does yet."""
    begun = [one for one in row["standards"] if one["valid_from"] is None or one["valid_from"] <= today]
    held: Mapping[str, Any] = begun[-1] if begun else row["standards"][0]
    return held


def _line(row: Mapping[str, Any], teams: Mapping[str, str], skills: Mapping[str, str], today: date) -> TypeLine:
    now = _current(row, today)
    return TypeLine(
        href=path_of("office", "task-types", row["id"]),
        id=row["id"],
        name=row["name"] or row["id"],
        team=teams.get(now["team_id"], now["team_id"]),
        skill=skills.get(now["skill_id"], now["skill_id"]),
        min_level=now["min_level"],
        handling_minutes=now["handling_minutes"],
        sla_minutes=now["sla_minutes"],
        weight=now["weight"],
        is_estimated=now["is_estimated"],
    )
