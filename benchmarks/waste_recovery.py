"""Is the waste that a simulated office was given found again? `python -m benchmarks.waste_recovery [--runs 200]`.

Each run is another seed of an office whose people choose (two minutes in the mean, exponential) and take the shortest
task instead of the most urgent in three of ten choices. The ledger sees only the log of tasks: when each was enabled,
begun and completed, and by whom. Judged is whether its interval of choosing holds what the simulator counted.

Two offices: `busy`, where work always waits, so that all choosing is choosing by the ledger's definition; and `light`,
where people run out of work, so that the simulator's count of free time in which work waited is what is to be found.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.formats.scenarios.reading import parse_scenario
from reports.waste.categories import CATEGORIES, Category
from reports.waste.causes import find_causes
from reports.waste.ledger import keep_ledger
from services.reporting.paid_time.simulation import history_of_simulation
from services.simulating.assembly import assemble_scenario
from services.simulating.measures import Measures
from services.simulating.replicator import make_engine
from services.simulating.simulate import get_position
from services.simulating.task_log import make_frame

RUNS, LEAST_FOUND = 200, 182
CHOOSE_MINUTES, CHERRY_PICK = 2.0, 0.3
OFFICES: Mapping[str, tuple[float, int, str]] = {
    "busy": (1.25, 60, "overall.choosing_minutes"),
    "light": (0.75, 0, "overall.idle_with_work_minutes"),
}
"""Load, tasks that wait at the start, and the simulator's figure that is to be found."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """One run: minutes of choosing that were put in, and that were found, with the interval."""

    injected: float
    expected: float
    found: float
    low: float
    high: float

    @property
    def is_found(self) -> bool:
        """Whether the interval holds what was put in."""
        return self.low <= self.injected <= self.high

    @property
    def is_expectation_found(self) -> bool:
        """Whether the interval holds the mean choosing time times the number of choices."""
        return self.low <= self.expected <= self.high


def make_office(load: float, backlog: int, *, days: int) -> dict[str, Any]:
    """Return a scenario of two teams whose people choose for themselves."""
    workdays = ["mon", "tue", "wed", "thu", "fri"]
    duty = {"days": workdays, "start": "08:00", "end": "16:30", "breaks": [["12:00", "12:30", "lunch"]]}
    kinds = (("dispute", "billing", 14.0, 10.0), ("refund", "billing", 6.0, 12.0), ("form", "data", 8.0, 18.0))
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "name": "choosing",
        "start": "2026-03-02T00:00:00+00:00",
        "days": days,
        "replications": 1,
        "teams": [{"id": "billing"}, {"id": "data"}],
        "task_types": [
            {
                "id": kind,
                "team": team,
                "skill": team,
                "handling": {"distribution": "lognormal", "mean_minutes": minutes, "cv": 0.8},
                "sla": {"minutes": 480},
            }
            for kind, team, minutes, _ in kinds
        ],
        "arrivals": [
            {
                "task_type": kind,
                "pattern": [{"days": workdays, "from": "07:00", "to": "16:00", "per_hour": load * rate}],
            }
            for kind, _, _, rate in kinds
        ],
        "initial_backlog": [{"task_type": kind, "count": backlog, "age_hours": 1} for kind, *_ in kinds if backlog],
        "agents": [
            {"id": team, "count": count, "team": team, "skills": {team: {"level": 2}}, "absence": 0.04, "week": [duty]}
            for team, count in (("billing", 5), ("data", 4))
        ],
        "policy": {
            "routing": "atc",
            "swing": {"mode": "off"},
            "selection": {
                "mode": "pull",
                "choose": {"distribution": "exponential", "mean_minutes": CHOOSE_MINUTES},
                "cherry_pick": CHERRY_PICK,
                "prefers": "shortest",
            },
        },
    }


def recover(office: str, *, runs: int, days: int) -> list[Recovery]:
    """Return what the ledger finds in replications of an office, seed 1."""
    load, backlog, path = OFFICES[office]
    assembly = assemble_scenario(parse_scenario(make_office(load, backlog, days=days), file=office))
    engine, measures = make_engine(assembly, 1, has_log=True), Measures(assembly)
    position = get_position(measures, path)
    choosing = CATEGORIES.index(Category.CHOOSING)
    found = []
    for number in range(runs):
        outcome = engine.replicate(number)
        frame = make_frame(assembly, outcome)
        ledger = keep_ledger(history_of_simulation(assembly, frame, seed=1))
        assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
        low, high = find_causes(ledger).category_intervals()
        found.append(
            Recovery(
                injected=float(measures.evaluate(outcome)[position]),
                expected=CHOOSE_MINUTES * int(frame["agent"].notna().sum()),
                found=int(ledger.totals[choosing]) / 60,
                low=float(low[choosing]) / 60,
                high=float(high[choosing]) / 60,
            )
        )
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print what was found; 1 where that is less than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--days", type=int, nargs="*", default=[12, 1])
    asked = parser.parse_args(arguments)
    least = LEAST_FOUND * asked.runs / RUNS
    print("| office | days | in the interval | mean choosing in the interval | found / put in | CPU ms a run |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    is_kept = True
    for office in OFFICES:
        for days in asked.days:
            begun = time.process_time()
            runs = recover(office, runs=asked.runs, days=days)
            spent = (time.process_time() - begun) / asked.runs
            num = sum(run.is_found for run in runs)
            ratio = float(np.mean([run.found / run.injected for run in runs]))
            expected = sum(run.is_expectation_found for run in runs)
            print(
                f"| {office} | {days} | {num} of {len(runs)} | {expected} of {len(runs)} | {ratio:.3f} "
                f"| {1000 * spent:,.0f} |"
            )
            is_kept &= num >= least
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
