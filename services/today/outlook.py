"""What of today's work will be late as things stand: the published plan carried on from the present of the desk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from models.repositories.live.waiting import OpenTask
from models.time import SECONDS_PER_MINUTE, from_wall_clock
from models.vocabulary_live import TaskStage
from optimizer.instance import Floats
from optimizer.next_task.carrying_on import NEVER
from optimizer.next_task.columns import NOBODY
from reports.metrics import AT_RISK_MINUTES
from services.live.queue import LiveQueue
from services.live.snapshot import Rows, Snapshot
from services.today.carrying_on import Spans, carry_on


class Course(StrEnum):
    """How a task that is due today comes out as things stand, the worst first."""

    OVERDUE = "overdue"
    LATE = "late"
    """Somebody is to do it, and will end after its due."""
    NOBODY = "nobody"
    """It is due today, and nobody is to do it in time to be on duty."""
    AT_RISK = "at-risk"
    ON_TIME = "on-time"
    WAITING_OUTSIDE = "pended"
    """It waits for somebody outside; whether it will be late is not ours to say."""


LATE_COURSES = frozenset({Course.LATE, Course.NOBODY})


@dataclass(frozen=True, kw_only=True)
class TaskOutlook:
    """A task that is due by the end of today, and what becomes of it. Instants are epoch seconds.

    Attributes
    ----------
    team
        In whose queue it is.
    agent_id, start, end
        Who has it in hand or is to do it, and when; None where nobody is.
    short_s
        Seconds of its work that would be done after its due; 0 where it is on time, or overdue already.
    """

    task: OpenTask
    team: str
    due: int
    course: Course
    agent_id: str | None = None
    start: int | None = None
    end: int | None = None
    short_s: float = 0.0


COURSES = tuple(Course)
_PLACE = {course: place for place, course in enumerate(COURSES)}
_NONE_DUE = -1


class TaskOutlooks(Sequence[TaskOutlook]):
    """What becomes of some tasks: worked out as columns for all, put in order and told where somebody looks.

    Parameters
    ----------
    sort
        Puts the rows in their order; None where they are.
    """

    def __init__(self, columns: "OutlookColumns", rows: Rows, sort: Callable[[Rows], Rows] | None = None) -> None:
        self._columns, self._rows, self._sort = columns, rows, sort

    @cached_property
    def _in_order(self) -> Rows:
        return self._rows if self._sort is None else self._sort(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> TaskOutlook: ...
    @overload
    def __getitem__(self, place: slice) -> "TaskOutlooks": ...
    def __getitem__(self, place: int | slice) -> "TaskOutlook | TaskOutlooks":
        if isinstance(place, slice):
            return TaskOutlooks(self._columns, self._in_order[place])
        return self._columns.tell(int(self._in_order[place]))


@dataclass(frozen=True, kw_only=True, eq=False)
class OutlookColumns:
    """What becomes of the tasks of a snapshot. N tasks.

    Attributes
    ----------
    agents
        The ids of the agents by position.
    course : (N,) place among the courses; `_NONE_DUE` where the task is not due by the end of today
    short_s : (N,) seconds of its work that would be done after its due
    """

    snapshot: Snapshot
    agents: Sequence[str]
    spans: Spans
    course: NDArray[np.int8]
    short_s: Floats

    def tell(self, row: int) -> TaskOutlook:
        """Return what becomes of the task in a row."""
        known, spans = self.snapshot, self.spans
        is_placed = spans.end[row] != NEVER
        return TaskOutlook(
            task=known.tasks[row],
            team=known.demands[known.demand[row]].team,
            due=int(known.due[row]),
            course=COURSES[self.course[row]],
            agent_id=self.agents[spans.agent[row]] if is_placed else None,
            start=int(spans.start[row]) if is_placed else None,
            end=int(spans.end[row]) if is_placed else None,
            short_s=float(self.short_s[row]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class TeamOutlook:
    """What a team's day comes to.

    Attributes
    ----------
    tasks
        Those that are due by the end of today, the worst first, then by due; there may be very many.
    late
        Those of them that will be late and are not overdue, the one that is due first coming first.
    counts
        How many take each course.
    short_s
        Seconds of work that would be done after their due.
    with_lead
        Open tasks of the team, due whenever, that wait for a lead to decide.
    """

    team: str
    name: str
    tasks: TaskOutlooks
    late: TaskOutlooks
    counts: Mapping[Course, int]
    short_s: float
    with_lead: tuple[OpenTask, ...]

    @property
    def num_coming(self) -> int:
        """How many are due by the end of today and not overdue."""
        return len(self.tasks) - self.counts[Course.OVERDUE]

    def count(self, *courses: Course) -> int:
        """Return how many tasks take one of some courses."""
        return sum(self.counts[course] for course in courses)


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlook:
    """The day of an office as it stands at an instant, team by team."""

    now: int
    ends: int
    teams: Mapping[str, TeamOutlook]
    columns: OutlookColumns

    def of(self, teams: Collection[str] | None) -> list[TeamOutlook]:
        """Return the outlook of some teams or all, those first that are short of most time."""
        found = [one for one in self.teams.values() if teams is None or one.team in teams]
        found.sort(key=lambda one: (-one.short_s, -one.count(Course.OVERDUE), one.name))
        return found

    def find(self, task_id: str) -> TaskOutlook | None:
        """Return what becomes of a task; None where it is not due by the end of today."""
        row = self._rows.get(task_id)
        return None if row is None or self.columns.course[row] == _NONE_DUE else self.columns.tell(row)

    def choose(self, teams: Collection[str] | None, courses: Collection[Course]) -> TaskOutlooks:
        """Return the tasks of some teams or all that take one of some courses, the one due first coming first."""
        known = self.columns.snapshot
        is_chosen = np.isin(self.columns.course, [_PLACE[course] for course in courses]) & known.in_teams(teams)
        return TaskOutlooks(self.columns, np.flatnonzero(is_chosen), known.by_due)

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {task.id: row for row, task in enumerate(self.columns.snapshot.tasks)}


def look_ahead(queue: LiveQueue, now: int, *, plannable_share: float) -> Outlook:
    """Return what becomes of today's work if everybody goes on as the published plan has it.

    Each agent does what is in hand, then what the plan gives them, in its order and not before its times; what is late
    pushes the rest on. Handling is what is expected of the agent, with the share of time kept free that plans keep.

    Parameters
    ----------
    plannable_share
        Part of an agent's time on tasks that plans fill.
    """
    crew, known = queue.crew, queue.snapshot()
    tomorrow = crew.calendar.local_day(now) + timedelta(days=1)
    ends = from_wall_clock(tomorrow, time(0), crew.calendar.zone)
    spans = carry_on(known, crew, now, plannable_share)
    course, short_s = _judge(known, spans, now, ends)
    agents = tuple(agent.id for agent in crew.agents)
    columns = OutlookColumns(snapshot=known, agents=agents, spans=spans, course=course, short_s=short_s)
    return Outlook(now=now, ends=ends, columns=columns, teams=_by_team(columns, crew.team_names))


def _judge(known: Snapshot, spans: Spans, now: int, ends: int) -> tuple[NDArray[np.int8], Floats]:
    """Return the course of each task, and how much of its work is short."""
    due, end = known.due, spans.end
    is_placed = end != NEVER
    little = AT_RISK_MINUTES * SECONDS_PER_MINUTE
    course = np.select(
        [due >= ends, due <= now, ~is_placed, end > due, end > due - little],
        [_NONE_DUE, *(_PLACE[one] for one in (Course.OVERDUE, Course.NOBODY, Course.LATE, Course.AT_RISK))],
        _PLACE[Course.ON_TIME],
    ).astype(np.int8)
    for row in np.flatnonzero(~known.is_waiting & (course != _NONE_DUE)).tolist():
        if known.tasks[row].stage is TaskStage.PENDED:
            course[row] = _PLACE[Course.WAITING_OUTSIDE]
    overrun = np.where(is_placed, np.minimum(known.standard_s, end - due), known.standard_s)
    is_late = (course == _PLACE[Course.LATE]) | (course == _PLACE[Course.NOBODY])
    return course, np.where(is_late, overrun, 0.0)


def _by_team(columns: OutlookColumns, names: Mapping[str, str]) -> dict[str, TeamOutlook]:
    known, course = columns.snapshot, columns.course

    def sort_worst_first(rows: Rows) -> Rows:
        return rows[np.lexsort((known.order[rows], known.due[rows], course[rows]))]

    teams = list(names)
    place = {team: n for n, team in enumerate(teams)}
    of_demand = np.array([place.get(demand.team, NOBODY) for demand in known.demands], np.int64)
    team_of = of_demand[known.demand]
    with_lead: dict[int, list[OpenTask]] = {n: [] for n in place.values()}
    for row in np.flatnonzero(~known.is_waiting).tolist():
        if known.tasks[row].stage is TaskStage.LEAD and team_of[row] != NOBODY:
            with_lead[int(team_of[row])].append(known.tasks[row])
    late = np.isin(course, [_PLACE[one] for one in LATE_COURSES])
    due_today = course != _NONE_DUE
    found = {}
    for team, n in place.items():
        mine = np.flatnonzero(due_today & (team_of == n))
        counted = np.bincount(course[mine], minlength=len(COURSES)).tolist()
        found[team] = TeamOutlook(
            team=team,
            name=names[team],
            tasks=TaskOutlooks(columns, mine, sort_worst_first),
            late=TaskOutlooks(columns, mine[late[mine]], known.by_due),
            counts=dict(zip(COURSES, counted, strict=True)),
            short_s=float(columns.short_s[mine].sum()),
            with_lead=tuple(sorted(with_lead[n], key=lambda task: (task.arrived, task.id))),
        )
    return found
