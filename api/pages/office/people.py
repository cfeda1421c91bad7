"""The people of the office: searched by name, team and skill, a page at a time."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.office.frame import SCRIPTS, STYLES, Admin, choices_of, tabs_of
from api.pages.rendering import is_fragment_wanted, render, texts_for
from api.pages.serving import address_with, database_of, path_of
from models.repositories.office_pages import list_agents

router = APIRouter()
PAGE = 50
Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Somebody in the list, as text."""

    href: str
    id: str
    name: str
    team: str
    swing: str
    num_skills: int


@router.get("/office/people")
def list_people(
    request: Request, _caller: Admin, q: Sought = "", team: Sought = "", skill: Sought = "", after: Sought = ""
) -> HTMLResponse:
    """Show who works here."""
    texts = texts_for(request)
    with database_of(request).reading() as session:
        found = list_agents(
            session.connection(),
            text=q.strip() or None,
            teams=[team] if team else None,
            skill=skill or None,
            after=after or None,
            limit=PAGE + 1,
        )
    teams, skills = choices_of(request, "teams"), choices_of(request, "skills")
    names = {one.id: one.name for one in teams}
    lines = [
        PersonLine(
            href=path_of("office", "people", row["id"]),
            id=row["id"],
            name=row["name"] or row["id"],
            team=names.get(row["team_id"]) or str(row["team_id"]),
            swing=", ".join(names.get(one, one) for one in row["swing_teams"]),
            num_skills=len({item["skill_id"] for item in row["skills"] if item["valid_to"] is None}),
        )
        for row in found[:PAGE]
    ]
    return render(
        request,
        "office/people-rows.html" if is_fragment_wanted(request) else "office/people.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/people"),
        lines=lines,
        q=q,
        team=team,
        skill=skill,
        teams=[("", texts.gettext("All teams")), *((one.id, one.name) for one in teams)],
        skills=[("", texts.gettext("All skills")), *((one.id, one.name) for one in skills)],
        is_filtered=bool(q or team or skill),
        first=address_with(request, after=None) if after else "",
        more=address_with(request, after=found[PAGE - 1]["id"]) if len(found) > PAGE else "",
    )
