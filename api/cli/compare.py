"""`swingdesk compare`: scenarios side by side, on the same random numbers."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import selecting
from api.cli.figure_files import HtmlFile, check_answer_files, write_comparison_page
from api.cli.interrupts import run_interruptibly
from api.cli.replication_progress import show_replications
from api.cli.runners import Address, RunnerName, RunnerOption, Threads, open_runner
from models.errors import UsageError

if TYPE_CHECKING:
    from models.formats.scenarios.reading import Question
    from services.simulating.comparing import Comparison
    from simulations.statistics.intervals import Estimate


def compare(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenarios, .yaml or .json.", show_default=False)],
    edits: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Compare the one scenario with itself, changed so; may be given several times.",
            show_default=False,
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set-all",
            metavar="PATH=VALUE",
            help="Change all scenarios so, the first one too: days=7.",
            show_default=False,
        ),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="PATH", help="A figure to compare; the usual ones by default.", show_default=False
        ),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(
            "--select", metavar="PATH", help="Find the scenario that is best in this figure.", show_default=False
        ),
    ] = None,
    indifference: Annotated[
        float | None,
        typer.Option(
            metavar="D",
            help="With --select: a difference that does not matter.  [default: 0.005 of shares, else 1 % of the first]",
            show_default=False,
        ),
    ] = None,
    confidence: Annotated[float, typer.Option(metavar="P", help="With --select: the probability to be right.")] = 0.95,
    most: Annotated[
        int,
        typer.Option(
            "--max-replications", min=20, max=1_000_000, metavar="N", help="With --select: of each scenario at most."
        ),
    ] = 10_000,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the comparison, .json.", show_default=False)
    ] = None,
    threads: Threads = 2,
    runner: RunnerOption = RunnerName.THREADS,
    address: Address = None,
    html: HtmlFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as one JSON document.")] = False,
) -> None:
    """Compare scenarios with the first of them, on the same random numbers, with the interval of each difference.

    All take the seed and the replications of the first. With --select, replications go on until the best in one figure
    is clear, and the worse ones drop out as soon as they are known to be worse.

    Example:  swingdesk compare base.yaml --set agents.billing.count=22 --set policy.swing.mode=off
    """
    if edits and len(scenarios) != 1:
        raise UsageError("--set changes one scenario; give only one, or no --set")
    questions = _read(scenarios, changes or [], edits or [])
    read = {path: question for path, (_, question) in zip(scenarios, questions, strict=False)}
    check_answer_files(read, output=output, html=html)
    if select is not None:
        if metrics:
            raise UsageError("--select goes by one figure; give no --metric beside it")
        if html is not None:
            raise UsageError("--select draws no figures; leave out --html")
        selecting.select(
            questions,
            open_runner(runner, threads=threads, address=address),
            output=output,
            as_json=as_json,
            metric=select,
            indifference=indifference,
            confidence=confidence,
            most=most,
        )
        return

    from models.formats.documents import write_document
    from services.simulating.comparing import DEFAULT_METRICS, compare_scenarios, comparison_document

    with open_runner(runner, threads=threads, address=address) as running, show_replications(quiet=as_json) as listener:

        def work(cancel: threading.Event) -> "Comparison":
            return compare_scenarios(
                questions,
                metrics=tuple(metrics or DEFAULT_METRICS),
                runner=running,
                cancel=cancel,
                on_progress=listener,
            )

        comparison = run_interruptibly(work, message="stopping")
    document = comparison_document(comparison)
    if output is not None:
        write_document(output, document)
    if html is not None:
        write_comparison_page(html, comparison)
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    _print(comparison)
    for path in (output, html):
        if path is not None:
            print(f"written to {path}")


def _read(scenarios: list[Path], changes: list[str], edits: list[str]) -> "list[tuple[str, Question]]":
    from models.formats.scenarios.documents import read_scenario_document
    from models.formats.scenarios.edits import edit_document
    from models.formats.scenarios.reading import parse_scenario

    documents = [edit_document(read_scenario_document(path), changes) for path in scenarios]
    questions = [
        (str(path), parse_scenario(document, file=str(path), folder=path.parent))
        for path, document in zip(scenarios, documents, strict=True)
    ]
    if edits:
        path = scenarios[0]
        change = ", ".join(edits)
        changed = edit_document(documents[0], edits)
        questions.append((change, parse_scenario(changed, file=f"{path} with {change}", folder=path.parent)))
    return questions


def _print(comparison: "Comparison") -> None:
    from rich.console import Console
    from rich.table import Table

    from api.cli.result_summary import get_scale, name_metric

    console = Console(markup=False, emoji=False)
    base = comparison.experiments[0]
    console.print(f"against {comparison.names[0]}, {len(base.figures)} replications on the same random numbers")
    compared = zip(comparison.names[1:], comparison.differences, comparison.controlled, strict=True)
    for name, differences, controlled in compared:
        table = Table(box=None, pad_edge=False, title=name, title_justify="left")
        for heading in ("", "before", "difference", "95 % interval", "variance ratio"):
            table.add_column(heading, justify="left" if not heading else "right", overflow="fold")
        for metric, made in differences.items():
            ratio = "-" if made.variance_ratio is None else f"{made.variance_ratio:.1f}"
            factor, unit = get_scale(metric)
            before = f"{factor * base.estimate(metric).mean:,.2f} {unit}".strip()
            table.add_row(name_metric(metric), before, *_say(made.estimate, factor), ratio)
            if metric in controlled:
                table.add_row("  corrected by the work that came", "", *_say(controlled[metric].estimate, factor), "")
        console.print(table)


def _say(made: "Estimate", factor: float) -> tuple[str, str]:
    return f"{factor * made.mean:+,.2f}", f"{factor * made.low:+,.2f} to {factor * made.high:+,.2f}"
