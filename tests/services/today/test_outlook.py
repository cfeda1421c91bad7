"""What becomes of the day as things stand, and who is there: on a small office, by the desk's present."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from models.database import Database
from models.repositories.offices import write_office
from models.time import SECONDS_PER_DAY
from models.vocabulary_live import OffTaskCode
from services.live.acts import Act
from services.live.desk import Desk
from services.live.following import Follower
from services.live.queue import LiveQueue
from services.settings import Settings
from services.today.attendance import Attendance, take_attendance
from services.today.outlook import Course, look_ahead

MONDAY_8 = 1772434800
HOUR = 3600
ME = Act()


@pytest.fixture
def read(database: Database, make_office: Callable[..., Any]) -> Callable[..., tuple[Desk, Callable[[int], LiveQueue]]]:
    """Store an office and return its desk, and its queue as it is at an instant."""

    def make(**tables: list[dict[str, Any]]) -> tuple[Desk, Callable[[int], LiveQueue]]:
        with database.writing() as session:
            write_office(session, make_office(**tables))
        clock = [MONDAY_8]

        def queue(at: int) -> LiveQueue:
            clock[0] = at
            return Follower(database, Settings(), clock=lambda: at).queue

        return Desk(database, Settings(), clock=lambda: clock[0]), queue

    return make


def claim(name: str, due: float, **more: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + round(due * HOUR), **more}


def test_work_that_nobody_is_to_do_is_short_by_all_of_it_and_later_days_are_not_told(read: Callable[..., Any]) -> None:
    _, queue = read(tasks=[claim("T1", 3), claim("T2", -0.5), claim("T3", 40)])
    claims = look_ahead(queue(MONDAY_8), MONDAY_8, plannable_share=0.9).teams["claims"]
    assert [(one.task.id, one.course) for one in claims.tasks] == [("T2", Course.OVERDUE), ("T1", Course.NOBODY)]
    assert claims.short_s == 27 * 60


def test_a_plan_is_carried_on_from_the_present_and_what_runs_late_pushes_the_rest_on(read: Callable[..., Any]) -> None:
    """Ben's two claims take half an hour each; he begins the first an hour late."""
    _, at = read(tasks=[claim("T1", 2), claim("T2", 1.75), claim("T3", 8.25)])
    queue = at(MONDAY_8 + HOUR)
    plan = [("T1", "ben", MONDAY_8), ("T2", "ben", MONDAY_8 + 1800), ("T3", "ben", MONDAY_8 + 8 * HOUR + 900)]
    queue.follow_plan(queue.policy, None, plan)
    now = MONDAY_8 + HOUR
    told = {one.task.id: one for one in look_ahead(queue, now, plannable_share=0.9).teams["claims"].tasks}
    assert (told["T1"].course, told["T1"].start, told["T1"].end) == (Course.ON_TIME, now, now + 1800)
    assert (told["T2"].course, told["T2"].end) == (Course.LATE, now + HOUR)
    assert told["T2"].short_s == 900
    assert told["T3"].course is Course.NOBODY, "his shift ends before it could be done"


def test_a_task_with_little_to_spare_is_at_risk(read: Callable[..., Any]) -> None:
    _, at = read(tasks=[claim("T1", 0.75), claim("T2", 1.75)])
    queue = at(MONDAY_8)
    queue.follow_plan(queue.policy, None, [("T1", "ben", MONDAY_8), ("T2", "ben", MONDAY_8 + 1800)])
    outlook = look_ahead(queue, MONDAY_8, plannable_share=0.9)
    assert [one.course for one in outlook.teams["claims"].tasks] == [Course.AT_RISK, Course.ON_TIME]
    assert [one.team for one in outlook.of({"billing"})] == ["billing"]


def test_people_are_late_ill_here_on_a_break_or_gone(database: Database, read: Callable[..., Any]) -> None:
    people = ("ana", "ben", "cho", "dee", "eli", "fay")
    shifts = [
        {"agent": name, "date": date(2026, 3, 2), "start": time(8), "end": time(12), "breaks": ()} for name in people
    ]
    agents = [{"id": name, "name": name.title(), "team": "claims"} for name in people]
    absences = [{"agent": "cho", "start": MONDAY_8, "end": MONDAY_8 + SECONDS_PER_DAY, "reason": "ill"}]
    desk, at = read(agents=agents, agent_skills=[], shifts=shifts, absences=absences, tasks=[])
    for name in ("dee", "eli", "fay"):
        desk.sign_in(name, ME)
    desk.off_task("eli", ME, code=OffTaskCode.LUNCH)
    at(MONDAY_8 + 60)
    desk.sign_out("fay", ME)

    def told(now: int) -> dict[str, Attendance]:
        day = {"start": MONDAY_8 - 8 * HOUR, "end": MONDAY_8 + 16 * HOUR}
        return {
            one.agent_id: one.attendance for one in take_attendance(database, at(now), teams={"claims"}, now=now, **day)
        }

    assert told(MONDAY_8 + 120)["ben"] is Attendance.NOT_YET
    assert told(MONDAY_8 + HOUR) == {
        "ana": Attendance.LATE,
        "ben": Attendance.LATE,
        "cho": Attendance.ILL,
        "fay": Attendance.LEFT,
        "eli": Attendance.BREAK,
        "dee": Attendance.HERE,
    }
    assert told(MONDAY_8 + 5 * HOUR)["ana"] is Attendance.GONE
