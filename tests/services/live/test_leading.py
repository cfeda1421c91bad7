"""What leads decide, what waits, and who comes and goes, on both databases."""

from typing import Any

import pytest

from models.errors import ConflictError, NotFoundError, UsageError
from models.formats.offices.office import Office
from models.repositories.offices import write_office
from models.vocabulary_live import (
    CancelReason,
    CheckResult,
    LeadReason,
    OffTaskCode,
    PendReason,
    Presence,
    ReopenReason,
    Severity,
    TaskStage,
)
from services.live.acts import Act

ME = Act(principal_id="me")
MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("tell", "reason"),
    [
        (lambda desk: desk.wrong_team("ana", "T1", ME, team_id="claims"), LeadReason.WRONG_TEAM),
        (lambda desk: desk.information_missing("ana", "T1", ME), LeadReason.INFORMATION_MISSING),
        (lambda desk: desk.ask_help("ana", "T1", ME), LeadReason.HELP),
        (lambda desk: desk.release("T1", ME), LeadReason.RELEASED),
    ],
)
def test_one_call_hands_a_task_to_a_lead(at_work: Any, tell: Any, reason: LeadReason) -> None:
    at_work.desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    at_work.clock.forward(MINUTE)
    handed = tell(at_work.desk)
    assert (handed.task.state, handed.task.lead_reason, handed.task.worked_seconds) == (TaskStage.LEAD, reason, MINUTE)
    assert (handed.agent.presence, handed.agent.num_in_hand) == (Presence.FREE, 0)


def test_a_lead_gives_a_task_to_an_agent_to_a_team_or_back_to_its_queue(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    moved = desk.reassign("T1", ME, to_agent_id="ben")
    assert (moved.task.state, moved.task.reserved_agent_id, moved.task.agent_id) == (TaskStage.WAITING, "ben", None)
    assert moved.event.agent_id == "ana", "whose hand it left"
    assert moved.agents["ana"].presence is Presence.FREE
    assert desk.reassign("T1", ME, to_team_id="claims").task.queue_team_id == "claims"
    back = desk.reassign("T1", ME).task
    assert (back.reserved_agent_id, back.queue_team_id) == (None, None)
    with pytest.raises(NotFoundError, match="no agent 'eve'"):
        desk.reassign("T1", ME, to_agent_id="eve")
    with pytest.raises(NotFoundError, match="no team 'legal'"):
        desk.reassign("T1", ME, to_team_id="legal")


def test_a_task_of_another_team_counts_for_that_team_when_it_is_started(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    desk.reassign("T1", ME, to_team_id="claims")
    desk.claim("ana", "T1", ME)
    assert desk.start("ana", "T1", ME).agent.last_team_id == "claims"


def test_a_task_is_cancelled_and_opened_again(at_work: Any) -> None:
    desk = at_work.desk
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    cancelled = desk.cancel("T1", ME, reason=CancelReason.DUPLICATE)
    assert (cancelled.task.closed_reason, cancelled.task.done_by_id) == ("cancelled", None)
    assert at_work.office_row("T1")["closed_reason"] == "cancelled"
    assert at_work.agent("ana").presence is Presence.FREE
    with pytest.raises(ConflictError, match="is closed; it cannot be cancelled, but it can be reopened, checked"):
        desk.cancel("T1", ME, reason=CancelReason.DUPLICATE)
    again = desk.reopen("T1", ME, reason=ReopenReason.CLOSED_IN_ERROR)
    assert (again.task.state, again.task.num_reopens, again.task.closed_reason) == (TaskStage.WAITING, 1, None)
    row = at_work.office_row("T1")
    assert (row["state"], row["closed_at"], row["done_by_id"]) == ("open", None, None)


def test_a_check_says_how_bad_it_is_and_which_step_was_at_fault(at_work: Any, make_office: Any) -> None:
    desk, office = at_work.desk, make_office()
    steps = [{**row, "case": "C1", "step": f"step {row['id']}"} for row in office.rows("tasks")]
    with at_work.database.writing() as session:
        write_office(session, Office(tables={**make_office(tasks=steps).tables}))
    with pytest.raises(ConflictError, match="cannot be checked"):
        desk.check("T1", ME, result=CheckResult.PASS)
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    desk.complete("ana", "T1", ME)
    checked = desk.check("T1", ME, result=CheckResult.FAIL, severity=Severity.MAJOR, step="step T2")
    assert checked.event.details == {"result": "fail", "severity": "major", "step": "step T2"}
    assert (checked.event.agent_id, checked.event.principal_id) == ("ana", "me")
    assert (checked.task.check_result, checked.task.check_severity) == ("fail", "major")
    with pytest.raises(UsageError, match="is no step of the case"):
        desk.check("T1", ME, result=CheckResult.FAIL, severity=Severity.MINOR, step="Ana did it wrong")
    for wrong in ({"result": CheckResult.FAIL}, {"result": CheckResult.PASS, "severity": Severity.MINOR}):
        with pytest.raises(UsageError, match="has a severity"):
            desk.check("T1", ME, **wrong)
    assert desk.check("T1", ME, result=CheckResult.PASS).task.check_severity is None


def test_a_pended_task_stops_its_clock_where_its_type_says_so(at_work: Any, make_office: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    office = make_office()
    stopping = [{**row, "pending_stops_clock": row["id"] == "dispute"} for row in office.rows("task_types")]
    with at_work.database.writing() as session:
        write_office(session, make_office(task_types=stopping))
    for task_id in ("T1", "T2"):
        desk.pend(task_id, ME, reason=PendReason.CUSTOMER, follow_up_at=clock.now + 2 * HOUR)
    own = {task_id: at_work.office_row(task_id)["due_at"] for task_id in ("T1", "T2")}
    due = at_work.task("T1").due(own["T1"])
    clock.forward(HOUR)
    with pytest.raises(ConflictError, match="clock of task 'T1' stands still"):
        desk.change_due("T1", ME, due_at=clock.now)
    desk.pend("T1", ME, reason=PendReason.THIRD_PARTY, follow_up_at=clock.now + HOUR)
    clock.forward(MINUTE)
    for task_id in ("T1", "T2"):
        desk.unpend(task_id, ME)
    assert own["T1"] is None, "due by what is promised for its type: 300 minutes of open office after it came in"
    assert due == clock.now - HOUR - MINUTE + 300 * MINUTE, "it came in on Sunday, and the office opened on Monday"
    assert at_work.task("T1").due(own["T1"]) == due + HOUR + MINUTE
    assert at_work.task("T2").due(own["T2"]) == own["T2"]
    desk.change_due("T1", ME, due_at=due)
    assert at_work.task("T1").due(at_work.office_row("T1")["due_at"]) == due


def test_only_who_has_a_task_in_hand_pends_it_unless_it_is_a_lead(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    follow_up = {"reason": PendReason.SCHEDULED, "follow_up_at": clock.now + HOUR}
    with pytest.raises(ConflictError, match="in nobody's hand"):
        desk.pend("T1", ME, agent_id="ana", **follow_up)
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    pended = desk.pend("T1", ME, agent_id="ana", **follow_up)
    assert (pended.task.state, pended.task.pend_reason, pended.task.follow_up_at) == (
        TaskStage.PENDED,
        PendReason.SCHEDULED,
        clock.now + HOUR,
    )
    for wrong in (clock.now, clock.now + 400 * 24 * HOUR):
        with pytest.raises(UsageError, match="is pended until a time between now"):
            desk.pend("T1", ME, reason=PendReason.SCHEDULED, follow_up_at=wrong)
    with pytest.raises(ConflictError, match="time of task 'T1' has not come"):
        desk.follow_up("T1", ME)


def test_weight_and_due_are_the_leads_to_change(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    assert desk.prioritise("T3", ME, weight=9.0).event.details == {"before": 5.0, "weight": 9.0}
    assert at_work.office_row("T3")["weight"] == 9.0
    desk.change_due("T3", ME, due_at=clock.now + HOUR)
    assert at_work.office_row("T3")["due_at"] == clock.now + HOUR
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="a weight is a number"):
            desk.prioritise("T3", ME, weight=wrong)
    with pytest.raises(UsageError, match="a due is an instant"):
        desk.change_due("T3", ME, due_at=10**15)


def test_who_signs_out_leaves_begun_work_to_a_lead_and_the_rest_to_the_queue(at_work: Any) -> None:
    desk = at_work.with_settings(most_in_hand=2).desk
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    desk.pause("ana", "T1", ME)
    desk.claim("ana", "T2", ME)
    gone = desk.sign_out("ana", ME)
    assert (gone.tasks["T1"].state, gone.tasks["T1"].lead_reason) == (TaskStage.LEAD, LeadReason.SIGNED_OUT)
    assert gone.tasks["T2"].state is TaskStage.WAITING
    assert (gone.agent.presence, gone.agent.num_in_hand, gone.agent.task_id) == (Presence.OUT, 0, None)
    with pytest.raises(ConflictError, match="nothing to sign out of"):
        desk.sign_out("ana", ME)


def test_off_task_time_has_a_code_and_pauses_the_work(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    clock.forward(MINUTE)
    off = desk.off_task("ana", ME, code=OffTaskCode.LUNCH)
    assert [event.kind.value for event in off.events] == ["paused", "off-task-began"]
    assert (off.agent.presence, off.agent.off_task_code) == (Presence.OFF_TASK, OffTaskCode.LUNCH)
    with pytest.raises(ConflictError, match=r"is off task \(lunch\)"):
        desk.resume("ana", "T1", ME)
    clock.forward(HOUR)
    assert desk.off_task("ana", ME, code=OffTaskCode.MEETING).agent.since == clock.now
    desk.back_on_task("ana", ME)
    assert desk.resume("ana", "T1", ME).task.worked_seconds == MINUTE


def test_looking_begins_once_and_ends_with_a_claim(at_work: Any) -> None:
    desk, clock = at_work.desk, at_work.clock
    with pytest.raises(ConflictError, match="not signed in"):
        desk.look("ana", ME)
    with pytest.raises(NotFoundError, match="no agent 'eve'"):
        desk.sign_in("eve", ME)
    desk.sign_in("ana", ME)
    with pytest.raises(ConflictError, match="sign out first"):
        desk.sign_in("ana", ME)
    began = desk.look("ana", ME).agent.looking_since
    clock.forward(30)
    assert desk.look("ana", ME).agent.looking_since == began == clock.now - 30
    assert desk.claim("ana", "T1", ME).agent.looking_since is None
