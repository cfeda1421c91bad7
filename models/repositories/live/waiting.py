"""What the desk keeps in memory, read whole or task by task: open tasks, their ties, people, the published plan."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from models.formats.offices.office import Office
from models.repositories import calendars, people, rosters, task_types
from models.repositories.live.records import Event, LiveAgent, LiveTask
from models.repositories.published import list_publications, read_shown
from models.tables.schema import table_of
from models.time import SECONDS_PER_DAY, load_zone, to_datetime
from models.vocabulary import TaskAgentRelation, TaskLink, TaskState
from models.vocabulary_live import IN_HAND, EventKind, TaskStage

_MOST_PARAMETERS = 5_000
_DAYS_READ = 2


class OpenTask(NamedTuple):
    """A task that is open, as the desk sees it.

    Attributes
    ----------
    due, stopped_s
        Its deadline, None where its type says it, and the seconds by which the clock has stood still since.
    pinned
        The only agent who may do it.
    pinned_by_lead
        Whether a lead said so; else the office did.
    stage
        Where it stands.
    agent
        Who has it in hand.
    team
        Team to whose queue a lead moved it; None where its type says the team.
    """

    id: str
    type: str
    title: str
    client: str | None
    case: str | None
    arrived: int
    due: int | None
    stopped_s: int
    must_by: int | None
    earliest_start: int | None
    weight: float | None
    handling_minutes: float | None
    quantity: float
    min_level: int | None
    also_requires: Mapping[str, int] | None
    pinned: str | None
    pinned_by_lead: bool
    stage: TaskStage
    agent: str | None
    team: str | None
    version: int


class Ties(NamedTuple):
    """What ties tasks to others and to agents, as pairs of ids.

    Attributes
    ----------
    after, separate : (task, other)
    preferred, excluded : (task, agent)
    doers : who did, or has in hand, a task that is tied to another
    open_ids : the tied tasks that are open
    """

    after: Sequence[tuple[str, str]]
    separate: Sequence[tuple[str, str]]
    preferred: Sequence[tuple[str, str]]
    excluded: Sequence[tuple[str, str]]
    doers: Mapping[str, str]
    open_ids: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class PublishedPlan:
    """The plan that the desk follows.

    Attributes
    ----------
    assignments
        Task, agent and start of what was shown.
    objective
        Coefficients of its question.
    extra
        What the plan says besides.
    """

    id: int
    assignments: Sequence[tuple[str, str, int]]
    objective: Mapping[str, float]
    extra: Mapping[str, Any]


def read_open_tasks(connection: Connection, ids: Iterable[str] | None = None) -> list[OpenTask]:
    """Return the tasks that are open, in the order of their ids: all, or those of `ids`."""
    tasks, states = table_of("tasks"), table_of("task_states")
    query = (
        select(
            tasks.c.id,
            tasks.c.task_type_id,
            tasks.c.title,
            tasks.c.client_id,
            tasks.c.case_id,
            tasks.c.arrived_at,
            tasks.c.due_at,
            tasks.c.must_by,
            tasks.c.earliest_start,
            tasks.c.weight,
            tasks.c.handling_minutes,
            tasks.c.quantity,
            tasks.c.min_level,
            tasks.c.also_requires,
            tasks.c.pinned_agent_id,
            tasks.c.in_progress,
            tasks.c.pended_until,
            states.c.state,
            states.c.agent_id,
            states.c.due_at.label("own_due"),
            states.c.stopped_seconds,
            states.c.reserved_agent_id,
            states.c.queue_team_id,
            states.c.version,
        )
        .select_from(tasks.outerjoin(states, states.c.task_id == tasks.c.id))
        .where(tasks.c.state == TaskState.OPEN.value)
        .order_by(tasks.c.id)
    )
    return [_open_task(row) for row in _rows(connection, query, tasks.c.id, ids)]


def read_batch_tasks(connection: Connection, batch_ids: Sequence[int]) -> set[str]:
    """Return the open tasks that some imports brought or changed, and none has changed since."""
    tasks = table_of("tasks")
    query = select(tasks.c.id).where(tasks.c.state == TaskState.OPEN.value)
    return {row.id for row in _rows(connection, query, tasks.c.import_batch_id, batch_ids)} if batch_ids else set()


def read_ties(connection: Connection, ids: Iterable[str] | None = None) -> Ties:
    """Return what ties the open tasks: all of them, or those of `ids`."""
    tasks, states = table_of("tasks"), table_of("task_states")
    links, relations = table_of("task_links"), table_of("task_agents")
    is_open = tasks.c.state == TaskState.OPEN.value
    wanted = None if ids is None else list(ids)
    near = select(links.c.task_id, links.c.kind, links.c.other_id)
    # Four eyes hold whichever of the two tasks names the other, and one that opens again is waited for again.
    linked = {
        (row.kind, row.task_id, row.other_id)
        for side in (links.c.task_id, links.c.other_id)
        for row in _rows(connection, near.join(tasks, tasks.c.id == side).where(is_open), side, wanted)
    }
    related = [
        (row.kind, row.task_id, row.agent_id)
        for row in _rows(
            connection,
            select(relations).join(tasks, tasks.c.id == relations.c.task_id).where(is_open),
            relations.c.task_id,
            wanted,
        )
    ]
    others = sorted({other for _, _, other in linked} | {task for _, task, _ in linked})
    found = (
        select(tasks.c.id, tasks.c.state, tasks.c.done_by_id, states.c.state.label("stage"), states.c.agent_id)
        .add_columns(states.c.done_by_id.label("worked_by"))
        .select_from(tasks.outerjoin(states, states.c.task_id == tasks.c.id))
    )
    doers: dict[str, str] = {}
    still_open = set()
    for row in _rows(connection, found, tasks.c.id, others):
        holder = row.agent_id if row.stage in IN_HAND else None
        closed_by = (row.worked_by or row.done_by_id) if row.state == TaskState.CLOSED.value else None
        doer = holder or closed_by
        if doer is not None:
            doers[row.id] = doer
        if row.state == TaskState.OPEN.value:
            still_open.add(row.id)

    def of_link(kind: TaskLink) -> list[tuple[str, str]]:
        return sorted((task, other) for word, task, other in linked if word == kind.value)

    def of_relation(kind: TaskAgentRelation) -> list[tuple[str, str]]:
        return sorted((task, agent) for word, task, agent in related if word == kind.value)

    return Ties(
        after=of_link(TaskLink.AFTER),
        separate=of_link(TaskLink.SEPARATE_FROM),
        preferred=of_relation(TaskAgentRelation.PREFERRED),
        excluded=of_relation(TaskAgentRelation.EXCLUDED),
        doers=doers,
        open_ids=frozenset(still_open),
    )


def read_case_agents(connection: Connection) -> dict[str, str]:
    """Return who last completed a task of each case that has one open."""
    tasks = table_of("tasks")
    is_open = tasks.c.state == TaskState.OPEN.value
    with_open = select(tasks.c.case_id).where(is_open, tasks.c.case_id.is_not(None))
    query = (
        select(tasks.c.case_id, tasks.c.done_by_id)
        .where(tasks.c.case_id.in_(with_open), tasks.c.done_by_id.is_not(None), tasks.c.closed_at.is_not(None))
        .order_by(tasks.c.closed_at, tasks.c.id)
    )
    return {row.case_id: row.done_by_id for row in connection.execute(query)}


def read_day_events(connection: Connection, *, since: int) -> list[Event]:
    """Return what the desk remembers of a day besides states: who came, what was begun, given, given back, in order."""
    events = table_of("events")
    wanted = (EventKind.SIGNED_IN, EventKind.STARTED, EventKind.SKIPPED, EventKind.RETURNED, EventKind.REASSIGNED)
    kinds = [kind.value for kind in wanted]
    query = select(events).where(events.c.kind.in_(kinds), events.c.recorded_at >= since).order_by(events.c.id)
    return [Event.of(row) for row in connection.execute(query).mappings()]


def read_live_agents(connection: Connection, ids: Iterable[str] | None = None) -> list[LiveAgent]:
    """Return where agents stand: all who ever signed in, or those of `ids`."""
    agents = table_of("agent_states")
    return [LiveAgent.of(row._mapping) for row in _rows(connection, select(agents), agents.c.agent_id, ids)]


def read_live_tasks(connection: Connection, ids: Iterable[str]) -> list[LiveTask]:
    """Return where some tasks stand, of those that have a state."""
    tasks = table_of("task_states")
    return [LiveTask.of(row._mapping) for row in _rows(connection, select(tasks), tasks.c.task_id, ids)]


def read_crew(connection: Connection, *, at: int) -> Office:
    """Return people, rosters and task types near an instant, without tasks."""
    frames = calendars.read_calendar(connection)
    zone = load_zone(frames["office"]["timezone"][0]) if "office" in frames else load_zone("UTC")
    start, end = at - SECONDS_PER_DAY, at + _DAYS_READ * SECONDS_PER_DAY
    day = to_datetime(at, zone).date()
    frames |= {name: people.read_named(connection, name) for name in ("clients", "teams", "skills")}
    frames |= {
        "agents": people.read_agents(connection),
        "agent_skills": people.read_agent_skills(connection, first=day, last=day + timedelta(days=_DAYS_READ)),
        "shifts": rosters.read_shifts(connection, start=start, end=end),
        "absences": rosters.read_absences(connection, start=start, end=end),
        "task_types": task_types.read_task_types(connection),
    }
    return Office(tables=frames, source="database")


def read_published_plan(connection: Connection) -> PublishedPlan | None:
    """Return the newest plan that was published, if there is one, with what older ones say of what it is silent of."""
    published, plans, problems = table_of("published_plans"), table_of("plans"), table_of("problems")
    row = connection.execute(
        select(plans.c.id, plans.c.extra, plans.c.planned_from, problems.c.document)
        .select_from(published)
        .join(plans, plans.c.id == published.c.plan_id)
        .join(problems, problems.c.digest == plans.c.problem_digest)
        .order_by(published.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    shown = read_shown(connection, list_publications(connection, at=row.planned_from))
    document = json.loads(zlib.decompress(row.document))
    return PublishedPlan(
        id=int(row.id),
        assignments=[(item.task, item.agent, item.start) for item in shown.values()],
        objective=dict(document.get("objective", {})),
        extra=dict(row.extra),
    )


def _open_task(row: Any) -> OpenTask:
    if row.state is not None:
        stage, agent = TaskStage(row.state), row.agent_id
    elif row.in_progress:  # somebody has it open in the system that it comes from
        stage, agent = TaskStage.STARTED, row.pinned_agent_id
    else:
        stage, agent = TaskStage.WAITING, None
    earliest = row.earliest_start
    if stage is TaskStage.WAITING and row.pended_until is not None and row.reserved_agent_id is None:
        earliest = max(earliest or row.pended_until, row.pended_until)
    return OpenTask(
        id=row.id,
        type=row.task_type_id,
        title=row.title,
        client=row.client_id,
        case=row.case_id,
        arrived=row.arrived_at,
        due=row.own_due if row.due_at is None else row.due_at,
        stopped_s=row.stopped_seconds or 0,
        must_by=row.must_by,
        earliest_start=earliest,
        weight=row.weight,
        handling_minutes=row.handling_minutes,
        quantity=row.quantity,
        min_level=row.min_level,
        also_requires=row.also_requires,
        pinned=row.reserved_agent_id or row.pinned_agent_id,
        pinned_by_lead=row.reserved_agent_id is not None,
        stage=stage,
        agent=agent,
        team=row.queue_team_id,
        version=row.version or 0,
    )


def _rows(connection: Connection, query: Select[Any], key: Any, ids: Iterable[str | int] | None) -> Iterator[Any]:
    """Yield the rows of a query; with ids, of those whose key is among them, some thousand at a time."""
    if ids is None:
        yield from connection.execute(query)
        return
    listed = list(ids)
    for start in range(0, len(listed), _MOST_PARAMETERS):
        yield from connection.execute(query.where(key.in_(listed[start : start + _MOST_PARAMETERS])))
