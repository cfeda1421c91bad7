"""The usual questions: each makes a variant, keeps it, and compares it with what it was made of, in one click."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.language.texts import Texts
from api.pages.rendering import lead_to, texts_for
from api.pages.what_if.forms.choices import days_of, name_of, routings
from api.pages.what_if.forms.entries import Kind, read_texts
from api.pages.what_if.forms.volumes import name_arrivals
from api.pages.what_if.frame import (
    HOME,
    Planner,
    ScenarioId,
    act_of,
    database_of,
    route_of,
    run_path,
)
from api.pages.what_if.scenario import page_of
from models.errors import InputError, UsageError
from models.vocabulary_scenarios import ScenarioOrigin
from services.what_if import variants
from services.what_if.asking import ask_comparison, ask_simulation
from services.what_if.keeping import MOST_NAME, find_scenario, keep_scenario

router = APIRouter()
Question = Literal["heads", "work", "training", "policy", "push", "day-off"]
MOST_HEADS = 1000
_PERCENT = 100.0


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What a question makes of a scenario, and what that is called."""

    name: str
    document: dict[str, Any]


@router.post(f"{HOME}/scenarios/{{scenario_id}}/ask/{{question}}")
async def ask(request: Request, caller: Planner, scenario_id: ScenarioId, question: Question) -> Response:
    """Ask one of the usual questions."""
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_ask, request, caller, scenario_id, question, given)


@router.post(f"{HOME}/scenarios/{{scenario_id}}/simulate")
def simulate(request: Request, caller: Planner, scenario_id: ScenarioId) -> Response:
    """Ask what happens in the scenario as it is."""
    database = database_of(request)
    stored = find_scenario(database, caller, scenario_id)
    job = ask_simulation(database, caller, stored, what=route_of(request))
    return lead_to(request, run_path(job.id))


def _ask(request: Request, caller: Planner, scenario_id: int, question: Question, given: Mapping[str, str]) -> Response:
    texts = texts_for(request)
    database = database_of(request)
    stored = find_scenario(database, caller, scenario_id)
    try:
        made = _QUESTIONS[question](stored.document, given, texts)
        variant_id = keep_scenario(
            database,
            caller,
            name=made.name[:MOST_NAME],
            origin=ScenarioOrigin.VARIANT,
            document=made.document,
            base=stored,
            act=act_of(request, caller),
        )
        variant = find_scenario(database, caller, variant_id)
        job = ask_comparison(database, caller, [stored, variant], what=route_of(request))
    except (UsageError, InputError) as error:
        return page_of(
            request, caller, stored, wrong=texts_for(request).told(str(error)), asked=question, given=given, status=422
        )
    return lead_to(request, run_path(job.id))


def _more_heads(document: Mapping[str, Any], given: Mapping[str, str], texts: Texts) -> Variant:
    by = read_texts((given.get("by", ""),), Kind.WHOLE)
    if not isinstance(by, int) or by == 0 or abs(by) > MOST_HEADS:
        raise UsageError(texts.gettext("How many more people: write a whole number, such as 2, or -1 for fewer."))
    group = given.get("group", "")
    made = variants.add_heads(document, group, by)
    name = name_of(document, "agents", group)
    said = (
        texts.ngettext("%(num)s more in %(group)s", "%(num)s more in %(group)s", by, group=name)
        if by > 0
        else texts.ngettext("%(num)s fewer in %(group)s", "%(num)s fewer in %(group)s", -by, group=name)
    )
    return Variant(name=said, document=made)


def _more_work(document: Mapping[str, Any], given: Mapping[str, str], texts: Texts) -> Variant:
    by = read_texts((given.get("by", ""),), Kind.PERCENT)
    if not isinstance(by, int | float) or not -1 <= by <= _PERCENT or by == 0:
        raise UsageError(texts.gettext("How much more work: write a percentage, such as 10, or -10 for less."))
    chosen = given.get("work", "")
    made = variants.scale_work(document, 1 + by, [chosen] if chosen else None)
    names = {
        record.get("process") or record.get("task_type"): name_arrivals(document, record)
        for record in document.get("arrivals") or ()
    }
    told = {"share": texts.share(abs(by)), "work": names[chosen] if chosen else texts.gettext("work")}
    said = (
        texts.gettext("%(share)s more %(work)s", **told) if by > 0 else texts.gettext("%(share)s less %(work)s", **told)
    )
    return Variant(name=said, document=made)


def _training(document: Mapping[str, Any], given: Mapping[str, str], texts: Texts) -> Variant:
    skill = given.get("skill", "")
    made = variants.cross_train(document, skill)
    return Variant(name=texts.gettext("Everybody cross-trained in %(skill)s", skill=skill), document=made)


def _policy(document: Mapping[str, Any], given: Mapping[str, str], texts: Texts) -> Variant:
    routing = given.get("routing", "")
    names = dict(routings(texts))
    if routing not in names:
        raise UsageError(texts.gettext("Choose by what the next task is chosen."))
    made = variants.choose_policy(document, routing=routing)
    return Variant(name=texts.gettext("Next task: %(policy)s", policy=names[routing]), document=made)


def _push(document: Mapping[str, Any], _given: Mapping[str, str], texts: Texts) -> Variant:
    return Variant(name=texts.gettext("Nobody chooses their work"), document=variants.push_work(document))


def _day_off(document: Mapping[str, Any], given: Mapping[str, str], texts: Texts) -> Variant:
    team, day = given.get("team", ""), given.get("day", "")
    names = dict(days_of(texts))
    if day not in names:
        raise UsageError(texts.gettext("Choose a day."))
    made = variants.take_day_off(document, team, day)
    told = {"team": name_of(document, "teams", team), "day": names[day]}
    return Variant(name=texts.gettext("Nobody of %(team)s on %(day)s", **told), document=made)


_QUESTIONS: Mapping[Question, Callable[[Mapping[str, Any], Mapping[str, str], Texts], Variant]] = {
    "heads": _more_heads,
    "work": _more_work,
    "training": _training,
    "policy": _policy,
    "push": _push,
    "day-off": _day_off,
}
