"""The first page of What if: scenarios that are kept, what was asked about them, and how to begin."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    Planner,
    act_of,
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
from services.jobs.questions import FIRST_YEAR, LAST_YEAR, MOST_DAYS_OF_HISTORY, HistoryAsk
from services.what_if.asking import ask_comparison, ask_history, find_readings, find_runs
from services.what_if.histories import find_teams, read_upload
from services.what_if.keeping import MOST_NAME, find_scenario, find_scenarios, keep_scenario

router = APIRouter()
DEFAULT_DAYS = 28
MOST_COMPARED = 6
RUNS_SHOWN = 12


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
    request: Request, caller: Planner, archived: Annotated[bool, Query(description="What was put away.")] = False
) -> HTMLResponse:
    """Show the scenarios and the questions, or how to begin."""
    return _show(request, caller, is_archived=archived)


@router.post(f"{HOME}/history")
def begin_from_history(
    request: Request,
    caller: Planner,
    days: Annotated[str, Form(max_length=10)] = str(DEFAULT_DAYS),
    until: Annotated[str, Form(max_length=20)] = "",
    team: Annotated[list[str] | None, Form(max_length=1000)] = None,
) -> Response:
    """Ask for a scenario from what happened: a job, which keeps it."""
    texts = texts_for(request)
    try:
        ask = HistoryAsk(days=_read_days(days, texts), until=_read_until(until, texts), teams=team or None, keep=True)
    except UsageError as error:
        return _show(request, caller, wrong=texts_for(request).told(str(error)), status=422)
    return lead_to(request, reading_path(ask_history(database_of(request), caller, ask, what=route_of(request)).id))


@router.post(f"{HOME}/upload")
def begin_from_file(
    request: Request,
    caller: Planner,
    scenario: Annotated[UploadFile | None, File()] = None,
    traces: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Keep a scenario from a file, with the traces that it names."""
    texts = texts_for(request)
    if scenario is None or not scenario.filename:
        return _show(request, caller, wrong=texts.gettext("Choose the file of a scenario, .yaml or .json."), status=422)
    try:
        document = read_upload(scenario.filename, scenario.file.read())
        given = {trace.filename: trace.file.read().decode("utf-8-sig") for trace in traces or () if trace.filename}
        stem = scenario.filename.rpartition("/")[2].rpartition(".")[0]
        scenario_id = keep_scenario(
            database_of(request),
            caller,
            name=str(document.get("name") or stem)[:MOST_NAME],
            origin=ScenarioOrigin.FILE,
            document=document,
            traces=given,
            act=act_of(request, caller),
        )
    except UnicodeDecodeError:
        return _show(request, caller, wrong=texts.gettext("A trace is no UTF-8 text."), status=422)
    except (UsageError, InputError) as error:
        return _show(request, caller, wrong=texts_for(request).told(str(error)), status=422)
    return lead_to(request, scenario_path(scenario_id), said=texts.gettext("The scenario is kept."))


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
    if not base or not others:
        said = texts.gettext("Tick the scenarios to compare, and choose the one that they are compared with.")
        return _show(request, caller, wrong=said, status=422)
    if len(others) >= MOST_COMPARED:
        said = texts.gettext("Compare at most %(num)s at a time.", num=MOST_COMPARED)
        return _show(request, caller, wrong=said, status=422)
    database = database_of(request)
    try:
        chosen = [find_scenario(database, caller, each) for each in (base, *others)]
        job = ask_comparison(database, caller, chosen, what=route_of(request))
    except (UsageError, InputError) as error:
        return _show(request, caller, wrong=texts_for(request).told(str(error)), status=422)
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


def _show(
    request: Request, caller: Caller, *, is_archived: bool = False, wrong: str = "", status: int = 200
) -> HTMLResponse:
    texts = texts_for(request)
    try:
        database = database_of(request)
        scenarios = find_scenarios(database, caller, is_archived=is_archived)
        runs = find_runs(database, is_archived=is_archived)
        readings = [] if is_archived else find_readings(database, caller)
        teams, missing = find_teams(database), ""
    except NotFoundError as error:
        scenarios, runs, readings, teams, missing = [], [], [], (), texts_for(request).told(str(error))
    return render(
        request,
        "what-if/home.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        scenarios=scenario_texts(scenarios, caller, texts),
        runs=run_texts(runs[:RUNS_SHOWN], texts),
        readings=reading_texts(readings, texts),
        teams=teams,
        days=DEFAULT_DAYS,
        base_id=_choose_base(scenarios),
        is_archived=is_archived,
        missing=missing,
        wrong=wrong,
    )


def _choose_base(lines: list[ScenarioLine]) -> int | None:
    """Return what others are compared with unless somebody says otherwise: what is no variant, the newest of these."""
    first = next((line for line in lines if line.origin is not ScenarioOrigin.VARIANT), None)
    return first.id if first is not None else lines[-1].id if lines else None


def _read_days(text: str, texts: Texts) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS_OF_HISTORY:
        most = MOST_DAYS_OF_HISTORY
        raise UsageError(texts.gettext("Days of history: write a whole number from 1 to %(most)s.", most=most))
    return int(text)


def _read_until(text: str, texts: Texts) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(texts.gettext("The day before which history ends: write it as 2026-03-02.")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(texts.gettext("The day before which history ends: write it as 2026-03-02."))
    return day
