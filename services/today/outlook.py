"""What of today's work will be late as things stand: the published plan carried on from the present of the desk."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property

from models.repositories.live.waiting import OpenTask
from models.time import SECONDS_PER_MINUTE, from_wall_clock
from models.vocabulary_live import IN_HAND, TaskStage
from reports.metrics import AT_RISK_MINUTES
from services.live.crew import Crew
from services.live.queue import LiveQueue

OPEN_STAGES = frozenset(TaskStage) - {TaskStage.CLOSED}
_NO_SPAN = (None, None, None)
_FIRST = {TaskStage.STARTED: 0, TaskStage.PAUSED: 1, TaskStage.CLAIMED: 2}


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


@dataclass(frozen=True, kw_only=True)
class TeamOutlook:
    """What a team's day comes to.

    Attributes
    ----------
    coming
        Those that are due by the end of today and not overdue, the worst first, then by due.
    overdue
        When each task that is overdue was due, and the task, by due; there may be very many.
    tell
        Says what becomes of one of them.
    with_lead
        Open tasks of the team, due whenever, that wait for a lead to decide.
    """

    team: str
    name: str
    coming: tuple[TaskOutlook, ...]
    overdue: tuple[tuple[int, OpenTask], ...]
    tell: Callable[[OpenTask, str, int], TaskOutlook]
    with_lead: tuple[OpenTask, ...]

    @cached_property
    def tasks(self) -> tuple[TaskOutlook, ...]:
        """All that are due by the end of today, overdue ones too, the worst first, then by due."""
        return (*(self.tell(task, self.team, due) for due, task in self.overdue), *self.coming)

    @property
    def num_tasks(self) -> int:
        """How many are due by the end of today, overdue ones too."""
        return len(self.overdue) + len(self.coming)

    def find(self, task_id: str) -> TaskOutlook | None:
        """Return what becomes of a task; None where it is not due by the end of today, or another team's."""
        found = next((one for one in self.coming if one.task.id == task_id), None)
        if found is not None:
            return found
        return next((self.tell(task, self.team, due) for due, task in self.overdue if task.id == task_id), None)

    def count(self, *courses: Course) -> int:
        """Return how many tasks take one of some courses."""
        return sum(self._counts[course] for course in courses)

    @cached_property
    def _counts(self) -> Counter[Course]:
        return Counter({Course.OVERDUE: len(self.overdue)}) + Counter(one.course for one in self.coming)

    @cached_property
    def late(self) -> list[TaskOutlook]:
        """The tasks that will be late, the one that is due first coming first."""
        return sorted((one for one in self.coming if one.course in LATE_COURSES), key=lambda one: one.due)

    @cached_property
    def short_s(self) -> float:
        """Seconds of work that would be done after their due."""
        return sum(one.short_s for one in self.coming)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The day of an office as it stands at an instant, team by team."""

    now: int
    ends: int
    teams: Mapping[str, TeamOutlook]

    def of(self, teams: Collection[str] | None) -> list[TeamOutlook]:
        """Return the outlook of some teams or all, those first that are short of most time."""
        found = [one for one in self.teams.values() if teams is None or one.team in teams]
        found.sort(key=lambda one: (-one.short_s, -one.count(Course.OVERDUE), one.name))
        return found


def look_ahead(queue: LiveQueue, now: int, *, plannable_share: float) -> Outlook:
    """Return what becomes of today's work if everybody goes on as the published plan has it.

    Each agent does what is in hand, then what the plan gives them, in its order and not before its times; what is late
    pushes the rest on. Handling is what is expected of the agent, with the share of time kept free that plans keep.

    Parameters
    ----------
    plannable_share
        Part of an agent's time on tasks that plans fill.
    """
    crew = queue.crew
    tomorrow = crew.calendar.local_day(now) + timedelta(days=1)
    ends = from_wall_clock(tomorrow, time(0), crew.calendar.zone)
    taken = queue.list_taken()
    courses = _Courses(queue, now, ends, plannable_share)
    courses.run(taken)
    coming: dict[str, list[TaskOutlook]] = {team: [] for team in crew.team_names}
    overdue: dict[str, list[tuple[int, OpenTask]]] = {team: [] for team in crew.team_names}
    with_lead: dict[str, list[OpenTask]] = {team: [] for team in crew.team_names}
    home = {name: str(kind["team"]) for name, kind in crew.kinds.items()}
    for task in taken:
        if task.stage is TaskStage.LEAD:
            with_lead[task.team or home[task.type]].append(task)
    pended = TaskStage.PENDED
    for due, task in queue.list_due(ends):
        team = task.team or home[task.type]
        if due <= now and task.stage is not pended:
            overdue[team].append((int(due), task))
        else:
            coming[team].append(courses.tell(task, team, int(due)))
    order = {course: place for place, course in enumerate(Course)}
    return Outlook(
        now=now,
        ends=ends,
        teams={
            team: TeamOutlook(
                team=team,
                name=name,
                coming=tuple(sorted(coming[team], key=lambda one: (order[one.course], one.due, one.task.id))),
                overdue=tuple(sorted(overdue[team], key=lambda one: (one[0], one[1].id))),
                tell=courses.tell,
                with_lead=tuple(sorted(with_lead[team], key=lambda task: (task.arrived, task.id))),
            )
            for team, name in crew.team_names.items()
        },
    )


class _Courses:
    """Carries every agent's day on from the present."""

    def __init__(self, queue: LiveQueue, now: int, ends: int, plannable_share: float) -> None:
        self._queue, self._crew, self._now, self._ends = queue, queue.crew, now, ends
        self._share = plannable_share
        self._spans: dict[str, tuple[str, int, int]] = {}

    def run(self, tasks: Sequence[OpenTask]) -> None:
        """Find when each task that somebody has or is to do starts and ends."""
        days: dict[str, list[tuple[int, int, OpenTask]]] = {}
        for task in tasks:
            planned = self._queue.planned(task.id)
            if task.stage in IN_HAND and task.agent is not None:
                days.setdefault(task.agent, []).append((_FIRST[task.stage], self._now, task))
            elif task.stage is TaskStage.WAITING and task.pinned_by_lead and task.pinned is not None:
                days.setdefault(task.pinned, []).append((3, planned[1] if planned else self._now, task))
            elif task.stage is TaskStage.WAITING and planned is not None:
                days.setdefault(planned[0], []).append((4, planned[1], task))
        for agent_id, listed in days.items():
            if agent_id in self._crew.position:
                self._carry_on(agent_id, sorted(listed, key=lambda one: (one[0], one[1], one[2].id)))

    def tell(self, task: OpenTask, team: str, due: int) -> TaskOutlook:
        """Return what becomes of a task."""
        agent_id, start, end = self._spans.get(task.id, _NO_SPAN)
        short_s = 0.0
        if task.stage is TaskStage.PENDED:
            course = Course.WAITING_OUTSIDE
        elif due <= self._now:
            course = Course.OVERDUE
        elif end is None:
            course, short_s = Course.NOBODY, self._crew.standard_seconds(task)
        elif end > due:
            course, short_s = Course.LATE, min(self._crew.standard_seconds(task), float(end - due))
        elif end > due - AT_RISK_MINUTES * SECONDS_PER_MINUTE:
            course = Course.AT_RISK
        else:
            course = Course.ON_TIME
        return TaskOutlook(
            task=task, team=team, due=due, course=course, agent_id=agent_id, start=start, end=end, short_s=short_s
        )

    def _carry_on(self, agent_id: str, listed: Sequence[tuple[int, int, OpenTask]]) -> None:
        crew, position = self._crew, self._crew.position[agent_id]
        begins, leaves = _on_duty(crew, position, self._now)
        at = max(self._now, begins)
        for _, planned_at, task in listed:
            earliest = max(at, planned_at, task.earliest_start or 0)
            skill = crew.agents[position].skills.get(crew.kinds[task.type]["skill"])
            speed = 1.0 if skill is None else skill.speed
            end = round(earliest + crew.standard_seconds(task) / (speed * self._share))
            if end > leaves:  # not today: what comes after it may still fit in
                continue
            self._spans[task.id] = (agent_id, earliest, end)
            at = end


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
