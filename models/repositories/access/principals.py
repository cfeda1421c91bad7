"""Who acts, and what each may be."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.errors import ConflictError, NotFoundError, UsageError
from models.tables.access import LedTeamRow, PrincipalRoleRow
from models.tables.people import AgentRow, PrincipalRow, TeamRow
from models.vocabulary import PrincipalKind, Role


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A principal with its roles.

    Attributes
    ----------
    teams
        Teams that it leads.
    agent_id
        The agent that it is, if it is one.
    created_at, disabled_at
        Epoch seconds.
    """

    id: str
    kind: PrincipalKind
    name: str
    created_at: int
    disabled_at: int | None = None
    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()
    agent_id: str | None = None


def get_principal(session: Session, principal_id: str) -> Principal:
    """Return a principal.

    Raises
    ------
    NotFoundError
        If there is none of that id.
    """
    return _principals(session, [_row(session, principal_id)])[0]


def list_principals(session: Session) -> list[Principal]:
    """Return all principals, by id."""
    return _principals(session, session.exec(select(PrincipalRow).order_by(col(PrincipalRow.id))).all())


def add_principal(session: Session, principal_id: str, *, kind: PrincipalKind, name: str, at: int) -> None:
    """Store a new principal, without any role.

    Raises
    ------
    ConflictError
        If there is one of that id.
    """
    if session.get(PrincipalRow, principal_id) is not None:
        raise ConflictError(f"there is a principal {principal_id!r} already")
    row = {"id": principal_id, "kind": kind.value, "name": name, "created_at": at}
    session.add(PrincipalRow.model_validate(row))
    session.flush()


def set_roles(session: Session, principal_id: str, roles: Collection[Role]) -> None:
    """Have a principal be just these."""
    _row(session, principal_id)
    session.exec(delete(PrincipalRoleRow).where(col(PrincipalRoleRow.principal_id) == principal_id))
    session.add_all(PrincipalRoleRow(principal_id=principal_id, role=role.value) for role in sorted(set(roles)))
    session.flush()


def set_led_teams(session: Session, principal_id: str, teams: Iterable[str]) -> None:
    """Have a principal lead just these teams.

    Raises
    ------
    NotFoundError
        If there is no such team.
    """
    _row(session, principal_id)
    session.exec(delete(LedTeamRow).where(col(LedTeamRow.principal_id) == principal_id))
    for team in sorted(set(teams)):
        if session.get(TeamRow, team) is None:
            raise NotFoundError(f"there is no team {team!r}")
        session.add(LedTeamRow(principal_id=principal_id, team_id=team))
    session.flush()


def set_agent(session: Session, principal_id: str, agent_id: str | None) -> None:
    """Have a principal be an agent, or none.

    Raises
    ------
    NotFoundError
        If there is no such agent.
    ConflictError
        If the agent is another principal already.
    """
    _row(session, principal_id)
    if agent_id is not None:
        agent = session.get(AgentRow, agent_id)
        if agent is None:
            raise NotFoundError(f"there is no agent {agent_id!r}")
        if agent.principal_id not in {None, principal_id}:
            raise ConflictError(f"agent {agent_id!r} is principal {agent.principal_id!r} already")
    for row in session.exec(select(AgentRow).where(col(AgentRow.principal_id) == principal_id)).all():
        row.principal_id = None
    session.flush()
    if agent_id is not None:
        agent = session.get(AgentRow, agent_id)
        assert agent is not None  # noqa: S101 - it was there a moment ago, in this transaction
        agent.principal_id = principal_id
        session.flush()


def set_disabled(session: Session, principal_id: str, *, at: int | None) -> None:
    """Shut a principal out from an instant on, or let it in again."""
    row = _row(session, principal_id)
    if row.kind == PrincipalKind.SYSTEM:
        raise UsageError("the product itself cannot be shut out")
    row.disabled_at = at
    session.flush()


def _row(session: Session, principal_id: str) -> PrincipalRow:
    row = session.get(PrincipalRow, principal_id)
    if row is None:
        raise NotFoundError(f"there is no principal {principal_id!r}")
    return row


def _principals(session: Session, rows: Iterable[PrincipalRow]) -> list[Principal]:
    listed = list(rows)
    one = listed[0].id if len(listed) == 1 else None
    roles: dict[str, set[Role]] = {}
    teams: dict[str, set[str]] = {}
    for role in session.exec(_of(select(PrincipalRoleRow), col(PrincipalRoleRow.principal_id), one)):
        roles.setdefault(role.principal_id, set()).add(Role(role.role))
    for led in session.exec(_of(select(LedTeamRow), col(LedTeamRow.principal_id), one)):
        teams.setdefault(led.principal_id, set()).add(led.team_id)
    wanted = select(AgentRow.principal_id, AgentRow.id).where(col(AgentRow.principal_id).is_not(None))
    agents = dict(session.exec(_of(wanted, col(AgentRow.principal_id), one)).all())
    return [
        Principal(
            id=row.id,
            kind=PrincipalKind(row.kind),
            name=row.name,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            roles=frozenset(roles.get(row.id, ())),
            teams=frozenset(teams.get(row.id, ())),
            agent_id=agents.get(row.id),
        )
        for row in listed
    ]


def _of(statement: Any, column: Any, principal_id: str | None) -> Any:
    return statement if principal_id is None else statement.where(column == principal_id)
