"""From an office's roster, absences and holidays to a day's question: who is there, and when the next day begins."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from models.errors import InputError, UsageError
from models.formats.offices.office import Office
from models.formats.problem import Agent, Problem, Task
from models.time import format_instant, load_zone, parse_instant
from services.office import question_from_office

MakeOffice = Callable[..., Office]
MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800  # 08:00 in Madrid
HOUR = 3600


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


def test_absences_cut_shifts_and_their_breaks(make_office: MakeOffice) -> None:
    def away(*stretches: tuple[float, float]) -> list[tuple[str, str, list[str]]]:
        rows = [
            {"agent": "ana", "start": MONDAY_8 + int(a * HOUR), "end": MONDAY_8 + int(b * HOUR)} for a, b in stretches
        ]
        problem = problem_from_office(make_office(absences=rows), at=MONDAY_8 - HOUR)
        return [
            (local(one.start)[11:16], local(one.end)[11:16], [local(p.start)[11:16] for p in one.breaks])
            for one in the_agent(problem, "ana").shifts
        ]

    assert away() == [("08:00", "16:30", ["12:00"])]
    assert away((-24, 100)) == []
    assert away((-2, 1)) == [("09:00", "16:30", ["12:00"])]
    assert away((2, 3), (2.5, 3.5)) == [("08:00", "10:00", []), ("11:30", "16:30", ["12:00"])]
    assert away((4.25, 6)) == [("08:00", "12:15", ["12:00"]), ("14:00", "16:30", [])]
    assert away((8.5, 9)) == [("08:00", "16:30", ["12:00"])]


def test_a_plan_takes_the_shifts_of_its_day(make_office: MakeOffice) -> None:
    night = shift("ben", MONDAY - timedelta(days=1), 22, 9)
    office = make_office(
        shifts=[night, shift("ana"), shift("ben", MONDAY, 20, 4), shift("ana", MONDAY + timedelta(days=1))]
    )

    def starts(at: int, days: int = 1) -> list[str]:
        problem = problem_from_office(office, at=at, days=days)
        return sorted(f"{agent.id} {local(one.start)[8:13]}" for agent in problem.agents for one in agent.shifts)

    assert starts(MONDAY_8) == ["ana 02T08", "ben 01T22", "ben 02T20"]
    assert starts(MONDAY_8 + HOUR) == ["ana 02T08", "ben 02T20"]
    assert starts(MONDAY_8 + 13 * HOUR) == ["ben 02T20"]
    assert starts(MONDAY_8 + HOUR, days=2) == ["ana 02T08", "ana 03T08", "ben 02T20"]
    # After midnight only the night shift runs on; the day's own shifts are to come.
    assert starts(MONDAY_8 + 17 * HOUR) == ["ana 03T08", "ben 02T20"]


def test_nobody_on_duty_says_when_the_next_shift_starts(make_office: MakeOffice) -> None:
    office = make_office(shifts=[shift("ana"), shift("ana", MONDAY + timedelta(days=1))])
    with pytest.raises(UsageError) as raised:
        problem_from_office(office, at=MONDAY_8 + 8 * HOUR)
    assert str(raised.value) == (
        "nobody is on duty on 2026-03-02 from 2026-03-02T16:00:00+01:00 on; "
        "the next shift starts at 2026-03-03T08:00:00+01:00: plan from then"
    )
    with pytest.raises(UsageError, match="take in shifts first"):
        problem_from_office(office, at=MONDAY_8 + 48 * HOUR)


def test_the_next_open_day_skips_weekends_and_holidays(make_office: MakeOffice) -> None:
    friday = MONDAY + timedelta(days=4)
    office = make_office(
        shifts=[shift("ana", friday)],
        holidays=[{"date": MONDAY + timedelta(days=7)}],
        office_hours=[
            {"weekday": day, "opens": time(9), "closes": time(13)} for day in ("mon", "tue", "wed", "thu", "fri")
        ],
        tasks=[],
    )
    problem = problem_from_office(office, at=MONDAY_8 + 4 * 24 * HOUR)
    assert local(problem.carry_over) == "2026-03-10T11:00:00+01:00"


def test_public_holidays_of_the_country_are_kept(make_office: MakeOffice) -> None:
    office = make_office(
        office=[{"name": "Back office", "timezone": "Europe/Madrid", "country": "ES", "subdivision": "MD"}],
        shifts=[shift("ana", date(2026, 4, 30))],
        tasks=[],
    )
    problem = problem_from_office(office, at=parse_instant("2026-04-30T08:00:00+02:00"))
    # Friday is Labour Day, and Madrid keeps 2 May; Monday is the next open day.
    assert local(problem.carry_over) == "2026-05-04T13:00:00+02:00"


def test_an_explicit_carry_over_is_taken_and_checked(make_office: MakeOffice) -> None:
    assert problem_from_office(make_office(), at=MONDAY_8, carry_over=MONDAY_8 + 1).carry_over == MONDAY_8 + 1
    with pytest.raises(InputError, match="carry_over"):
        problem_from_office(make_office(), at=MONDAY_8, carry_over=MONDAY_8 - 1)


@pytest.mark.parametrize(
    ("zone", "day", "length", "break_at", "due"),
    [
        # The clocks go on from 02:00 to 03:00: a night from 22:00 to 06:00 has seven hours.
        ("Europe/Madrid", date(2026, 3, 28), 7, "2026-03-29T03:30:00+02:00", "2026-03-30T09:00:00+02:00"),
        ("America/New_York", date(2026, 3, 7), 7, "2026-03-08T03:30:00-04:00", "2026-03-09T09:00:00-04:00"),
        # They go back from 03:00 (02:00) to 02:00 (01:00): nine hours; what occurs twice is the first of the two.
        ("Europe/Madrid", date(2026, 10, 24), 9, "2026-10-25T02:30:00+02:00", "2026-10-26T09:00:00+01:00"),
        ("America/New_York", date(2026, 10, 31), 9, "2026-11-01T02:30:00-05:00", "2026-11-02T09:00:00-05:00"),
    ],
)
def test_a_night_with_a_clock_change_plans_right(
    make_office: MakeOffice, zone: str, day: date, length: int, break_at: str, due: str
) -> None:
    night = {
        "agent": "ana",
        "date": day,
        "start": time(22),
        "end": time(6),
        "breaks": ((time(2, 30), time(3, 45), "break", True),),
    }
    at = parse_instant(f"{day.isoformat()}T22:00:00Z")
    office = make_office(
        office=[{"name": "Nights", "timezone": zone}],
        shifts=[night],
        # Saturday's task is promised within an hour of open office: Monday at nine.
        tasks=[{"id": "T1", "type": "dispute", "arrived": at - 6 * HOUR, "due": None}],
        task_types=[
            {"id": "dispute", "team": "billing", "skill": "bill", "handling_minutes": 9.0, "sla_minutes": 60.0}
        ],
    )
    zone_start = problem_from_office(office, at=at).agents[0].shifts[0]
    assert zone_start.end - zone_start.start == length * HOUR
    assert local(zone_start.start, zone)[11:19] == "22:00:00"
    assert local(zone_start.end, zone)[11:19] == "06:00:00"
    assert local(zone_start.breaks[0].start, zone) == break_at
    assert local(zone_start.breaks[0].end, zone)[11:16] == "03:45"
    assert local(the_task(problem_from_office(office, at=at)).due, zone) == due


def test_overlapping_shifts_are_told(make_office: MakeOffice) -> None:
    with pytest.raises(InputError, match="expected no overlap with"):
        problem_from_office(make_office(shifts=[shift("ana"), shift("ana", MONDAY, 15, 20)]), at=MONDAY_8)
