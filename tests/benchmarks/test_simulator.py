"""The peers of the simulator do the same work: their waits are ours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.simulator import process, single_queue, skills
from benchmarks.simulator.contest import Contestant, measure
from models.formats.scenarios.reading import parse_scenario
from services.simulating.simulate import simulate

DAYS = 2


def mean_wait(document: dict[str, Any]) -> tuple[float, float]:
    """Return our mean wait in minutes, and its standard deviation between replications."""
    waits = simulate(parse_scenario(document), replications=20).estimate("overall.wait_minutes_mean")
    return waits.mean, waits.sd


@pytest.mark.parametrize(
    ("document", "peers"),
    [
        (
            single_queue.make_document(1),
            [
                lambda seed: single_queue.run_simpy(round(single_queue.RATE * 1440), seed),
                lambda seed: single_queue.run_ciw(1440.0, seed),
            ],
        ),
        (
            skills.make_document(1),
            [
                lambda seed: skills.run_loop(skills.TASKS_A_DAY, seed),
                lambda seed: skills.run_simpy(skills.TASKS_A_DAY, seed),
                lambda seed: skills.run_simpy_callbacks(skills.TASKS_A_DAY, seed),
                lambda seed: skills.run_ciw(skills.TASKS_A_DAY, seed),
            ],
        ),
        (
            process.make_document(1),
            [lambda seed: process.run_simpy(1680, seed), lambda seed: process.run_ciw(1680, seed)],
        ),
    ],
    ids=["M/M/20", "skills", "process"],
)
def test_peers_wait_as_we_do(document: dict[str, Any], peers: list[Callable[[int], float]]) -> None:
    mean, sd = mean_wait(document)
    assert sd > 0
    for peer in peers:
        waits = [peer(seed) for seed in (1, 2)]
        assert abs(np.mean(waits) - mean) < 3.5 * sd * np.sqrt(1 / 2 + 1 / 20)


def test_the_c_loop_waits_as_theory_says() -> None:
    loop = single_queue.compile_loop()
    if loop is None:
        pytest.skip("there is no cc")
    # Erlang C for 20 servers at 0.9 is 0.5508; the mean wait is that times 5 / (20 x 0.1)
    assert loop(2_000_000, 1) == pytest.approx(0.5508 * 2.5, rel=0.05)


def test_each_is_measured_by_its_own_units() -> None:
    short = Contestant(name="short", run=lambda _: sum(range(20_000)), units=1.0)
    same = Contestant(name="same", run=lambda _: sum(range(20_000)), units=100.0)
    alone, in_parts = measure([short, same], runs=5)
    assert alone > 20 * in_parts
