"""What is known of the work that comes in: a control for the figures of a scenario."""

from dataclasses import dataclass

import numpy as np

from models.formats.scenarios.flow import count_visits
from models.formats.scenarios.scenario import Arrivals
from services.simulating.simulate import Experiment
from simulations.engine.layout import Reals

NAME = "hours of work that came"


@dataclass(frozen=True, kw_only=True)
class Control:
    """Hours of work that came in each replication, by what is expected of one task, and their expectation."""

    values: Reals
    expected: float


def find_control(experiment: Experiment) -> Control | None:
    """Return the control of an experiment: Poisson arrivals whose number is told apart; None where there are none."""
    scenario = experiment.assembly.scenario
    in_process = {step.task_type for process in scenario.processes for step in process.steps}
    means = {kind.id: kind.handling.mean for kind in scenario.task_types}
    hours = {f"task_types.{name}.arrived": mean / 60 for name, mean in means.items() if name not in in_process}
    for process in scenario.processes:
        visits = zip(process.steps, count_visits(process), strict=True)
        hours[f"processes.{process.id}.arrived"] = sum(means[step.task_type] * number for step, number in visits) / 60
    expected: dict[str, float] = {}
    for n, arrivals in enumerate(scenario.arrivals):
        path = _get_path(arrivals)
        if arrivals.times or arrivals.spacing != "poisson":
            hours.pop(path, None)  # their number is not known by its expectation alone
        expected[path] = expected.get(path, 0.0) + _count_expected(experiment, n)
    used = [path for path in hours if expected.get(path, 0.0) > 0]
    if not used:
        return None
    figures = [experiment.figures[:, experiment.measures.names.index(path)] * hours[path] for path in used]
    return Control(values=np.sum(figures, axis=0), expected=sum(expected[path] * hours[path] for path in used))


def _get_path(arrivals: Arrivals) -> str:
    if arrivals.process is not None:
        return f"processes.{arrivals.process}.arrived"
    return f"task_types.{arrivals.task_type}.arrived"


def _count_expected(experiment: Experiment, position: int) -> float:
    """Return the tasks or cases of an arrival stream that are expected in the counted time."""
    assembly = experiment.assembly
    low, high = assembly.demand.streams[position][6:8]
    if assembly.scenario.arrivals[position].times:
        return 0.0
    begin, end = assembly.warm_up_s, assembly.horizon_s
    pieces = assembly.demand.pieces[low:high]
    number = sum(max(0.0, min(stop, end) - max(start, begin)) * rate for start, stop, rate in pieces)
    return number * assembly.scenario.arrivals[position].lot
