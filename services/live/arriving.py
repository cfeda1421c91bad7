"""What an import means for the desk: tasks arrive, are closed elsewhere, or are open again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from models.database import Session
from models.repositories.live.arrivals import (
    close_elsewhere,
    find_closed_in_hand,
    keep_closed,
    reopen_from_source,
    take_in_arrivals,
)
from models.repositories.live.events import append
from models.repositories.live.records import Event
from models.repositories.live.states import read_task
from models.vocabulary_live import EventKind
from services.live.acts import ITSELF, Act
from services.live.scene import Scene
from services.settings import Settings

MOST_NAMED = 1_000
"""Of more tasks than that, the database is asked about all it has: one pass, and naming them would cost as much."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What the desk did after an import, in tasks.

    Attributes
    ----------
    num_kept
        Tasks that the desk had closed, and that the import's list, being older, had as open: they stay closed.
    """

    num_arrived: int
    num_closed: int
    num_reopened: int
    num_kept: int


def follow_import(
    session: Session,
    *,
    now: int,
    principal_id: str | None = None,
    batch: int | None = None,
    tables: Iterable[str] = (),
    tasks: Collection[str] | None = None,
) -> Followed:
    """Let the desk follow what was imported, in the transaction of the import.

    Parameters
    ----------
    batch
        Number of the import.
    tables
        Names of the tables in which it changed something.
    tasks
        The tasks that it may have changed; None for any.
    """
    connection = session.connection()
    ids = None if tasks is None or len(tasks) > MOST_NAMED else sorted(tasks)
    in_hand = find_closed_in_hand(connection, ids=ids)
    _hold_all(session, [task_id for task_id, *_ in in_hand], now)
    for task_id, reason, closed_at in in_hand:
        act = Act(principal_id=principal_id, occurred_at=min(closed_at, now))
        scene = Scene(session, Settings.model_construct(), act, now)
        task = scene.hold_with_holder(task_id)
        scene.record(EventKind.CLOSED_ELSEWHERE, task_id=task_id, agent_id=task.agent_id, details={"reason": reason})
    num_kept = keep_closed(connection, ids=ids)
    followed = Followed(
        num_closed=len(in_hand) + close_elsewhere(connection, now=now, principal_id=principal_id, ids=ids),
        num_reopened=reopen_from_source(connection, now=now, principal_id=principal_id, ids=ids),
        num_arrived=take_in_arrivals(connection, now=now, principal_id=principal_id, ids=ids),
        num_kept=num_kept,
    )
    changed = sorted(tables)
    if changed:
        details = {"tables": changed, **({} if batch is None else {"batch": batch})}
        kind = EventKind.OFFICE_CHANGED
        append(
            connection,
            Event(kind=kind, principal_id=principal_id, occurred_at=now, recorded_at=now, details=details),
        )
    return followed


def _hold_all(session: Session, task_ids: Iterable[str], now: int) -> None:
    """Hold all agents before the first task, as everybody does."""
    scene = Scene(session, Settings.model_construct(), ITSELF, now)
    seen = {task_id: read_task(scene.connection, task_id) for task_id in task_ids}
    for agent_id in sorted({task.agent_id for task in seen.values() if task is not None and task.agent_id is not None}):
        scene.hold_agent(agent_id)
    scene.hold_tasks(seen)
