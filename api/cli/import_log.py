"""`swingdesk import log`: an office read off what its people did."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.stages import show_stages
from models.errors import InputError, UsageError
from reports.shares import say_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.importing.report import ImportReport
    from services.log_import import LogImport

MAX_NAME_WIDTH = 40
_COLUMN = "COLUMN"


def log(
    path: Annotated[
        Path, typer.Argument(help="A log: .csv or .xes, gzip-compressed (.gz) or not.", show_default=False)
    ],
    case: Annotated[str | None, typer.Option(metavar=_COLUMN, help="The case.", show_default=False)] = None,
    activity: Annotated[str | None, typer.Option(metavar=_COLUMN, help="The task type.", show_default=False)] = None,
    resource: Annotated[str | None, typer.Option(metavar=_COLUMN, help="The person.", show_default=False)] = None,
    end: Annotated[str | None, typer.Option(metavar=_COLUMN, help="When it was completed.", show_default=False)] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar=_COLUMN, help="When it was begun; without it handling is only estimated.", show_default=False
        ),
    ] = None,
    enabled: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="When it could have been begun.", show_default=False)
    ] = None,
    due: Annotated[str | None, typer.Option(metavar=_COLUMN, help="When it was due.", show_default=False)] = None,
    team: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="The team whose work it is; else read off the work.", show_default=False),
    ] = None,
    case_start: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="When its case came in.", show_default=False)
    ] = None,
    lifecycle: Annotated[
        str | None,
        typer.Option(metavar=_COLUMN, help="Transition of an event: schedule, start, complete.", show_default=False),
    ] = None,
    instance: Annotated[
        str | None, typer.Option(metavar=_COLUMN, help="What ties events of one task together.", show_default=False)
    ] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(metavar=_COLUMN, help="Also keep this of each task; may be repeated.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of instants without an offset.", show_default=False),
    ] = None,
    office_timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone of the office, if it is another one.", show_default=False),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="Of instants that are not ISO 8601, such as %d.%m.%Y %H:%M.", show_default=False
        ),
    ] = None,
    roster: Annotated[
        str,
        typer.Option(metavar="seen|usual", help="On duty on the days people were seen, or on their usual weekdays."),
    ] = "seen",
    personal_speed: Annotated[
        bool,
        typer.Option("--personal-speed", help="Estimate how fast people are, from 50 instances or more; else 1."),
    ] = False,
    name: Annotated[str, typer.Option(help="Of the office; the file's by default.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing; say what would change.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Read an office off an event log: task types, minutes, people, teams, hours, and its queue at any instant.

    Columns of XES logs, and of CSV files with the same names, are known. Taking the same log in twice changes nothing.

    Example:  swingdesk import log claims.csv --case case --activity step --resource person
    --start began --end ended --timezone Europe/Madrid
    """
    from models.formats.event_logs.log import LogColumns
    from services.log_import import LogOptions, import_log
    from services.settings import load_settings
    from simulations.discovery import Roster

    if roster not in set(Roster):
        raise UsageError(f"--roster is {roster!r}; expected seen or usual")
    if start is not None and lifecycle is not None:
        raise UsageError("--start and --lifecycle: a row has a start of its own, or is an event to pair; name one")
    for option, zone in (("--timezone", timezone), ("--office-timezone", office_timezone)):
        _check_zone(option, zone)
    options = LogOptions(
        columns=LogColumns(
            case=case,
            type=activity,
            agent=resource,
            end=end,
            start=start,
            enabled=enabled,
            due=due,
            team=team,
            case_start=case_start,
            lifecycle=lifecycle,
            instance=instance,
            attributes=tuple(dict.fromkeys(attribute or ())),
        ),
        timezone=timezone,
        office_timezone=office_timezone,
        time_format=time_format,
        name=name,
        has_personal_speed=personal_speed,
        roster=Roster(roster),
        is_dry_run=dry_run,
    )
    with show_stages(quiet=quiet or as_json) as on_stage:
        made = import_log(load_settings(), path, options, now=int(time.time()), on_stage=on_stage)
    if as_json:
        print(json.dumps(made.document(), ensure_ascii=False))
    elif not quiet:
        _print(made)


def _check_zone(option: str, name: str | None) -> None:
    from models.time import load_zone

    if name is not None:
        try:
            load_zone(name)
        except ValueError as error:
            raise InputError.of(option, str(error), value=name) from None


def _print(made: "LogImport") -> None:
    from api.documents.words import count_of

    document = made.document()
    records, instances = count_of(document["records"], "record"), count_of(document["instances"], "task instance")
    print(f"{document['source']}: {records}, {instances}")
    print(f"of {count_of(document['cases'], 'case')}, {document['from']} to {document['to']} ({document['timezone']})")
    _print_findings("cleaned", document["cleaned"])
    _print_findings("assumed", document["derived"])
    for hint in document["hints"]:
        print(f"note: {hint}")
    _print_kinds(document["task_types"])
    _print_people(document)
    _print_stored(made.report)
    if not made.report.is_dry_run and document["sample_instant"] is not None:
        print(f"any instant of the log can be planned, such as swingdesk plan --at {document['sample_instant']}")


def _print_findings(heading: str, findings: "Sequence[dict[str, Any]]") -> None:
    print(f"\n{heading}")
    for finding in findings:
        examples = f" ({', '.join(finding['examples'])})" if finding["examples"] else ""
        print(f"  {finding['count']:>9,}  {finding['rule']}: {finding['meaning']}{examples}")
    if not findings:
        print("  nothing")


def _print_kinds(kinds: "Sequence[dict[str, Any]]") -> None:
    width = min(MAX_NAME_WIDTH, max(len(row["name"]) for row in kinds))
    headings = ("instances", "measured", "instants", "runaway", "median", "minutes", "due in")
    print(f"\n{'task type':<{width}}" + "".join(f"{heading:>11}" for heading in headings))
    for row in kinds:
        name = row["name"] if len(row["name"]) <= width else row["name"][: width - 3] + "..."
        counts = (row["num_instances"], row["num_measured"], row["num_instants"], row["num_runaway"])
        median = "-" if row["median_minutes"] is None else f"{row['median_minutes']:,.1f}"
        standard = f"{row['standard_minutes']:,.1f}" + ("*" if row["is_estimated"] else "")
        cells = (*(f"{count:,}" for count in counts), median, standard, f"{row['sla_minutes'] / 60:,.1f} h")
        print(f"{name:<{width}}" + "".join(f"{cell:>11}" for cell in cells))
    print("minutes: expected handling, for planning (* estimated, not measured); due in: hours of open office")


def _print_people(document: "dict[str, Any]") -> None:
    from api.documents.words import count_of

    teams, num_helpers = document["teams"], document["num_swing"]
    told = (
        "none of them helps"
        if num_helpers == 0
        else f"{num_helpers:,} of them {'helps' if num_helpers == 1 else 'help'}"
    )
    people = count_of(document["num_agents"], "person", "people")
    print(f"\n{people} in {count_of(len(teams), 'team')}; {told} other teams too")
    for team in teams:
        members = count_of(team["agents"], "person", "people")
        print(f"  {team['name']}: {members}, {count_of(team['helpers'], 'helper')}")
    if document["recorded_share"] is not None:
        print(
            f"recorded work fills {say_share(document['recorded_share'])} of the hours on duty; "
            "the rest the log cannot tell"
        )


def _print_stored(report: "ImportReport") -> None:
    print()
    for name, changes in report.tables.items():
        print(f"{name}: {changes.new:,} new, {changes.changed:,} changed, {changes.unchanged:,} unchanged")
    if report.is_dry_run:
        print("nothing was stored: --dry-run")
    else:
        print(f"import {report.batch} stored" + ("" if report.has_changes else "; nothing has changed"))
