"""The certificate of a problem in words and as data."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.formats.problem import Problem
from models.formats.problem_file import parse_problem, read_problem
from models.time import parse_instant
from services.certifying import MOST_HOURS, certify_problem, clock, report_document

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def short() -> Problem:
    """Claims at level 3 that two people cannot do by noon: 5 h of work, 4 h on duty."""
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": "2026-03-02T10:30:00+01:00",
            "carry_over": "2026-03-03T12:00:00+01:00",
            "teams": [{"id": "c", "name": "Claims"}],
            "task_types": [{"id": "claim", "team": "c", "skill": "claims", "min_level": 3, "handling_minutes": 60}],
            "agents": [
                {
                    "id": name,
                    "team": "c",
                    "skills": {"claims": {"level": level}},
                    "shifts": [{"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T17:00:00+01:00"}],
                }
                for name, level in (("ana", 3), ("ben", 4), ("cleo", 2))
            ],
            "tasks": [
                {
                    "id": f"T{n}",
                    "type": "claim",
                    "arrived": "2026-03-02T08:00:00+01:00",
                    "due": "2026-03-02T12:30:00+01:00",
                }
                for n in range(5)
            ],
        }
    )


def test_only_hours_with_somebody_on_duty_are_told(short: Problem) -> None:
    before = replace(short, now=parse_instant("0001-01-01T00:00:00+00:00"))
    report = certify_problem(before, zone_name="UTC")
    assert len(report.hours) == 11  # now, and those of nine hours of duty
    assert certify_problem(short, zone_name="UTC").hours[1:] == report.hours[-7:]


def test_years_of_duty_are_looked_at_in_longer_steps(short: Problem) -> None:
    shift = replace(short.agents[0].shifts[0], end=parse_instant("2036-03-02T17:00:00+01:00"))
    long = replace(short, agents=(replace(short.agents[0], shifts=(shift,)),))
    report = certify_problem(long, zone_name="UTC")
    assert 1_000 < len(report.hours) <= MOST_HOURS + 2


def test_a_breach_is_a_sentence(short: Problem) -> None:
    report = certify_problem(short, zone_name="Europe/Madrid")
    assert not report.holds
    (breach,) = report.breaches
    assert breach.sentence == (
        "Claims, claims at level 3: 5.0 h of work are due by 12:30; the 2 people who can do it can do 4.0 h of it until"
        " then; 1.0 h will be late whatever you do, at least 1 of 5 tasks: T0, T1, T2, T3, T4."
    )
    assert breach.agents == ("ana", "ben")
    assert breach.short_hours == pytest.approx(1)
    assert [clock(hour, now=short.now, zone_name="Europe/Madrid") for hour in report.hours[:3]] == [
        "10:30",
        "11:00",
        "12:00",
    ]


def test_half_hour_zones_have_their_own_hours(short: Problem) -> None:
    hours = certify_problem(short, zone_name="Asia/Kolkata").hours
    assert [clock(hour, now=short.now, zone_name="Asia/Kolkata") for hour in hours[:3]] == ["15:00", "16:00", "17:00"]


def test_levels_that_the_same_people_have_share_a_row(short: Problem) -> None:
    tasks = tuple(replace(task, min_level=1 + n % 2) for n, task in enumerate(short.tasks))
    report = certify_problem(replace(short, tasks=tasks, agents=short.agents[:2]))
    (row,) = report.sets
    assert row.name == "Claims, claims at levels 1, 2"
    assert row.includes == ()
    assert row.latest_start is None
    assert row.short_from is not None
    assert row.slack_hours == pytest.approx(-1)
    wider = certify_problem(replace(short, tasks=(*short.tasks[:1], replace(short.tasks[1], min_level=1))))
    assert {(row.name, row.includes) for row in wider.sets} == {
        ("Claims, claims at level 3", ()),
        ("Claims, claims at level 1", ("Claims, claims at level 3",)),
    }
    assert all(row.latest_start is not None for row in wider.sets)


def test_the_document_is_json_and_complete(short: Problem) -> None:
    told: dict[str, Any] = json.loads(json.dumps(report_document(certify_problem(short, zone_name="Europe/Madrid"))))
    assert told["holds"] is False
    assert told["breaches"][0]["by"] == "2026-03-02T12:30:00+01:00"
    assert told["breaches"][0]["tasks"] == ["T0", "T1", "T2", "T3", "T4"]
    assert told["hours"][0] == "2026-03-02T10:30:00+01:00"
    assert len(told["sets"][0]["due_hours"]) == len(told["hours"]) == len(told["sets"][0]["capacity_hours"])
    assert told["counted"] == 5
    assert told["sets"][0]["short_from"] == "2026-03-02T12:30:00+01:00"


def test_every_task_is_counted_or_apart() -> None:
    problem = read_problem(DATA / "problem.json")
    report = certify_problem(problem)
    apart = (*report.impossible, *report.overdue, *report.nobody, *report.deferrable)
    assert report.num_counted + len(apart) == len(problem.tasks)
    assert len(set(apart)) == len(apart)
    assert report.overdue == ("T7",)
    assert report.nobody == ("T8",)
    assert report.impossible == ("T6",)
    assert not report.breaches
    assert not report.holds
