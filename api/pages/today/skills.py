"""Who can do what: the skills of the lead's people side by side, who has one alone, and editing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from api.conditional import check_version, make_etag
from api.pages.rendering import lead_to, render
from api.pages.today.scope import LEADS, STYLES, Scope, Today
from api.parameters import Id
from models.errors import StaleError, UsageError
from models.repositories.office_pages import list_agents, list_names
from services.office_editing import find_agent, set_skills, version_of
from services.upserting import RowsRefusedError

MOST_PEOPLE = 2_000
MOST_LISTED = 100
MOST_SKILLS = 500
MOST_LEVEL = 5
Skills = Annotated[list[Id], Form(max_length=MOST_SKILLS)]
Levels = Annotated[list[Annotated[int, Field(ge=0, le=MOST_LEVEL)]], Form(max_length=MOST_SKILLS)]
Speeds = Annotated[list[Annotated[str, Field(max_length=20)]], Form(max_length=MOST_SKILLS)]
Agent = Annotated[Id, Path(description="The id of an agent.")]
router = APIRouter(prefix="/today/skills", dependencies=[LEADS])


@dataclass(frozen=True, kw_only=True)
class SkillColumn:
    """A skill: how many of the people have it, and who has it alone."""

    id: str
    name: str
    num_holders: int
    only: str


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """What somebody can do: a level for each of the columns, None where there is none."""

    id: str
    name: str
    team: str
    levels: Sequence[int | None]


@dataclass(frozen=True, kw_only=True)
class SkillField:
    """A skill in the form of one agent; `level` is 0 where there is none."""

    id: str
    name: str
    level: str
    speed: str


@router.get("")
def show_matrix(request: Request, scope: Today, page: Annotated[int, Query(ge=1, le=MOST_PEOPLE)] = 1) -> HTMLResponse:
    """Show the skills of the teams that are asked for, so many people a page."""
    with scope.live.database.reading() as session:
        connection = session.connection()
        day = scope.queue.crew.calendar.local_day(scope.now)
        agents = list_agents(connection, teams=scope.teams, on=day, limit=MOST_PEOPLE)
        names = dict(list_names(connection, "skills", limit=MOST_SKILLS))
    held = {agent["id"]: _levels_on(agent, day) for agent in agents}
    skills = sorted({skill for levels in held.values() for skill in levels}, key=lambda skill: names.get(skill, skill))
    agents.sort(key=lambda agent: (agent["team_id"], agent["name"] or "", agent["id"]))
    return render(
        request,
        "today/skills.html",
        styles=STYLES,
        texts=scope.texts,
        columns=[_column(skill, names, agents, held) for skill in skills],
        rows=[
            PersonRow(
                id=agent["id"],
                name=agent["name"] or agent["id"],
                team=scope.team_name(agent["team_id"]),
                levels=[held[agent["id"]].get(skill) for skill in skills],
            )
            for agent in agents[(page - 1) * MOST_LISTED : page * MOST_LISTED]
        ],
        page=page,
        num_pages=max(1, -(-len(agents) // MOST_LISTED)),
        team_names=sorted(((team, scope.team_name(team)) for team in scope.plan_teams), key=lambda pair: pair[1]),
        asked=scope.asked_team,
    )


@router.get("/{agent_id}")
def edit(request: Request, scope: Today, agent_id: Agent) -> HTMLResponse:
    """Show the form of what somebody can do."""
    return _form(request, scope, agent_id)


@router.post("/{agent_id}")
def save(
    request: Request,
    scope: Today,
    agent_id: Agent,
    version: Annotated[str, Form(max_length=100)],
    skill: Skills,
    level: Levels,
    speed: Speeds,
) -> Response:
    """Keep what somebody can do, if it is still as it was when the form was loaded."""
    if not len(skill) == len(level) == len(speed):
        raise UsageError("the form is not whole: load it again")
    given = dict(zip(skill, zip(level, speed, strict=True), strict=True))
    rows = [{"skill": name, "level": least, "speed": _number(rate)} for name, (least, rate) in given.items() if least]
    texts = scope.texts
    if not rows:
        return _form(request, scope, agent_id, given=given, wrong=texts.gettext("Give at least one skill a level."))
    try:
        set_skills(
            scope.live.database,
            request.app.state.settings,
            agent_id,
            rows,
            now=scope.now,
            principal_id=scope.caller.principal_id,
            check=lambda now: check_version(make_etag(version), now),
        )
    except StaleError:
        wrong = texts.gettext("Somebody has changed these skills since you opened the form. This is how they are now.")
        return _form(request, scope, agent_id, wrong=wrong)
    except RowsRefusedError as error:
        return _form(request, scope, agent_id, given=given, wrong=scope.texts.told(str(error)))
    name = scope.queue.crew.name(agent_id)
    return lead_to(request, "/today/skills", said=texts.gettext("Saved what %(name)s can do.", name=name))


def _form(
    request: Request,
    scope: Scope,
    agent_id: str,
    *,
    given: Mapping[str, tuple[int, str]] | None = None,
    wrong: str = "",
) -> HTMLResponse:
    record = find_agent(scope.live.database, agent_id)
    with scope.live.database.reading() as session:
        named = list_names(session.connection(), "skills", limit=MOST_SKILLS)
    held = {row["skill_id"]: (row["level"], row["speed"]) for row in record["skills"] if row["valid_to"] is None}
    shown = held if given is None else given
    return render(
        request,
        "today/skill-form.html",
        status=409 if wrong else 200,
        styles=STYLES,
        texts=scope.texts,
        agent_id=agent_id,
        name=record["name"] or agent_id,
        version=version_of(record),
        wrong=wrong,
        fields=[
            SkillField(
                id=skill,
                name=name,
                level=str(shown.get(skill, (0, ""))[0]),
                speed=str(shown.get(skill, (0, 1.0))[1]),
            )
            for skill, name in named
        ],
    )


def _levels_on(agent: Mapping[str, Any], day: date) -> dict[str, int]:
    return {
        row["skill_id"]: row["level"]
        for row in agent["skills"]
        if (row["valid_from"] is None or row["valid_from"] <= day)
        and (row["valid_to"] is None or day <= row["valid_to"])
    }


def _column(
    skill: str,
    names: Mapping[str, str],
    agents: Sequence[Mapping[str, Any]],
    held: Mapping[str, Mapping[str, int]],
) -> SkillColumn:
    holders = [agent["name"] or agent["id"] for agent in agents if skill in held[agent["id"]]]
    return SkillColumn(
        id=skill,
        name=names.get(skill, skill),
        num_holders=len(holders),
        only=holders[0] if len(holders) == 1 else "",
    )


def _number(text: str) -> float | str:
    """Return a speed as it was entered, by either decimal sign; what is no number is refused with the row."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text
