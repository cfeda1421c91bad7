"""What people are paid for by an office's rosters, and what rosters say they do besides tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from models.formats.offices.office import Office
from models.formats.problem import Skill
from models.roster import break_bounds, shift_bounds
from reports.waste.history import StretchKind
from services.calibrating.history import may
from services.office_duty import CLEARANCE, skills_on
from services.office_work import read_standards
from services.reporting.paid_time.spanning import without

_SPAN = ["agent", "start", "end"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rosters:
    """Shifts of an office in a period.

    Attributes
    ----------
    shifts
        `agent`, `start`, `end`: less absences, breaks included.
    paid
        The same without unpaid breaks.
    blocks
        Paid time that is rostered for something else than tasks, as stretches off task.
    """

    shifts: pd.DataFrame
    paid: pd.DataFrame
    blocks: pd.DataFrame


def read_rosters(office: Office, zone: ZoneInfo, *, start: int, end: int) -> Rosters:
    """Return the shifts of an office that touch `[start, end)`."""
    shifts: list[tuple[str, int, int]] = []
    unpaid: list[tuple[str, int, int, str]] = []
    blocks: list[tuple[str, int, int, str]] = []
    for row in office.rows("shifts"):
        begins, ends = shift_bounds(row["date"], row["start"], row["end"], zone)
        if ends <= start or begins >= end:
            continue
        shifts.append((row["agent"], begins, ends))
        for rest_from, rest_to, kind, is_paid in row["breaks"]:
            low, high = break_bounds(row["date"], row["start"], rest_from, rest_to, zone)
            if low < high:
                (blocks if is_paid else unpaid).append((row["agent"], low, high, str(kind)))
    away = pd.DataFrame([(row["agent"], row["start"], row["end"]) for row in office.rows("absences")], columns=_SPAN)
    present = without(pd.DataFrame(shifts, columns=_SPAN), away)
    rests = pd.DataFrame([row[:3] for row in unpaid], columns=_SPAN)
    made = pd.DataFrame(blocks, columns=[*_SPAN, "code"])
    return Rosters(
        shifts=present,
        paid=without(present, rests),
        blocks=made.assign(kind=StretchKind.OFF_TASK.value, task="", begun=""),
    )


def list_abilities(office: Office, day: date) -> pd.DataFrame:
    """Return who can do what on a day: by skills, and whether home and swing teams give them such work."""
    kinds = read_standards(office).current(day)
    skills = skills_on(office, day)
    rows = []
    for agent in office.rows("agents"):
        held = skills.get(agent["id"], {})
        teams = {agent["team"], *agent["swing_teams"]}
        rows += [
            (agent["id"], name, kind["team"] in teams, float(held[kind["skill"]].speed))
            for name, kind in kinds.items()
            if may(held, kind)
        ]
    return pd.DataFrame(rows, columns=["agent", "type", "is_given", "speed"])


def list_types(office: Office, day: date) -> pd.DataFrame:
    """Return task types with their teams and standards on a day."""
    kinds = read_standards(office).current(day)
    return pd.DataFrame(
        [(name, kind["team"], float(kind["handling_minutes"]) * 60) for name, kind in kinds.items()],
        columns=["type", "team", "standard_s"],
    )


def list_agents(office: Office) -> pd.DataFrame:
    """Return agents with their home teams."""
    return pd.DataFrame([(row["id"], row["team"]) for row in office.rows("agents")], columns=["agent", "team"])


def list_names(office: Office) -> Mapping[str, str]:
    """Return what ids of teams, agents and types stand for."""
    return {
        row["id"]: row["name"]
        for table in ("teams", "agents", "task_types")
        for row in office.rows(table)
        if row["name"]
    }


def list_demands(office: Office, day: date) -> tuple[Mapping[str, str], pd.DataFrame]:
    """Return the tasks that want more than their type does, each with what it wants, and who can do that.

    What a task may want besides: skills, a level, a clearance for its client, one agent alone.
    """
    kinds = read_standards(office).current(day)
    guarded = {row["id"] for row in office.rows("clients") if row["needs_clearance"]}
    demands: dict[str, str] = {}
    wanted: dict[str, tuple[dict[str, Any], str | None]] = {}
    for row in office.rows("tasks"):
        kind = kinds.get(row["type"])
        client = row["client"] if row["client"] in guarded else None
        if kind is None or not (row["also_requires"] or row["min_level"] or client or row["pinned_agent"]):
            continue
        skills = {**(kind["also_requires"] or {}), **(row["also_requires"] or {})}
        if client is not None:
            skills[CLEARANCE + client] = 1
        key = f"{row['type']} {sorted(skills.items())} {row['min_level']} {row['pinned_agent']}"
        demands[row["id"]] = key
        level = max(kind["min_level"], row["min_level"] or 0)
        wanted[key] = ({**kind, "min_level": level, "also_requires": skills}, row["pinned_agent"])
    held = skills_on(office, day)
    rows = []
    for agent in office.rows("agents"):
        own = {**held.get(agent["id"], {}), **{CLEARANCE + client: Skill(level=1) for client in agent["clients"]}}
        teams = {agent["team"], *agent["swing_teams"]}
        rows += [
            (agent["id"], key, kind["team"] in teams, float(own[kind["skill"]].speed))
            for key, (kind, only) in wanted.items()
            if only in (None, agent["id"]) and may(own, kind)
        ]
    return demands, pd.DataFrame(rows, columns=["agent", "type", "is_given", "speed"])
