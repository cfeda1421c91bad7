"""The deadline certificate of a problem: before any plan, in words that a team lead understands and as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from models.formats.problem import Problem, Task
from models.time import SECONDS_PER_HOUR, format_instant, load_zone, to_datetime
from optimizer.certificate import Breach, Certificate, SkillSet, certify
from optimizer.instance import Seconds
from services.assemble import assemble_instance

MAX_NAMES = 3
MAX_TASKS = 8

MOST_HOURS = 5_000
"""Hours of a certificate; beyond some months of days without a night, it looks at every second hour, and so on."""


@dataclass(frozen=True, kw_only=True)
class SetRow:
    """A set of skills by itself, in hours of work at speed 1 and epoch seconds.

    Attributes
    ----------
    name
        The skills that exactly these people have.
    includes
        Further skills that only some of these people have; their work counts as well.
    agents
        Ids of the people.
    due_hours, capacity_hours
        By each hour of the report.
    slack_hours
        What can still wait; negative where it is too late.
    latest_start, short_from
        Until when nobody of them need begin; the first due instant that they cannot keep. One of them is None.
    """

    name: str
    includes: tuple[str, ...]
    agents: tuple[str, ...]
    due_hours: tuple[float, ...]
    capacity_hours: tuple[float, ...]
    slack_hours: float
    latest_start: int | None
    short_from: int | None


@dataclass(frozen=True, kw_only=True)
class BreachRow:
    """Work that is late in any plan, in hours of work at speed 1 and epoch seconds, and the sentence that says it."""

    sentence: str
    skills: tuple[str, ...]
    since: int
    by: int
    agents: tuple[str, ...]
    tasks: tuple[str, ...]
    work_hours: float
    reachable_hours: float
    short_hours: float
    num_late: int


@dataclass(frozen=True, kw_only=True)
class DeadlineReport:
    """What can be said of the deadlines of a problem before any plan is made.

    Attributes
    ----------
    holds
        Whether nothing shows that a task which is not overdue yet must be late.
    hours
        The instants by which work is summed; the first is `now`.
    sets
        Each set of skills by itself, the tightest first.
    breaches
        At the first instant that nobody can keep, the largest first.
    num_counted
        Tasks that fall due while somebody is on duty and could be on time.
    impossible, overdue, nobody, deferrable
        Ids of tasks that do not count: too late for each by itself; late before `now`; that nobody may do; on time even
        if this plan leaves them.
    """

    zone_name: str
    holds: bool
    hours: tuple[int, ...]
    sets: tuple[SetRow, ...]
    breaches: tuple[BreachRow, ...]
    num_counted: int
    impossible: tuple[str, ...]
    overdue: tuple[str, ...]
    nobody: tuple[str, ...]
    deferrable: tuple[str, ...]


def certify_problem(problem: Problem, *, zone_name: str = "UTC") -> DeadlineReport:
    """Return the deadline certificate of a problem; hours are those that the clocks of the zone strike."""
    certificate = certify(assemble_instance(problem), _clock_hours(problem, zone_name))
    teller = _Teller(problem, certificate, zone_name)
    demands = certificate.demands
    return DeadlineReport(
        zone_name=zone_name,
        holds=certificate.holds,
        hours=tuple(problem.now + second for second in certificate.grid.tolist()),
        sets=tuple(teller.describe_set(item) for item in certificate.sets),
        breaches=tuple(teller.describe_breach(item) for item in certificate.breaches),
        num_counted=len(demands.task),
        impossible=teller.name_tasks(demands.impossible.tolist()),
        overdue=teller.name_tasks(demands.overdue.tolist()),
        nobody=teller.name_tasks(demands.nobody.tolist()),
        deferrable=teller.name_tasks(demands.deferrable.tolist()),
    )


def report_document(report: DeadlineReport) -> dict[str, Any]:
    """Return a certificate as a JSON object."""
    zone = load_zone(report.zone_name)

    def told(instant: int | None) -> str | None:
        return None if instant is None else format_instant(instant, zone)

    return {
        "holds": report.holds,
        "timezone": report.zone_name,
        "hours": [told(instant) for instant in report.hours],
        "breaches": [{**vars(item), "since": told(item.since), "by": told(item.by)} for item in report.breaches],
        "sets": [
            {**vars(item), "latest_start": told(item.latest_start), "short_from": told(item.short_from)}
            for item in report.sets
        ],
        "counted": report.num_counted,
        **{name: getattr(report, name) for name in ("impossible", "overdue", "nobody", "deferrable")},
    }


def clock(instant: int, *, now: int, zone_name: str) -> str:
    """Return what the clock shows at an instant, with the day where it is not today."""
    zone = load_zone(zone_name)
    shown = to_datetime(instant, zone)
    return f"{shown:%H:%M}" if shown.date() == to_datetime(now, zone).date() else f"{shown:%a %d %b %H:%M}"


def _clock_hours(problem: Problem, zone_name: str) -> Seconds:
    """Return the hours that strike while anybody is on duty; every so many only, where there are too many."""
    start = to_datetime(problem.now, load_zone(zone_name))
    first = SECONDS_PER_HOUR - (start.minute * 60 + start.second)
    stretches: list[list[int]] = []  # from one to before another hour, counted from the first that strikes
    for begins, ends in sorted((shift.start, shift.end) for agent in problem.agents for shift in agent.shifts):
        low = max(0, (begins - problem.now - first) // SECONDS_PER_HOUR)
        high = -((first + problem.now - ends) // SECONDS_PER_HOUR)
        if high > low and stretches and low <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], high)
        elif high > low:
            stretches.append([low, high])
    step = 1 + sum(high - low for low, high in stretches) // MOST_HOURS
    hours = [np.arange(low, high, step, dtype=np.int64) for low, high in stretches] or [np.empty(0, np.int64)]
    return first + SECONDS_PER_HOUR * np.concatenate(hours)


class _Skills(NamedTuple):
    skill: str
    level: int
    besides: str
    pin: str


class _Teller:
    """Says what positions and seconds are, with the names of the problem."""

    def __init__(self, problem: Problem, certificate: Certificate, zone_name: str) -> None:
        self._problem = problem
        self._zone_name = zone_name
        self._kinds = {kind.id: kind for kind in problem.task_types}
        self._team_names = {team.id: team.name or team.id for team in problem.teams}
        demands = certificate.demands
        example = dict(zip(demands.demand.tolist(), demands.task.tolist(), strict=True))
        self._skills = [self._find_skills(problem.tasks[example[demand]]) for demand in range(demands.num_demands)]

    def name_tasks(self, positions: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._problem.tasks[position].id for position in positions)

    def describe_set(self, item: SkillSet) -> SetRow:
        own = self._name_demands(item.demands.tolist())
        now = self._problem.now
        return SetRow(
            name="; ".join(own),
            includes=self._name_demands(np.setdiff1d(item.members, item.demands).tolist()),
            agents=self._name_agents(item.agents.tolist()),
            due_hours=tuple((item.work_due / SECONDS_PER_HOUR).tolist()),
            capacity_hours=tuple((item.capacity / SECONDS_PER_HOUR).tolist()),
            slack_hours=item.slack / SECONDS_PER_HOUR,
            latest_start=None if item.latest_start is None else now + int(item.latest_start),
            short_from=None if item.short_from is None else now + item.short_from,
        )

    def describe_breach(self, item: Breach) -> BreachRow:
        skills = self._name_demands(item.demands.tolist(), with_pins=len(item.demands) == 1)
        agents = self._name_agents(item.agents.tolist())
        tasks = self.name_tasks(item.tasks.tolist())
        work, reachable, short = (value / SECONDS_PER_HOUR for value in (item.work, item.reachable, item.short))
        by = self._clock(item.by)
        arriving = f" that can begin at {self._clock(item.since)} or later" if item.since else ""
        digits = 1 if short >= 1 else 2
        people = "the one person who can do it" if len(agents) == 1 else f"the {len(agents):,} people who can do it"
        what = "work" if len(skills) == 1 else "such work"
        sentence = (
            f"{_join(skills, MAX_NAMES)}: {work:,.{digits}f} h of {what}{arriving} are due by {by}; "
            f"{people} can do {reachable:,.{digits}f} h of it until then; "
            f"{short:,.{digits}f} h will be late whatever you do, "
            f"at least {item.num_late:,} of {len(tasks):,} tasks: {_join(tasks, MAX_TASKS)}."
        )
        return BreachRow(
            sentence=sentence,
            skills=skills,
            since=self._problem.now + item.since,
            by=self._problem.now + item.by,
            agents=agents,
            tasks=tasks,
            work_hours=work,
            reachable_hours=reachable,
            short_hours=short,
            num_late=item.num_late,
        )

    def _find_skills(self, task: Task) -> _Skills:
        kind = self._kinds[task.type]
        besides = dict(kind.also_requires)
        for skill, least in task.also_requires.items():
            besides[skill] = max(least, besides.get(skill, 0))
        return _Skills(
            skill=f"{self._team_names[kind.team]}, {kind.skill}",
            level=kind.min_level if task.min_level is None else task.min_level,
            besides="".join(f" and {skill} at level {least}" for skill, least in sorted(besides.items())),
            pin="" if task.pinned_agent is None else f", pinned to {self._agent_name(task.pinned_agent)}",
        )

    def _agent_name(self, agent_id: str) -> str:
        return next(agent.name or agent.id for agent in self._problem.agents if agent.id == agent_id)

    def _name_demands(self, positions: Iterable[int], *, with_pins: bool = True) -> tuple[str, ...]:
        levels: dict[tuple[str, str], set[int]] = {}
        for item in (self._skills[position] for position in positions):
            further = item.besides + item.pin if with_pins else item.besides
            levels.setdefault((item.skill, further), set()).add(item.level)
        return tuple(f"{skill} at {_name_levels(some)}{besides}" for (skill, besides), some in levels.items())

    def _name_agents(self, positions: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._problem.agents[position].id for position in positions)

    def _clock(self, seconds: int) -> str:
        return clock(self._problem.now + seconds, now=self._problem.now, zone_name=self._zone_name)


def _name_levels(levels: set[int]) -> str:
    return f"level {min(levels)}" if len(levels) == 1 else f"levels {', '.join(map(str, sorted(levels)))}"


def _join(names: Sequence[str], most: int) -> str:
    shown = ", ".join(names[:most]) if most > MAX_NAMES else "; ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
