"""Events told late, told twice, and by clocks that are wrong, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from models.errors import ConflictError, UsageError
from models.repositories.live.events import read_task_events
from models.repositories.live.happened import iterate_choices, read_presence
from models.repositories.live.records import ChoiceSet
from models.vocabulary_live import EventKind, TaskStage
from services.live.acts import Act
from services.live.replay import verify_database

ME = Act(principal_id="me")
MINUTE = 60


def _begun(at_work: Any) -> int:
    at_work.desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    return int(at_work.clock.now)


def test_what_is_told_late_is_kept_takes_effect_when_it_can_and_shows(at_work: Any) -> None:
    begun = _begun(at_work)
    at_work.clock.forward(10 * MINUTE)
    done = at_work.desk.complete("ana", "T1", Act(occurred_at=begun - 5 * MINUTE))
    assert (done.task.since, done.task.worked_seconds) == (begun, 0), "not before it was started"
    assert done.event.occurred_at == begun - 5 * MINUTE
    assert done.event.recorded_at == begun + 10 * MINUTE
    assert done.late_seconds == 5 * MINUTE


def test_what_is_told_a_little_late_took_effect_then(at_work: Any) -> None:
    begun = _begun(at_work)
    at_work.clock.forward(10 * MINUTE)
    done = at_work.desk.complete("ana", "T1", Act(occurred_at=begun + 8 * MINUTE))
    assert (done.task.worked_seconds, done.late_seconds) == (8 * MINUTE, 0)


def test_our_own_clock_may_be_set_back(at_work: Any) -> None:
    begun = _begun(at_work)
    at_work.clock.forward(-MINUTE)
    paused = at_work.desk.pause("ana", "T1", ME)
    assert (paused.task.since, paused.task.worked_seconds, paused.late_seconds) == (begun, 0, MINUTE)
    at_work.clock.forward(3 * MINUTE)
    at_work.desk.resume("ana", "T1", ME)
    at_work.desk.complete("ana", "T1", ME)
    assert at_work.task("T1").worked_seconds == 0
    claimed = at_work.with_settings().desk.claim("ana", "T2", ME)
    assert claimed.task.claimed_at == begun + 2 * MINUTE


def test_a_claim_while_the_clock_is_set_back_takes_effect_after_what_was_before(at_work: Any) -> None:
    at_work.desk.sign_in("ana", ME)
    signed_in = at_work.clock.now
    at_work.clock.forward(-MINUTE)
    claimed = at_work.desk.claim("ana", "T1", ME)
    assert claimed.agent.since == signed_in
    assert claimed.task.claimed_at == signed_in - MINUTE


def test_clocks_ahead_are_suffered_for_some_minutes_and_then_refused(at_work: Any) -> None:
    begun = _begun(at_work)
    paused = at_work.desk.pause("ana", "T1", Act(occurred_at=begun + 5 * MINUTE))
    assert paused.task.since == begun, "nothing has taken effect after it was recorded"
    assert paused.event.occurred_at == begun + 5 * MINUTE
    for wrong in (begun + 5 * MINUTE + 1, 10**18, -(10**18)):
        with pytest.raises(UsageError, match="nothing can have happened"):
            at_work.desk.resume("ana", "T1", Act(occurred_at=wrong))


@pytest.mark.parametrize("told_s", [-2_000_000_000, -86_400, 5 * MINUTE])
def test_no_clock_takes_an_agent_out_of_the_reports_of_a_day(at_work: Any, told_s: int) -> None:
    """Choices are of when we saw them; coming, looking and going took effect when they could."""
    began = at_work.clock.now
    at_work.desk.sign_in("ana", ME)
    told = replace(ME, occurred_at=began + told_s)
    at_work.clock.forward(MINUTE)
    at_work.desk.look("ana", told)
    at_work.clock.forward(MINUTE)
    choice = ChoiceSet(num_eligible=1, taken_rank=1, deviates=False)
    claimed = at_work.desk.claim("ana", "T1", told, choice=choice)
    at_work.clock.forward(MINUTE)
    at_work.desk.sign_out("ana", told)
    with at_work.database.reading() as session:
        connection = session.connection()
        choices = list(iterate_choices(connection, start=began, end=began + 4 * MINUTE))
        presence = read_presence(connection, start=began, end=began + 4 * MINUTE)
    assert [(one.event_id, one.at) for one in choices] == [(claimed.event.id, began + 2 * MINUTE)]
    kinds = [event.kind for event in presence if event.kind is not EventKind.CLAIMED]
    assert kinds == [EventKind.SIGNED_IN, EventKind.LOOKING, EventKind.SIGNED_OUT]
    assert all(began <= event.at <= began + 3 * MINUTE for event in presence)


def test_what_is_told_twice_happens_once_and_both_are_kept(at_work: Any) -> None:
    _begun(at_work)
    at_work.clock.forward(MINUTE)
    telling = Act(principal_id="crm", dedup_key="crm:77")
    first = at_work.desk.complete("ana", "T1", telling)
    at_work.clock.forward(MINUTE)
    again = at_work.desk.complete("ana", "T1", telling)
    assert not first.is_duplicate
    assert again.is_duplicate
    assert again.event == replace(first.event, position=again.event.position)
    assert again.task == first.task
    with at_work.database.reading() as session:
        told = read_task_events(session.connection(), "T1")
    assert [event.kind for event in told[-2:]] == [EventKind.COMPLETED, EventKind.DUPLICATE]
    assert told[-1].details == {"of": first.event.id, "kind": "completed"}
    assert verify_database(at_work.database).holds


def test_a_key_that_was_used_for_something_else_is_refused(at_work: Any) -> None:
    _begun(at_work)
    at_work.desk.pause("ana", "T1", Act(dedup_key="crm:1"))
    with pytest.raises(ConflictError, match="'crm:1' was told as paused of task 'T1'"):
        at_work.desk.resume("ana", "T1", Act(dedup_key="crm:1"))
    with pytest.raises(ConflictError, match="'crm:1' was told as paused of task 'T1'"):
        at_work.desk.pause("ana", "T2", Act(dedup_key="crm:1"))
    assert at_work.task("T1").state is TaskStage.PAUSED
