"""Whose an agent or a task is: what narrows a role to its own agent or its own teams."""

from models.database import Database
from models.errors import ForbiddenError
from models.repositories.access.reach import team_of_agent, teams_of_task
from models.vocabulary import Role
from services.access.caller import Caller


def choose_agent(database: Database, caller: Caller, asked: str | None = None) -> str:
    """Return for which agent a request acts: the one it names, or else the caller's own.

    An agent acts for itself only, a lead for those of its teams, an administrator for anybody.

    Raises
    ------
    ForbiddenError
        If the caller may not act for the agent, or is none and names none.
    """
    if asked is None:
        if caller.agent_id is None:
            raise ForbiddenError("the request does not say for which agent it is, and its key belongs to none")
        return caller.agent_id
    if asked != caller.agent_id and not caller.has():
        if Role.LEAD not in caller.roles:
            raise ForbiddenError("an agent acts for nobody else")
        check_leads_agent(database, caller, asked)
    return asked


def check_leads_agent(database: Database, caller: Caller, agent_id: str) -> None:
    """Check that a caller leads an agent's home team.

    Raises
    ------
    ForbiddenError
        If not, or if there is no such agent: who may not see it is not told.
    """
    with database.reading() as session:
        team = team_of_agent(session.connection(), agent_id)
    if team is None or team not in caller.teams:
        raise ForbiddenError("no such agent is in a team that you lead")


def check_leads_task(database: Database, caller: Caller, task_id: str) -> None:
    """Check that a caller leads a team that a task belongs to: its type's, or that of the agent who has it.

    Raises
    ------
    ForbiddenError
        If not, or if there is no such task.
    """
    with database.reading() as session:
        teams = teams_of_task(session.connection(), task_id)
    if caller.teams.isdisjoint(teams):
        raise ForbiddenError("no such task belongs to a team that you lead")


def check_leads_team(caller: Caller, team_id: str) -> None:
    """Check that a caller leads a team.

    Raises
    ------
    ForbiddenError
        If not.
    """
    if team_id not in caller.teams:
        raise ForbiddenError("you do not lead a team of that name")
