"""From an office's tables to a day's planning question: the same for a database, a workbook, a log and the demo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from models.calendar import OfficeCalendar
from models.errors import InputError, NobodyOnDutyError, UsageError
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.formats.problem import Agent, Coefficients, Problem, Setup, Task, TaskType, Team
from models.formats.problem_checks import find_faults
from models.time import format_instant, from_wall_clock
from models.vocabulary import LeftOut
from optimizer.presets import scale_to_weights
from services.office_duty import CLEARANCE, Duty, following, is_valid, make_agent, read_duty, skills_on
from services.office_work import Circumstances, Row, Work, gather_work, read_standards
from services.settings import PLANNABLE_SHARE, USUAL_SETUP

_MIDNIGHT = time(0)


@dataclass(frozen=True, kw_only=True)
class DayQuestion:
    """A planning question, and what one must know to read its answer.

    Attributes
    ----------
    problem
        The question; its handling minutes are the expected ones divided by `plannable_share`.
    zone_name
        Zone of the office.
    day, last_day
        First and last day of the plan by the office's calendar.
    plannable_share
        Part of an agent's time on tasks that the plan may fill.
    left_out
        Open tasks that are not asked for, by reason.
    num_handed_back
        Begun tasks whose agent is not on duty; they are for anybody again.
    num_begun_in_error
        Begun tasks whose agent is on duty and may not do them, by team, skill or exclusion; for anybody again too.
    estimated_minutes, estimated_deadlines
        Task types of the question's tasks whose standard minutes nobody measured, and whose service level nobody
        promised.
    """

    problem: Problem
    zone_name: str
    day: date
    last_day: date
    plannable_share: float
    left_out: Mapping[LeftOut, int]
    num_handed_back: int
    num_begun_in_error: int = 0
    estimated_minutes: tuple[str, ...] = ()
    estimated_deadlines: tuple[str, ...] = ()

    def assumptions(self) -> dict[str, Any]:
        """Return what the plan should say of itself besides its figures, as JSON."""
        return {
            "plannable_share": self.plannable_share,
            "timezone": self.zone_name,
            "left_out": {reason.value: count for reason, count in sorted(self.left_out.items())},
            "handed_back": self.num_handed_back,
            "begun_in_error": self.num_begun_in_error,
            "estimated_minutes": list(self.estimated_minutes),
            "estimated_deadlines": list(self.estimated_deadlines),
        }


def question_from_office(
    office: Office,
    *,
    at: int,
    teams: Sequence[str] | None = None,
    plannable_share: float = PLANNABLE_SHARE,
    carry_over: int | None = None,
    days: int = 1,
    with_known_arrivals: bool = False,
    setup: Setup = USUAL_SETUP,
    objective: Coefficients | None = None,
) -> DayQuestion:
    """Return the planning question of an office at an instant, and what it leaves out.

    Parameters
    ----------
    at
        The question's now. Tasks are those that have arrived and are not closed by then; shifts are those that run
        then or start later on the same day of the office's calendar.
    teams
        Plan the tasks of these teams only, with everybody who may work for them.
    plannable_share
        Part of an agent's time on tasks that the plan may fill; the rest absorbs what nobody expects.
    carry_over
        When a task that the plan leaves counts as completed; the middle of the next day on which the office is open
        where None.
    days
        Days of shifts to plan.
    with_known_arrivals
        Whether tasks that arrive later, before the last shift ends, are planned too.
    setup
        Of the problem.
    objective
        Of the problem; the format's own, for weights of whatever scale, where None.

    Raises
    ------
    InputError
        With everything in the tables that contradicts itself.
    UsageError
        If the question makes no sense: an unknown team, a share out of range, nobody on duty.
    """
    if not 0 < plannable_share <= 1:
        raise UsageError(f"the plannable share is {plannable_share}; expected more than 0, at most 1")
    if days < 1:
        raise UsageError(f"a plan of {days} days; expected at least 1")
    calendar = calendar_of(office)
    day = calendar.local_day(at)
    last_day = following(day, days)
    asked = _asked_teams(office, teams)
    duty = read_duty(office, calendar)
    agents = _agents(office, asked, duty, at=at, day=day, last_day=last_day)
    on_duty = {agent.id for agent in agents if agent.shifts}
    if not on_duty:
        raise _nobody(office, calendar, duty, [agent.id for agent in agents], at)
    ends = max(shift.end for agent in agents for shift in agent.shifts)
    standards = read_standards(office)
    current = standards.current(day)
    kinds = {name: row for name, row in current.items() if row["team"] in asked}
    all_agents = {row["id"]: row for row in office.rows("agents")}
    work = gather_work(
        office,
        Circumstances(
            at=at,
            arrived_by=ends - 1 if with_known_arrivals else at,
            calendar=calendar,
            standards=standards,
            kinds=kinds,
            other_kinds=current.keys() - kinds.keys(),
            agents={agent.id: agent for agent in agents},
            known_agents=all_agents.keys(),
            on_duty=on_duty,
            duty=duty,
            plannable_share=plannable_share,
        ),
    )
    until = _carry_over(office, calendar, last_day) if carry_over is None else carry_over
    problem = Problem(
        now=at,
        carry_over=until,
        teams=tuple(Team(id=row["id"], name=row["name"] or "") for row in office.rows("teams")),
        task_types=tuple(_task_type(row, plannable_share) for _, row in sorted(kinds.items())),
        agents=(*agents, *_away(all_agents, agents, work, skills_on(office, day))),
        tasks=work.tasks,
        office_hours=tuple(calendar.open_stretches(at, max(until, ends))),
        setup=setup,
        objective=objective or scale_to_weights(Coefficients(), [task.weight for task in work.tasks]),
    )
    faults = find_faults(problem, file=office.source)
    if faults:
        raise InputError(faults)
    return DayQuestion(
        problem=problem,
        zone_name=calendar.zone.key,
        day=day,
        last_day=last_day,
        plannable_share=plannable_share,
        left_out=work.left_out,
        num_handed_back=work.num_handed_back,
        num_begun_in_error=work.num_begun_in_error,
        estimated_minutes=_marked(work.tasks, kinds, "is_estimated"),
        estimated_deadlines=_marked(_without_due(office, work), kinds, "is_sla_estimated"),
    )


def _marked(tasks: Iterable[Task], kinds: Mapping[str, Row], mark: str) -> tuple[str, ...]:
    """Return the types of the tasks that bear a mark."""
    return tuple(sorted(name for name in {task.type for task in tasks} if kinds[name][mark]))


def _without_due(office: Office, work: Work) -> list[Task]:
    """Return the tasks of a question that have no deadline of their own."""
    frame = office.tables.get("tasks")
    if frame is None:
        return []
    named = {name for name, due in zip(frame["id"], frame["due"], strict=True) if due is None}
    return [task for task in work.tasks if task.id in named]


def _asked_teams(office: Office, teams: Sequence[str] | None) -> set[str]:
    known = [row["id"] for row in office.rows("teams")]
    if not known:
        raise UsageError("the office has no teams yet; take them in first")
    if teams is None:
        return set(known)
    unknown = [team for team in teams if team not in known]
    if unknown:
        raise UsageError(f"there is no team {unknown[0]!r}; the teams are {', '.join(known)}")
    return set(teams)


def _agents(office: Office, asked: set[str], duty: Duty, *, at: int, day: date, last_day: date) -> list[Agent]:
    """Return the agents who are there on the day and may work for one of the teams, on duty or not."""
    skills = skills_on(office, day)
    for name in {skill for held in skills.values() for skill in held}:
        if name.startswith(CLEARANCE):
            raise InputError.of(
                office.source, f"no skill beginning with {CLEARANCE!r}: these are clearances", record=name
            )
    return [
        make_agent(row, skills.get(row["id"], {}), duty.within(row["id"], at=at, first=day, last=last_day))
        for row in office.rows("agents")
        if is_valid(row, day) and (row["team"] in asked or not asked.isdisjoint(row["swing_teams"]))
    ]


def _away(
    rows: Mapping[str, Row], agents: Sequence[Agent], work: Work, skills: Mapping[str, Mapping[str, Any]]
) -> list[Agent]:
    """Return the agents that a task is pinned to and who are not there: a plan must name them to leave it."""
    there = {agent.id for agent in agents}
    return [make_agent(rows[name], skills.get(name, {}), ()) for name in sorted(work.pinned_agents - there)]


def _task_type(row: Row, plannable_share: float) -> TaskType:
    return TaskType(
        id=row["id"],
        name=row["name"] or "",
        team=row["team"],
        skill=row["skill"],
        min_level=row["min_level"],
        handling_minutes=row["handling_minutes"] / plannable_share,
        also_requires=row["also_requires"] or {},
    )


def _carry_over(office: Office, calendar: OfficeCalendar, last_day: date) -> int:
    """Return the middle of the first day after the plan on which the office is open."""
    try:
        day = calendar.next_open_day(last_day + timedelta(days=1))
    except ValueError as error:
        raise InputError.of(office.source, str(error), record="office_hours") from error
    start = from_wall_clock(day, _MIDNIGHT, calendar.zone)
    end = from_wall_clock(day + timedelta(days=1), _MIDNIGHT, calendar.zone)
    stretches = calendar.open_stretches(start, end)
    return (stretches[0][0] + stretches[-1][1]) // 2


def _nobody(office: Office, calendar: OfficeCalendar, duty: Duty, agents: Sequence[str], at: int) -> NobodyOnDutyError:
    when = format_instant(at, calendar.zone)
    upcoming = duty.next_start(agents, after=at) if agents else None
    if not office.rows("agents"):
        message = "the office has no agents yet; take them in first"
    elif not agents:
        message = f"nobody may work for these teams on {calendar.local_day(at).isoformat()}"
    elif upcoming is None:
        message = f"nobody is on duty from {when} on, nor in the week after; take in shifts first"
    else:
        message = (
            f"nobody is on duty on {calendar.local_day(at).isoformat()} from {when} on; "
            f"the next shift starts at {format_instant(upcoming, calendar.zone)}: plan from then"
        )
    return NobodyOnDutyError(message, next_start=upcoming)
