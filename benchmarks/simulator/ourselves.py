"""The simulator beside itself: everything on, with a log, a large day, its first result, and the memory it takes."""

import statistics
import subprocess
import sys
from typing import Any

from benchmarks.simulator.contest import make_ours, make_scenario, measure, prepare, print_contest
from benchmarks.simulator.skills import make_document

FIRST_RESULT = """
import sys, time
from benchmarks.simulator.skills import make_document
from models.formats.scenarios.reading import parse_scenario
from services.simulating.simulate import simulate
question = parse_scenario(make_document(1))
begun = time.perf_counter(), time.process_time()
simulate(question, replications=1)
print(time.perf_counter() - begun[0], time.process_time() - begun[1])
"""


def compare(scale: float) -> None:
    """Print the tables."""
    days = max(1, round(10 * scale))
    plain = make_ours(make_document(days), name="bare")
    print_contest(
        "everything on: shifts, breaks, absences, patience, thresholds (300 people in three shifts)",
        "task",
        [plain, make_ours(make_full_document(days), name="everything")],
    )
    print_contest(
        "log of every task, in memory", "task", [plain, make_ours(make_document(days), name="with a log", has_log=True)]
    )
    large = make_ours(make_large_document())
    (seconds,) = measure([large])
    print(f"1,000 agents, {large.units:,.0f} tasks a day: {1000 * seconds * large.units:.1f} ms")
    print("first result from a scenario in memory, in a new process, from a warm cache:", show_first_result())
    engine, _, _ = prepare(make_large_document())
    print(f"memory of a further replication of it at the same time: {engine.bytes_per_thread / 1e6:.1f} MB")


def make_full_document(days: int) -> dict[str, Any]:
    """Return the scenario of 8 queues with two teams that help each other, in three shifts."""
    full = make_document(days)
    full["teams"] = [{"id": "t"}, {"id": "u"}]
    for n, kind in enumerate(full["task_types"]):
        kind["team"] = "tu"[n % 2]
        kind["patience"] = {"distribution": "exponential", "mean_minutes": 600}
    shifts = [
        [{"start": start, "end": end, "breaks": [[rest, f"{rest[:3]}30"]]}]
        for start, end, rest in (("00:00", "08:00", "04:00"), ("08:00", "16:00", "12:00"), ("16:00", "00:00", "20:00"))
    ]
    full["agents"] = [
        {
            **agent,
            "id": f"{agent['id']}{m}",
            "team": "tu"[n % 2],
            "swing_teams": ["tu"[1 - n % 2]],
            "week": week,
            "absence": 0.03,
        }
        for n, agent in enumerate(full["agents"])
        for m, week in enumerate(shifts)
    ]
    full["policy"] = {
        "routing": "edf",
        "idle_agent": "specialist",
        "swing": {"mode": "threshold", "engage_tasks": 3, "min_dwell_minutes": 30},
    }
    return full


def make_large_document() -> dict[str, Any]:
    """Return a day of 1,000 agents and 100,000 tasks."""
    handling = {"distribution": "exponential", "mean_minutes": 13}
    return make_scenario(
        days=1,
        task_types=[
            {"id": f"q{n}", "team": "t", "skill": f"s{n}", "handling": handling, "sla": {"minutes": 240}}
            for n in range(20)
        ],
        arrivals=[{"task_type": f"q{n}", "per_hour": 100_000 / 24 / 20} for n in range(20)],
        agents=[
            {
                "id": f"g{n:02d}",
                "count": 25,
                "team": "t",
                "week": "always",
                "skills": {f"s{m % 20}": {"level": 1} for m in (n, n + 1, n + 7)[: 1 + n % 3]},
            }
            for n in range(40)
        ],
        policy={"routing": "edf", "idle_agent": "specialist"},
    )


def show_first_result() -> str:
    """Return how long a new process takes from a scenario to its first result: the median of three."""
    command = [sys.executable, "-c", FIRST_RESULT]
    made = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(3)]
    elapsed, processor = (statistics.median(float(row[n]) for row in made) for n in (0, 1))
    return f"{elapsed:.2f} s ({processor:.2f} s of processor time)"
