"""A claim as one statement on PostgreSQL, so that nothing waits for a client while the rows are held.

It does what the steps of the desk do one by one (`services/live`), for the case that nothing stands against it: an
agent who is free, a task that waits. Everything else is left to those, which can say why.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, String, TextualSelect, bindparam, text

from models.repositories.live.records import SCHEMA_VERSION, ChoiceSet, LiveAgent, LiveTask, column_values
from models.tables.columns import Instant, Json
from models.tables.schema import table_of

_TASKS, _AGENTS, _CHOICES = table_of("task_states"), table_of("agent_states"), table_of("choice_sets")
_TYPES: Mapping[str, Any] = {
    "agent": String(),
    "task": String(),
    "principal": String(),
    "rule": String(),
    "policy": String(),
    "now": Instant(),
    "expires": Instant(),
    "most": Integer(),
    "details": Json,
    "num_eligible": Integer(),
    "taken_rank": Integer(),
    "deviates": Boolean(),
    "leave": String(),
    "policy_version": String(),
    "entries": Json,
    "index_counts": Json,
    "digest": String(),
    "shown": Json,
}
_CHOICE_NAMES = tuple(column.name for column in _CHOICES.c if column.name not in {"event_id", "agent_id", "task_id"})

# The agent is held before the task, as everywhere. The id of the event is taken when the task is held: where somebody
# else changed it meanwhile, the row is looked at anew, and with it the number is drawn anew.
_HEAD = """
WITH free_agent AS (
    SELECT agent_id FROM agent_states
    WHERE agent_id = :agent AND presence = 'free' AND num_in_hand < :most AND since <= :now
    FOR UPDATE
), claimed AS (
    UPDATE task_states AS t
    SET state = 'claimed', agent_id = free_agent.agent_id, since = :now, claimed_at = :now, expires_at = :expires,
        version = t.version + 1, event_id = nextval('events_id_seq')
    FROM free_agent
    WHERE t.task_id = :task AND t.state = 'waiting' AND t.since <= :now
        AND (t.reserved_agent_id IS NULL OR t.reserved_agent_id = free_agent.agent_id)
    RETURNING t.*
), noted AS (
    INSERT INTO events (id, kind, principal_id, agent_id, task_id, occurred_at, recorded_at, rule_version,
        policy_version, schema_version, details)
    SELECT event_id, 'claimed', :principal, agent_id, task_id, :now, :now, :rule, :policy, {version}, :details
    FROM claimed
), {choosing} holder AS (
    UPDATE agent_states AS a
    SET presence = 'busy', task_id = claimed.task_id, num_in_hand = a.num_in_hand + 1, looking_since = NULL,
        since = :now, version = a.version + 1, event_id = claimed.event_id
    FROM claimed
    WHERE a.agent_id = :agent
    RETURNING a.*
)
SELECT {columns} FROM claimed, holder
"""
_CHOOSING = """chosen AS (
    INSERT INTO choice_sets (event_id, agent_id, task_id, {names})
    SELECT event_id, agent_id, task_id, {values} FROM claimed
),"""


def _statement(*, with_choice: bool) -> TextualSelect:
    choosing = _CHOOSING.format(names=", ".join(_CHOICE_NAMES), values=", ".join(f":{name}" for name in _CHOICE_NAMES))
    columns = [f"claimed.{column.name} AS task__{column.name}" for column in _TASKS.c]
    columns += [f"holder.{column.name} AS agent__{column.name}" for column in _AGENTS.c]
    statement = text(
        _HEAD.format(choosing=choosing if with_choice else "", columns=", ".join(columns), version=SCHEMA_VERSION)
    )
    names = [name for name in _TYPES if with_choice or name not in _CHOICE_NAMES]
    return statement.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names)).columns(
        **{f"task__{column.name}": column.type for column in _TASKS.c},
        **{f"agent__{column.name}": column.type for column in _AGENTS.c},
    )


_WITH_CHOICE = _statement(with_choice=True)
_WITHOUT_CHOICE = _statement(with_choice=False)
_NUM_TASK_COLUMNS = len(_TASKS.c)
_TASK_NAMES = [column.name for column in _TASKS.c]
_AGENT_NAMES = [column.name for column in _AGENTS.c]


def claim_at_once(
    connection: Connection,
    *,
    agent_id: str,
    task_id: str,
    now: int,
    expires_at: int,
    most_in_hand: int,
    principal_id: str | None,
    rule_version: str | None,
    policy_version: str | None,
    choice: ChoiceSet | None,
) -> tuple[LiveTask, LiveAgent] | None:
    """Claim a task for an agent in one statement; return where both stand, None where something stands against it."""
    values: dict[str, Any] = {
        "agent": agent_id,
        "task": task_id,
        "now": now,
        "expires": expires_at,
        "most": most_in_hand,
        "principal": principal_id,
        "rule": rule_version,
        "policy": policy_version,
        "details": {"expires_at": expires_at},
    }
    if choice is not None:
        values |= column_values(choice)
    row = connection.execute(_WITHOUT_CHOICE if choice is None else _WITH_CHOICE, values).first()
    if row is None:
        return None
    cells = tuple(row)
    return (
        LiveTask.of(dict(zip(_TASK_NAMES, cells[:_NUM_TASK_COLUMNS], strict=True))),
        LiveAgent.of(dict(zip(_AGENT_NAMES, cells[_NUM_TASK_COLUMNS:], strict=True))),
    )
