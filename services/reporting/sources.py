"""Where reports come from: the database, or an event log as its file has it. One form for both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from models.errors import InputError, UsageError
from models.formats.event_logs.log import EventLog
from models.formats.event_logs.reading import read_event_log
from models.formats.event_logs.usual_columns import find_usual_columns
from models.formats.offices.office import Office
from models.repositories.event_frames import read_event_frame
from models.repositories.offices import read_office
from models.time import SECONDS_PER_DAY, load_zone
from services.database import open_database
from services.reporting.calendar_file import WeeklyHours, read_calendar_file
from services.reporting.question import LogFile, ReportQuestion
from simulations.discovery import Discovery, DiscoveryOptions, discover_office

ASSUMED_TIMEZONE = "UTC"
INSTANTS = ("enabled", "start", "end", "closed", "due")
_EARLIEST, _LATEST = 0, 7_258_118_400  # the years 1970 to 2199


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """What happened, and what is known of the people.

    Attributes
    ----------
    name
        The file, or `database`.
    zone
        Zone of the office's clock.
    instances
        One row a task instance: `id`, `case`, `type`, `agent`, `team` (str; missing where unknown), `enabled`, `start`,
        `end`, `closed`, `due` (datetime64[us, UTC]), `enabled_by` and `outcome` (`models.formats.event_logs.log`).
    log
        The cleaned log; None of a database.
    events
        Those of the live desk, of a database: as `models.repositories.event_frames` has them; None where it has none.
    weekly_hours
        Hours of people by weekday, where a file gives them.
    names
        What ids stand for (types, teams, agents), where that is something else.
    limits
        What was assumed or mended on the way in, in sentences.
    """

    name: str
    zone: ZoneInfo
    instances: pd.DataFrame
    log: EventLog | None = None
    stored_office: Office | None = None
    events: pd.DataFrame | None = None
    weekly_hours: WeeklyHours | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    @cached_property
    def discovery(self) -> Discovery | None:
        """What a log shows of its office; None of a database, and of a log that shows no work or nobody."""
        if self.log is None:
            return None
        try:
            return discover_office(self.log, DiscoveryOptions(office_timezone=self.zone.key))
        except InputError:
            return None

    @property
    def office(self) -> Office | None:
        """The office: as stored, or as the log shows it; None where it shows none."""
        if self.stored_office is not None:
            return self.stored_office
        return None if self.discovery is None else self.discovery.office

    @cached_property
    def teams(self) -> pd.Series:
        """Whose work each instance is: as told, else the team of its type; missing where nothing says."""
        told = self.instances["team"]
        if told.notna().all() or self.office is None or self.stored_office is not None:
            return told
        team_of_type = {row["id"]: row["team"] for row in self.office.rows("task_types")}
        tasks = self.office.table("tasks")
        of_task = dict(zip(tasks["id"], tasks["type"].map(team_of_type), strict=True))
        return told.where(told.notna(), self.instances["id"].map(of_task))

    def name_of(self, id: str) -> str:
        """Return what an id is called."""
        return self.names.get(id) or id


def open_source(question: ReportQuestion) -> Source:
    """Return the source that a question asks of.

    Raises
    ------
    InputError, UsageError, NotFoundError
        If it cannot be read, or holds nothing.
    """
    if question.log is not None:
        return read_log_source(question.log, question)
    return _read_database(question)


def read_log_source(file: LogFile, question: ReportQuestion) -> Source:
    """Return an event log as a source."""
    columns, told = find_usual_columns(file.path, file.columns)
    log = read_event_log(
        file.path,
        columns,
        now=question.now,
        timezone=file.timezone,
        time_format=file.time_format,
        assumed_timezone=ASSUMED_TIMEZONE,
        on_stage=question.on_stage,
    )
    log = replace(log, hints=(*told, *log.hints))
    hours = None if file.calendar is None else read_calendar_file(file.calendar)
    mended = [f"{found.count:,} x {found.rule}: {found.meaning}" for found in log.findings]
    return Source(
        name=file.path.name,
        zone=load_zone(file.office_timezone or log.zone_name),
        instances=log.frame,
        log=log,
        weekly_hours=hours,
        limits=(*log.hints, *mended),
    )


def _read_database(question: ReportQuestion) -> Source:
    with open_database(question.settings) as database, database.reading() as session:
        # Rosters of all the time that tasks may be of; the last day is that of the question, and a week.
        days = question.now // SECONDS_PER_DAY + 8
        office = read_office(session, at=_EARLIEST, arrived_by=_LATEST, days=days)
        events = read_event_frame(session.connection(), until=question.now)
    if not len(office.table("tasks")):
        raise UsageError("there are no tasks to report on; take them in with `swingdesk import tables FOLDER`")
    return source_of_office(office, events=events if len(events) else None)


def source_of_office(office: Office, *, events: pd.DataFrame | None = None) -> Source:
    """Return an office's tables, with the tasks that it has closed, as a source; `events` of the desk beside them."""
    tasks = office.table("tasks")
    team_of_type = {row["id"]: row["team"] for row in office.rows("task_types")}
    is_begun = tasks["started"].notna()
    instances = pd.DataFrame(
        {
            "id": tasks["id"].astype("str"),
            "case": tasks["case"].where(tasks["case"].notna() & (tasks["case"] != ""), tasks["id"]).astype("str"),
            "type": tasks["type"].astype("str"),
            "agent": tasks["done_by"].where(is_begun | tasks["closed"].notna()).astype("str"),
            "team": tasks["type"].map(team_of_type).astype("str"),
            "enabled": _to_instants(tasks["arrived"]),
            "enabled_by": "log",
            "start": _to_instants(tasks["started"]),
            "end": _to_instants(tasks["closed"].where(is_begun)),
            "closed": _to_instants(tasks["closed"]),
            "due": _to_instants(tasks["due"]),
        }
    )
    instances["outcome"] = "open"
    instances.loc[instances["closed"].notna(), "outcome"] = "dropped"
    instances.loc[instances["end"].notna(), "outcome"] = "done"
    names = {
        row["id"]: row["name"]
        for table in ("teams", "agents", "task_types")
        for row in office.rows(table)
        if row["name"]
    }
    rows = office.rows("office")
    return Source(
        name="database",
        zone=load_zone(rows[0]["timezone"] if rows else ASSUMED_TIMEZONE),
        instances=instances,
        stored_office=office,
        events=events,
        names=names,
    )


def _to_instants(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.to_numeric(seconds), unit="s", utc=True).astype("datetime64[us, UTC]")
