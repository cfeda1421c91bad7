"""Which plans were shown to their agents, and what of them holds at an instant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select

from models.formats.plan import Assignment
from models.tables.schema import table_of
from models.vocabulary import TaskState
from models.vocabulary_live import TaskStage

HOUR_VALUES = "hour_values"
_MOST_PUBLICATIONS = 50
_MOST_NAMED = 5_000


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A plan that was shown.

    Attributes
    ----------
    published_at, planned_from, carry_over_at
        Epoch seconds; the plan is in force from `planned_from` on, until what it leaves is carried over.
    until
        Tasks that start before it were shown; all where None.
    teams
        Teams that the plan is of; None for all.
    """

    id: int
    plan_id: int
    published_at: int
    until: int | None
    principal_id: str | None
    planned_from: int
    carry_over_at: int
    timezone: str
    teams: Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class PublishedPlan:
    """What agents were shown and holds at an instant: the newest plan, and of older ones what it does not speak of.

    Attributes
    ----------
    plan_id
        The newest plan in force.
    by_agent
        What each agent was shown, in order of its starts.
    hour_values
        What an hour is worth, as the newest plan says it under `extra.hour_values`; empty where it says nothing.
    """

    plan_id: int
    published_at: int
    planned_from: int
    by_agent: Mapping[str, Sequence[Assignment]] = field(default_factory=dict)
    hour_values: Mapping[str, Any] = field(default_factory=dict)


def add_publication(
    connection: Connection, *, plan_id: int, published_at: int, until: int | None, principal_id: str | None
) -> int:
    """Note that a plan was shown and return the number of that note."""
    table = table_of("published_plans")
    values = {"plan_id": plan_id, "published_at": published_at, "until": until, "principal_id": principal_id}
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def list_publications(connection: Connection, *, at: int | None = None, limit: int = 50) -> list[Publication]:
    """Return what was published, the newest first; those in force at an instant where one is given."""
    published, plans = table_of("published_plans"), table_of("plans")
    query = (
        select(published, plans.c.planned_from, plans.c.carry_over_at, plans.c.timezone, plans.c.teams)
        .join(plans, plans.c.id == published.c.plan_id)
        .order_by(published.c.id.desc())
        .limit(limit)
    )
    if at is not None:
        query = query.where(plans.c.planned_from <= at, plans.c.carry_over_at > at)
    return [Publication(**row._mapping) for row in connection.execute(query)]


def list_in_force(connection: Connection, now: int) -> list[Publication]:
    """Return all publications that are in force at an instant, the newest first."""
    return list_publications(connection, at=now, limit=_MOST_PUBLICATIONS)


def read_published(connection: Connection, now: int) -> PublishedPlan | None:
    """Return what agents have been shown that holds at an instant; None where no published plan is in force then."""
    in_force = list_in_force(connection, now)
    if not in_force:
        return None
    newest = in_force[0]
    by_agent: dict[str, list[Assignment]] = {}
    for item in read_shown(connection, in_force).values():
        by_agent.setdefault(item.agent, []).append(item)
    plans = table_of("plans")
    extra = connection.execute(select(plans.c.extra).where(plans.c.id == newest.plan_id)).scalar_one()
    return PublishedPlan(
        plan_id=newest.plan_id,
        published_at=newest.published_at,
        planned_from=newest.planned_from,
        by_agent={
            agent: tuple(sorted(items, key=lambda item: (item.start, item.task)))
            for agent, items in sorted(by_agent.items())
        },
        hour_values=extra.get(HOUR_VALUES) or {},
    )


def read_shown(connection: Connection, publications: Sequence[Publication]) -> dict[str, Assignment]:
    """Return, by task, what publications, the newest first, have shown last.

    A plan that was shown as a whole takes back what older ones say of the tasks that it leaves, and one of all teams
    whatever older ones say.
    """
    return {task: item for task, (_, item) in read_shown_by(connection, publications).items()}


def read_shown_by(
    connection: Connection, publications: Sequence[Publication]
) -> dict[str, tuple[Publication, Assignment]]:
    """Return what `read_shown` does, each with the publication that says it."""
    shown: dict[str, tuple[Publication, Assignment]] = {}
    spoken: set[str] = set()
    for publication in publications:
        assigned = _assignments(connection, publication)
        shown |= {item.task: (publication, item) for item in assigned if item.task not in spoken}
        spoken |= {item.task for item in assigned}
        if publication.until is None:
            if publication.teams is None:
                break
            left = table_of("plan_unscheduled")
            query = select(left.c.task_id).where(left.c.plan_id == publication.plan_id)
            spoken |= set(connection.scalars(query))
    return shown


def read_elsewhere(
    connection: Connection, *, at: int, agents: Collection[str], besides: Collection[str], teams: Collection[str]
) -> list[tuple[Publication, Assignment]]:
    """Return what a plan of some teams leaves some agents to do: what others gave them that still is to be done.

    What waits outside or for a lead to decide takes nobody's time.

    Parameters
    ----------
    besides, teams
        The tasks and the teams of that plan: it takes the place of plans of no other teams.

    Returns
    -------
    list
        By start; each with the publication that says it.
    """
    shown = read_shown_by(connection, list_in_force(connection, at))
    found = {
        task: (publication, item)
        for task, (publication, item) in shown.items()
        if item.agent in agents
        and item.end > at
        and task not in besides
        and (publication.teams is None or not set(publication.teams) <= set(teams))
    }
    tasks, states = table_of("tasks"), table_of("task_states")
    is_to_be_done = and_(
        tasks.c.state != TaskState.CLOSED.value,
        or_(tasks.c.pended_until.is_(None), tasks.c.pended_until <= at),
        func.coalesce(states.c.state, "").not_in([TaskStage.PENDED.value, TaskStage.LEAD.value]),
    )
    still_open: set[str] = set()
    names = sorted(found)
    for begin in range(0, len(names), _MOST_NAMED):
        some = tasks.c.id.in_(names[begin : begin + _MOST_NAMED])
        query = select(tasks.c.id).outerjoin(states, states.c.task_id == tasks.c.id).where(some, is_to_be_done)
        still_open |= set(connection.scalars(query))
    return sorted((found[task] for task in still_open), key=lambda one: (one[1].start, one[1].task))


def _assignments(connection: Connection, publication: Publication) -> list[Assignment]:
    table = table_of("plan_assignments")
    query = select(table).where(table.c.plan_id == publication.plan_id).order_by(table.c.starts_at, table.c.task_id)
    if publication.until is not None:
        query = query.where(table.c.starts_at < publication.until)
    return [
        Assignment(task=row.task_id, agent=row.agent_id, start=row.starts_at, end=row.ends_at)
        for row in connection.execute(query)
    ]
