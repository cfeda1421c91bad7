"""Jobs in words: what each does, where it stands, and what it was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.serving import path_of
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobKind, JobState

Word = Callable[[Texts], str]
KIND_WORDS: Mapping[JobKind, Word] = {
    JobKind.PLAN: lambda texts: texts.gettext("Plan of a day"),
    JobKind.REPLAN: lambda texts: texts.gettext("Calm re-plan"),
    JobKind.SIMULATE: lambda texts: texts.gettext("Simulation"),
    JobKind.COMPARE: lambda texts: texts.gettext("Comparison"),
    JobKind.STAFF: lambda texts: texts.gettext("Staffing search"),
    JobKind.IMPORT: lambda texts: texts.gettext("Import"),
    JobKind.REPORT: lambda texts: texts.gettext("Report"),
    JobKind.HISTORY: lambda texts: texts.gettext("Scenario from history"),
}
STATE_WORDS: Mapping[JobState, Word] = {
    JobState.QUEUED: lambda texts: texts.gettext("Queued"),
    JobState.RUNNING: lambda texts: texts.gettext("Running"),
    JobState.CANCELLING: lambda texts: texts.gettext("Being stopped"),
    JobState.DONE: lambda texts: texts.gettext("Done"),
    JobState.FAILED: lambda texts: texts.gettext("Failed"),
    JobState.CANCELLED: lambda texts: texts.gettext("Cancelled"),
}


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job as its page shows it.

    Attributes
    ----------
    kind, state
        In words.
    code
        The state as programs know it.
    about
        What it was asked about, as far as one line holds it.
    done, total
        How far it is; None where that is not known.
    events
        The address that tells how far it is.
    result
        Where a page shows what came of it; empty where none does.
    """

    id: int
    kind: str
    state: str
    code: str
    about: str
    who: str
    stage: str
    done: float | None
    total: float | None
    created_at: int
    started_at: int | None
    ended_at: int | None
    attempts: int
    is_ended: bool
    can_stop: bool
    events: str
    href: str
    result: str


def kind_word(kind: JobKind, texts: Texts) -> str:
    """Return what a kind of job is called."""
    word = KIND_WORDS.get(kind)
    return kind.value if word is None else word(texts)


def state_word(state: JobState, texts: Texts) -> str:
    """Return where a job stands, in words."""
    return STATE_WORDS[state](texts)


def view_job(job: Job, texts: Texts) -> JobView:
    """Return a job as its page shows it."""
    told = job.progress
    done, total = told.get("done"), told.get("of")
    return JobView(
        id=job.id,
        kind=kind_word(job.kind, texts),
        state=state_word(job.state, texts),
        code=job.state.value,
        about=_about(job),
        who=job.principal_id,
        stage=texts.told(str(told.get("stage", ""))),
        done=done if total else None,
        total=total or None,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        attempts=job.attempts,
        is_ended=job.is_ended,
        can_stop=job.state in {JobState.QUEUED, JobState.RUNNING},
        events=f"/api/jobs/{job.id}/events",
        href=path_of("system", "jobs", job.id),
        result=_result(job),
    )


def _about(job: Job) -> str:
    question = job.question
    told = [str(question[name]) for name in ("report", "name", "at") if question.get(name)]
    told += [", ".join(question["teams"])] if question.get("teams") else []
    return " · ".join(told)


def _result(job: Job) -> str:
    if job.kind is JobKind.IMPORT:
        return path_of("office", "import", job.id)
    plan = (job.result_ref or {}).get("plan")
    return "" if plan is None else path_of("plans", plan)
