"""The first page of What if: scenarios that are kept, what was asked about them, and how to begin."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.extents import HistoryGiven, offer_history
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    Planner,
    database_of,
    reading_path,
    route_of,
    run_path,
    scenario_path,
)
from api.pages.what_if.words import name_kind, name_reading, name_state
from models.errors import InputError, NotFoundError, UsageError
from models.repositories.jobs.records import Job
from models.repositories.scenarios import ScenarioLine, ScenarioRun
from models.vocabulary_jobs import JobState
from models.vocabulary_scenarios import ScenarioOrigin
from services.access.caller import Caller
from services.what_if.asking import ask_comparison, find_readings, find_runs
from services.what_if.histories import find_extent, find_teams
from services.what_if.keeping import find_scenario, find_scenarios

router = APIRouter()
MOST_COMPARED = 6
RUNS_SHOWN = 12


class Asked(StrEnum):
    """What the page's forms ask for."""

    HISTORY = "history"
    FILE = "file"
    COMPARISON = "comparison"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why a form was refused, and what was written in it: that stands there again.

    Attributes
    ----------
    base, ticked
        Scenarios that were to be compared.
    """

    asked: Asked
    told: str
    history: HistoryGiven | None = None
    base: int = 0
    ticked: Collection[int] = ()


@dataclass(frozen=True, kw_only=True)
class ScenarioText:
    """A scenario in the list, as text."""

    id: int
    href: str
    name: str
    origin: str
    owner: str
    changed: str
    is_shared: bool
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class RunText:
    """A question in a list, as text; `state` is that of its job."""

    id: int
    href: str
    name: str
    kind: str
    state: str
    told: str
    asked: str
    owner: str


@router.get(HOME)
def show_home(
    request: Request,
    caller: Planner,
    archived: Annotated[bool, Query(description="What was put away.")] = False,
    begin: Annotated[bool, Query(description="With the forms that a scenario begins with.")] = False,
) -> HTMLResponse:
    """Show the scenarios and the questions, or how to begin."""
    return show_list(request, caller, is_archived=archived, is_beginning=begin)


@router.post(f"{HOME}/comparisons")
def compare(
    request: Request,
    caller: Planner,
    base: Annotated[int, Form()] = 0,
    scenario: Annotated[list[int] | None, Form(max_length=100)] = None,
) -> Response:
    """Ask how the chosen scenarios differ from one of them."""
    texts = texts_for(request)
    others = [each for each in dict.fromkeys(scenario or ()) if each != base]

    def refuse(told: str) -> Response:
        return show_list(
            request,
            caller,
            refused=Refused(asked=Asked.COMPARISON, told=told, base=base, ticked=frozenset(scenario or ())),
        )

    if not base or not others:
        return refuse(texts.gettext("Tick the scenarios to compare, and choose the one that they are compared with."))
    if len(others) >= MOST_COMPARED:
        return refuse(texts.gettext("Compare at most %(num)s at a time.", num=MOST_COMPARED))
    database = database_of(request)
    try:
        chosen = [find_scenario(database, caller, each) for each in (base, *others)]
        job = ask_comparison(database, caller, chosen, what=route_of(request))
    except (UsageError, InputError) as error:
        return refuse(texts.told(str(error)))
    return lead_to(request, run_path(job.id))


def run_texts(runs: list[ScenarioRun], texts: Texts) -> tuple[RunText, ...]:
    """Return questions as lines of a list."""
    return tuple(
        RunText(
            id=run.job.id,
            href=run_path(run.job.id),
            name=run.name,
            kind=name_kind(run.job.kind, texts),
            state="running" if run.job.state is JobState.CANCELLING else run.job.state.value,
            told=name_state(run.job.state, texts),
            asked=texts.moment(run.job.created_at),
            owner=run.job.principal_id,
        )
        for run in runs
    )


def reading_texts(jobs: list[Job], texts: Texts) -> tuple[RunText, ...]:
    """Return histories that are being read as lines of a list."""
    return tuple(
        RunText(
            id=job.id,
            href=reading_path(job.id),
            name=name_reading(job, texts),
            kind="",
            state="running" if job.state is JobState.CANCELLING else job.state.value,
            told=name_state(job.state, texts),
            asked=texts.moment(job.created_at),
            owner=job.principal_id,
        )
        for job in jobs
    )


def scenario_texts(lines: list[ScenarioLine], caller: Caller, texts: Texts) -> tuple[ScenarioText, ...]:
    """Return scenarios as lines of a list."""
    origins = {
        ScenarioOrigin.HISTORY: texts.gettext("History"),
        ScenarioOrigin.FILE: texts.gettext("File"),
        ScenarioOrigin.COPY: texts.gettext("Copy"),
        ScenarioOrigin.VARIANT: texts.gettext("Variant"),
    }
    return tuple(
        ScenarioText(
            id=line.id,
            href=scenario_path(line.id),
            name=line.name,
            origin=origins[line.origin],
            owner=line.principal_id,
            changed=texts.moment(line.changed_at),
            is_shared=line.is_shared,
            is_own=line.principal_id == caller.principal_id,
        )
        for line in lines
    )


def show_list(
    request: Request,
    caller: Caller,
    *,
    is_archived: bool = False,
    is_beginning: bool = False,
    refused: Refused | None = None,
) -> HTMLResponse:
    """Return the page; where a form was refused, with what was written in it."""
    texts = texts_for(request)
    extent = None
    try:
        database = database_of(request)
        scenarios = find_scenarios(database, caller, is_archived=is_archived)
        runs = find_runs(database, is_archived=is_archived)
        readings = [] if is_archived else find_readings(database, caller)
        teams, missing = find_teams(database), ""
        extent = find_extent(database, request.app.state.settings, now=int(time.time()))
    except NotFoundError as error:
        scenarios, runs, readings, teams, missing = [], [], [], (), texts_for(request).told(str(error))
    return render(
        request,
        "what-if/home.html",
        status=HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        scenarios=scenario_texts(scenarios, caller, texts),
        runs=run_texts(runs[:RUNS_SHOWN], texts),
        readings=reading_texts(readings, texts),
        history=offer_history(extent, teams, texts, None if refused is None else refused.history),
        base_id=_choose_base(scenarios) if refused is None or not refused.base else refused.base,
        ticked=() if refused is None else refused.ticked,
        is_archived=is_archived,
        is_beginning=is_beginning or (refused is not None and refused.asked is not Asked.COMPARISON),
        missing=missing,
        asked="" if refused is None else refused.asked.value,
        wrong="" if refused is None else refused.told,
    )


def _choose_base(lines: list[ScenarioLine]) -> int | None:
    """Return what others are compared with unless somebody says otherwise: what is no variant, the newest of these."""
    first = next((line for line in lines if line.origin is not ScenarioOrigin.VARIANT), None)
    return first.id if first is not None else lines[-1].id if lines else None
