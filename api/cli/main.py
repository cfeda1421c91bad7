"""The `swingdesk` command: one door, a module for each family of commands."""

import errno
import os
import signal
import sys
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import Annotated, TextIO, cast

import typer

from api.cli import (
    audit,
    backup,
    certificate,
    chart,
    check,
    compare,
    database,
    demo,
    diff,
    explain,
    export,
    imports,
    jobs,
    keys,
    live,
    plan,
    presets,
    principals,
    publish,
    report,
    scenario,
    serve,
    simulate,
    solve,
    staff,
    swing,
    warm_up,
)
from api.cli.failures import BAD_INPUT, exit_code, print_failure
from api.cli.terminal import SafeOutput
from models.errors import CancelledError, SwingdeskError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)

app = typer.Typer(
    name="swingdesk",
    help="Plan the work of a back office: who does what next, and where the swing team helps most.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("solve")(solve.solve)
app.command("check")(check.check)
app.command("certificate")(certificate.certificate)
app.command("presets")(presets.presets)
app.command("explain")(explain.explain)
app.command("swing")(swing.swing)
app.command("publish")(publish.publish)
app.command("diff")(diff.diff)
app.command("chart")(chart.chart)
app.add_typer(imports.app)
app.command("plan")(plan.plan)
app.add_typer(scenario.app)
app.command("simulate")(simulate.simulate)
app.command("compare")(compare.compare)
app.command("staff")(staff.staff)
app.command("demo")(demo.demo)
app.command("report")(report.report)
app.command("serve")(serve.serve)
app.add_typer(jobs.app)
app.add_typer(export.app)
app.add_typer(database.app)
app.add_typer(live.app)
app.add_typer(keys.app)
app.add_typer(principals.app)
app.add_typer(audit.app)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("warm-up")(warm_up.warm_up)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            print(f"swingdesk {version('swingdesk')}")
        except PackageNotFoundError:
            print("swingdesk, run from its sources and not installed")
        raise typer.Exit


@app.callback()
def start(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Plan the work of a back office: who does what next, and where the swing team helps most."""


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise CancelledError("stopped")


def run() -> None:
    """Run the command line; every error that the product raises on purpose becomes one message and an exit code."""
    signal.signal(signal.SIGINT, _interrupt)
    stream = sys.stdout
    sys.stdout = cast("TextIO", SafeOutput(stream))
    try:
        try:
            app(prog_name="swingdesk")
        finally:
            sys.stdout.flush()  # what cannot be written is to be said here, not while Python ends
    except SwingdeskError as error:
        print_failure(error)
        sys.exit(exit_code(error))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(f"swingdesk: the output cannot be written: {error.strerror}", file=sys.stderr)
        os._exit(BAD_INPUT)  # what is still to be written would only fail again
    finally:
        sys.stdout = stream
