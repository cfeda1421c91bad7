"""Lending between teams: what a plan suggests, and the leads of both teams agreeing on it, or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.database import Database, Session
from models.errors import ForbiddenError, NotFoundError, StaleError, UsageError
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.repositories.audit import record_change
from models.repositories.lendings import (
    Lending,
    add_lending,
    get_lending,
    hold_agent,
    list_lendings,
    write_lending,
)
from models.time import SECONDS_PER_DAY, parse_instant
from models.vocabulary import Role
from models.vocabulary_audit import Subject
from models.vocabulary_lending import LendingState, Side
from services.access.caller import Caller

MOST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Move:
    """A stretch that a plan lends somebody, and what that is worth. Instants are epoch seconds.

    Attributes
    ----------
    saving, home_cost
        What the plan would cost more without it, and what it costs at home; None where the plan does not say.
    left_without, late_without
        Tasks of other teams that would be left, or late, without it.
    home_late
        Tasks of the home team that are late or left for it.
    gives_back
        When the agent's next task elsewhere starts; None where nothing follows.
    """

    agent_id: str
    home_team: str
    team: str
    start: int
    end: int
    tasks: tuple[str, ...]
    saving: float | None = None
    home_cost: float | None = None
    left_without: tuple[str, ...] = ()
    late_without: tuple[str, ...] = ()
    home_late: tuple[str, ...] = ()
    gives_back: int | None = None


def read_moves(plan: Plan) -> list[Move]:
    """Return the moves that a plan makes, as its swing board says them."""
    board: dict[str, Any] = plan.extra.get("swing") or {}
    return [
        Move(
            agent_id=block["agent"],
            home_team=block["home_team"],
            team=block["team"],
            start=parse_instant(block["start"]),
            end=parse_instant(block["end"]),
            tasks=tuple(block["tasks"]),
            saving=block.get("saving"),
            home_cost=block.get("home_cost"),
            left_without=tuple(block.get("left_without") or ()),
            late_without=tuple(block.get("late_without") or ()),
            home_late=tuple(block.get("home_late") or ()),
            gives_back=None if block.get("gives_back") is None else parse_instant(block["gives_back"]),
        )
        for block in board.get("blocks") or ()
    ]


def find_move(plan: Plan, agent_id: str, team: str, start: int) -> Move:
    """Return a move of a plan.

    Raises
    ------
    NotFoundError
        If the plan makes none like it.
    """
    for move in read_moves(plan):
        if (move.agent_id, move.team, move.start) == (agent_id, team, start):
            return move
    raise NotFoundError(f"the plan does not lend {agent_id!r} to {team!r} then")


def match(lendings: Sequence[Lending], move: Move) -> Lending | None:
    """Return the lending that speaks of a move: of the same agent to the same team, at an overlapping time."""
    for lending in lendings:
        is_same = (lending.agent_id, lending.to_team_id) == (move.agent_id, move.team)
        if is_same and lending.starts_at < move.end and move.start < lending.ends_at:
            return lending
    return None


def move_of(lending: Lending) -> Move:
    """Return the move that a lending is of, as far as it says it."""
    return Move(
        agent_id=lending.agent_id,
        home_team=lending.from_team_id,
        team=lending.to_team_id,
        start=lending.starts_at,
        end=lending.ends_at,
        tasks=(),
    )


def find_lending(database: Database, lending_id: int) -> Lending:
    """Return a lending.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    with database.reading() as session:
        return get_lending(session.connection(), lending_id)


def sides_of(caller: Caller, *, giving: str, taking: str) -> frozenset[Side]:
    """Return for which of two teams somebody may speak: the ones they lead, and both for administrators."""
    if caller.has():
        return frozenset(Side)
    if Role.LEAD not in caller.roles:
        return frozenset()
    return frozenset(side for side, team in ((Side.GIVING, giving), (Side.TAKING, taking)) if team in caller.teams)


def find_lendings(database: Database, *, teams: Collection[str] | None, start: int, end: int) -> list[Lending]:
    """Return the lendings of a day from or to some teams, or all."""
    with database.reading() as session:
        return list_lendings(session.connection(), start=start, end=end, teams=teams)


def accept_move(
    database: Database, caller: Caller, move: Move, *, plan_id: int | None, version: int, now: int, what: str
) -> Lending:
    """Say yes to a move for the teams that the caller leads: agreed once both sides have said so.

    Parameters
    ----------
    version
        Of the lending that the caller has seen; 0 where there was none.
    what
        The route or command, for the audit trail.

    Raises
    ------
    ForbiddenError
        If the caller leads neither team.
    StaleError
        If somebody has said something since.
    """
    sides = _sides(caller, move.home_team, move.team)

    def change(lending: Lending) -> Lending:
        said = replace(lending, refused_by=None, refused_at=None, reason="")
        if Side.GIVING in sides:
            said = replace(said, giving_said_by=caller.principal_id, giving_said_at=now)
        if Side.TAKING in sides:
            said = replace(said, taking_said_by=caller.principal_id, taking_said_at=now)
        return replace(said, state=_state(said))

    return _change_move(database, move, plan_id, version, change, caller=caller, now=now, what=what)


def refuse_move(
    database: Database,
    caller: Caller,
    move: Move,
    *,
    plan_id: int | None,
    version: int,
    reason: str,
    now: int,
    what: str,
) -> Lending:
    """Say no to a move, with a reason: plans made later today do not make it.

    Raises
    ------
    UsageError
        If there is no reason.
    ForbiddenError
        If the caller leads neither team.
    StaleError
        If somebody has said something since.
    """
    told = " ".join(reason.split())[:MOST_REASON]
    if not told:
        raise UsageError("say why: the other lead reads it")
    _sides(caller, move.home_team, move.team)

    def change(lending: Lending) -> Lending:
        return replace(lending, state=LendingState.REFUSED, refused_by=caller.principal_id, refused_at=now, reason=told)

    return _change_move(database, move, plan_id, version, change, caller=caller, now=now, what=what)


def take_back(database: Database, caller: Caller, lending_id: int, *, version: int, now: int, what: str) -> Lending:
    """Take back what the caller's side said, yes or no.

    Raises
    ------
    NotFoundError
        If there is no such lending.
    ForbiddenError
        If the caller leads neither team.
    StaleError
        If somebody has said something since.
    """
    with database.writing() as session:
        before = get_lending(session.connection(), lending_id, hold=True)
        sides = _sides(caller, before.from_team_id, before.to_team_id)
        after = replace(before, refused_by=None, refused_at=None, reason="")
        if Side.GIVING in sides:
            after = replace(after, giving_said_by=None, giving_said_at=None)
        if Side.TAKING in sides:
            after = replace(after, taking_said_by=None, taking_said_at=None)
        after = replace(after, state=_state(after))
        return _store(session, before, after, version, caller=caller, now=now, what=what)


def without_refused(session: Session, problem: Problem, *, until: int) -> Problem:
    """Return a problem in which nobody may be lent to whom a lead refused them today.

    What somebody has begun there, or must do there, stays theirs.
    """
    refused = list_lendings(
        session.connection(), start=problem.now - SECONDS_PER_DAY, end=until, states=(LendingState.REFUSED,)
    )
    barred = {(one.agent_id, one.to_team_id) for one in refused if one.ends_at > problem.now}
    if not barred:
        return problem
    team_of = {kind.id: kind.team for kind in problem.task_types}
    bound = {(task.pinned_agent, team_of[task.type]) for task in problem.tasks if task.pinned_agent is not None}
    agents = tuple(
        replace(
            agent,
            swing_teams=tuple(
                team for team in agent.swing_teams if (agent.id, team) not in barred or (agent.id, team) in bound
            ),
        )
        for agent in problem.agents
    )
    return replace(problem, agents=agents)


def _sides(caller: Caller, giving: str, taking: str) -> frozenset[Side]:
    sides = sides_of(caller, giving=giving, taking=taking)
    if not sides:
        raise ForbiddenError("that is for the leads of the two teams to say")
    return sides


def _state(lending: Lending) -> LendingState:
    said = (lending.giving_said_by is not None) + (lending.taking_said_by is not None)
    return (LendingState.SUGGESTED, LendingState.ACCEPTED, LendingState.AGREED)[said]


def _change_move(
    database: Database,
    move: Move,
    plan_id: int | None,
    version: int,
    change: Any,
    *,
    caller: Caller,
    now: int,
    what: str,
) -> Lending:
    with database.writing() as session:
        connection = session.connection()
        hold_agent(connection, move.agent_id)  # two leads who speak at once find one lending, not one each
        found = list_lendings(connection, start=move.start, end=move.end, teams=(move.home_team,))
        before = match(found, move)
        if before is None:
            if version:
                raise StaleError("what was said of this move is no longer there")
            fresh = Lending(
                agent_id=move.agent_id,
                from_team_id=move.home_team,
                to_team_id=move.team,
                starts_at=move.start,
                ends_at=move.end,
                plan_id=plan_id,
            )
            after = add_lending(connection, change(fresh))
            _trace(session, None, after, caller=caller, now=now, what=what)
            return after
        return _store(session, before, change(before), version, caller=caller, now=now, what=what)


def _store(
    session: Session, before: Lending, after: Lending, version: int, *, caller: Caller, now: int, what: str
) -> Lending:
    if before.version != version:
        who = before.refused_by or before.taking_said_by or before.giving_said_by or ""
        raise StaleError(f"{who} has answered in the meantime: it is {before.state.value} now")
    after = replace(after, version=before.version + 1)
    write_lending(session.connection(), after)
    _trace(session, before, after, caller=caller, now=now, what=what)
    return after


def _trace(session: Session, before: Lending | None, after: Lending, *, caller: Caller, now: int, what: str) -> None:
    record_change(
        session,
        at=now,
        principal_id=caller.principal_id,
        what=what,
        subject=Subject.LENDING,
        subject_id=after.id or 0,
        before=None if before is None else {"state": before.state.value, "reason": before.reason},
        after={
            "state": after.state.value,
            "reason": after.reason,
            "agent": after.agent_id,
            "from": after.from_team_id,
            "to": after.to_team_id,
        },
    )
