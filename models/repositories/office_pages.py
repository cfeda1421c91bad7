"""What an office holds, a page at a time: people, what they can do, when they are there, task types, tasks."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, update
from sqlalchemy.sql.expression import ColumnElement

from models.errors import NotFoundError
from models.tables.columns import EARLIEST, LATEST
from models.tables.schema import table_of
from models.vocabulary import TaskState

Record = dict[str, Any]
_AGENT = ("id", "name", "team_id", "max_moves", "min_stay_minutes", "valid_from", "valid_to")
_STANDARD = (
    "team_id",
    "skill_id",
    "min_level",
    "handling_minutes",
    "also_requires",
    "sla_minutes",
    "weight",
    "is_estimated",
    "is_sla_estimated",
    "pending_stops_clock",
)
_TASK = (
    "id",
    "task_type_id",
    "title",
    "client_id",
    "case_id",
    "step",
    "source",
    "external_id",
    "link",
    "quantity",
    "arrived_at",
    "due_at",
    "must_by",
    "earliest_start",
    "weight",
    "handling_minutes",
    "min_level",
    "also_requires",
    "pinned_agent_id",
    "in_progress",
    "pended_until",
    "attributes",
    "state",
    "started_at",
    "closed_at",
    "closed_reason",
    "done_by_id",
)
_MOST_PARAMETERS = 5_000


def has_agents(connection: Connection) -> bool:
    """Return whether an office is stored: whether anybody works there."""
    return connection.execute(select(table_of("agents").c.id).limit(1)).first() is not None


def count_office(connection: Connection) -> dict[str, int]:
    """Return how many agents, teams, skills, clients and task types are stored, by table."""
    names = ("agents", "teams", "skills", "clients", "task_types")
    return {
        name: int(connection.execute(select(func.count()).select_from(table_of(name))).scalar_one()) for name in names
    }


def list_agents(
    connection: Connection,
    *,
    teams: Collection[str] | None = None,
    skill: str | None = None,
    on: date | None = None,
    text: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[Record]:
    """Return agents by id: of some home teams, with a skill, there on a day, with a text in name or id, after one."""
    agents, skills = table_of("agents"), table_of("agent_skills")
    query = select(*(agents.c[name] for name in _AGENT)).order_by(agents.c.id).limit(limit)
    if teams is not None:
        query = query.where(agents.c.team_id.in_(sorted(teams)))
    if skill is not None:
        query = query.where(agents.c.id.in_(select(skills.c.agent_id).where(skills.c.skill_id == skill)))
    if on is not None:
        query = query.where(agents.c.valid_from <= on, agents.c.valid_to >= on)
    if text is not None:
        query = query.where(
            or_(agents.c.name.icontains(text, autoescape=True), agents.c.id.icontains(text, autoescape=True))
        )
    if after is not None:
        query = query.where(agents.c.id > after)
    rows = _records(connection, query)
    _attach(connection, rows)
    return rows


def get_agent(connection: Connection, agent_id: str) -> Record:
    """Return an agent.

    Raises
    ------
    NotFoundError
        If there is none of that id.
    """
    agents = table_of("agents")
    rows = _records(connection, select(*(agents.c[name] for name in _AGENT)).where(agents.c.id == agent_id))
    if not rows:
        raise NotFoundError(f"there is no agent {agent_id!r}")
    _attach(connection, rows)
    return rows[0]


def list_named(connection: Connection, table: str, *, after: str | None = None, limit: int) -> list[Record]:
    """Return teams, skills or clients by id."""
    named = table_of(table)
    query = select(*named.c).order_by(named.c.id).limit(limit)
    return _records(connection, query if after is None else query.where(named.c.id > after))


def find_named(connection: Connection, table: str, one: str) -> Record | None:
    """Return the team, skill or client of an id; None where there is none."""
    named = table_of(table)
    return next(iter(_records(connection, select(*named.c).where(named.c.id == one))), None)


def list_names(connection: Connection, table: str, *, limit: int) -> list[tuple[str, str]]:
    """Return agents, teams, skills, clients or task types by id, each with its name, or its id where it has none."""
    named = table_of(table)
    rows = connection.execute(select(named.c.id, named.c.name).order_by(named.c.id).limit(limit))
    return [(one, name or one) for one, name in rows]


def list_task_types(
    connection: Connection, *, only: str | None = None, after: str | None = None, limit: int
) -> list[Record]:
    """Return task types by id, or the only one of an id, each with its standards by the day from which they hold."""
    types, standards = table_of("task_types"), table_of("task_type_standards")
    query = select(types.c.id, types.c.name).order_by(types.c.id).limit(limit)
    if only is not None:
        query = query.where(types.c.id == only)
    rows = _records(connection, query if after is None else query.where(types.c.id > after))
    by_id: dict[str, Record] = {row["id"]: {**row, "standards": []} for row in rows}
    held = (
        select(standards.c.task_type_id, standards.c.valid_from, *(standards.c[name] for name in _STANDARD))
        .where(standards.c.task_type_id.in_(list(by_id)))
        .order_by(standards.c.task_type_id, standards.c.valid_from)
    )
    for row in _records(connection, held):
        by_id[row.pop("task_type_id")]["standards"].append(row)
    return list(by_id.values())


def list_shifts(
    connection: Connection,
    *,
    start: int,
    end: int,
    teams: Collection[str] | None = None,
    agent: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int,
) -> list[Record]:
    """Return the shifts that overlap `[start, end)` by when they start, with what fills them besides tasks."""
    shifts, blocks = table_of("shifts"), table_of("shift_blocks")
    query = _spans(shifts, start, end, teams, agent, after, limit)
    rows: list[Record] = [{**row, "blocks": []} for row in _records(connection, query)]
    by_key = {(row["agent_id"], row["starts_at"]): row for row in rows}
    if by_key:
        named = sorted({row["agent_id"] for row in rows})
        first, last = min(row["starts_at"] for row in rows), max(row["starts_at"] for row in rows)
        found = (
            select(blocks)
            .where(blocks.c.agent_id.in_(named), blocks.c.shift_starts_at.between(first, last))
            .order_by(blocks.c.agent_id, blocks.c.starts_at)
        )
        for block in _records(connection, found):
            owner = by_key.get((block.pop("agent_id"), block.pop("shift_starts_at")))
            if owner is not None:
                owner["blocks"].append(block)
    return rows


def list_shift_spans(
    connection: Connection, *, start: int, end: int, teams: Collection[str] | None = None, limit: int
) -> list[tuple[str, int, int]]:
    """Return agent, start and end of the shifts that overlap `[start, end)`, by when they start."""
    shifts = table_of("shifts")
    query = _spans(shifts, start, end, teams, None, None, limit)
    rows = connection.execute(query.with_only_columns(shifts.c.agent_id, shifts.c.starts_at, shifts.c.ends_at))
    return [(agent, int(starts), int(ends)) for agent, starts, ends in rows]


def list_absences(
    connection: Connection,
    *,
    start: int,
    end: int,
    teams: Collection[str] | None = None,
    agent: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int,
) -> list[Record]:
    """Return the absences that overlap `[start, end)` by when they start."""
    return _records(connection, _spans(table_of("absences"), start, end, teams, agent, after, limit))


def delete_absence(connection: Connection, agent_id: str, starts_at: int) -> Record:
    """Delete an absence and return it.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    absences = table_of("absences")
    where = (absences.c.agent_id == agent_id) & (absences.c.starts_at == starts_at)
    row = connection.execute(absences.delete().where(where).returning(*absences.c)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"agent {agent_id!r} has no absence that starts then")
    return dict(row)


def delete_shift(connection: Connection, agent_id: str, starts_at: int) -> Record:
    """Delete a shift, with what fills it, and return it.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    shifts = table_of("shifts")
    where = (shifts.c.agent_id == agent_id) & (shifts.c.starts_at == starts_at)
    row = connection.execute(shifts.delete().where(where).returning(*shifts.c)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"agent {agent_id!r} has no shift that starts then")
    return dict(row)


def list_tasks(
    connection: Connection,
    *,
    teams: Collection[str] | None = None,
    task_type: str | None = None,
    state: TaskState | None = None,
    pinned_agent: str | None = None,
    case: str | None = None,
    due_before: int | None = None,
    after: str | None = None,
    limit: int,
) -> list[Record]:
    """Return tasks by id: of types that some teams own, of one type, in a state, pinned to somebody, of a case."""
    tasks, standards = table_of("tasks"), table_of("task_type_standards")
    query = select(*(tasks.c[name] for name in _TASK)).order_by(tasks.c.id).limit(limit)
    if teams is not None:
        owned = select(standards.c.task_type_id).where(standards.c.team_id.in_(sorted(teams)))
        query = query.where(tasks.c.task_type_id.in_(owned))
    given: tuple[tuple[str, Any], ...] = (
        ("task_type_id", task_type),
        ("state", None if state is None else state.value),
        ("pinned_agent_id", pinned_agent),
        ("case_id", case),
    )
    for name, value in given:
        if value is not None:
            query = query.where(tasks.c[name] == value)
    if due_before is not None:
        query = query.where(tasks.c.due_at < due_before)
    return _records(connection, query if after is None else query.where(tasks.c.id > after))


def get_task(connection: Connection, task_id: str, *, hold: bool = False) -> Record:
    """Return a task; with `hold` nobody else changes it before the transaction ends.

    Raises
    ------
    NotFoundError
        If there is none of that id.
    """
    tasks = table_of("tasks")
    query = select(*(tasks.c[name] for name in _TASK)).where(tasks.c.id == task_id)
    rows = _records(connection, query.with_for_update() if hold else query)
    if not rows:
        raise NotFoundError(f"there is no task {task_id!r}")
    return rows[0]


def pin_task(connection: Connection, task_id: str, agent_id: str | None) -> None:
    """Have only one agent do a task, or anybody who may."""
    tasks = table_of("tasks")
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(pinned_agent_id=agent_id))


def write_demands(
    connection: Connection, task_id: str, *, min_level: int | None, also_requires: dict[str, int] | None
) -> None:
    """Let a task want other levels of skill than its type does."""
    tasks = table_of("tasks")
    demands = {"min_level": min_level, "also_requires": also_requires}
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(**demands))


def _spans(
    table: Any,
    start: int,
    end: int,
    teams: Collection[str] | None,
    agent: str | None,
    after: tuple[int, str] | None,
    limit: int,
) -> Select[Any]:
    agents = table_of("agents")
    query = (
        select(table)
        .where(table.c.starts_at < end, table.c.ends_at > start)
        .order_by(table.c.starts_at, table.c.agent_id)
        .limit(limit)
    )
    if teams is not None:
        query = query.where(table.c.agent_id.in_(select(agents.c.id).where(agents.c.team_id.in_(sorted(teams)))))
    if agent is not None:
        query = query.where(table.c.agent_id == agent)
    if after is not None:
        later: ColumnElement[bool] = or_(
            table.c.starts_at > after[0], (table.c.starts_at == after[0]) & (table.c.agent_id > after[1])
        )
        query = query.where(later)
    return query


def _attach(connection: Connection, rows: Sequence[Record]) -> None:
    """Add to agents what they can do, to whom they may be lent, and for whom they are cleared."""
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        row |= {"skills": [], "swing_teams": [], "clients": []}
    ids = list(by_id)
    for begin in range(0, len(ids), _MOST_PARAMETERS):
        some = ids[begin : begin + _MOST_PARAMETERS]
        skills = table_of("agent_skills")
        query = select(skills).where(skills.c.agent_id.in_(some))
        for row in _records(connection, query.order_by(skills.c.agent_id, skills.c.skill_id, skills.c.valid_from)):
            by_id[row.pop("agent_id")]["skills"].append(row)
        for name, member, key in (
            ("agent_swing_teams", "team_id", "swing_teams"),
            ("agent_clearances", "client_id", "clients"),
        ):
            table = table_of(name)
            found = select(table.c.agent_id, table.c[member]).where(table.c.agent_id.in_(some))
            for agent, one in connection.execute(found.order_by(table.c.agent_id, table.c[member])):
                by_id[agent][key].append(one)


def _records(connection: Connection, query: Any) -> list[Record]:
    """Return the rows of a query; days that mean always are None."""
    return [
        {name: None if value in (EARLIEST, LATEST) else value for name, value in row.items()}
        for row in connection.execute(query).mappings()
    ]
