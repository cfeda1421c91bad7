"""`swingdesk simulate`: from a scenario file to a result file."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.figure_files import HtmlFile, check_answer_files, write_experiment_page
from api.cli.interrupts import run_interruptibly
from api.cli.replication_progress import show_replications
from api.cli.runners import Address, RunnerName, RunnerOption, Threads, open_runner
from api.cli.terminal import print_warnings
from models.errors import UsageError

if TYPE_CHECKING:
    from services.simulating.simulate import Experiment


def simulate(
    scenario: Annotated[Path, typer.Argument(help="The scenario, .yaml or .json.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write the result, .json or .json.gz.", show_default=False),
    ] = None,
    threads: Threads = 2,
    runner: RunnerOption = RunnerName.THREADS,
    address: Address = None,
    tasks_log: Annotated[
        Path | None,
        typer.Option(
            "--tasks-log",
            metavar="FILE",
            help="Also write a row for each task: .csv or .parquet.",
            show_default=False,
        ),
    ] = None,
    edits: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Change the scenario: agents.billing.count=22.", show_default=False
        ),
    ] = None,
    html: HtmlFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Simulate a scenario: what would happen with this work, these people and this policy.

    Replicates it, as often as it says or until its precision is reached, and writes averages with intervals. The
    result is the same for any number of threads.

    Example:  swingdesk simulate monday.yaml -o result.json
    """
    if quiet and output is None and not as_json and tasks_log is None and html is None:
        raise UsageError("say where the result goes: -o RESULT for a file, or --json for standard output")
    from models.formats.scenarios.documents import read_scenario_document
    from models.formats.scenarios.edits import edit_document
    from models.formats.scenarios.reading import parse_scenario

    document = edit_document(read_scenario_document(scenario), edits or ())
    question = parse_scenario(document, file=str(scenario), folder=scenario.parent)

    check_answer_files({scenario: question}, output=output, html=html, tasks_log=tasks_log)

    from models.formats.scenarios.result import result_document, write_result
    from services.simulating import simulate as simulating
    from services.simulating.task_log import check_log_path, write_log

    if tasks_log is not None:
        check_log_path(tasks_log)
    with (
        open_runner(runner, threads=threads, address=address) as running,
        show_replications(quiet=quiet or as_json) as listener,
    ):

        def work(cancel: threading.Event) -> "Experiment":
            return simulating.simulate(
                question, runner=running, has_log=tasks_log is not None, cancel=cancel, on_progress=listener
            )

        experiment = run_interruptibly(work, message="stopping")
    result = simulating.make_result(experiment)
    if output is not None:
        write_result(output, result)
    if tasks_log is not None:
        write_log(tasks_log, experiment)
    if html is not None:
        write_experiment_page(html, experiment, warnings=result.warnings)
    print_warnings(result.warnings)
    if as_json:
        print(json.dumps(result_document(result), ensure_ascii=False))
    elif not quiet:
        from api.cli.result_summary import print_result

        print_result(result)
        for path in (output, tasks_log, html):
            if path is not None:
                print(f"written to {path}")
