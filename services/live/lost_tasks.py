"""What became of a task that an agent had in hand, or wanted: so that a refusal can say it and what to do."""

from dataclasses import dataclass

from models.database import Database
from models.repositories.live.events import read_task_events
from models.repositories.live.own_day import read_day_task
from models.vocabulary_live import EventKind
from services.live.agent_stages import LEAVES_HAND


@dataclass(frozen=True, kw_only=True)
class LostTask:
    """That a task left an agent's hand.

    Attributes
    ----------
    kind
        By what event; None where the agent never had it.
    at
        When that was written; epoch second.
    is_own
        Whether the agent did it.
    is_replaced
        Whether the agent took another one for it.
    holder
        Who has it now.
    """

    task_id: str
    title: str
    task_type: str
    kind: EventKind | None
    at: int | None
    is_own: bool = False
    is_replaced: bool = False
    holder: str | None = None


def find_lost(database: Database, task_id: str, *, agent_id: str, principal_id: str) -> LostTask | None:
    """Return what became of a task that is not in an agent's hand; None where it is there, or there is none.

    Parameters
    ----------
    principal_id
        Who the agent is when they act.
    """
    with database.reading() as session:
        row = read_day_task(session.connection(), task_id)
        if row is None or row.holder == agent_id:
            return None
        events = read_task_events(session.connection(), task_id)
    left = next((one for one in reversed(events) if one.agent_id == agent_id and one.kind in LEAVES_HAND), None)
    return LostTask(
        task_id=task_id,
        title=row.title,
        task_type=row.task_type,
        kind=None if left is None else left.kind,
        at=None if left is None else left.recorded_at,
        is_own=left is not None and left.principal_id == principal_id,
        is_replaced=left is not None and "for" in left.details,
        holder=row.holder,
    )
