"""How cases flow through a process: who can end, and how often each step is visited."""

import numpy as np
from numpy.typing import NDArray

from models.formats.scenarios.scenario import Process

_EXIT_ROUNDING = 1e-12


def find_endless_steps(process: Process) -> list[str]:
    """Return the steps, within reach of the start, from which no case ever leaves the process."""
    follows = {step.id: [item.step for item in step.next if item.probability > 0] for step in process.steps}
    leaves = {step.id for step in process.steps if sum(item.probability for item in step.next) < 1 - _EXIT_ROUNDING}
    reached, pending = {process.start}, [process.start]
    while pending:
        new = [name for name in follows[pending.pop()] if name not in reached]
        reached.update(new)
        pending += new
    ends = set(leaves)
    while True:
        more = {name for name in follows if name not in ends and any(item in ends for item in follows[name])}
        if not more:
            return [step.id for step in process.steps if step.id in reached and step.id not in ends]
        ends |= more


def count_visits(process: Process) -> NDArray[np.float64]:
    """Return how often a case visits each step, on average: the traffic equations.

    Returns
    -------
    visits : (N,) by step, in the order of the process

    References
    ----------
    Jackson (1957), Networks of waiting lines. Operations Research 5(4), 518-521.
    """
    position = {step.id: n for n, step in enumerate(process.steps)}
    system = np.eye(len(position))
    for step in process.steps:
        for branch in step.next:
            system[position[branch.step], position[step.id]] -= branch.probability
    # Steps out of reach may turn in circles for ever; they are not visited.
    reached = _reach(process)
    visits = np.zeros(len(position))
    begin = np.array([float(step.id == process.start) for step in process.steps])
    visits[reached] = np.linalg.solve(system[np.ix_(reached, reached)], begin[reached])
    return visits


def _reach(process: Process) -> NDArray[np.bool_]:
    steps = {step.id: step for step in process.steps}
    reached, pending = {process.start}, [process.start]
    while pending:
        for branch in steps[pending.pop()].next:
            if branch.probability > 0 and branch.step not in reached:
                reached.add(branch.step)
                pending.append(branch.step)
    return np.array([step.id in reached for step in process.steps])
