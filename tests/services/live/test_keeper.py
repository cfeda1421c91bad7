"""The background duties, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.errors import UnavailableError
from models.repositories.live.events import last_position, read_events
from models.vocabulary_live import LeadReason, PendReason, Presence, TaskStage
from services.live.acts import Act
from services.live.duties import STANDARD_DUTIES, Duty
from services.live.keeper import Keeper, has_keeper
from services.settings import Settings

ME = Act(principal_id="me")
MINUTE, HOUR = 60, 3600


@pytest.fixture
def keeper(at_work: Any) -> Keeper:
    """A keeper with the clock of the desk."""
    return Keeper(at_work.database, Settings(), clock=at_work.clock, timer=at_work.clock)


def test_a_claim_that_is_not_started_runs_out(at_work: Any, keeper: Keeper) -> None:
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    desk.claim("ana", "T1", ME)
    clock.forward(15 * MINUTE - 1)
    assert keeper.do_what_is_due()["claims"] == 0
    clock.forward(1)
    assert keeper.do_what_is_due()["claims"] == 1
    assert at_work.task("T1").state is TaskStage.WAITING
    assert at_work.agent("ana").presence is Presence.FREE


def test_a_begun_task_never_runs_out(at_work: Any, keeper: Keeper) -> None:
    at_work.desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    at_work.clock.forward(5 * HOUR)
    keeper.do_what_is_due()
    assert at_work.task("T1").state is TaskStage.STARTED


def test_a_pended_task_comes_back_by_itself(at_work: Any, keeper: Keeper) -> None:
    clock = at_work.clock
    at_work.desk.pend("T1", ME, reason=PendReason.CUSTOMER, follow_up_at=clock.now + HOUR)
    clock.forward(HOUR - 1)
    assert keeper.do_what_is_due()["follow-ups"] == 0
    clock.forward(1)
    assert keeper.do_what_is_due()["follow-ups"] == 1
    assert at_work.task("T1").state is TaskStage.WAITING


def test_who_went_home_is_signed_out_and_their_work_goes_to_a_lead(at_work: Any, keeper: Keeper) -> None:
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    clock.forward(10 * HOUR)  # the shift ended at 16:30, it is 18:00
    keeper.do_what_is_due()
    assert at_work.agent("ana").presence is Presence.BUSY
    clock.forward(HOUR // 2)
    assert keeper.do_what_is_due()["sign-outs"] == 1
    assert at_work.agent("ana").presence is Presence.OUT
    assert (at_work.task("T1").state, at_work.task("T1").lead_reason) == (TaskStage.LEAD, LeadReason.SIGNED_OUT)


def test_all_open_tasks_arrive_and_all_events_get_a_position(at_work: Any, keeper: Keeper) -> None:
    done = keeper.do_what_is_due()
    assert done["arrivals"] == 3
    at_work.clock.forward(1)
    assert keeper.do_what_is_due()["positions"] == 3
    with at_work.database.reading() as session:
        connection = session.connection()
        assert [event.position for event in read_events(connection, after_position=1, limit=9)] == [2, 3]
        assert last_position(connection) == 3


def test_one_keeper_at_a_time_and_the_next_when_it_is_gone(at_work: Any, keeper: Keeper) -> None:
    clock = at_work.clock
    other = Keeper(at_work.database, Settings(), clock=clock, timer=clock)
    assert keeper.do_what_is_due()
    assert not other.do_what_is_due()
    clock.forward(6)
    assert keeper.do_what_is_due()
    clock.forward(9)
    assert not other.do_what_is_due()
    assert has_keeper(at_work.database, clock.now)
    clock.forward(2)
    assert not has_keeper(at_work.database, clock.now)
    assert other.do_what_is_due()
    assert not keeper.do_what_is_due()


def test_a_keeper_in_a_thread_gives_up_its_lease_when_it_is_stopped(at_work: Any) -> None:
    keeper = Keeper(at_work.database, Settings())
    keeper.start()
    keeper.stop()
    assert not has_keeper(at_work.database, 0)
    assert keeper.do_what_is_due() != {}, "nobody holds the lease any more: it can be taken again"


def test_a_duty_that_fails_stops_no_other(at_work: Any) -> None:
    calls: list[str] = []

    def fail(_database: Database, _settings: Settings, _now: int) -> int:
        calls.append("bad")
        raise UnavailableError("away") if len(calls) == 1 else ValueError("broken")

    def work(_database: Database, _settings: Settings, _now: int) -> int:
        calls.append("good")
        return 1

    duties = (Duty(name="bad", every_s=1, do=fail), Duty(name="good", every_s=1, do=work))
    keeper = Keeper(at_work.database, Settings(), duties=duties, clock=at_work.clock, timer=at_work.clock)
    assert keeper.do_what_is_due() == {"good": 1}
    at_work.clock.forward(1)
    assert keeper.do_what_is_due() == {"good": 1}
    assert calls == ["bad", "good", "bad", "good"]


def test_a_duty_of_what_is_committed_waits_for_a_commit(make_database_url: Callable[..., str]) -> None:
    now = [100]
    with Database(make_database_url("sqlite")) as database:
        outcomes: list[Exception | int] = [0, 0, ValueError("broken")]

        def work(_database: Database, _settings: Settings, _now: int) -> int:
            outcome = outcomes.pop()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        duties = (Duty(name="work", every_s=1, do=work, is_after_commits=True),)
        keeper = Keeper(database, Settings(), duties=duties, clock=lambda: now[0], timer=lambda: now[0])

        def turn() -> dict[str, int]:
            now[0] += 1
            return keeper.do_what_is_due()

        assert turn() == {}  # it failed, and is tried again though nothing was committed
        assert turn() == {"work": 0}
        assert turn() == {}
        with database.writing() as session:
            session.connection().exec_driver_sql("INSERT INTO teams (id, name) VALUES ('billing', '')")
        assert turn() == {"work": 0}


def test_duties_have_names_of_their_own() -> None:
    assert len({duty.name for duty in STANDARD_DUTIES}) == len(STANDARD_DUTIES)
