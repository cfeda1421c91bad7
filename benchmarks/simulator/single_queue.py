# ruff: noqa: PLC0415, S311 (peers are imported where they are; chance here guards nothing)
"""M/M/20 at 0.9: SimPy and Ciw as their users write it, and a C loop that does only that."""

import ctypes
import random
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.simulator.contest import Contestant, is_installed, make_ours, make_scenario, print_contest

SERVERS = 20
RHO = 0.9
SERVICE = 5.0
RATE = SERVERS * RHO / SERVICE
"""Customers a minute."""

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


def compare(scale: float) -> None:
    """Print the table."""
    num_customers = int(1e6 * scale)
    contestants = [make_ours(make_document(max(1, round(num_customers / (RATE * 1440)))))]
    num = 10_000 + num_customers // 25
    if is_installed("simpy"):
        contestants.append(Contestant(name="SimPy", run=lambda seed: run_simpy(num, seed), units=num))
    if is_installed("ciw"):
        contestants.append(Contestant(name="Ciw", run=lambda seed: run_ciw(num / RATE, seed), units=num))
    loop = compile_loop()
    if loop is not None:
        contestants.append(Contestant(name="C loop", run=lambda seed: loop(1_000_000, seed), units=1e6))
    print_contest(f"M/M/{SERVERS} at {RHO}, {num_customers:,} customers", "customer", contestants)


def make_document(days: int) -> dict[str, Any]:
    """Return the scenario."""
    handling = {"distribution": "exponential", "mean_minutes": SERVICE}
    return make_scenario(
        days=days,
        task_types=[{"id": "a", "team": "t", "skill": "s", "handling": handling}],
        arrivals=[{"task_type": "a", "per_hour": 60 * RATE}],
        agents=[{"id": "g", "count": SERVERS, "team": "t", "skills": {"s": {"level": 1}}, "week": "always"}],
    )


def compile_loop() -> Callable[[int, int], float] | None:
    """Return the C loop, that takes a number of customers and a seed and returns their mean wait; None without `cc`."""
    with tempfile.TemporaryDirectory() as name:
        source, library = Path(name) / "loop.c", Path(name) / "loop.so"
        source.write_text(C_LOOP, encoding="utf-8")
        command = ["cc", "-O2", "-shared", "-fPIC", str(source), "-o", str(library), "-lm"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        run = ctypes.CDLL(str(library)).run
    run.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_double, ctypes.c_double, ctypes.c_uint64]
    run.restype = ctypes.c_double
    return lambda num, seed: float(run(num, SERVERS, RATE, SERVICE, seed))


def run_simpy(num: int, seed: int) -> float:
    """Return the mean wait of so many customers."""
    import simpy

    rng = random.Random(seed)
    env = simpy.Environment()
    desk = simpy.Resource(env, SERVERS)
    waits: list[float] = []

    def customer() -> Any:
        came = env.now
        with desk.request() as request:
            yield request
            waits.append(env.now - came)
            yield env.timeout(rng.expovariate(1 / SERVICE))

    def source() -> Any:
        for _ in range(num):
            yield env.timeout(rng.expovariate(RATE))
            env.process(customer())

    env.process(source())
    env.run()
    return statistics.fmean(waits)


def run_ciw(minutes: float, seed: int) -> float:
    """Return the mean wait over some time."""
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(RATE)],
        service_distributions=[ciw.dists.Exponential(1 / SERVICE)],
        number_of_servers=[SERVERS],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_time(minutes)
    return statistics.fmean(record.waiting_time for record in run.get_all_records())
