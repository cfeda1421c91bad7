"""Logs taken into a database, and planned at an instant inside them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.database import Database
from models.errors import InputError, UsageError
from models.formats.event_logs.log import LogColumns
from models.repositories.imports import list_batches
from models.repositories.offices import read_office
from models.time import parse_instant
from models.vocabulary import Rule
from services.daily_plan import ask_for_day
from services.database import open_database
from services.log_import import LogOptions, import_log
from services.planning import dispatch_problem
from services.settings import Settings

NOW = parse_instant("2025-06-01T00:00:00+00:00")
COLUMNS = LogColumns(case="case", type="type", agent="agent", start="start", end="end")
OPTIONS = LogOptions(columns=COLUMNS, timezone="Europe/Madrid")
WEDNESDAY_NOON = parse_instant("2025-03-12T12:00:00+01:00")


def small_log(path: Path, *, days: int = 26, has_starts: bool = True) -> Path:
    """Cases that are checked by two and, often a day later, paid by two others."""
    generator = np.random.default_rng(9)
    lines = ["case,type,agent,start,end"]
    for day in range(days):
        midnight = datetime(2025, 3, 3) + timedelta(days=day)  # noqa: DTZ001 - a clock time of the log
        if midnight.weekday() > 4:
            continue
        for number in range(24):
            for kind, people, wait in (("check", ("ana", "bob"), 0), ("pay", ("cleo", "dan"), int(number % 3 == 0))):
                start = midnight + timedelta(days=wait, hours=8, minutes=20 * number + 3)
                end = start + timedelta(minutes=float(generator.uniform(6, 14)))
                begun = start.isoformat() if has_starts else ""
                lines.append(f"{day}-{number},{kind},{people[number % 2]},{begun},{end.isoformat()}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_log_becomes_an_office_that_can_be_planned_at_any_instant(tmp_path: Path, database_url: str) -> None:
    settings = Settings(database_url=database_url)
    made = import_log(settings, small_log(tmp_path / "log.csv"), OPTIONS, now=NOW)
    assert made.report.tables["tasks"].new == len(made.log.frame) == 960
    with open_database(settings) as database:
        question = ask_for_day(database, settings, at=WEDNESDAY_NOON)
    problem = question.problem
    moment = WEDNESDAY_NOON
    rows = made.discovery.office.rows("tasks")
    assert {task.id for task in problem.tasks} == {
        row["id"] for row in rows if row["arrived"] <= moment and (row["closed"] is None or row["closed"] > moment)
    }
    assert {agent.id for agent in problem.agents if agent.shifts} == {"ana", "bob", "cleo", "dan"}
    in_hand = {task.pinned_agent for task in problem.tasks if task.in_progress}
    assert in_hand == {row["done_by"] for row in rows if row["started"] <= moment < row["closed"]}
    plan = dispatch_problem(problem, Rule.FIFO)
    assert len(plan.assignments) + len(plan.unscheduled) == len(problem.tasks) > 5


def test_taking_a_log_in_twice_changes_nothing_and_a_longer_one_adds(tmp_path: Path, database_url: str) -> None:
    settings = Settings(database_url=database_url)
    path = tmp_path / "log.csv"
    import_log(settings, small_log(path, days=19), OPTIONS, now=NOW)
    again = import_log(settings, path, OPTIONS, now=NOW)
    assert not again.report.has_changes
    longer = import_log(settings, small_log(path), OPTIONS, now=NOW)
    assert longer.report.tables["tasks"].new == 240
    assert longer.report.tables["tasks"].unchanged >= 712  # the last days' work has been paid since
    with open_database(settings) as database, database.reading() as session:
        assert len(list_batches(session)) == 3


def test_a_rehearsal_stores_nothing(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    path = small_log(tmp_path / "log.csv", days=5)
    options = LogOptions(columns=COLUMNS, timezone="Europe/Madrid", is_dry_run=True)
    made = import_log(settings, path, options, now=NOW)
    assert made.report.is_dry_run
    assert made.report.tables["agents"].new == 4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.csv"]
    import_log(settings, path, OPTIONS, now=NOW)
    before = (tmp_path / "office.sqlite3").read_bytes()
    again = import_log(settings, path, options, now=NOW)
    assert again.report.tables["agents"].unchanged == 4
    assert (tmp_path / "office.sqlite3").read_bytes() == before


def test_a_log_that_cannot_be_used_leaves_nothing_behind(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    (tmp_path / "log.csv").write_text("case,type,agent,start,end\nC,a,ana,soon,later\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2: end: is 'later'"):
        import_log(settings, tmp_path / "log.csv", OPTIONS, now=NOW)
    assert not (tmp_path / "office.sqlite3").exists()


def test_an_office_that_is_there_keeps_its_clock_and_hours(
    tmp_path: Path, database: Database, database_url: str, make_office: Callable[..., object]
) -> None:
    from services.importing.store import store_office

    with database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)  # type: ignore[arg-type]
    settings = Settings(database_url=database_url)
    path = small_log(tmp_path / "log.csv")
    moved = LogOptions(columns=COLUMNS, timezone="UTC", office_timezone="Asia/Tokyo")
    with pytest.raises(UsageError, match="the stored office is in Europe/Madrid"):
        import_log(settings, path, moved, now=NOW)
    made = import_log(settings, path, LogOptions(columns=COLUMNS, timezone="UTC"), now=NOW)
    assert made.zone_name == "Europe/Madrid"
    assert any("keeps its clock, Europe/Madrid: --timezone UTC does not move it" in hint for hint in made.log.hints)
    assert not {"office", "office_hours", "holidays"} & set(made.report.tables)
    with database.reading() as session:
        stored = read_office(session, at=WEDNESDAY_NOON)
    assert stored.table("office")["timezone"].tolist() == ["Europe/Madrid"]
    assert {"ana", "dan"} <= set(stored.table("agents")["id"])


def test_estimated_minutes_stay_marked_in_the_database(tmp_path: Path, database_url: str) -> None:
    settings = Settings(database_url=database_url)
    columns = LogColumns(case="case", type="type", agent="agent", end="end")
    path = small_log(tmp_path / "log.csv", has_starts=False)
    made = import_log(settings, path, LogOptions(columns=columns, timezone="Europe/Madrid"), now=NOW)
    assert not made.log.has_starts
    with open_database(settings) as database, database.reading() as session:
        stored = read_office(session, at=WEDNESDAY_NOON).table("task_types")
    assert stored["is_estimated"].tolist() == [True, True]
    assert stored["is_sla_estimated"].tolist() == [True, True]


def test_estimated_minutes_and_deadlines_are_said_with_every_plan(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    columns = LogColumns(case="case", type="type", agent="agent", end="end")
    path = small_log(tmp_path / "log.csv", has_starts=False)
    import_log(settings, path, LogOptions(columns=columns, timezone="Europe/Madrid"), now=NOW)
    with open_database(settings) as database:
        assumed = ask_for_day(database, settings, at=WEDNESDAY_NOON).assumptions()
    assert assumed["estimated_minutes"] == ["pay"]  # nothing is known of when a case came in, to be checked
    assert assumed["estimated_deadlines"] == ["pay"]


def test_deadlines_of_the_log_are_no_estimates(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    path = small_log(tmp_path / "log.csv")
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{header},due", *(f"{line},2025-04-30" for line in lines)]), encoding="utf-8")
    columns = LogColumns(case="case", type="type", agent="agent", start="start", end="end", due="due")
    import_log(settings, path, LogOptions(columns=columns, timezone="Europe/Madrid"), now=NOW)
    with open_database(settings) as database:
        question = ask_for_day(database, settings, at=WEDNESDAY_NOON)
    assert question.assumptions()["estimated_deadlines"] == []
    assert {task.due for task in question.problem.tasks} == {parse_instant("2025-04-30T23:59:59+02:00")}


def test_the_report_says_what_was_done_and_assumed(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    document = import_log(settings, small_log(tmp_path / "log.csv"), OPTIONS, now=NOW).document()
    assert document["records"] == 960
    assert document["cases"] == 480
    assert (document["from"], document["timezone"]) == ("2025-03-03T08:03:00+01:00", "Europe/Madrid")
    assert {kind["name"]: round(kind["standard_minutes"]) for kind in document["task_types"]} == {
        "check": 10,
        "pay": 10,
    }
    assert [team["agents"] for team in document["teams"]] == [2, 2]
    assert {finding["rule"] for finding in document["derived"]} == {"arrival-unknown", "derived-due"}
    assert document["import"]["tables"]["tasks"]["new"] == 960
    hours = {(row["agent"], row["weekday"]): (row["from"], row["until"]) for row in document["working_hours"]}
    assert hours["ana", "mon"] == ("08:00", "15:45")
    sample = parse_instant(document["sample_instant"])
    assert parse_instant(document["from"]) < sample < parse_instant(document["to"])


def test_the_zone_of_instants_is_the_offices_too_and_that_is_said(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    path = small_log(tmp_path / "log.csv", days=5)
    header, *rows = path.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    path.write_text("\n".join([header, *(",".join([*row[:3], f"{row[3]}+00:00", f"{row[4]}+00:00"]) for row in cells)]))

    def hints(**zones: Any) -> tuple[str, list[str]]:
        made = import_log(settings, path, LogOptions(columns=COLUMNS, is_dry_run=True, **zones), now=NOW)
        return made.zone_name, [hint for hint in made.document()["hints"] if "timezone" in hint]

    assert hints() == ("UTC", [])
    assert hints(timezone="Europe/Lisbon", office_timezone="Europe/Madrid") == (
        "Europe/Madrid",
        ["every instant has an offset of its own: --timezone Europe/Lisbon was used to read none"],
    )
    zone_name, said = hints(timezone="Europe/Madrid")
    assert zone_name == "Europe/Madrid"
    assert said == [
        "every instant has an offset of its own: --timezone Europe/Madrid was used to read none",
        "the office's clock is Europe/Madrid too, by --timezone; --office-timezone names another",
    ]


def test_it_says_what_it_is_at(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'office.sqlite3'}")
    stages: list[str] = []
    path = small_log(tmp_path / "log.csv", days=5)
    import_log(settings, path, OPTIONS, now=NOW, on_stage=stages.append)
    assert stages == ["reading rows", "cleaning", "deriving the office", "storing"]


def test_where_nobody_is_on_duty_the_days_are_named_on_which_somebody_is(tmp_path: Path, database_url: str) -> None:
    settings = Settings(database_url=database_url)
    import_log(settings, small_log(tmp_path / "log.csv"), OPTIONS, now=NOW)
    with open_database(settings) as database:
        for at in ("2024-03-12T12:00:00+01:00", "2026-03-12T12:00:00+01:00"):
            with pytest.raises(UsageError, match="--at a day that has some, 2025-03-03 to 2025-04-12"):
                ask_for_day(database, settings, at=parse_instant(at), or_next_shift=True)
