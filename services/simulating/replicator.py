"""Replications of one scenario, by number, anywhere: what a thread, a process or another machine runs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.formats.scenarios.reading import Question
from services.simulating.assembly import Assembly, assemble_scenario
from services.simulating.deciding import make_decider
from services.simulating.measures import Measures
from simulations.engine.layout import Reals
from simulations.engine.replicating import Engine, Outcome


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What some replications counted.

    Attributes
    ----------
    figures : (N, F)
    series : (N, K, T) open tasks
    outcomes
        With their logs, where these were asked for.
    seconds
        How long they took.
    """

    numbers: Sequence[int]
    figures: Reals
    series: np.ndarray
    outcomes: tuple[Outcome, ...]
    seconds: float


class Replicator:
    """Replicates a scenario. Pickled, it is its question alone; it is assembled again where it arrives.

    Attributes
    ----------
    asked
        The question, the days of warm-up, the seed, and whether there is a log: all that decides a replication besides
        its number.
    """

    def __init__(self, question: Question, *, warm_up_days: float, seed: int, has_log: bool = False) -> None:
        self.asked = (question, warm_up_days, seed, has_log)
        self.assembly: Assembly = assemble_scenario(question, warm_up_days=warm_up_days)
        self.measures = Measures(self.assembly)
        self._engine = make_engine(self.assembly, seed, has_log=has_log)
        self._has_log = has_log

    def __call__(self, numbers: Sequence[int]) -> Batch:
        """Return what the replications of some numbers count; threads may call at the same time."""
        begun = time.monotonic()
        outcomes = [self._engine.replicate(number) for number in numbers]
        return Batch(
            numbers=numbers,
            figures=np.array([self.measures.evaluate(outcome) for outcome in outcomes]),
            series=np.array([outcome.series for outcome in outcomes]),
            outcomes=tuple(outcomes) if self._has_log else (),
            seconds=time.monotonic() - begun,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how it is made again."""
        return _make, self.asked


def make_engine(assembly: Assembly, seed: int, *, has_log: bool = False) -> Engine:
    """Return what replicates an assembled scenario."""
    return Engine(
        layout=assembly.layout,
        num_teams=len(assembly.scenario.teams),
        num_groups=len(assembly.groups),
        seed=seed,
        expected_tasks=float(assembly.expected.sum()) + len(assembly.demand.backlog),
        has_log=has_log,
        decider=make_decider(assembly),
    )


def _make(question: Question, warm_up_days: float, seed: int, has_log: bool) -> Replicator:
    return Replicator(question, warm_up_days=warm_up_days, seed=seed, has_log=has_log)
