"""What happened in an office between two instants, as columns: tasks, who was on duty, who may do what."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.calendar import OfficeCalendar
from models.errors import UsageError
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.formats.problem import Skill
from models.roster import break_bounds, shift_bounds
from models.time import SECONDS_PER_DAY, from_wall_clock, to_datetime
from services.office_deadlines import due_after_open_minutes
from services.office_duty import CLEARANCE, is_valid, read_duty, skills_on
from services.office_work import Row, read_standards
from simulations.calibration.gaps import DutyClock
from simulations.calibration.weeks import RosteredShift

Reals = NDArray[np.float64]

ROSTER_DAYS_AFTER = 14
"""Where nobody was on a roster in the time itself, so many days after it are looked at."""

LEAST_KNOWN_SHARE = 0.2
"""Where it is known of fewer closed tasks who did them, a task without a name says nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """Somebody who was there: their skills, the types they may do, their rostered shifts and their time on duty."""

    id: str
    team: str
    swing_teams: tuple[str, ...]
    max_moves: int | None
    skills: Mapping[str, Skill]
    may_do: frozenset[str]
    shifts: tuple[RosteredShift, ...]
    clock: DutyClock
    has_duty: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """An office between two instants.

    Attributes
    ----------
    start, until
        Epoch seconds; midnights of the office's clock.
    tasks
        Those that were open at some time of it, and those before it that cases began with: `id`, `type`, `case`,
        `arrived`, `enabled`, `started`, `closed`, `due`, `agent`, `quantity`, `weight` (instants in epoch seconds, NaN
        where there is none).
    num_by_nobody
        Tasks that were closed while it was looked at, by nobody known; they are not among the tasks.
    roster_dates
        The days of which the rosters are: those that are looked at, or where nobody was on a roster then, the days
        after.
    kinds
        Task types, as they are at the end.
    people
        Those who were there at the end and may do one of the types.
    """

    start: int
    until: int
    days: int
    calendar: OfficeCalendar
    office: Office
    tasks: pd.DataFrame
    num_by_nobody: int
    roster_dates: tuple[date, ...]
    kinds: Mapping[str, Row]
    people: tuple[Person, ...]

    @property
    def first_day(self) -> date:
        """The first day, by the office's clock."""
        return to_datetime(self.start, self.calendar.zone).date()

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """All days."""
        return tuple(self.first_day + timedelta(days=n) for n in range(self.days))

    def column(self, name: str) -> Reals:
        """Return the instants of a column of the tasks."""
        return self.tasks[name].to_numpy(dtype=np.float64)

    def within(self, name: str) -> NDArray[np.bool_]:
        """Return which tasks have the instant of a column in the time that is looked at."""
        instants = self.column(name)
        return np.asarray((instants >= self.start) & (instants < self.until))


def read_history(office: Office, *, start: int, until: int, days: int, teams: Sequence[str] | None = None) -> History:
    """Return what happened in an office; tasks of other teams than those named are left out.

    Raises
    ------
    UsageError
        If there is no such team, or nothing to tell a scenario from.
    """
    calendar = calendar_of(office)
    known = [row["id"] for row in office.rows("teams")]
    for team in teams or ():
        if team not in known:
            raise UsageError(f"there is no team {team!r}; the teams are {', '.join(known) or 'none'}")
    last = to_datetime(until - 1, calendar.zone).date()
    kinds = {
        name: row
        for name, row in sorted(read_standards(office).current(last).items())
        if teams is None or row["team"] in teams
    }
    if not kinds:
        raise UsageError("the office has no task types with standard minutes yet; take them in first")
    roster_from, roster_to = start, until
    rostered = _rostered(office, calendar, start=start, until=until)
    if not rostered:
        roster_from, roster_to = until, midnight(last + timedelta(days=ROSTER_DAYS_AFTER + 1), calendar)
        rostered = _rostered(office, calendar, start=roster_from, until=roster_to)
    people = _people(office, calendar, kinds, rostered, start=start, until=until, last=last)
    if not people:
        raise UsageError("nobody may do any of these task types: the office has no agents, or none with these skills")
    tasks, num_by_nobody = _leave_unknown(_tasks(office, calendar, kinds), start)
    return History(
        start=start,
        until=until,
        days=days,
        calendar=calendar,
        office=office,
        tasks=tasks,
        num_by_nobody=num_by_nobody,
        roster_dates=_days_between(roster_from, roster_to, rostered, calendar),
        kinds=kinds,
        people=people,
    )


def midnight(day: date, calendar: OfficeCalendar) -> int:
    """Return the instant at which a day of the office begins."""
    return from_wall_clock(day, time(0), calendar.zone)


def _leave_unknown(tasks: pd.DataFrame, start: int) -> tuple[pd.DataFrame, int]:
    """Return the tasks without those that nobody known has closed, where it is usually known; and their number.

    Systems did them, or somebody elsewhere: they took none of these people's time.
    """
    is_closed = tasks["closed"].notna()
    is_unknown = is_closed & tasks["agent"].isna()
    if not is_closed.any() or (is_closed & tasks["agent"].notna()).sum() < LEAST_KNOWN_SHARE * is_closed.sum():
        return tasks, 0
    return tasks[~is_unknown].reset_index(drop=True), int((is_unknown & (tasks["closed"] >= start)).sum())


def _tasks(office: Office, calendar: OfficeCalendar, kinds: Collection[str]) -> pd.DataFrame:
    rows = [row for row in office.rows("tasks") if row["type"] in kinds]
    closed = {row["id"]: row["closed"] for row in rows}
    standards = read_standards(office)
    agreed: dict[int, float] = {}
    for n, row in enumerate(rows):
        if row["due"] is None:
            minutes = standards.sla_minutes(row["type"], row["arrived"], calendar)
            if minutes is not None:
                agreed[n] = minutes
    dues = np.array([np.nan if row["due"] is None else float(row["due"]) for row in rows])
    if agreed:
        positions = list(agreed)
        dues[positions] = due_after_open_minutes(
            calendar, [rows[n]["arrived"] for n in positions], [agreed[n] for n in positions]
        )
    return pd.DataFrame(
        {
            "id": [row["id"] for row in rows],
            "type": [row["type"] for row in rows],
            "case": [row["case"] for row in rows],
            "arrived": _instants(row["arrived"] for row in rows),
            "enabled": _instants(_enabled(row, closed) for row in rows),
            "started": _instants(row["started"] for row in rows),
            "closed": _instants(row["closed"] for row in rows),
            "due": dues,
            "agent": [row["done_by"] for row in rows],
            "quantity": np.array([row["quantity"] for row in rows], dtype=np.float64),
            "weight": [np.nan if row["weight"] is None else float(row["weight"]) for row in rows],
        }
    )


def _instants(values: Any) -> Reals:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _enabled(row: Row, closed: Mapping[str, int | None]) -> int | None:
    """Return when a task could be begun: arrived, allowed to begin, and all before it done; None where not yet."""
    latest = max(row["arrived"], row["earliest_start"] or row["arrived"])
    for other in row["after"]:
        done = closed.get(other, row["arrived"])  # one that is not there was done before
        if done is None:
            return None
        latest = max(latest, done)
    if row["started"] is not None:
        latest = min(latest, row["started"])
    return int(latest)


def _days_between(
    start: int, until: int, rostered: Mapping[str, Sequence[RosteredShift]], calendar: OfficeCalendar
) -> tuple[date, ...]:
    """Return the days of rosters, up to the last for which there is one."""
    first = to_datetime(start, calendar.zone).date()
    last = max((shift.day for shifts in rostered.values() for shift in shifts), default=first)
    num = (to_datetime(until, calendar.zone).date() - first).days
    return tuple(day for n in range(num) if (day := first + timedelta(days=n)) <= last)


def _people(
    office: Office,
    calendar: OfficeCalendar,
    kinds: Mapping[str, Row],
    shifts: Mapping[str, Sequence[RosteredShift]],
    *,
    start: int,
    until: int,
    last: date,
) -> tuple[Person, ...]:
    skills = skills_on(office, last)
    duty = read_duty(office, calendar)
    found = []
    for row in office.rows("agents"):
        if not is_valid(row, last):
            continue
        held = skills.get(row["id"], {})
        teams = {row["team"], *row["swing_teams"]}
        may_do = frozenset(name for name, kind in kinds.items() if kind["team"] in teams and may(held, kind))
        if not may_do:
            continue
        spans = _spans(duty.shifts.get(row["id"], ()), start, until)
        found.append(
            Person(
                id=row["id"],
                team=row["team"],
                swing_teams=tuple(row["swing_teams"]),
                max_moves=row["max_moves"],
                skills={name: skill for name, skill in held.items() if not name.startswith(CLEARANCE)},
                may_do=may_do,
                shifts=tuple(shifts.get(row["id"], ())),
                clock=DutyClock([begins for begins, _ in spans], [ends for _, ends in spans]),
                has_duty=bool(spans),
            )
        )
    return tuple(found)


def may(held: Mapping[str, Skill], kind: Row) -> bool:
    """Return whether skills suffice for a task type."""
    wanted = {**(kind["also_requires"] or {}), kind["skill"]: kind["min_level"]}
    return all(skill in held and held[skill].level >= level for skill, level in wanted.items())


def _spans(shifts: Sequence[tuple[date, Any]], start: int, until: int) -> list[tuple[int, int]]:
    """Return the time on duty: shifts less their breaks, within the time that is looked at; disjoint, in order."""
    found: list[tuple[int, int]] = []
    for _, shift in sorted(shifts, key=lambda item: item[1].start):
        at = max(shift.start, start, found[-1][1] if found else start)
        for pause in sorted(shift.breaks, key=lambda pause: pause.start):
            if pause.start > at:
                found.append((at, min(pause.start, until)))
            at = max(at, pause.end)
        if at < min(shift.end, until):
            found.append((at, min(shift.end, until)))
    return [(begins, ends) for begins, ends in found if begins < min(ends, until)]


def _rostered(office: Office, calendar: OfficeCalendar, *, start: int, until: int) -> dict[str, list[RosteredShift]]:
    """Return the shifts of rosters by agent, with the part of each that was an absence."""
    absences: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in office.rows("absences"):
        absences[row["agent"]].append((row["start"], row["end"]))
    found: dict[str, list[RosteredShift]] = defaultdict(list)
    for row in office.rows("shifts"):
        begins, ends = shift_bounds(row["date"], row["start"], row["end"], calendar.zone)
        if not start <= begins < until:
            continue
        zero = midnight(row["date"], calendar)
        breaks = []
        for pause_from, pause_to, kind, _ in row["breaks"]:
            first, last = break_bounds(row["date"], row["start"], pause_from, pause_to, calendar.zone)
            breaks.append(((first - zero) // 60, (last - zero) // 60, str(kind)))
        gone = sum(max(0, min(ends, b) - max(begins, a)) for a, b in absences.get(row["agent"], ()))
        found[row["agent"]].append(
            RosteredShift(
                day=row["date"],
                start=(begins - zero) // 60,
                end=(ends - zero) // 60,
                breaks=tuple(breaks),
                away=min(gone / (ends - begins), 1.0),
            )
        )
    return found


def find_until(last: int, now: int, calendar: OfficeCalendar, *, is_closing: bool) -> int:
    """Return the midnight up to which a history is whole.

    Parameters
    ----------
    last
        When something was last closed; or came in, where nothing was.
    now
        The present.
    is_closing
        Whether `last` is a closing.
    """
    day = to_datetime(last, calendar.zone).date()
    after = midnight(day + timedelta(days=1), calendar)
    return after if is_closing and after <= now else midnight(day, calendar)


def days_before(until: int, days: int, calendar: OfficeCalendar) -> int:
    """Return the midnight so many days before another."""
    return midnight(to_datetime(until, calendar.zone).date() - timedelta(days=days), calendar)


def local(instants: Reals, calendar: OfficeCalendar) -> pd.DatetimeIndex:
    """Return instants by the office's clock."""
    return pd.DatetimeIndex(pd.to_datetime(instants, unit="s", utc=True)).tz_convert(calendar.zone)


def clock_text(minutes: int) -> str:
    """Return minutes from midnight as a clock time; 24:00 is the end of the day."""
    wrapped = minutes if minutes == SECONDS_PER_DAY // 60 else minutes % (SECONDS_PER_DAY // 60)
    return f"{wrapped // 60:02d}:{wrapped % 60:02d}"


def parse_day(text: str) -> date:
    """Return the day that somebody writes.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise UsageError(f"--until is {text!r}; expected a day, such as 2026-03-02") from None
