"""`swingdesk demo`: an invented office, its day planned, the plan shown to its agents, and as files to open."""

import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.interrupts import run_interruptibly
from api.cli.moments import now
from api.cli.progress import show_progress
from models.errors import InputError, UsageError

if TYPE_CHECKING:
    from services.demo import Demo

DEFAULT_TIME_LIMIT_S = 10.0
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo goes; made where it is not there.")],
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Another number draws another office.")] = 2,
    agents: Annotated[int, typer.Option(min=9, metavar="N", help="People of the office.")] = 90,
    tasks: Annotated[int, typer.Option(min=1, metavar="N", help="Open tasks at the opening of the day.")] = 2500,
    days: Annotated[
        int, typer.Option(min=1, max=250, metavar="N", help="Working days: the planned one, and history before it.")
    ] = 1,
    day: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The planned day, or `today`: for the live desk. Else the same Monday for everybody."
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to search for the plan.")
    ] = DEFAULT_TIME_LIMIT_S,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Set up the demo office in a database of its own, plan its day, publish the plan, and write it as files.

    The database is FOLDER/demo.sqlite3; yours is left alone. A second run replaces what the first wrote. Served on the
    planned day (`--day today`), its pages show the office at work: agents see what the plan gives them.

    Examples:  swingdesk demo build/demo
               swingdesk demo desk --day today
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError.of(str(folder), f"cannot be made a folder: {error.strerror or error}") from error

    from services.daily_plan import Search
    from services.demo import DemoSize, set_up_demo
    from services.settings import load_settings

    settings = load_settings()
    size = DemoSize(seed=seed, num_agents=agents, num_tasks=tasks, num_days=days, day=_find_day(day))
    with show_progress(time_limit_s=time_limit, iterations=None, quiet=quiet) as listener:

        def work(cancel: threading.Event) -> "Demo":
            return set_up_demo(
                folder,
                settings,
                size=size,
                search=Search(time_limit_s=time_limit),
                made_at=now(),
                on_progress=listener,
                cancel=cancel,
            )

        made = run_interruptibly(work, message="stopping with the best plan so far; Ctrl-C again drops it")
    written = _write(folder, made)
    if quiet:
        return

    from api.cli.day_figures import print_day

    print_day(made.plan)
    print()
    for path, what in written:
        print(f"{path}  {what}")
    shown = made.publication.num_shown
    print(f"\nThe plan is published: {shown:,} tasks are shown to their agents on {size.day}.")
    print(f"to see it served: SWINGDESK_DATABASE_URL={made.database_url} swingdesk serve")


def _find_day(text: str | None) -> date:
    from services.demo import next_open_day
    from simulations.demo_office import DEMO_DAY

    if text is None:
        return DEMO_DAY
    if text == "today":
        return next_open_day(now())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--day {text!r}: expected a date such as 2026-03-02, or `today`") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(f"--day {text}: expected a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def _write(folder: Path, made: "Demo") -> list[tuple[Path, str]]:
    """Write the plan in each of its forms and return the files, the one to open first."""
    from api.documents.plan_view import view_plan
    from api.documents.render import render_plan_file
    from models.formats.documents import write_atomically
    from models.formats.plan import write_plan
    from models.formats.problem_file import write_problem
    from reports.rule_names import RULE_NAMES
    from services.demo import DATABASE_NAME
    from services.plan_columns import UNSCHEDULED
    from services.plan_files import write_plan_csv, write_plan_workbook

    plan, tables, problem = made.plan.plan, made.plan.tables, made.plan.question.problem
    view = view_plan(problem, plan, tables, title="Swingdesk demo office", others=made.plan.others)
    write_atomically(folder / "plan.html", render_plan_file(view).encode())
    write_problem(folder / "problem.json.gz", problem)
    write_plan(folder / "plan.json", plan)
    write_plan_csv(folder / "plan.csv", tables.assignments)
    write_plan_csv(folder / "unscheduled.csv", tables.left, UNSCHEDULED)
    others = {RULE_NAMES[rule]: figures for rule, figures in made.plan.others.items()}
    write_plan_workbook(folder / "plan.xlsx", plan, tables, others=others)
    return [
        (folder / "plan.html", "the day chart and every figure; open it in a browser"),
        (folder / "plan.xlsx", "the same for a spreadsheet, a sheet for each question"),
        (folder / "plan.csv", "who does what when"),
        (folder / "unscheduled.csv", "what is left, and why"),
        (folder / "plan.json", "the plan in its public form"),
        (folder / "problem.json.gz", "the question that it answers"),
        (folder / DATABASE_NAME, "the office and the plan, as a database"),
    ]
