"""The fixes that were done for a task, read off the audit trail, and taking one back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.database import Database
from models.errors import ConflictError, ForbiddenError, NotFoundError
from models.repositories.audit import list_changes, record_change
from models.repositories.live.states import read_task
from models.repositories.office_pages import get_task
from models.vocabulary_audit import Subject
from services.fixes import FixKind
from services.office_editing import pin, version_of
from services.today.bench import Workbench
from services.today.fixing import OF_AGENT, change_demands
from services.today.lendings import find_lending, take_back

MOST_READ = 100


@dataclass(frozen=True, kw_only=True)
class AppliedFix:
    """A fix that was done.

    Attributes
    ----------
    id
        Of its change in the audit trail.
    asked, task
        The task that it was asked for, and the one that it lets in.
    before, after
        What stood before it and after it, by its kind.
    is_undone
        Whether it was taken back.
    """

    id: int
    at: int
    principal_id: str
    kind: FixKind
    asked: str
    task: str
    agent: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    is_undone: bool


def find_applied(database: Database, task_id: str, *, since: int) -> list[AppliedFix]:
    """Return the fixes that were done for a task since an instant, the last one first."""
    with database.reading() as session:
        changes = list_changes(session, subject=Subject.TASK.value, subject_id=task_id, since=since, limit=MOST_READ)
    undone = {change.after.get("undone_fix") for change in changes if change.after is not None}
    return [
        AppliedFix(
            id=change.id,
            at=change.at,
            principal_id=change.principal_id or "",
            kind=FixKind(change.after["fix"]),
            asked=task_id,
            task=change.after["task"],
            agent=change.after["agent"],
            before=(change.before or {})["stood"],
            after=change.after["stands"],
            is_undone=change.id in undone,
        )
        for change in changes
        if change.after is not None and "fix" in change.after
    ]


def undo_fix(bench: Workbench, task_id: str, fix_id: int, *, since: int) -> AppliedFix:
    """Put back what stood before a fix, and return it.

    Raises
    ------
    NotFoundError
        If there is no such fix of the task since then.
    ForbiddenError
        If it changed somebody who is not of the caller's teams, or what only administrators change.
    ConflictError
        If it was taken back already, or what it changed has been changed since.
    """
    found = next((one for one in find_applied(bench.database, task_id, since=since) if one.id == fix_id), None)
    if found is None:
        raise NotFoundError(f"no fix {fix_id} was done for task {task_id!r}")
    if found.is_undone:
        raise ConflictError("it was taken back already")
    _check_may(bench, found)
    _UNDOING[found.kind](bench, found)
    with bench.database.writing() as session:
        record_change(
            session,
            at=bench.now,
            principal_id=bench.caller.principal_id,
            what=bench.what,
            subject=Subject.TASK,
            subject_id=task_id,
            before={"stood": found.after},
            after={"undone_fix": fix_id, "stands": found.before},
        )
    return found


def _check_may(bench: Workbench, fix: AppliedFix) -> None:
    caller = bench.caller
    if caller.has():
        return
    if fix.kind is FixKind.SKILL_WAIVED or "client" in fix.after:
        raise ForbiddenError("an administrator did this, and an administrator takes it back")
    if fix.kind in OF_AGENT and bench.home_team(fix.agent or "") not in caller.teams:
        raise ForbiddenError("that is for the lead of this agent's own team to take back")


def _check_stands(*, is_so: bool) -> None:
    if not is_so:
        raise ConflictError("this has been changed since, and is not put back: change it where it is")


def _shorten_shift(bench: Workbench, fix: AppliedFix) -> None:
    shift = bench.find_shift(_agent(fix), before=fix.after["ends_at"])
    _check_stands(is_so={name: shift[name] for name in ("starts_at", "ends_at")} == fix.after)
    bench.end_shift(shift, fix.before["ends_at"])


def _take_back(bench: Workbench, fix: AppliedFix) -> None:
    lending = find_lending(bench.database, fix.after["lending"])
    take_back(
        bench.database, bench.caller, fix.after["lending"], version=lending.version, now=bench.now, what=bench.what
    )
    if not fix.before["is_lent"]:
        lent = bench.read_agent(_agent(fix))["swing_teams"]
        bench.change_agent(_agent(fix), swing_teams=[team for team in lent if team != fix.after["team"]])


def _limit_moves(bench: Workbench, fix: AppliedFix) -> None:
    _check_stands(is_so=bench.read_agent(_agent(fix))["max_moves"] == fix.after["max_moves"])
    bench.change_agent(_agent(fix), max_moves=fix.before["max_moves"])


def _pin_again(bench: Workbench, fix: AppliedFix) -> None:
    with bench.database.reading() as session:
        state = read_task(session.connection(), fix.task)
        pinned = get_task(session.connection(), fix.task)["pinned_agent_id"]
    _check_stands(is_so=pinned is None and (state is None or state.reserved_agent_id is None))
    if fix.before["pinned"] is not None:
        pin(
            bench.database,
            fix.task,
            fix.before["pinned"],
            now=bench.now,
            principal_id=bench.caller.principal_id,
            what=bench.what,
            check=lambda _version: None,
        )
    if fix.before["by_lead"] is not None:
        bench.desk.reassign(fix.task, bench.act, to_agent_id=fix.before["by_lead"])


def _due_before(bench: Workbench, fix: AppliedFix) -> None:
    with bench.database.reading() as session:
        now_due = get_task(session.connection(), fix.task)["due_at"]
    _check_stands(is_so=now_due == fix.after["due_at"])
    bench.desk.change_due(fix.task, bench.act, due_at=fix.before["due_at"])


def _ask_more(bench: Workbench, fix: AppliedFix) -> None:
    with bench.database.reading() as session:
        task = get_task(session.connection(), fix.task)
    _check_stands(is_so=all(task[name] == fix.after[name] for name in ("min_level", "also_requires")))
    change_demands(bench, fix.task, version_of(task), fix.before)


def _unlearn(bench: Workbench, fix: AppliedFix) -> None:
    if "client" in fix.after:
        _check_stands(is_so=bench.read_agent(_agent(fix))["clients"] == fix.after["clients"])
        bench.change_agent(_agent(fix), clients=fix.before["clients"])
        return
    _check_stands(is_so=bench.held_skill(_agent(fix), fix.after["skill"]) == fix.after)
    bench.change_skill(_agent(fix), fix.before)


def _agent(fix: AppliedFix) -> str:
    assert fix.agent is not None  # noqa: S101 - kinds that change somebody say whom
    return fix.agent


_UNDOING: Mapping[FixKind, Callable[[Workbench, AppliedFix], None]] = {
    FixKind.OVERTIME: _shorten_shift,
    FixKind.LENDING: _take_back,
    FixKind.MOVE: _limit_moves,
    FixKind.PIN_LIFTED: _pin_again,
    FixKind.DUE_MOVED: _due_before,
    FixKind.SKILL_WAIVED: _ask_more,
    FixKind.TRAINING: _unlearn,
}
