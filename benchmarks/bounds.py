"""Lower bounds side by side: what is proven how soon, on problem files.

    python -m benchmarks.bounds PROBLEM.json.gz... [--time-limit 5] [--threads 2] [--best TOTAL]

Prints, for each problem, the quick bound, the Lagrangian bound, its rounds, seconds by the clock and of processor time,
peak memory, and the gap to the best total known, where one is given.
"""

import argparse
import resource
import sys
import time

from models.formats.problem_file import read_problem
from optimizer.bounds import bound, quick_bound, warm_up
from services.assemble import assemble_instance


def main() -> int:
    """Print a line for each problem."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("problems", nargs="+")
    cli.add_argument("--time-limit", type=float, default=5.0)
    cli.add_argument("--threads", type=int, default=2)
    cli.add_argument("--best", type=float, default=None, help="best total known, to print the gap")
    args = cli.parse_args()
    print(
        f"{'tasks':>7} {'agents':>6} {'quick':>12} {'ms':>6} {'bound':>12} {'rounds':>6} {'s':>6} {'cpu':>6} {'MB':>6}"
        f" {'gap':>7}"
    )
    warm_up()
    for path in args.problems:
        instance = assemble_instance(read_problem(path))
        begun = time.perf_counter()
        quick = quick_bound(instance)
        milliseconds = 1000 * (time.perf_counter() - begun)
        busy = time.process_time()
        found = bound(instance, time_limit_s=args.time_limit, threads=args.threads)
        busy = time.process_time() - busy
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        gap = "" if args.best is None else f"{(args.best - found.value) / args.best:7.2%}"
        print(
            f"{instance.num_tasks:7d} {instance.num_agents:6d} {quick:12.1f} {milliseconds:6.1f} {found.value:12.1f}"
            f" {found.iterations:6d} {found.seconds:6.2f} {busy:6.2f} {megabytes:6.0f} {gap:>7}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
