"""KN++ on queues that are simulated keeps its promise: figures correlated, skewed and from the kernel."""

import math
from typing import Any

from models.formats.scenarios.reading import parse_scenario
from services.simulating.selecting import select_scenario

RATE = 8.4 / 60  # a minute
BEST_FLOW, INDIFFERENCE = 15.0, 0.3  # minutes
SELECTIONS = 40


def queue(servers: int, handling: dict[str, Any], seed: int) -> dict[str, Any]:
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "seed": seed,
        "days": 6,
        "warm_up_days": 1,
        "teams": [{"id": "t"}],
        "task_types": [{"id": "a", "team": "t", "skill": "s", "handling": handling}],
        "arrivals": [{"task_type": "a", "per_hour": 60 * RATE}],
        "agents": [{"id": "g", "count": servers, "team": "t", "skills": {"s": {"level": 1}}, "week": "always"}],
        "policy": {"routing": "fifo", "idle_agent": "longest_idle"},
    }


def mm1(flow: float) -> dict[str, Any]:
    """Mean handling s of an M/M/1 whose mean flow is s / (1 - rate s) (Kleinrock 1975, Queueing Systems I, 3.2)."""
    return {"distribution": "exponential", "mean_minutes": flow / (1 + RATE * flow)}


def mm2(flow: float) -> dict[str, Any]:
    """The same of an M/M/2, s / (1 - (rate s / 2)^2) (there, 3.5)."""
    square = flow * RATE**2 / 4
    return {"distribution": "exponential", "mean_minutes": (math.sqrt(1 + 4 * square * flow) - 1) / (2 * square)}


def md1(flow: float) -> dict[str, Any]:
    """The same of an M/D/1, s + rate s^2 / (2 (1 - rate s)) (there, 5.6): a quadratic in s."""
    b = 1 + RATE * flow
    return {"distribution": "deterministic", "mean_minutes": (b - math.sqrt(b**2 - 2 * RATE * flow)) / RATE}


def test_the_best_of_three_queues_is_selected_as_often_as_promised() -> None:
    """Two are worse by just the indifference, which is the hardest case there is."""
    worse = BEST_FLOW + INDIFFERENCE
    right, replications = 0, 0
    for seed in range(SELECTIONS):
        documents = [queue(2, mm2(worse), seed), queue(1, mm1(BEST_FLOW), seed), queue(1, md1(worse), seed)]
        questions = [(str(n), parse_scenario(document)) for n, document in enumerate(documents)]
        choice = select_scenario(
            questions, metric="overall.flow_minutes_mean", indifference=INDIFFERENCE, confidence=0.9, threads=1
        )
        assert choice.selection.is_decided
        right += choice.selection.best == 1
        replications += sum(choice.selection.replications)
    assert right >= 33  # of 40: a promise of 0.9 falls below that once in a hundred times
    assert replications > 2 * SELECTIONS * 3 * 20  # one look did not do
