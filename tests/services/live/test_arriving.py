"""What imports mean for the desk, and what plans are told of it, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.errors import ConflictError
from models.formats.offices.office import Office
from models.repositories.live.events import read_task_events
from models.repositories.offices import read_office
from models.vocabulary import LeftOut
from models.vocabulary_live import ClosedBy, PendReason, Presence, TaskStage
from services.importing.store import Snapshot, store_office
from services.live.acts import Act
from services.live.replay import verify_database
from services.office import question_from_office

ME = Act(principal_id="me")
HOUR = 3600


@pytest.fixture
def take_in(at_work: Any, make_office: Callable[..., Office]) -> Callable[..., Any]:
    """Import the office, with other tables where they are given."""

    def take(*, snapshot: bool = False, **tables: Any) -> Any:
        with at_work.database.writing() as session:
            return store_office(
                session,
                make_office(**tables),
                kind="tables",
                now=at_work.clock.now,
                snapshot=Snapshot(is_confirmed=True) if snapshot else None,
            )

    return take


def _rows(office: Office, **changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks of an office, some of their cells changed."""
    return [{**row, **changed.get(row["id"], {})} for row in office.rows("tasks")]


def test_tasks_arrive_once_however_often_they_are_imported(at_work: Any, take_in: Callable[..., Any]) -> None:
    take_in(teams=[{"id": "billing", "name": "Billing"}, {"id": "claims", "name": ""}])
    take_in()
    first = at_work.kinds()
    assert first == ["arrived", "arrived", "arrived", "office-changed", "office-changed"]
    assert at_work.task("T1").state is TaskStage.WAITING
    take_in()
    assert at_work.kinds() == first, "the same import again changes nothing, and nothing is told"


def test_what_was_closed_before_it_came_in_never_was_at_the_desk(
    at_work: Any, take_in: Callable[..., Any], make_office: Callable[..., Office]
) -> None:
    at = at_work.clock.now
    take_in(tasks=_rows(make_office(), T1={"closed": at - HOUR}))
    assert at_work.kinds().count("arrived") == 2
    at_work.desk.sign_in("ana", ME)
    with pytest.raises(ConflictError, match="is closed; it cannot be claimed, but it can be reopened"):
        at_work.desk.claim("ana", "T1", ME)


def test_a_source_closes_tasks_and_opens_them_again(
    at_work: Any, take_in: Callable[..., Any], make_office: Callable[..., Office]
) -> None:
    take_in()
    desk = at_work.desk
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    desk.pend("T2", ME, reason=PendReason.CUSTOMER, follow_up_at=at_work.clock.now + HOUR)
    at_work.clock.forward(HOUR // 2)
    office = make_office()
    take_in(snapshot=True, tasks=[{**_rows(office)[2]}])
    for task_id in ("T1", "T2"):
        task = at_work.task(task_id)
        assert (task.state, task.closed_reason, task.closed_by) == (TaskStage.CLOSED, "gone", ClosedBy.SOURCE)
    assert at_work.task("T1").worked_seconds == HOUR // 2
    assert at_work.agent("ana").presence is Presence.FREE, "what is closed elsewhere leaves the hand"
    take_in()
    assert [at_work.task(name).state for name in ("T1", "T2", "T3")] == [TaskStage.WAITING] * 3
    assert at_work.task("T1").num_reopens == 1


def test_what_the_desk_closed_stays_closed_though_an_older_list_has_it(
    at_work: Any, take_in: Callable[..., Any]
) -> None:
    take_in()
    at_work.desk.sign_in("ana", ME)
    at_work.begin("ana", "T1")
    at_work.desk.complete("ana", "T1", ME)
    before = at_work.office_row("T1")
    take_in()
    after = at_work.office_row("T1")
    assert {**after, "import_batch_id": None} == {**before, "import_batch_id": None}
    assert at_work.task("T1").state is TaskStage.CLOSED


def test_a_clock_that_stood_still_is_added_up_when_a_source_closes(
    at_work: Any, take_in: Callable[..., Any], make_office: Callable[..., Office]
) -> None:
    office = make_office()
    stopping = [{**row, "pending_stops_clock": True} for row in office.rows("task_types")]
    take_in(task_types=stopping)
    at_work.desk.pend("T2", ME, reason=PendReason.CUSTOMER, follow_up_at=at_work.clock.now + HOUR)
    at_work.clock.forward(600)
    take_in(snapshot=True, task_types=stopping, tasks=_rows(office)[:1])
    assert at_work.task("T2").stopped_seconds == 600
    with at_work.database.reading() as session:
        told = read_task_events(session.connection(), "T2")
    assert [event.kind.value for event in told] == ["arrived", "pended", "closed-elsewhere"]


def test_a_task_goes_from_hand_to_plan_as_it_stands(at_work: Any, take_in: Callable[..., Any]) -> None:
    take_in()
    desk, clock = at_work.desk, at_work.clock
    for agent in ("ana", "ben"):
        desk.sign_in(agent, ME)
    at_work.begin("ana", "T1")
    desk.claim("ben", "T2", ME)
    clock.forward(10 * 60)
    with at_work.database.reading() as session:
        office = read_office(session, at=clock.now)
    tasks = {task.id: task for task in question_from_office(office, at=clock.now).problem.tasks}
    assert (tasks["T1"].pinned_agent, tasks["T1"].in_progress) == ("ana", True)
    assert (tasks["T2"].pinned_agent, tasks["T2"].in_progress) == ("ben", False)
    assert tasks["T3"].pinned_agent is None
    assert tasks["T1"].handling_minutes == pytest.approx(8.0 / 0.9), "10 of 18 minutes are done"


def test_what_waits_for_somebody_is_no_part_of_a_plan(at_work: Any, take_in: Callable[..., Any]) -> None:
    take_in()
    desk, clock = at_work.desk, at_work.clock
    desk.sign_in("ana", ME)
    at_work.begin("ana", "T2")
    desk.ask_help("ana", "T2", ME)
    desk.pend("T3", ME, reason=PendReason.THIRD_PARTY, follow_up_at=clock.now + HOUR)
    clock.forward(60)
    with at_work.database.reading() as session:
        office = read_office(session, at=clock.now)
    question = question_from_office(office, at=clock.now)
    assert [task.id for task in question.problem.tasks] == ["T1"]
    assert question.left_out[LeftOut.PENDED] == 2
    desk.reassign("T2", ME, to_agent_id="ben")
    with at_work.database.reading() as session:
        office = read_office(session, at=clock.now)
    reserved = {task.id: task for task in question_from_office(office, at=clock.now).problem.tasks}["T2"]
    assert reserved.pinned_agent == "ben"
    at_work.desk.sign_in("ben", ME)
    with pytest.raises(ConflictError, match="is for another agent"):
        desk.claim("ana", "T2", ME)
    desk.claim("ben", "T2", ME)


def test_a_difference_between_state_and_log_is_named(at_work: Any, take_in: Callable[..., Any]) -> None:
    from models.repositories.live.states import write_task

    take_in()
    right = at_work.task("T1")
    with at_work.database.writing() as session:
        write_task(session.connection(), replace(right, num_skips=7), is_new=False)
    verdict = verify_database(at_work.database)
    assert [str(one) for one in verdict.differences] == ["task 'T1': num_skips is stored as 7; the log gives 0"]
    with at_work.database.writing() as session:
        write_task(session.connection(), right, is_new=False)
