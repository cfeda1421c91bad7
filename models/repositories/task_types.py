"""Task types with their standards and attributes: in and out as an office's frames."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from models.repositories.changes import TableChanges, replace_rows, tally, write_rows
from models.repositories.people import always_from, to_frame, without_always
from models.tables.schema import table_of
from models.vocabulary import AttributeKind

_STANDARD = (
    "min_level",
    "handling_minutes",
    "also_requires",
    "sla_minutes",
    "weight",
    "is_estimated",
    "is_sla_estimated",
    "pending_stops_clock",
)
_LABELS = {"team_id": "team", "skill_id": "skill"}


def write_task_types(connection: Connection, frame: pd.DataFrame, *, source: str, adds: bool = False) -> TableChanges:
    """Write task types; for each type that it names, the frame holds all of its standards, unless it only adds."""
    names = dict(zip(frame["id"], frame["name"], strict=True))
    named = write_rows(connection, "task_types", {"id": list(names), "name": list(names.values())}, source=source)
    columns = {
        "task_type_id": frame["id"].tolist(),
        "valid_from": always_from(frame["valid_from"]),
        "team_id": frame["team"].tolist(),
        "skill_id": frame["skill"].tolist(),
        **{name: frame[name].tolist() for name in _STANDARD},
    }
    columns["also_requires"] = [demands or None for demands in columns["also_requires"]]
    table = table_of("task_type_standards")
    own = replace_rows(
        connection,
        "task_type_standards",
        columns,
        source=source,
        is_replaced=None if adds else lambda rows: table.c.task_type_id.in_(select(rows.rows.c.task_type_id)),
        labels=_LABELS,
    )
    renamed = {name for (name,) in named.changed}
    keys = zip(columns["task_type_id"], columns["valid_from"], strict=True)
    return tally(len(frame), own, [key for key in keys if key[0] in renamed])


def read_task_types(connection: Connection) -> pd.DataFrame:
    """Return task types with all of their standards as an office's frame."""
    types, standards = table_of("task_types"), table_of("task_type_standards")
    found = connection.execute(
        select(
            types.c.id,
            types.c.name,
            standards.c.team_id,
            standards.c.skill_id,
            *(standards.c[name] for name in _STANDARD),
            standards.c.valid_from,
        )
        .join(standards, standards.c.task_type_id == types.c.id)
        .order_by(types.c.id, standards.c.valid_from)
    )
    return without_always(to_frame(found, ["id", "name", "team", "skill", *_STANDARD, "valid_from"]))


def register_attributes(
    connection: Connection, types: Sequence[str], attributes: Sequence[Mapping[str, Any]], *, source: str
) -> None:
    """Note the attributes that tasks carry, by task type, and the kind of their values; unlike kinds become text.

    Parameters
    ----------
    types, attributes
        Of each task.
    """
    table = table_of("task_type_attributes")
    known = {(row.task_type_id, row.name): row.kind for row in connection.execute(select(table))}
    merged, text = dict(known), AttributeKind.TEXT.value
    for task_type, carried in zip(types, attributes, strict=True):
        for name, value in carried.items():
            before = merged.get((task_type, name))
            if value is not None and before != text:
                kind = attribute_kind(value).value
                merged[task_type, name] = kind if before in {None, kind} else text
    news = {key: kind for key, kind in merged.items() if known.get(key) != kind}
    if not news:
        return
    columns = {
        "task_type_id": [task_type for task_type, _ in news],
        "name": [name for _, name in news],
        "kind": list(news.values()),
    }
    write_rows(connection, "task_type_attributes", columns, source=source)


def attribute_kind(value: Any) -> AttributeKind:
    """Return the kind of an attribute's value."""
    if isinstance(value, bool):
        return AttributeKind.FLAG
    if isinstance(value, int | float):
        return AttributeKind.NUMBER
    if isinstance(value, str):
        return AttributeKind.DATE if _is_date(value) else AttributeKind.TEXT
    return AttributeKind.OTHER


def _is_date(text: str) -> bool:
    if len(text) != 10 or text[4] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
