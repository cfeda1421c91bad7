"""Doing what a fix asks for: the one thing that lets a task in is changed, by the use case that changes it always."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from models.database import Database
from models.errors import ConflictError, ForbiddenError
from models.repositories.office_pages import get_agent, get_task, list_shifts
from models.time import to_datetime
from services.access.caller import Caller
from services.fixes import Fix, FixKind
from services.live.acts import Act
from services.live.desk import Desk
from services.live.queue import LiveQueue
from services.office_editing import pin
from services.settings import Settings
from services.today.lendings import Move, accept_move
from services.upserting import upsert_rows

ONE_CLICK = frozenset({FixKind.OVERTIME, FixKind.LENDING, FixKind.MOVE, FixKind.PIN_LIFTED, FixKind.DUE_MOVED})
"""Kinds that are done at once; somebody is trained, and a type's demands are lowered, elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """What fixes are done with."""

    database: Database
    desk: Desk
    queue: LiveQueue
    settings: Settings
    caller: Caller
    now: int
    what: str

    @property
    def act(self) -> Act:
        """An act of the caller at the desk."""
        return Act(principal_id=self.caller.principal_id)


def key_of(fix: Fix) -> str:
    """Return what tells a fix of a task from the others."""
    parts = (fix.kind.value, fix.task, fix.agent, fix.until, fix.moves, fix.skill, fix.level, fix.due)
    return "|".join("" if part is None else str(part) for part in parts)


def apply_fix(bench: Workbench, fix: Fix) -> bool:
    """Do what a fix asks for; return False where the lead of another team must agree first.

    Raises
    ------
    ForbiddenError
        If it changes somebody who is not of the caller's teams.
    ConflictError
        If it is none of the kinds that are done at once, or what it changes has changed.
    """
    doing = {
        FixKind.OVERTIME: _lengthen_shift,
        FixKind.LENDING: _lend,
        FixKind.MOVE: _allow_moves,
        FixKind.PIN_LIFTED: _lift_pin,
        FixKind.DUE_MOVED: _move_due,
    }.get(fix.kind)
    if doing is None:
        raise ConflictError(f"a fix of the kind {fix.kind.value!r} is not done at once")
    return doing(bench, fix)


def allow_lending(bench: Workbench, agent_id: str, team: str) -> None:
    """Let an agent be lent to a team, from now on."""
    record = _agent(bench, agent_id)
    if team not in record["swing_teams"]:
        _write_agent(bench, {**record, "swing_teams": [*record["swing_teams"], team]})


def _lengthen_shift(bench: Workbench, fix: Fix) -> bool:
    assert fix.agent is not None and fix.until is not None  # noqa: S101, PT018 - overtime is somebody's, with an end
    _check_leads(bench, fix.agent)
    zone = bench.queue.crew.calendar.zone
    with bench.database.reading() as session:
        found = list_shifts(session.connection(), start=bench.now, end=fix.until, agent=fix.agent, limit=1)
    if not found:
        raise ConflictError(f"agent {fix.agent!r} has no shift any more that could be longer")
    row = shift_row(found[0], zone) | {"end": _clock(fix.until, zone)}
    upsert_rows(bench.database, bench.settings, "shifts", [row], now=bench.now, principal_id=bench.caller.principal_id)
    return True


def _lend(bench: Workbench, fix: Fix) -> bool:
    assert fix.agent is not None and fix.start is not None and fix.end is not None  # noqa: S101, PT018 - somebody is lent
    crew, task = bench.queue.crew, bench.queue.find(fix.task)
    if task is None:
        raise ConflictError(f"task {fix.task!r} is no longer open")
    agent = crew.agents[crew.position[fix.agent]]
    team = task.team or str(crew.kinds[task.type]["team"])
    move = Move(agent_id=agent.id, home_team=agent.team, team=team, start=fix.start, end=fix.end, tasks=(task.id,))
    said = accept_move(bench.database, bench.caller, move, plan_id=None, version=0, now=bench.now, what=bench.what)
    is_agreed = said.giving_said_by is not None and said.taking_said_by is not None
    if is_agreed:
        allow_lending(bench, agent.id, team)
    return is_agreed


def _allow_moves(bench: Workbench, fix: Fix) -> bool:
    assert fix.agent is not None  # noqa: S101 - somebody moves
    _check_leads(bench, fix.agent)
    _write_agent(bench, {**_agent(bench, fix.agent), "max_moves": fix.moves})
    return True


def _lift_pin(bench: Workbench, fix: Fix) -> bool:
    task = bench.queue.find(fix.task)
    if task is not None and task.pinned_by_lead:
        bench.desk.reassign(fix.task, bench.act)
    with bench.database.reading() as session:
        is_pinned = get_task(session.connection(), fix.task)["pinned_agent_id"] is not None
    if is_pinned:
        pin(
            bench.database,
            fix.task,
            None,
            now=bench.now,
            principal_id=bench.caller.principal_id,
            what=bench.what,
            check=lambda _version: None,  # that it is pinned at all is what the fix goes by
        )
    return True


def _move_due(bench: Workbench, fix: Fix) -> bool:
    assert fix.due is not None  # noqa: S101 - that is what is moved
    bench.desk.change_due(fix.task, bench.act, due_at=fix.due)
    return True


def shift_row(shift: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return a stored shift as a row of the table of shifts."""
    breaks = "; ".join(
        f"{_clock(block['starts_at'], zone)}-{_clock(block['ends_at'], zone)} {block['kind']} "
        f"{'paid' if block['is_paid'] else 'unpaid'}"
        for block in shift["blocks"]
    )
    return {
        "agent": shift["agent_id"],
        "date": to_datetime(shift["starts_at"], zone).date().isoformat(),
        "start": _clock(shift["starts_at"], zone),
        "end": _clock(shift["ends_at"], zone),
        "breaks": breaks or None,
    }


def _agent(bench: Workbench, agent_id: str) -> dict[str, Any]:
    with bench.database.reading() as session:
        return get_agent(session.connection(), agent_id)


def _write_agent(bench: Workbench, record: dict[str, Any]) -> None:
    row = {
        "id": record["id"],
        "name": record["name"],
        "team": record["team_id"],
        "swing_teams": list(record["swing_teams"]),
        "clients": list(record["clients"]),
        "max_moves": record["max_moves"],
        "min_stay_minutes": record["min_stay_minutes"],
        **{name: None if record[name] is None else record[name].isoformat() for name in ("valid_from", "valid_to")},
    }
    upsert_rows(bench.database, bench.settings, "agents", [row], now=bench.now, principal_id=bench.caller.principal_id)


def _check_leads(bench: Workbench, agent_id: str) -> None:
    crew = bench.queue.crew
    position = crew.position.get(agent_id)
    team = None if position is None else crew.agents[position].team
    if not bench.caller.has() and team not in bench.caller.teams:
        raise ForbiddenError("that is for the lead of this agent's own team to do")


def _clock(instant: int, zone: tzinfo) -> str:
    return f"{to_datetime(instant, zone):%H:%M}"
