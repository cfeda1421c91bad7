"""What a report is asked: of which source, of when, of whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.formats.event_logs.log import LogColumns
from services.settings import Settings


def _stay_silent(_: str) -> None:
    """Say nothing of a stage."""


@dataclass(frozen=True, kw_only=True)
class LogFile:
    """An event log to report on, without taking it in.

    Attributes
    ----------
    path
        CSV or XES, gzip-compressed or not.
    columns
        Which columns say what; those with usual names are found.
    timezone
        IANA zone of instants without an offset; UTC, and the report says so, where None.
    office_timezone
        IANA zone of the office's clock, where it is another one.
    time_format
        `strptime` format of the instants where they are not ISO 8601.
    calendar
        File with the hours of people, `{person: {mon: [[from, to]]}}`, where they are known.
    """

    path: Path
    columns: LogColumns = field(default_factory=LogColumns)
    timezone: str | None = None
    office_timezone: str | None = None
    time_format: str | None = None
    calendar: Path | None = None


@dataclass(frozen=True, kw_only=True)
class ReportQuestion:
    """A question for a report.

    Attributes
    ----------
    settings
        Of the product; its database is the source where there is no `log`.
    log
        The log to report on instead of the database.
    start, end
        Instants as the user wrote them: `2026-03-02`, `2026-03-02 08:00` by the office's clock, or with an offset; None
        where the report has its own first and last.
    teams, types
        Report on the work of these only, where there are any; what others did is still known.
    options
        What only some reports take, by name: `definitions`.
    may_read_files
        Whether who asks works on this machine, and may name files of it.
    now
        Epoch second of the question.
    principal_id, what
        Who asks, and by which route or command: for the trace of who looked at people by name.
    is_for_each
        Whether what is said of each agent is made for all of them at once, to be shown to nobody but that agent: who
        shows it notes the look.
    on_stage
        Called with the name of each stage as it begins.
    """

    settings: Settings
    now: int
    log: LogFile | None = None
    start: str | None = None
    end: str | None = None
    teams: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    principal_id: str | None = None
    what: str = "swingdesk report"
    may_read_files: bool = False
    is_for_each: bool = False
    on_stage: Callable[[str], None] = _stay_silent
