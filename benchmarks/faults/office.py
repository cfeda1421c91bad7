"""An office for the fault runs: everybody may do everything, so that all agents meet at the same tasks."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from models.database import Database
from models.formats.offices.office import Office, frame_of
from models.time import SECONDS_PER_HOUR
from models.vocabulary import Role
from services.access.keys import create_key
from services.access.principals import create_principal
from services.access.tracing import Act
from services.importing.store import store_office

TEAMS = ("billing", "claims")
TYPES = {"dispute": "billing", "refund": "billing", "claim": "claims", "appeal": "claims"}


def set_up_office(database: Database, *, num_agents: int, num_tasks: int, now: int) -> dict[str, str]:
    """Store an office that is at work now, and return a key for each of its agents."""
    today = datetime.fromtimestamp(now, UTC).date()
    agents = [f"a{n:03}" for n in range(num_agents)]
    types = list(TYPES)
    tables: dict[str, dict[str, list[Any]]] = {
        "office": {"name": ["Faults"], "timezone": ["UTC"]},
        "teams": {"id": list(TEAMS)},
        "skills": {"id": list(TEAMS)},
        "agents": {
            "id": agents,
            "team": [TEAMS[n % 2] for n in range(num_agents)],
            "swing_teams": [(TEAMS[1 - n % 2],) for n in range(num_agents)],
            "min_stay_minutes": [0.0] * num_agents,
        },
        "agent_skills": {
            "agent": [agent for agent in agents for _ in TEAMS],
            "skill": [team for _ in agents for team in TEAMS],
            "level": [3] * (2 * num_agents),
        },
        "shifts": {
            "agent": [agent for agent in agents for _ in range(3)],
            "date": [today + timedelta(days=day) for _ in agents for day in (-1, 0, 1)],
            "start": [time(0)] * (3 * num_agents),
            "end": [time(23, 59)] * (3 * num_agents),
        },
        "task_types": {
            "id": types,
            "team": list(TYPES.values()),
            "skill": list(TYPES.values()),
            "handling_minutes": [2.0] * len(types),
        },
        "tasks": {
            "id": [f"T{n:05}" for n in range(num_tasks)],
            "type": [types[n % len(types)] for n in range(num_tasks)],
            "arrived": [now - SECONDS_PER_HOUR - n % 600 for n in range(num_tasks)],
            "due": [now + SECONDS_PER_HOUR + n * 7919 % 90_000 for n in range(num_tasks)],
        },
    }
    frames = {name: frame_of(columns, num_rows=len(next(iter(columns.values())))) for name, columns in tables.items()}
    with database.writing() as session:
        store_office(session, Office(tables=frames, source="faults"), kind="faults", now=now)
    act = Act(at=now, by=None, what="fault run")
    keys = {}
    for agent in agents:
        create_principal(database, agent, roles=(Role.AGENT,), agent_id=agent, act=act)
        keys[agent] = create_key(database, agent, days=1, act=act).text
    return keys
