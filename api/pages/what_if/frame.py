"""What the planner's pages share: who may open them, what they look like, who did what when."""

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Request

from api.access import Caller, Reach, permits
from api.routes.jobs import JobId
from models.database import Database
from services.access.tracing import Act

__all__ = [
    "HOME",
    "SCRIPTS",
    "STYLES",
    "JobId",
    "Planner",
    "Progress",
    "ScenarioId",
    "act_of",
    "database_of",
    "reading_path",
    "route_of",
    "run_path",
    "scenario_path",
]

HOME = "/what-if"
STYLES = ("what-if.css",)
SCRIPTS = ("what-if.js",)
MAX_ID = 2**31 - 1
PLANNERS = permits(planner=Reach.ALL)
Planner = Annotated[Caller, PLANNERS]
ScenarioId = Annotated[int, Path(ge=1, le=MAX_ID)]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a question, or the reading of a history, is, as text."""

    state: str
    told: str
    done: float | None
    total: float | None
    beside: str
    is_ended: bool


def database_of(request: Request) -> Database:
    """Return the database behind a request."""
    found: Database = request.app.state.store.database()
    return found


def route_of(request: Request) -> str:
    """Return by what the audit trail knows a request: its method and route."""
    return f"{request.method} {request.scope['route'].path}"


def act_of(request: Request, caller: Caller) -> Act:
    """Return who did something, when, and by which route."""
    return Act(at=int(time.time()), by=caller.principal_id, what=route_of(request))


def scenario_path(scenario_id: int, *parts: str) -> str:
    """Return the address of a scenario, or of something below it."""
    return "/".join((HOME, "scenarios", str(scenario_id), *parts))


def run_path(job_id: int, *parts: str) -> str:
    """Return the address of a question, or of something below it."""
    return "/".join((HOME, "runs", str(job_id), *parts))


def reading_path(job_id: int, *parts: str) -> str:
    """Return the address of a history that is being read, or of something below it."""
    return "/".join((HOME, "histories", str(job_id), *parts))
