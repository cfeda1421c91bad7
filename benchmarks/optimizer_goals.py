"""What the daily plan costs after so many seconds: totals, gaps, candidates a second, memory, on problem files.

    python -m benchmarks.optimizer_goals PROBLEM.json.gz... [--seconds 1 5 60] [--threads 2] [--seeds 1]

Times count from the instance in memory, with compiled kernels. Candidates a second are per second of processor time,
so that a busy machine shows in the total, not in the rate; beside it stand the seconds of processor time that a run got
(on a quiet machine nearly the limit times the threads) and the load average.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Sequence

from models.formats.problem_file import read_problem
from optimizer.instance import Instance
from optimizer.routing import solve, warm_up
from optimizer.search.search import Search
from optimizer.search.stopping import Stop
from services.assemble import assemble_instance

_RATE_SECONDS = 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each problem and time limit."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("problems", nargs="+")
    cli.add_argument("--seconds", type=float, nargs="+", default=[1.0, 5.0])
    cli.add_argument("--threads", type=int, default=2)
    cli.add_argument("--seeds", type=int, default=1, help="runs of each, of which the median is printed")
    args = cli.parse_args(arguments)
    warm_up()
    print(
        f"{'tasks':>7} {'agents':>6} {'limit':>6} {'total':>12} {'gap':>7} {'took':>6} {'cpu':>6}"
        f" {'moves/s/core':>12} {'MB':>6} {'load':>5}"
    )
    for path in args.problems:
        instance = assemble_instance(read_problem(path))
        rate = measure_rate(instance)
        for limit in args.seconds:
            begun, busy = time.perf_counter(), time.process_time()
            plans = [solve(instance, seed=seed, time_limit_s=limit, threads=args.threads) for seed in range(args.seeds)]
            took = (time.perf_counter() - begun) / args.seeds
            cpu = (time.process_time() - busy) / args.seeds
            total = statistics.median(plan.total for plan in plans)
            bound = max(plan.lower_bound for plan in plans)
            gap = (total - bound) / total if total > 0 else 0.0
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{instance.num_tasks:7d} {instance.num_agents:6d} {limit:6.1f} {total:12.1f} {gap:7.2%} {took:6.2f}"
                f" {cpu:6.2f} {rate / 1e6:11.2f}M {megabytes:6.0f} {os.getloadavg()[0]:5.1f}",
                flush=True,
            )
    return 0


def measure_rate(instance: Instance) -> float:
    """Return the candidates a second of processor time, one thread, on the way from a good plan."""
    start = solve(instance, time_limit_s=_RATE_SECONDS)
    search = Search(instance, (start.task_agent, start.task_start), seed=0, threads=1)
    begun = time.process_time()
    search.run(Stop(time_limit_s=_RATE_SECONDS, iterations=None, cancel=None), None)
    return search.iterations / (time.process_time() - begun)


if __name__ == "__main__":
    sys.exit(main())
