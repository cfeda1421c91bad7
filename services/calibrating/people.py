"""Agents of a scenario: people of equal team, abilities and week are one group."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.calendar import WEEKDAYS
from models.errors import UsageError
from models.formats.problem import Skill
from services.calibrating.history import History, Person, clock_text
from simulations.calibration.weeks import PersonWeek, RosteredShift, find_breaks, find_week


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Groups of agents, with what is to be said of each."""

    records: list[dict[str, Any]]
    remarks: list[str]
    notes: list[str] = field(default_factory=list)


def find_groups(history: History) -> Groups:
    """Return the people of an office as groups.

    Equal are people of one home team and the same swing teams who may do the same task types and have the same week;
    their speeds and absences are means.

    Raises
    ------
    UsageError
        If nobody was on a roster.
    """
    dates = Counter(day.weekday() for day in history.roster_dates if history.calendar.is_open_on(day))
    rostered = {shift.day for person in history.people for shift in person.shifts}
    dates.update(day.weekday() for day in rostered if not history.calendar.is_open_on(day))
    groups: dict[Any, list[tuple[Person, PersonWeek]]] = defaultdict(list)
    num_idle = 0
    for person in history.people:
        week = find_week(person.shifts, dates)
        if week is None:
            num_idle += 1
            continue
        key = (person.team, person.swing_teams, person.max_moves, person.may_do, week.weekdays, week.start, week.end)
        groups[key].append((person, week))
    if not groups:
        raise UsageError("nobody was on a roster in this time; take in shifts first, or look at other days")
    names = _name_groups([members for _, members in sorted(groups.items(), key=_order)])
    records, remarks = [], []
    for name, members in names:
        records.append(_record(name, members, history))
        ids = ", ".join(person.id for person, _ in members[:4])
        remarks.append(ids if len(members) <= 4 else f"{ids} and {len(members) - 4} more")
    notes = ["what people cost is not known: cost_per_hour is left out"]
    if history.roster_dates[0] != history.dates[0]:
        notes.append(
            f"there are no rosters of these days; weeks are those of the days from {history.roster_dates[0]} on"
        )
    if num_idle:
        notes.append(f"{num_idle} of {len(history.people)} people had no shift in this time and are left out")
    return Groups(records=records, remarks=remarks, notes=notes)


def _order(item: tuple[Any, list[tuple[Person, PersonWeek]]]) -> tuple[str, int, str]:
    members = item[1]
    return members[0][0].team, -len(members), min(person.id for person, _ in members)


_Members = list[tuple[Person, PersonWeek]]


def _name_groups(groups: Sequence[_Members]) -> list[tuple[str, _Members]]:
    """Return each group with its name: that of its team where the team has one group, else numbered."""
    sizes = Counter(members[0][0].team for members in groups)
    counted: Counter[str] = Counter()
    named = []
    for members in groups:
        team = members[0][0].team
        counted[team] += 1
        named.append((team if sizes[team] == 1 else f"{team}-{counted[team]}", members))
    return named


def _record(name: str, members: _Members, history: History) -> dict[str, Any]:
    person, week = members[0]
    shifts = [shift for other, _ in members for shift in other.shifts]
    record: dict[str, Any] = {"id": name, "count": len(members), "team": person.team}
    if person.swing_teams:
        record["swing_teams"] = list(person.swing_teams)
    record["skills"] = _skills([other for other, _ in members], history)
    record["week"] = [_duty(week, shifts)]
    absence = float(np.mean([item.absence for _, item in members]))
    if absence > 0.0005:
        record["absence"] = round(absence, 3)
    if person.max_moves is not None:
        record["max_moves"] = person.max_moves
    return record


def _skills(people: Sequence[Person], history: History) -> dict[str, dict[str, Any]]:
    """Return the skills that count for what a group does: the least level, the mean speed."""
    wanted = sorted(
        {history.kinds[kind]["skill"] for kind in people[0].may_do}
        | {skill for kind in people[0].may_do for skill in history.kinds[kind]["also_requires"] or {}}
    )
    made: dict[str, dict[str, Any]] = {}
    for skill in wanted:
        held: list[Skill] = [person.skills[skill] for person in people if skill in person.skills]
        record: dict[str, Any] = {"level": min(item.level for item in held)}
        speed = round(float(np.mean([item.speed for item in held])), 3)
        if speed != 1:
            record["speed"] = speed
        made[skill] = record
    return made


def _duty(week: PersonWeek, shifts: Sequence[RosteredShift]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "days": [WEEKDAYS[day] for day in week.weekdays],
        "start": clock_text(week.start),
        "end": clock_text(week.end),
    }
    breaks = find_breaks(shifts, week.start, week.end)
    if breaks:
        made["breaks"] = [[clock_text(begins), clock_text(ends), kind] for begins, ends, kind in breaks]
    return made
