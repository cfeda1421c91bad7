"""Making people and programs known, and saying what they may be."""

from collections.abc import Collection

from models.database import Database
from models.errors import UsageError
from models.repositories.access.principals import (
    Principal,
    add_principal,
    get_principal,
    list_principals,
    set_agent,
    set_disabled,
    set_led_teams,
    set_roles,
)
from models.vocabulary import PrincipalKind, Role

MAX_ID = 100


def create_principal(
    database: Database,
    principal_id: str,
    *,
    roles: Collection[Role] = (),
    teams: Collection[str] = (),
    agent_id: str | None = None,
    name: str = "",
    kind: PrincipalKind = PrincipalKind.PERSON,
    now: int,
) -> Principal:
    """Make somebody or something known, with what it may be, and return it.

    Parameters
    ----------
    teams
        Teams that a lead leads.
    agent_id
        The agent that it is, where it has that role.

    Raises
    ------
    ConflictError
        If there is one of that id, or the agent is another's.
    NotFoundError
        If there is no such team or agent.
    UsageError
        If the id or the roles contradict themselves.
    """
    _check_id(principal_id)
    _check_roles(roles, teams, agent_id)
    with database.writing() as session:
        add_principal(session, principal_id, kind=kind, name=name, at=now)
        set_roles(session, principal_id, roles)
        set_led_teams(session, principal_id, teams)
        set_agent(session, principal_id, agent_id)
        return get_principal(session, principal_id)


def change_roles(
    database: Database,
    principal_id: str,
    *,
    roles: Collection[Role],
    teams: Collection[str] = (),
    agent_id: str | None = None,
) -> Principal:
    """Have a principal be just what is given, and return it; its keys reach no farther from then on.

    Raises
    ------
    NotFoundError
        If there is no such principal, team or agent.
    ConflictError
        If the agent is another principal's.
    UsageError
        If the roles contradict themselves.
    """
    _check_roles(roles, teams, agent_id)
    with database.writing() as session:
        set_roles(session, principal_id, roles)
        set_led_teams(session, principal_id, teams)
        set_agent(session, principal_id, agent_id)
        return get_principal(session, principal_id)


def disable_principal(database: Database, principal_id: str, *, now: int) -> None:
    """Shut a principal out: none of its keys and sessions holds any more.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    """
    with database.writing() as session:
        set_disabled(session, principal_id, at=now)


def enable_principal(database: Database, principal_id: str) -> None:
    """Let a principal in again, with the keys that still hold.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    """
    with database.writing() as session:
        set_disabled(session, principal_id, at=None)


def read_principals(database: Database) -> list[Principal]:
    """Return all principals, by id."""
    with database.reading() as session:
        return list_principals(session)


def _check_id(principal_id: str) -> None:
    if not principal_id or len(principal_id) > MAX_ID or not principal_id.isprintable() or " " in principal_id:
        raise UsageError(f"an id of a principal is 1 to {MAX_ID} characters without spaces")


def _check_roles(roles: Collection[Role], teams: Collection[str], agent_id: str | None) -> None:
    if teams and Role.LEAD not in roles:
        raise UsageError("teams are led by a lead: give the role lead as well")
    if Role.LEAD in roles and not teams:
        raise UsageError("a lead leads named teams: say which")
    if (Role.AGENT in roles) != (agent_id is not None):
        raise UsageError("the role agent is that of one agent: say which, and only with that role")
