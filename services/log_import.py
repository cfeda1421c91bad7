"""The use case of `swingdesk import log`: read a log, clean it, read the office off it, and store all or nothing."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from models.calendar import WEEKDAYS
from models.database import Session
from models.errors import NotFoundError, UsageError
from models.formats.event_logs.log import EventLog, Finding, LogColumns
from models.formats.event_logs.reading import read_event_log
from models.formats.offices.office import Office
from models.formats.offices.table_checks import Note
from models.repositories.calendars import read_calendar
from models.time import format_instant, from_wall_clock, load_zone
from services.database import open_database
from services.importing.report import ImportReport
from services.importing.store import store_office
from services.importing.targets import open_target
from services.settings import Settings
from simulations.discovery import Discovery, DiscoveryOptions, Roster, discover_office

ONCE = ("office", "office_hours", "holidays")
"""Tables that a log brings to a database without an office; an office that is there keeps its own."""
_CHUNK_BYTES = 1024**2


@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """How to take a log in.

    Attributes
    ----------
    columns
        Which columns of the file say what.
    timezone
        IANA zone of instants without an offset.
    office_timezone
        IANA zone of the office's clock, where it is another one.
    time_format
        `strptime` format of the instants where they are not ISO 8601.
    name
        Of the office; the file's where empty.
    has_personal_speed, roster
        See `simulations.discovery.DiscoveryOptions`.
    is_dry_run
        Whether to store nothing and say what would change.
    principal_id
        Who takes it in.
    """

    columns: LogColumns = field(default_factory=LogColumns)
    timezone: str | None = None
    office_timezone: str | None = None
    time_format: str | None = None
    name: str = ""
    has_personal_speed: bool = False
    roster: Roster = Roster.SEEN
    is_dry_run: bool = False
    principal_id: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class LogImport:
    """A log that was taken in: what it was, what was read off it, and what that changed."""

    log: EventLog
    discovery: Discovery
    report: ImportReport
    zone_name: str

    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first and the last instant of the log, by the office's clock."""
        moments = pd.concat([self.log.frame[name] for name in ("start", "end")]).dropna()
        moments = moments if len(moments) else self.log.frame["enabled"]
        zone = load_zone(self.zone_name)
        return moments.min().tz_convert(zone), moments.max().tz_convert(zone)

    def sample_instant(self) -> int | None:
        """Return an instant in the middle of the log at which a usual number of people come on duty."""
        first, last = self.span()
        shifts = self.discovery.office.tables.get("shifts")
        if shifts is None:
            return None
        inside = shifts[(shifts["date"] >= first.date()) & (shifts["date"] <= last.date())]
        if inside.empty:
            return None
        sizes = inside.groupby("date").size()
        usual = sizes[sizes >= sizes.median()]
        day = usual.index[len(usual) // 2]
        starts = sorted(inside["start"][inside["date"] == day])
        return from_wall_clock(day, starts[len(starts) // 2], load_zone(self.zone_name))

    def document(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        zone, sample = load_zone(self.zone_name), self.sample_instant()
        first, last = self.span()
        office, agents = self.discovery.office, self.discovery.office.rows("agents")
        return {
            "source": self.log.source,
            "records": self.log.num_records,
            "instances": len(self.log.frame),
            "cases": int(self.log.frame["case"].nunique()),
            "from": format_instant(int(first.timestamp()), zone),
            "to": format_instant(int(last.timestamp()), zone),
            "timezone": self.zone_name,
            "has_starts": self.log.has_starts,
            "cleaned": [_finding_document(finding) for finding in self.log.findings],
            "derived": [_finding_document(finding) for finding in self.discovery.findings],
            "hints": list(self.log.hints),
            "task_types": _records(self.discovery.kinds),
            "teams": [
                {
                    "id": row["id"],
                    "name": row["name"],
                    "agents": sum(agent["team"] == row["id"] for agent in agents),
                    "helpers": sum(row["id"] in agent["swing_teams"] for agent in agents),
                }
                for row in office.rows("teams")
            ],
            "num_agents": len(agents),
            "num_swing": sum(bool(agent["swing_teams"]) for agent in agents),
            "working_hours": [
                {
                    "agent": row["agent"],
                    "weekday": WEEKDAYS[row["weekday"]],
                    "from": _clock(row["opens"]),
                    "until": _clock(row["closes"]),
                    "basis": row["basis"],
                    "days": row["num_days"],
                }
                for row in _records(self.discovery.hours)
            ],
            "recorded_share": self.discovery.recorded_share,
            "sample_instant": None if sample is None else format_instant(sample, zone),
            "import": self.report.document(),
        }


class _DryRunError(Exception):
    """Leaves a transaction without committing it."""


def import_log(
    settings: Settings,
    path: Path,
    options: LogOptions,
    *,
    now: int,
    on_stage: Callable[[str], None] = lambda _: None,
    on_store: Callable[[Session, "LogImport"], None] | None = None,
) -> LogImport:
    """Take in an event log: the office that it shows, and its tasks with when they came, began and ended.

    Parameters
    ----------
    path
        CSV or XES, gzip-compressed or not.
    now
        Instant of the import; nothing in the log can have happened after it.
    on_stage
        Called with the name of each stage as it begins.
    on_store
        Called with what was taken in, in the transaction that stores it, which it may end by raising.

    Raises
    ------
    InputError
        If the log cannot be used; nothing was stored then.
    UsageError
        If options contradict what is stored.
    """
    log = read_event_log(
        path,
        options.columns,
        now=now,
        timezone=options.timezone,
        time_format=options.time_format,
        on_stage=on_stage,
    )
    zone_name = _find_office_zone(settings, options) or log.zone_name
    log = replace(log, hints=(*log.hints, *_zone_hints(options, zone_name)))
    on_stage("deriving the office")
    discovery = discover_office(
        log,
        DiscoveryOptions(
            name=options.name,
            office_timezone=zone_name,
            has_personal_speed=options.has_personal_speed,
            roster=options.roster,
        ),
    )
    on_stage("storing")
    made = LogImport(
        log=log, discovery=discovery, report=ImportReport(source=log.source, batch=None), zone_name=zone_name
    )
    return _store(settings, options, made, digest=_digest(path), now=now, on_store=on_store)


def _find_office_zone(settings: Settings, options: LogOptions) -> str | None:
    """Return the zone of the stored office, or else that which the options name; None where neither is there."""
    try:
        with open_database(settings) as database, database.reading() as session:
            frames = read_calendar(session.connection())
    except NotFoundError:
        return options.office_timezone
    stored = str(frames["office"]["timezone"][0]) if "office" in frames and len(frames["office"]) else None
    if stored is not None and options.office_timezone not in (None, stored):
        raise UsageError(
            f"--office-timezone is {options.office_timezone}, but the stored office is in {stored}; "
            "leave it out, or take the log into a database of its own (SWINGDESK_DATABASE_URL)"
        )
    return stored or options.office_timezone


def _zone_hints(options: LogOptions, zone_name: str) -> list[str]:
    """Return what the zone of the instants does to the office's clock, where nobody named a zone for that."""
    if options.timezone is None or options.office_timezone is not None:
        return []
    if zone_name == options.timezone:
        return [f"the office's clock is {zone_name} too, by --timezone; --office-timezone names another"]
    said = (
        f"the office is stored already and keeps its clock, {zone_name}: --timezone {options.timezone} does not move it"
    )
    return [f"{said}; in a database of its own --office-timezone names another"]


def _store(
    settings: Settings,
    options: LogOptions,
    read: LogImport,
    *,
    digest: str,
    now: int,
    on_store: Callable[[Session, LogImport], None] | None,
) -> LogImport:
    """Store what was read off a log, and return it with the report of that."""
    log, discovery = read.log, read.discovery
    notes = [
        Note(table="log", column=finding.rule, count=finding.count, text=finding.meaning)
        for finding in (*log.findings, *discovery.findings)
    ]
    made: list[LogImport] = []
    try:
        with open_target(settings, is_dry_run=options.is_dry_run) as database, database.writing() as session:
            is_new = "office" not in read_calendar(session.connection())
            office = discovery.office if is_new else _without_once(discovery.office)
            report = store_office(
                session,
                office,
                kind="log",
                now=now,
                digest=digest,
                principal_id=options.principal_id,
                describe=lambda report: replace(report, notes=notes, asides=log.hints),
            )
            made.append(replace(read, report=report))
            if options.is_dry_run:
                raise _DryRunError
            if on_store is not None:
                on_store(session, made[0])
    except _DryRunError:
        return replace(read, report=replace(made[0].report, batch=None, is_dry_run=True))
    return made[0]


def _without_once(office: Office) -> Office:
    return Office(
        tables={name: frame for name, frame in office.tables.items() if name not in ONCE}, source=office.source
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _finding_document(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "examples": list(finding.examples)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain values, NaN as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour % 24:02d}:{minute:02d}"
