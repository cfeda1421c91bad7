"""Columns that a CSV log names as many do: found where nobody said which they are, and told."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.formats.event_logs.csv_text import OPTIONS, XES_NAMES, read_csv_header
from models.formats.event_logs.log import LogColumns
from models.formats.event_logs.unpacking import is_xml, open_log

USUAL_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "case": ("case_id", "case", "case_number", "trace_id"),
        "type": ("activity", "task", "step", "activity_name", "task_type", "event"),
        "agent": ("resource", "person", "agent", "user", "employee", "who"),
        "end": ("end_time", "end_timestamp", "end", "ended", "complete_time", "completed", "completion_time"),
        "start": ("start_time", "start_timestamp", "start", "started", "began", "begin_time"),
        "due": ("due", "due_date", "deadline", "case_deadline"),
        "case_start": ("case_start", "case_start_time", "case_startdate", "case_reg_date"),
        "enabled": ("enabled_time", "enabled", "arrival_time", "arrived"),
    }
)
"""By role, names in the order in which they are taken; letters' case and what stands between words do not matter."""


def find_usual_columns(path: Path, columns: LogColumns) -> tuple[LogColumns, tuple[str, ...]]:
    """Return the columns of a log, those that nobody named by their usual names, and what was found so, in words.

    An XES log, and a CSV with the names of that standard, need none.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    with open_log(path) as stream:
        if is_xml(stream.peek(64)[:64]):
            return columns, ()
        header = read_csv_header(stream.read(1 << 20), file=str(path))
    by_key: dict[str, str] = {}
    for name in header:
        by_key.setdefault(_key(name), name)
    is_paired = columns.lifecycle is not None or XES_NAMES["lifecycle"] in header
    found: dict[str, str] = {}
    for role, names in USUAL_NAMES.items():
        if getattr(columns, role) is not None or XES_NAMES.get(role) in header or (role == "start" and is_paired):
            continue
        usual = next((by_key[_key(name)] for name in names if _key(name) in by_key), None)
        if usual is not None and usual not in found.values():
            found[role] = usual
    told = ", ".join(f"{OPTIONS[role]} {name}" for role, name in found.items())
    named: dict[str, Any] = dict(found)
    return replace(columns, **named), ((f"columns were taken by their usual names: {told}",) if found else ())


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
