# ruff: noqa: ARG005 - every operation takes the same, and most need not all
"""The log is the truth: whatever happens at the desk, the states are those that it gives, on both databases."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from models.database import Database
from models.errors import ConflictError, UsageError
from models.formats.offices.office import Office
from models.repositories.live.records import LiveAgent
from models.repositories.live.states import read_agent, read_task
from models.vocabulary_live import (
    CancelReason,
    CheckResult,
    EventKind,
    OffTaskCode,
    PendReason,
    Presence,
    ReopenReason,
    Severity,
    SkipReason,
)
from services.importing.store import Snapshot, store_office
from services.live.acts import ITSELF, Act
from services.live.desk import Desk
from services.live.replay import rebuild, verify_database
from services.live.task_stages import STEPS, possible

AGENTS, TASKS = ("ana", "ben"), ("T1", "T2", "T3")
HOUR = 3600
Operation = Callable[[Desk, str, str, Act], Any]
OF_TASK: dict[EventKind, Operation] = {
    EventKind.CLAIMED: lambda desk, agent, task, act: desk.claim(agent, task, act),
    EventKind.STARTED: lambda desk, agent, task, act: desk.start(agent, task, act),
    EventKind.PAUSED: lambda desk, agent, task, act: desk.pause(agent, task, act),
    EventKind.RESUMED: lambda desk, agent, task, act: desk.resume(agent, task, act),
    EventKind.COMPLETED: lambda desk, agent, task, act: desk.complete(agent, task, act),
    EventKind.RETURNED: lambda desk, agent, task, act: desk.return_(agent, task, act, reason=SkipReason.OTHER),
    EventKind.SKIPPED: lambda desk, agent, task, act: desk.skip(agent, task, act, reason=SkipReason.UNCLEAR),
    EventKind.EXPIRED: lambda desk, agent, task, act: desk.expire(task, ITSELF),
    EventKind.RELEASED: lambda desk, agent, task, act: desk.release(task, act),
    EventKind.PENDED: lambda desk, agent, task, act: desk.pend(
        task, act, reason=PendReason.CUSTOMER, follow_up_at=desk.clock() + 600
    ),
    EventKind.UNPENDED: lambda desk, agent, task, act: desk.unpend(task, act),
    EventKind.WRONG_TEAM: lambda desk, agent, task, act: desk.wrong_team(agent, task, act, team_id="claims"),
    EventKind.INFORMATION_MISSING: lambda desk, agent, task, act: desk.information_missing(agent, task, act),
    EventKind.HELP_ASKED: lambda desk, agent, task, act: desk.ask_help(agent, task, act),
    EventKind.REASSIGNED: lambda desk, agent, task, act: desk.reassign(task, act, to_agent_id=agent),
    EventKind.CANCELLED: lambda desk, agent, task, act: desk.cancel(task, act, reason=CancelReason.WITHDRAWN),
    EventKind.REOPENED: lambda desk, agent, task, act: desk.reopen(task, act, reason=ReopenReason.CHECK_FAILED),
    EventKind.CHECKED: lambda desk, agent, task, act: desk.check(
        task, act, result=CheckResult.FAIL, severity=Severity.MAJOR
    ),
    EventKind.DUE_CHANGED: lambda desk, agent, task, act: desk.change_due(task, act, due_at=desk.clock() + HOUR),
    EventKind.PRIORITISED: lambda desk, agent, task, act: desk.prioritise(task, act, weight=3.0),
}
OF_AGENT: dict[EventKind, Operation] = {
    EventKind.SIGNED_IN: lambda desk, agent, task, act: desk.sign_in(agent, act),
    EventKind.SIGNED_OUT: lambda desk, agent, task, act: desk.sign_out(agent, act),
    EventKind.OFF_TASK_BEGAN: lambda desk, agent, task, act: desk.off_task(agent, act, code=OffTaskCode.BREAK),
    EventKind.OFF_TASK_ENDED: lambda desk, agent, task, act: desk.back_on_task(agent, act),
    EventKind.LOOKING: lambda desk, agent, task, act: desk.look(agent, act),
}
NOT_ASKED_FOR = {EventKind.ARRIVED, EventKind.CLOSED_ELSEWHERE, EventKind.OFFICE_CHANGED, EventKind.DUPLICATE}
BY_LEADS = {
    EventKind.RELEASED,
    EventKind.PENDED,
    EventKind.REASSIGNED,
    EventKind.CANCELLED,
    EventKind.CHECKED,
    EventKind.DUE_CHANGED,
    EventKind.PRIORITISED,
}
AT_WORK = {EventKind.STARTED, EventKind.PAUSED, EventKind.RESUMED, EventKind.COMPLETED}
WAYS_BACK = {Presence.OUT: EventKind.SIGNED_IN, Presence.OFF_TASK: EventKind.OFF_TASK_ENDED}


def test_every_event_of_a_task_has_an_operation_or_is_the_imports() -> None:
    assert set(STEPS) == set(OF_TASK) | {EventKind.CLOSED_ELSEWHERE}


def test_what_is_stored_is_what_the_log_gives(at_work: Any, make_office: Callable[..., Office]) -> None:
    """Walks over all that can happen, now and then with an import; clocks go back, tell late, and tell twice."""
    office = make_office()
    stopping = make_office(task_types=[{**row, "pending_stops_clock": True} for row in office.rows("task_types")])
    refused = 0
    for seed in range(5):
        draw = random.Random(seed)  # noqa: S311 - nothing is to be kept secret
        desk = at_work.with_settings(most_in_hand=1 + seed % 2, skips_to_lead=2, claim_minutes=5).desk
        for step in range(90):
            now = at_work.clock.forward(draw.choice((0, 1, 30, 200, 700, -120)))
            if step % 30 == 15:
                _import(at_work.database, stopping, set(draw.sample(TASKS, 2)), now)
            try:
                _do_something(at_work, desk, draw, now)
            except (ConflictError, UsageError):
                refused += 1
        verdict = verify_database(at_work.database)
        assert verdict.holds, "\n".join(map(str, verdict.differences))
    happened = Counter(at_work.kinds())
    assert set(happened) == {*OF_TASK, *OF_AGENT, *NOT_ASKED_FOR}, happened
    assert refused > 20, "what may not happen was tried as well"
    _check_hands(at_work)


def _do_something(at_work: Any, desk: Desk, draw: random.Random, now: int) -> None:
    """Mostly something that may happen to a task, by who has it in hand; now and then anything."""
    task_id, agent_id = draw.choice(TASKS), draw.choice(AGENTS)
    with at_work.database.reading() as session:
        task = read_task(session.connection(), task_id)
        agent = read_agent(session.connection(), agent_id) or LiveAgent(agent_id=agent_id)
    kinds = [*OF_TASK, *OF_AGENT]
    if draw.random() < 0.5 and agent.presence in WAYS_BACK:
        kinds = [WAYS_BACK[agent.presence]]
    elif draw.random() < 0.1:
        kinds = [*OF_AGENT]
    elif task is not None and draw.random() < 0.9:
        kinds = [kind for kind in possible(task.state) if kind in OF_TASK]
        kinds += [kind for kind in kinds if kind not in BY_LEADS] * 3
        kinds += [kind for kind in kinds if kind in AT_WORK] * 3
        agent_id = task.agent_id or task.reserved_agent_id or agent_id
    kind = draw.choice(kinds)
    act = Act(
        principal_id="me",
        occurred_at=draw.choice((None, None, now, now - 400, now + 200)),
        dedup_key=draw.choice((None, None, None, f"{kind}:{agent_id}:{task_id}:{draw.random() < 0.5}")),
    )
    {**OF_TASK, **OF_AGENT}[kind](desk, agent_id, task_id, act)


def _check_hands(at_work: Any) -> None:
    """What the tables' own constraints do not say: what an agent has in hand is what the tasks say."""
    with at_work.database.reading() as session:
        states = rebuild(session)
    for agent in states.agents.values():
        held = [task.task_id for task in states.tasks.values() if task.agent_id == agent.agent_id]
        assert agent.num_in_hand == len(held)
        assert agent.task_id in {None, *held}


def _import(database: Database, office: Office, listed: set[str], now: int) -> None:
    tasks = office.table("tasks")
    part = Office(tables={**office.tables, "tasks": tasks[tasks["id"].isin(listed)]}, source="office")
    with database.writing() as session:
        store_office(session, part, kind="tables", now=now, snapshot=Snapshot(is_confirmed=True))
