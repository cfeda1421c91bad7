"""One scenario: what it says in short, what it rests on, the usual questions, and what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.findings import tell_findings
from api.pages.what_if.forms.choices import Options, days_of, list_named, routings
from api.pages.what_if.forms.volumes import count_week, name_arrivals
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    Planner,
    ScenarioId,
    act_of,
    database_of,
    scenario_path,
)
from api.pages.what_if.listing import run_texts, scenario_texts
from models.repositories.scenarios import StoredScenario
from services.access.caller import Caller
from services.what_if.asking import find_runs
from services.what_if.keeping import (
    MOST_NAME,
    archive_scenario,
    duplicate_scenario,
    find_scenario,
    find_scenarios,
    may_change,
    share_scenario,
    undo_change,
)
from services.what_if.variants import is_pulled

router = APIRouter()
Revision = Annotated[int, Form(ge=1)]


@dataclass(frozen=True, kw_only=True)
class QuestionChoices:
    """What the usual questions can be asked about.

    Attributes
    ----------
    group
        The group that more people are proposed in: one that is lent first.
    routing
        A routing other than that of the scenario.
    """

    groups: Options
    group: str
    work: Options
    skills: Options
    routings: Options
    routing: str
    teams: Options
    days: Options
    is_pulled: bool


@router.get(f"{HOME}/scenarios/{{scenario_id}}")
def show_scenario(request: Request, caller: Planner, scenario_id: ScenarioId) -> HTMLResponse:
    """Show a scenario, and offer the usual questions."""
    return page_of(request, caller, find_scenario(database_of(request), caller, scenario_id))


def page_of(
    request: Request,
    caller: Caller,
    stored: StoredScenario,
    *,
    wrong: str = "",
    asked: str = "",
    given: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page of a scenario.

    Parameters
    ----------
    wrong, asked, given
        What is wrong with a question, which one it was, and what was written in its form.
    """
    texts = texts_for(request)
    database = database_of(request)
    document = stored.document
    visible = find_scenarios(database, caller)
    lines = scenario_texts([line for line in visible if line.base_id == stored.id], caller, texts)
    base = next((line for line in visible if line.id == stored.base_id), None)
    return render(
        request,
        "what-if/scenario.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        stored=stored,
        address=scenario_path(stored.id),
        may_change=may_change(caller, stored),
        facts=_facts(document, texts),
        findings=tell_findings(stored.findings, document, texts),
        choices=_choices(document, texts),
        base=None if base is None else (scenario_path(base.id), base.name),
        variants=lines,
        runs=run_texts(find_runs(database, scenario_id=stored.id), texts),
        wrong=wrong,
        asked=asked,
        given=dict(given or {}),
    )


@router.post(f"{HOME}/scenarios/{{scenario_id}}/undo")
def undo(request: Request, caller: Planner, scenario_id: ScenarioId, revision: Revision) -> Response:
    """Take the last change back."""
    undo_change(database_of(request), caller, scenario_id, revision=revision, act=act_of(request, caller))
    said = texts_for(request).gettext("The last change is taken back.")
    return lead_to(request, scenario_path(scenario_id), said=said)


@router.post(f"{HOME}/scenarios/{{scenario_id}}/share")
def share(
    request: Request, caller: Planner, scenario_id: ScenarioId, shared: Annotated[bool, Form()] = False
) -> Response:
    """Let all planners open it by its address, or no longer."""
    texts = texts_for(request)
    share_scenario(database_of(request), caller, scenario_id, is_shared=shared, act=act_of(request, caller))
    said = (
        texts.gettext("Every planner can open it by its address now.")
        if shared
        else texts.gettext("Nobody else can open it any more.")
    )
    return lead_to(request, scenario_path(scenario_id), said=said)


@router.post(f"{HOME}/scenarios/{{scenario_id}}/archive")
def archive(
    request: Request, caller: Planner, scenario_id: ScenarioId, archived: Annotated[bool, Form()] = True
) -> Response:
    """Put it away, or take it out again."""
    texts = texts_for(request)
    archive_scenario(database_of(request), caller, scenario_id, is_archived=archived, act=act_of(request, caller))
    if archived:
        return lead_to(
            request, scenario_path(scenario_id), said=texts.gettext("It is put away. It can be taken out again.")
        )
    return lead_to(request, scenario_path(scenario_id), said=texts.gettext("It is taken out again."))


@router.post(f"{HOME}/scenarios/{{scenario_id}}/copy")
def copy(request: Request, caller: Planner, scenario_id: ScenarioId) -> Response:
    """Make a copy of one's own."""
    texts = texts_for(request)
    stored = find_scenario(database_of(request), caller, scenario_id)
    name = texts.gettext("Copy of %(name)s", name=stored.name)[:MOST_NAME]
    made = duplicate_scenario(database_of(request), caller, scenario_id, name=name, act=act_of(request, caller))
    return lead_to(request, scenario_path(made), said=texts.gettext("This is the copy, and yours."))


def _facts(document: Mapping[str, Any], texts: Texts) -> tuple[tuple[str, str], ...]:
    heads = sum(int(group.get("count", 1)) for group in document["agents"])
    weeks = [count_week(record) for record in document.get("arrivals") or ()]
    known = [count for count in weeks if count is not None]
    policy = document.get("policy") or {}
    return (
        (texts.gettext("People"), texts.number(heads)),
        (texts.gettext("Comes in a week"), texts.number(sum(known)) if known else texts.gettext("as it happened")),
        (texts.gettext("Task types"), texts.number(len(document["task_types"]))),
        (texts.gettext("Days"), texts.number(document["days"])),
        (texts.gettext("Replications"), texts.number(document.get("replications", 30))),
        (texts.gettext("Next task by"), dict(routings(texts))[policy.get("routing", "atc")]),
    )


def _choices(document: Mapping[str, Any], texts: Texts) -> QuestionChoices:
    names = dict(list_named(document, "agents"))
    groups = tuple(
        (
            group["id"],
            texts.ngettext(
                "%(group)s (%(num)s person)",
                "%(group)s (%(num)s people)",
                int(group.get("count", 1)),
                group=names[group["id"]],
            ),
        )
        for group in document["agents"]
    )
    lent = [group["id"] for group in document["agents"] if group.get("swing_teams")]
    work = [("", texts.gettext("All work"))]
    for record in document.get("arrivals") or ():
        name = record.get("process") or record.get("task_type")
        if not record.get("times") and (name, name_arrivals(document, record)) not in work:
            work.append((name, name_arrivals(document, record)))
    teams = dict(list_named(document, "teams"))
    skills: dict[str, list[str]] = {}
    for kind in document["task_types"]:
        asking = skills.setdefault(kind["skill"], [])
        if teams[kind["team"]] not in asking:
            asking.append(teams[kind["team"]])
    now = (document.get("policy") or {}).get("routing", "atc")
    others = tuple(item for item in routings(texts) if item[0] != now)
    used = {group["team"] for group in document["agents"] if group.get("week") != "always"}
    return QuestionChoices(
        groups=groups,
        group=next((name for name in lent if "swing" in name), lent[0] if lent else groups[0][0]),
        work=tuple(work),
        skills=tuple(
            (skill, texts.gettext("%(skill)s, for %(teams)s", skill=skill, teams=", ".join(asking)))
            for skill, asking in skills.items()
        ),
        routings=others,
        routing=others[0][0],
        teams=tuple((team, name) for team, name in teams.items() if team in used),
        days=days_of(texts),
        is_pulled=is_pulled(document),
    )
