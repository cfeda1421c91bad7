"""`swingdesk scenario ...`: scenarios that nobody has to write."""

import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.interrupts import run_interruptibly
from api.cli.moments import Teams, now
from api.cli.outputs import check_outputs
from api.cli.replication_progress import show_replications

if TYPE_CHECKING:
    from services.calibrating.calibrate import Calibration
    from services.calibrating.checking import Check
    from services.simulating.simulate import Experiment

app = typer.Typer(name="scenario", help="Make scenarios for the simulator.", no_args_is_help=True)


@app.callback()
def scenario() -> None:
    """Make scenarios for the simulator."""


@app.command("from-office")
def from_office(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Where to write the scenario: .yaml, with comments, or .json."),
    ],
    days: Annotated[int, typer.Option(min=1, max=366, metavar="N", help="Days of history.")] = 28,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DAY",
            help="The day before which they end; by default after the last day on which work was done.",
            show_default=False,
        ),
    ] = None,
    team: Teams = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write what was found and how well it fits, .json.", show_default=False),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Simulate the scenario and set it beside the history.")
    ] = True,
    threads: Annotated[int, typer.Option(min=1, max=256, metavar="N", help="Threads to simulate in.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Read a scenario off the office's own history: what comes in, how long it takes, who is there, how they work.

    Rates by weekday and hour, handling times with how well they fit, ways through processes, weeks and absences,
    choosing and setups. What the history does not tell is said in the file and here.

    Example:  swingdesk scenario from-office --days 28 -o base.yaml
    """
    from models.database import Database
    from models.formats.documents import write_document
    from models.formats.scenarios.writing import write_scenario
    from services.calibrating.calibrate import add_warnings, calibrate, report_document
    from services.calibrating.checking import check_calibration, check_document, warn_of_checks
    from services.database import open_database
    from services.running.threads import ThreadRunner
    from services.settings import load_settings

    settings = load_settings()
    with Database(settings.database_url) as addressed:
        inputs = {} if addressed.file is None else {"database": addressed.file}
    check_outputs({"-o": output, "--report": report}, inputs=inputs, endings={})
    with open_database(settings) as database:
        made = calibrate(database, settings, days=days, now=now(), until=until, teams=team)
    made.ask()  # what cannot be simulated is not written
    checks: list[Check] = []
    if check:
        with show_replications(quiet=quiet or as_json) as listener:

            def work(cancel: threading.Event) -> "tuple[list[Check], Experiment]":
                return check_calibration(made, runner=ThreadRunner(threads), cancel=cancel, on_progress=listener)

            checks, _ = run_interruptibly(work, message="stopping")
    warnings = warn_of_checks(checks)
    write_scenario(output, made.document, add_warnings(made, warnings))
    document = {**report_document(made), "check": check_document(checks), "warnings": warnings}
    if report is not None:
        write_document(report, document)
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        _print(made, checks)
        for path in (output, report):
            if path is not None:
                print(f"written to {path}")
    for warning in warnings:
        print(f"swingdesk: warning: {warning}", file=sys.stderr)


@app.command("scale")
def scale(
    base: Annotated[Path, typer.Argument(help="The scenario, .yaml or .json.", show_default=False)],
    by: Annotated[float, typer.Option(min=0, metavar="FACTOR", help="1.2 is a fifth more.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it, .yaml or .json.")],
    day: Annotated[
        list[str] | None,
        typer.Option(metavar="DAY", help="On this weekday alone (mon, tue, ...); may be repeated.", show_default=False),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Of this task type or process alone; may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Write a scenario in which more, or less, comes in; without the comments of the one it is made of.

    Example:  swingdesk scenario scale base.yaml --by 1.2 --day mon -o mondays.yaml
    """
    check_outputs({"-o": output}, inputs={"scenario": base}, endings={})
    from models.calendar import WEEKDAYS
    from models.formats.scenarios.documents import read_scenario_document
    from models.formats.scenarios.reading import parse_scenario
    from models.formats.scenarios.volumes import scale_arrivals
    from models.formats.scenarios.writing import write_scenario
    from services.simulating.assembly import assemble_scenario

    document = read_scenario_document(base)
    parse_scenario(document, file=str(base), folder=base.parent)
    made = scale_arrivals(document, by, weekdays=tuple(day or WEEKDAYS), names=of)
    # What the next command would refuse is not written.
    assemble_scenario(parse_scenario(made, file=str(output), folder=output.parent))
    write_scenario(output, made)
    print(f"written to {output}")


def _print(made: "Calibration", checks: "list[Check]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    history = made.history
    console.print(
        f"{history.dates[0]} to {history.dates[-1]}: {len(made.document['task_types'])} task types, "
        f"{len(made.document.get('processes', []))} processes, {len(made.document['agents'])} groups of "
        f"{sum(group['count'] for group in made.document['agents'])} agents"
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("handling", "measured", "mean", "cv", "family", "A2", "p"):
        table.add_column(heading, justify="left" if heading in {"handling", "family"} else "right")
    for name, fit in sorted(made.work.fits.items(), key=lambda item: -item[1].num):
        family = fit.distribution if fit.best in {None, fit.distribution} else f"{fit.distribution}, not {fit.best}"
        tested = ("-", "-") if fit.statistic is None else (f"{fit.statistic:.2f}", f"{fit.p_value:.3f}")
        table.add_row(escape(name), f"{fit.num:,}", f"{fit.mean:,.1f} min", f"{fit.cv:.2f}", family, *tested)
    if made.work.fits:
        console.print(table)
    for name, text in made.behaviour.remarks.items():
        print(f"{name}: {text}")
    for note in made.notes:
        print(f"swingdesk: note: {note}", file=sys.stderr)
    for item in checks:
        print(_line(item))
    if any(item.is_near is False for item in checks):
        print(
            "Where they differ, the history holds what a scenario does not: waiting for customers and other teams, "
            "work found late, people busy with what nobody recorded. Compare scenarios by their differences."
        )


def _line(item: "Check") -> str:
    factor = 100.0 if item.unit == "%" else 1.0
    observed = "not told" if item.observed is None else f"{factor * item.observed:,.1f} {item.unit}"
    simulated = f"{factor * item.simulated.mean:,.1f} {item.unit}"
    verdict = {True: "", False: "  differs", None: ""}[item.is_near]
    return f"check: {item.label}: history {observed}, simulated {simulated}{verdict}"
