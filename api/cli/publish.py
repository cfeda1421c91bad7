"""`swingdesk publish`: show a plan to its agents: a stored one, or a file's, written into its problem."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.outputs import check_output
from api.cli.questions import PlanNumber
from models.errors import UsageError
from models.formats.plan import read_plan
from models.formats.problem_file import read_problem, write_problem
from models.time import SECONDS_PER_HOUR, parse_instant


def publish(
    problem: Annotated[Path | None, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)] = None,
    plan: Annotated[Path | None, typer.Argument(help="Its plan, .json or .json.gz.", show_default=False)] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write the problem; it may be the problem.", show_default=False),
    ] = None,
    number: PlanNumber = None,
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
    """Show a plan to its agents: the stored one that --plan names, or the last one; or that of two files.

    The live desk follows the newest stored plan that was published. Of files, `published_agent` is filled in for the
    tasks that agents have been shown; the others keep what they had. Ends with 1, and changes nothing, where the plan
    does not hold. The next plan is charged `reassigned` for each of these tasks that it gives to somebody else.

    Example:  swingdesk publish --plan 7     or:  swingdesk publish problem.json plan.json --hours 2 -o problem.json
    """
    if until is not None and hours is not None:
        raise UsageError("give --until or --hours, not both")
    limit = _limit(until)
    if problem is None and plan is None:
        if output is not None:
            raise UsageError("-o is for the problem of two files; a stored plan is published in the database")
        _publish_stored(number, limit, hours, as_json=as_json)
        return
    if problem is None or plan is None or output is None:
        raise UsageError("give a problem, its plan and -o, or none of them for a stored plan")
    if number is not None:
        raise UsageError("--plan names a stored plan; it does not go with files")
    check_output(output, inputs={"plan": plan})
    asked, answer = read_problem(problem), read_plan(plan)
    if hours is not None:
        limit = asked.now + _seconds(hours)

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


def _publish_stored(number: int | None, limit: int | None, hours: float | None, *, as_json: bool) -> None:
    from api.cli.plan import user_name
    from services.daily_plan import stored_plan
    from services.database import open_database
    from services.publishing import publish_stored_plan
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        stored = stored_plan(database, number)
        if hours is not None:
            limit = stored.problem.now + _seconds(hours)
        done = publish_stored_plan(
            database,
            stored.record.id,
            at=int(time.time()),
            principal_id=user_name(),
            what="swingdesk publish",
            until=limit,
        )
    if as_json:
        print(json.dumps({"plan": done.plan_id, "shown": done.num_shown, "changed": done.num_changed}))
    else:
        print(
            f"plan {done.plan_id} is published: {done.num_shown:,} tasks are shown to their agents,"
            f" {done.num_changed:,} of them anew"
        )


def _seconds(hours: float) -> int:
    return int(min(hours, 1e9) * SECONDS_PER_HOUR)


def _limit(until: str | None) -> int | None:
    if until is None:
        return None
    try:
        return parse_instant(until)
    except ValueError as error:
        raise UsageError(f"--until is {until!r}; expected {error}") from None
