"""Logs for tests, read from a file like a user's."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from models.formats.event_logs.log import EventLog, LogColumns
from models.formats.event_logs.reading import read_event_log

LogRow = tuple[str, str, str, str, str]
"""Case, task type, agent, start, end."""
LogOf = Callable[..., EventLog]


@pytest.fixture
def log_of(tmp_path: Path) -> LogOf:
    """Return a function that reads a log of rows: case, task type, agent, start (or nothing), end."""

    def make(rows: Iterable[LogRow], *, has_starts: bool = True, timezone: str = "UTC", team: bool = False) -> EventLog:
        path = tmp_path / "log.csv"
        header = "case,type,agent,start,end" + (",team" if team else "")
        path.write_text("\n".join([header, *(",".join(row) for row in rows)]), encoding="utf-8")
        columns = LogColumns(
            case="case",
            type="type",
            agent="agent",
            end="end",
            start="start" if has_starts else None,
            team="team" if team else None,
        )
        return read_event_log(path, columns, now=1_790_000_000, timezone=timezone)

    return make
