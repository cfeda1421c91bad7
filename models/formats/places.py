"""The names of places in a document: what an error message calls a record, a field and a value."""

import math
from collections.abc import Mapping
from typing import Any

from models.errors import shown

Location = tuple[str | int, ...]

_RECORDS = {
    "teams": "team",
    "task_types": "task type",
    "agents": "agent",
    "tasks": "task",
    "processes": "process",
    "calendars": "calendar",
    "assignments": "assignment of task",
    "unscheduled": "unscheduled task",
}


def name_record(collection: str, name: object, position: int) -> str:
    """Return what messages call a record: by its id where it has one, `task 'T17'`, else by where it stands."""
    if isinstance(name, str) and name and collection in _RECORDS:
        return f"{_RECORDS[collection]} {quoted(name)}"
    return f"{collection}[{position}]"


def name_place(location: Location, document: Mapping[str, Any]) -> tuple[str, str]:
    """Return the record and the field of a location, such as `agent 'ana'` and `shifts[0].start`."""
    if len(location) < 2 or not isinstance(location[1], int):
        return "", _path(location)
    collection, position = str(location[0]), location[1]
    listed = document.get(collection)
    item = listed[position] if isinstance(listed, list) and position < len(listed) else None
    if collection not in _RECORDS and not isinstance(item, dict):
        return "", _path(location)
    name = item.get("id", item.get("task")) if isinstance(item, dict) else None
    return name_record(collection, name, position), _path(location[2:])


def quoted(value: object) -> str:
    """Return a JSON value as messages quote it; of lists and objects only what they are."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > 256:
        return "a whole number of more than 70 digits"
    return shown(value)


def _path(location: Location) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part == "[key]":  # pydantic's word where the complaint is of the key itself, which stands before it
            continue
        elif part.isidentifier():
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text
