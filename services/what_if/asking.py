"""Questions about kept scenarios: each is a job, kept with what came of it until it is put away."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from models.database import Database, Session
from models.errors import InputError, NotFoundError, UsageError
from models.repositories import scenarios as rows
from models.repositories.audit import record_change
from models.repositories.jobs.records import Job
from models.repositories.scenarios import ScenarioRun, StoredScenario
from models.vocabulary_audit import Subject
from models.vocabulary_jobs import UNDERWAY, JobKind, JobState
from services.access.caller import Caller
from services.access.tracing import Act
from services.jobs.asking import find_job, find_jobs, request_job
from services.jobs.questions import AT, CompareAsk, HistoryAsk, SimulateAsk, StaffAsk, question_of
from services.jobs.scenarios import read_compared, read_scenario
from services.simulating.comparing import DEFAULT_METRICS, check_comparable
from services.what_if.keeping import may_change

KINDS = (JobKind.SIMULATE, JobKind.COMPARE, JobKind.STAFF)
TEAM_METRICS = ("on_time_share", "wait_minutes_mean", "backlog_end")
MOST_METRICS = 100
MOST_REPLICATIONS = 100_000


def ask_comparison(
    database: Database,
    caller: Caller,
    scenarios: Sequence[StoredScenario],
    *,
    replications: int | None = None,
    what: str,
) -> Job:
    """Ask how scenarios differ from the first of them.

    Parameters
    ----------
    replications
        In place of those of the first.

    Raises
    ------
    UsageError
        If there are fewer than two, or they are of different times.
    """
    if len(scenarios) < 2:
        raise UsageError("choose two scenarios at least")
    ask = CompareAsk(
        scenarios=[dict(stored.document) for stored in scenarios],
        names=[stored.name for stored in scenarios],
        edits_of_all=_edits(replications),
        metrics=_metrics(scenarios),
        traces=_join_traces(scenarios),
    )
    check_comparable(read_compared(ask))
    name = ", ".join(stored.name for stored in scenarios[1:])
    return _ask(database, caller, JobKind.COMPARE, ask, name=name, scenario_id=scenarios[0].id, what=what)


def ask_simulation(
    database: Database, caller: Caller, stored: StoredScenario, *, replications: int | None = None, what: str
) -> Job:
    """Ask what happens in a scenario."""
    edits = [] if replications is None else [*_edits(replications), "precision=null"]
    ask = SimulateAsk(scenario=dict(stored.document), edits=edits, traces=dict(stored.traces))
    read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    return _ask(database, caller, JobKind.SIMULATE, ask, name=stored.name, scenario_id=stored.id, what=what)


def ask_staffing(database: Database, caller: Caller, stored: StoredScenario, *, most: int = 10_000, what: str) -> Job:
    """Ask for the least-cost staffing that meets the targets of a scenario.

    Raises
    ------
    InputError
        If it names no groups or no targets.
    """
    staffing = stored.document.get("staffing") or {}
    if not staffing.get("groups") or not staffing.get("targets"):
        raise InputError.of("scenario", "groups with min and max, and a target", field="staffing")
    ask = StaffAsk(scenario=dict(stored.document), traces=dict(stored.traces), max_replications=most)
    read_scenario(ask.scenario, traces=ask.traces)
    return _ask(database, caller, JobKind.STAFF, ask, name=stored.name, scenario_id=stored.id, what=what)


def ask_again(database: Database, caller: Caller, job_id: int, *, replications: int, what: str) -> Job:
    """Ask a comparison or a simulation once more, with another number of replications."""
    run = find_run(database, caller, job_id)
    question = dict(run.job.question)
    edits = _edits(replications)
    ask: CompareAsk | SimulateAsk
    if run.job.kind is JobKind.COMPARE:
        others = [edit for edit in question.get("edits_of_all", ()) if not edit.startswith("replications=")]
        ask = CompareAsk.model_validate({**question, "edits_of_all": [*others, *edits]})
    elif run.job.kind is JobKind.SIMULATE:
        ask = SimulateAsk.model_validate({**question, "edits": [*edits, "precision=null"]})
    else:
        raise UsageError("a search for staffing makes as many replications as it needs")
    return _ask(database, caller, run.job.kind, ask, name=run.name, scenario_id=run.scenario_id, what=what)


def ask_history(database: Database, caller: Caller, ask: HistoryAsk, *, what: str) -> Job:
    """Ask for the scenario of the office's own history."""
    question = question_of(ask, **{AT: int(time.time())})
    return request_job(database, caller, kind=JobKind.HISTORY, question=question, what=what)


def find_reading(database: Database, caller: Caller, job_id: int) -> Job:
    """Return a job that reads a scenario off the history.

    Raises
    ------
    NotFoundError
        If there is none of that number, or not for this caller.
    """
    job = find_job(database, caller, job_id)
    if job.kind is not JobKind.HISTORY:
        raise NotFoundError(f"job {job_id} reads no history")
    return job


def find_readings(database: Database, caller: Caller) -> list[Job]:
    """Return the caller's jobs that read a history and have not ended, the newest first."""
    return find_jobs(database, caller, kinds=(JobKind.HISTORY,), states=(JobState.QUEUED, *UNDERWAY), is_own=True)


def find_run(database: Database, caller: Caller, job_id: int) -> ScenarioRun:
    """Return a question about scenarios with its job: one that was asked here, or over HTTP.

    Raises
    ------
    NotFoundError
        If there is none of that number, or not for this caller.
    """
    job = find_job(database, caller, job_id)
    if job.kind not in KINDS:
        raise NotFoundError(f"job {job_id} asks nothing about a scenario")
    with database.reading() as session:
        kept = rows.find_run(session.connection(), job_id)
    if kept is not None:
        return kept
    named = job.question.get("names") or [str((job.question.get("scenario") or {}).get("name") or "")]
    return ScenarioRun(job=job, name=", ".join(named[1:] or named), scenario_id=None, archived_at=None)


def find_runs(database: Database, *, scenario_id: int | None = None, is_archived: bool = False) -> list[ScenarioRun]:
    """Return what was asked about scenarios, the newest first: planners see each other's questions."""
    with database.reading() as session:
        return rows.list_runs(session.connection(), scenario_id=scenario_id, is_archived=is_archived)


def archive_run(database: Database, caller: Caller, job_id: int, *, is_archived: bool, act: Act) -> None:
    """Put a question and its answer away, or take them out again; what is put away goes 30 days after it ended.

    Raises
    ------
    UsageError
        If it is somebody else's.
    """
    run = find_run(database, caller, job_id)
    if run.job.principal_id != caller.principal_id and not caller.has():
        raise UsageError("somebody else asked this; only they put it away")
    with database.writing() as session:
        rows.set_run_archived(session.connection(), job_id, at=act.at if is_archived else None)
        record_change(
            session,
            at=act.at,
            principal_id=act.by,
            what=act.what,
            subject=Subject.JOB,
            subject_id=job_id,
            before={"archived_at": run.archived_at},
            after={"archived_at": act.at if is_archived else None},
        )


def find_findings(database: Database, caller: Caller, scenario_id: int | None) -> Mapping[str, Any] | None:
    """Return what the history of a scenario told, where it was read off one and the caller may see it."""
    if scenario_id is None:
        return None
    with database.reading() as session:
        stored = rows.get_scenario(session.connection(), scenario_id)
    return stored.findings if stored.is_shared or may_change(caller, stored) else None


def _ask(
    database: Database,
    caller: Caller,
    kind: JobKind,
    ask: CompareAsk | SimulateAsk | StaffAsk,
    *,
    name: str,
    scenario_id: int | None,
    what: str,
) -> Job:
    def keep(session: Session, job_id: int) -> None:
        rows.add_run(session.connection(), job_id, name=name or "scenario", scenario_id=scenario_id)

    return request_job(database, caller, kind=kind, question=question_of(ask), what=what, on_added=keep)


def _edits(replications: int | None) -> list[str]:
    if replications is None:
        return []
    if not 2 <= replications <= MOST_REPLICATIONS:
        raise InputError.of(
            "scenario", f"a whole number from 2 to {MOST_REPLICATIONS:,}", field="replications", value=replications
        )
    return [f"replications={replications}"]


def _metrics(scenarios: Sequence[StoredScenario]) -> list[str]:
    """Return the usual figures, and some of each team."""
    first = scenarios[0].document
    teams = dict.fromkeys(kind["team"] for kind in first.get("task_types", ()))
    of_teams = [f"teams.{team}.{metric}" for team in teams for metric in TEAM_METRICS]
    return [*DEFAULT_METRICS, *of_teams[: MOST_METRICS - len(DEFAULT_METRICS)]]


def _join_traces(scenarios: Sequence[StoredScenario]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for stored in scenarios:
        for name, text in stored.traces.items():
            if joined.setdefault(name, text) != text:
                raise UsageError(f"two scenarios name different traces {name}; give one of them another name")
    return joined
