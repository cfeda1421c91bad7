# ruff: noqa: PLC0415, S311 (peers are imported where they are; chance here guards nothing)
"""The simulator beside SimPy, Ciw, a Python loop and a C loop that do the same work, in one run.

    python -m benchmarks.simulator [--quick] [--coverage]

Times are of processor time, per customer or per day, the median of interleaved runs; ratios are what counts. SimPy and
Ciw are left out where they are not installed, the C loop where there is no `cc`.
"""

import argparse
import ctypes
import heapq
import importlib.util
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import coverage
from models.formats.scenarios.reading import parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.measures import Measures
from services.simulating.replicator import make_engine

RUNS = 3
SERVICE = 5.0

C_LOOP = r"""
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
static uint64_t s[2];
static double unit(void) { uint64_t a = s[0], b = s[1]; s[0] = b; a ^= a << 23; s[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return ((s[1] + b) >> 11) * 0x1p-53 + 0x1p-54; }
double run(long n, int servers, double rate, double mean, uint64_t seed) {
  double *heap = calloc(servers, sizeof(double)), now = 0, total = 0;
  s[0] = seed; s[1] = seed ^ 0x9E3779B97F4A7C15ULL;
  for (long i = 0; i < n; i++) {
    now -= log(unit()) / rate;
    double begin = heap[0] > now ? heap[0] : now;
    total += begin - now;
    double end = begin - mean * log(unit());
    int k = 0;
    for (;;) { int c = 2 * k + 1; if (c >= servers) break; if (c + 1 < servers && heap[c + 1] < heap[c]) c++;
      if (heap[c] >= end) break; heap[k] = heap[c]; k = c; }
    heap[k] = end;
  }
  free(heap);
  return total / n;
}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--quick", action="store_true", help="a tenth of the work")
    cli.add_argument("--coverage", action="store_true", help="only how often the intervals hold")
    args = cli.parse_args(arguments)
    if args.coverage:
        return coverage.main(["--quick"] if args.quick else [])
    scale = 0.1 if args.quick else 1.0
    compare_single_queue(scale)
    compare_skills(scale)
    compare_process(scale)
    compare_features()
    compare_log()
    show_large_day()
    return 0


def clock(work: Callable[[], object]) -> float:
    """Return the processor seconds that work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def print_row(name: str, seconds: float, units: float, ours: float | None = None, our_units: float = 1.0) -> None:
    """Print what one unit of work takes, and how many times that is of ours."""
    each = seconds / units
    ratio = "" if ours is None else f"{each / (ours / our_units):9.1f} x"
    print(f"  {name:34s} {1e6 * each:12.3f} us {ratio}", flush=True)


def has(module: str) -> bool:
    """Return whether a module is installed."""
    return importlib.util.find_spec(module) is not None


def scenario(**changes: Any) -> dict[str, Any]:
    """Return a scenario document."""
    base = {"format": "swingdesk/scenario", "version": 1, "start": "2026-03-02T00:00:00+00:00", "teams": [{"id": "t"}]}
    return {**base, "policy": {"routing": "fifo", "idle_agent": "longest_idle"}, **changes}


def replicate(document: dict[str, Any], *, has_log: bool = False) -> tuple[Callable[[int], Any], float]:
    """Return a function that runs and measures a replication, and the tasks that are expected in it."""
    assembly = assemble_scenario(parse_scenario(document))
    engine, measures = make_engine(assembly, 1, has_log=has_log), Measures(assembly)
    engine.replicate(0)
    return lambda n: measures.evaluate(engine.replicate(n)), float(assembly.expected.sum())


def measure(work: Callable[[int], Any], runs: int = RUNS) -> float:
    """Return the median of processor seconds."""
    return statistics.median(clock(lambda n=n: work(n)) for n in range(1, runs + 1))  # type: ignore[misc]


def compare_single_queue(scale: float) -> None:
    """M/M/20 at 0.9."""
    servers, rho = 20, 0.9
    rate = servers * rho / SERVICE
    days = max(1, round(1e6 * scale / (rate * 1440)))
    handling = {"distribution": "exponential", "mean_minutes": SERVICE}
    document = scenario(
        days=days,
        task_types=[{"id": "a", "team": "t", "skill": "s", "handling": handling}],
        arrivals=[{"task_type": "a", "per_hour": 60 * rate}],
        agents=[{"id": "g", "count": servers, "team": "t", "skills": {"s": {"level": 1}}, "week": "always"}],
    )
    work, tasks = replicate(document)
    ours = measure(work)
    print(f"M/M/20 at {rho}, {tasks:,.0f} customers")
    print_row("swingdesk", ours, tasks)
    num = int(40_000 * scale) + 10_000
    if has("simpy"):
        print_row("SimPy", measure(lambda n: _simpy_queue(num, servers, rate, n)), num, ours, tasks)
    if has("ciw"):
        print_row("Ciw", measure(lambda n: _ciw_queue(num / rate, servers, rate, n)), num, ours, tasks)
    loop = _compile_loop()
    if loop is not None:
        num = int(1e6)
        print_row("C loop", measure(lambda n: loop(num, servers, rate, SERVICE, n)), num, ours, tasks)


def _compile_loop() -> Callable[..., float] | None:
    folder = Path(tempfile.mkdtemp())
    (folder / "loop.c").write_text(C_LOOP, encoding="utf-8")
    command = ["cc", "-O2", "-shared", "-fPIC", str(folder / "loop.c"), "-o", str(folder / "loop.so"), "-lm"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    run = ctypes.CDLL(str(folder / "loop.so")).run
    run.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_double, ctypes.c_double, ctypes.c_uint64]
    run.restype = ctypes.c_double
    return run


def _simpy_queue(num: int, servers: int, rate: float, seed: int) -> float:
    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    desk = simpy.Resource(env, servers)
    waits: list[float] = []

    def customer() -> Any:
        came = env.now
        with desk.request() as request:
            yield request
            waits.append(env.now - came)
            yield env.timeout(rng.expovariate(1 / SERVICE))

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(rate))
            env.process(customer())

    env.process(source())
    env.run()
    return statistics.fmean(waits)


def _ciw_queue(minutes: float, servers: int, rate: float, seed: int) -> float:
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate)],
        service_distributions=[ciw.dists.Exponential(1 / SERVICE)],
        number_of_servers=[servers],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_time(minutes)
    return statistics.fmean(record.waiting_time for record in run.get_all_records())


def make_skills(seed: int = 3) -> tuple[list[set[int]], list[float]]:
    """Return the queues that each of 100 agents serves, 1 to 3 of 8, and the arrivals of each queue a minute."""
    rng = random.Random(seed)
    skills = [{n % 8, *rng.sample(range(8), rng.randint(0, 2))} for n in range(100)]
    return skills, [8600 / 8 / 1440] * 8


def skills_document(days: int) -> dict[str, Any]:
    """Return the scenario of 8 queues and 100 agents."""
    skills, rates = make_skills()
    handling = {"distribution": "exponential", "mean_minutes": 15}
    return scenario(
        days=days,
        task_types=[
            {"id": f"q{n}", "team": "t", "skill": f"s{n}", "handling": handling, "sla": {"minutes": 60 + 30 * n}}
            for n in range(8)
        ],
        arrivals=[{"task_type": f"q{n}", "per_hour": 60 * rate} for n, rate in enumerate(rates)],
        agents=[
            {
                "id": f"a{n:03d}",
                "team": "t",
                "week": "always",
                "skills": {f"s{m}": {"level": 1} for m in sorted(members)},
            }
            for n, members in enumerate(skills)
        ],
        policy={"routing": "edf", "idle_agent": "specialist"},
    )


def compare_skills(scale: float) -> None:
    """8 queues, 100 agents with 1 to 3 skills, EDF."""
    days = max(1, round(10 * scale))
    work, tasks = replicate(skills_document(days))
    ours = measure(work)
    print("8 queues, 100 agents with 1 to 3 skills, EDF, 8,600 tasks a day")
    print_row("swingdesk", ours, tasks)
    print_row("Python loop on heapq", measure(lambda n: _loop_skills(8600, n)), 8600, ours, tasks)
    if has("simpy"):
        print_row("SimPy, tuned by hand", measure(lambda n: _simpy_skills(8600, n)), 8600, ours, tasks)


def _loop_skills(num: int, seed: int) -> float:
    rng = random.Random(seed)
    skills, rates = make_skills()
    order = sorted(range(100), key=lambda n: (len(skills[n]), n))
    able = [[n for n in order if q in skills[n]] for q in range(8)]
    queues: list[list[tuple[float, float]]] = [[] for _ in range(8)]
    free = [True] * 100
    total = sum(rates)
    events: list[tuple[float, int]] = []
    now = waited = 0.0
    coming = rng.expovariate(total)
    for _ in range(2 * num):
        if events and events[0][0] <= coming:
            now, agent = heapq.heappop(events)
            best = -1
            for q in skills[agent]:
                if queues[q] and (best < 0 or queues[q][0] < queues[best][0]):
                    best = q
            if best < 0:
                free[agent] = True
            else:
                _, came = heapq.heappop(queues[best])
                waited += now - came
                heapq.heappush(events, (now + rng.expovariate(1 / 15), agent))
        else:
            now = coming
            coming = now + rng.expovariate(total)
            q = rng.randrange(8)
            for agent in able[q]:
                if free[agent]:
                    free[agent] = False
                    heapq.heappush(events, (now + rng.expovariate(1 / 15), agent))
                    break
            else:
                heapq.heappush(queues[q], (now + 60 + 30 * q, now))
    return waited


def _simpy_skills(num: int, seed: int) -> float:
    import simpy

    rng = random.Random(seed)
    skills, rates = make_skills()
    order = sorted(range(100), key=lambda n: (len(skills[n]), n))
    able = [[n for n in order if q in skills[n]] for q in range(8)]
    queues: list[list[tuple[float, float]]] = [[] for _ in range(8)]
    free = [True] * 100
    env = simpy.Environment()
    waits: list[float] = []

    def done(event: Any) -> None:
        agent = event.value
        best = -1
        for q in skills[agent]:
            if queues[q] and (best < 0 or queues[q][0] < queues[best][0]):
                best = q
        if best < 0:
            free[agent] = True
            return
        _, came = heapq.heappop(queues[best])
        waits.append(env.now - came)
        env.timeout(rng.expovariate(1 / 15), agent).callbacks.append(done)

    def source() -> Any:
        total = sum(rates)
        for _ in range(num):
            yield env.timeout(rng.expovariate(total))
            q = rng.randrange(8)
            for agent in able[q]:
                if free[agent]:
                    free[agent] = False
                    waits.append(0.0)
                    env.timeout(rng.expovariate(1 / 15), agent).callbacks.append(done)
                    break
            else:
                heapq.heappush(queues[q], (env.now + 60 + 30 * q, env.now))

    env.process(source())
    env.run()
    return statistics.fmean(waits)


STEPS = (("order", 4.0, 6), ("pack", 8.0, 12), ("ship", 5.0, 8), ("invoice", 2.0, 4))
REWORK = 0.05


def process_document(days: int) -> dict[str, Any]:
    """Return order, pack, ship, invoice; packing goes back to the order now and then."""
    steps: list[dict[str, Any]] = [{"id": name, "task_type": name} for name, _, _ in STEPS]
    for step, following in pairwise(steps):
        step["next"] = [{"step": following["id"], "probability": 1.0}]
    steps[1]["next"] = [{"step": "order", "probability": REWORK}, {"step": "ship", "probability": 1 - REWORK}]
    return scenario(
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
        arrivals=[{"process": "case", "per_hour": 70}],
        agents=[
            {"id": name, "count": count, "team": "t", "skills": {name: {"level": 1}}, "week": "always"}
            for name, _, count in STEPS
        ],
    )


def compare_process(scale: float) -> None:
    """Order, pack, ship, invoice with rework."""
    days = max(1, round(6 * scale))
    work, _ = replicate(process_document(days))
    ours, cases = measure(work), days * 70 * 24
    print(f"order, pack, ship, invoice with rework, {cases:,} cases")
    print_row("swingdesk", ours, cases)
    num = max(1000, int(cases * 0.5))
    if has("simpy"):
        print_row("SimPy", measure(lambda n: _simpy_process(num, n)), num, ours, cases)


def _simpy_process(num: int, seed: int) -> float:
    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    desks = [simpy.Resource(env, count) for _, _, count in STEPS]
    flows: deque[float] = deque()

    def case() -> Any:
        came, step = env.now, 0
        while step < len(STEPS):
            with desks[step].request() as request:
                yield request
                yield env.timeout(rng.expovariate(1 / STEPS[step][1]))
            step = 0 if step == 1 and rng.random() < REWORK else step + 1
        flows.append(env.now - came)

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(70 / 60))
            env.process(case())

    env.process(source())
    env.run()
    return statistics.fmean(flows)


def compare_features() -> None:
    """Everything on, against the same work bare."""
    bare = skills_document(5)
    full = skills_document(5)
    full["teams"] = [{"id": "t"}, {"id": "u"}]
    for n, kind in enumerate(full["task_types"]):
        kind["team"] = "tu"[n % 2]
        kind["patience"] = {"distribution": "exponential", "mean_minutes": 600}
    shifts = [
        [{"start": start, "end": end, "breaks": [[rest, f"{rest[:3]}30"]]}]
        for start, end, rest in (("00:00", "08:00", "04:00"), ("08:00", "16:00", "12:00"), ("16:00", "00:00", "20:00"))
    ]
    crews = []
    for n, agent in enumerate(full["agents"]):
        home = "tu"[n % 2]
        crews += [
            {
                **agent,
                "id": f"{agent['id']}{m}",
                "team": home,
                "swing_teams": ["tu"[1 - n % 2]],
                "week": week,
                "absence": 0.03,
            }
            for m, week in enumerate(shifts)
        ]
    full["agents"] = crews
    full["policy"] = {
        "routing": "edf",
        "idle_agent": "specialist",
        "swing": {"mode": "threshold", "engage_tasks": 3, "min_dwell_minutes": 30},
    }
    plain, tasks = replicate(bare)
    rich, _ = replicate(full)
    ours = measure(plain)
    print("everything on: shifts, breaks, absences, patience, thresholds (300 people in three shifts)")
    print_row("bare", ours, tasks)
    print_row("everything", measure(rich), tasks, ours, tasks)


def compare_log() -> None:
    """With the log of all tasks in memory, and without."""
    plain, tasks = replicate(skills_document(10))
    logged, _ = replicate(skills_document(10), has_log=True)
    ours = measure(plain)
    print("log of every task, in memory")
    print_row("without", ours, tasks)
    print_row("with", measure(logged), tasks, ours, tasks)


def show_large_day() -> None:
    """1,000 agents, 100,000 tasks a day."""
    handling = {"distribution": "exponential", "mean_minutes": 13}
    document = scenario(
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
    work, tasks = replicate(document)
    print(f"1,000 agents, {tasks:,.0f} tasks a day: {1000 * measure(work, 5):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
