"""Jobs as documents: how far each is, why it failed, where its result is."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.repositories.jobs.records import Job
from models.time import format_instant
from models.vocabulary_jobs import JobKind, JobState

LARGE = frozenset({"scenario", "scenarios", "traces"})
"""What of a question is not shown again: it may have megabytes."""
_JOB: dict[str, Any] = {
    "id": 12,
    "kind": "plan",
    "state": "running",
    "principal_id": "ada",
    "question": {"teams": ["billing"], "time_limit_s": 10},
    "progress": {"stage": "searching", "done": 4.1, "of": 10, "share": 0.41, "figures": {"total": 812.5}},
    "attempts": 1,
    "created_at": "2026-03-02T07:00:00+00:00",
    "started_at": "2026-03-02T07:00:01+00:00",
    "ended_at": None,
    "problem": None,
    "links": {"self": "/api/jobs/12", "events": "/api/jobs/12/events"},
    "version": 6,
}


class ProgressDocument(BaseModel):
    """How far a job is."""

    model_config = ConfigDict(title="JobProgress")

    stage: str = Field(description="What is being done; empty before it is begun.")
    done: float | None = Field(default=None, description="How much of `of` is done.")
    of: float | None = None
    share: float | None = Field(default=None, ge=0, le=1, description="done / of.")
    figures: dict[str, float | int | str] = Field(default_factory=dict, description="What is known so far.")


class JobProblemDocument(BaseModel):
    """Why a job failed (RFC 9457)."""

    model_config = ConfigDict(title="JobProblem")

    type: str
    title: str
    detail: str
    num_faults: int | None = None
    faults: list[dict[str, str | None]] | None = Field(
        default=None, description="Everything that is wrong, where it is input: file, record, field, value, expected."
    )


class JobDocument(BaseModel):
    """A job."""

    model_config = ConfigDict(title="Job", json_schema_extra={"example": _JOB})

    id: int
    kind: JobKind
    state: JobState
    principal_id: str = Field(description="Who asked.")
    question: dict[str, Any] = Field(description="What was asked; scenarios and traces are left out.")
    progress: ProgressDocument
    attempts: int = Field(description="How often it was begun: more than once where who did it was ended.")
    created_at: str = Field(json_schema_extra={"format": "date-time"})
    started_at: str | None = Field(json_schema_extra={"format": "date-time"})
    ended_at: str | None = Field(json_schema_extra={"format": "date-time"})
    problem: JobProblemDocument | None = Field(description="Why it failed.")
    links: dict[str, str] = Field(
        description="Addresses: of itself, of its events, and, once it is done, of what came of it."
    )
    version: int = Field(description="Changes so far; its ETag.")


def job_document(job: Job) -> JobDocument:
    """Return a job as a document."""
    return JobDocument(
        id=job.id,
        kind=job.kind,
        state=job.state,
        principal_id=job.principal_id,
        question={name: value for name, value in job.question.items() if name not in LARGE},
        progress=_progress(job),
        attempts=job.attempts,
        created_at=format_instant(job.created_at),
        started_at=None if job.started_at is None else format_instant(job.started_at),
        ended_at=None if job.ended_at is None else format_instant(job.ended_at),
        problem=None if job.problem is None else JobProblemDocument(**job.problem),
        links=_links(job),
        version=job.version,
    )


def _progress(job: Job) -> ProgressDocument:
    told = dict(job.progress)
    stage, done, of = str(told.pop("stage", "")), told.pop("done", None), told.pop("of", None)
    share = 1.0 if job.state is JobState.DONE else min(1.0, done / of) if of and done is not None else None
    return ProgressDocument(stage=stage, done=done, of=of, share=share, figures=told)


def _links(job: Job) -> dict[str, str]:
    own = f"/api/jobs/{job.id}"
    links = {"self": own, "events": f"{own}/events"}
    if job.state is JobState.DONE:
        plan = (job.result_ref or {}).get("plan")
        if plan is None:
            links["result"] = f"{own}/result"
        else:
            links["plan"] = f"/api/plans/{plan}"
        scenario = (job.result_ref or {}).get("scenario")
        if scenario is not None:
            links["scenario"] = f"/what-if/scenarios/{scenario}"
    return links
