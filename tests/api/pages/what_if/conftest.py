"""A scenario that takes no time to simulate, as a document and as a file."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

TINY: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "name": "Tiny desk",
    "start": "2026-03-02T00:00:00+01:00",
    "timezone": "Europe/Madrid",
    "days": 1,
    "replications": 3,
    "teams": [{"id": "billing"}],
    "task_types": [
        {
            "id": "dispute",
            "team": "billing",
            "skill": "billing",
            "handling": {"distribution": "lognormal", "mean_minutes": 14, "cv": 0.8},
            "sla": {"minutes": 120},
        }
    ],
    "arrivals": [{"task_type": "dispute", "pattern": [{"from": "08:00", "to": "16:00", "per_hour": 16}]}],
    "agents": [
        {
            "id": "billing",
            "count": 4,
            "team": "billing",
            "skills": {"billing": {"level": 3}},
            "week": [{"start": "08:00", "end": "17:00", "breaks": [["12:00", "12:30", "lunch"]]}],
            "cost_per_hour": 24,
        }
    ],
}


@pytest.fixture
def tiny_scenario() -> dict[str, Any]:
    """A scenario's document that takes no time to simulate."""
    return copy.deepcopy(TINY)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A scenario's file that takes no time to simulate."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY), encoding="utf-8")
    return path
