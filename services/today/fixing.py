"""Doing what a fix asks for: the one thing that lets a task in is changed, by the use case that changes it always.

What stood before is kept in the audit trail with the change, so that `services.today.undoing` puts it back.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from models.errors import ConflictError, ForbiddenError, StaleError
from models.repositories.audit import record_change
from models.repositories.live.states import read_task
from models.repositories.office_pages import get_task
from models.vocabulary import Role
from models.vocabulary_audit import Subject
from models.vocabulary_lending import LendingState
from services.fixes import Fix, FixKind
from services.office_duty import CLEARANCE
from services.office_editing import pin, set_demands, version_of
from services.today.bench import Workbench
from services.today.lendings import Move, accept_move, find_lendings, match, sides_of

OF_AGENT = frozenset({FixKind.OVERTIME, FixKind.MOVE, FixKind.TRAINING})
"""Kinds that change somebody: for the lead of the agent's home team."""


class Doer(StrEnum):
    """Who may do what a fix asks for."""

    CALLER = "caller"
    HOME_LEAD = "home-lead"
    """The lead of the agent's home team."""
    TEAM_LEAD = "team-lead"
    """The lead of the task's team."""
    ADMIN = "admin"


def key_of(fix: Fix) -> str:
    """Return what tells a fix of a task from the others."""
    parts = (fix.kind.value, fix.task, fix.agent, fix.until, fix.moves, fix.skill, fix.level, fix.due)
    return "|".join("" if part is None else str(part) for part in parts)


def doer_of(bench: Workbench, fix: Fix) -> Doer:
    """Return who may do what a fix asks for: the caller, or else who.

    What a task asks for, and for which clients somebody is cleared, is not for leads to change.
    """
    caller = bench.caller
    if caller.has():
        return Doer.CALLER
    if fix.kind is FixKind.SKILL_WAIVED or _is_clearance(fix):
        return Doer.ADMIN
    if Role.LEAD not in caller.roles:
        return Doer.TEAM_LEAD
    home = None if fix.agent is None else bench.home_team(fix.agent)
    if fix.kind in OF_AGENT:
        return Doer.CALLER if home in caller.teams else Doer.HOME_LEAD
    if fix.kind is FixKind.LENDING:
        return Doer.CALLER if sides_of(caller, giving=home or "", taking=_team_of(bench, fix)) else Doer.TEAM_LEAD
    return Doer.CALLER


def apply_fix(bench: Workbench, fix: Fix, *, asked: str | None = None) -> bool:
    """Do what a fix asks for; return False where the lead of another team must agree first.

    Parameters
    ----------
    asked
        The task that it was asked for; the task that it lets in where that is None.

    Raises
    ------
    ForbiddenError
        If it changes somebody who is not of the caller's teams, or what only administrators change.
    ConflictError
        If what it changes has changed.
    """
    doer = doer_of(bench, fix)
    if doer is Doer.ADMIN:
        raise ForbiddenError("what a task asks for, and who is cleared for a client, is for administrators to change")
    if doer is not Doer.CALLER:
        raise ForbiddenError("that is for the lead of this agent's own team to do")
    before, after = {
        FixKind.OVERTIME: _lengthen_shift,
        FixKind.LENDING: _lend,
        FixKind.MOVE: _allow_moves,
        FixKind.PIN_LIFTED: _lift_pin,
        FixKind.DUE_MOVED: _move_due,
        FixKind.SKILL_WAIVED: _ask_less,
        FixKind.TRAINING: _train,
    }[fix.kind](bench, fix)
    with bench.database.writing() as session:
        record_change(
            session,
            at=bench.now,
            principal_id=bench.caller.principal_id,
            what=bench.what,
            subject=Subject.TASK,
            subject_id=asked or fix.task,
            before={"stood": before},
            after={"fix": fix.kind.value, "task": fix.task, "agent": fix.agent, "stands": after},
        )
    return after.get("is_agreed", True) is True


def allow_lending(bench: Workbench, agent_id: str, team: str) -> bool:
    """Let an agent be lent to a team, from now on; return whether that is new."""
    lent = bench.read_agent(agent_id)["swing_teams"]
    if team in lent:
        return False
    bench.change_agent(agent_id, swing_teams=[*lent, team])
    return True


Stood = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What stood before a fix, and what stands after it."""


def _lengthen_shift(bench: Workbench, fix: Fix) -> Stood:
    assert fix.agent is not None and fix.until is not None  # noqa: S101, PT018 - overtime is somebody's, with an end
    shift = bench.find_shift(fix.agent, before=fix.until)
    bench.end_shift(shift, fix.until)
    same = {"starts_at": shift["starts_at"]}
    return {**same, "ends_at": shift["ends_at"]}, {**same, "ends_at": fix.until}


def _lend(bench: Workbench, fix: Fix) -> Stood:
    assert fix.agent is not None and fix.start is not None and fix.end is not None  # noqa: S101, PT018 - somebody is lent
    crew, team = bench.queue.crew, _team_of(bench, fix)
    agent = crew.agents[crew.position[fix.agent]]
    move = Move(agent_id=agent.id, home_team=agent.team, team=team, start=fix.start, end=fix.end, tasks=(fix.task,))
    known = match(find_lendings(bench.database, teams={agent.team}, start=fix.start, end=fix.end), move)
    if known is not None and known.state is LendingState.REFUSED:
        raise ConflictError(f"{known.refused_by} refused to lend {agent.id!r} to {team!r}: {known.reason}")
    version = 0 if known is None else known.version
    said = accept_move(
        bench.database, bench.caller, move, plan_id=None, version=version, now=bench.now, what=bench.what
    )
    is_agreed = said.giving_said_by is not None and said.taking_said_by is not None
    is_new = is_agreed and allow_lending(bench, agent.id, team)
    return {"is_lent": not is_new}, {"lending": said.id, "team": team, "is_agreed": is_agreed}


def _allow_moves(bench: Workbench, fix: Fix) -> Stood:
    assert fix.agent is not None  # noqa: S101 - somebody moves
    before = bench.read_agent(fix.agent)["max_moves"]
    bench.change_agent(fix.agent, max_moves=fix.moves)
    return {"max_moves": before}, {"max_moves": fix.moves}


def _lift_pin(bench: Workbench, fix: Fix) -> Stood:
    with bench.database.reading() as session:
        state = read_task(session.connection(), fix.task)
        pinned = get_task(session.connection(), fix.task)["pinned_agent_id"]
    by_lead = None if state is None else state.reserved_agent_id
    if by_lead is not None:
        bench.desk.reassign(fix.task, bench.act)
    if pinned is not None:
        pin(
            bench.database,
            fix.task,
            None,
            now=bench.now,
            principal_id=bench.caller.principal_id,
            what=bench.what,
            check=lambda _version: None,  # that it is pinned at all is what the fix goes by
        )
    return {"by_lead": by_lead, "pinned": pinned}, {"by_lead": None, "pinned": None}


def _move_due(bench: Workbench, fix: Fix) -> Stood:
    assert fix.due is not None  # noqa: S101 - that is what is moved
    before = bench.queue.due_of(fix.task)
    bench.desk.change_due(fix.task, bench.act, due_at=fix.due)
    return {"due_at": before}, {"due_at": fix.due}


def _ask_less(bench: Workbench, fix: Fix) -> Stood:
    assert fix.skill is not None and fix.level is not None  # noqa: S101, PT018 - a level is asked for less
    with bench.database.reading() as session:
        task = get_task(session.connection(), fix.task)
    before = {"min_level": task["min_level"], "also_requires": task["also_requires"]}
    further: dict[str, int] = dict(task["also_requires"] or {})
    if further.get(fix.skill, 0) > fix.level:
        del further[fix.skill]
        if fix.level:
            further[fix.skill] = fix.level
    kind = bench.queue.crew.kinds[task["task_type_id"]]
    level = task["min_level"]
    if fix.skill == kind["skill"] and (kind["min_level"] if level is None else level) > fix.level:
        level = fix.level
    after = {"min_level": level, "also_requires": further or None}
    change_demands(bench, fix.task, version_of(task), after)
    return before, {**after, "skill": fix.skill, "level": fix.level}


def change_demands(bench: Workbench, task_id: str, version: str, demands: Mapping[str, Any]) -> None:
    """Let a task want other levels of skill, if it is still as it was read.

    Raises
    ------
    StaleError
        If it is not.
    """

    def check(current: str) -> None:
        if current != version:
            raise StaleError(f"task {task_id!r} has just been changed: look at it again")

    set_demands(
        bench.database,
        task_id,
        min_level=demands["min_level"],
        also_requires=demands["also_requires"] or {},
        now=bench.now,
        principal_id=bench.caller.principal_id,
        what=bench.what,
        check=check,
    )


def _train(bench: Workbench, fix: Fix) -> Stood:
    assert fix.agent is not None and fix.skill is not None and fix.level is not None  # noqa: S101, PT018 - so it is told
    if _is_clearance(fix):
        cleared = bench.read_agent(fix.agent)["clients"]
        client = fix.skill.removeprefix(CLEARANCE)
        bench.change_agent(fix.agent, clients=sorted({*cleared, client}))
        return {"clients": cleared}, {"clients": sorted({*cleared, client}), "client": client}
    held = bench.held_skill(fix.agent, fix.skill)
    if held["level"] >= fix.level:
        raise ConflictError(f"agent {fix.agent!r} has {fix.skill!r} at level {held['level']} by now: plan again")
    after = {**held, "level": fix.level}
    bench.change_skill(fix.agent, after)
    return held, after


def _team_of(bench: Workbench, fix: Fix) -> str:
    task = bench.queue.find(fix.task)
    if task is None:
        raise ConflictError(f"task {fix.task!r} is no longer open")
    return task.team or str(bench.queue.crew.kinds[task.type]["team"])


def _is_clearance(fix: Fix) -> bool:
    return fix.skill is not None and fix.skill.startswith(CLEARANCE)
