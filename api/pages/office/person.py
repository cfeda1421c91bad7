"""One person: team, skills, shifts and absences, each edited where it stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from functools import partial
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
DAYS_KNOWN = 366
ABSENCES_SHOWN = timedelta(days=90)
MOST_ROWS = 200
MIDNIGHT = "00:00"
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
    """A shift or an absence: `first` to `last` as people say it, and what else is to be said of it."""

    starts_at: int
    ends_at: int
    first: str
    last: str
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
            connection, start=today, end=today + DAYS_KNOWN * SECONDS_PER_DAY, agent=agent_id, limit=MOST_ROWS
        )
        absences = office_pages.list_absences(
            connection,
            start=today - SECONDS_PER_DAY,
            end=today + int(ABSENCES_SHOWN.total_seconds()),
            agent=agent_id,
            limit=MOST_ROWS,
        )
    soon = today + DAYS_SHOWN * SECONDS_PER_DAY
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
        shifts=[line for line in map(partial(_shift, texts=texts), shifts) if line.starts_at < soon],
        later=[line for line in map(partial(_shift, texts=texts), shifts) if line.starts_at >= soon],
        absences=[_absence(row, texts) for row in absences],
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
    bare = [row[0] for row in _others(find_agent(database_of(request), agent_id), entered["skills"]) if not row[1]]
    if bare:
        names = {one.id: one.name for one in choices_of(request, "skills")}
        told = texts.gettext("Choose a level for %(skill)s.", skill=names.get(bare[0], bare[0]))
        return show(request, agent_id, faults={"": told}, form="skills", entered=entered, status=422)
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
        faults = faults_by_field(error.errors, texts, labels_of(texts))
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
    skill, level, speed = next(iter(_others(agent, written)), ("", "", "1"))
    return SkillLine(id=skill, name="", level=_number(level), speed=speed, valid_from="")


def _others(agent: Mapping[str, Any], written: Sequence[Written]) -> Sequence[Written]:
    """Return what was written of skills that somebody does not have yet."""
    known = {row["skill_id"] for row in agent["skills"] if row["valid_to"] is None}
    return [row for row in written if row[0] and row[0] not in known]


def _number(level: int | str) -> int | str:
    return int(level) if isinstance(level, str) and level.isascii() and level.isdecimal() else level


def word_shift(starts_at: int, ends_at: int, texts: Texts) -> tuple[str, str]:
    """Return when a shift begins and ends: the day of its end where that is another one."""
    is_overnight = texts.day(starts_at) != texts.day(ends_at)
    last = f"{texts.day(ends_at)}, {texts.clock_time(ends_at)}" if is_overnight else texts.clock_time(ends_at)
    return texts.clock_time(starts_at), last


def _shift(row: Mapping[str, Any], texts: Texts) -> SpanLine:
    first, last = word_shift(row["starts_at"], row["ends_at"], texts)
    told = ", ".join(
        f"{texts.clock_time(block['starts_at'])} {BLOCK_WORDS[BlockKind(block['kind'])](texts)}"
        for block in row["blocks"]
    )
    return SpanLine(starts_at=row["starts_at"], ends_at=row["ends_at"], first=first, last=last, told=told)


def _absence(row: Mapping[str, Any], texts: Texts) -> SpanLine:
    """Return an absence: of whole days, the first and the last, as they were asked for."""
    starts_at, ends_at = row["starts_at"], row["ends_at"]
    is_of_days = all(texts.clock_time(at) == MIDNIGHT for at in (starts_at, ends_at))
    first, last = (
        (texts.day(starts_at), texts.day(ends_at - 1))
        if is_of_days
        else (f"{texts.day(at)}, {texts.clock_time(at)}" for at in (starts_at, ends_at))
    )
    return SpanLine(starts_at=starts_at, ends_at=ends_at, first=first, last=last, told=row["reason"] or "")


def _name_in(request: Request, table: str, wanted: str) -> str:
    return next((one.name for one in choices_of(request, table) if one.id == wanted), wanted)
