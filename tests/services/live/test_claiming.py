"""A claim in one statement does what its steps do, and however many ask at once, a task goes to one."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, text

from models.database import Database
from models.errors import ConflictError
from models.repositories.live.records import ChoiceSet
from models.repositories.live.states import get_choice_set
from models.tables.schema import table_of
from models.vocabulary_live import EventKind, Leave, Presence, ReopenReason, TaskStage
from services.live.acts import Act
from services.live.desk import Desk
from services.live.replay import verify_database
from services.settings import Settings

ME = Act(principal_id="me", policy_version="p1", rule_version="r1")
CHOICE = ChoiceSet(
    num_eligible=3,
    taken_rank=2,
    deviates=True,
    leave=Leave.OFFERED_ALTERNATE,
    policy_version="p1",
    entries={"task": ["T2", "T1"], "rank": [1, 2], "index": [2.5, 1.0]},
    index_counts={"1..2": 2, "2..3": 1},
    digest="0f" * 16,
    shown={"primary": "T2", "alternates": ["T1"]},
)
NUM_AGENTS = 8


@pytest.fixture
def crowd(seeded_url: str) -> Iterator[Desk]:
    """A desk with more agents than tasks, all signed in; PostgreSQL with a connection for each."""
    with Database(seeded_url) as database:
        with database.writing() as session:
            rows = [
                {"id": f"A{number}", "name": "", "team_id": "claims", "min_stay_minutes": 0.0}
                for number in range(NUM_AGENTS)
            ]
            session.connection().execute(insert(table_of("agents")), rows)
        desk = Desk(database, Settings())
        for number in range(NUM_AGENTS):
            desk.sign_in(f"A{number}", ME)
        yield desk
        verdict = verify_database(database)
        assert verdict.holds, "\n".join(map(str, verdict.differences))


def test_a_claim_keeps_what_could_have_been_chosen(at_work: Any) -> None:
    at_work.desk.sign_in("ana", ME)
    claimed = at_work.desk.claim("ana", "T1", ME, choice=CHOICE)
    with at_work.database.reading() as session:
        assert get_choice_set(session.connection(), claimed.event.id) == CHOICE
        assert get_choice_set(session.connection(), claimed.event.id + 1) is None
    assert claimed.event.policy_version == "p1"


def test_one_statement_does_what_its_steps_do(at_work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same claim, on PostgreSQL once by the one statement and once by the steps, which SQLite always takes."""
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    desk.look("ana", ME)
    desk.prioritise("T1", ME, weight=2.0)
    clock.forward(45)
    by_statement = desk.claim("ana", "T1", ME, choice=CHOICE)
    assert by_statement.task == at_work.task("T1")
    assert by_statement.agent == at_work.agent("ana")
    desk.sign_out("ana", ME)
    desk.sign_in("ana", ME)
    desk.look("ana", ME)
    clock.forward(45)
    monkeypatch.setattr(Desk, "_claim_at_once", lambda *_: None)
    by_steps = desk.claim("ana", "T1", ME, choice=CHOICE)
    again = {"version": 0, "event_id": 0, "since": 0}
    assert replace(by_steps.task, **again, claimed_at=0, expires_at=0) == replace(
        by_statement.task, **again, claimed_at=0, expires_at=0
    )
    assert replace(by_steps.agent, **again) == replace(by_statement.agent, **again)
    same = {"id": 0, "occurred_at": 0, "recorded_at": 0, "details": {}}
    assert replace(by_steps.event, **same) == replace(by_statement.event, **same)
    assert by_steps.event.details.keys() == by_statement.event.details.keys()


def test_of_many_who_ask_at_once_one_gets_the_task(crowd: Desk) -> None:
    ready = threading.Barrier(NUM_AGENTS)

    def ask(number: int) -> str | None:
        ready.wait(timeout=30)
        try:
            crowd.claim(f"A{number}", "T1", ME)
        except ConflictError:
            return None
        return f"A{number}"

    with ThreadPoolExecutor(NUM_AGENTS) as pool:
        winners = [agent for agent in pool.map(ask, range(NUM_AGENTS)) if agent is not None]
    assert len(winners) == 1


def test_one_agent_who_asks_many_times_at_once_gets_one_task(crowd: Desk) -> None:
    tasks = ("T1", "T2", "T3")
    ready = threading.Barrier(len(tasks))

    def ask(task_id: str) -> bool:
        ready.wait(timeout=30)
        try:
            crowd.claim("A0", task_id, ME)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(len(tasks)) as pool:
        assert sum(pool.map(ask, tasks)) == 1


def test_claims_and_releases_at_once_leave_hands_and_tasks_agreeing(crowd: Desk) -> None:
    """Agents claim and give back, while somebody takes tasks out of their hands and signs them out."""
    tasks = ("T1", "T2", "T3")
    ready = threading.Barrier(4)

    def work(number: int) -> int:
        num_done = 0
        ready.wait(timeout=30)
        for turn in range(12):
            agent, task = f"A{number}", tasks[(number + turn) % 3]
            for do in (
                lambda: crowd.claim(agent, task, ME),  # noqa: B023 - called at once
                lambda: crowd.start(agent, task, ME),  # noqa: B023
                lambda: crowd.complete(agent, task, ME),  # noqa: B023
            ):
                num_done += _tried(do)
        return num_done

    def meddle(_number: int) -> int:
        num_done = 0
        ready.wait(timeout=30)
        for turn in range(12):
            task, agent = tasks[turn % 3], f"A{turn % 3}"
            num_done += _tried(lambda: crowd.reassign(task, ME))  # noqa: B023
            num_done += _tried(lambda: crowd.reopen(task, ME, reason=ReopenReason.CHECK_FAILED))  # noqa: B023
            if turn % 4 == 3:
                num_done += _tried(lambda: crowd.sign_out(agent, ME))  # noqa: B023
                num_done += _tried(lambda: crowd.sign_in(agent, ME))  # noqa: B023
        return num_done

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(work, number) for number in range(3)] + [pool.submit(meddle, 0)]
        assert sum(one.result(timeout=120) for one in done) > 20


def test_what_stands_against_a_claim_is_said(crowd: Desk) -> None:
    crowd.claim("A0", "T1", ME)
    with pytest.raises(ConflictError, match="task 'T1' is claimed and not started"):
        crowd.claim("A1", "T1", ME)
    with pytest.raises(ConflictError, match="agent 'A0' is busy with task 'T1'"):
        crowd.claim("A0", "T2", ME)
    assert crowd.release("T1", ME).agents["A0"].presence is Presence.FREE
    with pytest.raises(ConflictError, match="waiting for a lead"):
        crowd.claim("A1", "T1", ME)


def test_listeners_hear_what_was_committed_and_nothing_else(crowd: Desk) -> None:
    heard: list[EventKind] = []
    crowd.listeners.append(lambda outcome: heard.append(outcome.event.kind))
    crowd.claim("A0", "T1", ME)
    with pytest.raises(ConflictError):
        crowd.claim("A1", "T1", ME)
    crowd.start("A0", "T1", ME)
    assert heard == [EventKind.CLAIMED, EventKind.STARTED]


def _tried(do: Callable[[], Any]) -> int:
    try:
        do()
    except ConflictError:
        return 0
    return 1


def test_what_is_told_twice_at_once_happens_once(at_work: Any) -> None:
    """As when an answer is lost with its server, and asked for again before the database has heard of that."""
    at_work.desk.sign_in("ana", ME)
    at_work.desk.claim("ana", "T1", ME)
    at_work.desk.start("ana", "T1", ME)
    telling = Act(principal_id="crm", dedup_key="crm:1")
    with ThreadPoolExecutor(2) as threads:
        with at_work.database.writing() as session:
            held = text("SELECT id FROM tasks WHERE id = 'T1'" + (" FOR UPDATE" * (not at_work.database.is_sqlite)))
            session.connection().execute(held)
            told = [threads.submit(at_work.desk.complete, "ana", "T1", telling) for _ in range(2)]
            while not at_work.database.is_sqlite and _num_waiting(at_work.database) < 2:
                time.sleep(0.01)
        outcomes = [one.result(timeout=30) for one in told]
    assert sorted(outcome.is_duplicate for outcome in outcomes) == [False, True]
    assert outcomes[0].event.id == outcomes[1].event.id
    assert at_work.task("T1").state is TaskStage.CLOSED


def _num_waiting(database: Database) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.reading() as session:
        return int(session.connection().execute(text(query)).scalar_one())


def test_who_is_busy_hears_of_that_and_not_of_the_task(at_work: Any) -> None:
    at_work.desk.sign_in("ana", ME)
    at_work.desk.sign_in("ben", ME)
    at_work.desk.claim("ana", "T1", ME)
    at_work.desk.claim("ben", "T2", ME)
    with pytest.raises(ConflictError, match="agent 'ana' is busy with task 'T1'"):
        at_work.desk.claim("ana", "T2", ME)
