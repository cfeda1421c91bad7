"""`swingdesk certificate`: what is due by when, and what will be late whatever the plan."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import DOES_NOT_HOLD
from models.errors import UsageError
from models.formats.problem_file import read_problem
from models.time import load_zone

if TYPE_CHECKING:
    from rich.table import Table

    from services.certifying import DeadlineReport

MAX_TASKS = 8
MIN_HOURS, WIDTH_OF_HOUR, WIDTH_WITHOUT_HOURS = 2, 14, 62


def certificate(
    problem: Annotated[Path, typer.Argument(help="The problem, .json or .json.gz.", show_default=False)],
    zone: Annotated[
        str, typer.Option("--timezone", "--zone", metavar="ZONE", help="IANA zone to tell the time in.")
    ] = "UTC",
    hours: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Hours to show of each set of skills; what fits by default.", show_default=False
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="Sets of skills to show, the tightest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON document.")] = False,
) -> None:
    """Say, before any plan, what is due by when, what can still wait, and what will be late whatever you do.

    Ends with 0 where nothing must be late, 1 where something must, 2 where the file cannot be used.

    Example:  swingdesk certificate problem.json --timezone Europe/Madrid
    """
    try:
        load_zone(zone)
    except ValueError as error:
        raise UsageError(f"--timezone is {zone!r}; expected {error}") from None
    asked = read_problem(problem)

    from services.certifying import certify_problem, report_document

    report = certify_problem(asked, zone_name=zone)
    if as_json:
        print(json.dumps(report_document(report), ensure_ascii=False))
    else:
        _print(report, hours=hours, top=top)
    if not report.holds:
        raise typer.Exit(DOES_NOT_HOLD)


def _print(report: "DeadlineReport", *, hours: int | None, top: int) -> None:
    from rich.console import Console

    from services.certifying import clock

    now = clock(report.hours[0], now=report.hours[0], zone_name=report.zone_name)
    if report.breaches:
        by = clock(report.breaches[0].by, now=report.hours[0], zone_name=report.zone_name)
        print(f"First breach that nobody can avoid: by {by}.")
        for breach in report.breaches:
            print(f"  {breach.sentence}")
    if report.impossible:
        print(f"{_say_late(report.impossible, besides=bool(report.breaches))}.")
    if not report.breaches:
        none = "No further breach" if report.impossible else "No breach"
        counted = "of the tasks counted, what" if report.impossible else "what"
        print(f"{none} that arises from too few hours: {counted} is due by each hour can be done by then.")
    apart = (
        (report.impossible, "too late even if each is done first"),
        (report.overdue, f"overdue before {now}"),
        (report.nobody, "that nobody may do"),
        (report.deferrable, "on time even if left for a later plan"),
    )
    print(f"Times are those of {report.zone_name}.")
    print(f"Tasks counted: {report.num_counted:,}. Not counted:")
    for tasks, what in apart:
        if tasks:
            print(f"  {what}: {len(tasks):,} ({_name_some(tasks)})")
    if not any(tasks for tasks, _ in apart):
        print("  none")
    if report.sets and top:
        print("Hours of work due / that its people can do of it by then; what can wait; the latest safe start")
        console = Console(highlight=False, soft_wrap=True)
        fitting = max(MIN_HOURS, (console.width - WIDTH_WITHOUT_HOURS) // WIDTH_OF_HOUR)
        console.print(_tabulate(report, hours=hours or fitting, top=top))
        if len(report.sets) > top:
            print(f"... and {len(report.sets) - top:,} sets of skills with more slack; --top N shows more")


def _say_late(tasks: Sequence[str], *, besides: bool) -> str:
    also, those = " besides" if besides else "", _name_some(tasks)
    if len(tasks) == 1:
        return f"1 task will be late whatever you do{also}, even if it is done first: {those}"
    return f"{len(tasks):,} tasks will be late whatever you do{also}, even if each is done first: {those}"


def _name_some(tasks: Sequence[str]) -> str:
    more = f" and {len(tasks) - MAX_TASKS:,} more" if len(tasks) > MAX_TASKS else ""
    return f"{', '.join(tasks[:MAX_TASKS])}{more}"


def _tabulate(report: "DeadlineReport", *, hours: int, top: int) -> "Table":
    from rich.table import Table

    from services.certifying import clock

    now, zone_name = report.hours[0], report.zone_name
    shown = range(1, min(hours + 1, len(report.hours)))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("set of skills")
    table.add_column("people", justify="right")
    for place in shown:
        table.add_column(clock(report.hours[place], now=now, zone_name=zone_name), justify="right", no_wrap=True)
    table.add_column("can wait", justify="right", no_wrap=True)
    table.add_column("start by", justify="right", no_wrap=True)
    for item in report.sets[:top]:
        start = "too late" if item.latest_start is None else clock(item.latest_start, now=now, zone_name=zone_name)
        name = f"{item.name} (+ {len(item.includes)})" if item.includes else item.name
        cells = [f"{item.due_hours[place]:,.1f} / {item.capacity_hours[place]:,.1f}" for place in shown]
        table.add_row(name, f"{len(item.agents):,}", *cells, f"{item.slack_hours:,.1f} h", start)
    return table
