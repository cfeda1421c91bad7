"""`swingdesk solve`: from a problem file to a plan file."""

import json
import os
import threading
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli.interrupts import run_interruptibly
from api.cli.outputs import check_output
from api.cli.progress import show_progress
from api.cli.searching import MAX_THREADS, Iterations, Seed, TimeLimit, choose_time_limit
from models.errors import UsageError
from models.formats.plan import Plan, plan_document, read_plan, write_plan
from models.formats.problem_file import read_problem
from optimizer.presets import Preset

DEFAULT_TIME_LIMIT_S = 10.0


def solve(
    problem: Annotated[Path, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write the plan, .json or .json.gz.", show_default=False),
    ] = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    seed: Seed = 0,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_THREADS,
            metavar="N",
            help="Threads to search with; one for each core by default.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="PLAN", help="A plan to start from and never fall behind.", show_default=False),
    ] = None,
    preset: Annotated[
        Preset | None,
        typer.Option(
            help="Aim at this, whatever coefficients and scale of weights the problem has.", show_default=False
        ),
    ] = None,
    spread: Annotated[
        int,
        typer.Option(
            min=0,
            max=10_000,
            metavar="DAYS",
            help="Replay the plan on so many days with drawn handling, and say between what its figures lie.",
        ),
    ] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document: the plan, or its figures where -o is given.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Plan a problem: who does which task when, and what is left for later and why.

    Writes the plan and prints its figures. Press Ctrl-C once to stop early with the best plan so far.

    Example:  swingdesk solve problem.json -o plan.json --time-limit 30
    """
    if output is None and not as_json:
        raise UsageError("say where the plan goes: -o PLAN for a file, or --json for standard output")
    time_limit = choose_time_limit(time_limit, iterations, DEFAULT_TIME_LIMIT_S)
    if output is not None:
        check_output(output, inputs={"problem": problem} | ({} if start is None else {"plan to start from": start}))
    asked = read_problem(problem)
    begun_with = None if start is None else read_plan(start)

    # compiled code: not before the input is known to be sound
    from services.planning import solve_problem
    from services.preset_plans import solve_preset

    with show_progress(time_limit_s=time_limit, iterations=iterations, quiet=quiet) as listener:

        def work(cancel: threading.Event) -> Plan:
            return (solve_problem if preset is None else partial(solve_preset, preset=preset))(
                asked,
                time_limit_s=time_limit,
                seed=seed,
                threads=threads or _num_cores(),
                iterations=iterations,
                start=begun_with,
                on_progress=listener,
                cancel=cancel,
            )

        plan = run_interruptibly(work, message="stopping with the best plan so far; Ctrl-C again drops it")
    if spread > 0:
        from services.spreading import with_spread

        plan = with_spread(asked, plan, days=spread, seed=seed)
    if output is not None:
        write_plan(output, plan)
    if as_json:
        from api.cli.summary import summarise

        document = plan_document(plan) if output is None else {"plan": str(output), **summarise(asked, plan)}
        if begun_with is not None and output is not None:
            from services.differences import compare_plans, differences_document

            document["differences"] = differences_document(compare_plans(asked, begun_with, plan))
        print(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        from api.cli.summary import print_plan

        print_plan(asked, plan)
        if spread > 0:
            from reports.plan_notes import tell_spread

            print(tell_spread(plan.extra["spread"]))
        if preset is not None:
            aim = plan.extra["preset"]
            print(
                f"aimed at {preset}: {aim['total']:,.2f} by its own weights, at least {aim['lower_bound']:,.2f} proven"
            )
        if begun_with is not None:
            from services.differences import compare_plans, tell_differences

            for sentence in tell_differences(asked, compare_plans(asked, begun_with, plan)):
                print(sentence)
        print(f"written to {output}")


def _num_cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MAX_THREADS)
