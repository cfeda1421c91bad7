"""What a source knows of people: who is one, who may do what, and when each was on duty."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.roster import shift_bounds
from reports.waiting.desk import find_signed_in
from reports.waiting.duty import Duty, Stretch, expand_weeks, make_duty, merge_stretches, subtract_stretches
from reports.waiting.history import NAT, US_PER_S, Flags, Integers, WorkHistory
from services.office_duty import read_duty
from services.reporting.sources import Source


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """The people of a history.

    Attributes
    ----------
    duty
        When each was on duty, less breaks, meetings, training and absences.
    is_person : (A,) bool
        Who is no system.
    qualified : (K,)
        By type, who may do it, where the office says; None where only what people did says it.
    away
        Rostered time in which people were absent: agent, and from when until when (microseconds).
    office
        When the office was open; nothing where that is unknown.
    """

    duty: Duty
    is_person: Flags
    qualified: Sequence[Sequence[int]] | None
    away: Sequence[tuple[int, Stretch]]
    office: Sequence[Stretch]


def find_people(source: Source, history: WorkHistory) -> People:
    """Return what a source knows of the people of its history."""
    office, given = source.office, _weekly_stretches(source, history)
    agents = history.agent_names
    # Where hours are given, the office is open while anybody has any.
    opening = merge_stretches(stretch for stretches in given.values() for stretch in stretches)
    if office is None:
        return People(
            duty=make_duty(agents, given),
            is_person=np.ones(len(agents), dtype=np.bool_),
            qualified=None,
            away=(),
            office=opening,
        )
    known = {row["id"] for row in office.rows("agents")}
    rostered = given or _rostered_stretches(office)
    away = _find_absences(office)
    if source.events is not None:
        rostered, missed = _as_the_desk_saw(rostered, source.events, until=history.span()[1])
        away = {agent: [*away.get(agent, ()), *missed.get(agent, ())] for agent in {*away, *missed}}
    position = {agent: at for at, agent in enumerate(agents)}
    return People(
        duty=make_duty(agents, rostered),
        is_person=np.array([agent in known for agent in agents], dtype=np.bool_),
        qualified=None if source.stored_office is None else _find_qualified(office, history),
        away=[
            (position[agent], stretch)
            for agent, listed in sorted(away.items())
            if agent in position
            for stretch in merge_stretches(listed)
        ],
        office=opening or _find_opening(office, history),
    )


def find_rests(rows: pd.DataFrame, history: WorkHistory) -> Integers:
    """Return when work was suspended : (P, 3) instance, from, until (microseconds).

    A suspension that never ended lasts to the end of the work; those of one instance are disjoint and within it.

    Parameters
    ----------
    rows
        `id` of the instance, `start`, `end` (microseconds, `NAT` where it lasts).
    """
    return _place(rows, history, history.start, history.end)


def find_pended(rows: pd.DataFrame, history: WorkHistory) -> Integers:
    """Return when instances waited for a customer before their start : (P, 3), as `find_rests` does."""
    return _place(rows, history, np.full(len(history), NAT), history.start)


def _place(rows: pd.DataFrame, history: WorkHistory, first: Integers, last: Integers) -> Integers:
    position = {task: at for at, task in enumerate(history.ids.tolist())}
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for task, since, until in zip(*(rows[name].tolist() for name in ("id", "start", "end")), strict=True):
        if task in position:
            at = position[task]
            end = int(last[at]) if until == NAT else min(int(until), int(last[at]))
            stretches[at].append((max(int(since), int(first[at])), end))
    found = [(at, *stretch) for at, listed in sorted(stretches.items()) for stretch in merge_stretches(listed)]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _weekly_stretches(source: Source, history: WorkHistory) -> dict[str, list[Stretch]]:
    if source.weekly_hours is None:
        return {}
    first, last = history.span()
    return expand_weeks(source.weekly_hours, source.zone, first=first, last=last)


def _rostered_stretches(office: Office) -> dict[str, list[Stretch]]:
    """Return shifts less breaks and absences, by agent; nothing where there is no roster at all."""
    duty = read_duty(office, calendar_of(office))
    if not duty.shifts:
        return {}
    made: dict[str, list[Stretch]] = {row["id"]: [] for row in office.rows("agents")}
    for agent, shifts in duty.shifts.items():
        for _, shift in shifts:
            opens = shift.start
            for pause in sorted(shift.breaks, key=lambda pause: pause.start):
                made[agent].append((opens * US_PER_S, pause.start * US_PER_S))
                opens = max(opens, pause.end)
            made[agent].append((opens * US_PER_S, shift.end * US_PER_S))
    return made


def _as_the_desk_saw(
    rostered: Mapping[str, Sequence[Stretch]], events: pd.DataFrame, *, until: int
) -> tuple[dict[str, list[Stretch]], dict[str, list[Stretch]]]:
    """Return when people were there and not off task, and when they were rostered and not there.

    From the first sign-in on a desk knows who is there; before it, rosters say.
    """
    there, off = find_signed_in(events, until=until)
    if not there:
        return {agent: list(listed) for agent, listed in rostered.items()}, {}
    first = min(since for listed in there.values() for since, _ in listed)
    present, missed = {}, {}
    for agent in {*rostered, *there}:
        shifts = rostered.get(agent, ())
        before = [(low, min(high, first)) for low, high in shifts if low < first]
        after = [(max(low, first), high) for low, high in shifts if high > first]
        present[agent] = [*before, *subtract_stretches(there.get(agent, ()), off.get(agent, ()))]
        missed[agent] = subtract_stretches(after, there.get(agent, ()))
    return present, missed


def _find_absences(office: Office) -> dict[str, list[Stretch]]:
    """Return the parts of shifts in which their agents were absent."""
    absent: dict[str, list[Stretch]] = defaultdict(list)
    for row in office.rows("absences"):
        absent[row["agent"]].append((row["start"], row["end"]))
    if not absent:
        return {}
    zone = calendar_of(office).zone
    missed: dict[str, list[Stretch]] = defaultdict(list)
    for row in office.rows("shifts"):
        if row["agent"] in absent:
            start, end = shift_bounds(row["date"], row["start"], row["end"], zone)
            for since, until in absent[row["agent"]]:
                missed[row["agent"]].append((max(start, since) * US_PER_S, min(end, until) * US_PER_S))
    return dict(missed)


def _find_opening(office: Office, history: WorkHistory) -> list[Stretch]:
    first, last = history.span()
    stretches = calendar_of(office).open_stretches(first // US_PER_S, last // US_PER_S + 1)
    return merge_stretches((opens * US_PER_S, closes * US_PER_S) for opens, closes in stretches)


def _find_qualified(office: Office, history: WorkHistory) -> list[list[int]]:
    """Return by type who may do it: home or swing team, and every skill at its level, at any time of the records."""
    levels: dict[str, dict[str, int]] = defaultdict(dict)
    for row in office.rows("agent_skills"):
        held = levels[row["agent"]]
        held[row["skill"]] = max(row["level"], held.get(row["skill"], 0))
    teams = {row["id"]: {row["team"], *row["swing_teams"]} for row in office.rows("agents")}
    needs: dict[str, list[tuple[str, dict[str, int]]]] = defaultdict(list)
    for row in office.rows("task_types"):
        needs[row["id"]].append((row["team"], {row["skill"]: row["min_level"], **(row["also_requires"] or {})}))
    return [
        [
            at
            for at, agent in enumerate(history.agent_names)
            if any(
                team in teams.get(agent, ())
                and all(levels[agent].get(skill, 0) >= level for skill, level in wanted.items())
                for team, wanted in needs.get(kind, ())
            )
        ]
        for kind in history.type_names
    ]
