"""Running the same work several ways, in turn, and saying how many times as long each takes."""

import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.formats.scenarios.reading import parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.measures import Measures
from services.simulating.replicator import make_engine
from simulations.engine.replicating import Engine

RUNS = 5
OURS = "swingdesk"


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """A way to do some work.

    Attributes
    ----------
    run
        Does it with a seed.
    units
        How much of it: customers, tasks or cases.
    """

    name: str
    run: Callable[[int], object]
    units: float


def is_installed(module: str) -> bool:
    """Return whether a module is installed."""
    return importlib.util.find_spec(module) is not None


def make_scenario(**changes: Any) -> dict[str, Any]:
    """Return a scenario document."""
    base = {"format": "swingdesk/scenario", "version": 1, "start": "2026-03-02T00:00:00+00:00", "teams": [{"id": "t"}]}
    return {**base, "policy": {"routing": "fifo", "idle_agent": "longest_idle"}, **changes}


def prepare(document: dict[str, Any], *, has_log: bool = False) -> tuple[Engine, Measures, float]:
    """Return what replicates a scenario and what measures a replication, both warm, and the tasks expected in one."""
    assembly = assemble_scenario(parse_scenario(document))
    engine, measures = make_engine(assembly, 1, has_log=has_log), Measures(assembly)
    measures.evaluate(engine.replicate(0))
    return engine, measures, float(assembly.expected.sum())


def make_ours(
    document: dict[str, Any], *, name: str = OURS, units: float | None = None, has_log: bool = False
) -> Contestant:
    """Return the simulator as a contestant: a replication with all that it measures."""
    engine, measures, tasks = prepare(document, has_log=has_log)
    return Contestant(
        name=name, run=lambda seed: measures.evaluate(engine.replicate(seed)), units=tasks if units is None else units
    )


def measure(contestants: list[Contestant], runs: int = RUNS) -> list[float]:
    """Return the processor seconds of each for a unit of work: medians of runs in turn."""
    seconds: list[list[float]] = [[] for _ in contestants]
    for seed in range(1, runs + 1):
        for contestant, taken in zip(contestants, seconds, strict=True):
            begun = time.process_time()
            contestant.run(seed)
            taken.append((time.process_time() - begun) / contestant.units)
    return [statistics.median(taken) for taken in seconds]


def print_contest(title: str, unit: str, contestants: list[Contestant]) -> None:
    """Print what a unit of work takes each, and how many times that is of what the first takes."""
    print(f"{title}: microseconds a {unit}")
    each = measure(contestants)
    for contestant, seconds in zip(contestants, each, strict=True):
        ratio = "" if contestant is contestants[0] else f"{seconds / each[0]:9.2f} x"
        print(f"  {contestant.name:34s} {1e6 * seconds:12.3f} {ratio}", flush=True)
