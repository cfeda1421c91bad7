"""A claim as one statement on PostgreSQL, so that nothing waits for a client while the rows are held.

It does what the steps of the desk do one by one (`services/live`), for the case that nothing stands against it: an
agent who is free, a task that waits. Everything else is left to those, which can say why.
"""

from typing import Any

import pydantic_core

from models.database import Database
from models.errors import UnavailableError
from models.repositories.live.records import SCHEMA_VERSION, ChoiceSet, LiveAgent, LiveTask
from models.repositories.live.turns import is_passing
from models.tables.columns import to_json
from models.vocabulary_live import Presence, TaskStage

# What the claim itself says of a task and an agent, and what a waiting task or a free agent cannot have, need not be
# asked for.
_TASK = (
    "started_at",
    "worked_seconds",
    "due_at",
    "stopped_seconds",
    "num_skips",
    "num_returns",
    "num_reopens",
    "reserved_agent_id",
    "queue_team_id",
    "check_result",
    "check_severity",
    "version",
    "event_id",
)
_AGENT = (
    "num_in_hand",
    "skips_today",
    "skips_day",
    "last_task_type_id",
    "last_case_id",
    "last_team_id",
    "version",
    "event_id",
)
_INSTANTS = frozenset({"started_at", "due_at"})

# The agent is held before the task, as everywhere. The id of the event is taken when the task is held: where somebody
# else changed it meanwhile, the row is looked at anew, and with it the number is drawn anew. Numbers come as texts and
# are cast here, so that the server prepares one statement and not one for each size of number.
_STATEMENT = """
WITH free_agent AS (
    SELECT agent_id, to_timestamp(%(now)s::bigint) AS now FROM agent_states
    WHERE agent_id = %(agent)s AND presence = 'free' AND num_in_hand < %(most)s::integer
        AND since <= to_timestamp(%(now)s::bigint)
    FOR UPDATE
), claimed AS (
    UPDATE task_states AS t
    SET state = 'claimed', agent_id = free_agent.agent_id, since = now, claimed_at = now,
        expires_at = to_timestamp(%(expires)s::bigint), version = t.version + 1, event_id = nextval('events_id_seq')
    FROM free_agent
    WHERE t.task_id = %(task)s AND t.state = 'waiting' AND t.since <= now
        AND (t.reserved_agent_id IS NULL OR t.reserved_agent_id = free_agent.agent_id)
    RETURNING t.*, now
), noted AS (
    INSERT INTO events (id, kind, principal_id, agent_id, task_id, occurred_at, recorded_at, rule_version,
        policy_version, schema_version, details)
    SELECT event_id, 'claimed', %(principal)s::varchar, agent_id, task_id, now, now, %(rule)s::varchar,
        %(policy)s::varchar, <version>, %(details)s::jsonb
    FROM claimed
), <choosing> holder AS (
    UPDATE agent_states AS a
    SET presence = 'busy', task_id = claimed.task_id, num_in_hand = a.num_in_hand + 1, looking_since = NULL,
        since = now, version = a.version + 1, event_id = claimed.event_id
    FROM claimed
    WHERE a.agent_id = %(agent)s
    RETURNING a.*
)
SELECT <columns> FROM claimed, holder
"""
_CHOOSING = """chosen AS (
    INSERT INTO choice_sets (event_id, agent_id, task_id, policy_version, num_eligible, taken_rank, deviates, leave,
        entries, index_counts, digest, shown)
    SELECT event_id, agent_id, task_id, %(policy_of_choice)s::varchar, %(num_eligible)s::integer,
        %(taken_rank)s::integer, %(deviates)s::boolean, %(leave)s::varchar, %(entries)s::json,
        %(index_counts)s::jsonb, %(digest)s::varchar, %(shown)s::jsonb
    FROM claimed
),"""


def _statement(choosing: str) -> str:
    columns = [
        f"extract(epoch FROM claimed.{name})::bigint" if name in _INSTANTS else f"claimed.{name}" for name in _TASK
    ]
    columns += [f"holder.{name}" for name in _AGENT]
    filled = {"<choosing>": choosing, "<columns>": ", ".join(columns), "<version>": str(SCHEMA_VERSION)}
    statement = _STATEMENT
    for place, text in filled.items():
        statement = statement.replace(place, text)
    return statement


_WITH_CHOICE, _WITHOUT_CHOICE = _statement(_CHOOSING), _statement("")


def claim_at_once(
    database: Database,
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
    """Claim a task for an agent in one statement; return where both stand, None where something stands against it.

    Raises
    ------
    UnavailableError
        If the database does not answer.
    """
    values = {
        "agent": agent_id,
        "task": task_id,
        "now": str(now),
        "expires": str(expires_at),
        "most": str(most_in_hand),
        "principal": principal_id,
        "rule": rule_version,
        "policy": policy_version,
        "details": to_json({"expires_at": expires_at}),
        **({} if choice is None else _choice_values(choice)),
    }
    try:
        with database.at_once() as connection:
            row = connection.execute(_WITHOUT_CHOICE if choice is None else _WITH_CHOICE, values).fetchone()
    except UnavailableError as error:
        if is_passing(error):
            return None
        raise
    if row is None:
        return None
    task = LiveTask(
        task_id=task_id,
        state=TaskStage.CLAIMED,
        agent_id=agent_id,
        since=now,
        claimed_at=now,
        expires_at=expires_at,
        **dict(zip(_TASK, row[: len(_TASK)], strict=True)),
    )
    agent = LiveAgent(
        agent_id=agent_id,
        presence=Presence.BUSY,
        task_id=task_id,
        since=now,
        **dict(zip(_AGENT, row[len(_TASK) :], strict=True)),
    )
    return task, agent


def _choice_values(choice: ChoiceSet) -> dict[str, Any]:
    return {
        "policy_of_choice": choice.policy_version,
        "num_eligible": str(choice.num_eligible),
        "taken_rank": None if choice.taken_rank is None else str(choice.taken_rank),
        "deviates": str(choice.deviates),
        "leave": choice.leave,
        "entries": pydantic_core.to_json(choice.entries).decode(),  # ten times as fast as the standard library's
        "index_counts": to_json(choice.index_counts),
        "digest": choice.digest,
        "shown": to_json(choice.shown),
    }
