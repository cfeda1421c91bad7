"""Where open tasks stand at the desk, laid over the tasks of the office for whoever plans."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from models.repositories.live.records import LiveTask
from models.tables.schema import table_of
from models.time import SECONDS_PER_DAY
from models.vocabulary import TaskState
from models.vocabulary_live import TaskStage

_TASKS, _STATES = table_of("tasks"), table_of("task_states")
# A task that waits as it came in is as the office has it: of most there is nothing to say.
_SAYS_MORE = or_(
    _STATES.c.state != TaskStage.WAITING.value,
    _STATES.c.stopped_seconds > 0,
    _STATES.c.due_at.is_not(None),
    _STATES.c.reserved_agent_id.is_not(None),
)
Cells = dict[str, Any]


def read_standing(connection: Connection, *, at: int) -> list[LiveTask]:
    """Return where the open tasks stand that are not simply waiting, those that came there by an instant."""
    is_meant = and_(
        _TASKS.c.state == TaskState.OPEN.value,
        _STATES.c.state != TaskStage.CLOSED.value,
        _STATES.c.since <= at,
        _SAYS_MORE,
    )
    query = select(_STATES).join(_TASKS, _TASKS.c.id == _STATES.c.task_id).where(is_meant)
    return [LiveTask.of(row) for row in connection.execute(query).mappings()]


def lay_over(
    rows: Sequence[Any], names: Sequence[str], standing: Sequence[LiveTask], *, at: int
) -> Sequence[Sequence[Any]]:
    """Return rows of tasks with what the desk knows better in their cells.

    A task that is claimed is its agent's, one that is begun is in progress there; one that a lead gave to an agent is
    theirs; one that is pended, or waits for a lead, is left out as pended; a deadline has moved by as long as its clock
    stood still.

    Parameters
    ----------
    rows, names
        Rows of the tasks table, and the names of their columns.
    """
    if not standing:
        return rows
    by_task = {task.task_id: task for task in standing}
    place = {name: index for index, name in enumerate(names)}
    key = place["id"]
    laid: list[Sequence[Any]] = []
    for row in rows:
        task = by_task.get(row[key])
        if task is None:
            laid.append(row)
            continue
        cells = list(row)
        for name, value in _cells(task, own_due_at=row[place["due_at"]], at=at).items():
            cells[place[name]] = value
        laid.append(cells)
    return laid


def _cells(task: LiveTask, *, own_due_at: int | None, at: int) -> Cells:
    cells = _BY_STAGE[task.state](task, at)
    due_at = task.due(own_due_at)
    if due_at is not None:
        cells["due_at"] = due_at
    return cells


def _waiting(task: LiveTask, _at: int) -> Cells:
    return {} if task.reserved_agent_id is None else {"pinned_agent_id": task.reserved_agent_id}


def _claimed(task: LiveTask, _at: int) -> Cells:
    return {"pinned_agent_id": task.agent_id, "in_progress": False, "pended_until": None}


def _begun(task: LiveTask, at: int) -> Cells:
    # Begun, by whom and when: the planner keeps it with them, and takes as done what was worked on it. As though it had
    # been in one go, so that pauses are no work.
    started_at = at - task.worked_until(at)
    return {"done_by_id": task.agent_id, "started_at": started_at, "in_progress": False, "pended_until": None}


def _pended(task: LiveTask, _at: int) -> Cells:
    return {"pended_until": task.follow_up_at, "in_progress": False}


def _with_lead(_task: LiveTask, at: int) -> Cells:
    # Nobody knows when the lead decides; not today, for a plan of the day.
    return {"pended_until": at + SECONDS_PER_DAY, "in_progress": False}


_BY_STAGE: Mapping[TaskStage, Callable[[LiveTask, int], Cells]] = {
    TaskStage.WAITING: _waiting,
    TaskStage.CLAIMED: _claimed,
    TaskStage.STARTED: _begun,
    TaskStage.PAUSED: _begun,
    TaskStage.PENDED: _pended,
    TaskStage.LEAD: _with_lead,
}
