"""One transaction of the desk: the tasks and agents that it holds, and the events that it writes with their effect.

Whoever changes an agent and a task holds the agent first, tasks by the order of their ids; a row of the office before
both. So no two of them wait for each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from models.database import Session
from models.errors import ConflictError, NotFoundError, StaleError, UsageError
from models.repositories.live.events import append, find_by_key
from models.repositories.live.records import Event, LiveAgent, LiveTask
from models.repositories.live.states import read_agent, read_task, write_agent, write_task
from models.repositories.live.subjects import Subject, read_subject, read_zone_name
from models.repositories.live.turns import OvertakenError
from models.time import FIRST_INSTANT, SECONDS_PER_MINUTE, format_instant, load_zone, to_datetime
from models.vocabulary import TaskState
from models.vocabulary_live import EventKind
from services.live.acts import Act, Outcome
from services.live.agent_stages import CONCERNING, apply_agent, check_agent
from services.live.task_stages import apply, check
from services.settings import Settings


class Scene:
    """A transaction in which an act is done.

    Parameters
    ----------
    now
        Our clock; epoch second.

    Raises
    ------
    UsageError
        If the act is said to have happened later than our clock can be behind.
    """

    def __init__(self, session: Session, settings: Settings, act: Act, now: int) -> None:
        self.session = session
        self.connection = session.connection()
        self.settings = settings
        self.act = act
        self.now = now
        self.tasks: dict[str, LiveTask] = {}
        self.agents: dict[str, LiveAgent] = {}
        self.events: list[Event] = []
        self.occurred_at = _checked_instant(act.occurred_at, now, settings)
        self._unwritten: set[str] = set()

    def find_duplicate(self, kind: EventKind, *, task_id: str | None, agent_id: str | None) -> Outcome | None:
        """Return what came of the act when it was told before, and note that it was told again; None where it was not.

        Parameters
        ----------
        kind, task_id, agent_id
            What is asked for; of whichever agent, where a task is meant and no agent is named.

        Raises
        ------
        ConflictError
            If the key was that of something else.
        """
        key = self.act.dedup_key
        told = None if key is None else find_by_key(self.connection, key)
        if told is None:
            return None
        if (told.kind, told.task_id) != (kind, task_id) or agent_id not in {None, told.agent_id}:
            raise ConflictError(f"{key!r} was told as {_of_what(told)}: another event needs another key")
        again = append(
            self.connection,
            replace(
                self._event(EventKind.DUPLICATE, task_id=told.task_id, agent_id=told.agent_id),
                dedup_key=None,
                details={"of": told.id, "kind": told.kind.value},
            ),
        )
        task = None if told.task_id is None else read_task(self.connection, told.task_id)
        agent = None if told.agent_id is None else read_agent(self.connection, told.agent_id)
        return Outcome(
            event=told,
            events=(again,),
            tasks={} if task is None else {task.task_id: task},
            agents={} if agent is None else {agent.agent_id: agent},
            is_duplicate=True,
        )

    def check_version(self, version: int) -> None:
        """Refuse an act that was decided on another version.

        Raises
        ------
        StaleError
            If it is no longer the current one.
        """
        wanted = self.act.if_version
        if wanted is not None and wanted != version:
            raise StaleError(f"version {wanted} was changed meanwhile; it is at version {version} now")

    def hold_agent(self, agent_id: str) -> LiveAgent:
        """Hold an agent and return where they stand; one who never signed in is out."""
        if agent_id not in self.agents:
            found = read_agent(self.connection, agent_id, hold=True)
            if found is None:
                self._unwritten.add(agent_id)
            self.agents[agent_id] = LiveAgent(agent_id=agent_id) if found is None else found
        return self.agents[agent_id]

    def hold_task(self, task_id: str) -> LiveTask:
        """Hold a task and return where it stands. One that came in before there was a desk arrives now.

        Raises
        ------
        NotFoundError
            If there is no such task.
        """
        if task_id not in self.tasks:
            found = read_task(self.connection, task_id, hold=True)
            self.tasks[task_id] = self._take_in(task_id) if found is None else found
        return self.tasks[task_id]

    def hold_tasks(self, task_ids: Iterable[str]) -> list[LiveTask]:
        """Hold tasks, in the order in which everybody does, and return where they stand."""
        return [self.hold_task(task_id) for task_id in sorted(task_ids)]

    def hold_with_holder(self, task_id: str) -> LiveTask:
        """Hold the task that an act is about, together with the agent in whose hand it is."""
        seen = read_task(self.connection, task_id)
        if seen is not None and seen.agent_id is not None:
            self.hold_agent(seen.agent_id)
        task = self.hold_task(task_id)
        if task.agent_id is not None and task.agent_id not in self.agents:
            raise OvertakenError(f"task {task_id!r} was claimed meanwhile")
        self.check_version(task.version)
        return task

    def hold_in_hand(self, agent_id: str, task_id: str) -> LiveTask:
        """Hold an agent and the task that an act is about, which must be in their hand.

        Raises
        ------
        ConflictError
            If it is not.
        """
        self.hold_agent(agent_id)
        task = self.hold_task(task_id)
        if task.agent_id != agent_id:
            whose = "in nobody's hand" if task.agent_id is None else "in somebody else's hand"
            raise ConflictError(
                f"task {task_id!r} is {task.state.value}, {whose}: agent {agent_id!r} has not claimed it"
            )
        self.check_version(task.version)
        return task

    def subject(self, task_id: str, *, hold: bool = False) -> Subject:
        """Return a task as the office has it; hold it before anything else where it is to be changed.

        Raises
        ------
        NotFoundError
            If there is no such task.
        """
        found = read_subject(self.connection, task_id, hold=hold)
        if found is None:
            raise NotFoundError(f"there is no task {task_id!r}")
        return found

    def today(self) -> date:
        """Return the day of the office."""
        return to_datetime(self.now, load_zone(read_zone_name(self.connection) or "UTC")).date()

    def record(
        self,
        kind: EventKind,
        *,
        task_id: str | None = None,
        agent_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        is_asked: bool = True,
    ) -> Event:
        """Write an event and what follows from it for the task and the agent, which are held.

        Parameters
        ----------
        is_asked
            Whether it is what was asked for, and not what comes with it.

        Raises
        ------
        ConflictError
            If it cannot happen where they stand.
        """
        task = None if task_id is None else self.tasks.get(task_id)
        agent = self.agents[agent_id] if agent_id is not None and kind in CONCERNING else None
        if task is not None:
            check(task, kind)
        if agent is not None:
            check_agent(agent, kind)
        event = self._event(kind, task_id=task_id, agent_id=agent_id)
        late = _late_seconds(event, task, agent)
        event = replace(
            event,
            dedup_key=self.act.dedup_key if is_asked else None,
            details={**(details or {}), **({"late_seconds": late} if late else {})},
        )
        event = append(self.connection, event)
        self.events.append(event)
        if task_id is not None:
            self.tasks[task_id] = apply(task, event)
            write_task(self.connection, self.tasks[task_id], is_new=task is None)
        if agent is not None:
            self.agents[agent.agent_id] = apply_agent(agent, event)
            write_agent(self.connection, self.agents[agent.agent_id], is_new=agent.agent_id in self._unwritten)
            self._unwritten.discard(agent.agent_id)
        return event

    def outcome(self, event: Event) -> Outcome:
        """Return what came of it all, `event` being what was asked for."""
        return Outcome(event=event, events=tuple(self.events), tasks=dict(self.tasks), agents=dict(self.agents))

    def _event(self, kind: EventKind, *, task_id: str | None, agent_id: str | None) -> Event:
        return Event(
            kind=kind,
            principal_id=self.act.principal_id,
            agent_id=agent_id,
            task_id=task_id,
            occurred_at=self.occurred_at,
            recorded_at=self.now,
            rule_version=self.act.rule_version,
            policy_version=self.act.policy_version,
        )

    def _take_in(self, task_id: str) -> LiveTask:
        """Let a task arrive that has no state yet; one that is closed already was closed elsewhere."""
        subject = self.subject(task_id)
        arrival = Event(kind=EventKind.ARRIVED, task_id=task_id, occurred_at=subject.arrived_at, recorded_at=self.now)
        events = [arrival]
        if subject.state == TaskState.CLOSED.value:
            assert subject.closed_at is not None  # noqa: S101 - the table says so
            closing = replace(arrival, kind=EventKind.CLOSED_ELSEWHERE, occurred_at=subject.closed_at)
            events.append(replace(closing, details={"reason": subject.closed_reason}))
        task: LiveTask | None = None
        for event in events:
            written = append(self.connection, event)
            self.events.append(written)
            task = apply(task, written)
        assert task is not None  # noqa: S101 - it arrived
        write_task(self.connection, task, is_new=True)
        return task


def _checked_instant(occurred_at: int | None, now: int, settings: Settings) -> int:
    if occurred_at is None:
        return now
    most = now + round(settings.clock_ahead_minutes * SECONDS_PER_MINUTE)
    if occurred_at > most:
        raise UsageError(
            f"it is {format_instant(now)}: nothing can have happened at {_shown_instant(occurred_at)}; "
            f"clocks may be ahead by {settings.clock_ahead_minutes:g} minutes"
        )
    if occurred_at < FIRST_INSTANT:
        raise UsageError(f"nothing can have happened at {occurred_at}, before the year 1")
    return occurred_at


def _shown_instant(epoch_s: int) -> str:
    try:
        return format_instant(epoch_s)
    except (OverflowError, ValueError):
        return str(epoch_s)


def _of_what(event: Event) -> str:
    whose = f"agent {event.agent_id!r}" if event.task_id is None else f"task {event.task_id!r}"
    return f"{event.kind.value} of {whose}"


def _late_seconds(event: Event, task: LiveTask | None, agent: LiveAgent | None) -> int:
    """Return by how many seconds an event happened before the last that its task, or agent, is known of."""
    last = task.since if task is not None else agent.since if agent is not None else event.occurred_at
    return max(0, last - event.occurred_at)
