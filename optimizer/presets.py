"""Named aims, for offices that will never set a coefficient: a problem in, the same problem with another aim out."""

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from models.formats.problem import Coefficients, Problem, Task
from models.formats.records import MAX_NUMBER


class Preset(StrEnum):
    """What an office wants most."""

    BALANCED = "balanced"
    PROTECT_ON_TIME = "protect-on-time"
    OLDEST_FIRST = "oldest-first"


MEANINGS = {
    Preset.BALANCED: "minutes late and tasks late count alike",
    Preset.PROTECT_ON_TIME: "as many on time as can be; what is late anyway may wait",
    Preset.OLDEST_FIRST: "what has waited longest past its deadline comes first",
}

COEFFICIENTS = {
    Preset.BALANCED: Coefficients(),
    Preset.PROTECT_ON_TIME: Coefficients(tardiness=0.1, late=300, carried_over=10),
    Preset.OLDEST_FIRST: Coefficients(tardiness=1, late=15, carried_over=60),
}
"""Minutes of lateness of a task of weight 1 are the unit; what a preset does not name is the format's default."""

UNWEIGHTED = ("missed", "away", "move", "preferred", "reassigned")
"""What is charged whatever the weight of the task."""

GROWTH = ((3.0, 4.0), (1.0, 2.0))
"""Beyond so many deadlines late, the weight counts so many times; the first that holds."""


def apply_preset(problem: Problem, preset: Preset) -> Problem:
    """Return the problem with the aim of a preset: its coefficients, and the tasks' weights brought to a mean of 1.

    With `oldest-first` weights grow with age after that: see `count_deadlines_late`.
    """
    weights = [task.weight for task in problem.tasks]
    mean = math.fsum(weights) / len(weights) if weights else 0.0
    scale = mean if mean > 0 else 1.0
    factors = [grow_with_age(task, problem.now) if preset is Preset.OLDEST_FIRST else 1.0 for task in problem.tasks]
    tasks = tuple(
        replace(task, weight=task.weight / scale * factor) for task, factor in zip(problem.tasks, factors, strict=True)
    )
    return replace(problem, tasks=tasks, objective=COEFFICIENTS[preset])


def scale_to_weights(coefficients: Coefficients, weights: Sequence[float]) -> Coefficients:
    """Return coefficients for tasks whose weights are on an office's own scale, as if their mean were 1.

    What is charged without a weight (moves, work away, ...) counts that mean so many times, to three digits; so the
    plan is the same whatever the scale, and weights stay as the office writes them.
    """
    mean = math.fsum(weights) / len(weights) if weights else 0.0
    if mean <= 0:
        return coefficients
    scale = float(f"{mean:.3g}")
    return replace(coefficients, **{name: min(MAX_NUMBER, getattr(coefficients, name) * scale) for name in UNWEIGHTED})


def count_deadlines_late(task: Task, now: int) -> float:
    """Return how late a task is at `now`, in units of the time it was allowed: (now - due) / (due - arrived).

    0 where it is not late; without end where it was allowed no time at all.
    """
    late, allowed = now - task.due, task.due - task.arrived
    if late <= 0:
        return 0.0
    return late / allowed if allowed > 0 else math.inf


def grow_with_age(task: Task, now: int) -> float:
    """Return how many times the weight of a task counts: 2 beyond one deadline late, 4 beyond three, else 1."""
    deadlines = count_deadlines_late(task, now)
    return next((factor for beyond, factor in GROWTH if deadlines > beyond), 1.0)
