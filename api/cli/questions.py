"""What commands about a plan share: a problem and its plan from files, or a plan that the database keeps."""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from models.errors import UsageError
from models.formats.plan import Plan, read_plan
from models.formats.problem import Problem
from models.formats.problem_file import read_problem
from models.time import load_zone

ProblemFile = Annotated[
    Path | None,
    typer.Argument(metavar="[PROBLEM]", help="The problem; left out, a stored plan is meant.", show_default=False),
]
PlanFile = Annotated[Path | None, typer.Argument(metavar="[PLAN]", help="Its plan.", show_default=False)]
PlanNumber = Annotated[
    int | None,
    typer.Option(
        "--plan", metavar="N", help="A stored plan by its number; the last one by default.", show_default=False
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        "--zone",
        metavar="ZONE",
        help="IANA zone to tell the time in; that of the plan by default, else UTC.",
        show_default=False,
    ),
]


class Question(NamedTuple):
    """A problem, its plan, and the zone to tell the time in."""

    problem: Problem
    plan: Plan
    zone_name: str


def read_question(problem: Path | None, plan: Path | None, number: int | None, zone: str | None) -> Question:
    """Return a problem and its plan, from two files or from the database where neither is given.

    Raises
    ------
    UsageError
        If they are asked for both ways, or half of one.
    """
    check_zone(zone)
    if (problem is None) != (plan is None):
        raise UsageError("give a problem and its plan, or neither for the plan that was stored last")
    if problem is not None and plan is not None:
        if number is not None:
            raise UsageError("--plan names a stored plan; it does not go with files")
        asked, answer = read_problem(problem), read_plan(plan)
        return Question(asked, answer, zone or plan_zone(answer))
    stored = stored_question(number)
    return stored if zone is None else stored._replace(zone_name=zone)


def stored_question(number: int | None) -> Question:
    """Return a stored plan with its problem; the last one where no number is given."""
    from services.daily_plan import stored_plan
    from services.database import open_database
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        stored = stored_plan(database, number)
    return Question(stored.problem, stored.plan, stored.record.timezone)


def check_zone(zone: str | None) -> None:
    """Refuse what is no zone.

    Raises
    ------
    UsageError
        If it is none.
    """
    if zone is not None:
        try:
            load_zone(zone)
        except ValueError as error:
            raise UsageError(f"--timezone is {zone!r}; expected {error}") from None


def plan_zone(*plans: Plan) -> str:
    """Return the zone that the first of some plans says it is of, UTC where none says one."""
    for plan in plans:
        told = str(plan.extra.get("timezone"))
        try:
            load_zone(told)
        except ValueError:
            continue
        return told
    return "UTC"
