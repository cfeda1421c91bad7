"""Moves between teams that leads agree on, and plans that are not to be shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlmodel import Session

from models.errors import NotFoundError
from models.repositories.audit import record_change
from models.tables.schema import table_of
from models.vocabulary_audit import Subject
from models.vocabulary_lending import LendingState


@dataclass(frozen=True, kw_only=True)
class Lending:
    """A move of an agent to another team, and what the leads of both say to it. Instants are epoch seconds.

    Attributes
    ----------
    id
        None before it is stored.
    from_team_id, to_team_id
        The home team, which lends, and the team that borrows.
    plan_id
        The plan that suggests it.
    giving_said_by, giving_said_at, taking_said_by, taking_said_at
        Who agreed for either team, and when.
    reason
        Why it was refused, in somebody's words.
    """

    agent_id: str
    from_team_id: str
    to_team_id: str
    starts_at: int
    ends_at: int
    id: int | None = None
    plan_id: int | None = None
    state: LendingState = LendingState.SUGGESTED
    giving_said_by: str | None = None
    giving_said_at: int | None = None
    taking_said_by: str | None = None
    taking_said_at: int | None = None
    refused_by: str | None = None
    refused_at: int | None = None
    reason: str = ""
    version: int = 1

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "Lending":
        """Return the lending of a row."""
        return cls(**{**row, "state": LendingState(row["state"])})


def list_lendings(
    connection: Connection,
    *,
    start: int,
    end: int,
    teams: Collection[str] | None = None,
    states: Collection[LendingState] | None = None,
) -> list[Lending]:
    """Return the lendings that overlap `[start, end)` by when they start: from or to some teams, in some states."""
    table = table_of("lendings")
    query = select(table).where(table.c.starts_at < end, table.c.ends_at > start)
    if teams is not None:
        named = sorted(teams)
        query = query.where(or_(table.c.from_team_id.in_(named), table.c.to_team_id.in_(named)))
    if states is not None:
        query = query.where(table.c.state.in_([state.value for state in states]))
    rows = connection.execute(query.order_by(table.c.starts_at, table.c.id)).mappings()
    return [Lending.of(row) for row in rows]


def get_lending(connection: Connection, lending_id: int, *, hold: bool = False) -> Lending:
    """Return a lending; with `hold` nobody else changes it before the transaction ends.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    table = table_of("lendings")
    query = select(table).where(table.c.id == lending_id)
    row = connection.execute(query.with_for_update() if hold else query).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no lending {lending_id}")
    return Lending.of(row)


def hold_agent(connection: Connection, agent_id: str) -> None:
    """Let nobody else change an agent, or what is said of lending them, until the transaction ends."""
    agents = table_of("agents")
    connection.execute(select(agents.c.id).where(agents.c.id == agent_id).with_for_update())


def add_lending(connection: Connection, lending: Lending) -> Lending:
    """Store a lending and return it with its number."""
    table = table_of("lendings")
    given = connection.execute(insert(table).values(**_values(lending)).returning(table.c.id)).scalar_one()
    return replace(lending, id=int(given))


def write_lending(connection: Connection, lending: Lending) -> None:
    """Write a lending that is stored already."""
    table = table_of("lendings")
    connection.execute(update(table).where(table.c.id == lending.id).values(**_values(lending)))


def discard_plan(session: Session, plan_id: int, *, at: int, principal_id: str, what: str) -> None:
    """Note that a plan is not to be shown, with its trace in the audit trail; once is enough."""
    if is_discarded(session.connection(), plan_id):
        return
    values = {"plan_id": plan_id, "discarded_at": at, "principal_id": principal_id}
    session.connection().execute(insert(table_of("discarded_plans")).values(**values))
    record_change(
        session,
        at=at,
        principal_id=principal_id,
        what=what,
        subject=Subject.PLAN,
        subject_id=plan_id,
        after={"discarded_at": at},
    )


def is_discarded(connection: Connection, plan_id: int) -> bool:
    """Return whether a plan is not to be shown."""
    table = table_of("discarded_plans")
    return connection.scalar(select(table.c.plan_id).where(table.c.plan_id == plan_id)) is not None


def _values(lending: Lending) -> dict[str, Any]:
    return {item.name: getattr(lending, item.name) for item in fields(lending) if item.name != "id"}


def read_marks(connection: Connection, *, principal_id: str) -> tuple[int, ...]:
    """Return numbers that change when a plan is shown or put aside, a lead answers, or a job of somebody gets on."""
    published, discarded = table_of("published_plans"), table_of("discarded_plans")
    lendings, jobs = table_of("lendings"), table_of("jobs")
    mine = jobs.c.principal_id == principal_id
    latest = select(func.max(jobs.c.id)).where(mine).scalar_subquery()
    query = select(
        select(func.coalesce(func.max(published.c.id), 0)).scalar_subquery(),
        select(func.count()).select_from(discarded).scalar_subquery(),
        select(func.coalesce(func.sum(lendings.c.version), 0)).scalar_subquery(),
        select(func.coalesce(func.max(jobs.c.id), 0)).where(mine).scalar_subquery(),
        select(func.coalesce(func.max(jobs.c.version), 0)).where(jobs.c.id == latest).scalar_subquery(),
    )
    return tuple(int(value) for value in connection.execute(query).one())
