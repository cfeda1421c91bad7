"""`swingdesk import ...`: what comes in from other systems."""

import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import BAD_INPUT
from api.cli.import_log import log
from models.errors import Fault, InputError, UsageError
from models.formats.offices.cell_times import DateOrder
from reports.shares import say_share

if TYPE_CHECKING:
    from services.importing.report import ImportReport
    from services.importing.store import ManyGoneError

MAX_FAULTS_PRINTED = 1_000
SHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".csv")

app = typer.Typer(
    name="import", help="Take in an office: tables, templates to fill in, event logs.", no_args_is_help=True
)

app.command("log")(log)


@app.command("tables")
def tables(
    path: Annotated[
        Path,
        typer.Argument(
            help="A folder of tables, one workbook with a sheet for each, or one table.", show_default=False
        ),
    ],
    quarantine: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Take the good rows, and write the others with their reasons here (.csv or .xlsx).",
            show_default=False,
        ),
    ] = None,
    snapshot: Annotated[
        bool,
        typer.Option("--snapshot", help="The tasks are the whole open list: what they lack was closed elsewhere."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask when a snapshot closes more than 30 % of what is open.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing; say what would change.")] = False,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of an office that has none stored or given.", show_default=False),
    ] = None,
    dates: Annotated[
        DateOrder | None,
        typer.Option(help="How to read 02/03/2026 where no date of a file shows it.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")] = False,
) -> None:
    """Check tables and store them: everything, or nothing and what is wrong with which cell.

    Taking the same files in twice changes nothing.

    Example:  swingdesk import tables office/ --quarantine bad.xlsx
    """
    from models.time import load_zone
    from services.importing import ImportOptions, import_tables
    from services.settings import load_settings

    if timezone is not None:
        try:
            load_zone(timezone)
        except ValueError as error:
            raise InputError.of("--timezone", str(error), value=timezone) from None
    options = ImportOptions(
        quarantine=quarantine, is_snapshot=snapshot, is_dry_run=dry_run, timezone=timezone, order=dates
    )
    try:
        with _uncollected():
            report = import_tables(
                load_settings(),
                path,
                options,
                now=int(time.time()),
                confirm=(lambda _: True) if yes else _ask if sys.stdin.isatty() and not as_json else None,
            )
    except InputError as error:
        _print_faults(error.faults, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        print(json.dumps(report.document(), ensure_ascii=False))
    else:
        _print_report(report)


@app.command("template")
def template(
    path: Annotated[
        Path,
        typer.Argument(
            help="A folder for the tables of an office as CSV, or a file ending in .xlsx for the one-workbook plan.",
            show_default=False,
        ),
    ],
) -> None:
    """Write an example to start from: it imports, or plans, as it stands.

    Example:  swingdesk import template office/     or:  swingdesk import template plan.xlsx
    """
    today = datetime.now().astimezone().date()
    if path.suffix.lower() == ".xlsx":
        from services.workbooks.example import write_example_workbook

        write_example_workbook(path, today=today)
        print(f"{path}: fill in `Open items`, `People` and `Types`, then")
        print(f"  swingdesk plan --workbook {path} -o day.xlsx")
        return
    if path.suffix.lower() in SHEETS:
        raise UsageError(f"{path}: the one-workbook plan is written as .xlsx, and tables into a folder")

    from services.importing.templates import write_template_folder

    files = write_template_folder(path, today=today)
    print(f"{path}: {', '.join(file.name for file in files)}")
    print(f"fill them in (docs/formats/tables.md says what each column holds), then\n  swingdesk import tables {path}")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the search for cycles: millions of cells are made, none in a cycle, and looking for some costs a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _ask(many: "ManyGoneError") -> bool:
    share = many.num_gone / many.num_open
    return typer.confirm(
        f"The list lacks {many.num_gone:,} of {many.num_open:,} open tasks ({say_share(share)}). Close them?", err=True
    )


def _print_faults(faults: Sequence[Fault], *, as_json: bool) -> None:
    """Print everything that is wrong: on standard error, or as the one document on standard output."""
    if as_json:
        document = {
            "faults": [
                {
                    "file": fault.file,
                    "record": fault.record,
                    "field": fault.field,
                    "value": fault.value,
                    "expected": fault.expected,
                }
                for fault in faults
            ]
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    for fault in faults[:MAX_FAULTS_PRINTED]:
        print(f"swingdesk: {fault}", file=sys.stderr)
    if len(faults) > MAX_FAULTS_PRINTED:
        print(f"swingdesk: ... and {len(faults) - MAX_FAULTS_PRINTED:,} more; --json lists all", file=sys.stderr)
    noun = "fault" if len(faults) == 1 else "faults"
    print(f"swingdesk: {len(faults):,} {noun}; nothing was taken in", file=sys.stderr)


def _print_report(report: "ImportReport") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("table")
    columns = ("new", "changed", "unchanged", "gone", "left out")
    for name in columns:
        table.add_column(name, justify="right")
    for name, changes in report.tables.items():
        left_out = report.quarantined.get(name, 0)
        counts = (changes.new, changes.changed, changes.unchanged, changes.gone, left_out)
        table.add_row(name, *(f"{count:,}" for count in counts))
    Console(highlight=False, soft_wrap=True).print(table)
    for aside in report.asides:
        print(aside)
    for note in report.notes:
        print(note)
    if report.quarantine is not None:
        from api.documents.words import count_of

        rows, whose = count_of(report.num_quarantined, "row"), "its" if report.num_quarantined == 1 else "their"
        print(f"{rows} left out, with {whose} reasons in {report.quarantine}")
    if report.is_dry_run:
        print("nothing was stored: --dry-run")
    else:
        print(f"import {report.batch} stored" + ("" if report.has_changes else "; nothing has changed"))
