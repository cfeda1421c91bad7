"""Publishing a plan: its agents are shown what is theirs, and the next plan can stay calm."""

from dataclasses import dataclass, replace

from models.database import Database, Session
from models.errors import ConflictError, PlanRejectedError, StaleError
from models.formats.plan import Plan
from models.formats.problem import Agent, Problem
from models.repositories.audit import record_change
from models.repositories.lendings import hold_agent
from models.repositories.live.events import append
from models.repositories.live.records import Event
from models.repositories.plans import PlanRecord, get_plan, get_plan_record, get_problem
from models.repositories.principals import ensure_principal
from models.repositories.published import (
    PublishedPlan,
    add_publication,
    list_publications,
    read_elsewhere,
    read_published,
)
from models.vocabulary import PrincipalKind
from models.vocabulary_audit import Subject
from models.vocabulary_live import EventKind
from optimizer.referee import check
from services.names import Names


@dataclass(frozen=True, kw_only=True)
class Published:
    """A problem whose tasks say whom they were shown to, and how many the plan made say so, or say otherwise."""

    problem: Problem
    num_shown: int
    num_changed: int


@dataclass(frozen=True, kw_only=True)
class StoredPublication:
    """That a stored plan was shown.

    Attributes
    ----------
    id
        Number of the publication.
    published_at, until
        Epoch seconds; what starts before `until` was shown, all where None.
    num_shown, num_changed
        Tasks shown, and those of them that were shown to somebody else, or to nobody, when the plan was asked for.
    """

    id: int
    plan_id: int
    published_at: int
    until: int | None
    num_shown: int
    num_changed: int


def publish_plan(problem: Problem, plan: Plan, *, until: int | None = None) -> Published:
    """Return the problem with `published_agent` as the plan has it; tasks it does not show keep what they had.

    Parameters
    ----------
    until
        Show only tasks that start before this epoch second; all where None.

    Raises
    ------
    PlanRejectedError
        If the referee finds that the plan breaks a rule: nobody is to be shown what cannot be.
    """
    verdict = check(problem, plan)
    if not verdict.feasible:
        # Its figures may be of the problem before a part of it was shown: it is the rules that must hold.
        bare = replace(plan, objective=verdict.objective, lower_bound=None, status=None, sunk=None)
        verdict = check(problem, bare)
    if not verdict.feasible:
        raise PlanRejectedError(verdict.violations)
    shown = {item.task: item.agent for item in plan.assignments if until is None or item.start < until}
    changed = [task for task in problem.tasks if task.published_agent != shown.get(task.id, task.published_agent)]
    tasks = tuple(replace(task, published_agent=shown[task.id]) if task.id in shown else task for task in problem.tasks)
    return Published(problem=replace(problem, tasks=tasks), num_shown=len(shown), num_changed=len(changed))


def publish_stored_plan(
    database: Database,
    plan_id: int,
    *,
    at: int,
    principal_id: str | None,
    what: str,
    until: int | None = None,
    seen: int | None = None,
) -> StoredPublication:
    """Show a stored plan to its agents: the live desk follows it while it is in force, and the next plan is calm to it.

    Parameters
    ----------
    at
        When; epoch second.
    principal_id, what
        Who shows it, and by which route or command, for the audit trail.
    until
        Show only tasks that start before this epoch second; all where None.
    seen
        The newest publication that whoever publishes knows of, 0 for none: what was shown since is not taken back
        unseen. Whatever was shown where None.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    PlanRejectedError
        If the referee finds that it breaks a rule.
    StaleError
        If another plan of these teams was shown since the one that was seen.
    ConflictError
        If a plan of other teams, shown since, has somebody do something else at the same time.
    """
    with database.reading() as session:
        problem = get_problem(session, get_plan_record(session, plan_id).problem_digest)
        plan = get_plan(session, plan_id)
        record = get_plan_record(session, plan_id)
    published = publish_plan(problem, plan, until=until)
    with database.writing() as session:
        if seen is not None:
            _check_seen(session, record, seen, at=at)
        if record.teams is not None:
            _check_alone(session, record, problem, plan, at=at, until=until)
        return _note(session, plan_id, published, at=at, principal_id=principal_id, what=what, until=until)


def publish_new_plan(
    session: Session, plan_id: int, *, at: int, principal_id: str | None, what: str
) -> StoredPublication:
    """Show a plan of all teams in the transaction that stores it: it is there and shown, or neither.

    It is for plans that nobody is to look at first, such as the demo's.

    Raises
    ------
    PlanRejectedError
        If the referee finds that it breaks a rule.
    """
    record = get_plan_record(session, plan_id)
    published = publish_plan(get_problem(session, record.problem_digest), get_plan(session, plan_id))
    return _note(session, plan_id, published, at=at, principal_id=principal_id, what=what, until=None)


def _note(
    session: Session,
    plan_id: int,
    published: Published,
    *,
    at: int,
    principal_id: str | None,
    what: str,
    until: int | None,
) -> StoredPublication:
    """Note that a plan is shown from now on: for the desk, for its log, and in the audit trail."""
    connection = session.connection()
    if principal_id is not None:  # who publishes at the terminal may not be known yet
        ensure_principal(session, principal_id, kind=PrincipalKind.PERSON, name=principal_id, at=at)
    publication = add_publication(connection, plan_id=plan_id, published_at=at, until=until, principal_id=principal_id)
    append(
        connection,
        Event(
            kind=EventKind.PLAN_PUBLISHED,
            occurred_at=at,
            recorded_at=at,
            principal_id=principal_id,
            details={"plan": plan_id, "publication": publication, "until": until},
        ),
    )
    record_change(
        session,
        at=at,
        principal_id=principal_id,
        what=what,
        subject=Subject.PLAN,
        subject_id=plan_id,
        after={"publication": publication, "published_at": at, "until": until, "num_shown": published.num_shown},
    )
    return StoredPublication(
        id=publication,
        plan_id=plan_id,
        published_at=at,
        until=until,
        num_shown=published.num_shown,
        num_changed=published.num_changed,
    )


def _check_seen(session: Session, record: PlanRecord, seen: int, *, at: int) -> None:
    """See that no other plan of the same teams was shown after the one that whoever publishes has seen."""
    for publication in list_publications(session.connection(), at=at):
        is_apart = record.teams and publication.teams and set(record.teams).isdisjoint(publication.teams)
        if publication.id > seen and publication.plan_id != record.id and not is_apart:
            raise StaleError(
                f"plan {publication.plan_id} was shown by {publication.principal_id or 'somebody'} in the meantime; "
                "look at what this one changes against it, or plan again"
            )


def _check_alone(
    session: Session, record: PlanRecord, problem: Problem, plan: Plan, *, at: int, until: int | None
) -> None:
    """See that nobody is to do two things at once: what this plan says, and what one of other teams does."""
    connection = session.connection()
    mine = [item for item in plan.assignments if item.end > at and (until is None or item.start < until)]
    agents = {agent.id: agent for agent in problem.agents}
    teams = set(record.teams or ())
    for name in sorted({item.agent for item in mine}):
        if not teams.issuperset((agents[name].team, *agents[name].swing_teams)):
            hold_agent(connection, name)  # two plans that are shown at once find each other
    elsewhere = read_elsewhere(
        connection,
        at=at,
        agents={item.agent for item in mine},
        besides={task.id for task in problem.tasks},
        teams=teams,
    )
    clashes = [
        (one, other, item)
        for one, other in elsewhere
        for item in mine
        if item.agent == other.agent
        and not _is_paused(agents[item.agent], max(item.start, other.start), min(item.end, other.end))
    ]
    if clashes:
        publication, other, item = clashes[0]
        names = Names(problem, zone_name=record.timezone)
        more = f"; so it is at {len(clashes):,} places in all" if len(clashes) > 1 else ""
        raise ConflictError(
            f"plan {publication.plan_id}, shown by {publication.principal_id or 'somebody'}, has "
            f"{names.agent(item.agent)} do {other.task} {names.span(other.start, other.end)}, when this one has "
            f"them do {item.task}{more}. Plan again: the new plan leaves them that time"
        )


def _is_paused(agent: Agent, start: int, end: int) -> bool:
    """Return whether an agent's breaks leave nothing of some time: tasks pause for them, and there it is set aside."""
    for pause in sorted((pause for shift in agent.shifts for pause in shift.breaks), key=lambda pause: pause.start):
        if pause.start <= start < pause.end:
            start = pause.end
    return start >= end


def find_published(database: Database, *, at: int) -> PublishedPlan | None:
    """Return what agents have been shown that holds at an instant; None where nothing does."""
    with database.reading() as session:
        return read_published(session.connection(), at)
