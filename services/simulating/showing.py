"""Simulations as figures: one by itself, or several side by side."""

from collections.abc import Mapping, Sequence

from models.formats.scenarios.result import Metric
from models.formats.scenarios.scenario import Scenario
from models.time import load_zone
from reports.difference_figures import show_differences
from reports.panels import Panel, shorten
from reports.simulation_figures import show_backlog, show_on_time, show_utilization, show_wait
from services.simulating.comparing import Comparison
from services.simulating.simulate import Experiment, make_metric, make_result
from simulations.statistics.intervals import estimate_student

UNNAMED = "scenario"
LONGEST_NAME = 60
"""Of a scenario in a legend or a table, in characters."""


def show_experiment(experiment: Experiment) -> list[Panel]:
    """Return the figures of a simulation."""
    scenario = experiment.assembly.scenario
    return _show({shorten(scenario.name or UNNAMED, LONGEST_NAME): experiment}, scenario)


def show_comparison(comparison: Comparison) -> list[Panel]:
    """Return the figures of scenarios side by side, the differences first."""
    experiments = dict(zip(name_shortly(comparison.names), comparison.experiments, strict=True))
    results = [(name, make_result(experiment)) for name, experiment in experiments.items()]
    differences = show_differences(results, comparison.differences, metrics=comparison.metrics)
    return [differences, *_show(experiments, comparison.experiments[0].assembly.scenario)]


def _show(experiments: Mapping[str, Experiment], first: Scenario) -> list[Panel]:
    results = [(name, make_result(experiment)) for name, experiment in experiments.items()]
    totals = {name: _total(experiment) for name, experiment in experiments.items()}
    return [
        show_on_time(results),
        show_wait(results),
        show_backlog(results, totals, start=first.start, zone=load_zone(first.timezone)),
        show_utilization(results),
    ]


def _total(experiment: Experiment) -> list[Metric]:
    """Return the open tasks of all teams over time."""
    summed = experiment.series.sum(axis=2).astype(float)
    return [make_metric(estimate_student(column), len(summed)) for column in summed.T]


def name_shortly(names: Sequence[str]) -> list[str]:
    """Return names that a legend has room for, of which no two are equal."""
    names = [shorten(name, LONGEST_NAME) for name in names]
    return [f"{name} ({n + 1})" if names.count(name) > 1 else name for n, name in enumerate(names)]
