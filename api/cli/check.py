"""`swingdesk check`: whether a plan keeps every rule of its problem, and what it says of itself is true."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.failures import DOES_NOT_HOLD
from models.formats.plan import read_plan
from models.formats.problem_file import read_problem

MAX_SHOWN = 50


def check(
    problem: Annotated[Path, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="A plan for it, .json or .json.gz.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as one JSON document.")] = False,
) -> None:
    """Check a plan, whoever made it: every rule of the problem, every figure the plan gives.

    Ends with 0 where the plan holds, 1 where it does not, 2 where a file cannot be used.

    Example:  swingdesk check problem.json plan.json
    """
    from api.cli.summary import objective_document, print_objective
    from optimizer import referee

    asked, answer = read_problem(problem), read_plan(plan)
    verdict = referee.check(asked, answer)
    if as_json:
        document = {
            "feasible": verdict.feasible,
            "violations": verdict.violations,
            "objective": objective_document(verdict.objective),
            "sunk": verdict.sunk,
            "reported_total": answer.objective.total,
            "lower_bound": verdict.lower_bound,
            "gap": verdict.gap,
        }
        print(json.dumps(document, ensure_ascii=False))
    else:
        if verdict.feasible:
            print("The plan holds: it keeps every rule, and its figures are true.")
        else:
            print(f"The plan does not hold: {len(verdict.violations):,} violations.")
        for sentence in verdict.violations[:MAX_SHOWN]:
            print(f"  {sentence}")
        if len(verdict.violations) > MAX_SHOWN:
            print(f"  ... and {len(verdict.violations) - MAX_SHOWN:,} more; --json lists them all")
        print_objective(verdict.objective, asked.objective, answer.lower_bound)
    if not verdict.feasible:
        raise typer.Exit(DOES_NOT_HOLD)
