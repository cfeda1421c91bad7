"""The last step of cleaning: when each instance was enabled, when it left the queue, its id, and its public frame."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.formats.event_logs.log import ATTRIBUTE_PREFIX, EnabledBy, Outcome

NAT = int(np.iinfo(np.int64).min)
INSTANTS = ("end", "start", "enabled", "due", "case_start")
_ORDER = [
    "first",
    "end",
    "case",
    "type",
    "agent",
    "instance",
    "transition",
    "start",
    "enabled",
    "team",
    "due",
    "case_start",
]


def first_instants(rows: pd.DataFrame) -> pd.Series:
    """Return what places rows in time: their start, else their end, else when they were enabled."""
    return rows["start"].where(rows["start"] != NAT, rows["end"]).where(lambda moment: moment != NAT, rows["enabled"])


def sort_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in an order that depends on what they say and not on how they stood."""
    columns = [name for name in _ORDER if name in rows or name == "first"]
    attributes = [str(name) for name in rows if str(name).startswith(ATTRIBUTE_PREFIX)]
    return (
        rows.assign(first=first_instants(rows))
        .sort_values([*columns, *attributes], kind="stable")
        .drop(columns="first")
    )


def complete_instances(
    made: pd.DataFrame, pauses: pd.DataFrame, names: Mapping[str, Sequence[str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the public frames of an `EventLog`: instances and pauses.

    Parameters
    ----------
    made
        Instances as codes and microseconds, with `is_dropped`; `enabled <= start <= end` where known.
    pauses
        `position` of the instance in `made`, `start`, `end`.
    names
        What the codes of `case type agent team instance` stand for.
    """
    made = made.assign(position=np.arange(len(made)))
    made = sort_rows(made).reset_index(drop=True)
    case = made["case"].to_numpy()
    start, end = made["start"].to_numpy(), made["end"].to_numpy()
    enabled, enabled_by = _derive_enabled(made)
    closed = _derive_closed(case, np.maximum(np.maximum(start, end), made["enabled"].to_numpy()), end)
    outcome = np.where(end == NAT, Outcome.OPEN.value, Outcome.DONE.value).astype(object)
    outcome[((end == NAT) & (closed != NAT)) | made["is_dropped"].to_numpy()] = Outcome.DROPPED.value
    is_begun = (start != NAT) | (end != NAT)
    ids = _make_ids(made, names)
    of_position = np.empty(len(made), dtype=np.int64)
    of_position[made["position"].to_numpy()] = np.arange(len(made))
    pause_at = of_position[pauses["position"].to_numpy(dtype=np.int64)]
    frame = pd.DataFrame(
        {
            "id": pd.Series(ids, dtype="str"),
            "case": _named(case, names["case"]),
            "type": _named(made["type"].to_numpy(), names["type"]),
            "agent": _named(np.where(is_begun, made["agent"].to_numpy(), -1), names.get("agent", ())),
            "team": _named(made["team"].to_numpy(), names.get("team", ())),
            "enabled": _instants(enabled),
            "enabled_by": pd.Series(enabled_by, dtype="str"),
            "start": _instants(start),
            "end": _instants(end),
            "closed": _instants(closed),
            "due": _instants(made["due"].to_numpy()),
            "outcome": pd.Series(outcome, dtype="str"),
            "paused_s": _paused_seconds(pauses, pause_at, len(made)),
        }
    )
    for name in made:
        if str(name).startswith(ATTRIBUTE_PREFIX):
            text = made[name].astype("str")
            frame[name] = text.mask(text == "")
    named_pauses = pd.DataFrame(
        {
            "id": frame["id"].to_numpy()[pause_at],
            "start": _instants(pauses["start"].to_numpy(dtype=np.int64)),
            "end": _instants(pauses["end"].to_numpy(dtype=np.int64)),
        }
    )
    return frame, named_pauses.sort_values(["id", "start", "end"], kind="stable").reset_index(drop=True)


def _derive_enabled(made: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return when each instance was enabled, and what says so.

    The log where it does; else the latest end in the case not after its start (before its end, where no start is
    known); else the case's arrival; else nothing, and it counts as enabled when it was begun.
    """
    case, start, end = (made[role].to_numpy() for role in ("case", "start", "end"))
    told, case_start = made["enabled"].to_numpy(), made["case_start"].to_numpy()
    begun = np.where(start != NAT, start, end)
    is_strict = start == NAT
    previous = _latest_end_before(case, end, begun, is_strict=is_strict)
    enabled = told.copy()
    by = np.where(told != NAT, EnabledBy.LOG.value, EnabledBy.NOTHING.value).astype(object)
    take = (enabled == NAT) & (previous != NAT)
    enabled[take], by[take] = previous[take], EnabledBy.CASE.value
    take = (enabled == NAT) & (case_start != NAT)
    enabled[take], by[take] = np.minimum(case_start[take], begun[take]), EnabledBy.LOG.value
    take = enabled == NAT
    enabled[take] = begun[take]
    return enabled, by


def _latest_end_before(
    case: NDArray[np.int64], end: NDArray[np.int64], begun: NDArray[np.int64], *, is_strict: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the latest end of another instance of the case that is not after `begun` (before it where strict)."""
    moments = np.unique(np.concatenate([end, begun]))  # ranks, so that case and instant fit one number
    width = len(moments) + 1
    has_end = end != NAT
    end_key = np.sort(case[has_end] * width + np.searchsorted(moments, end[has_end]))
    begun_key = case * width + np.searchsorted(moments, begun)
    found = np.where(
        is_strict, np.searchsorted(end_key, begun_key, side="left"), np.searchsorted(end_key, begun_key, side="right")
    )
    # An instance that ends when it begins has counted itself; one step back leaves it out (or one just like it).
    found -= has_end & ~is_strict & (end == begun)
    at = np.maximum(found - 1, 0)
    if len(end_key) == 0:
        return np.full(len(case), NAT)
    is_same_case = (found > 0) & (end_key[at] // width == case)
    return np.where(is_same_case, moments[end_key[at] % width], NAT)


def _derive_closed(case: NDArray[np.int64], last: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when each instance left the queue: its end, else the last event of its case where that comes later."""
    last_of_case = np.full(int(case.max()) + 1, NAT)
    np.maximum.at(last_of_case, case, last)
    dropped = np.where(last_of_case[case] > last, last_of_case[case], NAT)
    return np.where(end != NAT, end, dropped)


def _make_ids(made: pd.DataFrame, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the log's own ids where each instance has one of its own; else the case and a count within it."""
    instance = made["instance"].to_numpy()
    if "instance" in names and (instance >= 0).all() and len(np.unique(instance)) == len(instance):
        own = np.array(names["instance"], dtype=object)
        return [str(name) for name in own[instance]]
    cases = np.array(names["case"], dtype=object)[made["case"].to_numpy()]
    numbers = made.groupby("case").cumcount() + 1
    return [f"{case}-{number}" for case, number in zip(cases, numbers, strict=True)]


def _paused_seconds(pauses: pd.DataFrame, pause_at: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    seconds = np.zeros(count)
    lasted = (pauses["end"] - pauses["start"]).where(pauses["end"] != NAT, 0)
    np.add.at(seconds, pause_at, lasted.to_numpy(dtype=np.float64) / 1e6)
    return seconds


def _named(codes: NDArray[np.int64], names: Sequence[str]) -> pd.Series:
    lookup = np.array([*names, None], dtype=object)
    return pd.Series(lookup[codes], dtype="str")


def _instants(microseconds: NDArray[np.int64]) -> pd.Series:
    return pd.Series(microseconds.astype("datetime64[us]")).dt.tz_localize("UTC")
