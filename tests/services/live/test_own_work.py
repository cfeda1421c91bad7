"""What an agent has before them: hand, alternates, what is given back, what became of a task, the day, follow-ups."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from models.database import Database
from models.errors import NotFoundError
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.repositories.offices import write_office
from models.vocabulary_live import CancelReason, EventKind, PendReason, SkipReason, TaskStage
from services.live.acts import Act
from services.live.desk import Desk
from services.live.follow_ups import FollowUp, follow_up_at, list_follow_ups
from services.live.following import Follower
from services.live.lost_tasks import find_lost
from services.live.next_task import NextTask
from services.live.own_day import DayMark, look_at_day
from services.live.own_work import OwnWork, look_at_work
from services.settings import Settings

MONDAY_8 = 1772434800
HOUR, DAY = 3600, 86400
BEN, LEAD = Act(principal_id="ben"), Act(principal_id="lea")


class AtWork:
    """Ben at the desk: claims C1 to C4, each more important than the one before, and a dispute that is not his."""

    def __init__(self, database: Database) -> None:
        self.now = MONDAY_8 + HOUR
        self.database, self.settings = database, Settings()
        self.follower = Follower(database, self.settings, clock=lambda: self.now)
        self.desk = Desk(database, self.settings, clock=lambda: self.now, listeners=[self.follower.hear])
        self.offers = NextTask(database, self.desk, self.follower, clock=lambda: self.now)
        self.follower.catch_up()

    def look(self) -> OwnWork:
        return look_at_work(self.database, self.follower, self.settings, "ben", now=self.now)

    def next(self) -> str:
        primary = self.offers.next_task("ben", BEN).primary
        assert primary is not None
        return primary.task_id


@pytest.fixture
def ben(make_database_url: Callable[..., str], make_office: Callable[..., Office]) -> Any:
    tasks: list[dict[str, Any]] = [
        {"id": f"C{nth}", "type": "claim", "arrived": MONDAY_8, "due": MONDAY_8 + 5 * HOUR, "weight": float(nth)}
        for nth in range(1, 5)
    ]
    tasks.append({"id": "D1", "type": "dispute", "arrived": MONDAY_8})
    with Database(make_database_url("sqlite")) as database:
        with database.writing() as session:
            write_office(session, make_office(tasks=tasks))
        yield AtWork(database)


def test_who_is_out_has_nothing_in_hand_and_a_shift(ben: AtWork) -> None:
    work = ben.look()
    assert (work.held, work.alternates, work.num_offerable) == ((), (), 0)
    assert work.shift == (MONDAY_8, MONDAY_8 + 8 * HOUR + 1800)
    with pytest.raises(NotFoundError, match="no agent 'zoe' today"):
        look_at_work(ben.database, ben.follower, ben.settings, "zoe", now=ben.now)


def test_the_task_in_hand_is_shown_with_why_and_beside_it_only_what_was_shown_when_it_was_claimed(ben: AtWork) -> None:
    ben.desk.sign_in("ben", BEN)
    assert ben.look().num_offerable == 4
    assert ben.look().blocked
    assert ben.next() == "C4"
    work = ben.look()
    assert [held.task.id for held in work.held] == ["C4"]
    assert work.held[0].offered is not None
    assert work.held[0].offered.why
    assert [one.task_id for one in work.alternates] == ["C3", "C2"]
    ben.desk.cancel("C3", LEAD, reason=CancelReason.DUPLICATE)
    assert [one.task_id for one in ben.look().alternates] == ["C2"]  # C1 was not shown: it does not come in
    ben.offers.take("ben", "C2", BEN)
    assert [one.task_id for one in ben.look().alternates] == ["C4"]
    ben.desk.start("ben", "C2", BEN)
    assert (ben.look().held[0].state.state, ben.look().alternates) == (TaskStage.STARTED, ())


def test_what_is_given_back_is_not_offered_again_and_can_be_taken_after_all(ben: AtWork) -> None:
    ben.desk.sign_in("ben", BEN)
    ben.desk.start("ben", ben.next(), BEN)
    ben.desk.return_("ben", "C4", BEN, reason=SkipReason.UNCLEAR)
    assert ben.next() == "C3"
    ben.desk.skip("ben", "C3", BEN, reason=SkipReason.UNCLEAR)
    for task_id in ("C2", "C1"):
        assert ben.next() == task_id
        ben.desk.cancel(task_id, LEAD, reason=CancelReason.DUPLICATE)
    work = ben.look()
    assert (work.num_offerable, work.skips_left) == (0, 4)
    assert [one.task_id for one in work.given_back] == ["C4", "C3"]
    anew = Follower(ben.database, ben.settings, clock=lambda: ben.now)
    later = look_at_work(ben.database, anew, ben.settings, "ben", now=ben.now)
    assert [one.task_id for one in later.given_back] == ["C4", "C3"]
    ben.offers.take("ben", "C4", BEN)
    assert ben.look().held[0].task.id == "C4"


def test_the_token_changes_when_somebody_else_changes_something(ben: AtWork) -> None:
    ben.desk.sign_in("ben", BEN)
    ben.next()
    before = ben.look().token
    assert ben.look().token == before
    ben.desk.change_due("C4", LEAD, due_at=MONDAY_8 + 9 * HOUR)
    due_changed = ben.look().token
    ben.desk.reassign("C4", LEAD, to_agent_id="ana")
    assert len({before, due_changed, ben.look().token}) == 3


def test_what_became_of_a_task_says_by_what_and_by_whom(ben: AtWork) -> None:
    ben.desk.sign_in("ben", BEN)
    task_id = ben.next()
    assert find_lost(ben.database, task_id, agent_id="ben", principal_id="ben") is None
    assert find_lost(ben.database, "nothing", agent_id="ben", principal_id="ben") is None
    ben.now += 60
    ben.desk.reassign(task_id, LEAD, to_agent_id="ana")
    lost = find_lost(ben.database, task_id, agent_id="ben", principal_id="ben")
    assert lost is not None
    assert (lost.kind, lost.at, lost.is_own, lost.is_replaced) == (EventKind.REASSIGNED, ben.now, False, False)
    other = ben.next()
    ben.offers.take("ben", "C1", BEN)
    replaced = find_lost(ben.database, other, agent_id="ben", principal_id="ben")
    assert replaced is not None
    assert (replaced.kind, replaced.is_own, replaced.is_replaced) == (EventKind.RELEASED, True, True)
    never = find_lost(ben.database, "D1", agent_id="ben", principal_id="ben")
    assert never is not None
    assert (never.kind, never.holder) == (None, None)


def test_the_day_says_what_was_done_and_what_waits(ben: AtWork) -> None:
    ben.desk.sign_in("ben", BEN)
    ben.desk.start("ben", ben.next(), BEN)
    ben.now += 600
    ben.desk.complete("ben", "C4", BEN)
    ben.desk.start("ben", ben.next(), BEN)
    told_late = replace(BEN, occurred_at=ben.now - HOUR)
    ben.desk.pend("C3", told_late, reason=PendReason.CUSTOMER, follow_up_at=ben.now + DAY, agent_id="ben")
    queue = ben.follower.queue
    day = look_at_day(ben.database, queue, "ben", now=ben.now)
    assert [(entry.mark, entry.task.task_id) for entry in day.entries] == [(DayMark.DONE, "C4")]
    assert (day.num_planned, day.num_done, day.worked_seconds) == (0, 1, 600)
    assert [(task.task_id, task.follow_up_at) for task in day.pended] == [("C3", ben.now + DAY)]
    assert look_at_day(ben.database, queue, "ana", now=ben.now).pended == ()
    shown = [
        ("C1", "ben", MONDAY_8 + HOUR),
        ("C4", "ben", MONDAY_8),
        ("C2", "ana", MONDAY_8),
        ("C3", "ben", MONDAY_8 + DAY),
    ]
    queue.follow_plan(queue.policy, None, shown)
    planned = look_at_day(ben.database, queue, "ben", now=ben.now)
    assert [(entry.mark, entry.task.task_id, entry.planned_at) for entry in planned.entries] == [
        (DayMark.DONE, "C4", MONDAY_8),
        (DayMark.TO_DO, "C1", MONDAY_8 + HOUR),
    ]
    assert planned.num_planned == 2
    assert look_at_day(ben.database, queue, "ben", now=ben.now + DAY).num_done == 0


def test_follow_ups_are_when_the_office_opens_and_never_past(make_office: Callable[..., Office]) -> None:
    weekdays = [{"weekday": day, "opens": time(8), "closes": time(18)} for day in ("mon", "tue", "wed", "thu", "fri")]
    calendar = calendar_of(make_office(office_hours=weekdays))
    friday_17 = MONDAY_8 + 4 * DAY + 9 * HOUR
    told = dict(list_follow_ups(calendar, now=friday_17))
    assert told[FollowUp.HOURS] == friday_17 + 2 * HOUR
    assert told[FollowUp.NEXT_DAY] == told[FollowUp.THREE_DAYS] == MONDAY_8 + 7 * DAY
    assert told[FollowUp.WEEK] == MONDAY_8 + 11 * DAY
    late = follow_up_at(calendar, FollowUp.HOURS, since=friday_17, now=friday_17 + 5 * HOUR)
    assert late == friday_17 + 5 * HOUR + 60
