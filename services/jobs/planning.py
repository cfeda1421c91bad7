"""A plan as a job: searched for, kept as the best so far now and then, and stored with the end of the job."""

import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.database import Session
from models.formats.plan import Assignment, Objective, Plan
from models.formats.problem import Problem
from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import JobResult
from models.repositories.published import read_published
from models.vocabulary_jobs import JobKind
from optimizer.routing import Progress
from services.daily_plan import Search, answer_question, ask_for_day
from services.jobs.lease import Lease
from services.jobs.questions import AT, SHOWN_BY, PlanAsk
from services.planning import DEFAULT_TIME_LIMIT_S
from services.publishing import publish_new_plan
from services.settings import Settings

BEST = "best"
SAVE_EVERY_S = 3.0
LEAST_SEARCH_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What a search has come to: its best plan, and what it took so far."""

    plan: Plan
    seconds: float
    iterations: int


def plan(lease: Lease, settings: Settings) -> JobResult | None:
    """Plan a day, show the plan where that was asked for, and end the job with it.

    Whoever goes on with it searches on from the best plan of those before, for the time or the candidates that are
    left. The day's question is asked anew: what has happened since is in it.
    """
    asked = dict(lease.job.question)
    at, shown_by = int(asked.pop(AT)), asked.pop(SHOWN_BY, None)
    ask = PlanAsk.model_validate(asked)
    lease.tell("reading the office")
    question = ask_for_day(
        lease.database,
        settings,
        at=at,
        teams=ask.teams,
        days=ask.days,
        with_known_arrivals=ask.with_known_arrivals,
        or_next_shift=ask.at is None,
    )
    before = _read_effort(lease)
    start = _published(lease, question.problem.now) if before is None else before.plan
    search = _search(ask, before)
    keeper = _Keeper(lease, question.problem, search, before)

    with lease.database.reading() as session:
        made_at = read_clock(session.connection())

    def store(session: Session, plan_id: int) -> None:
        lease.check_wanted()
        if shown_by is not None:
            publish_new_plan(session, plan_id, at=made_at, principal_id=lease.job.principal_id, what=str(shown_by))
        lease.finish(session, ref={"plan": plan_id})

    answer_question(
        lease.database,
        question,
        made_at=made_at,
        teams=ask.teams,
        preset=ask.preset,
        compare=ask.compare,
        search=search,
        start=start,
        asked_by=lease.job.principal_id,
        on_progress=keeper.take,
        on_store=store,
        cancel=lease.cancel,
    )
    return None


def pack_effort(problem: Problem, progress: Progress, *, seconds: float, iterations: int) -> bytes:
    """Return the best schedule of a search as bytes: ids and instants, so that it outlives its question."""
    agent, start, end = progress.best
    placed = np.flatnonzero(agent >= 0)
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        tasks=np.array([problem.tasks[position].id for position in placed], str),
        agents=np.array([problem.agents[agent[position]].id for position in placed], str),
        starts=start[placed] + problem.now,
        ends=end[placed] + problem.now,
        effort=np.array([seconds, float(iterations), progress.total]),
    )
    return stream.getvalue()


def unpack_effort(raw: bytes) -> Effort:
    """Return what `pack_effort` kept."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
        columns = [kept[name].tolist() for name in ("tasks", "agents", "starts", "ends")]
        seconds, iterations, total = kept["effort"].tolist()
    assigned = tuple(
        Assignment(task=task, agent=agent, start=start, end=end)
        for task, agent, start, end in zip(*columns, strict=True)
    )
    return Effort(
        plan=Plan(assignments=assigned, unscheduled=(), objective=Objective(total=total)),
        seconds=seconds,
        iterations=int(iterations),
    )


class _Keeper:
    """Tells of a search and keeps its best plan, every few seconds."""

    def __init__(self, lease: Lease, problem: Problem, search: Search, before: Effort | None) -> None:
        self._lease, self._problem, self._search = lease, problem, search
        self._seconds = 0.0 if before is None else before.seconds
        self._iterations = 0 if before is None else before.iterations
        self._saved_s = 0.0

    def take(self, progress: Progress) -> None:
        """Take in how far the search is."""
        figures: dict[str, Any] = {"total": round(progress.total, 3)}
        limit = self._search.time_limit_s
        if limit is not None:
            spent = self._seconds + progress.seconds
            self._lease.tell("searching", done=round(spent, 1), of=round(self._seconds + limit, 1), **figures)
        else:
            tried = self._iterations + progress.iterations
            whole = self._iterations + (self._search.iterations or 0)
            self._lease.tell("searching", done=tried, of=whole, **figures)
        if progress.seconds - self._saved_s >= SAVE_EVERY_S:
            self._saved_s = progress.seconds
            spent, tried = self._seconds + progress.seconds, self._iterations + progress.iterations
            self._lease.save(BEST, pack_effort(self._problem, progress, seconds=spent, iterations=tried))


def _search(ask: PlanAsk, before: Effort | None) -> Search:
    """Return how hard to search: less by what was spent on the job before."""
    limit = DEFAULT_TIME_LIMIT_S if ask.time_limit_s is None and ask.iterations is None else ask.time_limit_s
    search = Search(time_limit_s=limit, seed=ask.seed, threads=ask.threads, iterations=ask.iterations)
    if before is None:
        return search
    if search.time_limit_s is not None:
        search = replace(search, time_limit_s=max(LEAST_SEARCH_S, search.time_limit_s - before.seconds))
    if search.iterations is not None:
        search = replace(search, iterations=max(1, search.iterations - before.iterations))
    return search


def _read_effort(lease: Lease) -> Effort | None:
    raw = lease.read_saved().get(BEST)
    return None if raw is None else unpack_effort(raw)


def _published(lease: Lease, now: int) -> Plan | None:
    """Return what agents were shown, for a day that is planned anew to start from; None for a first plan."""
    if lease.job.kind is not JobKind.REPLAN:
        return None
    with lease.database.reading() as session:
        published = read_published(session.connection(), now)
    if published is None:
        return None
    assigned = tuple(item for items in published.by_agent.values() for item in items)
    return Plan(assignments=assigned, unscheduled=(), objective=Objective(total=0.0))
