"""How often intervals hold: of 20 replications, and where the replications stop when an interval is narrow.

    python -m benchmarks.coverage [--quick]

A skewed day of M_t/M/10 is replicated 20,000 times (4,000 with `--quick`); experiments take theirs from these, and
the mean of all is what their intervals should hold.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.formats.scenarios.reading import parse_scenario
from services.simulating.simulate import simulate
from simulations.engine.layout import Reals
from simulations.statistics.intervals import estimate, estimate_student
from simulations.statistics.stopping import LEAST_REPLICATIONS, LEVEL, get_next_look

SIZE = 20
MOST = 400
METRICS = ("wait_minutes_mean", "on_time_share")
WIDTHS = (0.35, 0.25, 0.18)
"""Half widths that are asked for, in standard deviations: some 60, 110 and 200 replications."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the shares."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--quick", action="store_true", help="a fifth of the work")
    experiments = 200 if cli.parse_args(arguments).quick else 1000
    experiment = simulate(parse_scenario(skewed_day()), replications=SIZE * experiments)
    for metric in METRICS:
        pool = experiment.figures[:, experiment.measures.names.index(f"overall.{metric}")]
        for name, make in (("student-t", estimate_student), ("bootstrap-t", estimate)):
            made = [make(part) for part in pool.reshape(-1, SIZE)]
            held = np.mean([item.low <= pool.mean() <= item.high for item in made])
            print(f"{metric}: {name} covers {held:.1%} of {experiments} experiments of {SIZE} replications", flush=True)
        for width in WIDTHS:
            share, number = stop_often(pool, width, experiments)
            asked = f"a half width of {width:g} standard deviations"
            print(f"{metric}: {share:.1%} of {experiments} hold that stop at {asked}, {number:.0f} each", flush=True)
    return 0


def skewed_day() -> dict[str, Any]:
    """Return the scenario: more comes at noon than ten people do, on some days much more."""
    pieces = (("00:00", "08:00", 60), ("08:00", "12:00", 116), ("12:00", "16:00", 108), ("16:00", "24:00", 70))
    handling = {"distribution": "exponential", "mean_minutes": 5.0}
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "days": 1,
        "policy": {"routing": "fifo", "idle_agent": "longest_idle"},
        "teams": [{"id": "t"}],
        "task_types": [{"id": "a", "team": "t", "skill": "s", "handling": handling, "sla": {"minutes": 20}}],
        "arrivals": [
            {"task_type": "a", "pattern": [{"from": low, "to": high, "per_hour": rate} for low, high, rate in pieces]}
        ],
        "agents": [{"id": "g", "count": 10, "team": "t", "skills": {"s": {"level": 1}}, "week": "always"}],
    }


def stop_often(pool: Reals, width: float, experiments: int) -> tuple[float, float]:
    """Return the share of intervals that hold where replications stop by precision, and how many these are."""
    rng = np.random.default_rng(1)
    truth, asked = pool.mean(), width * pool.std()
    going = [rng.choice(pool, MOST) for _ in range(experiments)]
    held, numbers, num = 0, 0, LEAST_REPLICATIONS
    while going:
        made = [estimate(drawn[:num], confidence=LEVEL) for drawn in going]
        ended = [item.half_width <= asked or num == MOST for item in made]
        held += sum(item.low <= truth <= item.high for item, end in zip(made, ended, strict=True) if end)
        numbers += num * sum(ended)
        going = [drawn for drawn, end in zip(going, ended, strict=True) if not end]
        num = get_next_look(num, MOST)
    return held / experiments, numbers / experiments


if __name__ == "__main__":
    sys.exit(main())
