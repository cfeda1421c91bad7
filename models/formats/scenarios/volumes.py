"""Another volume of work on some days: a scenario's rates of arrival, multiplied."""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from models.calendar import WEEKDAYS
from models.errors import UsageError


def scale_arrivals(
    document: Mapping[str, Any],
    factor: float,
    *,
    weekdays: Collection[str] = WEEKDAYS,
    names: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return a scenario's document in which so many times as much comes in.

    Parameters
    ----------
    weekdays
        On these days alone.
    names
        Of these task types and processes alone.

    Raises
    ------
    UsageError
        If a day or a name is unknown, or what arrives is a trace, which happens as it did.
    """
    unknown = [day for day in weekdays if day not in WEEKDAYS]
    if unknown:
        raise UsageError(f"there is no weekday {unknown[0]!r}; they are {', '.join(WEEKDAYS)}")
    made: dict[str, Any] = copy.deepcopy(dict(document))
    arrivals = made.get("arrivals") or []
    known = [item.get("task_type") or item.get("process") for item in arrivals]
    for name in names or ():
        if name not in known:
            raise UsageError(f"nothing arrives as {name!r}; what does is {', '.join(map(str, known)) or 'nothing'}")
    for item, name in zip(arrivals, known, strict=True):
        if names is not None and name not in names:
            continue
        if item.get("times"):
            raise UsageError(f"the arrivals of {name} are a trace, which happens as it did: give them rates to change")
        if item.get("per_hour") is not None:
            item["pattern"] = [{"from": "00:00", "to": "24:00", "per_hour": item.pop("per_hour")}]
        item["pattern"] = [part for window in item.get("pattern") or () for part in _split(window, factor, weekdays)]
    return made


def _split(window: Mapping[str, Any], factor: float, weekdays: Collection[str]) -> list[dict[str, Any]]:
    """Return a window as one for the days that stay and one for those that change."""
    days = window.get("days") or list(WEEKDAYS)
    stay = [day for day in days if day not in weekdays]
    change = [day for day in days if day in weekdays]
    made = [{**window, "days": stay}] if stay else []
    if change:
        made.append({**window, "days": change, "per_hour": factor * window["per_hour"]})
    return made
