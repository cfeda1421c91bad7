"""Tables into the database and what became of them, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.errors import CancelledError, InputError, UsageError
from models.repositories.imports import list_batches
from models.time import parse_instant
from services.database import database_status
from services.importing import write_template_folder
from services.importing.store import ManyGoneError
from services.office import question_from_office
from services.settings import Settings

FRIDAY = date(2026, 2, 27)
MONDAY_8 = parse_instant("2026-03-02T08:00:00+01:00")
NOW = parse_instant("2026-03-01T12:00:00+01:00")


def many_tasks(folder: Path, count: int) -> None:
    rows = "".join(f"N{n},invoice-dispute,2026-02-27 10:00\n" for n in range(count))
    (folder / "tasks.csv").write_text("id,type,arrived\n" + rows)


def test_a_template_imports_and_plans_as_it_stands(
    settings: Settings, folder: Path, take_in: Any, office_at: Any
) -> None:
    report = take_in(settings, folder)
    assert {name: changes.new for name, changes in report.tables.items()} == {
        "office": 1, "office_hours": 5, "holidays": 1, "clients": 2, "teams": 2, "skills": 3, "agents": 3,
        "agent_skills": 5, "shifts": 3, "absences": 2, "task_types": 2, "tasks": 3,
    }  # fmt: skip
    assert [str(note) for note in report.notes] == ["tasks.due: 1 without a time: close of business of that day"]
    problem = question_from_office(office_at(settings, MONDAY_8), at=MONDAY_8).problem
    assert {task.id for task in problem.tasks} == {"T1", "T2", "T3"}
    assert sum(bool(agent.shifts) for agent in problem.agents) == 3
    with Database(settings.database_url) as database, database.reading() as session:
        (batch,) = list_batches(session)
        assert (batch.id, batch.kind, batch.source, batch.imported_at) == (report.batch, "tables", str(folder), NOW)
        assert batch.counts["tables"]["tasks"] == {"new": 3, "changed": 0, "unchanged": 0, "gone": 0}
        assert len(batch.digest) == 64


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_same_files_twice_change_nothing(
    settings: Settings, folder: Path, tmp_path: Path, form: str, take_in: Any, stored: Any
) -> None:
    from models.calendar import OfficeCalendar
    from models.formats.offices.table_checks import check_tables
    from models.formats.offices.table_files import read_tables
    from models.formats.offices.table_writing import write_parquet_tables, write_xlsx_tables
    from models.time import load_zone

    zone = load_zone("Europe/Madrid")
    take_in(settings, folder)
    before = stored(settings)
    office = check_tables(read_tables(folder).tables, calendar=OfficeCalendar(zone=zone)).office
    again = folder
    if form == "xlsx":
        again = tmp_path / "office.xlsx"
        write_xlsx_tables(again, office, zone=zone)
    elif form == "parquet":
        again = tmp_path / "parquet"
        again.mkdir()
        write_parquet_tables(again, office)
    report = take_in(settings, again)
    assert not report.has_changes
    assert all(changes.unchanged for changes in report.tables.values())
    after = stored(settings)
    for traces in ("import_batches", "changes"):
        assert len(after.pop(traces)) == len(before.pop(traces)) + 1
    assert after == before


def test_new_and_changed_rows_are_counted_and_nothing_else_moves(
    settings: Settings, folder: Path, take_in: Any, office_at: Any, rewrite: Any
) -> None:
    take_in(settings, folder)

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["weight"] = "9"
        rows[2]["preferred_agents"] = "ana"
        return [*rows, {**rows[0], "id": "T4"}]

    rewrite(folder / "tasks.csv", change)
    report = take_in(settings, folder / "tasks.csv")
    (changes,) = report.tables.values()
    assert (changes.new, changes.changed, changes.unchanged, changes.gone) == (1, 2, 1, 0)
    tasks = {row["id"]: row for row in office_at(settings, MONDAY_8).rows("tasks")}
    assert (tasks["T1"]["weight"], tasks["T3"]["preferred_agents"]) == (9.0, ("ana",))


def test_bad_rows_change_nothing(settings: Settings, folder: Path, take_in: Any, stored: Any, rewrite: Any) -> None:
    take_in(settings, folder)
    before = stored(settings)
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "title": "new"}, {**rows[1], "type": "unknown"}])
    with pytest.raises(InputError, match=r"tasks.csv: row 3: type: is 'unknown'; expected an id of task_types"):
        take_in(settings, folder)
    assert stored(settings) == before


def test_a_snapshot_closes_what_it_lacks(
    settings: Settings, folder: Path, take_in: Any, office_at: Any, open_tasks: Any, rewrite: Any
) -> None:
    take_in(settings, folder)
    many_tasks(folder, 10)
    take_in(settings, folder / "tasks.csv")
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "arrived": "2026-02-27 11:00"}, *rows[1:]])
    with (folder / "tasks.csv").open("a") as stream:
        stream.write(
            "T1,invoice-dispute,2026-02-26 10:00\nT2,claim-approval,2026-02-26 10:00\nZ,invoice-dispute,2026-02-27\n"
        )
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True)
    changes = report.tables["tasks"]
    assert (changes.new, changes.changed, changes.unchanged, changes.gone) == (1, 3, 9, 1)
    assert open_tasks(settings) == {f"N{n}" for n in range(10)} | {"T1", "T2", "Z"}
    tasks = {row["id"]: row for row in office_at(settings, NOW - 1).rows("tasks")}
    assert tasks["T3"]["closed"] == NOW
    again = take_in(settings, folder / "tasks.csv", is_snapshot=True)
    assert not again.has_changes


def test_a_snapshot_that_lacks_much_asks_first(
    settings: Settings, folder: Path, take_in: Any, stored: Any, open_tasks: Any
) -> None:
    take_in(settings, folder)
    many_tasks(folder, 10)
    take_in(settings, folder / "tasks.csv")
    many_tasks(folder, 5)
    before = stored(settings)
    asked: list[tuple[int, int]] = []

    def answer(yes: bool) -> Callable[[ManyGoneError], bool]:
        def confirm(many: ManyGoneError) -> bool:
            asked.append((many.num_gone, many.num_open))
            return yes

        return confirm

    with pytest.raises(ManyGoneError, match="lacks 8 of 13 open tasks"):
        take_in(settings, folder / "tasks.csv", is_snapshot=True)
    with pytest.raises(CancelledError):
        take_in(settings, folder / "tasks.csv", is_snapshot=True, confirm=answer(False))
    assert stored(settings) == before
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True, confirm=answer(True))
    assert asked == [(8, 13), (8, 13)]
    assert report.tables["tasks"].gone == 8
    assert open_tasks(settings) == {f"N{n}" for n in range(5)}


def test_an_empty_list_is_a_snapshot_too(settings: Settings, folder: Path, take_in: Any, open_tasks: Any) -> None:
    take_in(settings, folder)
    (folder / "tasks.csv").write_text("id,type,arrived\n")
    with pytest.raises(InputError, match="holds no rows below its header"):
        take_in(settings, folder / "tasks.csv")
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True, confirm=lambda _: True)
    assert report.tables["tasks"].gone == 3
    assert open_tasks(settings) == set()


def test_a_snapshot_needs_tasks(settings: Settings, folder: Path, take_in: Any) -> None:
    with pytest.raises(UsageError, match="holds no table `tasks`"):
        take_in(settings, folder / "teams.csv", is_snapshot=True)


def test_a_rehearsal_says_what_would_change_and_stores_nothing(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, stored: Any
) -> None:
    before = stored(settings)
    report = take_in(settings, folder, is_dry_run=True, quarantine=tmp_path / "bad.csv")
    assert (report.is_dry_run, report.batch, report.tables["tasks"].new) == (True, None, 3)
    assert stored(settings) == before
    assert not (tmp_path / "bad.csv").exists()


def test_a_roster_that_overlaps_a_stored_one_is_refused_by_row(settings: Settings, folder: Path, take_in: Any) -> None:
    take_in(settings, folder)
    (folder / "shifts.csv").write_text("agent,date,start,end\nana,2026-03-01,22:00,09:00\n")
    with pytest.raises(InputError, match=r"shifts.csv: row 2: start: .* shifts of an agent that do not overlap"):
        take_in(settings, folder / "shifts.csv")
    (folder / "shifts.csv").write_text("agent,date,start,end\nana,2026-03-02,09:00,12:00\n")  # its day is replaced
    changes = take_in(settings, folder / "shifts.csv").tables["shifts"]
    assert (changes.new, changes.gone) == (1, 1)


def test_the_zone_of_an_office_is_given_once(settings: Settings, folder: Path, take_in: Any, office_at: Any) -> None:
    (folder / "office.csv").unlink()
    take_in(settings, folder, timezone="Europe/Lisbon")
    assert office_at(settings, MONDAY_8).rows("office")[0]["timezone"] == "Europe/Lisbon"
    (task,) = [row for row in office_at(settings, MONDAY_8).rows("tasks") if row["id"] == "T1"]
    assert task["due"] == parse_instant("2026-03-02T12:00:00+00:00")
    with pytest.raises(UsageError, match="the stored office is in Europe/Lisbon"):
        take_in(settings, folder, timezone="Europe/Madrid")
    (folder / "office.csv").write_text("name,timezone\nOurs,Europe/Madrid\n")
    with pytest.raises(UsageError, match="the table `office` says Europe/Madrid"):
        take_in(settings, folder, timezone="Europe/Lisbon")


def test_what_the_stored_office_knows_counts(settings: Settings, folder: Path, take_in: Any, office_at: Any) -> None:
    take_in(settings, folder)
    (folder / "tasks.csv").write_text("id,type,arrived,due\nX,claim-approval,2026-02-27 10:00,2026-03-07\n")
    report = take_in(settings, folder / "tasks.csv")
    assert len(report.notes) == 2
    (task,) = [row for row in office_at(settings, MONDAY_8).rows("tasks") if row["id"] == "X"]
    assert task["due"] == parse_instant("2026-03-09T18:00:00+01:00")  # a Saturday is the next Monday's close


class TestWithoutDatabase:
    """What is not there yet is made by the first good import, and by nothing else."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    def test_a_bad_import_makes_no_database(
        self, settings: Settings, folder: Path, tmp_path: Path, take_in: Any
    ) -> None:
        (folder / "teams.csv").write_text("id\n\n")
        with pytest.raises(InputError):
            take_in(settings, folder)
        assert not (tmp_path / "new.sqlite3").exists()

    def test_a_rehearsal_makes_no_database(
        self, settings: Settings, folder: Path, tmp_path: Path, take_in: Any
    ) -> None:
        assert take_in(settings, folder, is_dry_run=True).tables["tasks"].new == 3
        assert not (tmp_path / "new.sqlite3").exists()

    def test_a_good_import_makes_it(self, settings: Settings, folder: Path, take_in: Any) -> None:
        take_in(settings, folder)
        assert database_status(settings).num_open_tasks == 3


def test_templates_replace_nothing(tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds tasks\.csv already"):
        write_template_folder(tmp_path, today=FRIDAY)
    assert [item.name for item in tmp_path.iterdir()] == ["tasks.csv"]
    with pytest.raises(InputError, match="no folder that can be made"):
        write_template_folder(tmp_path / "tasks.csv" / "office", today=FRIDAY)
