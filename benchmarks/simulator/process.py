# ruff: noqa: PLC0415, S311 (peers are imported where they are; chance here guards nothing)
"""Order, pack, ship, invoice, with rework: SimPy and Ciw as their users write it."""

import random
import statistics
from itertools import pairwise
from typing import Any

from benchmarks.simulator.contest import Contestant, is_installed, make_ours, make_scenario, print_contest

STEPS = (("order", 4.0, 6), ("pack", 8.0, 12), ("ship", 5.0, 8), ("invoice", 2.0, 4))
"""Name, mean minutes, people."""

REWORK = 0.05
CASES_AN_HOUR = 70


def compare(scale: float) -> None:
    """Print the table."""
    days = max(1, round(6 * scale))
    cases = days * 24 * CASES_AN_HOUR
    num = max(1000, cases // 2)
    contestants = [make_ours(make_document(days), units=cases)]
    if is_installed("simpy"):
        contestants.append(Contestant(name="SimPy", run=lambda seed: run_simpy(num, seed), units=num))
    if is_installed("ciw"):
        contestants.append(Contestant(name="Ciw", run=lambda seed: run_ciw(num, seed), units=num))
    print_contest(f"order, pack, ship, invoice with rework, {cases:,} cases", "case", contestants)


def make_document(days: int) -> dict[str, Any]:
    """Return the scenario; packing goes back to the order now and then."""
    steps: list[dict[str, Any]] = [{"id": name, "task_type": name} for name, _, _ in STEPS]
    for step, following in pairwise(steps):
        step["next"] = [{"step": following["id"], "probability": 1.0}]
    steps[1]["next"] = [{"step": "order", "probability": REWORK}, {"step": "ship", "probability": 1 - REWORK}]
    return make_scenario(
        days=days,
        task_types=[
            {
                "id": name,
                "team": "t",
                "skill": name,
                "handling": {"distribution": "exponential", "mean_minutes": mean},
            }
            for name, mean, _ in STEPS
        ],
        processes=[{"id": "case", "start": "order", "steps": steps}],
        arrivals=[{"process": "case", "per_hour": CASES_AN_HOUR}],
        agents=[
            {"id": name, "count": count, "team": "t", "skills": {name: {"level": 1}}, "week": "always"}
            for name, _, count in STEPS
        ],
    )


def run_simpy(num: int, seed: int) -> float:
    """Return the mean wait for a step, over so many cases."""
    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    desks = [simpy.Resource(env, count) for _, _, count in STEPS]
    waits: list[float] = []

    def case() -> Any:
        step = 0
        while step < len(STEPS):
            came = env.now
            with desks[step].request() as request:
                yield request
                waits.append(env.now - came)
                yield env.timeout(rng.expovariate(1 / STEPS[step][1]))
            step = 0 if step == 1 and rng.random() < REWORK else step + 1

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(CASES_AN_HOUR / 60))
            env.process(case())

    env.process(source())
    env.run()
    return statistics.fmean(waits)


def run_ciw(num: int, seed: int) -> float:
    """Return the mean wait for a step, over the time in which so many cases come."""
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(CASES_AN_HOUR / 60), None, None, None],
        service_distributions=[ciw.dists.Exponential(1 / mean) for _, mean, _ in STEPS],
        number_of_servers=[count for _, _, count in STEPS],
        routing=[[0.0, 1.0, 0.0, 0.0], [REWORK, 0.0, 1 - REWORK, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_time(num / CASES_AN_HOUR * 60)
    return statistics.fmean(record.waiting_time for record in run.get_all_records())
