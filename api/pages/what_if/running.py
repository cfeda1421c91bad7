"""One question: how far it is while it is worked out, and its answer; stopped, asked again, put away."""

import json
from collections.abc import Hashable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.keeping import Kept
from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.answers import Answer, answer_comparison
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    JobId,
    Planner,
    Progress,
    act_of,
    database_of,
    route_of,
    run_path,
    scenario_path,
)
from api.pages.what_if.single_answers import answer_simulation, answer_staffing
from api.pages.what_if.words import name_kind, name_state
from models.database import Database
from models.repositories.scenarios import ScenarioRun
from models.vocabulary_jobs import JobKind, JobState
from services.access.caller import Caller
from services.jobs.asking import find_result, stop_job
from services.what_if.asking import archive_run, ask_again, find_findings, find_run

router = APIRouter()
_RUN = f"{HOME}/runs/{{job_id}}"
MOST_KEPT = 64
_ANSWERS = Kept[Hashable, Answer](MOST_KEPT)


@router.get(_RUN)
def show_run(request: Request, caller: Planner, job_id: JobId) -> HTMLResponse:
    """Show a question: how far it is, or its answer."""
    texts = texts_for(request)
    database = database_of(request)
    run = find_run(database, caller, job_id)
    answer = None
    if run.job.state is JobState.DONE:
        answer = _find_answer(request, caller, run, texts)
    return render(
        request,
        "what-if/run.html",
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        run=run,
        job=run.job,
        is_own=run.job.principal_id == caller.principal_id or caller.has(),
        kind=name_kind(run.job.kind, texts),
        kind_code=run.job.kind.value,
        address=run_path(job_id),
        scenario_address="" if run.scenario_id is None else scenario_path(run.scenario_id),
        progress=_progress(run, texts),
        answer=answer,
        problem=run.job.problem,
        lead=_lead(run, texts),
    )


@router.get(f"{_RUN}/progress")
def show_progress(request: Request, caller: Planner, job_id: JobId) -> HTMLResponse:
    """Show how far a question is, for the page that shows it already."""
    texts = texts_for(request)
    run = find_run(database_of(request), caller, job_id)
    return render(
        request, "what-if/progress.html", texts=texts, progress=_progress(run, texts), address=run_path(job_id)
    )


@router.post(f"{_RUN}/cancel")
def cancel(request: Request, caller: Planner, job_id: JobId) -> Response:
    """Stop a question that is not answered yet."""
    database = database_of(request)
    find_run(database, caller, job_id)
    stop_job(database, caller, job_id, what=route_of(request))
    return lead_to(request, run_path(job_id), said=texts_for(request).gettext("It is stopped."))


@router.post(f"{_RUN}/again")
def again(
    request: Request, caller: Planner, job_id: JobId, replications: Annotated[int, Form(ge=2, le=100_000)]
) -> Response:
    """Ask the same with another number of replications."""
    job = ask_again(database_of(request), caller, job_id, replications=replications, what=route_of(request))
    return lead_to(request, run_path(job.id))


@router.post(f"{_RUN}/archive")
def archive(request: Request, caller: Planner, job_id: JobId, archived: Annotated[bool, Form()] = True) -> Response:
    """Put an answer away, or take it out again."""
    texts = texts_for(request)
    archive_run(database_of(request), caller, job_id, is_archived=archived, act=act_of(request, caller))
    said = (
        texts.gettext("It is put away, and goes 30 days after it was answered.")
        if archived
        else texts.gettext("It is taken out again.")
    )
    return lead_to(request, run_path(job_id), said=said)


def read_document(database: Database, caller: Caller, job_id: int) -> dict[str, Any]:
    """Return the document that answers a question.

    Raises
    ------
    NotFoundError
        If it has no answer.
    """
    document: dict[str, Any] = json.loads(find_result(database, caller, job_id).body)
    return document


def read_answer(database: Database, caller: Caller, run: ScenarioRun, texts: Texts) -> Answer:
    """Return the answer to a question in words and figures."""
    document = read_document(database, caller, run.job.id)
    scenario = first_scenario(run)
    if run.job.kind is JobKind.COMPARE:
        return answer_comparison(document, scenario, texts)
    if run.job.kind is JobKind.STAFF:
        return answer_staffing(document, scenario, texts)
    return answer_simulation(document, scenario, find_findings(database, caller, run.scenario_id), texts)


def _find_answer(request: Request, caller: Caller, run: ScenarioRun, texts: Texts) -> Answer:
    """Return the answer to a question that is done: it never changes, so it is worked out once for all who look."""
    database = database_of(request)
    findings = find_findings(database, caller, run.scenario_id) if run.job.kind is JobKind.SIMULATE else None
    key = request.app.state.store.edition, run.job.id, texts, texts.today, json.dumps(findings)
    return _ANSWERS.get(key, lambda: read_answer(database, caller, run, texts))


def first_scenario(run: ScenarioRun) -> Mapping[str, Any]:
    """Return the scenario that was asked about, or the one that others were compared with."""
    question = run.job.question
    found: Mapping[str, Any] = (question.get("scenarios") or [question.get("scenario")])[0]
    return found


def _progress(run: ScenarioRun, texts: Texts) -> Progress:
    job = run.job
    done, of = job.progress.get("done"), job.progress.get("of")
    beside = ""
    if job.state is JobState.RUNNING and done is not None:
        beside = (
            texts.gettext("%(done)s of %(of)s replications", done=texts.number(done), of=texts.number(of))
            if of
            else texts.gettext("%(done)s replications", done=texts.number(done))
        )
    return Progress(
        state=job.state.value,
        told=name_state(job.state, texts),
        done=done if of else None,
        total=of,
        beside=beside,
        is_ended=job.is_ended,
    )


def _lead(run: ScenarioRun, texts: Texts) -> str:
    """Return what was compared with what, or over how long somebody looks."""
    scenario = first_scenario(run)
    days = texts.ngettext("%(num)s day", "%(num)s days", int(scenario["days"]))
    if run.job.kind is JobKind.COMPARE:
        names = run.job.question.get("names") or [str(scenario.get("name") or "")]
        return texts.gettext("Compared with %(name)s, over %(days)s.", name=names[0], days=days)
    return texts.gettext("Over %(days)s.", days=days)
