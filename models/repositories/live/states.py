"""The states of tasks and agents beside the log: read for a change, and written after it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, delete, exists, insert, select, text, update

from models.repositories.live.records import ChoiceSet, LiveAgent, LiveTask, column_values
from models.repositories.staging import fill
from models.tables.schema import table_of
from models.vocabulary_live import Presence

_TASKS = table_of("task_states")
_AGENTS = table_of("agent_states")
_CHOICES = table_of("choice_sets")
_BUFFERED = {"yield_per": 2_000}
_READ_TASK = select(_TASKS).where(_TASKS.c.task_id == bindparam("key"))
_READ_AGENT = select(_AGENTS).where(_AGENTS.c.agent_id == bindparam("key"))
# SQLite, where the transaction has the whole database, knows no FOR UPDATE; nothing of it is sent there.
_HOLD_TASK = _READ_TASK.with_for_update()
_HOLD_AGENT = _READ_AGENT.with_for_update()


def _updating(table: Table, key: str) -> Update:
    rest: dict[Any, Any] = {column: bindparam(column.name) for column in table.c if column.name != key}
    return update(table).where(table.c[key] == bindparam("key")).values(rest)


_UPDATE_TASK = _updating(_TASKS, "task_id")
_UPDATE_AGENT = _updating(_AGENTS, "agent_id")
_INSERT_TASK = insert(_TASKS)
_INSERT_AGENT = insert(_AGENTS)
_INSERT_CHOICES = insert(_CHOICES)


def read_task(connection: Connection, task_id: str, *, hold: bool = False) -> LiveTask | None:
    """Return where a task stands; None where it has no state.

    Parameters
    ----------
    hold
        Whether nobody else may change it until the transaction ends.
    """
    row = connection.execute(_HOLD_TASK if hold else _READ_TASK, {"key": task_id}).mappings().first()
    return None if row is None else LiveTask.of(row)


def read_agent(connection: Connection, agent_id: str, *, hold: bool = False) -> LiveAgent | None:
    """Return where an agent stands; None where it has no state.

    Parameters
    ----------
    hold
        Whether nobody else may change it until the transaction ends.
    """
    row = connection.execute(_HOLD_AGENT if hold else _READ_AGENT, {"key": agent_id}).mappings().first()
    return None if row is None else LiveAgent.of(row)


def find_in_hand(connection: Connection, agent_id: str) -> list[str]:
    """Return the tasks that an agent has in hand."""
    found = connection.execute(select(_TASKS.c.task_id).where(_TASKS.c.agent_id == agent_id))
    return sorted(found.scalars())


def find_run_out(connection: Connection, *, now: int, limit: int) -> list[str]:
    """Return tasks whose claim has run out, the longest first."""
    query = select(_TASKS.c.task_id).where(_TASKS.c.agent_id.is_not(None), _TASKS.c.expires_at <= now)
    return list(connection.execute(query.order_by(_TASKS.c.expires_at, _TASKS.c.task_id).limit(limit)).scalars())


def find_to_follow_up(connection: Connection, *, now: int, limit: int) -> list[str]:
    """Return pended tasks whose time has come, the longest first."""
    query = select(_TASKS.c.task_id).where(_TASKS.c.follow_up_at <= now)
    return list(connection.execute(query.order_by(_TASKS.c.follow_up_at, _TASKS.c.task_id).limit(limit)).scalars())


def find_gone(connection: Connection, *, now: int, grace_s: int, limit: int) -> list[str]:
    """Return agents who are signed in though their shift ended long ago, none is on, and nothing happened since.

    Agents without any roster come and go as they say.
    """
    shifts = table_of("shifts")
    long_ago = now - grace_s
    of_agent = shifts.c.agent_id == _AGENTS.c.agent_id
    had_shift = exists().where(of_agent, shifts.c.ends_at <= long_ago)
    has_shift = exists().where(of_agent, shifts.c.ends_at > long_ago, shifts.c.starts_at <= now + grace_s)
    query = select(_AGENTS.c.agent_id).where(
        _AGENTS.c.presence != Presence.OUT.value, _AGENTS.c.since <= long_ago, had_shift, ~has_shift
    )
    return list(connection.execute(query.order_by(_AGENTS.c.agent_id).limit(limit)).scalars())


def iterate_tasks(connection: Connection) -> Iterator[LiveTask]:
    """Return where every task stands, a buffer at a time."""
    for row in connection.execute(select(_TASKS), execution_options=_BUFFERED).mappings():
        yield LiveTask.of(row)


def iterate_agents(connection: Connection) -> Iterator[LiveAgent]:
    """Return where every agent stands, a buffer at a time."""
    for row in connection.execute(select(_AGENTS), execution_options=_BUFFERED).mappings():
        yield LiveAgent.of(row)


def lock_states(connection: Connection) -> None:
    """Let nobody else change a state until the transaction ends; on SQLite every writer waits anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE agent_states, task_states, events IN SHARE ROW EXCLUSIVE MODE"))


def replace_states(connection: Connection, tasks: Iterable[LiveTask], agents: Iterable[LiveAgent]) -> None:
    """Put states in the place of all that are stored."""
    for table, records in ((_TASKS, tasks), (_AGENTS, agents)):
        connection.execute(delete(table))
        values = [column_values(record) for record in records]
        fill(connection, table, {column.name: [row[column.name] for row in values] for column in table.c})


def write_task(connection: Connection, task: LiveTask, *, is_new: bool) -> None:
    """Write where a task stands."""
    _write(connection, _INSERT_TASK if is_new else _UPDATE_TASK, column_values(task), "task_id", is_new=is_new)


def write_agent(connection: Connection, agent: LiveAgent, *, is_new: bool) -> None:
    """Write where an agent stands."""
    _write(connection, _INSERT_AGENT if is_new else _UPDATE_AGENT, column_values(agent), "agent_id", is_new=is_new)


def add_choice_set(connection: Connection, choice: ChoiceSet, *, event_id: int, agent_id: str, task_id: str) -> None:
    """Write the choice set of a claim."""
    values = {**column_values(choice), "event_id": event_id, "agent_id": agent_id, "task_id": task_id}
    connection.execute(_INSERT_CHOICES, values)


def get_choice_set(connection: Connection, event_id: int) -> ChoiceSet | None:
    """Return the choice set of a claim's event; None where it has none."""
    row = connection.execute(select(_CHOICES).where(_CHOICES.c.event_id == event_id)).mappings().first()
    if row is None:
        return None
    return ChoiceSet(**{name: value for name, value in row.items() if name not in {"event_id", "agent_id", "task_id"}})


def _write(connection: Connection, statement: Any, values: dict[str, Any], key: str, *, is_new: bool) -> None:
    if not is_new:
        values["key"] = values.pop(key)
    connection.execute(statement, values)
