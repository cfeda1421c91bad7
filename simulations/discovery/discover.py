"""From a cleaned event log to the office that it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.formats.event_logs.log import NUM_EXAMPLES, EventLog, Finding
from models.formats.offices.office import Office
from models.time import load_zone
from simulations.discovery.completions import estimate_minutes
from simulations.discovery.deadlines import find_sla_minutes
from simulations.discovery.handling import Handling, measure_worked, share_overlaps
from simulations.discovery.history import NAT, NOBODY, History, read_history
from simulations.discovery.hours import (
    LEAST_DAYS,
    WorkingDays,
    find_closed_days,
    find_hours,
    find_office_hours,
    find_working_days,
)
from simulations.discovery.rosters import Roster, make_shifts
from simulations.discovery.skills import find_skills
from simulations.discovery.standards import find_spreads, find_standards, is_runaway
from simulations.discovery.tables import make_office
from simulations.discovery.teams import Teams, find_teams


class DiscoveryRule(StrEnum):
    """What discovery did with instances or people that do not tell what they seem to."""

    MILESTONE = "milestone"
    SYSTEM = "system"
    OVERLAP = "overlap"
    RUNAWAY = "runaway"
    FEW_INSTANCES = "few-instances"
    HANDLING_UNKNOWN = "handling-unknown"
    GUEST = "guest"
    BORROWED_HOURS = "borrowed-hours"
    ARRIVAL_UNKNOWN = "arrival-unknown"
    DERIVED_DUE = "derived-due"


DISCOVERY_RULES: Mapping[DiscoveryRule, str] = MappingProxyType(
    {
        DiscoveryRule.MILESTONE: "task types that take nobody's time mark a moment; they are no work to plan",
        DiscoveryRule.SYSTEM: "names among the people whose work (ten instances or more) never lasts, or never stops: "
        "systems; what they did was done by nobody known",
        DiscoveryRule.OVERLAP: "instances overlap with other work of the same person: time they share counts once, "
        "in equal parts",
        DiscoveryRule.RUNAWAY: "instances that lasted far longer than others of their type were forgotten open; "
        "they were left out of standards",
        DiscoveryRule.FEW_INSTANCES: "task types with fewer than five measured instances: their minutes are estimated",
        DiscoveryRule.HANDLING_UNKNOWN: "task types of a log without starts: handling is unknown; minutes are "
        "estimated from what people completed in their hours on duty",
        DiscoveryRule.GUEST: "people seen on fewer than five days are on duty for as long as they were seen, no more",
        DiscoveryRule.BORROWED_HOURS: "people with too few full days of their own have the typical hours of their team",
        DiscoveryRule.ARRIVAL_UNKNOWN: "the first task of a case whose arrival the log does not have: it counts as "
        "arrived when it was begun, so that it never waited",
        DiscoveryRule.DERIVED_DUE: "tasks without a due of their own are due when four in five of their type were done",
    }
)
"""What each rule does, as reports and `docs/formats/event-log.md` say it."""


@dataclass(frozen=True, kw_only=True)
class DiscoveryOptions:
    """What may be chosen.

    Attributes
    ----------
    name
        Of the office; the file's where empty.
    office_timezone
        IANA zone of its clock, where that is another than the log's.
    has_personal_speed
        Whether to estimate how fast people are.
    roster
        Which days of the log people are on duty.
    days_ahead
        For how many days after the log there are rosters.
    """

    name: str = ""
    office_timezone: str | None = None
    has_personal_speed: bool = False
    roster: Roster = Roster.SEEN
    days_ahead: int = 14


@dataclass(frozen=True, kw_only=True, eq=False)
class Discovery:
    """An office read off a log, and how.

    Attributes
    ----------
    office
        Its tables.
    kinds
        One row a task type: `name`, `team`, `num_instances`, `num_instants`, `num_runaway`, `num_measured`,
        `median_minutes` (NaN where nothing was measured), `standard_minutes`, `is_estimated`, `sla_minutes`.
    hours
        Working hours: `agent`, `weekday` (Monday is 0), `opens`, `closes` (minutes of the day), `basis`, `num_days`.
    findings
        What was left out or assumed, with counts.
    recorded_share
        Part of the hours on duty that recorded work fills; None where handling is unknown.
    """

    office: Office
    kinds: pd.DataFrame
    hours: pd.DataFrame
    findings: tuple[Finding, ...]
    recorded_share: float | None


def discover_office(log: EventLog, options: DiscoveryOptions | None = None) -> Discovery:
    """Return the office that a log shows.

    Raises
    ------
    InputError
        If the log shows no task type that takes time, or nobody known.
    """
    options = options or DiscoveryOptions()
    zone_name = options.office_timezone or log.zone_name
    history = read_history(log, zone=load_zone(zone_name))
    days = find_working_days(history.presence)
    teams = find_teams(history, _day_of_instances(history, days))
    hours = find_hours(days, teams.home)
    office_hours = find_office_hours(days)
    closed_days = find_closed_days(days, office_hours)
    shifts = make_shifts(days, hours, roster=options.roster, days_ahead=options.days_ahead)
    seen = make_shifts(days, hours, roster=Roster.SEEN, days_ahead=0)
    if log.has_starts:
        handling, is_forgotten, kinds = _measure(history, teams, seen, office_hours, days)
        minutes = np.where(handling.is_instant | is_forgotten, np.nan, handling.minutes)
        on_duty = float((seen["end"] - seen["start"]).sum())
        is_known = history.column("agent_idx") != NOBODY
        recorded_share = float(np.nansum(minutes[is_known])) / on_duty
    else:
        handling, recorded_share = None, None
        minutes = np.full(len(history.rows), np.nan)
        kinds = _estimate(history, teams, seen, days)
    kinds["sla_minutes"] = find_sla_minutes(
        history, office_hours, closed_days, teams.kind_idx, kinds["standard_minutes"].to_numpy(dtype=np.float64)
    )
    kinds["num_instances"] = np.bincount(teams.kind_idx, minlength=len(kinds))
    skills = find_skills(history, minutes, has_personal_speed=options.has_personal_speed)
    office = make_office(
        history,
        teams,
        name=options.name or PurePath(log.source).name.split(".")[0] or "office",
        zone_name=zone_name,
        office_hours=office_hours,
        closed_days=closed_days,
        shifts=shifts,
        skills=skills,
        kinds=kinds,
    )
    kinds["team"] = [teams.names[team] for team in kinds["team_idx"]]
    hours["agent"] = [history.agent_names[agent] for agent in hours["agent_idx"]]
    return Discovery(
        office=office,
        kinds=kinds.drop(columns=["type_idx", "team_idx"]),
        hours=hours.drop(columns="agent_idx"),
        findings=_list_findings(history, days, hours, kinds, handling),
        recorded_share=recorded_share,
    )


def _day_of_instances(history: History, days: WorkingDays) -> NDArray[np.int64]:
    start, end, enabled = (history.column(f"{name}_us") for name in ("start", "end", "enabled"))
    begun = np.where(start != NAT, start, np.where(end != NAT, end, enabled))
    return history.day(begun, days.cut_minute)


def _measure(
    history: History, teams: Teams, seen: pd.DataFrame, office_hours: pd.DataFrame, days: WorkingDays
) -> tuple[Handling, NDArray[np.bool_], pd.DataFrame]:
    """Return handling, which instances were forgotten open, and kinds with their standards."""
    num_kinds = len(teams.kinds)
    worked = measure_worked(history, seen, office_hours, cut_minute=days.cut_minute)
    measured = np.where(worked.is_instant, np.nan, worked.minutes)
    # Twice: what was forgotten open must not take its share of what was done meanwhile.
    is_forgotten = is_runaway(measured, teams.kind_idx, find_spreads(measured, teams.kind_idx, num_kinds))
    shared = share_overlaps(history, worked, is_forgotten)
    measured = np.where(shared.is_instant | is_forgotten, np.nan, shared.minutes)
    spreads = find_spreads(measured, teams.kind_idx, num_kinds)
    standards = find_standards(measured, teams.kind_idx, spreads)
    is_forgotten = is_forgotten | is_runaway(measured, teams.kind_idx, spreads)
    standards["num_runaway"] = np.bincount(teams.kind_idx[is_forgotten], minlength=num_kinds)
    standards["num_instants"] = np.bincount(teams.kind_idx[shared.is_instant], minlength=num_kinds)
    return shared, is_forgotten, pd.concat([teams.kinds.reset_index(drop=True), standards], axis=1)


def _estimate(history: History, teams: Teams, seen: pd.DataFrame, days: WorkingDays) -> pd.DataFrame:
    minutes = estimate_minutes(history, days, seen, teams.kind_idx, len(teams.kinds))
    return teams.kinds.reset_index(drop=True).assign(
        num_measured=0,
        num_runaway=0,
        num_instants=0,
        median_minutes=np.nan,
        standard_minutes=minutes,
        is_estimated=True,
    )


def _list_findings(
    history: History, days: WorkingDays, hours: pd.DataFrame, kinds: pd.DataFrame, handling: Handling | None
) -> tuple[Finding, ...]:
    num_days = days.frame.groupby("agent_idx").size()
    is_borrowed = ~hours["basis"].str.startswith("person")
    borrowers = sorted(set(hours.loc[is_borrowed, "agent"]))
    guests = [history.agent_names[agent] for agent in num_days.index[num_days < LEAST_DAYS]]
    is_first = ~history.rows["is_enabled_known"].to_numpy()
    has_no_due = history.column("due_us") == NAT
    listed: list[tuple[DiscoveryRule, int, list[str]]] = [
        (DiscoveryRule.MILESTONE, len(history.milestones), list(history.milestones)),
        (DiscoveryRule.SYSTEM, len(history.systems), list(history.systems)),
    ]
    if handling is None:
        listed.append((DiscoveryRule.HANDLING_UNKNOWN, len(kinds), []))
    else:
        few = kinds.loc[kinds["is_estimated"], "name"].tolist()
        overlapping = history.rows["id"][handling.is_overlapping].tolist()
        runaways = kinds.loc[kinds["num_runaway"] > 0].sort_values("num_runaway", ascending=False, kind="stable")
        listed += [
            (DiscoveryRule.OVERLAP, len(overlapping), overlapping),
            (
                DiscoveryRule.RUNAWAY,
                int(kinds["num_runaway"].sum()),
                [f"{row.num_runaway} of {row.name}" for row in runaways.itertuples(index=False)],
            ),
            (DiscoveryRule.FEW_INSTANCES, len(few), few),
        ]
    listed += [
        (DiscoveryRule.GUEST, len(guests), guests),
        (DiscoveryRule.BORROWED_HOURS, len(borrowers), borrowers),
        (DiscoveryRule.ARRIVAL_UNKNOWN, int(is_first.sum()), history.rows["id"][is_first].tolist()),
        (DiscoveryRule.DERIVED_DUE, int(has_no_due.sum()), history.rows["id"][has_no_due].tolist()),
    ]
    return tuple(
        Finding(rule=rule.value, count=count, meaning=DISCOVERY_RULES[rule], examples=tuple(examples[:NUM_EXAMPLES]))
        for rule, count, examples in listed
        if count
    )
