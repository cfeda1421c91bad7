"""Days replayed in the policy's order: the same people, the same minutes at work and on each task, another order.

Each person is on duty for just the minutes in which they had tasks in hand, so the replay neither takes time that
went into calls and lunch nor gives any away. Each task takes what it took, or its standard where nobody did it, and
comes in when it did. The simulator deals the tasks by the policy; work in hand when a stretch of duty ends goes on in
the next.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.formats.scenarios.reading import Question, parse_scenario
from models.formats.scenarios.traces import Trace, TraceRow
from models.time import SECONDS_PER_DAY, SECONDS_PER_MINUTE, format_instant, load_zone
from models.vocabulary import Rule
from reports.operations.record import CANCELLED, Record, iterate
from reports.picking.cost import REPLAYS, compare_replays
from services.simulating.simulate import simulate
from services.simulating.task_log import make_frame

MOST_DAYS = 10
"""The busiest days of a period are replayed, and no more."""
LEAST_TASKS = 20
"""A day with fewer tasks begun says nothing."""
POLICY = Rule.ATC
_SHORTEST_S = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class ReplayedDay:
    """A day as it was and as the simulator is asked to replay it.

    Attributes
    ----------
    tasks
        `task`, `type`, `team`, `enabled`, `due`, `weight`, `minutes`, `completed` (by the windows; NaN where not that
        day).
    windows
        By agent, stretches of duty in seconds from midnight, disjoint and in order.
    start
        Midnight, epoch second.
    """

    tasks: pd.DataFrame
    windows: Mapping[str, list[tuple[int, int]]]
    start: int
    name: str


def replay_days(record: Record, *, most: int = MOST_DAYS, rule: Rule = POLICY) -> pd.DataFrame:
    """Return the weighted tardiness of days as they were and replayed, by team: `reports.picking.cost.REPLAYS`."""
    started = record.real("started")
    counts = np.histogram(started[~np.isnan(started)], bins=np.array(record.day_edges))[0]
    lengths = np.diff(record.day_edges)
    usable = [n for n in np.argsort(-counts, kind="stable").tolist() if counts[n] >= LEAST_TASKS]
    usable = [n for n in usable if lengths[n] == SECONDS_PER_DAY][:most]  # not where clocks change
    found = [_replay(record, gather_day(record, n), rule) for n in sorted(usable)]
    found = [frame for frame in found if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(REPLAYS))


def gather_day(record: Record, day: int) -> ReplayedDay:
    """Return a day of a record: who had tasks in hand when, and what could be taken."""
    start, end = record.day_edges[day], record.day_edges[day + 1]
    tasks = record.tasks
    started, enabled, closed = (record.real(name) for name in ("started", "enabled", "closed"))
    minutes = np.where(np.isnan(record.real("handling_minutes")), np.nan, record.real("handling_minutes"))
    is_begun = (started >= start) & (started < end) & tasks["agent"].notna().to_numpy()
    minutes = np.where(np.isnan(minutes), record.real("standard_minutes"), minutes)
    until = np.where(np.isnan(started), np.where(np.isnan(closed), np.inf, closed), started)
    is_there = (enabled < end) & (until >= start) & (minutes > 0)
    is_there &= ~(np.isnan(started) & (tasks["outcome"] == CANCELLED).to_numpy())
    is_there &= is_begun | (until >= end)  # begun by nobody known, it is not for these people
    kept = tasks[is_there].assign(minutes=minutes[is_there], is_begun=is_begun[is_there])
    windows: dict[str, list[tuple[int, int]]] = {}
    completed: dict[str, float] = {}
    begun = kept[kept["is_begun"]].sort_values(["agent", "started", "task"])
    for agent, own in begun.groupby("agent", sort=True):
        at, stretches = 0, []
        for task, began, lasts in zip(own["task"], own["started"], own["minutes"], strict=True):
            low = max(round(began - start), at)
            at = low + max(round(lasts * SECONDS_PER_MINUTE), _SHORTEST_S)
            if low < SECONDS_PER_DAY:
                stretches.append((low, min(at, SECONDS_PER_DAY)))
            if at <= SECONDS_PER_DAY:
                completed[task] = start + at
        windows[str(agent)] = _merge(stretches)
    columns = ["task", "type", "team", "enabled", "due", "weight", "minutes"]
    frame = kept[columns].assign(completed=kept["task"].map(completed).astype(np.float64))
    return ReplayedDay(
        tasks=frame.reset_index(drop=True),
        windows={agent: listed for agent, listed in windows.items() if listed},
        start=int(start),
        name=record.day_names[day],
    )


def ask_simulator(record: Record, day: ReplayedDay, rule: Rule = POLICY) -> Question:
    """Return a day as a question to the simulator. Its ids are positions: ours may be anything."""
    kinds = day.tasks.groupby("type", sort=True)["team"].first()
    kind_of = {kind: f"t{n}" for n, kind in enumerate(kinds.index)}
    team_of = {team: f"g{n}" for n, team in enumerate(sorted(set(kinds)))}
    means = day.tasks.groupby("type", sort=True)["minutes"].mean()
    able = record.may_do[record.may_do["type"].isin(kinds.index)].groupby("agent")["type"].agg(set).to_dict()
    taken = record.tasks[record.tasks["type"].isin(kinds.index)].groupby("agent")["type"].agg(set).to_dict()
    agents: list[dict[str, Any]] = []
    for n, (agent, windows) in enumerate(sorted(day.windows.items())):
        mine = sorted(able.get(agent, set()) | taken.get(agent, set()))
        teams = sorted({team_of[kinds[kind]] for kind in mine})
        agents.append(
            {
                "id": f"a{n}",
                "team": teams[0],
                "swing_teams": teams[1:],
                "skills": {kind_of[kind]: {"level": 1} for kind in mine},
                "week": [_make_duty(windows)],
            }
        )
    document = {
        "format": "swingdesk/scenario",
        "version": 1,
        "name": f"replay of {day.name}",
        "start": format_instant(day.start, load_zone(record.zone)),
        "timezone": record.zone,
        "days": 1,
        "replications": 1,
        "seed": 1,
        "teams": [{"id": team} for team in team_of.values()],
        "task_types": [
            {
                "id": kind_of[kind],
                "team": team_of[kinds[kind]],
                "skill": kind_of[kind],
                "handling": {"distribution": "deterministic", "mean_minutes": float(means[kind])},
            }
            for kind in kinds.index
        ],
        "arrivals": [{"task_type": kind_of[kind], "per_hour": 0.0} for kind in kinds.index],
        "agents": agents,
        "policy": {"routing": rule.value, "swing": {"mode": "shared"}, "shift_end": "resume"},
    }
    question = parse_scenario(document, file=f"the replay of {day.name}")
    traces = {n: _make_trace(day, day.tasks[day.tasks["type"] == kind]) for n, kind in enumerate(kinds.index)}
    return Question(scenario=question.scenario, traces=traces, file=question.file)


def _replay(record: Record, day: ReplayedDay, rule: Rule) -> pd.DataFrame:
    if not day.windows:
        return pd.DataFrame(columns=list(REPLAYS))
    experiment = simulate(ask_simulator(record, day, rule), replications=1, has_log=True)
    log = make_frame(experiment.assembly, experiment.outcomes[0])
    at = log["task"].astype(np.int64).to_numpy()
    ends = log["completed"].astype("datetime64[us, UTC]")
    seconds = np.where(ends.isna(), np.nan, ends.astype(np.int64).to_numpy() / 1e6)
    replayed = pd.DataFrame({"task": day.tasks["task"].to_numpy()[at], "completed": seconds})
    return compare_replays(day.tasks, replayed, day=day.name, until=float(day.start + SECONDS_PER_DAY))


def _make_trace(day: ReplayedDay, tasks: pd.DataFrame) -> Trace:
    rows = [
        TraceRow(
            arrived=max(int(np.ceil(row.enabled)), day.start),
            task=str(row.Index),
            handling_minutes=float(row.minutes),
            due=None if np.isnan(row.due) else int(row.due),
            weight=float(row.weight),
        )
        for row in iterate(tasks)
    ]
    return Trace(rows=tuple(sorted(rows, key=lambda row: (row.arrived, int(row.task or 0)))))


def _make_duty(windows: list[tuple[int, int]]) -> dict[str, Any]:
    """Return stretches of duty as one shift with breaks between them."""
    gaps = [[_clock(end), _clock(start)] for (_, end), (start, _) in itertools.pairwise(windows)]
    duty: dict[str, Any] = {"start": _clock(windows[0][0]), "end": _clock(windows[-1][1])}
    return {**duty, "breaks": gaps} if gaps else duty


def _merge(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in stretches:
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, SECONDS_PER_MINUTE)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"
