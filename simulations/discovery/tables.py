"""A discovered office as the tables that every other import makes."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.calendar import WEEKDAYS
from models.formats.event_logs.log import ATTRIBUTE_PREFIX
from models.formats.offices.office import ATTRIBUTES, Office
from models.roster import shift_bounds
from models.time import load_zone
from simulations.discovery.history import NAT, US_PER_S, History
from simulations.discovery.hours import MINUTES_PER_DAY
from simulations.discovery.teams import Teams

_EPOCH = date(1970, 1, 1)
_NO_WORK = "no work in the log"


def make_office(
    history: History,
    teams: Teams,
    *,
    name: str,
    zone_name: str,
    office_hours: pd.DataFrame,
    closed_days: Sequence[int],
    shifts: pd.DataFrame,
    skills: pd.DataFrame,
    kinds: pd.DataFrame,
) -> Office:
    """Return an office's tables.

    Parameters
    ----------
    history, teams
        What happened, and who does what for whom.
    name, zone_name
        Of the office.
    office_hours, closed_days, shifts
        When it is open, and who is on duty (`agent_idx`, `day`, `start`, `end`).
    skills
        Who can do what (`agent_idx`, `type_idx`, `level`, `speed`).
    kinds
        Of each kind of task: `type_idx`, `team_idx`, `name`, `standard_minutes`, `sla_minutes`, `is_estimated`.
    """
    shifts = _without_swallowed(shifts, load_zone(zone_name))
    type_names = np.array(history.type_names, dtype=object)
    agent_names = np.array(history.agent_names, dtype=object)
    team_ids = np.array(teams.ids, dtype=object)
    tables: dict[str, Mapping[str, Any]] = {
        "office": {"name": [name], "timezone": [zone_name]},
        "office_hours": {
            "weekday": [WEEKDAYS[(row.weekday + row.opens // MINUTES_PER_DAY) % 7] for row in _rows(office_hours)],
            "opens": [_clock(row.opens) for row in _rows(office_hours)],
            "closes": [_clock(row.closes) for row in _rows(office_hours)],
        },
        "holidays": {"date": [_day(day) for day in closed_days], "name": [_NO_WORK] * len(closed_days)},
        "teams": {"id": list(teams.ids), "name": list(teams.names)},
        "skills": {"id": list(history.type_names), "name": list(history.type_names)},
        "agents": {
            "id": list(history.agent_names),
            "name": list(history.agent_names),
            "team": team_ids[teams.home].tolist(),
            "swing_teams": [tuple(team_ids[list(others)].tolist()) for others in teams.swing],
        },
        "agent_skills": {
            "agent": agent_names[skills["agent_idx"].to_numpy()].tolist(),
            "skill": type_names[skills["type_idx"].to_numpy()].tolist(),
            "level": skills["level"].tolist(),
            "speed": skills["speed"].round(3).tolist(),
        },
        "shifts": {
            "agent": agent_names[shifts["agent_idx"].to_numpy()].tolist(),
            "date": [_day(row.day + row.start // MINUTES_PER_DAY) for row in _rows(shifts)],
            "start": [_clock(row.start) for row in _rows(shifts)],
            "end": [_clock(row.end) for row in _rows(shifts)],
        },
        "task_types": {
            "id": kinds["name"].tolist(),
            "name": kinds["name"].tolist(),
            "team": team_ids[kinds["team_idx"].to_numpy()].tolist(),
            "skill": type_names[kinds["type_idx"].to_numpy()].tolist(),
            "handling_minutes": kinds["standard_minutes"].round(3).tolist(),
            "sla_minutes": kinds["sla_minutes"].tolist(),
            "is_estimated": kinds["is_estimated"].tolist(),
            "is_sla_estimated": [True] * len(kinds),
        },
        "tasks": _make_tasks(history, teams, kinds["name"].to_numpy(dtype=object), agent_names),
    }
    frames = {table: pd.DataFrame(dict(columns)) for table, columns in tables.items() if _has_rows(columns)}
    return Office(tables=frames, source=history.log.source)


def _make_tasks(
    history: History, teams: Teams, kind_names: NDArray[np.object_], agent_names: NDArray[np.object_]
) -> Mapping[str, Any]:
    rows = history.rows
    frame = history.log.frame.set_index("id").loc[rows["id"]]
    agent_idx = history.column("agent_idx")
    kinds = kind_names[teams.kind_idx]
    cases = rows["case"].tolist()
    attributes = [name for name in frame.columns if str(name).startswith(ATTRIBUTE_PREFIX)]
    source = PurePath(history.log.source).name
    made: dict[str, Any] = {
        "id": rows["id"].tolist(),
        "type": kinds.tolist(),
        "title": [f"{kind}, {case}" for kind, case in zip(kinds, cases, strict=True)],
        "case": cases,
        "step": np.array(history.type_names, dtype=object)[history.column("type_idx")].tolist(),
        "source": [source] * len(rows),
        "external_id": rows["id"].tolist(),
        "arrived": _seconds(history.column("enabled_us")),
        "due": _seconds(history.column("due_us")),
        "started": _seconds(history.column("start_us")),
        "closed": _seconds(history.column("closed_us")),
        "done_by": np.array([*agent_names, None], dtype=object)[agent_idx].tolist(),  # nobody is the last
    }
    if attributes:
        keys = [str(name).removeprefix(ATTRIBUTE_PREFIX) for name in attributes]
        cells = zip(*(frame[name].astype(object).tolist() for name in attributes), strict=True)
        made[ATTRIBUTES] = [
            {key: value for key, value in zip(keys, row, strict=True) if isinstance(value, str)} for row in cells
        ]
    return made


def _without_swallowed(shifts: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """Return the shifts without those of which a clock change at night leaves nothing."""
    bounds = [
        shift_bounds(_day(row.day + row.start // MINUTES_PER_DAY), _clock(row.start), _clock(row.end), zone)
        for row in _rows(shifts)
    ]
    return shifts[np.array([start < end for start, end in bounds], dtype=bool)]


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))


def _has_rows(columns: Mapping[str, Any]) -> bool:
    return len(next(iter(columns.values()))) > 0


def _clock(minutes: int) -> time:
    hour, minute = divmod(int(minutes) % MINUTES_PER_DAY, 60)
    return time(hour, minute)


def _day(days: int) -> date:
    return _EPOCH + timedelta(days=int(days))


def _seconds(instants_us: NDArray[np.int64]) -> list[int | None]:
    """Return whole epoch seconds, rounded down all alike, so that what came first stays first."""
    return [None if at == NAT else at // US_PER_S for at in instants_us.tolist()]
