"""What people did, as columns of positions and microseconds: the input of the waiting ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

NAT = int(np.iinfo(np.int64).min)
US_PER_S = 1_000_000
US_PER_HOUR = 3600 * US_PER_S
NOBODY = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkHistory:
    """Task instances that were begun, in an order that depends on what they say and not on how they stood.

    Attributes
    ----------
    ids, case_names, type_names, agent_names
        What the positions below stand for; the last three sorted.
    case, type : (I,) positions
    agent : (I,) positions
        -1 where nobody is known.
    start, end : (I,) microseconds
        `start <= end`; an instance of which only one of the two is known is an instant then.
    told : (I,) microseconds
        When it came in, by the source's own word; `NAT` where it says nothing.
    due : (I,) microseconds
        `NAT` where unknown.
    has_end : (I,) bool
        Whether anybody finished it; what nobody did enables nothing.
    has_start : (I,) bool
        Whether the source says when it was begun, so that waiting and work are told apart.
    """

    ids: NDArray[np.object_]
    case_names: Sequence[str]
    type_names: Sequence[str]
    agent_names: Sequence[str]
    case: Integers
    type: Integers
    agent: Integers
    start: Integers
    end: Integers
    told: Integers
    due: Integers
    has_end: Flags
    has_start: Flags

    def __post_init__(self) -> None:
        for name in ("case", "type", "agent", "start", "end", "told", "due", "has_end", "has_start"):
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.start)

    def span(self) -> tuple[int, int]:
        """Return the first and the last microsecond of the history; (0, 0) of an empty one."""
        if not len(self):
            return 0, 0
        known = self.told[self.told != NAT]
        first = min(int(self.start.min()), int(known.min()) if len(known) else int(self.start.min()))
        return first, int(self.end.max())


def read_history(instances: pd.DataFrame, *, agents: Sequence[str] = ()) -> WorkHistory:
    """Return the history of a frame of task instances.

    Parameters
    ----------
    instances
        `id`, `case`, `type`, `agent` (missing where unknown), `enabled`, `start`, `end`, `due` (datetime64[us, UTC]),
        `enabled_by` and `outcome`, as `models.formats.event_logs.log.EventLog` has them. What was never begun is left
        out.
    agents
        People who are known, whether they did anything or not.
    """
    start, end = to_microseconds(instances["start"]), to_microseconds(instances["end"])
    is_begun = (start != NAT) | ((end != NAT) & (instances["outcome"] != "dropped").to_numpy())
    frame = instances[is_begun]
    start, end = start[is_begun], end[is_begun]
    has_start, has_end = start != NAT, end != NAT
    start = np.where(has_start, start, end)
    end = np.maximum(np.where(has_end, end, start), start)
    told = np.where((frame["enabled_by"] == "log").to_numpy(), to_microseconds(frame["enabled"]), NAT)
    case, case_names = _positions(frame["case"])
    kind, type_names = _positions(frame["type"])
    agent, agent_names = _positions(frame["agent"], agents)
    ids = frame["id"].to_numpy(dtype=object)
    order = np.lexsort((_rank(ids), told, agent, kind, case, end, start))
    return WorkHistory(
        ids=ids[order],
        case_names=case_names,
        type_names=type_names,
        agent_names=agent_names,
        case=case[order],
        type=kind[order],
        agent=agent[order],
        start=start[order],
        end=end[order],
        told=np.where(told == NAT, NAT, np.minimum(told, start))[order],
        due=to_microseconds(frame["due"])[order],
        has_end=has_end[order],
        has_start=has_start[order],
    )


def to_microseconds(instants: pd.Series) -> Integers:
    """Return instants as microseconds since 1970, those that are missing as `NAT`."""
    plain = instants.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(plain.to_numpy("datetime64[us]").astype(np.int64))


def to_instants(microseconds: Integers, zone: str) -> pd.Series:
    """Return microseconds since 1970 as instants by the clock of a zone."""
    return pd.Series(microseconds.astype("datetime64[us]")).dt.tz_localize("UTC").dt.tz_convert(zone)


def _positions(names: pd.Series, others: Sequence[str] = ()) -> tuple[Integers, tuple[str, ...]]:
    codes, found = pd.factorize(names, sort=True)
    known = tuple(sorted({*map(str, found), *others}))
    place = {name: at for at, name in enumerate(known)}
    of_code = np.array([*(place[str(name)] for name in found), NOBODY], dtype=np.int64)
    return of_code[codes], known


def _rank(ids: NDArray[np.object_]) -> Integers:
    return np.unique(ids.astype("str"), return_inverse=True)[1].astype(np.int64)
