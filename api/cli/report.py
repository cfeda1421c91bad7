"""`swingdesk report`: where the time goes, from the database or straight from an event log."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.stages import show_stages
from models.errors import UsageError

if TYPE_CHECKING:
    from models.formats.event_logs.log import LogColumns
    from reports.report import Report
    from services.reporting.question import LogFile

ENDINGS = (".html", ".xlsx", ".csv", ".json", ".json.gz")
MOST_ROWS = 12
_WIDTH = 400
_COLUMN = "COLUMN"
_LOG = "Columns of the log"


def report(
    name: Annotated[
        str | None, typer.Argument(help="Which report; left out, all are listed.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write it to FILE: .html, .xlsx, .csv (one table) or .json.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="WHEN", help="First day, or instant, by the office's clock.", show_default=False
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="WHEN", help="Last day (it is included), or instant.", show_default=False),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option(metavar="TEAM", help="Only this team's work; may be repeated.", show_default=False),
    ] = None,
    type: Annotated[
        list[str] | None, typer.Option(metavar="TYPE", help="Only this task type; may be repeated.", show_default=False)
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which table goes to a .csv; else the main one.", show_default=False),
    ] = None,
    evidence: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="Print or write the rows that a figure is made of.", show_default=False),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What only some reports take; may be repeated.", show_default=False),
    ] = None,
    definitions: Annotated[
        str | None,
        typer.Option(metavar="paper|pool", help="By which definitions waiting is split.", show_default=False),
    ] = None,
    cost_per_hour: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="What an agent's hour costs, where it is not known.", show_default=False),
    ] = None,
    annualise: Annotated[bool, typer.Option("--annualise", help="Say what a year like this period would be.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Report on this event log instead of the database.", show_default=False),
    ] = None,
    calendar: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help='Hours of people: {person: {"mon": [["10:00", "18:00"]]}}.', show_default=False
        ),
    ] = None,
    case: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="The case.", show_default=False, rich_help_panel=_LOG)
    ] = None,
    activity: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="The task type.", show_default=False, rich_help_panel=_LOG)
    ] = None,
    resource: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="The person.", show_default=False, rich_help_panel=_LOG)
    ] = None,
    begun: Annotated[
        str | None,
        typer.Option("--start", metavar=_COLUMN, help="When it was begun.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    ended: Annotated[
        str | None,
        typer.Option("--end", metavar=_COLUMN, help="When it was completed.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    enabled: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="When it could have been begun.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    due: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="When it was due.", show_default=False, rich_help_panel=_LOG)
    ] = None,
    team_column: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="The team whose work it is.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    case_start: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="When its case came in.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    lifecycle: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="Transition of an event.", show_default=False, rich_help_panel=_LOG),
    ] = None,
    instance: Annotated[
        str | None,
        typer.Option(
            metavar=_COLUMN, help="What ties events of one task together.", show_default=False, rich_help_panel=_LOG
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of instants without an offset; UTC else.", show_default=False),
    ] = None,
    office_timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of the office, if it is another one.", show_default=False),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="Of instants that are not ISO 8601.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print its document as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Report where time goes: of the database, or of an event log without taking it in.

    The usual names of a log's columns are known; the options of `swingdesk import log` name others.

    Example:  swingdesk report waiting --from 2026-03-02 --to 2026-03-08 -o waiting.html
    """
    from models.formats.event_logs.log import LogColumns

    if name is None:
        _list_reports()
        return
    columns = LogColumns(
        case=case,
        type=activity,
        agent=resource,
        start=begun,
        end=ended,
        enabled=enabled,
        due=due,
        team=team_column,
        case_start=case_start,
        lifecycle=lifecycle,
        instance=instance,
    )
    told = {"definitions": definitions, "cost-per-hour": cost_per_hour, "annualise": "yes" if annualise else None}
    asked = _read_options(option, told)
    if evidence is not None and table is not None:
        raise UsageError("--evidence names a table itself; it does not go with --table")
    _check_places(output, log, calendar)
    source = _log_file(
        log, columns, calendar=calendar, timezone=timezone, office_timezone=office_timezone, time_format=time_format
    )

    from api.cli.moments import now
    from services.reporting.question import ReportQuestion
    from services.reporting.registry import make_report
    from services.settings import load_settings

    with show_stages(quiet=quiet or as_json) as on_stage:
        made = make_report(
            name,
            ReportQuestion(
                settings=load_settings(),
                now=now(),
                log=source,
                start=start,
                end=end,
                teams=tuple(team or ()),
                types=tuple(type or ()),
                options=asked,
                may_read_files=True,
                on_stage=on_stage,
            ),
        )
    chosen = f"evidence-{evidence}" if evidence is not None else table
    if output is not None:
        _write(output, made, chosen)
    if as_json:
        print(json.dumps(made.document, ensure_ascii=False))
    elif not quiet:
        _print(made, chosen)
        if output is not None:
            print(f"written to {output}")


def _read_options(option: list[str] | None, told: dict[str, str | None]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for text in option or ():
        key, mark, value = text.partition("=")
        if not mark or not key:
            raise UsageError(f"--option is {text!r}; expected NAME=VALUE")
        asked[key] = value
    return {**asked, **{key: value for key, value in told.items() if value is not None}}


def _log_file(
    log: Path | None,
    columns: "LogColumns",
    *,
    calendar: Path | None,
    timezone: str | None,
    office_timezone: str | None,
    time_format: str | None,
) -> "LogFile | None":
    from models.errors import InputError
    from models.formats.event_logs.log import LogColumns
    from models.time import load_zone
    from services.reporting.question import LogFile

    if log is None:
        told = {"--calendar": calendar, "--timezone": timezone, "--time-format": time_format}
        told["--office-timezone"] = office_timezone
        given = [name for name, value in told.items() if value is not None]
        if columns != LogColumns():
            given.append("columns")
        if given:
            raise UsageError(f"{' and '.join(given)}: only of a log; name it with --log FILE")
        return None
    for option, zone in (("--timezone", timezone), ("--office-timezone", office_timezone)):
        if zone is not None:
            try:
                load_zone(zone)
            except ValueError as error:
                raise InputError.of(option, str(error), value=zone) from None
    return LogFile(
        path=log,
        columns=columns,
        timezone=timezone,
        office_timezone=office_timezone,
        time_format=time_format,
        calendar=calendar,
    )


def _check_places(output: Path | None, log: Path | None, calendar: Path | None) -> None:
    from api.cli.outputs import check_output

    if output is not None:
        inputs = {name: path for name, path in (("log", log), ("calendar", calendar)) if path is not None}
        check_output(output, inputs=inputs, endings=ENDINGS)


def _write(output: Path, made: "Report", table: str | None) -> None:
    from services.reporting.files import choose_table, write_report_csv, write_report_json, write_report_workbook

    ending = output.name.lower()
    if table is not None and not ending.endswith(".csv"):
        choose_table(made, table)
    if ending.endswith(".csv"):
        write_report_csv(output, choose_table(made, table))
    elif ending.endswith(".xlsx"):
        write_report_workbook(output, made)
    elif ending.endswith(".html"):
        from api.documents.report_pages import render_report_file
        from models.formats.documents import write_atomically

        write_atomically(output, render_report_file(made).encode())
    else:
        write_report_json(output, made)


def _list_reports() -> None:
    from services.reporting.registry import REPORTS

    width = max(len(name) for name in REPORTS)
    for kind in REPORTS.values():
        print(f"{kind.name:<{width}}  {kind.summary}")


def _print(made: "Report", table: str | None) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.documents.report_cells import cell_text
    from services.reporting.files import choose_table

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=_WIDTH)
    chosen = choose_table(made, table) if made.tables else None
    if table is None:
        console.print(made.title)
        console.print(made.lead)
        for number, action in enumerate(made.actions, start=1):
            console.print(f"\n{number}. {action.heading}\n   {action.text}")
        if made.facts:
            console.print()
        for fact in made.facts:
            console.print(fact)
    if chosen is not None:
        rows = chosen.rows if table is not None else chosen.rows.head(MOST_ROWS)
        grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in chosen.columns:
            is_text = column.format in {"text", "words", "instant"}
            grid.add_column(Text(column.heading), justify="left" if is_text else "right", no_wrap=True)
        for cells in zip(*(rows[column.name].tolist() for column in chosen.columns), strict=True):
            texts = (cell_text(cell, column.format) for cell, column in zip(cells, chosen.columns, strict=True))
            grid.add_row(*(Text(text) for text in texts))
        console.print(f"\n{chosen.title}: {len(chosen.rows):,}")
        console.print(grid)
    if table is None:
        for limit in made.limits:
            console.print(f"note: {limit}")
        others = ", ".join(other.name for other in made.tables if other is not chosen)
        if others:
            console.print(f"more tables: {others} (--table NAME, or all of them with -o FILE.xlsx)")
