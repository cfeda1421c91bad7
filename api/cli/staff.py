"""`swingdesk staff`: how many people of each group it takes, at the least cost."""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import DOES_NOT_HOLD
from api.cli.figure_files import HtmlFile, check_answer_files, write_staffing_page
from api.cli.interrupts import run_interruptibly
from api.cli.runners import Address, RunnerName, RunnerOption, Threads, open_runner
from api.cli.terminal import print_warnings
from models.errors import CancelledError

if TYPE_CHECKING:
    from services.staffing.staff import StaffingAnswer

LINE_EVERY_S = 5.0
MOST_REPLICATIONS = 10_000


def staff(
    scenario: Annotated[Path, typer.Argument(help="The scenario, .yaml or .json.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write the answer, .json or .json.gz.", show_default=False),
    ] = None,
    edits: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Change the scenario: staffing.groups.billing.max=30.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            "--max-replications", min=64, max=1_000_000, metavar="N", help="Replications of one staffing at most."
        ),
    ] = MOST_REPLICATIONS,
    threads: Threads = 2,
    runner: RunnerOption = RunnerName.THREADS,
    address: Address = None,
    html: HtmlFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Find the least-cost staffing that meets a scenario's targets.

    The scenario's `staffing` says which groups may have how many heads, and what is to be reached with which
    confidence; what a head costs follows from its group's shifts and cost_per_hour. The answer shows the frontier of
    cost against on-time share too. Exit code 1: no staffing within the limits meets the targets.

    Example:  swingdesk staff monday.yaml -o staffing.json
    """
    from models.formats.documents import write_document
    from models.formats.scenarios.documents import read_scenario_document
    from models.formats.scenarios.edits import edit_document
    from models.formats.scenarios.reading import parse_scenario

    document = edit_document(read_scenario_document(scenario), edits or ())
    question = parse_scenario(document, file=str(scenario), folder=scenario.parent)
    check_answer_files({scenario: question}, output=output, html=html)

    from services.staffing import staff as staffing
    from services.staffing.document import staffing_document
    from simulations.staffing.answer import Status

    with open_runner(runner, threads=threads, address=address) as running:

        def work(cancel: threading.Event) -> "StaffingAnswer":
            return staffing.staff(
                question,
                file=str(scenario),
                runner=running,
                most=most,
                cancel=cancel,
                on_progress=None if quiet or as_json else _show_progress(),
            )

        made = run_interruptibly(work, message="stopping; what is known is handed over")
    answer = staffing_document(made)
    if output is not None:
        write_document(output, answer)
    if html is not None:
        write_staffing_page(html, answer, warnings=made.warnings)
    print_warnings(made.warnings)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    elif not quiet:
        _print(answer)
        for path in (output, html):
            if path is not None:
                print(f"written to {path}")
    if made.answer.status == Status.STOPPED:
        raise CancelledError("stopped before the search had ended")
    if made.answer.status != Status.FOUND:
        raise typer.Exit(DOES_NOT_HOLD)


def _show_progress() -> Callable[[str, int], None]:
    """Return what says now and then on standard error what is being done."""
    import time

    said = time.monotonic()

    def listen(what: str, replications: int) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY_S:
            said = time.monotonic()
            print(f"swingdesk: {replications} replications; now {what}", file=sys.stderr, flush=True)

    return listen


def _print(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from services.staffing.sentences import FRONTIER_SOURCE, say_effort, say_reasons

    console = Console(markup=False, emoji=False)
    console.print(f"{answer['scenario'] or 'scenario'}: {answer['message']}")
    heads = Table(box=None, pad_edge=False)
    for heading in ("group", "heads"):
        heads.add_column(heading, justify="left" if heading == "group" else "right")
    for name, number in answer["groups"].items():
        heads.add_row(name, str(number))
    console.print(heads)
    for said in (*say_reasons(answer), *say_effort(answer)):
        print(said)
    if any(point["on_time_share"]["mean"] is not None for point in answer["frontier"]):
        console.print(_tabulate_frontier(answer))
        print(FRONTIER_SOURCE)


def _tabulate_frontier(answer: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title="cost against on-time share", title_justify="left")
    for heading in ("cost", "on-time share", "95 % interval", "heads"):
        table.add_column(heading, justify="left" if heading == "heads" else "right")
    for point in answer["frontier"]:
        share = point["on_time_share"]
        interval = "-" if share["low"] is None else f"{100 * share['low']:.1f} to {100 * share['high']:.1f} %"
        heads = ", ".join(f"{name} {number}" for name, number in point["groups"].items())
        mark = "  <- this" if point["groups"] == answer["groups"] else ""
        table.add_row(f"{point['cost']:,.2f}", f"{100 * share['mean']:.1f} %", interval, f"{heads}{mark}")
    return table
