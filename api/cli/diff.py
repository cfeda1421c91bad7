"""`swingdesk diff`: what a new plan changes against an old one, and what that gains."""

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from api.cli.questions import Zone, check_zone, plan_zone
from models.errors import UsageError
from models.formats.plan import read_plan
from models.formats.problem_file import read_problem


def diff(
    problem: Annotated[Path, typer.Argument(help="The problem of the new plan.", show_default=False)],
    old: Annotated[Path, typer.Argument(help="The old plan, perhaps of an earlier problem.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The new plan.", show_default=False)],
    moved_minutes: Annotated[
        float, typer.Option(min=0, metavar="M", help="Tell of tasks whose start moves by more than so many minutes.")
    ] = 15.0,
    zone: Zone = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON document.")] = False,
) -> None:
    """Say who changes between two plans, how many tasks keep their agent, and what the new plan gains.

    Ends with 1 where the new plan does not hold.

    Example:  swingdesk diff problem.json yesterday.json today.json --timezone Europe/Madrid
    """
    check_zone(zone)
    if not math.isfinite(moved_minutes):
        raise UsageError(f"--moved-minutes is {moved_minutes}; expected a number of minutes")
    asked, was, now_is = read_problem(problem), read_plan(old), read_plan(new)
    zone_name = zone or plan_zone(now_is, was)

    from services.differences import compare_plans, differences_document, tell_differences

    found = compare_plans(asked, was, now_is, moved_minutes=moved_minutes)
    if as_json:
        print(json.dumps(differences_document(found, zone_name=zone_name), ensure_ascii=False))
    else:
        for sentence in tell_differences(asked, found, zone_name=zone_name):
            print(sentence)
