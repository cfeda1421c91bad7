"""`swingdesk plan`: a day of the stored office, planned, compared and kept."""

import getpass
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.interrupts import run_interruptibly
from api.cli.moments import At, Days, KnownArrivals, Teams, instant, now
from api.cli.plan_outputs import output_writer
from api.cli.plan_workbook import plan_workbook
from api.cli.progress import show_progress
from api.cli.searching import MAX_THREADS, Iterations, Seed, TimeLimit, choose_time_limit
from models.errors import InputError, UsageError
from models.formats.offices.cell_times import DateOrder
from models.vocabulary import Rule
from optimizer.presets import MEANINGS, Preset

if TYPE_CHECKING:
    from services.daily_plan import DailyPlan

DEFAULT_TIME_LIMIT_S = 10.0


def plan(
    at: At = None,
    team: Teams = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Also write the plan to a file: .json, .json.gz, .csv, .xlsx or .html.",
            show_default=False,
        ),
    ] = None,
    workbook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Plan a lead's lists in this .xlsx instead of the database; the answer goes to -o, nothing is stored.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="RULES",
            help="Rules to compare with, such as fifo,edf; fifo by default.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        Preset | None,
        typer.Option(help="Aim at this, not at the usual balance; `swingdesk presets` compares.", show_default=False),
    ] = None,
    days: Days = 1,
    with_known_arrivals: KnownArrivals = False,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of the workbook's dates and times.", show_default=False),
    ] = None,
    dates: Annotated[
        DateOrder | None,
        typer.Option(help="How to read 02/03/2026 in the workbook, where no date shows it.", show_default=False),
    ] = None,
    seed: Seed = 0,
    threads: Annotated[int, typer.Option(min=1, max=MAX_THREADS, metavar="N", help="Threads to search with.")] = 2,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the plan and its figures as one JSON document.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Plan the day from an instant on: who does which task when, who is lent where, and what is left and why.

    The plan is stored in the database and its figures are printed. Press Ctrl-C once to stop early with the best plan
    so far.

    Example:  swingdesk plan --at 2026-03-02T08:00:00+01:00 --compare fifo,edf -o monday.xlsx
    """
    time_limit = choose_time_limit(time_limit, iterations, DEFAULT_TIME_LIMIT_S)
    if workbook is not None:
        if team or compare or preset is not None or days != 1 or with_known_arrivals:
            raise UsageError("--workbook goes with --at, --timezone, --dates and how to search, not with the others")
        plan_workbook(
            workbook,
            output,
            at=at,
            timezone=timezone,
            dates=dates,
            time_limit=time_limit,
            iterations=iterations,
            seed=seed,
            threads=threads,
            as_json=as_json,
            quiet=quiet,
        )
        return
    if timezone is not None or dates is not None:
        raise UsageError("--timezone and --dates are of --workbook; the database knows its own")
    rules = parse_rules(compare)
    writer = None if output is None else output_writer(output)

    from services.daily_plan import Search, plan_day
    from services.database import open_database
    from services.settings import load_settings

    settings = load_settings()
    with (
        open_database(settings) as database,
        show_progress(time_limit_s=time_limit, iterations=iterations, quiet=quiet or as_json) as listener,
    ):
        asked_at = instant(at, database, settings)

        def work(cancel: threading.Event) -> "DailyPlan":
            return plan_day(
                database,
                settings,
                at=asked_at,
                made_at=now(),
                teams=team,
                days=days,
                with_known_arrivals=with_known_arrivals,
                or_next_shift=at is None,
                preset=preset,
                compare=rules,
                search=Search(time_limit_s=time_limit, seed=seed, threads=threads, iterations=iterations),
                asked_by=user_name(),
                on_progress=listener,
                cancel=cancel,
            )

        made = run_interruptibly(work, message="stopping with the best plan so far; Ctrl-C again drops it")
    if output is not None and writer is not None:
        try:
            writer(output, made)
        except InputError as error:
            told = f"plan {made.id} is stored, but not written; `swingdesk serve` shows it"
            raise InputError([*error.faults, *InputError.of(str(output), told).faults]) from error
    if as_json:
        print(json.dumps(_document(made, output), ensure_ascii=False))
    elif not quiet:
        from api.cli.day_figures import print_day

        print_day(made)
        if preset is not None:
            print(f"aimed at {preset}: {MEANINGS[preset]}; the cost above is by the usual coefficients")
        print(f"plan {made.id} is stored" + (f", and written to {output}" if output is not None else ""))


def parse_rules(text: str | None) -> tuple[Rule, ...]:
    """Return the rules of `--compare`.

    Raises
    ------
    UsageError
        If one of them is no rule.
    """
    names = [] if text is None else [name.strip().lower() for name in text.split(",")]
    known = {rule.value: rule for rule in Rule}
    for name in names:
        if name not in known:
            raise UsageError(f"--compare names {name!r}; the rules are {', '.join(known)}")
    return tuple(known[name] for name in names)


def user_name() -> str:
    """Return the name of whoever asks; in a container the number may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _document(made: "DailyPlan", output: Path | None) -> dict[str, Any]:
    from models.formats.plan import plan_document
    from models.repositories.plans import problem_digest

    return {
        "id": made.id,
        "problem_digest": problem_digest(made.question.problem),
        "figures": made.figures,
        "comparisons": {rule.value: figures for rule, figures in made.others.items()},
        "plan": plan_document(made.plan) if output is None else str(output),
    }
