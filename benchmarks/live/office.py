"""A large office that is at work: teams with skills of their own, some people who help out, a long queue."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np

from models.database import Database
from models.formats.offices.office import Office, frame_of
from models.repositories.live.arrivals import take_in_arrivals
from models.repositories.live.events import assign_positions
from models.repositories.offices import write_office
from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR
from models.vocabulary import Role
from services.access.keys import create_key
from services.access.principals import create_principal
from services.access.tracing import Act as AccessAct
from services.live.acts import Act
from services.live.desk import Desk
from services.settings import Settings

NUM_TEAMS, TYPES_A_TEAM, SKILLS_A_TEAM = 10, 8, 3


def set_up_office(
    database: Database, *, num_agents: int, num_tasks: int, now: int, seed: int = 1
) -> tuple[list[str], str]:
    """Store the office, let its tasks arrive and its agents sign in; return the agents, and a key that may act for all.

    A fifth of the agents may be lent to another team; each has two skills of the team's three, at some level. One task
    in ten belongs to a case, one in twenty must come after another, one in fifty has an agent of its own.
    """
    draw = np.random.default_rng(seed)
    today = datetime.fromtimestamp(now, UTC).date()
    teams = [f"team{n}" for n in range(NUM_TEAMS)]
    agents = [f"a{n:04}" for n in range(num_agents)]
    home = [n % NUM_TEAMS for n in range(num_agents)]
    lent = [(home[n] + 1) % NUM_TEAMS if n % 5 == 0 else None for n in range(num_agents)]
    held = [
        (agent, f"skill{team}-{(n + k) % SKILLS_A_TEAM}")
        for n, agent in enumerate(agents)
        for team in (home[n], lent[n])
        if team is not None
        for k in range(2)
    ]
    types = [(f"type{team}-{n}", team, n % SKILLS_A_TEAM) for team in range(NUM_TEAMS) for n in range(TYPES_A_TEAM)]
    names = [f"T{n:06}" for n in range(num_tasks)]
    kind = draw.integers(0, len(types), num_tasks)
    waited = draw.integers(0, 5 * SECONDS_PER_DAY, num_tasks)
    ahead = draw.integers(-SECONDS_PER_DAY, 5 * SECONDS_PER_DAY, num_tasks)
    chance = draw.random((3, num_tasks))
    tables: dict[str, dict[str, list[Any]]] = {
        "office": {"name": ["Benchmark"], "timezone": ["UTC"]},
        "teams": {"id": teams},
        "skills": {"id": sorted({skill for _, skill in held})},
        "agents": {
            "id": agents,
            "team": [teams[n] for n in home],
            "swing_teams": [() if n is None else (teams[n],) for n in lent],
            "max_moves": [4] * num_agents,
            "min_stay_minutes": [30.0] * num_agents,
        },
        "agent_skills": {
            "agent": [agent for agent, _ in held],
            "skill": [skill for _, skill in held],
            "level": draw.integers(1, 4, len(held)).tolist(),
            "speed": draw.choice([0.8, 1.0, 1.2], len(held)).tolist(),
        },
        "shifts": {
            "agent": [agent for agent in agents for _ in range(3)],
            "date": [today + timedelta(days=day) for _ in agents for day in (-1, 0, 1)],
            "start": [time(0)] * (3 * num_agents),
            "end": [time(23, 59)] * (3 * num_agents),
        },
        "task_types": {
            "id": [name for name, _, _ in types],
            "team": [teams[team] for _, team, _ in types],
            "skill": [f"skill{team}-{skill}" for _, team, skill in types],
            "min_level": [1 + n % 2 for n in range(len(types))],
            "handling_minutes": [5.0 + n % 25 for n in range(len(types))],
            "weight": [1.0 + n % 3 for n in range(len(types))],
        },
        "tasks": {
            "id": names,
            "type": [types[n][0] for n in kind.tolist()],
            "arrived": (now - SECONDS_PER_HOUR - waited).tolist(),
            "due": (now + ahead).tolist(),
            "case": [f"case{n // 20}" if chance[0, n] < 0.1 else None for n in range(num_tasks)],
            "after": [(names[n - 1],) if n and chance[1, n] < 0.05 else () for n in range(num_tasks)],
            "pinned_agent": [agents[n % num_agents] if chance[2, n] < 0.02 else None for n in range(num_tasks)],
        },
    }
    frames = {name: frame_of(columns, num_rows=len(next(iter(columns.values())))) for name, columns in tables.items()}
    with database.writing() as session:
        write_office(session, Office(tables=frames, source="benchmark"))
    with database.writing() as session:
        take_in_arrivals(session.connection(), now=now)
    give_positions(database)
    desk = Desk(database, Settings())
    for agent in agents:
        desk.sign_in(agent, Act())
    give_positions(database)
    act = AccessAct(at=now, by=None, what="benchmark")
    create_principal(database, "benchmark", roles=(Role.ADMIN,), act=act)
    return agents, create_key(database, "benchmark", days=1, act=act).text


def give_positions(database: Database) -> None:
    """Give all events their positions, as the keeper does."""
    given = 1
    while given:
        with database.writing() as session:
            given = assign_positions(session.connection())
