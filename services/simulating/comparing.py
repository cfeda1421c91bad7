"""Scenarios side by side, on the same random numbers."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import UsageError
from models.formats.scenarios.reading import Question
from models.formats.scenarios.result import get_number
from services.running.runner import Runner
from services.simulating.controls import NAME, Control, find_control
from services.simulating.simulate import Experiment, simulate
from simulations.statistics.comparing import Difference, compare_pairs
from simulations.statistics.controls import Controlled, control_mean
from simulations.statistics.intervals import CONFIDENCE

DEFAULT_METRICS = (
    "overall.on_time_share",
    "overall.wait_minutes_mean",
    "overall.wait_minutes_p90",
    "overall.backlog_end",
    "overall.utilization",
    "overall.overtime_minutes",
    "overall.cost",
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Experiments with the same seed, and how each differs from the first.

    Attributes
    ----------
    names
        Of each scenario.
    differences
        By scenario after the first, then by metric; those of figures that both have.
    controlled
        The same differences, corrected by the work that came; only those where this pays.
    """

    names: tuple[str, ...]
    experiments: tuple[Experiment, ...]
    metrics: tuple[str, ...]
    differences: tuple[dict[str, Difference], ...]
    controlled: tuple[dict[str, Controlled], ...]


def compare_scenarios(
    questions: Sequence[tuple[str, Question]],
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    threads: int = 1,
    runner: Runner | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Simulate scenarios with the seed and the replications of the first, and compare each with the first.

    Parameters
    ----------
    runner
        Who runs the replications, in place of `threads`.

    Raises
    ------
    UsageError
        If there are fewer than two, they are of different times, or a metric is in none of them.
    """
    if len(questions) < 2:
        raise UsageError("there is nothing to compare: give two scenarios, or one and what to change in it by --set")
    check_comparable(questions)
    base = questions[0][1].scenario
    experiments = tuple(
        simulate(
            question,
            threads=threads,
            runner=runner,
            seed=base.seed,
            replications=base.replications,
            cancel=cancel,
            on_progress=on_progress,
        )
        for _, question in questions
    )
    for metric in metrics:
        if not any(experiment.measures.position(metric) is not None for experiment in experiments):
            raise UsageError(f"--metric {metric}: there is no such figure, such as overall.on_time_share is")
    differences = tuple(
        {metric: made for metric in metrics if (made := _compare(experiments[0], other, metric)) is not None}
        for other in experiments[1:]
    )
    control = find_control(experiments[0])
    controlled = tuple(
        {
            metric: better
            for metric in metrics
            if (better := _control(experiments[0], other, metric, control)) is not None
        }
        for other in experiments[1:]
    )
    return Comparison(
        names=tuple(name for name, _ in questions),
        experiments=experiments,
        metrics=tuple(metrics),
        differences=differences,
        controlled=controlled,
    )


def check_comparable(questions: Sequence[tuple[str, Question]]) -> None:
    """See that scenarios are of the same time, so that their totals can be told apart.

    Raises
    ------
    UsageError
        If they are not.
    """
    first_name, first = questions[0][0], questions[0][1].scenario
    for name, question in questions[1:]:
        for key in ("start", "days", "warm_up_days"):
            mine, theirs = getattr(first, key), getattr(question.scenario, key)
            if mine != theirs:
                raise UsageError(
                    f"{key} differs: {theirs} in {name}, {mine} in {first_name}; expected the same in all, "
                    f"such as by --set-all {key}=..."
                )


def _compare(first: Experiment, second: Experiment, metric: str) -> Difference | None:
    a, b = first.measures.position(metric), second.measures.position(metric)
    if a is None or b is None:
        return None
    return compare_pairs(first.figures[:, a], second.figures[:, b])


def _control(first: Experiment, second: Experiment, metric: str, control: Control | None) -> Controlled | None:
    """Return a difference that the work that came in the first has corrected; None where that does not pay."""
    a, b = first.measures.position(metric), second.measures.position(metric)
    if a is None or b is None or control is None:
        return None
    return control_mean(second.figures[:, b] - first.figures[:, a], control.values, control.expected)


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as a JSON object."""
    return {
        "format": "swingdesk/comparison",
        "version": 1,
        "confidence": CONFIDENCE,
        "replications": len(comparison.experiments[0].figures),
        "scenarios": [
            {"name": name, **{metric: _figure(experiment, metric) for metric in comparison.metrics}}
            for name, experiment in zip(comparison.names, comparison.experiments, strict=True)
        ],
        "differences": [
            {
                "from": comparison.names[0],
                "to": name,
                **{
                    metric: {
                        "mean": get_number(made.estimate.mean),
                        "low": get_number(made.estimate.low),
                        "high": get_number(made.estimate.high),
                        "variance_ratio": made.variance_ratio,
                        **_controlled_figure(controlled.get(metric)),
                    }
                    for metric, made in differences.items()
                },
            }
            for name, differences, controlled in zip(
                comparison.names[1:], comparison.differences, comparison.controlled, strict=True
            )
        ],
    }


def _controlled_figure(made: Controlled | None) -> dict[str, Any]:
    if made is None:
        return {}
    figure = made.estimate
    return {
        "controlled": {
            "mean": figure.mean,
            "low": figure.low,
            "high": figure.high,
            "control": NAME,
            "variance_ratio": made.variance_ratio,
        }
    }


def _figure(experiment: Experiment, metric: str) -> dict[str, float | None] | None:
    position = experiment.measures.position(metric)
    if position is None or np.isnan(experiment.figures[:, position]).all():
        return None
    made = experiment.estimate(metric)
    return {"mean": made.mean, "low": get_number(made.low), "high": get_number(made.high)}
