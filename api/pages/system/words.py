"""Jobs in words: what each does, where it stands, and what it was asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.report_words import report_word
from api.pages.serving import path_of
from models.repositories.jobs.records import Job
from models.vocabulary_audit import Subject
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
    JobKind.WORKBOOK: lambda texts: texts.gettext("Workbook"),
}
STATE_WORDS: Mapping[JobState, Word] = {
    JobState.QUEUED: lambda texts: texts.gettext("Queued"),
    JobState.RUNNING: lambda texts: texts.gettext("Running"),
    JobState.CANCELLING: lambda texts: texts.gettext("Being stopped"),
    JobState.DONE: lambda texts: texts.gettext("Done"),
    JobState.FAILED: lambda texts: texts.gettext("Failed"),
    JobState.CANCELLED: lambda texts: texts.gettext("Cancelled"),
}


SUBJECT_WORDS: Mapping[Subject, Word] = {
    Subject.AGENT: lambda texts: texts.pgettext("audit", "Agent"),
    Subject.DATABASE: lambda texts: texts.pgettext("audit", "Database"),
    Subject.IMPORT: lambda texts: texts.pgettext("audit", "Import"),
    Subject.JOB: lambda texts: texts.pgettext("audit", "Job"),
    Subject.KEY: lambda texts: texts.pgettext("audit", "Key"),
    Subject.LENDING: lambda texts: texts.pgettext("audit", "Lending"),
    Subject.OFFICE: lambda texts: texts.pgettext("audit", "Office"),
    Subject.PLAN: lambda texts: texts.pgettext("audit", "Plan"),
    Subject.PRINCIPAL: lambda texts: texts.pgettext("audit", "Account"),
    Subject.ROLE: lambda texts: texts.pgettext("audit", "Role"),
    Subject.SCENARIO: lambda texts: texts.pgettext("audit", "Scenario"),
    Subject.SESSION: lambda texts: texts.pgettext("audit", "Sign-in"),
    Subject.SETTING: lambda texts: texts.pgettext("audit", "Setting"),
    Subject.TASK: lambda texts: texts.pgettext("audit", "Task"),
    Subject.TASK_TYPE: lambda texts: texts.pgettext("audit", "Task type"),
    Subject.TEAM: lambda texts: texts.pgettext("audit", "Team"),
}
"""What a change is a change of, as people call it."""


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
    stage, stage_code
        What is being done of it, in words and as programs know it.
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
    stage_code: str
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


def subject_word(kind: str, texts: Texts) -> str:
    """Return what a change is a change of, in words; one that is not known is called as the trail calls it."""
    return SUBJECT_WORDS[Subject(kind)](texts) if kind in set(Subject) else kind


def subject_choices(texts: Texts) -> Sequence[tuple[str, str]]:
    """Return what a change may be a change of, with what each is called, by that."""
    return sorted(((one.value, word(texts)) for one, word in SUBJECT_WORDS.items()), key=lambda choice: choice[1])


def view_job(job: Job, texts: Texts) -> JobView:
    """Return a job as its page shows it."""
    told = job.progress
    stage, done, total = str(told.get("stage", "")), told.get("done"), told.get("of")
    return JobView(
        id=job.id,
        kind=kind_word(job.kind, texts),
        state=state_word(job.state, texts),
        code=job.state.value,
        about=_about(job, texts),
        who=job.principal_id,
        stage=texts.told(stage),
        stage_code=stage,
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


def _about(job: Job, texts: Texts) -> str:
    question = job.question
    told = [report_word(str(question["report"]), texts)] if question.get("report") else []
    told += [texts.gettext("Plan %(id)s", id=question["id"])] if question.get("of") == "plan" else []
    told += [str(question[name]) for name in ("name", "at") if question.get(name)]
    told += [", ".join(question["teams"])] if question.get("teams") else []
    return " · ".join(told)


def _result(job: Job) -> str:
    if job.kind is JobKind.IMPORT:
        return path_of("office", "import", job.id)
    plan = (job.result_ref or {}).get("plan")
    return "" if plan is None else path_of("plans", plan)
