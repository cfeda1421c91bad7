"""What may have happened meanwhile that a move by hand must not undo: to the plan, and to the task at the live desk."""

from dataclasses import dataclass
from enum import StrEnum

from models.database import Session
from models.repositories.live.states import read_task
from models.repositories.office_pages import get_task
from models.repositories.plan_revisions import REVISION_OF, find_newest_revision
from models.repositories.plans import PlanRecord
from models.repositories.published import Publication, list_publications
from models.vocabulary import TaskState
from models.vocabulary_live import IN_HAND, TaskStage

UNDO_TO = "undo_to"
"""Under which name the settings of a revision say which plans it came from, the first one first."""


class ConflictKind(StrEnum):
    """What stands in the way of a move."""

    PLAN_CHANGED = "plan-changed"
    """Somebody has moved a task in the plan since; their plan is the one to go on with."""
    PLAN_REPLACED = "plan-replaced"
    """Another plan of the day was published since."""
    DAY_OVER = "day-over"
    TASK_CLOSED = "task-closed"
    TASK_TAKEN = "task-taken"
    """An agent has it in hand."""
    TASK_GIVEN = "task-given"
    """A lead has given it to another agent at the live desk."""
    NOTHING_TO_UNDO = "nothing-to-undo"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Why a move was not made: nothing was changed.

    Attributes
    ----------
    plan_id
        The plan to look at instead, where there is one.
    principal_id, at
        Who did it, and when, where that is known.
    agent
        Who has the task in hand, or was given it.
    """

    kind: ConflictKind
    plan_id: int | None = None
    principal_id: str | None = None
    at: int | None = None
    agent: str | None = None


def find_plan_conflict(session: Session, record: PlanRecord, *, at: int, hold: bool = True) -> Conflict | None:
    """Return what has become of a plan since.

    With `hold` nobody else revises it before the transaction ends.
    """
    connection = session.connection()
    newer = find_newest_revision(connection, record.id, hold=hold)
    if newer is not None:
        return Conflict(
            kind=ConflictKind.PLAN_CHANGED, plan_id=newer.id, principal_id=newer.principal_id, at=newer.made_at
        )
    if at >= record.carry_over_at:
        return Conflict(kind=ConflictKind.DAY_OVER)
    shown = _find_shown(session, record, at=max(at, record.planned_from))
    own = {record.id, *record.settings.get(UNDO_TO, ()), record.settings.get(REVISION_OF)}
    if shown is None or shown.plan_id in own or shown.published_at < record.made_at:
        return None
    return Conflict(
        kind=ConflictKind.PLAN_REPLACED,
        plan_id=shown.plan_id,
        principal_id=shown.principal_id,
        at=shown.published_at,
    )


def _find_shown(session: Session, record: PlanRecord, *, at: int) -> Publication | None:
    """Return what was published last of those that speak of a plan's teams."""
    wanted = None if record.teams is None else set(record.teams)
    for item in list_publications(session.connection(), at=at):
        if wanted is None or item.teams is None or not wanted.isdisjoint(item.teams):
            return item
    return None


def find_task_conflict(session: Session, task_id: str, agent_id: str | None) -> Conflict | None:
    """Return what keeps a task from being an agent's by hand: it is done, in hand, or given to somebody else."""
    connection = session.connection()
    row = get_task(connection, task_id, hold=True)
    live = read_task(connection, task_id, hold=True)
    is_closed = row["state"] == TaskState.CLOSED.value or (live is not None and live.state is TaskStage.CLOSED)
    if is_closed:
        return Conflict(kind=ConflictKind.TASK_CLOSED, at=row["closed_at"], agent=row["done_by_id"])
    if live is not None and live.state in IN_HAND:
        return Conflict(kind=ConflictKind.TASK_TAKEN, at=live.since, agent=live.agent_id)
    if row["in_progress"]:
        return Conflict(kind=ConflictKind.TASK_TAKEN, at=row["started_at"], agent=row["pinned_agent_id"])
    if live is not None and live.reserved_agent_id not in (None, agent_id):
        return Conflict(kind=ConflictKind.TASK_GIVEN, at=live.since, agent=live.reserved_agent_id)
    return None
