"""Making people and programs known, and saying what they may be."""

from collections.abc import Callable, Collection

from models.database import Database, Session
from models.errors import ConflictError, UsageError
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
from models.repositories.access.sessions import end_sessions
from models.vocabulary import PrincipalKind, Role
from services.access.tracing import Act, trace_principal

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
    act: Act,
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
    with database.writing() as session:
        return make_principal(
            session, principal_id, roles=roles, teams=teams, agent_id=agent_id, name=name, kind=kind, act=act
        )


def make_principal(
    session: Session,
    principal_id: str,
    *,
    roles: Collection[Role] = (),
    teams: Collection[str] = (),
    agent_id: str | None = None,
    name: str = "",
    kind: PrincipalKind = PrincipalKind.PERSON,
    act: Act,
) -> Principal:
    """Make somebody or something known in a transaction; see `create_principal`."""
    _check_id(principal_id)
    _check_roles(roles, teams, agent_id)
    add_principal(session, principal_id, kind=kind, name=name, at=act.at)
    set_roles(session, principal_id, roles)
    set_led_teams(session, principal_id, teams)
    set_agent(session, principal_id, agent_id)
    made = get_principal(session, principal_id)
    trace_principal(session, act, before=None, after=made)
    return made


def change_roles(
    database: Database,
    principal_id: str,
    *,
    roles: Collection[Role],
    teams: Collection[str] = (),
    agent_id: str | None = None,
    is_expected: Callable[[Principal], None] | None = None,
    act: Act,
) -> Principal:
    """Have a principal be just what is given, and return it; its keys reach no farther from then on.

    Parameters
    ----------
    is_expected
        Raises where the principal is not as whoever changes it has seen it; called in the transaction.

    Raises
    ------
    NotFoundError
        If there is no such principal, team or agent.
    ConflictError
        If the agent is another principal's, or nobody who may let others in would be left.
    UsageError
        If the roles contradict themselves.
    """
    _check_roles(roles, teams, agent_id)
    with database.writing() as session:
        before = get_principal(session, principal_id)
        if is_expected is not None:
            is_expected(before)
        set_roles(session, principal_id, roles)
        set_led_teams(session, principal_id, teams)
        set_agent(session, principal_id, agent_id)
        _check_administrated(session, before)
        after = get_principal(session, principal_id)
        trace_principal(session, act, before=before, after=after)
        return after


def disable_principal(database: Database, principal_id: str, *, act: Act) -> Principal:
    """Shut a principal out: none of its keys and sessions holds any more.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    ConflictError
        If nobody who may let others in would be left.
    """
    with database.writing() as session:
        before = get_principal(session, principal_id)
        if before.disabled_at is None:
            set_disabled(session, principal_id, at=act.at)
            end_sessions(session, at=act.at, principal_id=principal_id)
            _check_administrated(session, before)
        after = get_principal(session, principal_id)
        trace_principal(session, act, before=before, after=after)
        return after


def enable_principal(database: Database, principal_id: str, *, act: Act) -> Principal:
    """Let a principal in again, with the keys that still hold.

    Raises
    ------
    NotFoundError
        If there is no such principal.
    """
    with database.writing() as session:
        before = get_principal(session, principal_id)
        set_disabled(session, principal_id, at=None)
        after = get_principal(session, principal_id)
        trace_principal(session, act, before=before, after=after)
        return after


def read_principals(database: Database) -> list[Principal]:
    """Return all principals, by id."""
    with database.reading() as session:
        return list_principals(session)


def read_principal(database: Database, principal_id: str) -> Principal:
    """Return a principal.

    Raises
    ------
    NotFoundError
        If there is none of that id.
    """
    with database.reading() as session:
        return get_principal(session, principal_id)


def _check_administrated(session: Session, before: Principal) -> None:
    """Check that a change of an administrator leaves one."""
    if Role.ADMIN not in before.roles or before.disabled_at is not None:
        return
    if not any(Role.ADMIN in one.roles and one.disabled_at is None for one in list_principals(session)):
        raise ConflictError("nobody would be left who may let others in: make another administrator first")


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
