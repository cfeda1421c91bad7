"""What agents do with tasks, on both databases."""

from typing import Any

import pytest

from models.errors import ConflictError, NotFoundError, StaleError
from models.vocabulary_live import LeadReason, Presence, SkipReason, TaskStage
from services.live.acts import Act

ME = Act(principal_id="me")
MINUTE = 60


def test_a_task_from_claim_to_completion(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    claimed = desk.claim("ana", "T1", ME)
    assert (claimed.task.state, claimed.task.agent_id) == (TaskStage.CLAIMED, "ana")
    assert claimed.task.expires_at == clock.now + 15 * MINUTE
    assert (claimed.agent.presence, claimed.agent.task_id, claimed.agent.num_in_hand) == (Presence.BUSY, "T1", 1)
    clock.forward(MINUTE)
    started = desk.start("ana", "T1", ME)
    assert started.event.details == {"type": "dispute", "team": "billing", "case": None}
    assert started.agent.last_task_type_id == "dispute"
    clock.forward(10 * MINUTE)
    paused = desk.pause("ana", "T1", ME)
    assert (paused.task.worked_seconds, paused.agent.presence) == (600, Presence.FREE)
    clock.forward(30 * MINUTE)
    desk.resume("ana", "T1", ME)
    assert at_work.task("T1").worked_until(clock.now + 5) == 605
    clock.forward(5 * MINUTE)
    done = desk.complete("ana", "T1", ME)
    assert (done.task.worked_seconds, done.task.done_by_id, done.task.agent_id) == (900, "ana", None)
    assert (done.agent.presence, done.agent.num_in_hand) == (Presence.FREE, 0)
    row = at_work.office_row("T1")
    assert (row["state"], row["closed_reason"], row["closed_at"]) == ("closed", "completed", clock.now)
    assert (row["done_by_id"], row["started_at"]) == ("ana", started.task.since)
    assert at_work.kinds() == ["signed-in", "arrived", "claimed", "started", "paused", "resumed", "completed"]


def test_nobody_gets_a_task_that_another_has(at_work: Any) -> None:
    desk = at_work.desk
    for agent in ("ana", "ben"):
        desk.sign_in(agent, ME)
    desk.claim("ana", "T2", ME)
    with pytest.raises(ConflictError, match="claimed and not started; it cannot be claimed, but it can be started"):
        desk.claim("ben", "T2", ME)
    with pytest.raises(ConflictError, match="somebody else's hand"):
        desk.start("ben", "T2", ME)
    assert at_work.agent("ben").presence is Presence.FREE


def test_one_task_in_hand_unless_more_are_allowed(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    with pytest.raises(ConflictError, match="busy with task 'T1'"):
        desk.claim("ana", "T2", ME)
    desk.pause("ana", "T1", ME)
    with pytest.raises(ConflictError, match="has 1 in hand, which is the most"):
        desk.claim("ana", "T2", ME)
    roomy = at_work.with_settings(most_in_hand=2)
    roomy.begin("ana", "T2")
    assert roomy.agent("ana").num_in_hand == 2
    with pytest.raises(ConflictError, match="only who is signed in and free resumes"):
        desk.resume("ana", "T1", ME)
    desk.complete("ana", "T2", ME)
    desk.resume("ana", "T1", ME)
    assert at_work.agent("ana").task_id == "T1"


def test_who_is_not_there_takes_nothing(at_work: Any) -> None:
    with pytest.raises(ConflictError, match="not signed in"):
        at_work.desk.claim("ana", "T1", ME)
    at_work.desk.sign_in("ana", ME)
    with pytest.raises(NotFoundError, match="no task 'T99'"):
        at_work.desk.claim("ana", "T99", ME)
    assert at_work.kinds() == ["signed-in"]


def test_an_alternate_is_taken_instead_of_the_primary(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    desk.claim("ana", "T1", ME)
    taken = desk.claim("ana", "T2", ME, instead_of="T1")
    assert taken.tasks["T1"].state is TaskStage.WAITING
    assert taken.task.state is TaskStage.CLAIMED
    assert (taken.agent.task_id, taken.agent.num_in_hand, taken.agent.skips_today) == ("T2", 1, 0)
    assert [event.kind for event in taken.events][-2:] == ["released", "claimed"]
    desk.start("ana", "T2", ME)
    with pytest.raises(ConflictError, match="only what agent 'ana' has claimed and not started"):
        desk.claim("ana", "T1", ME, instead_of="T2")


def test_skips_are_limited_and_many_skips_go_to_a_lead(at_work: Any) -> None:
    desk, clock = at_work.with_settings(most_skips_a_day=2, skips_to_lead=3).desk, at_work.clock
    desk.sign_in("ana", ME)
    for _ in range(2):
        desk.claim("ana", "T1", ME)
        skipped = desk.skip("ana", "T1", ME, reason=SkipReason.UNCLEAR)
        assert skipped.task.state is TaskStage.WAITING
    desk.claim("ana", "T1", ME)
    with pytest.raises(ConflictError, match="has skipped 2 tasks today"):
        desk.skip("ana", "T1", ME, reason=SkipReason.UNCLEAR)
    clock.forward(24 * 60 * MINUTE)
    outcome = desk.skip("ana", "T1", ME, reason=SkipReason.OTHER)
    assert (outcome.task.state, outcome.task.lead_reason) == (TaskStage.LEAD, LeadReason.SKIPPED)
    assert outcome.agent.skips_today == 1


def test_a_begun_task_is_returned_with_its_work(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    clock.forward(90)
    with pytest.raises(ConflictError, match="cannot be skipped"):
        desk.skip("ana", "T1", ME, reason=SkipReason.OTHER)
    returned = desk.return_("ana", "T1", ME, reason=SkipReason.INTERRUPTED)
    assert (returned.task.state, returned.task.num_returns, returned.task.worked_seconds) == (TaskStage.WAITING, 1, 90)
    assert returned.event.details == {"reason": "interrupted"}


def test_a_change_of_another_version_is_refused(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    version = desk.claim("ana", "T1", ME).task.version
    desk.start("ana", "T1", Act(if_version=version))
    with pytest.raises(StaleError, match=f"it is at version {version + 1} now"):
        desk.pause("ana", "T1", Act(if_version=version))
    assert at_work.task("T1").state is TaskStage.STARTED
