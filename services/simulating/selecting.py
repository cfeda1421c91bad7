"""The best of several scenarios in one metric, with a promise."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import UsageError
from models.formats.scenarios.reading import Question
from models.formats.scenarios.result import get_number
from services.running.runner import Runner
from services.running.threads import ThreadRunner
from services.simulating.measures import estimate_figure
from services.simulating.replicator import Replicator
from services.simulating.senses import get_sense
from services.simulating.simulate import find_warm_up, run_numbers
from simulations.engine.layout import Reals
from simulations.statistics.intervals import CONFIDENCE, Estimate
from simulations.statistics.selection import FIRST_LOOK, Selection, select_best

FORMAT = "swingdesk/selection"
MOST_REPLICATIONS = 10_000
SHARE_STEP = 0.005
RELATIVE_STEP = 0.01


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which scenario is the best, what is promised, and on what grounds.

    Attributes
    ----------
    sense
        1 where more of the metric is better, -1 where less is.
    figures
        The metric of each scenario, by replication, as far as it went.
    """

    names: tuple[str, ...]
    metric: str
    sense: int
    indifference: float
    confidence: float
    selection: Selection
    figures: tuple[Reals, ...]

    def estimate(self, scenario: int) -> Estimate:
        """Return the mean of a scenario with its interval."""
        return estimate_figure(self.metric, self.figures[scenario], confidence=CONFIDENCE)


def select_scenario(
    questions: Sequence[tuple[str, Question]],
    *,
    metric: str,
    indifference: float | None = None,
    confidence: float = CONFIDENCE,
    most: int = MOST_REPLICATIONS,
    threads: int = 1,
    runner: Runner | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Choice:
    """Replicate scenarios, all with the seed of the first, until the best in a metric is clear.

    Parameters
    ----------
    indifference
        A difference that does not matter; half a percentage point of shares, a hundredth of the first scenario's mean
        of others where none is given.
    most
        Replications of each scenario at most.
    on_progress
        Gets the replications done of all, and those that will be done at least.

    Raises
    ------
    UsageError
        If there is nothing to choose from, or the metric is not in each, or has no better side.
    """
    if len(questions) < 2:
        raise UsageError(
            "there is nothing to select from: give two scenarios, or one and what to change in it by --set"
        )
    sense = get_sense(metric)
    if sense == 0:
        raise UsageError(
            f"--select {metric}: which side of it is better nobody can say; choose a share, a wait, a cost"
        )
    if not 0.5 <= confidence < 1:
        raise UsageError(f"--confidence {confidence:g}: expected a probability from 0.5 on, below 1")
    if indifference is not None and not 0 < indifference < np.inf:
        raise UsageError(f"--indifference {indifference:g}: expected a number above 0")
    runner = runner or ThreadRunner(threads)
    replicators, positions = _prepare(questions, metric, runner, cancel)
    rows: list[Reals] = [np.empty(0) for _ in questions]
    num_done = 0

    def extend(system: int, high: int) -> None:
        nonlocal num_done
        low = len(rows[system])
        if low >= high:
            return
        batches = run_numbers(runner, replicators[system], range(low, high), cancel=cancel)
        made = [batch.figures[:, positions[system]] for batch in batches]
        rows[system] = np.concatenate([rows[system], *made])
        num_done += high - low
        if on_progress is not None:
            on_progress(num_done, max(num_done, FIRST_LOOK * len(rows)))

    def draw(systems: list[int], low: int, high: int) -> Reals:
        for system in systems:
            extend(system, high)
        return np.stack([sense * rows[system][low:high] for system in systems], axis=1)

    if indifference is None:
        extend(0, min(FIRST_LOOK, most))
        indifference = _choose_indifference(metric, rows[0])
    selection = select_best(draw, len(rows), indifference=indifference, confidence=confidence, most=most)
    return Choice(
        names=tuple(name for name, _ in questions),
        metric=metric,
        sense=sense,
        indifference=indifference,
        confidence=confidence,
        selection=selection,
        figures=tuple(rows),
    )


def _prepare(
    questions: Sequence[tuple[str, Question]], metric: str, runner: Runner, cancel: threading.Event | None
) -> tuple[list[Replicator], list[int]]:
    seed = questions[0][1].scenario.seed
    replicators, positions = [], []
    for name, question in questions:
        days = question.scenario.warm_up_days
        if days is None:
            days = float(find_warm_up(question, seed, runner, cancel))
        replicator = Replicator(question, warm_up_days=days, seed=seed)
        position = replicator.measures.position(metric)
        if position is None:
            raise UsageError(f"--select {metric}: {name} has no such figure, such as overall.on_time_share is")
        replicators.append(replicator)
        positions.append(position)
    return replicators, positions


def _choose_indifference(metric: str, seen: Reals) -> float:
    if metric.endswith("_share"):
        return SHARE_STEP
    known = seen[~np.isnan(seen)]
    mean = abs(float(known.mean())) if len(known) else 0.0
    if mean == 0:
        raise UsageError(f"--select {metric}: say by --indifference which difference does not matter; it is 0 at first")
    return RELATIVE_STEP * mean


def selection_document(choice: Choice) -> dict[str, Any]:
    """Return a choice as a JSON object."""
    made, names = choice.selection, choice.names
    figures = [choice.estimate(n) for n in range(len(names))]
    gone = {item.system: item for item in made.eliminations}
    return {
        "format": FORMAT,
        "version": 1,
        "procedure": "KN++",
        "metric": choice.metric,
        "better": "larger" if choice.sense > 0 else "smaller",
        "best": names[made.best],
        "is_decided": made.is_decided,
        "promise": {"probability": choice.confidence, "indifference": choice.indifference} if made.is_decided else None,
        "scenarios": [
            {
                "name": name,
                "mean": get_number(figure.mean),
                "low": get_number(figure.low),
                "high": get_number(figure.high),
                "replications": made.replications[n],
                "eliminated_after": gone[n].replications if n in gone else None,
                "eliminated_by": names[gone[n].by] if n in gone else None,
            }
            for n, (name, figure) in enumerate(zip(names, figures, strict=True))
        ],
    }
