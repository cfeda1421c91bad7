"""`swingdesk chart`: a plan as a page that opens in any browser, without a network."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.outputs import check_output
from models.errors import InputError, UsageError
from models.formats.documents import write_atomically
from models.formats.plan import Plan, read_plan
from models.formats.problem_file import read_problem
from models.time import load_zone
from models.vocabulary import Rule

ENDINGS = (".html", ".htm")


def chart(
    problem: Annotated[Path, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="Its plan, .json or .json.gz.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the page, .html.", show_default=False)],
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone to tell the time in; that of the plan by default, else UTC."),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What stands above the day.")] = "Day plan",
    compare: Annotated[
        bool, typer.Option("--compare/--no-compare", help="Set beside it what first-in-first-out gives.")
    ] = True,
) -> None:
    """Write a plan as one HTML file: figures in words, day chart, teams, swing board, what is late or left and why.

    Example:  swingdesk chart problem.json plan.json -o plan.html --timezone Europe/Madrid
    """
    check_output(output, inputs={"problem": problem, "plan": plan})
    if output.suffix.lower() not in ENDINGS and not (output.exists() and not output.is_file()):
        raise UsageError(f"-o {output}: a chart is a page; end its name in .html")
    asked, answer = read_problem(problem), read_plan(plan)
    zone_name = _zone_name(timezone, answer)

    from api.documents.plan_view import view_plan
    from api.documents.render import render_plan_file
    from reports.plan_summary import figures_document, summarise_plan
    from reports.plan_tables import tabulate_plan

    zone = load_zone(zone_name)
    try:
        tables = tabulate_plan(asked, answer, zone=zone)
    except InputError as error:
        raise InputError([*error.faults, *InputError.of(str(plan), f"does not answer {problem}").faults]) from error
    others = {}
    if compare:
        from services.planning import dispatch_problem

        fifo = dispatch_problem(asked, Rule.FIFO, zone_name=zone_name)
        beside = tabulate_plan(asked, fifo, zone=zone, plannable_share=tables.plannable_share)
        others[Rule.FIFO] = figures_document(summarise_plan(fifo, beside), beside)
    page = render_plan_file(view_plan(asked, answer, tables, title=title, others=others))
    write_atomically(output, page.encode())
    print(f"written to {output}")


def _zone_name(given: str | None, plan: Plan) -> str:
    """Return the zone that was asked for, else the plan's own where it is one, else UTC."""
    if given is not None:
        try:
            load_zone(given)
        except ValueError as error:
            raise UsageError(f"--timezone is {given!r}; expected {error}") from None
        return given
    told = plan.extra.get("timezone")
    try:
        load_zone(str(told))
    except ValueError:
        return "UTC"
    return str(told)
