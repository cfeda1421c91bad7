"""The figures of one replication, by path: `overall.on_time_share`, `teams.billing.wait_minutes_p90`."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from services.simulating.assembly import Assembly
from simulations.engine import columns as c
from simulations.engine.layout import Reals
from simulations.engine.quantiles import QUANTILES
from simulations.engine.replicating import Outcome
from simulations.statistics.intervals import Estimate, estimate

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

_CASE_COLUMNS = [TASK_METRICS.index(metric) for metric in CASE_METRICS]

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
        tasks = [("overall", "", types)]
        tasks += [("teams", team.id, types[type_team == n]) for n, team in enumerate(scenario.teams)]
        tasks += [("task_types", kind.id, types[[n]]) for n, kind in enumerate(scenario.task_types)]
        agents = [("overall", "", groups)]
        agents += [("teams", team.id, groups[group_team == n]) for n, team in enumerate(scenario.teams)]
        agents += [("agents", group.id, groups[[n]]) for n, group in enumerate(assembly.groups)]
        num_sums = 1 + len(scenario.teams)
        self._of_types = _choose([members for _, _, members in tasks[:num_sums]], len(types))
        self._of_groups = _choose([members for _, _, members in agents[:num_sums]], len(groups))
        self._rate_per_s = np.array([group.cost_per_hour / SECONDS_PER_HOUR for group in assembly.groups])
        self._overtime_factor = np.array([group.overtime_factor for group in assembly.groups])
        counts = np.array([group.count for group in assembly.groups])
        self._rostered_s = counts * np.array(assembly.rostered_s)
        self.paths: tuple[Path, ...] = tuple(
            [(section, name, metric) for section, name, _ in tasks for metric in TASK_METRICS]
            + [("processes", process.id, metric) for process in scenario.processes for metric in CASE_METRICS]
            + [(section, name, metric) for section, name, _ in agents for metric in AGENT_METRICS]
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
        tasks = _task_figures(_add_up(self._of_types, outcome.type_sums), outcome.wait_quantiles)
        no_quantiles = np.full((len(outcome.process_sums), len(QUANTILES)), np.nan)
        cases = _task_figures(outcome.process_sums, no_quantiles)[:, _CASE_COLUMNS]
        costs = _add_up(self._of_groups, self._cost_of(outcome.group_sums[:, c.SUM_OVERTIME]))
        agents = _agent_figures(_add_up(self._of_groups, outcome.group_sums), costs)
        return np.concatenate([tasks.ravel(), cases.ravel(), agents.ravel()])

    def _cost_of(self, overtime_s: Reals) -> Reals:
        """Return what each group's paid time costs: its shifts, whoever came, and its overtime."""
        costs: Reals = self._rate_per_s * (self._rostered_s + self._overtime_factor * overtime_s)
        return costs


def _add_up(matrix: Reals, sums: Reals) -> Reals:
    """Return sums over several, and below them those of each: a matrix with a row for each takes longer to apply."""
    return np.concatenate([matrix @ sums, sums])


def _choose(rows: list[np.ndarray], width: int) -> Reals:
    """Return a matrix that adds up members of rows."""
    made = np.zeros((len(rows), width))
    for row, members in zip(made, rows, strict=True):
        row[members] = 1.0
    return made


def _ratio(top: Reals, bottom: Reals) -> Reals:
    ratio: Reals = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return ratio


def _task_figures(sums: Reals, quantiles_s: Reals) -> Reals:
    """Return the figures of `TASK_METRICS`, a row for each row of sums."""
    minute = SECONDS_PER_MINUTE
    return np.column_stack(
        [
            sums[:, c.NUM_ARRIVED],
            sums[:, c.NUM_BACKLOG],
            sums[:, c.NUM_COMPLETED],
            sums[:, c.NUM_ABANDONED],
            _ratio(sums[:, c.NUM_ON_TIME], sums[:, c.NUM_COHORT]),
            _ratio(sums[:, c.SUM_WAIT] / minute, sums[:, c.NUM_STARTED]),
            quantiles_s / minute,
            _ratio(sums[:, c.NUM_WAITED], sums[:, c.NUM_STARTED]),
            _ratio(sums[:, c.SUM_FLOW] / minute, sums[:, c.NUM_COMPLETED]),
            _ratio(sums[:, c.SUM_TARDY] / minute, sums[:, c.NUM_DUE]),
            sums[:, c.NUM_LEFT],
            sums[:, c.LEFT_S] / SECONDS_PER_HOUR,
        ]
    )


def _agent_figures(sums: Reals, costs: Reals) -> Reals:
    """Return the figures of `AGENT_METRICS`, a row for each row of sums."""
    minute = SECONDS_PER_MINUTE
    return np.column_stack(
        [
            _ratio(sums[:, c.SUM_BUSY], sums[:, c.SUM_ATTENDED] + sums[:, c.SUM_OVERTIME]),
            sums[:, c.SUM_OVERTIME] / minute,
            costs,
            sums[:, c.SUM_MOVES],
            sums[:, c.SUM_IDLE_WITH_WORK] / minute,
            sums[:, c.SUM_CHOOSING] / minute,
        ]
    )


def estimate_figure(path: str, values: Reals, *, confidence: float) -> Estimate:
    """Return the mean of a figure with an interval that holds only what it can be: nothing below 0, no share above 1.

    Parameters
    ----------
    path
        The figure's path, or the last part of it.
    values : (R,) what each replication gave
    """
    made = estimate(values, confidence=confidence)
    metric = path.rpartition(".")[2]
    highest = 1.0 if metric.endswith("_share") or metric == "utilization" else math.inf
    return replace(made, low=max(made.low, 0.0), high=min(made.high, highest))
