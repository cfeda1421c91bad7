"""What happened to paid time, as frames: the one input of the waste ledger, whatever source it comes from.

Instants are whole epoch seconds. Frames are completed and put in one order on construction, so that the order of their
rows changes no figure, not even in its last bit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

LATEST = 2**33
"""Instants lie before it (in the year 2242), so that an agent and an instant fit into one whole number."""


class StretchKind(StrEnum):
    """What an agent did in a stretch of time. Of those that hold at one instant the first in this order counts."""

    OFF_TASK = "off-task"
    LOST = "lost"
    """Work on a task that was then given back or to somebody else."""
    REWORK = "rework"
    HANDLING = "handling"
    INTERRUPTED = "interrupted"
    SETUP = "setup"
    AWAY = "away"
    """Known not to be there."""
    LOOKING = "looking"
    """With the list open, or with the next task shown; counts where nothing else does."""


WORK = (StretchKind.LOST, StretchKind.REWORK, StretchKind.HANDLING, StretchKind.SETUP)
"""What is begun: a gap ends where one of these starts."""


class Beginning(StrEnum):
    """How an agent came to a task."""

    CHOSEN = "chosen"
    PUSHED = "pushed"
    """It was handed out: there was nothing to choose."""
    CONTINUED = "continued"
    """The agent had it in hand before."""


AGENTS: Mapping[str, Any] = MappingProxyType({"agent": "", "team": "", "cost_per_hour": np.nan})
TYPES: Mapping[str, Any] = MappingProxyType({"type": "", "team": "", "standard_s": np.nan})
ABILITIES: Mapping[str, Any] = MappingProxyType({"agent": "", "type": "", "is_given": True, "speed": 1.0})
PAID: Mapping[str, Any] = MappingProxyType({"agent": "", "start": 0, "end": 0})
STRETCHES: Mapping[str, Any] = MappingProxyType(
    {"agent": "", "start": 0, "end": np.nan, "kind": "", "task": "", "code": "", "begun": Beginning.CHOSEN.value}
)
TASKS: Mapping[str, Any] = MappingProxyType(
    {"task": "", "type": "", "standard_s": np.nan, "finished_by": "", "is_judged": True}
)
WAITING: Mapping[str, Any] = MappingProxyType(
    {"task": "", "type": "", "demand": "", "start": 0, "end": 0, "safe_until": np.nan}
)


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkHistory:
    """What agents were paid for and what they did, between two midnights.

    Attributes
    ----------
    agents
        `agent`, home `team` and, where it is known, `cost_per_hour`. One who stands in two teams is of the first.
    types
        `type`, the `team` that owns it, and its standard in seconds at speed 1 (NaN where there is none).
    abilities
        Who can do what: `agent`, `type`, whether the agent is given such work (`is_given`: home or swing team) or only
        has the skills for it, and the `speed`.
    paid
        Paid time: `agent`, `start`, `end`. Where stretches overlap, time counts once.
    stretches
        What agents did: `agent`, `start`, `end` (NaN where nobody recorded one: it ends where the agent begins
        something else, or the shift ends), `kind` (`StretchKind`), `task`, `code` of time off task, `begun`
        (`Beginning`).
    tasks
        `task`, `type`, the standard of the whole task in seconds where it is not the type's, who finished it
        (`finished_by`, empty where nobody did), and whether its handling can be judged (`is_judged`: all of it is
        known).
    waiting
        When a task waited and nobody had it: `task`, `type`, `start`, `end`, `safe_until` (its latest safe start).
        One that not everybody can do who can do its type has a `demand`, which stands among the abilities as types do.
    day_edges
        Midnights of the office's clock from the first day on, one more than there are days.
    day_names
        Of each day, ISO.
    has_paid_time
        Whether `paid` is what people were paid for; else it is the time in which they were seen.
    has_queue
        Whether it is known what waited; without it nothing is known of free time.
    names
        What ids of teams, types and agents stand for, where that is something else.
    limits
        What the source cannot know, in sentences.

    Raises
    ------
    ValueError
        If days and their names do not fit, or an instant is out of range.
    """

    agents: pd.DataFrame
    types: pd.DataFrame
    paid: pd.DataFrame
    stretches: pd.DataFrame
    day_edges: tuple[int, ...]
    day_names: tuple[str, ...]
    abilities: pd.DataFrame = field(default_factory=pd.DataFrame)
    tasks: pd.DataFrame = field(default_factory=pd.DataFrame)
    waiting: pd.DataFrame = field(default_factory=pd.DataFrame)
    has_paid_time: bool = True
    has_queue: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.day_edges) != len(self.day_names) + 1 or list(self.day_edges) != sorted(set(self.day_edges)):
            raise ValueError("day edges ascend, and there is one more of them than there are days")
        if self.day_edges[0] < 0 or self.day_edges[-1] >= LATEST:
            raise ValueError("days lie between 1970 and 2242")
        for name, columns in (
            ("agents", AGENTS),
            ("types", TYPES),
            ("abilities", ABILITIES),
            ("paid", PAID),
            ("stretches", STRETCHES),
            ("tasks", TASKS),
            ("waiting", WAITING),
        ):
            object.__setattr__(self, name, _complete(getattr(self, name), columns))
        for name, key in (("agents", "agent"), ("types", "type"), ("tasks", "task")):
            frame = getattr(self, name)
            object.__setattr__(self, name, frame.drop_duplicates(key, ignore_index=True))
        unknown = set(self.stretches["kind"]) - {kind.value for kind in StretchKind}
        if unknown:
            raise ValueError(f"no kind of stretch: {min(unknown)!r}")

    def of_teams(self, teams: Collection[str]) -> "WorkHistory":
        """Return what the agents of some home teams were paid for and did; what waited is still known."""
        own = set(self.agents["agent"][self.agents["team"].isin(list(teams))])
        kept = {
            name: frame[frame["agent"].isin(own)]
            for name in ("agents", "paid", "stretches")
            for frame in (getattr(self, name),)
        }
        abilities = self.abilities[self.abilities["agent"].isin(own)]
        return replace(self, abilities=abilities, **kept)

    def name_of(self, id: str) -> str:
        """Return what an id is called."""
        return self.names.get(id) or id


def _complete(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the columns of a frame with defaults where there is nothing, its rows in one order."""
    made = {}
    for name, default in columns.items():
        if name not in frame.columns:
            made[name] = np.full(len(frame), default, dtype=object if isinstance(default, str) else type(default))
            continue
        values = frame[name]
        if isinstance(default, str):
            made[name] = values.astype(object).where(values.notna(), default).to_numpy()
        else:
            made[name] = values.to_numpy(dtype=type(default))
    order = _order(list(made.values()))
    return pd.DataFrame({name: pd.Series(values[order], dtype=values.dtype) for name, values in made.items()})


def _order(columns: list[np.ndarray]) -> np.ndarray:
    """Return the one order of rows: by all their columns."""
    keys = [pd.factorize(values, sort=True)[0] if values.dtype == object else values for values in reversed(columns)]
    return np.lexsort(keys) if len(columns[0]) else np.zeros(0, dtype=np.int64)
