"""Every agent's day carried on from the present: what is in hand first, then what the published plan gives them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.vocabulary_live import IN_HAND, TaskStage
from optimizer.instance import Ints
from optimizer.next_task.carrying_on import NEVER, carry_days_on
from optimizer.next_task.columns import NOBODY
from services.live.crew import Crew
from services.live.snapshot import Longs, Rows, Snapshot

_FIRST = {TaskStage.STARTED: 0, TaskStage.PAUSED: 1, TaskStage.CLAIMED: 2}
_PINNED, _PLANNED = 3, 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Spans:
    """Who has each task of a snapshot in hand or is to do it, and when. N tasks.

    Attributes
    ----------
    agent : (N,) position; `NOBODY` where nobody is
    start, end : (N,) epoch seconds; `NEVER` where nobody is to do it today
    """

    agent: Ints
    start: Longs
    end: Longs


@dataclass(frozen=True, kw_only=True, eq=False)
class _Listed:
    """What agents have before them, by agent, in the order in which they do it. L tasks."""

    row: Rows
    agent: Ints
    earliest: NDArray[np.float64]


def carry_on(known: Snapshot, crew: Crew, now: int, plannable_share: float) -> Spans:
    """Return when everything starts and ends that somebody has in hand or is to do today.

    Parameters
    ----------
    plannable_share
        Part of an agent's time on tasks that plans fill.
    """
    num_tasks = len(known.tasks)
    spans = Spans(
        agent=np.full(num_tasks, NOBODY, np.int32),
        start=np.full(num_tasks, NEVER, np.int64),
        end=np.full(num_tasks, NEVER, np.int64),
    )
    listed = _list_days(known, crew, now)
    seconds = known.standard_s[listed.row] / (_speeds(known, crew, listed) * plannable_share)
    begins, leaves = np.zeros(len(crew.agents)), np.zeros(len(crew.agents))
    for position in np.unique(listed.agent).tolist():
        begins[position], leaves[position] = _on_duty(crew, position, now)
    start, end = np.empty(len(seconds)), np.empty(len(seconds))
    carry_days_on(listed.agent, listed.earliest, seconds, np.maximum(begins, now), leaves, start, end)
    spans.start[listed.row], spans.end[listed.row] = start, end
    spans.agent[listed.row] = np.where(end == NEVER, NOBODY, listed.agent)
    return spans


def _list_days(known: Snapshot, crew: Crew, now: int) -> _Listed:
    agent = np.where(known.is_waiting, known.planned, NOBODY).astype(np.int32)
    at = np.where(known.planned == NOBODY, float(now), known.planned_at)
    rank = np.full(len(agent), _PLANNED, np.int8)
    for row in np.flatnonzero(~known.is_waiting | known.is_pinned).tolist():
        task = known.tasks[row]
        if task.stage in IN_HAND:
            agent[row], at[row], rank[row] = crew.position.get(task.agent or "", NOBODY), now, _FIRST[task.stage]
        elif task.stage is TaskStage.WAITING and task.pinned_by_lead and task.pinned is not None:
            agent[row], rank[row] = crew.position.get(task.pinned, NOBODY), _PINNED
        elif task.stage is TaskStage.WAITING:  # also while somebody is about to take it
            agent[row] = known.planned[row]
    rows = np.flatnonzero(agent != NOBODY)
    rows = rows[np.lexsort((known.order[rows], at[rows], rank[rows], agent[rows]))]
    return _Listed(row=rows, agent=agent[rows], earliest=np.maximum(at[rows], known.earliest[rows]))


def _speeds(known: Snapshot, crew: Crew, listed: _Listed) -> NDArray[np.float64]:
    """Return how fast the agent of each listed task is at it."""
    num_demands = max(1, len(known.demands))
    pairs, of_task = np.unique(
        listed.agent.astype(np.int64) * num_demands + known.demand[listed.row], return_inverse=True
    )
    speeds = np.ones(len(pairs))
    for n, (position, demand) in enumerate(
        zip(*(part.tolist() for part in np.divmod(pairs, num_demands)), strict=True)
    ):
        skill = crew.agents[position].skills.get(known.demands[demand].skill)
        if skill is not None:
            speeds[n] = skill.speed
    return speeds[of_task]


def _on_duty(crew: Crew, position: int, now: int) -> tuple[int, int]:
    """Return from when until when somebody works today; who is there without a shift stays as long as it takes."""
    start, room = crew.next_start(position, now), crew.room(position, now)
    if start is None:
        has_left = bool(crew.agents[position].shifts)
        return now, now if has_left else 2**62
    day = crew.calendar.local_day(now)
    if room.shift_end is None and crew.calendar.local_day(start) != day:
        return now, now
    end = next(shift.end for shift in crew.agents[position].shifts if shift.start == start)
    return start, end
