"""The states, made anew from the log alone; compared with those that are stored, and put in their place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from models.database import Database, Session
from models.errors import ConflictError
from models.repositories.live.events import iterate_events
from models.repositories.live.records import Event, LiveAgent, LiveTask
from models.repositories.live.states import iterate_agents, iterate_tasks, lock_states, replace_states
from services.live.agent_stages import CONCERNING, apply_agent
from services.live.task_stages import apply

MOST_SHOWN = 1_000
State = TypeVar("State", LiveTask, LiveAgent)


@dataclass(frozen=True, kw_only=True)
class States:
    """Where all tasks and agents stand, by id."""

    tasks: Mapping[str, LiveTask]
    agents: Mapping[str, LiveAgent]
    num_events: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is stored of a task or an agent and does not follow from the log.

    Attributes
    ----------
    kind
        `task` or `agent`.
    field
        What differs; empty where the whole is missing on one side.
    stored, rebuilt
        What is stored, and what follows from the log; None where there is none.
    """

    kind: str
    id: str
    field: str
    stored: Any
    rebuilt: Any

    def __str__(self) -> str:
        what = f"{self.kind} {self.id!r}" + (f": {self.field}" if self.field else "")
        return f"{what} is stored as {_shown(self.stored)}; the log gives {_shown(self.rebuilt)}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the stored states are those of the log.

    Attributes
    ----------
    differences
        The first of them.
    """

    num_events: int
    num_tasks: int
    num_agents: int
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def rebuild(session: Session) -> States:
    """Return where all tasks and agents stand by the log alone.

    Raises
    ------
    ConflictError
        If the log tells what cannot have happened; the message names the event.
    """
    tasks: dict[str, LiveTask] = {}
    agents: dict[str, LiveAgent] = {}
    num_events = 0
    for event in iterate_events(session.connection()):
        num_events += 1
        try:
            _follow(event, tasks, agents)
        except ConflictError as error:
            raise ConflictError(f"event {event.id}: {error}") from error
    return States(tasks=tasks, agents=agents, num_events=num_events)


def verify(session: Session) -> Verdict:
    """Compare the stored states with those of the log, field by field, in one moment of the database.

    Raises
    ------
    ConflictError
        If the log tells what cannot have happened.
    """
    rebuilt = rebuild(session)
    connection = session.connection()
    differences: list[Difference] = []
    _compare("task", {task.task_id: task for task in iterate_tasks(connection)}, rebuilt.tasks, differences)
    _compare("agent", {agent.agent_id: agent for agent in iterate_agents(connection)}, rebuilt.agents, differences)
    return Verdict(
        num_events=rebuilt.num_events,
        num_tasks=len(rebuilt.tasks),
        num_agents=len(rebuilt.agents),
        differences=tuple(differences[:MOST_SHOWN]),
    )


def verify_database(database: Database) -> Verdict:
    """Compare the stored states of a database with those of its log."""
    with database.reading() as session:
        return verify(session)


def rebuild_database(database: Database) -> Verdict:
    """Put the states of the log in the place of the stored ones; return in what these differed.

    Nobody can change a state meanwhile.

    Raises
    ------
    ConflictError
        If the log tells what cannot have happened; nothing is changed then.
    """
    with database.writing() as session:
        connection = session.connection()
        lock_states(connection)
        before = verify(session)
        if not before.holds:
            states = rebuild(session)
            replace_states(connection, states.tasks.values(), states.agents.values())
    return before


def _follow(event: Event, tasks: dict[str, LiveTask], agents: dict[str, LiveAgent]) -> None:
    if event.task_id is not None:
        tasks[event.task_id] = apply(tasks.get(event.task_id), event)
    if event.agent_id is not None and event.kind in CONCERNING:
        agents[event.agent_id] = apply_agent(agents.get(event.agent_id), event)


def _compare(kind: str, stored: Mapping[str, State], rebuilt: Mapping[str, State], found: list[Difference]) -> None:
    for name in sorted({*stored, *rebuilt}):
        one, other = stored.get(name), rebuilt.get(name)
        if one == other:
            continue
        if one is None or other is None:
            found.append(Difference(kind=kind, id=name, field="", stored=one, rebuilt=other))
            continue
        for item in fields(one):
            before, after = getattr(one, item.name), getattr(other, item.name)
            if before != after:
                found.append(Difference(kind=kind, id=name, field=item.name, stored=before, rebuilt=after))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, LiveTask | LiveAgent):
        return f"version {value.version}"
    return repr(str(value) if isinstance(value, str) else value)
