"""To which team an agent or a task belongs."""

from sqlalchemy import Connection, func, select, union

from models.tables.schema import table_of


def team_of_agent(connection: Connection, agent_id: str) -> str | None:
    """Return an agent's home team; None where there is no such agent."""
    agents = table_of("agents")
    found: str | None = connection.scalar(select(agents.c.team_id).where(agents.c.id == agent_id))
    return found


def teams_of_task(connection: Connection, task_id: str) -> frozenset[str]:
    """Return the teams that a task belongs to: its type's by the newest standard, and its pinned agent's."""
    tasks, agents, standards = table_of("tasks"), table_of("agents"), table_of("task_type_standards")
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
    by_agent = (
        select(agents.c.team_id)
        .select_from(tasks)
        .join(agents, agents.c.id == tasks.c.pinned_agent_id)
        .where(tasks.c.id == task_id)
    )
    return frozenset(connection.scalars(union(by_type, by_agent)))
