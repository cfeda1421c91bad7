"""`swingdesk publish`: write into a problem whom its agents have been shown."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.outputs import check_output
from models.errors import UsageError
from models.formats.plan import read_plan
from models.formats.problem_file import read_problem, write_problem
from models.time import SECONDS_PER_HOUR, parse_instant


def publish(
    problem: Annotated[Path, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="Its plan, .json or .json.gz.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Where to write the problem; it may be the problem.", show_default=False),
    ],
    until: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="Only tasks that start before this instant.", show_default=False),
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="H", help="Only tasks that start less than H hours after `now`.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON document.")] = False,
) -> None:
    """Fill in `published_agent` for the tasks that agents have been shown; the others keep what they had.

    Ends with 1, and writes nothing, where the plan does not hold. The next plan is charged `reassigned` for each of
    these tasks that it gives to somebody else.

    Example:  swingdesk publish problem.json plan.json --hours 2 -o problem.json
    """
    if until is not None and hours is not None:
        raise UsageError("give --until or --hours, not both")
    check_output(output, inputs={"plan": plan})
    limit = _limit(until)
    asked, answer = read_problem(problem), read_plan(plan)
    if hours is not None:
        limit = asked.now + int(min(hours, 1e9) * SECONDS_PER_HOUR)

    from services.publishing import publish_plan

    done = publish_plan(asked, answer, until=limit)
    write_problem(output, done.problem)
    if as_json:
        print(json.dumps({"problem": str(output), "shown": done.num_shown, "changed": done.num_changed}))
    else:
        print(
            f"{done.num_shown:,} tasks are shown to their agents, {done.num_changed:,} of them anew;"
            f" written to {output}"
        )


def _limit(until: str | None) -> int | None:
    if until is None:
        return None
    try:
        return parse_instant(until)
    except ValueError as error:
        raise UsageError(f"--until is {until!r}; expected {error}") from None
