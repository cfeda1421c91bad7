"""To which team an agent or a task belongs."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, union

from models.tables.schema import table_of
from models.vocabulary import TaskState
from models.vocabulary_live import TaskStage


def team_of_agent(connection: Connection, agent_id: str) -> str | None:
    """Return an agent's home team; None where there is no such agent."""
    agents = table_of("agents")
    found: str | None = connection.scalar(select(agents.c.team_id).where(agents.c.id == agent_id))
    return found


def teams_of_task(connection: Connection, task_id: str) -> frozenset[str]:
    """Return the teams that a task belongs to: its type's by the newest standard, that of whose queue it is in, and
    the home teams of the agents to whom it is pinned and who have it in hand.
    """
    tasks, agents, standards = table_of("tasks"), table_of("agents"), table_of("task_type_standards")
    states = table_of("task_states")
    newest = (
        select(func.max(standards.c.valid_from))
        .where(standards.c.task_type_id == tasks.c.task_type_id)
        .correlate(tasks)
        .scalar_subquery()
    )
    by_type = (
        select(standards.c.team_id)
        .select_from(tasks)
        .join(standards, standards.c.task_type_id == tasks.c.task_type_id)
        .where(tasks.c.id == task_id, standards.c.valid_from == newest)
    )
    by_pin = (
        select(agents.c.team_id)
        .select_from(tasks)
        .join(agents, agents.c.id == tasks.c.pinned_agent_id)
        .where(tasks.c.id == task_id)
    )
    by_holder = (
        select(agents.c.team_id)
        .select_from(states)
        .join(agents, agents.c.id == states.c.agent_id)
        .where(states.c.task_id == task_id)
    )
    by_queue = select(states.c.queue_team_id).where(states.c.task_id == task_id, states.c.queue_team_id.is_not(None))
    return frozenset(connection.scalars(union(by_type, by_pin, by_holder, by_queue)))


def tasks_with_teams(connection: Connection, teams: Collection[str]) -> frozenset[str]:
    """Return the open tasks that belong to one of some teams otherwise than by their type; see `teams_of_task`."""
    tasks, agents, states = table_of("tasks"), table_of("agents"), table_of("task_states")
    people = select(agents.c.id).where(agents.c.team_id.in_(teams))
    is_open = tasks.c.state != TaskState.CLOSED.value
    by_pin = select(tasks.c.id).where(is_open, tasks.c.pinned_agent_id.in_(people))
    by_holder = select(states.c.task_id).where(states.c.agent_id.in_(people))
    is_here = states.c.queue_team_id.in_(teams), states.c.state != TaskStage.CLOSED.value
    by_queue = select(states.c.task_id).where(*is_here)
    return frozenset(connection.scalars(union(by_pin, by_holder, by_queue)))
