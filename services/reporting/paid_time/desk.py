"""What the desk's events say of people's time: stretches of work, of time off task and of looking, and what waited."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.vocabulary_live import EventKind
from reports.waste.history import WORK, Beginning, StretchKind
from services.live.agent_stages import LEAVES_HAND

EVENT_COLUMNS = ("kind", "agent", "task", "at", "code", "is_pushed", "goes_to_lead")
"""Of events in the order in which they were applied; `at` is when each took effect as far as it says itself."""

GIVEN_UP = frozenset({EventKind.RETURNED.value, EventKind.REASSIGNED.value})
"""Unfinished, and for somebody else: work on the task until then is lost."""
PUT_DOWN = frozenset(
    {
        EventKind.RELEASED.value,
        EventKind.WRONG_TEAM.value,
        EventKind.INFORMATION_MISSING.value,
        EventKind.HELP_ASKED.value,
    }
)
"""Unfinished; the work is lost where somebody else goes on with it."""
WAITS_AFTER = frozenset(
    {
        EventKind.ARRIVED.value,
        EventKind.RETURNED.value,
        EventKind.SKIPPED.value,
        EventKind.EXPIRED.value,
        EventKind.RELEASED.value,
        EventKind.REASSIGNED.value,
        EventKind.UNPENDED.value,
        EventKind.REOPENED.value,
    }
)
"""After which a task is in the queue, unless it goes to a lead."""

_LEAVES = frozenset(kind.value for kind in LEAVES_HAND)
_CLAIMED, _STARTED, _PAUSED, _RESUMED = (
    kind.value for kind in (EventKind.CLAIMED, EventKind.STARTED, EventKind.PAUSED, EventKind.RESUMED)
)
_COMPLETED, _REOPENED = EventKind.COMPLETED.value, EventKind.REOPENED.value
_TO_LEAD = frozenset({EventKind.WRONG_TEAM.value, EventKind.INFORMATION_MISSING.value, EventKind.HELP_ASKED.value})
_OUT_OF_QUEUE = _TO_LEAD | {
    _CLAIMED,
    EventKind.PENDED.value,
    EventKind.CANCELLED.value,
    EventKind.CLOSED_ELSEWHERE.value,
    _COMPLETED,
}
_TASK_KINDS = _LEAVES | WAITS_AFTER | _OUT_OF_QUEUE | {_STARTED, _PAUSED, _RESUMED}
_LOOKING_ENDS = frozenset({_CLAIMED, _RESUMED})
_NEVER = float("nan")
_LOST, _REWORK, _HANDLING, _SETUP, _INTERRUPTED, _LOOKING_KIND, _OFF_TASK = (
    kind.value
    for kind in (
        StretchKind.LOST,
        StretchKind.REWORK,
        StretchKind.HANDLING,
        StretchKind.SETUP,
        StretchKind.INTERRUPTED,
        StretchKind.LOOKING,
        StretchKind.OFF_TASK,
    )
)
_CHOSEN, _PUSHED, _CONTINUED = (kind.value for kind in (Beginning.CHOSEN, Beginning.PUSHED, Beginning.CONTINUED))
_LOOKING, _SIGNED_IN, _SIGNED_OUT, _OFF_BEGAN, _OFF_ENDED = (
    kind.value
    for kind in (
        EventKind.LOOKING,
        EventKind.SIGNED_IN,
        EventKind.SIGNED_OUT,
        EventKind.OFF_TASK_BEGAN,
        EventKind.OFF_TASK_ENDED,
    )
)
_AGENT_KINDS = _LOOKING_ENDS | {_LOOKING, _SIGNED_IN, _SIGNED_OUT, _OFF_BEGAN, _OFF_ENDED}
_STRETCH_COLUMNS = ("agent", "start", "end", "kind", "task", "code", "begun")


@dataclass(frozen=True, kw_only=True, eq=False)
class DeskTime:
    """Time as the desk's events tell it.

    Attributes
    ----------
    stretches
        As those of `reports.waste.history.WorkHistory`.
    waiting
        `task`, `start`, `end`: in the queue, and nobody had it.
    presence
        `agent`, `start`, `end`: signed in.
    tasks
        `task`, `finished_by` (empty where nobody did), `is_taken`: whether anybody ever took it here.
    """

    stretches: pd.DataFrame
    waiting: pd.DataFrame
    presence: pd.DataFrame
    tasks: pd.DataFrame


@dataclass(slots=True)
class _TaskTime:
    """A task, as far as its events have been read."""

    at: int = 0
    holder: str = ""
    waits_since: int = -1
    claimed_at: int = -1
    begun: str = _CHOSEN
    started_at: int = -1
    paused_at: int = -1
    is_reopened: bool = False
    is_taken: bool = False
    finished_by: str = ""
    in_hand: list[int] = field(default_factory=list)
    """Rows of work since it was claimed."""
    put_down: list[int] = field(default_factory=list)
    """Rows of work of the holder before, who may yet go on."""
    put_down_by: str = ""


@dataclass(slots=True)
class _AgentTime:
    """An agent, as far as the events have been read."""

    at: int = 0
    since: int = -1
    off_since: int = -1
    code: str = ""
    looking_since: int = -1


class _Reading:
    """Folds events into stretches."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.columns: tuple[list[Any], ...] = tuple([] for _ in _STRETCH_COLUMNS)
        self.waiting: list[tuple[str, int, int]] = []
        self.presence: list[tuple[str, int, int]] = []
        self.tasks: dict[str, _TaskTime] = defaultdict(_TaskTime)
        self.agents: dict[str, _AgentTime] = defaultdict(_AgentTime)

    def add(self, agent: str, start: int, end: float, kind: str, task: str, begun: str, code: str = "") -> int:
        for column, value in zip(self.columns, (agent, start, end, kind, task, code, begun), strict=True):
            column.append(value)
        return len(self.columns[0]) - 1

    def read_task(self, kind: str, agent: str, name: str, at: int, is_pushed: bool, goes_to_lead: bool) -> None:
        task = self.tasks[name]
        at = task.at = max(task.at, at)  # a clock that was set back takes nothing away
        if kind == _CLAIMED:
            task.claimed_at, task.holder, task.is_taken = at, agent, True
            task.begun = _PUSHED if is_pushed else _CHOSEN
            if task.put_down and task.put_down_by != agent:
                self._lose(task.put_down)
            task.in_hand = task.put_down if task.put_down_by == agent else []
            task.put_down = []
        elif kind == _STARTED:
            if at > task.claimed_at >= 0:
                self.add(agent, task.claimed_at, at, _SETUP, name, task.begun)
                task.begun = _CONTINUED
            task.started_at = at
        elif kind == _PAUSED:
            self._stop(task, name, at)
            task.paused_at = at
        elif kind == _RESUMED:
            self._interrupt(task, name, at)
            task.started_at, task.begun = at, _CONTINUED
        elif kind in _LEAVES and task.holder:
            self._stop(task, name, at)
            self._interrupt(task, name, at)
            if kind in GIVEN_UP:
                self._lose(task.in_hand)
            elif kind in PUT_DOWN:
                task.put_down, task.put_down_by = task.in_hand, task.holder
            if kind == _COMPLETED:
                task.finished_by = task.holder
            task.in_hand, task.holder, task.claimed_at = [], "", -1
        if kind == _REOPENED:
            task.is_reopened, task.finished_by = True, ""
        if kind in WAITS_AFTER and not goes_to_lead:
            if task.waits_since < 0:
                task.waits_since = at
        elif (kind in _OUT_OF_QUEUE or goes_to_lead) and task.waits_since >= 0:
            self.waiting.append((name, task.waits_since, at))
            task.waits_since = -1

    def read_agent(self, kind: str, name: str, at: int, code: str) -> None:
        agent = self.agents[name]
        at = agent.at = max(agent.at, at)
        if kind == _LOOKING:
            agent.looking_since = at if agent.looking_since < 0 else agent.looking_since
        elif kind in _LOOKING_ENDS:
            self._stop_looking(agent, name, at)
        elif kind == _SIGNED_IN:
            agent.since = at
        elif kind == _OFF_BEGAN:
            self._stop_looking(agent, name, at)
            self._back(agent, name, at)
            agent.off_since, agent.code = at, code
        elif kind == _OFF_ENDED:
            self._back(agent, name, at)
        elif kind == _SIGNED_OUT:
            self._stop_looking(agent, name, at)
            self._back(agent, name, at)
            if agent.since >= 0:
                self.presence.append((name, agent.since, at))
            agent.since = -1

    def end(self) -> None:
        """End what goes on: work and waiting lasts to this day; nobody said that somebody left."""
        for name, task in self.tasks.items():
            if task.started_at >= 0:
                self._stop(task, name, _NEVER)
            if task.paused_at >= 0:
                self._interrupt(task, name, _NEVER)
            if task.waits_since >= 0:
                self.waiting.append((name, task.waits_since, max(self.until, task.waits_since)))
        for name, agent in self.agents.items():
            at = max(self.until, agent.at)
            self._stop_looking(agent, name, at)
            self._back(agent, name, at)
            if agent.since >= 0:
                self.presence.append((name, agent.since, at))

    def _stop(self, task: _TaskTime, name: str, at: float) -> None:
        if task.started_at < 0:
            return
        kind = _REWORK if task.is_reopened else _HANDLING
        task.in_hand.append(self.add(task.holder, task.started_at, at, kind, name, task.begun))
        task.started_at = -1

    def _interrupt(self, task: _TaskTime, name: str, at: float) -> None:
        if task.paused_at >= 0:
            self.add(task.holder, task.paused_at, at, _INTERRUPTED, name, _CONTINUED)
        task.paused_at = -1

    def _lose(self, rows: list[int]) -> None:
        for row in rows:
            self.columns[3][row] = _LOST

    def _stop_looking(self, agent: _AgentTime, name: str, at: int) -> None:
        if 0 <= agent.looking_since < at:
            self.add(name, agent.looking_since, at, _LOOKING_KIND, "", "")
        agent.looking_since = -1

    def _back(self, agent: _AgentTime, name: str, at: int) -> None:
        if 0 <= agent.off_since < at:
            self.add(name, agent.off_since, at, _OFF_TASK, "", "", agent.code)
        agent.off_since = -1


def read_desk_time(events: pd.DataFrame, *, until: int) -> DeskTime:
    """Return what events say of time.

    Parameters
    ----------
    events
        `EVENT_COLUMNS`, in the order in which they were applied to each task and agent.
    until
        Instant up to which events are known; what goes on then has not ended.
    """
    reading = _Reading(until)
    columns = [events[name].to_numpy(dtype=object).tolist() for name in EVENT_COLUMNS]
    for kind, agent, task, at, code, is_pushed, goes_to_lead in zip(*columns, strict=True):
        if kind in _TASK_KINDS and task:
            reading.read_task(kind, agent, task, at, is_pushed, goes_to_lead)
        if kind in _AGENT_KINDS and agent:
            reading.read_agent(kind, agent, at, code)
    reading.end()
    dtypes = {"start": np.int64, "end": np.float64}
    stretches = pd.DataFrame(
        {
            name: np.array(column, dtype=dtypes.get(name, object))
            for name, column in zip(_STRETCH_COLUMNS, reading.columns, strict=True)
        }
    )
    return DeskTime(
        stretches=_end_interruptions(stretches, reading.presence),
        waiting=pd.DataFrame(reading.waiting, columns=["task", "start", "end"]).astype({"task": object}),
        presence=pd.DataFrame(reading.presence, columns=["agent", "start", "end"]),
        tasks=pd.DataFrame(
            {
                "task": np.array(list(reading.tasks), dtype=object),
                "finished_by": np.array([task.finished_by for task in reading.tasks.values()], dtype=object),
                "is_taken": np.array([task.is_taken for task in reading.tasks.values()], dtype=bool),
            }
        ),
    )


def _end_interruptions(stretches: pd.DataFrame, presence: list[tuple[str, int, int]]) -> pd.DataFrame:
    """Return stretches in which an interruption ends where its agent begins something else, or leaves."""
    is_paused = (stretches["kind"] == _INTERRUPTED).to_numpy()
    if not is_paused.any():
        return stretches
    begins = stretches[stretches["kind"].isin([*(kind.value for kind in WORK), _OFF_TASK])]
    leavings = pd.DataFrame([(name, end) for name, _, end in presence], columns=["agent", "start"])
    moments = (
        pd.concat([begins[["agent", "start"]], leavings]).astype({"agent": object, "start": np.int64}).drop_duplicates()
    )
    paused = stretches[is_paused].astype({"agent": object}).reset_index()
    nearest = pd.merge_asof(
        paused.sort_values("start"),
        moments.rename(columns={"start": "next"}).sort_values("next"),
        left_on="start",
        right_on="next",
        by="agent",
        direction="forward",
        allow_exact_matches=False,
    ).set_index("index")["next"]
    found = stretches.copy()
    ends = nearest.reindex(found.index[is_paused])
    found.loc[is_paused, "end"] = np.fmin(found.loc[is_paused, "end"], ends)
    return found
