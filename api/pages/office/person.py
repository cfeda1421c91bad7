"""One person: team, skills, shifts and absences, each edited where it stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.conditional import check_version
from api.language.texts import Texts
from api.pages.office.frame import SCRIPTS, STYLES, Admin, choices_of, fault_lines, faults_by_field, tabs_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of, path_of
from api.parameters import Id
from models.repositories import office_pages
from models.time import SECONDS_PER_DAY, from_wall_clock
from models.vocabulary import BlockKind
from services.access.principals import read_principals
from services.instants import find_office_zone
from services.office_editing import find_agent, set_skills, version_of
from services.upserting import RowsRefusedError

router = APIRouter()
DAYS_SHOWN = 14
ABSENCES_SHOWN = timedelta(days=90)
MOST_ROWS = 200
BLOCK_WORDS: Mapping[BlockKind, Callable[[Texts], str]] = {
    BlockKind.LUNCH: lambda texts: texts.pgettext("shift", "lunch"),
    BlockKind.BREAK: lambda texts: texts.pgettext("shift", "break"),
    BlockKind.MEETING: lambda texts: texts.pgettext("shift", "meeting"),
    BlockKind.TRAINING: lambda texts: texts.pgettext("shift", "training"),
    BlockKind.PHONE_DUTY: lambda texts: texts.pgettext("shift", "phone duty"),
}
"""What people do in a part of a shift in which no tasks are done."""
Several = Annotated[list[str], Form(max_length=500)]
One = Annotated[str, Form(max_length=2000)]
Written = tuple[str, str, str]
"""A skill with its level and speed, as somebody wrote them."""


@dataclass(frozen=True, kw_only=True)
class SkillLine:
    """What somebody can do for good; a level that is no number is none any more."""

    id: str
    name: str
    level: int | str
    speed: float | str
    valid_from: str


@dataclass(frozen=True, kw_only=True)
class SpanLine:
    """A shift or an absence."""

    starts_at: int
    ends_at: int
    told: str


@router.get("/office/people/{agent_id}")
def show_person(request: Request, agent_id: Id, _caller: Admin) -> HTMLResponse:
    """Show somebody."""
    return show(request, agent_id)


def show(
    request: Request,
    agent_id: str,
    *,
    faults: Mapping[str, str] | None = None,
    form: str = "",
    entered: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page of somebody, with what is wrong with one of its forms and what was entered there."""
    texts, database = texts_for(request), database_of(request)
    agent = find_agent(database, agent_id)
    today = from_wall_clock(texts.today, clock_time(0), find_office_zone(database, request.app.state.settings))
    with database.reading() as session:
        connection = session.connection()
        shifts = office_pages.list_shifts(
            connection, start=today, end=today + DAYS_SHOWN * SECONDS_PER_DAY, agent=agent_id, limit=MOST_ROWS
        )
        absences = office_pages.list_absences(
            connection,
            start=today - SECONDS_PER_DAY,
            end=today + int(ABSENCES_SHOWN.total_seconds()),
            agent=agent_id,
            limit=MOST_ROWS,
        )
    labels = labels_of(texts)
    written = (entered or {}).get("skills") or ()
    return render(
        request,
        "office/person.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/people"),
        agent=agent,
        path=path_of("office", "people", agent_id),
        version=version_of(agent),
        team=_name_in(request, "teams", agent["team_id"]),
        swing=[_name_in(request, "teams", one) for one in agent["swing_teams"]],
        clients=[_name_in(request, "clients", one) for one in agent["clients"]],
        skills=_skills(request, agent, written),
        another=_another(agent, written),
        all_skills=choices_of(request, "skills"),
        shifts=[_shift(row, texts) for row in shifts],
        absences=[
            SpanLine(starts_at=row["starts_at"], ends_at=row["ends_at"], told=row["reason"] or "") for row in absences
        ],
        account=next((one.id for one in read_principals(database) if one.agent_id == agent_id), None),
        now=int(time.time()),
        faults=Blank(faults or {}),
        form=form,
        fault_lines=fault_lines(faults or {}, labels, form=form),
        entered=Blank(entered or {}),
    )


@router.post("/office/people/{agent_id}/skills")
def post_skills(
    request: Request,
    agent_id: Id,
    caller: Admin,
    version: One,
    skill: Several,
    level: Several,
    speed: Several,
    valid_from: Several,
) -> Response:
    """Replace what somebody can do for good by the rows that have a skill and a level."""
    rows = [
        {name: value for name, value in zip(("skill", "level", "speed", "valid_from"), row, strict=True) if value}
        for row in zip(skill, level, speed, valid_from, strict=False)
        if row[0] and row[1]
    ]
    texts = texts_for(request)
    entered = {"skills": list(zip(skill, level, speed, strict=False))}
    if not rows:
        told = texts.gettext("Somebody who works here can do something: keep at least one skill.")
        return show(request, agent_id, faults={"": told}, form="skills", entered=entered, status=422)
    try:
        set_skills(
            database_of(request),
            request.app.state.settings,
            agent_id,
            rows,
            now=int(time.time()),
            principal_id=caller.principal_id,
            check=lambda stored: check_version(f'"{version}"', stored),
        )
    except RowsRefusedError as error:
        faults = faults_by_field(error.errors, texts_for(request))
        return show(request, agent_id, faults=faults, form="skills", entered=entered, status=422)
    return lead_to(request, path_of("office", "people", agent_id), said=texts.gettext("Skills saved."))


def labels_of(texts: Texts) -> Mapping[str, str]:
    """Return what the fields of a person, a shift and an absence are called."""
    return {
        "id": texts.gettext("Id"),
        "name": texts.gettext("Name"),
        "team": texts.gettext("Home team"),
        "swing_teams": texts.gettext("May be lent to"),
        "clients": texts.gettext("Cleared for"),
        "max_moves": texts.gettext("Most moves in a shift"),
        "min_stay_minutes": texts.gettext("Least stay, minutes"),
        "valid_from": texts.gettext("First day"),
        "valid_to": texts.gettext("Last day"),
        "skill": texts.gettext("Skill"),
        "level": texts.gettext("Level"),
        "speed": texts.gettext("Speed"),
        "date": texts.gettext("Day"),
        "start": texts.gettext("From"),
        "end": texts.gettext("Until"),
        "breaks": texts.gettext("Breaks"),
        "reason": texts.gettext("Reason"),
    }


def _skills(request: Request, agent: Mapping[str, Any], written: Sequence[Written]) -> Sequence[SkillLine]:
    """Return what somebody can do for good, with what was written of it in a form that was refused."""
    names = {one.id: one.name for one in choices_of(request, "skills")}
    given = {skill: (level, speed) for skill, level, speed in written}
    return [
        SkillLine(
            id=row["skill_id"],
            name=names.get(row["skill_id"], row["skill_id"]),
            level=_number(level),
            speed=speed,
            valid_from="" if row["valid_from"] is None else row["valid_from"].isoformat(),
        )
        for row in agent["skills"]
        if row["valid_to"] is None
        for level, speed in (given.get(row["skill_id"], (row["level"], row["speed"])),)
    ]


def _another(agent: Mapping[str, Any], written: Sequence[Written]) -> SkillLine:
    """Return the further skill that was written in a form that was refused; an empty line without."""
    known = {row["skill_id"] for row in agent["skills"] if row["valid_to"] is None}
    skill, level, speed = next((row for row in written if row[0] not in known), ("", "", "1"))
    return SkillLine(id=skill, name="", level=_number(level), speed=speed, valid_from="")


def _number(level: int | str) -> int | str:
    return int(level) if isinstance(level, str) and level.isascii() and level.isdecimal() else level


def _shift(row: Mapping[str, Any], texts: Texts) -> SpanLine:
    told = ", ".join(dict.fromkeys(BLOCK_WORDS[BlockKind(block["kind"])](texts) for block in row["blocks"]))
    return SpanLine(starts_at=row["starts_at"], ends_at=row["ends_at"], told=told)


def _name_in(request: Request, table: str, wanted: str) -> str:
    return next((one.name for one in choices_of(request, table) if one.id == wanted), wanted)
