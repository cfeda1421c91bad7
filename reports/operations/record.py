"""What an office did in a period, as frames: the one input of the reports on running the place.

Frames are completed and put in one order on construction, so that the order of rows changes no figure, not even in its
last bit. Instants are epoch seconds, NaN where there is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

COMPLETED, CANCELLED, OPEN = "completed", "cancelled", "open"

TASKS: Mapping[str, object] = {
    "task": "",
    "type": "",
    "team": "",
    "case": None,
    "agent": None,
    "arrived": np.nan,
    "enabled": np.nan,
    "started": np.nan,
    "closed": np.nan,
    "due": np.nan,
    "must_by": np.nan,
    "outcome": OPEN,
    "weight": 1.0,
    "standard_minutes": np.nan,
    "handling_minutes": np.nan,
    "is_pended": False,
    "num_returns": 0,
    "num_reopens": 0,
    "is_failed": False,
    "is_checked": False,
}
"""Columns of the tasks, with what stands where a source has nothing.

`team` owns the type; `agent` did the task, or has it; `closed` is when it left the queue for good and `outcome` how;
`standard_minutes` are those of the whole task; `handling_minutes` what was recorded; `is_pended`: waits for a customer
or a third party at the end of the period; `num_returns`: given back or taken away unfinished; `is_failed`: a check
found a fault.
"""
AGENTS: Mapping[str, object] = {"agent": "", "team": ""}
SPANS: Mapping[str, object] = {"agent": "", "start": np.nan, "end": np.nan}
SKILLS: Mapping[str, object] = {"agent": "", "skill": "", "level": 1}
MAY_DO: Mapping[str, object] = {"agent": "", "type": "", "speed": 1.0}
TYPES: Mapping[str, object] = {
    "type": "",
    "team": "",
    "skill": "",
    "min_level": 1,
    "standard_minutes": np.nan,
    "is_estimated": False,
}
PAIRS: Mapping[str, object] = {"task": "", "other": ""}

DUTY, DUES, HANDLING, RETURNS, CHECKS, PAPER_SKILLS, SIGN_INS, PENDS = (
    "duty",
    "dues",
    "handling",
    "returns",
    "checks",
    "paper-skills",
    "sign-ins",
    "pends",
)
KNOWLEDGE: Mapping[str, str] = {
    DUTY: "shifts are not known: there is no capacity, no utilization, no productivity",
    DUES: "nobody was promised a due: they are estimated, and on time says how long things usually took",
    HANDLING: "when work began is not known: what tasks took is estimated, and their waiting lasts until they end",
    RETURNS: "tasks given back, taken away or reopened are not known: what looks right the first time may not be",
    CHECKS: "quality checks are not known",
    PAPER_SKILLS: "skills are read off what people did: nobody has one on paper that they never used",
    PENDS: "whether tasks waited for customers or third parties is not known: such waits are waits like all others",
    SIGN_INS: "sign-ins are not known: there is time between tasks, and no paid time",
}
"""What a source may know, and what is to be said where it does not."""

_REAL = frozenset({"arrived", "enabled", "started", "closed", "due", "must_by", "weight", "speed", "start", "end"}) | {
    "standard_minutes",
    "handling_minutes",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """An office between two instants.

    Attributes
    ----------
    tasks
        One row a task that was open at some time of the period, or before it: `TASKS`.
    agents
        Agents and their home teams: `AGENTS`.
    skills
        What agents can do on paper: `SKILLS`.
    may_do
        Which types agents may do, by skill and team, and how fast: `MAY_DO`.
    types
        Task types: `TYPES`.
    duty
        Time on shift less breaks, disjoint for an agent: `SPANS`. Empty where the source knows no shifts.
    off_task
        Recorded time off task within it, likewise, with a column `code`.
    separate
        Pairs of tasks that two people must do (four eyes): `PAIRS`.
    start, end
        The period, `[start, end)`; epoch seconds.
    day_edges
        Midnights of the office from the day of `start` on, one more than there are days.
    day_names
        Of each day, ISO.
    zone
        IANA zone of the office's clock.
    names
        What ids are called, where that is something else.
    limits
        What the source cannot know, and what was assumed, in sentences.
    knows
        What the source does know, of `KNOWLEDGE`.
    """

    tasks: pd.DataFrame
    start: float
    end: float
    day_edges: tuple[float, ...]
    day_names: tuple[str, ...]
    agents: pd.DataFrame = field(default_factory=pd.DataFrame)
    skills: pd.DataFrame = field(default_factory=pd.DataFrame)
    may_do: pd.DataFrame = field(default_factory=pd.DataFrame)
    types: pd.DataFrame = field(default_factory=pd.DataFrame)
    duty: pd.DataFrame = field(default_factory=pd.DataFrame)
    off_task: pd.DataFrame = field(default_factory=pd.DataFrame)
    separate: pd.DataFrame = field(default_factory=pd.DataFrame)
    zone: str = "UTC"
    names: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    knows: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(self.day_edges) != len(self.day_names) + 1:
            raise ValueError("there is one day edge more than there are days")
        for name, columns in (
            ("tasks", TASKS),
            ("agents", AGENTS),
            ("skills", SKILLS),
            ("may_do", MAY_DO),
            ("types", TYPES),
            ("duty", SPANS),
            ("off_task", {**SPANS, "code": ""}),
            ("separate", PAIRS),
        ):
            completed = complete(getattr(self, name), columns, has_unique_key=name == "tasks")
            object.__setattr__(self, name, completed)
        tasks = self.tasks
        tasks["closed"] = np.maximum(tasks["closed"], tasks["arrived"])  # one that was done when it came in
        tasks["enabled"] = tasks["enabled"].fillna(tasks["arrived"])

    @property
    def num_days(self) -> int:
        """Days that the period touches."""
        return len(self.day_names)

    def real(self, name: str) -> Reals:
        """Return a column of the tasks as numbers."""
        return self.tasks[name].to_numpy(dtype=np.float64)

    def arrived_within(self) -> Flags:
        """Return which tasks arrived in the period."""
        return self._within("arrived")

    def closed_within(self) -> Flags:
        """Return which tasks left the queue in the period, however."""
        return self._within("closed")

    def completed_within(self) -> Flags:
        """Return which tasks were completed in the period."""
        return np.asarray(self._within("closed") & (self.tasks["outcome"] == COMPLETED).to_numpy())

    def open_at(self, instant: float) -> Flags:
        """Return which tasks had arrived before an instant and were not closed before it."""
        return np.asarray((self.real("arrived") < instant) & ~(self.real("closed") < instant))

    def _within(self, name: str) -> Flags:
        instants = self.real(name)
        return np.asarray((instants >= self.start) & (instants < self.end))


def complete(frame: pd.DataFrame, columns: Mapping[str, object], *, has_unique_key: bool = False) -> pd.DataFrame:
    """Return the columns of a frame with defaults where there is nothing, its rows in one order.

    Parameters
    ----------
    has_unique_key
        Whether the first column names the row, so that it alone gives the order.

    Raises
    ------
    ValueError
        If it was to name the row and stands twice.
    """
    made = pd.DataFrame(index=range(len(frame)))
    for name, default in columns.items():
        values = frame[name].reset_index(drop=True) if name in frame.columns else pd.Series([default] * len(frame))
        if name in _REAL:
            made[name] = values.astype(np.float64) if len(frame) else np.zeros(0)
            if default == 1.0:
                made[name] = made[name].fillna(1.0)
        elif isinstance(default, bool):
            made[name] = values.where(values.notna(), default).astype(bool) if len(frame) else np.zeros(0, dtype=bool)
        elif isinstance(default, int):
            known = values.where(values.notna(), default)
            made[name] = known.astype(np.int64) if len(frame) else np.zeros(0, dtype=np.int64)
        else:
            made[name] = values.astype(object).where(values.notna(), default)
    if has_unique_key and made[next(iter(columns))].duplicated().any():
        raise ValueError(f"the same {next(iter(columns))} stands twice")
    keys = [next(iter(columns))] if has_unique_key else list(columns)
    return made.sort_values(keys, kind="stable", ignore_index=True)


def iterate(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a frame in order; their cells are attributes."""
    return iter(frame.itertuples())


def share(part: float, whole: float) -> float | None:
    """Return a part of a whole; None of nothing."""
    return None if whole == 0 else float(part) / float(whole)
