"""From an office's tables to a day's question."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from models.errors import InputError, UsageError
from models.formats.offices.office import Office
from models.formats.problem import Agent, Problem, Task
from models.time import format_instant, load_zone
from models.vocabulary import LeftOut
from services.office import question_from_office

MakeOffice = Callable[..., Office]
MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800  # 08:00 in Madrid
MINUTE, HOUR = 60, 3600
DUE = MONDAY_8 + 5 * HOUR


def task(name: str, **cells: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": DUE, **cells}


def shift(agent: str, day: date = MONDAY, start: int = 8, end: int = 16, *breaks: Any) -> dict[str, Any]:
    return {"agent": agent, "date": day, "start": time(start), "end": time(end), "breaks": breaks}


def the_task(problem: Problem, name: str = "T1") -> Task:
    return next(task for task in problem.tasks if task.id == name)


def the_agent(problem: Problem, name: str) -> Agent:
    return next(agent for agent in problem.agents if agent.id == name)


def local(instant: int, zone: str = "Europe/Madrid") -> str:
    return format_instant(instant, load_zone(zone))


def problem_from_office(office: Office, **how: Any) -> Problem:
    return question_from_office(office, **how).problem


def test_the_small_office_as_a_problem(make_office: MakeOffice) -> None:
    question = question_from_office(make_office(), at=MONDAY_8, plannable_share=0.9)
    problem = question.problem
    assert (question.day, question.zone_name, question.left_out) == (MONDAY, "Europe/Madrid", {})
    assert [(team.id, team.name) for team in problem.teams] == [("billing", "Billing resolution"), ("claims", "")]
    assert [(kind.id, kind.handling_minutes, kind.name) for kind in problem.task_types] == [
        ("claim", 30.0, ""),
        ("dispute", 20.0, "Invoice dispute"),
    ]
    ana = the_agent(problem, "ana")
    assert (ana.name, ana.team, ana.swing_teams) == ("Ana", "billing", ("claims",))
    assert {name: (skill.level, skill.speed) for name, skill in ana.skills.items()} == {
        "bill": (3, 1.1),
        "claim": (1, 1.0),
    }
    assert [(local(one.start), local(one.end)) for one in ana.shifts] == [
        ("2026-03-02T08:00:00+01:00", "2026-03-02T16:30:00+01:00")
    ]
    assert [(local(one.start), local(one.end), one.kind) for one in ana.shifts[0].breaks] == [
        ("2026-03-02T12:00:00+01:00", "2026-03-02T12:30:00+01:00", "lunch")
    ]
    assert the_task(problem).name == "Double charge"
    assert [(one.id, one.weight, one.handling_minutes) for one in problem.tasks] == [
        ("T1", 1.0, None),
        ("T2", 2.0, None),
        ("T3", 5.0, None),
    ]
    # The middle of Tuesday's opening hours, 08:00 to 18:00; tardiness counts in open hours only.
    assert local(problem.carry_over) == "2026-03-03T13:00:00+01:00"
    assert [(local(start), local(end)) for start, end in problem.office_hours] == [
        ("2026-03-02T08:00:00+01:00", "2026-03-02T18:00:00+01:00"),
        ("2026-03-03T08:00:00+01:00", "2026-03-03T13:00:00+01:00"),
    ]


def test_what_is_charged_without_a_weight_follows_the_scale_of_the_weights(make_office: MakeOffice) -> None:
    problem = problem_from_office(make_office(), at=MONDAY_8)
    assert sum(one.weight for one in problem.tasks) / len(problem.tasks) == pytest.approx(8 / 3)
    assert problem.objective.late == 60
    assert problem.objective.move == pytest.approx(5 * 2.67)


def test_a_task_without_a_due_is_due_after_open_minutes(make_office: MakeOffice) -> None:
    # It came in on Sunday at noon, and 300 minutes of open office are over on Monday at 13:00.
    problem = problem_from_office(make_office(), at=MONDAY_8)
    assert local(the_task(problem).due) == "2026-03-02T13:00:00+01:00"


def test_a_promise_is_that_of_the_day_of_arrival(make_office: MakeOffice) -> None:
    def takes(minutes: float, sla: float, start: date | None) -> dict[str, Any]:
        return {
            "id": "claim",
            "team": "claims",
            "skill": "claim",
            "handling_minutes": minutes,
            "sla_minutes": sla,
            "valid_from": start,
        }

    office = make_office(
        task_types=[takes(9.0, 60.0, None), takes(18.0, 120.0, MONDAY)],
        tasks=[task("T1", arrived=MONDAY_8 - 24 * HOUR, due=None), task("T2", arrived=MONDAY_8 + HOUR, due=None)],
    )
    problem = problem_from_office(office, at=MONDAY_8 + 2 * HOUR)
    assert [local(one.due)[11:16] for one in problem.tasks] == ["09:00", "11:00"]
    assert problem.task_types[0].handling_minutes == 20.0
    before = problem_from_office(
        make_office(
            task_types=[takes(9.0, 60.0, None), takes(18.0, 120.0, MONDAY + timedelta(days=1))], tasks=[task("T1")]
        ),
        at=MONDAY_8,
    )
    assert before.task_types[0].handling_minutes == 10.0


def test_units_that_add_up_to_more_than_a_plan_can_hold_are_a_fault(make_office: MakeOffice) -> None:
    office = make_office(tasks=[task("T1", quantity=1e9)])
    with pytest.raises(InputError, match=r"T1.*quantity.*minutes in all"):
        question_from_office(office, at=MONDAY_8)


def test_a_task_without_due_or_service_level_is_a_fault(make_office: MakeOffice) -> None:
    office = make_office(tasks=[task("T1", due=None)])
    with pytest.raises(
        InputError,
        match=r"office: tasks \('T1'\): due: is empty; expected a deadline, or sla_minutes of its type 'claim'",
    ):
        problem_from_office(office, at=MONDAY_8)


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ({}, None),
        ({"quantity": 2.0}, 60.0),
        ({"handling_minutes": 9.0}, 10.0),
        ({"handling_minutes": 9.0, "quantity": 3.0}, 10.0),
    ],
)
def test_minutes_are_per_unit_and_leave_room(
    make_office: MakeOffice, cells: dict[str, Any], minutes: float | None
) -> None:
    problem = problem_from_office(make_office(tasks=[task("T1", **cells)]), at=MONDAY_8, plannable_share=0.9)
    assert the_task(problem).handling_minutes == minutes


@pytest.mark.parametrize("share", [0.0, 1.01, float("nan")])
def test_a_share_out_of_range_is_refused(make_office: MakeOffice, share: float) -> None:
    with pytest.raises(UsageError, match="plannable share"):
        problem_from_office(make_office(), at=MONDAY_8, plannable_share=share)


def test_what_is_not_open_is_left_out(make_office: MakeOffice) -> None:
    rows = [
        task("open"),
        task("closed", closed=MONDAY_8),
        task("closes later", closed=MONDAY_8 + 1),
        task("pended", pended_until=MONDAY_8 + 1),
        task("back from the customer", pended_until=MONDAY_8),
        task("arrives later", arrived=MONDAY_8 + 1),
        task("waits for the pended", after=("pended",)),
        task("waits in turn", after=("waits for the pended", "closed")),
        task("waits for the closed", after=("closed",)),
    ]
    question = question_from_office(make_office(tasks=rows), at=MONDAY_8)
    assert [one.id for one in question.problem.tasks] == [
        "open",
        "closes later",
        "back from the customer",
        "waits for the closed",
    ]
    assert question.left_out == {LeftOut.PENDED: 1, LeftOut.NOT_ARRIVED: 1, LeftOut.BLOCKED: 2}
    assert the_task(question.problem, "waits for the closed").after == ()
    assert question.assumptions()["left_out"] == {"blocked": 2, "not-arrived": 1, "pended": 1}


def test_known_arrivals_may_be_asked_for(make_office: MakeOffice) -> None:
    rows = [task("T1", arrived=MONDAY_8 + HOUR), task("T2", arrived=MONDAY_8 + 9 * HOUR)]
    question = question_from_office(make_office(tasks=rows), at=MONDAY_8, with_known_arrivals=True)
    assert [one.id for one in question.problem.tasks] == ["T1"]
    assert question.left_out == {LeftOut.NOT_ARRIVED: 1}


def test_some_teams_only(make_office: MakeOffice) -> None:
    rows = [{**task("T1"), "type": "dispute"}, task("T2"), task("T3", after=("T1",))]
    question = question_from_office(make_office(tasks=rows), at=MONDAY_8, teams=["claims"])
    assert [one.id for one in question.problem.tasks] == ["T2"]
    assert question.left_out == {LeftOut.OTHER_TEAM: 1, LeftOut.BLOCKED: 1}
    assert [agent.id for agent in question.problem.agents] == ["ana", "ben"]
    question = question_from_office(make_office(tasks=rows), at=MONDAY_8, teams=["billing"])
    assert [agent.id for agent in question.problem.agents] == ["ana"]
    with pytest.raises(UsageError, match="there is no team 'nope'; the teams are billing, claims"):
        question_from_office(make_office(), at=MONDAY_8, teams=["nope"])


def test_clearance_for_a_client_is_a_skill(make_office: MakeOffice) -> None:
    office = make_office(
        clients=[{"id": "acme", "name": "Acme", "needs_clearance": True}, {"id": "open"}],
        agents=[{"id": "ana", "team": "claims", "clients": ("acme",)}, {"id": "ben", "team": "claims"}],
        tasks=[task("T1", client="acme", also_requires={"spanish": 2}), task("T2", client="open")],
    )
    problem = problem_from_office(office, at=MONDAY_8)
    assert the_task(problem).also_requires == {"spanish": 2, "client:acme": 1}
    assert the_task(problem, "T2").also_requires == {}
    assert the_agent(problem, "ana").skills["client:acme"].level == 1
    assert "client:acme" not in the_agent(problem, "ben").skills
    assert the_task(problem).attributes["client"] == "Acme"
    assert the_task(problem, "T2").attributes["client"] == "open"


def test_a_skill_cannot_pass_for_a_clearance(make_office: MakeOffice) -> None:
    office = make_office(agent_skills=[{"agent": "ana", "skill": "client:acme", "level": 1}])
    with pytest.raises(InputError, match="'client:'"):
        problem_from_office(office, at=MONDAY_8)


def test_what_people_read_stands_in_the_attributes(make_office: MakeOffice) -> None:
    rows = [task("T1", case="C1", step="check", link="https://crm/1", quantity=2.0, attributes={"amount": 3})]
    problem = problem_from_office(make_office(tasks=rows), at=MONDAY_8)
    assert the_task(problem).attributes == {
        "amount": 3,
        "case": "C1",
        "step": "check",
        "link": "https://crm/1",
        "quantity": 2.0,
    }


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"teams": [], "agents": [], "shifts": [], "agent_skills": [], "task_types": [], "tasks": []}, "no teams yet"),
        ({"agents": [], "shifts": [], "agent_skills": [], "tasks": []}, "no agents yet"),
        ({"agents": [{"id": "ana", "team": "claims", "valid_to": date(2025, 1, 1)}]}, "nobody may work"),
    ],
)
def test_an_office_without_people_is_said(make_office: MakeOffice, tables: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        problem_from_office(make_office(**tables), at=MONDAY_8)


def test_an_office_without_tasks_is_an_empty_question(make_office: MakeOffice) -> None:
    assert problem_from_office(make_office(tasks=[]), at=MONDAY_8).tasks == ()


def test_skills_and_people_are_those_of_the_day(make_office: MakeOffice) -> None:
    tuesday = MONDAY + timedelta(days=1)
    office = make_office(
        agents=[
            {"id": "ana", "team": "claims", "valid_from": MONDAY},
            {"id": "ben", "team": "claims", "valid_to": MONDAY},
            {"id": "eve", "team": "claims", "valid_from": tuesday},
        ],
        agent_skills=[
            {"agent": "ana", "skill": "claim", "level": 1},
            {"agent": "ana", "skill": "claim", "level": 2, "valid_from": MONDAY},
            {"agent": "ana", "skill": "bill", "level": 5, "valid_to": MONDAY},
            {"agent": "ana", "skill": "spanish", "level": 5, "valid_from": tuesday},
        ],
        shifts=[shift("ana"), shift("ana", tuesday)],
        tasks=[],
    )

    def levels(at: int) -> dict[str, dict[str, int]]:
        problem = problem_from_office(office, at=at)
        return {one.id: {name: skill.level for name, skill in one.skills.items()} for one in problem.agents}

    assert levels(MONDAY_8) == {"ana": {"claim": 2, "bill": 5}, "ben": {}}
    assert levels(MONDAY_8 + 24 * HOUR) == {"ana": {"claim": 2, "spanish": 5}, "eve": {}}


def test_four_eyes_hold_against_who_has_done_the_other(make_office: MakeOffice) -> None:
    rows = [
        task("T1", separate_from=("done", "T2", "pended")),
        task("T2"),
        task("T3"),
        task("done", closed=MONDAY_8, done_by="ana"),
        task("done too", closed=MONDAY_8, done_by="ben", separate_from=("T3",)),
        task("pended", pended_until=MONDAY_8 + 1),
    ]
    problem = problem_from_office(make_office(tasks=rows), at=MONDAY_8)
    assert (the_task(problem).separate_from, the_task(problem).excluded_agents) == (("T2",), ("ana",))
    assert the_task(problem, "T3").excluded_agents == ("ben",)


def test_work_in_progress_stays_with_who_is_on_duty(make_office: MakeOffice) -> None:
    rows = [
        task("in hand", pinned_agent="ana", in_progress=True, handling_minutes=9.0),
        task("begun before", started=MONDAY_8 - 60, done_by="ana"),
        task("begun by the sick", started=MONDAY_8 - 60, done_by="ben"),
        task("open at the sick", pinned_agent="ben", in_progress=True),
        task("ordered for the sick", pinned_agent="ben"),
        task("begun by nobody known", started=MONDAY_8 - 60),
        task("begins later", started=MONDAY_8 + 60, done_by="ana"),
    ]
    question = question_from_office(make_office(tasks=rows, shifts=[shift("ana")]), at=MONDAY_8, plannable_share=0.9)
    found = {one.id: (one.in_progress, one.pinned_agent) for one in question.problem.tasks}
    assert found == {
        "in hand": (True, "ana"),
        "begun before": (False, "ana"),
        "begun by the sick": (False, None),
        "open at the sick": (False, None),
        "ordered for the sick": (False, "ben"),
        "begun by nobody known": (False, None),
        "begins later": (False, None),
    }
    assert question.num_handed_back == 2
    assert the_task(question.problem, "in hand").handling_minutes == 10.0


def test_what_somebody_began_who_may_not_do_it_is_for_anybody_again(make_office: MakeOffice) -> None:
    """Pinned to them it could never be done: it went to a team they are not of, or wants what they cannot do."""
    begun = {"started": MONDAY_8 - 60, "done_by": "ana"}
    rows = [
        task("fine", **begun),
        task("too hard", min_level=2, **begun),
        task("another language", also_requires={"spanish": 1}, **begun),
        task("another team", pinned_agent="ben", in_progress=True) | {"type": "dispute"},
        task("excluded", excluded_agents=("ana",), pinned_agent="ana", in_progress=True),
        task("done first", started=MONDAY_8 - 120, done_by="ana", closed=MONDAY_8 - 60),
        task("four eyes", separate_from=("done first",), **begun),
        task("ordered, though too hard", min_level=5, pinned_agent="ana"),
    ]
    question = question_from_office(make_office(tasks=rows), at=MONDAY_8, plannable_share=0.9)
    found = {one.id: (one.in_progress, one.pinned_agent) for one in question.problem.tasks}
    assert found == {
        "fine": (True, "ana"),
        "too hard": (False, None),
        "another language": (False, None),
        "another team": (False, None),
        "excluded": (False, None),
        "four eyes": (False, None),
        "ordered, though too hard": (False, "ana"),
    }
    assert (question.num_handed_back, question.num_begun_in_error) == (0, 5)
    assert question.assumptions()["begun_in_error"] == 5


@pytest.mark.parametrize(
    ("started", "minutes"),
    [
        (MONDAY_8 + 4 * HOUR - 9 * MINUTE, 20.0),  # nine minutes before lunch, of 27
        (MONDAY_8 + 4 * HOUR - 27 * MINUTE, 7.5),  # all of it: a quarter remains
        (MONDAY_8 - 900 * HOUR, 7.5),
    ],
)
def test_of_a_begun_task_there_remains_what_was_not_worked(
    make_office: MakeOffice, started: int, minutes: float
) -> None:
    """Lunch is no work: asked at the end of it, half an hour after it began."""
    rows = [task("T1", arrived=started, started=started, done_by="ana")]
    problem = problem_from_office(make_office(tasks=rows), at=MONDAY_8 + 4 * HOUR + 30 * MINUTE, plannable_share=0.9)
    assert the_task(problem).in_progress
    assert the_task(problem).handling_minutes == pytest.approx(minutes)


def test_a_task_pinned_to_somebody_who_left_is_kept_and_waits(make_office: MakeOffice) -> None:
    office = make_office(
        agents=[{"id": "ana", "team": "claims"}, {"id": "ben", "team": "claims", "valid_to": date(2025, 1, 1)}],
        tasks=[task("T1", pinned_agent="ben", preferred_agents=("ben", "ana"), excluded_agents=("ben",))],
    )
    problem = problem_from_office(office, at=MONDAY_8)
    found = the_task(problem)
    assert (found.pinned_agent, found.preferred_agents, found.excluded_agents) == ("ben", ("ana",), ())
    assert the_agent(problem, "ben").shifts == ()


def test_every_reference_to_nothing_is_told(make_office: MakeOffice) -> None:
    rows = [
        task("T1", pinned_agent="nobody", preferred_agents=("who",), excluded_agents=("which",)),
        task("T2", after=("T8",), separate_from=("T9",)),
        {**task("T3"), "type": "nothing"},
        task("T1"),
        task("T4", in_progress=True),
        task("T5", due=None),
    ]
    with pytest.raises(InputError) as raised:
        problem_from_office(make_office(tasks=rows), at=MONDAY_8)
    told = {(fault.record, fault.field) for fault in raised.value.faults}
    assert told == {
        ("tasks ('T1')", "id"),
        ("tasks ('T1')", "pinned_agent"),
        ("tasks ('T1')", "preferred_agents"),
        ("tasks ('T1')", "excluded_agents"),
        ("tasks ('T2')", "after"),
        ("tasks ('T2')", "separate_from"),
        ("tasks ('T3')", "type"),
        ("tasks ('T4')", "in_progress"),
        ("tasks ('T5')", "due"),
    }
