"""The demo office in the middle of its day: history, a published plan, people at their tasks, and one of each role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.live.office import give_positions
from models.database import Database
from models.formats.offices.office import Office
from models.repositories.live.arrivals import take_in_arrivals
from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, from_wall_clock
from models.vocabulary import Role
from models.vocabulary_live import OffTaskCode
from services.access.principals import create_principal
from services.access.sessions import create_link, start_session
from services.access.tracing import Act as AccessAct
from services.daily_plan import Search, plan_day
from services.database import open_database
from services.importing.store import store_office
from services.live.acts import Act
from services.live.desk import Desk
from services.live.following import Follower
from services.live.next_task import NextTask
from services.publishing import publish_stored_plan
from services.settings import Settings
from simulations.demo_office import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

OPENING = from_wall_clock(DEMO_DAY, DEMO_OPENING, demo_calendar().zone)
NOW = OPENING + 2 * SECONDS_PER_HOUR
"""When the pages are asked for: ten o'clock."""
NUM_DAYS = 3
LED = 3
"""Teams that the lead leads."""
WORDS = "benchmark"
LEAD, AGENT, PLANNER, ANALYST, ADMIN = "lea", "ana", "pia", "ivo", "ada"
OFFICE_VALUES = frozenset(
    {"agent_id", "left_task_id", "move_at", "plan_id", "principal_id", "secret", "task_id", "type_id"}
)
"""Names of the values that the stored office has for the addresses of pages."""
WHO = {Role.AGENT: AGENT, Role.LEAD: LEAD, Role.PLANNER: PLANNER, Role.ANALYST: ANALYST, Role.ADMIN: ADMIN}


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What is stored.

    Attributes
    ----------
    sessions
        The secret of a session of each role.
    values
        What stands in the addresses of pages, by the name of the parameter.
    agents
        Who is at the desk.
    """

    sessions: Mapping[Role, str]
    values: dict[str, str | int] = field(default_factory=dict)
    agents: tuple[str, ...] = ()


def draw_office(num_agents: int, num_tasks: int) -> Office:
    """Return the demo office with so many open tasks, and what was done on the days before."""
    return generate_office(np.random.default_rng(2), num_agents=num_agents, num_tasks=num_tasks, num_days=NUM_DAYS)


def set_up(url: str, office: Office) -> Stored:
    """Store the office, its plan, what happened at the desk this morning, and who looks at it."""
    settings = Settings(database_url=url)
    with open_database(settings, create=True) as database:
        with database.writing() as session:
            store_office(session, office, kind="demo", now=OPENING - SECONDS_PER_HOUR)
        made = plan_day(
            database,
            settings,
            at=OPENING,
            made_at=OPENING - SECONDS_PER_MINUTE,
            search=Search(iterations=0),
            asked_by=WORDS,
        )
        publish_stored_plan(database, made.id, at=OPENING, principal_id=None, what=WORDS)
        on_duty = [
            agent
            for agent in made.question.problem.agents
            if any(shift.start <= NOW < shift.end for shift in agent.shifts)
        ]
        agents = tuple(agent.id for agent in on_duty)
        _work(database, settings, agents)
        planned = {item.task for item in made.plan.assignments}
        waiting = [task.id for task in made.question.problem.tasks if task.id not in planned]
        later = max(made.plan.assignments, key=lambda item: item.start)
        values: dict[str, str | int] = {
            "agent_id": agents[1],
            "move_at": later.start,
            "plan_id": made.id,
            "task_id": later.task,
            "left_task_id": waiting[0] if waiting else later.task,
            "type_id": made.question.problem.task_types[0].id,
            "principal_id": LEAD,
        }
        teams = [on_duty[0].team, *(team.id for team in made.question.problem.teams if team.id != on_duty[0].team)]
        sessions = _let_in(database, teams[:LED], agents[1])
        values["secret"] = create_link(database, LEAD, act=AccessAct(at=NOW, by=None, what=WORDS))
    assert values.keys() == OFFICE_VALUES
    return Stored(sessions=sessions, values=values, agents=agents)


def _let_in(database: Database, teams: Sequence[str], agent: str) -> dict[Role, str]:
    act = AccessAct(at=NOW, by=None, what=WORDS)
    more: Mapping[Role, Mapping[str, Any]] = {Role.AGENT: {"agent_id": agent}, Role.LEAD: {"teams": teams}}
    sessions = {}
    for role, name in WHO.items():
        create_principal(database, name, roles=[role], act=act, **more.get(role, {}))
        with database.writing() as session:
            sessions[role] = start_session(session, name, now=NOW)
    return sessions


def _work(database: Database, settings: Settings, agents: tuple[str, ...]) -> None:
    """Let all but every twelfth sign in and do a task, then take another; every ninth of them rests."""
    at = OPENING

    def clock() -> int:
        return at

    with database.writing() as session:
        take_in_arrivals(session.connection(), now=at)
    give_positions(database)
    follower = Follower(database, settings, clock=clock)
    desk = Desk(database, settings, clock=clock, listeners=[follower.hear])
    chooser = NextTask(database, desk, follower, clock=clock)
    follower.catch_up()
    present = [agent for n, agent in enumerate(agents) if n % 12]
    for agent in present:
        desk.sign_in(agent, Act())
    for hours in (0, 1):
        at = OPENING + hours * SECONDS_PER_HOUR
        for agent in present:
            offer = chooser.next_task(agent, Act())
            if offer.primary is not None:
                desk.start(agent, offer.primary.task_id, Act())
        if hours == 0:
            at += SECONDS_PER_HOUR // 2
            for agent in present:
                state = follower.queue.state_of(agent)
                if state is not None and state.task_id is not None:
                    desk.complete(agent, state.task_id, Act())
    for n, agent in enumerate(present):
        state = follower.queue.state_of(agent)
        if n % 9 == 0 and state is not None and state.task_id is not None:
            desk.off_task(agent, Act(), code=OffTaskCode.BREAK)
    give_positions(database)
