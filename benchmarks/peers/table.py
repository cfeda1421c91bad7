"""Our planner and its peers on standard problems, each with the same seconds and threads: a Markdown table a size.

    python -m benchmarks.peers [--sizes 200x10 1000x40] [--seconds 60] [--seed 11] [--threads 2] [--only NAME ...]

A peer's seconds count from the instance in memory and include building its formulation. Its decision (who, in what
order) is timed anew by our kernels, so that every plan is feasible, and judged by the referee with the whole objective.
Ends with 1 where some peer is ahead of ours.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from benchmarks.peers.contest import OURS, PEERS, Limits, Outcome, Question, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each size; progress goes to standard error."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sizes", nargs="+", default=["200x10", "1000x40"], metavar="TASKSxAGENTS")
    cli.add_argument("--seconds", type=float, default=60.0, help="time of each, building included")
    cli.add_argument("--seed", type=int, default=11, help="of the problem; searches start from it too")
    cli.add_argument("--threads", type=int, default=2)
    cli.add_argument("--only", nargs="+", choices=list(PEERS), default=list(PEERS), metavar="NAME", help="these alone")
    args = cli.parse_args(arguments)
    limits = Limits(seconds=args.seconds, threads=args.threads, seed=args.seed)
    is_ahead = True
    for size in args.sizes:
        num_tasks, num_agents = (int(part) for part in size.split("x"))
        question = Question(num_tasks=num_tasks, num_agents=num_agents, seed=args.seed)
        outcomes: dict[str, Outcome] = {}
        for name in args.only:
            print(f"{size}: {name} ...", file=sys.stderr, flush=True)
            outcomes[name] = run(name, question, limits)
            print(f"{size}: {name}: {_tell(outcomes[name])}", file=sys.stderr, flush=True)
        print(f"\n{num_tasks:,} x {num_agents}, seed {args.seed}, {args.seconds:g} s, {args.threads} threads:\n")
        print(make_table(outcomes), flush=True)
        is_ahead &= not _list_ahead(outcomes)
    return 0 if is_ahead else 1


def make_table(outcomes: Mapping[str, Outcome]) -> str:
    """Return outcomes by peer as a Markdown table, ours first, then the best first."""
    ours = outcomes[OURS].total if OURS in outcomes else None
    rows = [
        "| planner | total | above ours | weight late | tasks left | seconds | its formulation leaves out |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted(outcomes, key=lambda name: (name != OURS, _total(outcomes[name]))):
        outcome, leaves_out = outcomes[name], PEERS[name].leaves_out
        if outcome.total is None:
            rows.append(f"| {name} | {outcome.fault} | | | | | {leaves_out} |")
            continue
        above = "" if name == OURS or not ours else f"{outcome.total / ours - 1:+.1%}"
        rows.append(
            f"| {name} | {outcome.total:,.0f} | {above} | {outcome.late:,.0f} | {outcome.num_left:,}"
            f" | {outcome.seconds:.1f} | {leaves_out} |"
        )
    if ours:
        bound = outcomes[OURS].lower_bound
        rows += [
            "",
            f"No plan can be below {bound:,.0f}, proven in the same run: ours is within {1 - bound / ours:.1%}.",
        ]
        rows += [line for line in [_tell_best(outcomes, ours)] if line]
    return "\n".join(rows)


def _tell_best(outcomes: Mapping[str, Outcome], ours: float) -> str:
    peers = {name: outcome.total for name, outcome in outcomes.items() if name != OURS and outcome.total is not None}
    if not peers:
        return ""
    best = min(peers, key=lambda name: peers[name])
    return f"The best of the others is {best}: ours is {1 - ours / peers[best]:.1%} of its total below it."


def _list_ahead(outcomes: Mapping[str, Outcome]) -> list[str]:
    if OURS not in outcomes:
        return []
    ours = _total(outcomes[OURS])
    return [name for name, outcome in outcomes.items() if _total(outcome) < ours]


def _total(outcome: Outcome) -> float:
    return float("inf") if outcome.total is None else outcome.total


def _tell(outcome: Outcome) -> str:
    return outcome.fault if outcome.total is None else f"{outcome.total:,.0f} in {outcome.seconds:.1f} s"
