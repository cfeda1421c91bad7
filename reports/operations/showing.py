"""Frames as the tables and the JSON of a report."""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from models.time import format_instant, load_zone
from reports.metrics import Metric
from reports.operations.record import KNOWLEDGE, Record
from reports.operations.workload import ALL
from reports.report import CellFormat, ReportColumn, ReportTable

EVERYTHING = "all together"
NONE = "none"
NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "case": "cases",
        "choice": "choices",
        "completed task": "completed tasks",
        "day": "days",
        "exception": "exceptions",
        "open task": "open tasks",
        "pair": "pairs",
        "person": "people",
        "planned move": "planned moves",
        "planned task": "planned tasks",
        "skill": "skills",
        "standard": "standards",
        "step": "steps",
        "task": "tasks",
        "time": "times",
        "type": "types",
        "way": "ways",
    }
)
"""What is counted in sentences: one, and many."""
_NAMED = frozenset({"team", "type", "from_team", "to_team", "agent", "step", "from_step", "to_step", "other_agent"})

ColumnSpec = tuple[str, str] | tuple[str, str, CellFormat] | tuple[str, str, CellFormat, Metric]
"""Of a table's column: the frame's name, the heading, how it is shown (text), and what it measures."""


def lay_out(
    record: Record,
    frame: pd.DataFrame,
    *columns: ColumnSpec,
    name: str,
    title: str,
    note: str = "",
    evidence: str = "",
    is_evidence: bool = False,
) -> ReportTable:
    """Return a frame as a table: ids become names, seconds become instants."""
    made = [_column(*column) for column in columns]
    rows = {column.name: _cells(record, frame[column.name], column) for column in made}
    return ReportTable(
        name=name,
        title=title,
        columns=made,
        rows=pd.DataFrame(rows),
        note=note,
        evidence=evidence,
        is_evidence=is_evidence,
    )


def _column(name: str, heading: str, format: CellFormat = "text", metric: Metric | None = None) -> ReportColumn:
    return ReportColumn(name=name, heading=heading, format=format, metric=metric)


def _cells(record: Record, column: pd.Series, spec: ReportColumn) -> pd.Series:
    values = column.reset_index(drop=True)
    if spec.name in _NAMED:
        return values.map(lambda value: call(record, value)).astype(object)
    if spec.format == "instant":
        instants = pd.to_datetime(values.astype(np.float64).round(), unit="s", utc=True)
        return instants.dt.tz_convert(load_zone(record.zone))
    if spec.format in {"number", "share"}:
        return values.astype(np.float64)
    return values


def call(record: Record, item: object) -> object:
    """Return what an id is called; `EVERYTHING` for what stands for all."""
    if item is None or (isinstance(item, float) and math.isnan(item)):
        return None
    return EVERYTHING if item == ALL else record.names.get(str(item), str(item))


def list_rows(record: Record, frame: pd.DataFrame, *, instants: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain JSON values: ids stay ids, `ALL` and what is not known are null."""
    zone = load_zone(record.zone)
    found = []
    for row in frame.to_dict("records"):
        plain = {str(name): _plain(value) for name, value in row.items()}
        for name in instants:
            if plain[name] is not None:
                plain[name] = format_instant(round(plain[name]), zone)
        for name in _NAMED & plain.keys():
            if plain[name] == ALL:
                plain[name] = None
        found.append(plain)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value


def make_document(record: Record, name: str, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as a program reads it: its period, what its source cannot know, and its tables."""
    zone = load_zone(record.zone)
    return {
        "format": "swingdesk/report",
        "version": 1,
        "report": name,
        "from": format_instant(round(record.start), zone),
        "to": format_instant(round(record.end), zone),
        "timezone": record.zone,
        "limits": list(record.limits),
        **tables,
    }


def say_limits(record: Record, *wanted: str) -> tuple[str, ...]:
    """Return what the source cannot know of what a report wants, and what was assumed of it."""
    return (*(KNOWLEDGE[name] for name in wanted if name not in record.knows), *record.limits)


def say_period(record: Record) -> str:
    """Return the period in words."""
    first, last = record.day_names[0], record.day_names[-1]
    return first if first == last else f"{first} to {last}"


def count(number: float, noun: str) -> str:
    """Return a number of things in words; `noun` is of `NOUNS`."""
    return f"{number:,.0f} {noun if round(number) == 1 else NOUNS[noun]}"


def say_list(items: Sequence[str], most: int = 3) -> str:
    """Return names in words, the first few of many."""
    shown = [*items[:most], f"{len(items) - most} more"] if len(items) > most else list(items)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else NONE


def total_of(frame: pd.DataFrame, by: str) -> Mapping[str, Any]:
    """Return the row of everything together."""
    row = frame[frame[by] == ALL].iloc[0]
    return {str(name): value for name, value in row.items()}
