"""An agent's day: what the published plan gives them and what became of it, what they did besides, what is pended."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from models.database import Database
from models.repositories.live.own_day import DayTask, read_day_tasks, read_done, read_pended_by
from models.time import from_wall_clock
from models.vocabulary_live import IN_HAND, TaskStage
from services.live.queue import LiveQueue


class DayMark(StrEnum):
    """What became of a task of the day."""

    DONE = "done"
    IN_HAND = "in-hand"
    TO_DO = "to-do"
    PENDED = "pended"
    LEAD = "lead"
    ELSEWHERE = "elsewhere"
    """Somebody else did it, has it, or it was cancelled."""


@dataclass(frozen=True, kw_only=True)
class DayEntry:
    """A task of the day: what became of it, and when the published plan has it, where it gives it to this agent."""

    mark: DayMark
    task: DayTask
    planned_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class OwnDay:
    """An agent's day.

    Attributes
    ----------
    entries
        What is planned in the plan's order, then what was done besides, in the order in which it was.
    pended
        What waits for somebody outside out of this agent's hand.
    num_done, worked_seconds
        Of all that the agent completed today.
    """

    entries: tuple[DayEntry, ...]
    pended: tuple[DayTask, ...]
    num_planned: int
    num_done: int
    worked_seconds: int


def look_at_day(database: Database, queue: LiveQueue, agent_id: str, *, now: int) -> OwnDay:
    """Return the day of an agent, by the office's calendar."""
    calendar = queue.crew.calendar
    day = calendar.local_day(now)
    start = from_wall_clock(day, time(0), calendar.zone)
    end = from_wall_clock(day + timedelta(days=1), time(0), calendar.zone)
    planned = {task: at for task, at in queue.list_planned(agent_id) if start <= at < end}
    with database.reading() as session:
        connection = session.connection()
        tasks = read_day_tasks(connection, planned) if planned else {}
        done = read_done(connection, agent_id, start=start, end=end)
        pended = read_pended_by(connection, agent_id)
    entries = [
        DayEntry(mark=_mark(tasks[name], agent_id), task=tasks[name], planned_at=at)
        for name, at in planned.items()
        if name in tasks
    ]
    besides = [DayEntry(mark=DayMark.DONE, task=task) for task in done if task.task_id not in planned]
    return OwnDay(
        entries=(*entries, *besides),
        pended=tuple(pended),
        num_planned=len(entries),
        num_done=len(done),
        worked_seconds=sum(task.worked_seconds for task in done),
    )


def _mark(task: DayTask, agent_id: str) -> DayMark:
    if task.closed_at is not None:
        return DayMark.DONE if task.done_by == agent_id else DayMark.ELSEWHERE
    if task.stage in IN_HAND:
        return DayMark.IN_HAND if task.holder == agent_id else DayMark.ELSEWHERE
    if task.stage is TaskStage.PENDED:
        return DayMark.PENDED
    return DayMark.LEAD if task.stage is TaskStage.LEAD else DayMark.TO_DO
