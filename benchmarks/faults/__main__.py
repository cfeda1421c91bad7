"""Print what came of fault runs: `python -m benchmarks.faults`, or `make test-faults`.

Exit 1 where anything was lost, or happened twice.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.faults.run import Plan, Ran, Victim, run
from benchmarks.faults.servers import Postgres

RUNS = ("postgresql", "sqlite", "restart")


def main(arguments: list[str] | None = None) -> int:
    """Run one after the other."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=RUNS, action="append", help="this run only; may be repeated")
    parser.add_argument("--agents", type=int, default=64)
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--kill-every", type=float, default=4.0, metavar="SECONDS", help="after all is ready again")
    parser.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS", help="of one run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{options.agents} agents, {options.tasks:,} tasks; each task is taken, started and completed over HTTP")
    holds = True
    for name in options.only or RUNS:
        with tempfile.TemporaryDirectory(prefix="swingdesk-faults-") as folder:
            postgres = None if name == "sqlite" else Postgres(Path(folder) / "postgres")
            try:
                plan = Plan(
                    url=f"sqlite:///{folder}/office.sqlite3" if postgres is None else postgres.url,
                    num_agents=options.agents,
                    num_tasks=options.tasks,
                    num_processes=1 if name == "sqlite" else 3,
                    victim=Victim.DATABASE if name == "restart" else Victim.PROCESS,
                    postgres=postgres,
                    kill_every_s=options.kill_every,
                    limit_s=options.limit,
                    seed=options.seed,
                )
                ran = run(plan, Path(folder))
            finally:
                if postgres is not None:
                    postgres.close()
        print("\n".join(_lines(name, plan, ran)), flush=True)
        holds = holds and not ran.faults
    return 0 if holds else 1


def _lines(name: str, plan: Plan, ran: Ran) -> list[str]:
    database = "SQLite" if plan.url.startswith("sqlite") else "PostgreSQL"
    what = "the database restarted without a goodbye" if name == "restart" else "killed with SIGKILL"
    died = ", ".join(f"{count} x {victim}" for victim, count in sorted(ran.deaths.items())) or "nothing"
    answered = ", ".join(f"{count:,} x {status}" for status, count in sorted(ran.answers.items()))
    counts = ran.counts
    written = f"{counts.num_events:,} events: {counts.num_claims:,} claims, {counts.num_completions:,} completions"
    return [
        f"\n{database}, {plan.num_processes} server processes, {what}: {died}, in {ran.seconds:,.0f} s",
        f"  answers: {answered}",
        f"  {written}; {counts.num_seals:,} seals",
        "  every task completed once, no claim lost or double, log, states, tasks and trail agree"
        if not ran.faults
        else "\n".join(f"  FAULT: {fault}" for fault in ran.faults[:50]),
    ]


if __name__ == "__main__":
    sys.exit(main())
