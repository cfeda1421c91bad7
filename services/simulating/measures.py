"""The figures of one replication, by path: `overall.on_time_share`, `teams.billing.wait_minutes_p90`."""

from collections.abc import Sequence

import numpy as np

from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from services.simulating.assembly import Assembly
from simulations.engine import columns as c
from simulations.engine.layout import Reals
from simulations.engine.replicating import Outcome

TASK_METRICS = (
    "arrived",
    "initial_backlog",
    "completed",
    "abandoned",
    "on_time_share",
    "wait_minutes_mean",
    "wait_minutes_p50",
    "wait_minutes_p90",
    "wait_minutes_p99",
    "waited_share",
    "flow_minutes_mean",
    "tardy_minutes_mean",
    "backlog_end",
    "backlog_hours_end",
)
CASE_METRICS = (
    "arrived",
    "completed",
    "abandoned",
    "on_time_share",
    "flow_minutes_mean",
    "tardy_minutes_mean",
    "backlog_end",
)
AGENT_METRICS = ("utilization", "overtime_minutes", "cost", "moves", "idle_with_work_minutes", "choosing_minutes")

Path = tuple[str, str, str]
"""A section of the result, the id in it (empty for `overall`), and the metric."""


class Measures:
    """Turns what a replication counted into figures, always in the same order."""

    def __init__(self, assembly: Assembly) -> None:
        scenario = assembly.scenario
        teams = {team.id: n for n, team in enumerate(scenario.teams)}
        type_team = np.array([teams[kind.team] for kind in scenario.task_types])
        group_team = np.array([teams[group.team] for group in assembly.groups])
        types, groups = np.arange(len(type_team)), np.arange(len(group_team))
        self._assembly = assembly
        self._tasks: list[tuple[str, str, np.ndarray, int]] = [("overall", "", types, 0)]
        self._tasks += [("teams", team.id, types[type_team == n], 1 + n) for n, team in enumerate(scenario.teams)]
        first = 1 + len(scenario.teams)
        self._tasks += [("task_types", kind.id, types[[n]], first + n) for n, kind in enumerate(scenario.task_types)]
        self._agents: list[tuple[str, str, np.ndarray]] = [("overall", "", groups)]
        self._agents += [("teams", team.id, groups[group_team == n]) for n, team in enumerate(scenario.teams)]
        self._agents += [("agents", group.id, groups[[n]]) for n, group in enumerate(assembly.groups)]
        self.paths: tuple[Path, ...] = tuple(
            [(section, name, metric) for section, name, _, _ in self._tasks for metric in TASK_METRICS]
            + [("processes", process.id, metric) for process in scenario.processes for metric in CASE_METRICS]
            + [(section, name, metric) for section, name, _ in self._agents for metric in AGENT_METRICS]
        )

    def position(self, path: str) -> int | None:
        """Return where the figure of a path such as `teams.billing.on_time_share` stands; None where there is none."""
        return self.names.index(path) if path in self.names else None

    @property
    def names(self) -> Sequence[str]:
        """The paths as text."""
        return [".".join(part for part in path if part) for path in self.paths]

    def evaluate(self, outcome: Outcome) -> Reals:
        """Return the figures of a replication, `nan` where nothing was observed."""
        found: list[float] = []
        for _, _, members, row in self._tasks:
            found += _task_figures(outcome.type_sums[members].sum(axis=0), outcome.wait_quantiles[row])
        for sums in outcome.process_sums:
            figures = dict(zip(TASK_METRICS, _task_figures(sums, np.full(3, np.nan)), strict=True))
            found += [figures[metric] for metric in CASE_METRICS]
        costs = self._costs(outcome)
        for _, _, members in self._agents:
            found += _agent_figures(outcome.group_sums[members].sum(axis=0), float(costs[members].sum()))
        return np.array(found)

    def _costs(self, outcome: Outcome) -> Reals:
        """Return what each group's paid time costs: its shifts, whoever came, and its overtime."""
        costs = []
        for n, (group, rostered_s) in enumerate(zip(self._assembly.groups, self._assembly.rostered_s, strict=True)):
            overtime_s = float(outcome.group_sums[n, c.SUM_OVERTIME])
            paid_s = group.count * rostered_s + group.overtime_factor * overtime_s
            costs.append(group.cost_per_hour * paid_s / SECONDS_PER_HOUR)
        return np.array(costs)


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else np.nan


def _task_figures(sums: Reals, quantiles: Reals) -> list[float]:
    minute = SECONDS_PER_MINUTE
    return [
        float(sums[c.NUM_ARRIVED]),
        float(sums[c.NUM_BACKLOG]),
        float(sums[c.NUM_COMPLETED]),
        float(sums[c.NUM_ABANDONED]),
        _ratio(sums[c.NUM_ON_TIME], sums[c.NUM_COHORT]),
        _ratio(sums[c.SUM_WAIT] / minute, sums[c.NUM_STARTED]),
        *(float(value) for value in quantiles / minute),
        _ratio(sums[c.NUM_WAITED], sums[c.NUM_STARTED]),
        _ratio(sums[c.SUM_FLOW] / minute, sums[c.NUM_COMPLETED]),
        _ratio(sums[c.SUM_TARDY] / minute, sums[c.NUM_DUE]),
        float(sums[c.NUM_LEFT]),
        float(sums[c.LEFT_S] / SECONDS_PER_HOUR),
    ]


def _agent_figures(sums: Reals, cost: float) -> list[float]:
    minute = SECONDS_PER_MINUTE
    return [
        _ratio(sums[c.SUM_BUSY], sums[c.SUM_ATTENDED] + sums[c.SUM_OVERTIME]),
        float(sums[c.SUM_OVERTIME] / minute),
        cost,
        float(sums[c.SUM_MOVES]),
        float(sums[c.SUM_IDLE_WITH_WORK] / minute),
        float(sums[c.SUM_CHOOSING] / minute),
    ]
