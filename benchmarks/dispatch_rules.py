"""What each index rule gives by itself, beside the best dispatch and the quick bound, on the standard problems.

    python -m benchmarks.dispatch_rules [--seeds 11 12 13 14 15] [--sizes 1000x40 5000x200]

Says at the end whether ATC, at its best look-ahead, beats first-in-first-out and earliest-due-date on every problem.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks.standard_problems import draw_problem
from models.vocabulary import Rule
from optimizer.bounds import quick_bound
from optimizer.dispatch import LOOK_AHEADS, best_dispatch, dispatch
from optimizer.routing import warm_up
from services.assemble import assemble_instance


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each problem; exit status 1 if ATC loses to another of the two rules."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    cli.add_argument("--sizes", nargs="+", default=["1000x40", "5000x200", "20000x800"], metavar="TASKSxAGENTS")
    args = cli.parse_args(arguments)
    warm_up()
    others = [rule for rule in Rule if rule is not Rule.ATC]
    print(
        f"{'tasks':>6} {'agents':>6} {'seed':>5}"
        + "".join(f" {rule.value:>12}" for rule in others)
        + f" {'atc best k':>12} {'best of all':>12} {'quick bound':>12} {'seconds':>8}"
    )
    has_won = True
    for size in args.sizes:
        num_tasks, num_agents = (int(part) for part in size.split("x"))
        for seed in args.seeds:
            instance = assemble_instance(draw_problem(num_tasks=num_tasks, num_agents=num_agents, seed=seed))
            totals = {rule: dispatch(instance, rule).total for rule in others}
            atc = min(dispatch(instance, Rule.ATC, k=k).total for k in LOOK_AHEADS)
            begun = time.perf_counter()
            best = best_dispatch(instance).total
            seconds = time.perf_counter() - begun
            has_won &= atc < min(totals[Rule.FIFO], totals[Rule.EDF])
            print(
                f"{num_tasks:6d} {num_agents:6d} {seed:5d}"
                + "".join(f" {totals[rule]:12,.0f}" for rule in others)
                + f" {atc:12,.0f} {best:12,.0f} {quick_bound(instance):12,.0f} {seconds:8.2f}",
                flush=True,
            )
    print(f"ATC beats first-in-first-out and earliest-due-date on {'all' if has_won else 'NOT ALL'} of them")
    return 0 if has_won else 1


if __name__ == "__main__":
    sys.exit(main())
