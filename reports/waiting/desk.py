"""From the events of a desk to stints of work: each time that somebody began a task, what it had waited since, and for.

A task that is given back, taken away or reopened waits again, and its next beginning is an instance of its own. While
it is pended it waits for a customer or a third party; a pause is not waiting, and its agent is free in it.
"""

from dataclasses import dataclass, field

import pandas as pd

from models.vocabulary_live import EventKind
from reports.waiting.duty import Stretch
from reports.waiting.history import NAT, US_PER_S, to_instants, to_microseconds

_BEGINS = frozenset({EventKind.STARTED, EventKind.RESUMED})
_GIVES_UP = frozenset(
    {
        EventKind.RETURNED,
        EventKind.RELEASED,
        EventKind.REASSIGNED,
        EventKind.WRONG_TEAM,
        EventKind.INFORMATION_MISSING,
        EventKind.PENDED,
    }
)
_ENDS = frozenset({EventKind.COMPLETED, EventKind.CANCELLED, EventKind.CLOSED_ELSEWHERE})


_STINT = ("position", "id", "agent", "enabled", "start", "end", "outcome")
_Stint = tuple[int, str, str | None, int, int, int, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class DeskWork:
    """What a desk saw of its tasks.

    Attributes
    ----------
    instances
        One row a stint, of tasks that somebody began at the desk: as the tables' frame of instances has them. The first
        stint of a task has its id, further ones a number behind it (`T1#2`).
    pauses, pended
        One row a stretch: `id` of the instance, `start`, `end` (microseconds; `NAT` where it lasts); in which work
        on it rested, and in which it waited for a customer before it was begun.
    """

    instances: pd.DataFrame
    pauses: pd.DataFrame
    pended: pd.DataFrame


@dataclass
class _Followed:
    """A task on its way through its events."""

    since: int
    agent: str = ""
    start: int = NAT
    paused: int = NAT
    held: int = NAT
    count: int = 0
    holds: list[tuple[int, int]] = field(default_factory=list)
    rests: list[tuple[int, int]] = field(default_factory=list)


def follow_desk(events: pd.DataFrame, tasks: pd.DataFrame) -> DeskWork:
    """Return the stints of work that a desk saw.

    Parameters
    ----------
    events
        `kind`, `task`, `agent` (empty where there is none), `at` (epoch seconds), in the order in which they were
        applied.
    tasks
        Instances by the tables, one a task: what they say of a task's case, type, team, arrival and due goes for its
        stints too.
    """
    known = {str(name): position for position, name in enumerate(tasks["id"])}
    arrived = dict(zip(tasks["id"], to_microseconds(tasks["enabled"]).tolist(), strict=True))
    followed: dict[str, _Followed] = {}
    made: list[_Stint] = []
    pauses: list[tuple[str, int, int]] = []
    pended: list[tuple[str, int, int]] = []

    def close(task: str, state: _Followed, until: int, outcome: str) -> None:
        """Write down the stint that is open."""
        name = task if state.count == 1 else f"{task}#{state.count}"
        if state.paused != NAT:
            state.rests.append((state.paused, until))
        enabled = min(state.since, state.start)
        made.append((known[task], name, state.agent or None, enabled, state.start, until, outcome))
        pauses.extend((name, low, high) for low, high in state.rests)
        pended.extend((name, low, high) for low, high in state.holds)
        state.start = state.paused = NAT
        state.rests, state.holds = [], []

    for kind, task, agent, at_s in zip(
        *(events[name].tolist() for name in ("kind", "task", "agent", "at")), strict=True
    ):
        if task not in known:
            continue
        at = int(at_s) * US_PER_S
        state = followed.get(task)
        if state is None:
            state = followed[task] = _Followed(since=at if arrived[task] == NAT else min(at, arrived[task]))
        if kind in _BEGINS:
            if NAT not in (state.start, state.paused):  # goes on
                state.rests.append((state.paused, at))
                state.paused = NAT
            elif state.start == NAT:
                state.count += 1
                state.start, state.agent = max(at, state.since), agent
        elif kind == EventKind.PAUSED and state.start != NAT and state.paused == NAT:
            state.paused = at
        elif kind in _GIVES_UP:
            if state.start != NAT:
                close(task, state, max(at, state.start), "dropped")
                state.since = max(at, state.since)
            if kind == EventKind.PENDED and state.held == NAT:
                state.held = max(at, state.since)
        elif kind == EventKind.UNPENDED and state.held != NAT:
            state.holds.append((state.held, max(at, state.held)))
            state.held = NAT
        elif kind in _ENDS:
            if state.start != NAT:
                is_done = kind == EventKind.COMPLETED
                close(task, state, max(at, state.start), "done" if is_done else "dropped")
            state.since, state.held, state.holds = max(at, state.since), NAT, []
        elif kind == EventKind.REOPENED:
            state.since = max(at, state.since)
    for task, state in followed.items():
        if state.start != NAT:  # somebody is at it
            close(task, state, NAT, "open")
    return DeskWork(
        instances=_frame(made, tasks),
        pauses=pd.DataFrame(pauses, columns=["id", "start", "end"]),
        pended=pd.DataFrame(pended, columns=["id", "start", "end"]),
    )


def join_desk(tasks: pd.DataFrame, desk: DeskWork) -> pd.DataFrame:
    """Return the instances by the tables, those of tasks that somebody began at the desk by what it saw."""
    seen = {str(name).partition("#")[0] for name in desk.instances["id"]}
    return pd.concat([tasks[~tasks["id"].isin(seen)], desk.instances], ignore_index=True)


def find_signed_in(events: pd.DataFrame, *, until: int) -> tuple[dict[str, list[Stretch]], dict[str, list[Stretch]]]:
    """Return when agents were signed in, and when they were signed in and off task; what lasts, up to `until`.

    Parameters
    ----------
    events
        As in `follow_desk`.
    until
        Microseconds.
    """
    there: dict[str, list[Stretch]] = {}
    off: dict[str, list[Stretch]] = {}
    opened: dict[tuple[str, bool], int] = {}
    for kind, agent, at_s in zip(*(events[name].tolist() for name in ("kind", "agent", "at")), strict=True):
        at = int(at_s) * US_PER_S
        is_off = kind in (EventKind.OFF_TASK_BEGAN, EventKind.OFF_TASK_ENDED)
        if kind in (EventKind.SIGNED_IN, EventKind.OFF_TASK_BEGAN):
            opened.setdefault((agent, is_off), at)
        elif kind in (EventKind.SIGNED_OUT, EventKind.OFF_TASK_ENDED):
            for was_off in (True,) if is_off else (False, True):  # who goes is off task no more
                since = opened.pop((agent, was_off), None)
                if since is not None:
                    (off if was_off else there).setdefault(agent, []).append((since, at))
    for (agent, was_off), since in opened.items():
        (off if was_off else there).setdefault(agent, []).append((since, until))
    return there, off


def _frame(stints: list[_Stint], tasks: pd.DataFrame) -> pd.DataFrame:
    """Return stints as instances, with what the tables say of their tasks."""
    made = tasks.iloc[[stint[0] for stint in stints]].reset_index(drop=True)
    for name, cells in zip(_STINT[1:], list(zip(*stints, strict=True))[1:], strict=False):
        values = pd.Series(list(cells))
        if name in ("enabled", "start", "end"):
            values = to_instants(values.to_numpy(dtype="int64"), "UTC")
        made[name] = values.astype(made[name].dtype)
    return made
