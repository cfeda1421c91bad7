"""Whether a scenario stands for its history: what happened beside what the simulator makes of it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.formats.scenarios.result import get_number
from models.time import SECONDS_PER_MINUTE
from reports.shares import say_share
from services.calibrating.calibrate import Calibration
from services.calibrating.history import History
from services.running.runner import Runner
from services.simulating.simulate import Experiment, simulate
from simulations.statistics.intervals import Estimate

CHECKED_REPLICATIONS = 10
NEAR_SHARE = 0.1
"""A figure of the history this near to the simulated one, relatively, counts as met outside the interval too."""

NEAR_POINTS = 0.05
"""The same for shares, absolutely."""


FAR_POINTS = 0.10
"""A share of work on time farther than this from the history's, absolutely, is warned of."""

_ON_TIME = "overall.on_time_share"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One figure of the history beside the simulated one; None where the history does not tell it."""

    label: str
    path: str
    unit: str
    observed: float | None
    simulated: Estimate

    @property
    def is_near(self) -> bool | None:
        """Whether the two agree: the history inside the interval, or near."""
        if self.observed is None or np.isnan(self.simulated.mean):
            return None
        if self.simulated.low <= self.observed <= self.simulated.high:
            return True
        gap = abs(self.observed - self.simulated.mean)
        return bool(gap <= NEAR_POINTS if self.unit == "%" else gap <= NEAR_SHARE * abs(self.observed))


def check_calibration(
    calibration: Calibration,
    *,
    replications: int = CHECKED_REPLICATIONS,
    runner: Runner | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Check], Experiment]:
    """Return figures of the history beside those of its scenario, and the simulation."""
    experiment = simulate(
        calibration.ask(), replications=replications, runner=runner, cancel=cancel, on_progress=on_progress
    )
    observed = observe(calibration)
    return [
        Check(label=label, path=path, unit=unit, observed=observed[path], simulated=experiment.estimate(path))
        for label, path, unit in (
            ("came in", "overall.arrived", "tasks"),
            ("completed", "overall.completed", "tasks"),
            ("on time", _ON_TIME, "%"),
            ("wait, mean", "overall.wait_minutes_mean", "min"),
            ("wait, half at most", "overall.wait_minutes_p50", "min"),
            ("from enabled to done, mean", "overall.flow_minutes_mean", "min"),
            ("utilization", "overall.utilization", "%"),
        )
    ], experiment


def observe(calibration: Calibration) -> dict[str, float | None]:
    """Return the figures of a history, as the simulator counts its own."""
    history = calibration.history
    enabled, started, closed, due = (history.column(name) for name in ("enabled", "started", "closed", "due"))
    is_backlog = (enabled < history.start) & ~(closed <= history.start) & ~(started < history.start)
    came = history.within("enabled")
    counted = came | is_backlog
    is_done = closed < history.until
    has_begun = counted & (started < history.until)
    waits = np.maximum(started - enabled, 0.0)[has_begun] / SECONDS_PER_MINUTE
    falls_due = counted & (due < history.until) & (due >= history.start)
    late_or_not = (closed <= due)[falls_due]
    flow = (closed - enabled)[counted & is_done] / SECONDS_PER_MINUTE
    return {
        "overall.arrived": float(came.sum()),
        "overall.completed": float((counted & is_done).sum()),
        _ON_TIME: _mean(late_or_not.astype(np.float64)),
        "overall.wait_minutes_mean": _mean(waits),
        "overall.wait_minutes_p50": float(np.median(waits)) if len(waits) else None,
        "overall.flow_minutes_mean": _mean(flow),
        "overall.utilization": _utilization(calibration, history),
    }


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _utilization(calibration: Calibration, history: History) -> float | None:
    """Return the part of the time on duty in which tasks were in hand, of the people of the scenario."""
    known = {person.id for person in history.people}
    handled = pd.Series(calibration.work.handled)[history.tasks["agent"].isin(known).to_numpy()].sum()
    span = np.array([history.start], dtype=np.float64), np.array([history.until], dtype=np.float64)
    on_duty = sum(float(person.clock.between(*span)[0]) for person in history.people) / SECONDS_PER_MINUTE
    return float(handled) / on_duty if on_duty and handled else None


def warn_of_checks(checks: Sequence[Check]) -> list[str]:
    """Return what must not be overlooked: that the scenario is late far more, or far less, than its history was."""
    said = []
    for item in checks:
        if item.path != _ON_TIME or item.observed is None or np.isnan(item.simulated.mean):
            continue
        gap = item.simulated.mean - item.observed
        if abs(gap) > FAR_POINTS:
            said.append(
                f"the scenario does not stand for its history: {say_share(item.simulated.mean, 1)} on time where the "
                f"history has {say_share(item.observed, 1)}, "
                f"{100 * abs(gap):.0f} points {'more' if gap > 0 else 'less'}; trust differences "
                "between scenarios at most, no figure by itself"
            )
    return said


def check_document(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """Return checks as JSON objects."""
    return [
        {
            "figure": item.path,
            "history": item.observed,
            "simulated": get_number(item.simulated.mean),
            "low": get_number(item.simulated.low),
            "high": get_number(item.simulated.high),
            "is_near": item.is_near,
        }
        for item in checks
    ]
