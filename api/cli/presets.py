"""`swingdesk presets`: what each named aim would give, side by side."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.questions import PlanNumber, stored_question
from api.cli.searching import Iterations, Seed, choose_time_limit
from models.errors import UsageError
from models.formats.problem_file import read_problem
from reports.shares import say_share

DEFAULT_TIME_LIMIT_S = 3.0


def presets(
    problem: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PROBLEM]", help="The problem; left out, that of the plan stored last.", show_default=False
        ),
    ] = None,
    number: PlanNumber = None,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0, metavar="SECONDS", help="How long to search for each; 3 by default.", show_default=False),
    ] = None,
    iterations: Iterations = None,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as one JSON document.")] = False,
) -> None:
    """Show what each preset of the objective would give: on time, oldest, left for later, moves.

    Plan by one of them with `swingdesk plan --preset NAME`, or `solve --preset NAME`.

    Example:  swingdesk presets problem.json --time-limit 5
    """
    if problem is not None and number is not None:
        raise UsageError("--plan names a stored plan; it does not go with a file")
    asked = stored_question(number).problem if problem is None else read_problem(problem)

    from services.planning import EXPECTED_DATA
    from services.preset_plans import compare_presets

    limit = choose_time_limit(time_limit, iterations, DEFAULT_TIME_LIMIT_S)
    rows = compare_presets(asked, time_limit_s=limit, iterations=iterations, seed=seed)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("preset", no_wrap=True)
    for heading in ("on time", "oldest left", "left", "moves"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("aim")
    for row in rows:
        share = "-" if row.due == 0 else f"{row.on_time:,} of {row.due:,} ({say_share(row.on_time / row.due, 1)})"
        oldest = "-" if row.oldest_left_hours is None else f"{row.oldest_left_hours:,.1f} h"
        table.add_row(row.preset, share, oldest, f"{row.carried_over:,}", f"{row.moves:,}", row.meaning)
    Console(highlight=False, soft_wrap=True).print(table)
    print(EXPECTED_DATA)
