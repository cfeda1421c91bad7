"""The period that a report is asked for, by the office's clock."""

import re
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.time import SECONDS_PER_DAY, format_instant, from_wall_clock, to_datetime
from services.instants import parse_at
from services.reporting.question import ReportQuestion

_DATE_ALONE = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")
_BEYOND_A_DAY_S = SECONDS_PER_DAY + 12 * 3600


def find_period(question: ReportQuestion, zone: ZoneInfo) -> tuple[int | None, int | None]:
    """Return the first instant of the period and that after its last; None where it has no such end.

    A date alone is the start of that day in `--from`, its end in `--to`.

    Raises
    ------
    UsageError
        If one is no instant, or the period ends before it starts.
    """
    start = None if question.start is None else parse_at(question.start, zone, option="--from")
    end = None if question.end is None else parse_at(question.end, zone, option="--to")
    if end is not None and _DATE_ALONE.fullmatch(question.end or ""):
        next_day = to_datetime(end + _BEYOND_A_DAY_S, zone).date()
        end = from_wall_clock(next_day, to_datetime(0).time(), zone)
    if start is not None and end is not None and end <= start:
        raise UsageError(f"--to is {format_instant(end, zone)}, not after --from, {format_instant(start, zone)}")
    return start, end
