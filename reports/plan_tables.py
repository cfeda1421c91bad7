"""A plan as tables: every assignment, each agent, each team, what is left, what will be late, who is lent where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
import pandas as pd

from models.formats.plan import Plan
from models.formats.problem import Agent, Problem
from reports.metrics import backlog_hours, num_late, on_time_share, utilization
from reports.plan_tasks import LATE, LEFT, epoch_seconds, tabulate_tasks, to_instants


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanTables:
    """The tables of one plan; instants are in the office's zone.

    Attributes
    ----------
    now, until
        The period of the plan: from its instant to the end of the last shift, epoch seconds.
    plannable_share
        Part of the agents' time that the plan was allowed to fill.
    tasks
        A row a task; see `reports.plan_tasks.tabulate_tasks`.
    agents
        A row an agent: `agent, name, team, team_name, shift_start, shift_end, num_tasks, handling_hours, setup_hours,
        duty_hours, utilization, lent_hours, num_moves, num_late`.
    teams
        A row a team: `team, name, num_agents, num_due, num_on_time, on_time_share, num_late, num_overdue,
        num_left, backlog_start_hours, backlog_end_hours, duty_hours, utilization, borrowed_hours, lent_hours`.
    swing
        A row a stretch of consecutive tasks away from home: `agent, name, home, home_name, team, team_name, start,
        end, num_tasks, handling_hours`.
    late
        Rows of `tasks` that fall due in the period and will be late, then those overdue before it; worst first.
    left
        Rows of `tasks` that nobody does, by weight.
    """

    now: int
    until: int
    zone: tzinfo
    plannable_share: float
    tasks: pd.DataFrame
    agents: pd.DataFrame
    teams: pd.DataFrame
    swing: pd.DataFrame
    late: pd.DataFrame
    left: pd.DataFrame

    @property
    def assignments(self) -> pd.DataFrame:
        """The rows of `tasks` that somebody does: teams and agents in the problem's order, each by start."""
        teams = {team: position for position, team in enumerate(self.teams["team"])}
        agents = sorted(zip(self.agents["team"], self.agents["agent"], strict=True), key=lambda pair: teams[pair[0]])
        ranks = {agent: rank for rank, (_, agent) in enumerate(agents)}
        done = self.tasks[self.tasks["agent"].notna()]
        order = np.lexsort((done["position"].to_numpy(int), done["agent"].map(ranks).to_numpy(int)))
        return done.iloc[order].reset_index(drop=True)


def tabulate_plan(problem: Problem, plan: Plan, *, zone: tzinfo, plannable_share: float | None = None) -> PlanTables:
    """Return the tables of a plan; the plannable share is what the plan says of itself where none is given.

    Raises
    ------
    InputError
        If the plan does not answer the problem.
    """
    share = float(plan.extra.get("plannable_share", 1.0)) if plannable_share is None else plannable_share
    until = max((shift.end for agent in problem.agents for shift in agent.shifts), default=problem.now)
    until = max(until, problem.now)
    tasks = tabulate_tasks(problem, plan, zone=zone, plannable_share=share)
    agents = _tabulate_agents(problem, tasks, zone)
    return PlanTables(
        now=problem.now,
        until=until,
        zone=zone,
        plannable_share=share,
        tasks=tasks,
        agents=agents,
        teams=_tabulate_teams(problem, tasks, agents, until),
        swing=_tabulate_swing(problem, tasks),
        late=_tabulate_late(tasks, problem.now, until),
        left=tasks[tasks["outcome"] == LEFT].sort_values(["weight", "due"], ascending=[False, True], kind="stable"),
    )


def duty_seconds(agent: Agent, *, since: int) -> int:
    """Return the time on shift less breaks, from `since` on."""
    total = 0
    for shift in agent.shifts:
        total += max(0, shift.end - max(shift.start, since))
        total -= sum(max(0, pause.end - max(pause.start, since)) for pause in shift.breaks)
    return total


def _tabulate_agents(problem: Problem, tasks: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    teams = {team.id: team.name or team.id for team in problem.teams}
    frame = pd.DataFrame(
        {
            "agent": [agent.id for agent in problem.agents],
            "name": [agent.name or agent.id for agent in problem.agents],
            "team": [agent.team for agent in problem.agents],
            "team_name": [teams[agent.team] for agent in problem.agents],
            "shift_start": [
                min((s.start for s in _shifts(agent, problem.now)), default=None) for agent in problem.agents
            ],
            "shift_end": [max((s.end for s in _shifts(agent, problem.now)), default=None) for agent in problem.agents],
            "duty_hours": [duty_seconds(agent, since=problem.now) / 3600 for agent in problem.agents],
        }
    )
    for name in ("shift_start", "shift_end"):
        frame[name] = to_instants(frame[name], zone)
    grouped = tasks[tasks["agent"].notna()].assign(
        handling=lambda f: f["handling_minutes"] / 60,
        setup=lambda f: f["setup_minutes"] / 60,
        lent=lambda f: f["handling_minutes"].where(f["is_lent"], 0.0) / 60,
        late=lambda f: f["outcome"] == LATE,
    )
    sums = grouped.groupby("agent").agg(
        num_tasks=("task", "size"),
        handling_hours=("handling", "sum"),
        setup_hours=("setup", "sum"),
        lent_hours=("lent", "sum"),
        num_moves=("is_move", "sum"),
        num_late=("late", "sum"),
    )
    for name in sums.columns:
        frame[name] = frame["agent"].map(sums[name]).fillna(0).astype(float)
    frame = frame.astype({"num_tasks": "int64", "num_moves": "int64", "num_late": "int64"})
    frame["utilization"] = _utilizations(frame)
    return frame


def _shifts(agent: Agent, now: int) -> list[Any]:
    return [shift for shift in agent.shifts if shift.end > now]


def _utilizations(frame: pd.DataFrame) -> "list[float | None]":
    columns = zip(frame["handling_hours"], frame["setup_hours"], frame["duty_hours"], strict=True)
    return [utilization(handling_s=h * 3600, setup_s=s * 3600, duty_s=d * 3600) for h, s, d in columns]


def _tabulate_teams(problem: Problem, tasks: pd.DataFrame, agents: pd.DataFrame, until: int) -> pd.DataFrame:
    rows = []
    for team in problem.teams:
        owned = tasks[tasks["team"] == team.id]
        members = agents[agents["team"] == team.id]
        due, end = epoch_seconds(owned["due"]), epoch_seconds(owned["end"])
        num_due = int(np.count_nonzero((due >= problem.now) & (due <= until)))
        late = num_late(due, end, start=problem.now, end=until)
        waiting = owned["arrived"] <= pd.Timestamp(problem.now, unit="s", tz="UTC")
        left = owned["outcome"] == LEFT
        rows.append(
            {
                "team": team.id,
                "name": team.name or team.id,
                "num_agents": int((members["duty_hours"] > 0).sum()),
                "num_due": num_due,
                "num_on_time": num_due - late,
                "on_time_share": on_time_share(due, end, start=problem.now, end=until),
                "num_late": late,
                "num_overdue": int(owned["was_overdue"].sum()),
                "num_left": int(left.sum()),
                "backlog_start_hours": backlog_hours(owned.loc[waiting, "standard_minutes"].to_numpy(float)),
                "backlog_end_hours": backlog_hours(owned.loc[left, "standard_minutes"].to_numpy(float)),
                "duty_hours": float(members["duty_hours"].sum()),
                "utilization": utilization(
                    handling_s=float(members["handling_hours"].sum()) * 3600,
                    setup_s=float(members["setup_hours"].sum()) * 3600,
                    duty_s=float(members["duty_hours"].sum()) * 3600,
                ),
                "borrowed_hours": float(owned.loc[owned["is_lent"], "handling_minutes"].sum()) / 60,
                "lent_hours": float(members["lent_hours"].sum()),
            }
        )
    return pd.DataFrame(rows)


_SWING_COLUMNS = (
    *("agent", "name", "home", "home_name", "team", "team_name"),
    *("start", "end", "num_tasks", "handling_hours"),
)


def _tabulate_swing(problem: Problem, tasks: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches that agents spend away from home: consecutive tasks of one team, in one shift."""
    teams = {team.id: team.name or team.id for team in problem.teams}
    shifts = {agent.id: agent.shifts for agent in problem.agents}
    done = tasks[tasks["agent"].notna()].sort_values(["agent", "position"], kind="stable")
    blocks: list[dict[str, Any]] = []
    before: tuple[str, str, int] | None = None
    columns = ["agent", "agent_name", "home_team", "team", "start", "end", "handling_minutes", "is_lent"]
    for agent, name, home, team, start, end, minutes, is_lent in zip(*(done[c] for c in columns), strict=True):
        shift = _shift_of(shifts[agent], int(start.timestamp()))
        if is_lent and (agent, team, shift) == before:
            blocks[-1]["end"] = end
            blocks[-1]["num_tasks"] += 1
            blocks[-1]["handling_hours"] += minutes / 60
        elif is_lent:
            blocks.append(
                {
                    "agent": agent,
                    "name": name,
                    "home": home,
                    "home_name": teams[home],
                    "team": team,
                    "team_name": teams[team],
                    "start": start,
                    "end": end,
                    "num_tasks": 1,
                    "handling_hours": minutes / 60,
                }
            )
        before = (agent, team, shift) if is_lent else None
    frame = pd.DataFrame(blocks, columns=list(_SWING_COLUMNS))
    return frame.sort_values(["team_name", "start", "name"], kind="stable").reset_index(drop=True)


def _shift_of(shifts: Sequence[Any], instant: int) -> int:
    return next((position for position, shift in enumerate(shifts) if shift.start <= instant < shift.end), -1)


def _tabulate_late(tasks: pd.DataFrame, now: int, until: int) -> pd.DataFrame:
    """Return what is late: first what falls due in the period, then what was overdue; by weight times delay."""
    due = epoch_seconds(tasks["due"])
    falls_due = (due >= now) & (due <= until)
    late = tasks[(falls_due & (tasks["late_minutes"] > 0)) | (due < now)]
    cost = late["weight"] * late["late_minutes"]
    return (
        late.assign(_cost=cost)
        .sort_values(["was_overdue", "_cost"], ascending=[True, False], kind="stable")
        .drop(columns="_cost")
    )
