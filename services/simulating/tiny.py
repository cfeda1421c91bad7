"""The smallest scenario that goes through every kernel: for compiling, not for learning."""

from typing import Any

from models.formats.scenarios.reading import parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.replicator import make_engine

TINY: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "start": "2026-03-02T08:00:00+00:00",
    "days": 1,
    "teams": [{"id": "team"}],
    "task_types": [
        {
            "id": "type",
            "team": "team",
            "skill": "skill",
            "handling": {"distribution": "deterministic", "mean_minutes": 5},
        }
    ],
    "arrivals": [{"task_type": "type", "per_hour": 6}],
    "agents": [{"id": "group", "team": "team", "skills": {"skill": {"level": 1}}, "week": "always"}],
}


def warm_up() -> None:
    """Compile the engine, so that no simulation waits for it."""
    for policy in ({}, {"routing": "planned", "swing": {"mode": "planned"}, "planned": {"replan_minutes": 720}}):
        make_engine(assemble_scenario(parse_scenario({**TINY, "policy": policy})), seed=0).replicate(0)
