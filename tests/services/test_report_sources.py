"""Where reports come from: logs as they are, the stored office, the hours that a file gives, the period asked for."""

import json
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.errors import InputError, UsageError
from models.formats.event_logs.log import LogColumns
from models.formats.offices.office import Office
from models.time import load_zone, parse_instant
from reports.report import Report
from services.database import upgrade_database
from services.importing.store import store_office
from services.reporting.calendar_file import read_calendar_file
from services.reporting.period import find_period
from services.reporting.question import LogFile, ReportQuestion
from services.reporting.sources import open_source, source_of_office
from services.reporting.waiting import make_ledger, report_waiting
from services.settings import Settings

NOW = 1_790_000_000
HEADER = "case_id,Activity,Resource,start_time,end_time"
ROWS = [
    "1,Check,ana,2026-03-02T08:00:00,2026-03-02T08:30:00",
    "2,Check,ana,2026-03-02T08:30:00,2026-03-02T09:00:00",
    "2,Pay,ben,2026-03-02T09:00:00,2026-03-02T09:30:00",
    "1,Pay,ben,2026-03-02T10:00:00,2026-03-02T10:30:00",
]
HOURS = {"ana": {"mon": [["08:00", "16:00"]]}, "ben": {"mon": [["08:45", "16:00"]]}}


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., ReportQuestion]:
    """A maker of questions on a small log."""

    def make(
        *,
        rows: list[str] = ROWS,
        header: str = HEADER,
        hours: Any = HOURS,
        columns: LogColumns | None = None,
        timezone: str | None = None,
        **asked: Any,
    ) -> ReportQuestion:
        log, calendar = tmp_path / "claims.csv", tmp_path / "hours.json"
        log.write_text("\n".join([header, *rows]), encoding="utf-8")
        calendar.write_text(json.dumps(hours), encoding="utf-8")
        file = LogFile(
            path=log,
            columns=columns or LogColumns(),
            timezone=timezone,
            calendar=None if hours is None else calendar,
        )
        return ReportQuestion(settings=Settings(), now=NOW, log=file, **asked)

    return make


def hours_by_cause(report: Report) -> dict[str, float]:
    return {cause: hours for cause, hours in report.document["causes"].items() if hours}


def test_a_log_with_usual_names_needs_no_options_and_says_what_it_took(ask: Callable[..., ReportQuestion]) -> None:
    report = report_waiting(ask(options={"definitions": "paper"}))
    assert hours_by_cause(report) == {"prioritization": 0.5, "unavailability": 0.25, "extraneous": 0.75}
    assert report.document["transitions"] == 2
    limits = report.document["limits"]
    assert any("--case case_id, --activity Activity, --resource Resource, --end end_time" in text for text in limits)
    assert "instants without an offset were read as UTC" in limits


def test_columns_that_somebody_names_are_taken_and_not_guessed(ask: Callable[..., ReportQuestion]) -> None:
    header = "case_id,Activity,Resource,start_time,end_time,began"
    rows = [f"{row},{row.split(',')[3].replace('T10', 'T09')}" for row in ROWS]
    report = report_waiting(ask(header=header, rows=rows, columns=LogColumns(start="began"), options={}))
    assert report.document["wait_hours"] == 0.5
    assert not any("--start" in text for text in report.document["limits"])


def test_a_zone_moves_the_clock_of_the_hours_with_it(ask: Callable[..., ReportQuestion]) -> None:
    report = report_waiting(ask(timezone="America/New_York", options={"definitions": "paper"}))
    assert hours_by_cause(report) == {"prioritization": 0.5, "unavailability": 0.25, "extraneous": 0.75}
    assert report.document["from"] == "2026-03-02T08:00:00-05:00"


def test_a_person_who_is_not_in_the_calendar_has_unknown_hours(ask: Callable[..., ReportQuestion]) -> None:
    report = report_waiting(ask(hours={"ana": HOURS["ana"]}, options={"definitions": "paper"}))
    assert hours_by_cause(report) == {"prioritization": 0.5, "extraneous": 1.0}


def test_without_a_calendar_hours_come_from_what_people_did(ask: Callable[..., ReportQuestion]) -> None:
    rows = [
        row.replace("03-02", f"03-{day:02d}").replace(",", f"-{day},", 1)
        for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)
        for row in ROWS
    ]
    report = report_waiting(ask(rows=rows, hours=None, options={"definitions": "paper"}))
    assert report.document["causes"]["prioritization"] == pytest.approx(5.0)
    assert report.document["causes"]["unavailability"] + report.document["causes"]["extraneous"] == pytest.approx(10.0)
    assert report.document["causes"]["unavailability"] > 0  # nobody ever saw ben before 09:00
    assert any("they are read off the days on which people were seen" in text for text in report.document["limits"])


def test_types_and_periods_choose_what_is_reported_and_not_what_explains_it(
    ask: Callable[..., ReportQuestion],
) -> None:
    paper = {"definitions": "paper"}
    pays = report_waiting(ask(types=("Pay",), options=paper))
    assert (pays.document["instances"], pays.document["wait_hours"]) == (2, 1.5)
    late = report_waiting(ask(start="2026-03-02 09:30", end="2026-03-02", options=paper))
    assert (late.document["instances"], hours_by_cause(late)["prioritization"]) == (1, 0.5)
    with pytest.raises(UsageError, match="--type is 'Pray'; there is no such task type; there are 'Check', 'Pay'"):
        report_waiting(ask(types=("Pray",)))
    with pytest.raises(UsageError, match="nothing was begun"):
        report_waiting(ask(start="2026-04-01"))


def test_the_last_day_is_included_and_the_period_must_go_forward(ask: Callable[..., ReportQuestion]) -> None:
    madrid = load_zone("Europe/Madrid")
    start, end = find_period(ask(start="2026-03-28", end="2026-03-29"), madrid)
    assert start == parse_instant("2026-03-28T00:00:00+01:00")
    assert end == parse_instant("2026-03-30T00:00:00+02:00")  # the day has 23 hours
    _, instant = find_period(ask(end="2026-03-29T12:00:00+02:00"), madrid)
    assert instant == parse_instant("2026-03-29T12:00:00+02:00")
    with pytest.raises(UsageError, match="not after --from"):
        find_period(ask(start="2026-03-02", end="2026-03-01"), madrid)
    with pytest.raises(UsageError, match="--from is 'soon'"):
        find_period(ask(start="soon"), madrid)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"ana": {"monday": [["08:00", "16:00"]]}}, "one of mon, tue"),
        ({"ana": {"mon": [["08:00"]]}}, "stretches such as"),
        ({"ana": {"mon": [["8 am", "16:00"]]}}, "stretches such as"),
        ({"ana": {"mon": "08:00-16:00"}}, "stretches such as"),
        ({"ana": [["08:00", "16:00"]]}, "hours by weekday"),
        ({}, "hours of at least one person"),
    ],
)
def test_a_calendar_that_cannot_be_read_says_where(tmp_path: Path, content: Any, told: str) -> None:
    path = tmp_path / "hours.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_calendar_file(path)


def test_a_calendar_may_go_to_midnight_and_beyond(tmp_path: Path) -> None:
    path = tmp_path / "hours.json"
    path.write_text(json.dumps({"ana": {"mon": [["22:00", "06:00"], ["12:00", "24:00"]], "tue": []}}), encoding="utf-8")
    assert read_calendar_file(path) == {
        "ana": {0: ((time(12), time(0)), (time(22), time(6))), 1: ()},
    }


def test_the_stored_office_gives_arrivals_skills_hours_and_absences(
    make_office: Callable[..., Office], tmp_path: Path
) -> None:
    eight = parse_instant("2026-03-02T08:00:00+01:00")
    minute = 60
    office = make_office(
        tasks=[
            _task("T1", "claim", "ben", eight, eight + 30 * minute, eight + 90 * minute),
            # Ben is at T1, which came no later, to 09:30; Ana, who may be lent, is away to 09:00 and free then.
            _task("T2", "claim", "ben", eight, eight + 150 * minute, eight + 160 * minute),
            _task("T3", "dispute", "ana", eight - 60 * minute, eight + 240 * minute, eight + 241 * minute),
            {"id": "T4", "type": "claim", "arrived": eight, "due": eight + 600 * minute},
        ],
        absences=[{"agent": "ana", "start": eight, "end": eight + 60 * minute, "reason": "ill"}],
    )
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    _store(settings, office)
    report = report_waiting(ReportQuestion(settings=settings, now=eight + 8 * 3600))
    document = report.document
    assert (document["instances"], document["source"], document["timezone"]) == (3, "database", "Europe/Madrid")
    assert document["wait_hours"] == 0.5 + 2.5 + 5.0
    assert document["arrivals"] == {"instances": 3, "wait_hours": 8.0}
    assert document["causes"] == {
        "customer": 0.0,
        "batching": 0.0,
        "contention": pytest.approx(0.5),  # T2, from 08:30 to 09:00: ana is away, ben at T1
        "prioritization": 0.0,
        "unavailability": pytest.approx(2.0),  # T3, from 07:00 to 09:00
        "extraneous": pytest.approx(0.5 + 0.5 + 1.5 + 3.0),
    }
    assert document["details"]["unavailability"] == {
        "office_closed": pytest.approx(1.0),
        "rostered_gap": 0.0,
        "absent": pytest.approx(1.0),
    }
    teams = report.table("by-team")
    assert teams is not None
    assert teams.rows["team"].tolist() == ["Billing resolution", "claims"]
    for options, is_named in (({}, False), ({"names": "shown"}, True)):
        rows = report_waiting(ReportQuestion(settings=settings, now=NOW, options=options)).table("evidence")
        assert rows is not None
        assert ("agent" in {column.name for column in rows.columns}) == is_named
    disputes = report_waiting(ReportQuestion(settings=settings, now=NOW, teams=("Billing resolution",)))
    assert disputes.document["instances"] == 1


def test_an_office_without_work_done_has_nothing_to_report(make_office: Callable[..., Office], tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    _store(settings, make_office())
    with pytest.raises(UsageError, match="nothing was begun"):
        report_waiting(ReportQuestion(settings=settings, now=NOW))
    _store(Settings(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}"), make_office(tasks=None))
    with pytest.raises(UsageError, match="no tasks to report on"):
        open_source(ReportQuestion(settings=Settings(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}"), now=NOW))


def test_a_source_of_an_office_knows_what_was_dropped_and_what_is_open(make_office: Callable[..., Office]) -> None:
    eight = parse_instant("2026-03-02T08:00:00+01:00")
    source = source_of_office(
        make_office(
            tasks=[
                _task("T1", "claim", "ben", eight, eight + 60, eight + 120),
                {"id": "T2", "type": "claim", "arrived": eight, "closed": eight + 50},
                {"id": "T3", "type": "claim", "arrived": eight, "started": eight + 70, "done_by": "ben"},
            ]
        )
    )
    assert source.instances["outcome"].tolist() == ["done", "dropped", "open"]
    assert source.instances["agent"].isna().tolist() == [False, True, False]
    assert source.instances["start"].iloc[0] == pd.Timestamp(eight + 60, unit="s", tz="UTC")
    assert source.name_of("claim") == "claim"
    assert source.name_of("dispute") == "Invoice dispute"


def _task(name: str, kind: str, agent: str, arrived: int, started: int, closed: int) -> dict[str, Any]:
    return {"id": name, "type": kind, "arrived": arrived, "started": started, "closed": closed, "done_by": agent}


def _store(settings: Settings, office: Office) -> None:
    upgrade_database(settings)
    from services.database import open_database

    with open_database(settings) as database, database.writing() as session:
        store_office(session, office, kind="tables", now=NOW, digest="", describe=lambda report: report)


def test_the_desk_says_who_was_there_and_what_waited_for_a_customer(make_office: Callable[..., Office]) -> None:
    eight = parse_instant("2026-03-02T08:00:00+01:00")
    office = make_office(tasks=[{"id": "T1", "type": "claim", "arrived": eight}])
    events = pd.DataFrame(
        [
            {"kind": kind, "task": task, "agent": agent, "at": eight + 60 * minute}
            for kind, task, agent, minute in (
                ("signed-in", "", "ana", 0),  # who may be lent to claims
                ("off-task-began", "", "ana", 30),
                ("pended", "T1", "", 45),
                ("unpended", "T1", "", 60),
                ("signed-in", "", "ben", 90),  # an hour and a half late
                ("started", "T1", "ben", 120),
                ("completed", "T1", "ben", 150),
            )
        ]
    )
    source = source_of_office(office, events=events)
    question = ReportQuestion(settings=Settings(), now=NOW)
    made = make_ledger(source, question)
    hours = {cause: value for cause, value in made.cause_hours().items() if value}
    assert hours == {"customer": 0.25, "unavailability": 0.75, "extraneous": 1.0}
    assert made.detail_hours()["unavailability"] == {"office_closed": 0.0, "rostered_gap": 0.0, "absent": 0.75}
    assert made.detail_hours()["extraneous"] == {"same_person_free": 0.5, "colleague_free": 0.5}
    assert made.team_names == ("claims",)
