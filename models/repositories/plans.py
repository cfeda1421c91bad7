"""Plans in and out of the database, with the questions that they answer."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.formats.plan import Assignment, Objective, Plan, Unscheduled
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem, problem_document
from models.repositories.audit import record_change
from models.repositories.staging import fill
from models.tables.columns import to_json
from models.tables.plans import PlanRow, ProblemRow
from models.tables.schema import table_of
from models.vocabulary import PlanStatus, UnscheduledReason
from models.vocabulary_audit import Subject

TERMS = tuple(item.name for item in fields(Objective) if item.name != "total")


@dataclass(frozen=True, kw_only=True)
class PlanRecord:
    """What is stored of a plan besides the plan itself.

    Attributes
    ----------
    made_at
        When it was made; epoch second, as `planned_from` (the question's now) and `carry_over_at`.
    problem_digest
        SHA-256 of its question's public form.
    teams
        Teams it was asked for; None for all.
    settings
        How it was sought and what it assumes (time limit, seed, threads, plannable share, ...).
    figures, comparisons
        What it gives, and what rules such as first-in-first-out would have given, by rule.
    """

    id: int
    made_at: int
    planned_from: int
    carry_over_at: int
    timezone: str
    problem_digest: str
    total: float
    lower_bound: float | None = None
    status: str | None = None
    teams: Sequence[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    comparisons: Mapping[str, Any] = field(default_factory=dict)
    principal_id: str | None = None


def add_plan(
    session: Session,
    plan: Plan,
    problem: Problem,
    *,
    made_at: int,
    timezone: str,
    teams: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    figures: Mapping[str, Any] | None = None,
    comparisons: Mapping[str, Any] | None = None,
    principal_id: str | None = None,
) -> int:
    """Store a plan with its question and its trace in the audit trail, and return its number.

    Its tasks and agents are those of the database.
    """
    row = PlanRow.model_validate(
        {
            "made_at": made_at,
            "principal_id": principal_id,
            "problem_digest": _add_problem(session, problem),
            "planned_from": problem.now,
            "carry_over_at": problem.carry_over,
            "timezone": timezone,
            "teams": None if teams is None else list(teams),
            "settings": dict(settings or {}),
            "total": plan.objective.total,
            "terms": {name: value for name in TERMS if (value := getattr(plan.objective, name)) is not None},
            "lower_bound": plan.lower_bound,
            "status": plan.status,
            "solve_seconds": plan.solve_seconds,
            "seed": plan.seed,
            "sunk": plan.sunk,
            "extra": dict(plan.extra),
            "figures": dict(figures or {}),
            "comparisons": dict(comparisons or {}),
        }
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - the database gave it
    _add_entries(session, row.id, plan)
    record_change(
        session,
        at=made_at,
        principal_id=principal_id,
        what="plan",
        subject=Subject.PLAN,
        subject_id=row.id,
        after={
            "problem_digest": row.problem_digest,
            "planned_from": problem.now,
            "num_assigned": len(plan.assignments),
            "num_unscheduled": len(plan.unscheduled),
            "total": plan.objective.total,
            "status": plan.status,
        },
    )
    return row.id


def get_plan(session: Session, plan_id: int) -> Plan:
    """Return a stored plan, entry by entry as it was.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    """
    row = _row(session, plan_id)
    given, gone = table_of("plan_assignments").c, table_of("plan_unscheduled").c
    assigned = session.connection().execute(
        sa.select(given.task_id, given.agent_id, given.starts_at, given.ends_at)
        .where(given.plan_id == plan_id)
        .order_by(given.position)
    )
    left = session.connection().execute(
        sa.select(gone.task_id, gone.reason, gone.detail).where(gone.plan_id == plan_id).order_by(gone.position)
    )
    return Plan(
        assignments=tuple(
            Assignment(task=task, agent=agent, start=start, end=end) for task, agent, start, end in assigned
        ),
        unscheduled=tuple(
            Unscheduled(task=task, reason=UnscheduledReason(reason), detail=detail) for task, reason, detail in left
        ),
        objective=Objective(total=row.total, **row.terms),
        lower_bound=row.lower_bound,
        status=None if row.status is None else PlanStatus(row.status),
        solve_seconds=row.solve_seconds,
        seed=row.seed,
        sunk=row.sunk,
        extra=row.extra,
    )


def get_plan_record(session: Session, plan_id: int) -> PlanRecord:
    """Return what is stored of a plan besides its entries.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    """
    return _record(_row(session, plan_id))


def get_problem(session: Session, digest: str) -> Problem:
    """Return the question of a plan by its digest.

    Raises
    ------
    NotFoundError
        If there is no such question.
    """
    row = session.get(ProblemRow, digest)
    if row is None:
        raise NotFoundError(f"there is no problem {digest}")
    return parse_problem(json.loads(zlib.decompress(row.document)), file=f"problem {digest[:12]}")


def list_plans(session: Session, *, limit: int = 20) -> list[PlanRecord]:
    """Return the last plans, the newest first."""
    return [_record(row) for row in session.exec(select(PlanRow).order_by(col(PlanRow.id).desc()).limit(limit))]


def count_plans(session: Session) -> int:
    """Return the number of stored plans."""
    return session.exec(select(func.count()).select_from(PlanRow)).one()


def problem_digest(problem: Problem) -> str:
    """Return the SHA-256 of a problem's public form."""
    return hashlib.sha256(to_json(problem_document(problem)).encode()).hexdigest()


def _add_problem(session: Session, problem: Problem) -> str:
    raw = to_json(problem_document(problem)).encode()
    digest = hashlib.sha256(raw).hexdigest()
    if session.get(ProblemRow, digest) is None:
        session.add(ProblemRow.model_validate({"digest": digest, "document": zlib.compress(raw)}))
        session.flush()
    return digest


def _add_entries(session: Session, plan_id: int, plan: Plan) -> None:
    connection = session.connection()
    assigned, left = plan.assignments, plan.unscheduled
    fill(
        connection,
        table_of("plan_assignments"),
        {
            "plan_id": [plan_id] * len(assigned),
            "task_id": [one.task for one in assigned],
            "agent_id": [one.agent for one in assigned],
            "starts_at": [one.start for one in assigned],
            "ends_at": [one.end for one in assigned],
            "position": list(range(len(assigned))),
        },
    )
    fill(
        connection,
        table_of("plan_unscheduled"),
        {
            "plan_id": [plan_id] * len(left),
            "task_id": [one.task for one in left],
            "reason": [str(one.reason) for one in left],
            "detail": [one.detail for one in left],
            "position": list(range(len(left))),
        },
    )


def _row(session: Session, plan_id: int) -> PlanRow:
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise NotFoundError(f"there is no plan {plan_id}")
    return row


def _record(row: PlanRow) -> PlanRecord:
    assert row.id is not None  # noqa: S101 - it comes from the database
    names = {item.name for item in fields(PlanRecord)}
    return PlanRecord(**{name: value for name, value in row.model_dump().items() if name in names})
