"""Somebody is ill: noted from when they should be here, and what they had in hand handed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

import numpy as np

from models.database import Database
from models.time import format_instant, from_wall_clock
from models.vocabulary_live import Presence
from services.live.acts import Act
from services.live.desk import Desk
from services.live.queue import LiveQueue
from services.office_editing import add_absence
from services.settings import Settings
from services.today.attendance import ILL

MOST_DAYS = 60
CAUSE = "ill"
"""Why the product signs somebody out who is ill."""


@dataclass(frozen=True, kw_only=True)
class IllAgent:
    """What it means that somebody is ill.

    Attributes
    ----------
    start
        From when on they are away: the start of the shift where they have not come, else now. Epoch second.
    is_here
        Whether they are signed in.
    tasks
        Open tasks that the published plan gives them, or that they have in hand, by due.
    num_due
        How many of these are due before the day ends.
    """

    start: int
    is_here: bool
    tasks: Sequence[str]
    num_due: int


def foresee_illness(queue: LiveQueue, agent_id: str, *, now: int, ends: int) -> IllAgent:
    """Return what it means that somebody is ill from now on.

    Raises
    ------
    KeyError
        If the agent does not belong to the office today.
    """
    crew = queue.crew
    state = queue.state_of(agent_id)
    is_here = state is not None and state.presence is not Presence.OUT
    begins = crew.next_start(crew.position[agent_id], now)
    known, position = queue.snapshot(), crew.position[agent_id]
    rows = np.flatnonzero(~known.is_waiting | (known.planned == position)).tolist()
    tasks = sorted(
        (min(float(known.due[row]), ends), known.tasks[row].id)
        for row in rows
        if known.is_waiting[row] or known.tasks[row].agent == agent_id
    )
    return IllAgent(
        start=now if is_here or begins is None or begins >= ends else begins,
        is_here=is_here,
        tasks=[task for _, task in tasks],
        num_due=sum(due < ends for due, _ in tasks),
    )


def report_ill(
    database: Database,
    desk: Desk,
    queue: LiveQueue,
    settings: Settings,
    agent_id: str,
    *,
    days: int,
    now: int,
    principal_id: str,
) -> int:
    """Note that somebody is ill, today and as many days as said in all, and return from when; epoch second.

    Whoever is signed in is signed out: what they had begun waits for a lead.
    """
    calendar = queue.crew.calendar
    today = calendar.local_day(now)
    ends = from_wall_clock(today + timedelta(days=days), time(0), calendar.zone)
    today_ends = from_wall_clock(today + timedelta(days=1), time(0), calendar.zone)
    found = foresee_illness(queue, agent_id, now=now, ends=today_ends)
    absence = {
        "start": format_instant(found.start, calendar.zone),
        "end": format_instant(ends, calendar.zone),
        "reason": ILL,
    }
    add_absence(database, settings, agent_id, absence, now=now, principal_id=principal_id)
    if found.is_here:
        desk.sign_out(agent_id, Act(principal_id=principal_id), cause=CAUSE)
    return found.start
