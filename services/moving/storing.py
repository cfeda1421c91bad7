"""A move by hand, stored: a new revision of the plan, judged by the referee, with the task pinned to whom it went."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.database import Database, Session
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.repositories.audit import record_change
from models.repositories.live.events import append
from models.repositories.live.records import Event
from models.repositories.office_pages import get_task, pin_task
from models.repositories.plan_revisions import REVISION_OF
from models.repositories.plans import PlanRecord, add_plan, get_plan, get_plan_record, get_problem
from models.time import load_zone
from models.vocabulary_audit import Subject
from models.vocabulary_live import EventKind
from reports.plan_summary import figures_document, summarise_plan
from reports.plan_tables import tabulate_plan
from services.moving.conflicts import UNDO_TO, Conflict, ConflictKind, find_plan_conflict, find_task_conflict
from services.moving.trying import Move, Mover, Preview, Refusal

HOLDS, MOVE, UNDOES = "holds", "move", "undoes"
"""Under which names the settings of a revision say what was put off, what was moved, and what it takes back."""


@dataclass(frozen=True, kw_only=True)
class StoredMove:
    """A move that was stored.

    Attributes
    ----------
    plan_id
        The new revision.
    preview
        What it changed.
    mover
        The new revision, for the next move.
    """

    plan_id: int
    preview: Preview
    mover: Mover


@dataclass(frozen=True, kw_only=True)
class Undone:
    """A move that was taken back: the new revision is the plan as it was before it."""

    plan_id: int
    task: str
    agent: str


def make_mover(record: PlanRecord, problem: Problem, plan: Plan) -> Mover:
    """Return a stored plan as one on which moves are tried."""
    return Mover(problem, plan, holds=record.settings.get(HOLDS))


def clamp(move: Move, *, at: int) -> Move:
    """Return a move that asks for nothing before the present."""
    return replace(move, not_before=max(move.not_before, at))


def store_move(
    database: Database, record: PlanRecord, mover: Mover, move: Move, *, at: int, principal_id: str, what: str
) -> StoredMove | Refusal | Conflict:
    """Store the plan with a task moved, and pin the task to the agent, so that plans made anew leave it there.

    Parameters
    ----------
    record, mover
        The plan that whoever moves looked at.
    at
        The present; nothing is planned before it.
    principal_id, what
        Who moves it, and by which route, for the audit trail.

    Returns
    -------
    StoredMove | Refusal | Conflict
        A refusal where a hard rule is against it; a conflict where it is no longer that plan, or the task is no longer
        free. Nothing is changed then.

    Raises
    ------
    NotFoundError
        If there is no such plan, task or agent.
    """
    move = clamp(move, at=at)
    preview = mover.try_move(move)
    if isinstance(preview, Refusal):
        return preview
    applied = mover.apply(move, zone_name=record.timezone)
    if isinstance(applied, Refusal):
        return applied
    problem, plan = applied.problem, applied.plan
    figures = _figures(record, problem, plan)
    with database.writing() as session:
        conflict = find_plan_conflict(session, record, at=at) or find_task_conflict(session, move.task, move.agent)
        if conflict is not None:
            return conflict
        pinned_before = get_task(session.connection(), move.task)["pinned_agent_id"]
        settings = {
            **{key: value for key, value in record.settings.items() if key != UNDOES},
            REVISION_OF: record.id,
            HOLDS: dict(applied.holds),
            UNDO_TO: [*record.settings.get(UNDO_TO, ()), record.id],
            MOVE: {
                "task": move.task,
                "agent": move.agent,
                "from_agent": None if preview.before is None else preview.before.agent,
                "pinned_before": pinned_before,
                "start": preview.after.start,
                "total_change": preview.total_change,
            },
        }
        plan_id = _add(session, record, problem, plan, settings, figures, at=at, principal_id=principal_id)
        _pin(session, move.task, pinned_before, move.agent, at=at, principal_id=principal_id, what=what)
    made = Mover(problem, plan, holds=applied.holds)
    return StoredMove(plan_id=plan_id, preview=preview, mover=made)


def undo_move(database: Database, record: PlanRecord, *, at: int, principal_id: str, what: str) -> Undone | Conflict:
    """Store the plan as it was before the last move in it, and give the task's pin back to what it was.

    Raises
    ------
    NotFoundError
        If there is no such plan any more.
    """
    undone, way_back = record.settings.get(MOVE), record.settings.get(UNDO_TO, ())
    if undone is None or not way_back:
        return Conflict(kind=ConflictKind.NOTHING_TO_UNDO)
    with database.writing() as session:
        conflict = find_plan_conflict(session, record, at=at) or find_task_conflict(session, undone["task"], None)
        if conflict is not None and conflict.kind is not ConflictKind.TASK_GIVEN:
            return conflict
        before = get_plan_record(session, way_back[-1])
        plan_id = _add(
            session,
            before,
            get_problem(session, before.problem_digest),
            get_plan(session, before.id),
            {**before.settings, REVISION_OF: record.id, UNDOES: record.id},
            before.figures,
            at=at,
            principal_id=principal_id,
        )
        pinned = get_task(session.connection(), undone["task"])["pinned_agent_id"]
        if pinned == undone["agent"]:  # else somebody has pinned it anew since
            _pin(
                session,
                undone["task"],
                pinned,
                undone["pinned_before"],
                at=at,
                principal_id=principal_id,
                what=what,
            )
    return Undone(plan_id=plan_id, task=undone["task"], agent=undone["agent"])


def _figures(record: PlanRecord, problem: Problem, plan: Plan) -> Mapping[str, Any]:
    tables = tabulate_plan(
        problem, plan, zone=load_zone(record.timezone), plannable_share=record.settings.get("plannable_share")
    )
    return figures_document(summarise_plan(plan, tables), tables)


def _add(
    session: Session,
    record: PlanRecord,
    problem: Problem,
    plan: Plan,
    settings: Mapping[str, Any],
    figures: Mapping[str, Any],
    *,
    at: int,
    principal_id: str,
) -> int:
    return add_plan(
        session,
        plan,
        problem,
        made_at=at,
        timezone=record.timezone,
        teams=record.teams,
        settings=settings,
        figures=figures,
        comparisons=record.comparisons,
        principal_id=principal_id,
    )


def _pin(
    session: Session,
    task_id: str,
    before: str | None,
    after: str | None,
    *,
    at: int,
    principal_id: str,
    what: str,
) -> None:
    """Pin a task, with a trace, and tell whoever follows the office."""
    if before == after:
        return
    pin_task(session.connection(), task_id, after)
    record_change(
        session,
        at=at,
        principal_id=principal_id,
        what=what,
        subject=Subject.TASK,
        subject_id=task_id,
        before={"pinned_agent_id": before},
        after={"pinned_agent_id": after},
    )
    append(
        session.connection(),
        Event(
            kind=EventKind.OFFICE_CHANGED,
            occurred_at=at,
            recorded_at=at,
            principal_id=principal_id,
            details={"tables": ["tasks"], "task": task_id},
        ),
    )
