"""Reading an event log, CSV or XES, gzip-compressed or not."""

from collections.abc import Callable
from pathlib import Path

from models.errors import InputError
from models.formats.event_logs.cleaning import clean_log
from models.formats.event_logs.csv_text import read_csv_log
from models.formats.event_logs.log import EventLog, LogColumns
from models.formats.event_logs.unpacking import is_xml, open_log
from models.formats.event_logs.xes import read_xes_log
from models.time import load_zone


def read_event_log(
    path: Path | str,
    columns: LogColumns | None = None,
    *,
    now: int,
    timezone: str | None = None,
    time_format: str | None = None,
    assumed_timezone: str | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
) -> EventLog:
    """Return the cleaned log that a file holds.

    Parameters
    ----------
    path
        The file; what it is, its first bytes say.
    columns
        Which columns say what; those of an XES log, and of a CSV with the same names, are known.
    now
        Epoch second after which nothing can have happened yet.
    timezone
        IANA zone of instants without an offset, and of the office's clock.
    time_format
        `strptime` format of its instants where they are not ISO 8601.
    assumed_timezone
        IANA zone of instants without an offset where `timezone` is None; they are an error where this is None too.
    on_stage
        Called with the name of each stage as it begins.

    Raises
    ------
    InputError
        If it cannot be read as a log; nothing of it was taken.
    """
    file = Path(path)
    columns = columns or LogColumns()
    if timezone is not None:
        try:
            load_zone(timezone)
        except ValueError as error:
            raise InputError.of("--timezone", str(error), value=timezone) from None
    on_stage("reading rows")
    with open_log(file) as stream:
        head = stream.peek(64)
        if not head:
            raise InputError.of(str(file), "is empty")
        read = read_xes_log if is_xml(head[:64]) else read_csv_log
        raw = read(stream, columns, file=str(file))
    on_stage("cleaning")
    return clean_log(raw, timezone=timezone, time_format=time_format, now=now, assumed_timezone=assumed_timezone)
