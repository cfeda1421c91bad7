"""The next best task through the database: offered, claimed, skipped, taken instead, lost to somebody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.formats.offices.office import Office
from models.repositories.live.events import assign_positions
from models.repositories.live.states import get_choice_set
from models.repositories.offices import write_office
from models.vocabulary_live import CancelReason, Leave, OffTaskCode, SkipReason, TaskStage
from optimizer.next_task import Block
from services.importing.store import store_office
from services.live.acts import Act
from services.live.choice_sets import list_entries
from services.live.desk import Desk
from services.live.following import Follower
from services.live.idling import find_idle_pairs
from services.live.next_task import NextTask
from services.live.why_waiting import Standing
from services.settings import Settings
from services.upserting import upsert_rows

MONDAY_8 = 1772434800
HOUR = 3600
ACT = Act(principal_id="tester")


class Process:
    """One process at the desk: its clock, its queue, and what it does."""

    def __init__(self, database: Database, settings: Settings, *, now: int = MONDAY_8 + HOUR) -> None:
        self.now = now
        self.database = database
        self.follower = Follower(database, settings, clock=lambda: self.now)
        self.desk = Desk(database, settings, clock=lambda: self.now, listeners=[self.follower.hear])
        self.offers = NextTask(database, self.desk, self.follower, clock=lambda: self.now)
        self.follower.catch_up()

    def choice_of(self, event_id: int | None) -> Any:
        with self.database.reading() as session:
            return get_choice_set(session.connection(), event_id or 0)

    def follow(self) -> int:
        with self.database.writing() as session:
            assign_positions(session.connection())
        return self.follower.catch_up()


def claim(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + 4 * HOUR, **fields}


@pytest.fixture
def open_desk(database: Database, make_office: Callable[..., Office]) -> Callable[..., Process]:
    """Store an office with tables replaced, sign Ana and Ben in, and return a process at its desk."""

    def make(*, tasks: list[dict[str, Any]] | None = None, **settings: Any) -> Process:
        with database.writing() as session:
            write_office(session, make_office(**({} if tasks is None else {"tasks": tasks})))
        process = Process(database, Settings(**settings))
        for agent in ("ana", "ben"):
            process.desk.sign_in(agent, ACT)
        return process

    return make


@pytest.fixture
def five() -> list[dict[str, Any]]:
    """Five claims, each more important than the one before."""
    return [claim(f"C{number}", weight=float(number)) for number in range(1, 6)]


def test_the_best_task_is_claimed_and_two_more_are_shown(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is not None
    assert (offer.primary.task_id, [one.task_id for one in offer.alternates]) == ("C5", ["C4", "C3"])
    assert (offer.num_eligible, offer.primary.rank, offer.primary.team) == (5, 1, "claims")
    assert offer.primary.score == pytest.approx(sum(offer.primary.terms.values()))
    assert any("due 12:00" in reason for reason in offer.primary.reasons)
    held = desk.follower.queue.find("C5")
    assert held is not None
    assert (held.stage, held.agent) == (TaskStage.CLAIMED, "ben")
    state = desk.follower.queue.state_of("ben")
    assert state is not None
    choice = desk.choice_of(state.event_id)
    assert (choice.num_eligible, choice.taken_rank, choice.deviates, choice.leave) == (5, 1, False, None)
    entries = list_entries(choice.entries)
    assert [entry.task for entry in entries] == ["C5", "C4", "C3", "C2", "C1"]
    assert [entry.rank for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.score for entry in entries] == sorted((entry.score for entry in entries), reverse=True)
    assert entries[0].terms.keys() == offer.primary.terms.keys()
    assert choice.shown == {"primary": "C5", "alternates": ["C4", "C3"], "skipped": []}
    assert sum(choice.index_counts.values()) == 5
    assert choice.policy_version == offer.policy_version
    again = desk.offers.next_task("ben", ACT)
    assert again.primary is not None
    assert (again.primary.task_id, again.version) == ("C5", offer.version)


def test_whoever_asks_again_is_shown_what_was_shown_then_what_stood_behind_it(
    open_desk: Callable[..., Process], five: Any
) -> None:
    desk = open_desk(tasks=five)

    def shown() -> list[str]:
        return [task.task_id for task in desk.offers.next_task("ben", ACT).alternates]

    first = shown()
    urgent = {"id": "NEW", "type": "claim", "arrived": "2026-03-02T08:30+01:00", "due": "2026-03-02T09:10+01:00"}
    upsert_rows(desk.database, Settings(), "tasks", [{**urgent, "weight": 50}], now=desk.now, principal_id=None)
    desk.follow()
    assert "NEW" in {task.task_id for task in desk.offers.list_choices("ben", limit=9).tasks}
    assert shown() == first, "what came since was no choice then"
    desk.offers.take("ana", first[0], ACT)
    assert shown() == [first[1], "C2"], "the next of the choice set"


def test_a_task_that_a_lead_gives_to_whoever_skipped_it_is_offered_again(
    open_desk: Callable[..., Process], five: Any
) -> None:
    desk = open_desk(tasks=five)
    desk.offers.next_task("ben", ACT)
    desk.desk.skip("ben", "C5", ACT, reason=SkipReason.UNCLEAR)
    assert desk.follower.queue.block("ben", "C5", desk.now) is Block.SKIPPED
    desk.desk.reassign("C5", ACT, to_agent_id="ben")
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is not None
    assert offer.primary.task_id == "C5", "a lead's word wins"
    desk.desk.skip("ben", "C5", ACT, reason=SkipReason.UNCLEAR)
    again = desk.offers.next_task("ben", ACT)
    assert again.primary is not None
    assert again.primary.task_id != "C5", "skipped once more it waits for anybody else"


def test_a_task_that_somebody_took_meanwhile_falls_to_the_next(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    other = Process(desk.database, Settings())
    first = other.offers.next_task("ana", ACT)  # unknown to the first process until it follows
    assert first.primary is not None
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is not None
    assert (first.primary.task_id, offer.primary.task_id) == ("C5", "C4")
    state = desk.follower.queue.state_of("ben")
    assert state is not None
    assert desk.choice_of(state.event_id).taken_rank == 2  # as it was ranked, in memory


def test_who_asks_again_in_another_process_is_offered_the_same(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    other = Process(desk.database, Settings())  # follows nothing yet: to it, Ben is free and C5 waits
    first = desk.offers.next_task("ben", ACT)
    again = other.offers.next_task("ben", ACT)
    assert first.primary is not None
    assert again.primary is not None
    assert (again.primary.task_id, again.version) == (first.primary.task_id, first.version)
    assert [one.task_id for one in again.alternates] == [one.task_id for one in first.alternates]
    desk.desk.start("ben", "C5", ACT)
    with pytest.raises(ConflictError, match="busy"):
        Process(desk.database, Settings()).offers.next_task("ben", ACT)


def test_who_finds_one_task_taken_learns_of_those_that_come_next(
    open_desk: Callable[..., Process], five: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tasks=five)
    other = Process(desk.database, Settings())
    other.desk.claim("ana", "C5", ACT)
    for task in ("C4", "C3"):
        other.desk.cancel(task, ACT, reason=CancelReason.DUPLICATE)
    tried: list[str] = []
    attempt = desk.desk.try_claim

    def note(agent_id: str, task_id: str, act: Act, *, choice: Any) -> Any:
        tried.append(task_id)
        return attempt(agent_id, task_id, act, choice=choice)

    monkeypatch.setattr(desk.desk, "try_claim", note)
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is not None
    assert offer.primary.task_id == "C2"
    assert set(tried) == ({"C5", "C4", "C3", "C2"} if desk.database.is_sqlite else {"C5", "C2"})


def test_an_alternate_is_taken_instead_and_the_first_waits_again(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    desk.offers.next_task("ben", ACT)
    outcome = desk.offers.take("ben", "C3", ACT)
    choice = desk.choice_of(outcome.event.id)
    assert (choice.taken_rank, choice.deviates, choice.leave) == (3, True, Leave.OFFERED_ALTERNATE)
    assert choice.shown["primary"] == "C5"
    assert choice.num_eligible == 5
    assert {task: desk.follower.queue.find(task).stage for task in ("C5", "C3")} == {  # type: ignore[union-attr]
        "C5": TaskStage.WAITING,
        "C3": TaskStage.CLAIMED,
    }
    offer = desk.offers.next_task("ana", ACT)
    assert offer.primary is not None
    assert offer.primary.task_id == "C5"


def test_who_takes_any_other_task_deviates_without_leave(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    choice = desk.choice_of(desk.offers.take("ben", "C1", ACT).event.id)
    assert (choice.taken_rank, choice.deviates, choice.leave) == (5, True, None)
    told = desk.choice_of(desk.offers.take("ana", "C2", ACT, is_told=True).event.id)
    assert (told.deviates, told.leave) == (True, Leave.TOLD_BY_LEAD)


def test_a_skipped_task_is_passed_over_and_that_is_the_leave(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five, skips_to_lead=2)
    desk.offers.next_task("ben", ACT)
    desk.desk.skip("ben", "C5", ACT, reason=SkipReason.UNCLEAR)
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is not None
    assert (offer.primary.task_id, offer.primary.rank) == ("C4", 2)
    state = desk.follower.queue.state_of("ben")
    assert state is not None
    choice = desk.choice_of(state.event_id)
    assert (choice.taken_rank, choice.leave, choice.shown["skipped"]) == (2, Leave.SKIP_REASON, ["C5"])
    desk.offers.next_task("ana", ACT)
    desk.desk.skip("ana", "C5", ACT, reason=SkipReason.UNCLEAR)
    third = desk.follower.queue.find("C5")
    assert third is not None
    assert third.stage is TaskStage.LEAD


def test_continuity_is_a_leave(open_desk: Callable[..., Process]) -> None:
    tasks = [claim("A", case="X"), claim("B", weight=5.0), claim("C", case="X", weight=1.0)]
    desk = open_desk(tasks=tasks)
    desk.offers.take("ben", "A", ACT)
    desk.desk.start("ben", "A", ACT)
    desk.desk.complete("ben", "A", ACT)
    choice = desk.choice_of(desk.offers.take("ben", "C", ACT).event.id)
    assert (choice.taken_rank, choice.leave) == (2, Leave.CONTINUITY)


def test_what_an_agent_may_not_take_is_refused_with_the_reason(open_desk: Callable[..., Process]) -> None:
    desk = open_desk(tasks=[claim("mine", pinned_agent="ana"), claim("later", earliest_start=MONDAY_8 + 9 * HOUR)])
    with pytest.raises(ConflictError, match="kept for others"):
        desk.offers.take("ben", "mine", ACT)
    with pytest.raises(ConflictError, match="may not start yet"):
        desk.offers.take("ben", "later", ACT)
    with pytest.raises(NotFoundError, match="no task 'none' is open"):
        desk.offers.take("ben", "none", ACT)
    with pytest.raises(NotFoundError, match="no agent 'nobody'"):
        desk.offers.next_task("nobody", ACT)
    offer = desk.offers.next_task("ben", ACT)
    assert offer.primary is None
    assert offer.blocked == {Block.PINNED: 1, Block.TOO_EARLY: 1}
    state = desk.follower.queue.state_of("ben")
    assert state is not None
    assert state.looking_since == desk.now


def test_who_is_not_free_is_told_why(open_desk: Callable[..., Process], five: Any) -> None:
    desk = open_desk(tasks=five)
    desk.desk.off_task("ana", ACT, code=OffTaskCode.BREAK)
    with pytest.raises(ConflictError, match="off task"):
        desk.offers.next_task("ana", ACT)
    desk.offers.next_task("ben", ACT)
    desk.desk.start("ben", "C5", ACT)
    with pytest.raises(ConflictError, match="busy with task 'C5'"):
        desk.offers.next_task("ben", ACT)
    desk.desk.complete("ben", "C5", ACT)
    desk.desk.sign_out("ben", ACT)
    with pytest.raises(ConflictError, match="not signed in"):
        desk.offers.next_task("ben", ACT)


def test_two_at_once_never_get_the_same(open_desk: Callable[..., Process]) -> None:
    tasks = [claim(f"C{number}", weight=float(number)) for number in range(12)]
    desk = open_desk(tasks=tasks)
    processes = {agent: Process(desk.database, Settings()) for agent in ("ana", "ben")}

    def work(agent: str) -> list[str]:
        done = []
        for _ in range(6):
            offer = processes[agent].offers.next_task(agent, ACT)
            assert offer.primary is not None
            processes[agent].desk.start(agent, offer.primary.task_id, ACT)
            processes[agent].desk.complete(agent, offer.primary.task_id, ACT)
            done.append(offer.primary.task_id)
        return done

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, ("ana", "ben"))
    assert sorted(first + second) == sorted(task["id"] for task in tasks)


def test_following_the_events_gives_the_queue_that_reading_it_anew_gives(
    open_desk: Callable[..., Process], five: Any
) -> None:
    five[1] |= {"after": ("C1",)}
    five[2] |= {"separate_from": ("C5",), "case": "X"}
    desk = open_desk(tasks=five)
    watcher = Process(desk.database, Settings())
    steps: list[Callable[[], object]] = [
        lambda: desk.offers.next_task("ben", ACT),
        lambda: desk.desk.start("ben", "C5", ACT),
        lambda: desk.desk.complete("ben", "C5", ACT),
        lambda: desk.offers.take("ben", "C4", ACT),
        lambda: desk.desk.skip("ben", "C4", ACT, reason=SkipReason.UNCLEAR),
        lambda: desk.desk.reassign("C1", ACT, to_agent_id="ana"),
        lambda: desk.desk.change_due("C3", ACT, due_at=MONDAY_8 + 2 * HOUR),
        lambda: desk.desk.prioritise("C4", ACT, weight=9.0),
        lambda: desk.offers.next_task("ana", ACT),
        lambda: desk.desk.start("ana", "C1", ACT),
        lambda: desk.desk.complete("ana", "C1", ACT),
    ]
    for step in steps:
        step()
        desk.now += 60
        watcher.now = desk.now
        watcher.follow()
        fresh = Process(desk.database, Settings(), now=desk.now)
        for agent in ("ana", "ben"):
            want = fresh.follower.queue.rank(agent, desk.now)
            for process in (desk, watcher):
                found = process.follower.queue.rank(agent, desk.now)
                assert [task.id for task in found.tasks] == [task.id for task in want.tasks]
                assert found.ranking.terms.tolist() == want.ranking.terms.tolist()
                assert found.ranking.blocked == want.ranking.blocked
                assert found.ranking.digest == want.ranking.digest
                assert (found.skipped, found.due.tolist()) == (want.skipped, want.due.tolist())
    assert watcher.follower.queue.num_waiting == 3


def test_who_is_free_while_work_waits_is_found_within_five_seconds_and_why(open_desk: Callable[..., Process]) -> None:
    desk = open_desk(tasks=[claim("C1"), claim("kept", excluded_agents=("ana",))])
    assert find_idle_pairs(desk.follower.queue, desk.now + 1) == []
    pairs = {pair.agent_id: pair for pair in find_idle_pairs(desk.follower.queue, desk.now + 2)}
    assert pairs["ana"].task_id == "C1"
    assert pairs["ana"].blocked == {Block.EXCLUDED: 1}
    assert "has not asked" in pairs["ana"].why
    assert pairs["ben"].num_doable == 2
    desk.offers.next_task("ben", ACT)
    desk.now += 60
    first = desk.follower.queue.find("C1")
    assert first is not None
    assert [pair.agent_id for pair in find_idle_pairs(desk.follower.queue, desk.now)] == ["ana"]
    desk.desk.off_task("ana", ACT, code=OffTaskCode.MEETING)
    assert find_idle_pairs(desk.follower.queue, desk.now + 60) == []


def test_why_a_task_waits_knows_who_is_there(open_desk: Callable[..., Process]) -> None:
    desk = open_desk(tasks=[claim("C1"), claim("C2", weight=9.0)])
    reason = desk.offers.explain_waiting("C1")
    assert [(one.agent_id, one.standing) for one in reason.able] == [("ana", Standing.FREE), ("ben", Standing.FREE)]
    assert reason.sentence.startswith("Ana and Ben could do it now")
    desk.offers.next_task("ben", ACT)
    assert desk.offers.explain_waiting("C2").sentence == "It is not waiting: it is claimed by Ben."
    with pytest.raises(NotFoundError):
        desk.offers.explain_waiting("none")


def test_an_import_of_tasks_is_followed_task_by_task_and_any_other_read_anew(
    open_desk: Callable[..., Process], make_office: Callable[..., Office], five: Any
) -> None:
    desk = open_desk(tasks=five)
    desk.follow()
    queue = desk.follower.queue

    def take_in(**tables: Any) -> None:
        office = make_office(**tables)
        frames = {name: frame for name, frame in office.tables.items() if name in tables}
        with desk.database.writing() as session:
            store_office(session, Office(tables=frames, source="more"), kind="tables", now=desk.now)
        desk.follow()

    take_in(tasks=[claim("C1", weight=99.0), claim("C6", weight=50.0)])
    assert desk.follower.queue is queue
    assert [task.id for task in queue.rank("ben", desk.now).tasks][:3] == ["C1", "C6", "C5"]
    assert queue.rank("ben", desk.now).weight.tolist()[:2] == [99.0, 50.0]
    take_in(agent_skills=[{"agent": "ben", "skill": "bill", "level": 5}])
    assert desk.follower.queue is not queue
    assert desk.follower.queue.rank("ben", desk.now).tasks == []


def test_a_task_that_is_being_claimed_is_in_no_other_ranking_of_the_process(
    open_desk: Callable[..., Process], five: Any
) -> None:
    queue = open_desk(tasks=five).follower.queue
    with queue.reserving("C5") as is_free:
        assert is_free
        assert [task.id for task in queue.rank("ben", MONDAY_8 + HOUR).tasks] == ["C4", "C3", "C2", "C1"]
        with queue.reserving("C5") as is_free_again:
            assert not is_free_again
        assert queue.num_waiting == 4
    assert queue.rank("ben", MONDAY_8 + HOUR).tasks[0].id == "C5"
    assert queue.num_waiting == 5
    with queue.reserving("none") as is_free:
        assert not is_free
