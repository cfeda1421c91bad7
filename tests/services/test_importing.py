"""Tables into the database and what became of them, on SQLite and on PostgreSQL."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.database import Database
from models.errors import CancelledError, InputError, UsageError
from models.formats.offices.office import Office
from models.formats.offices.tables import TABLES_BY_NAME
from models.repositories.imports import list_batches
from models.repositories.offices import read_office
from models.tables.schema import METADATA
from models.time import parse_instant
from services.database import database_status
from services.importing import ImportOptions, ImportReport, import_tables, write_template_folder
from services.importing.store import ManyGoneError
from services.office import question_from_office
from services.settings import Settings

FRIDAY = date(2026, 2, 27)
MONDAY_8 = parse_instant("2026-03-02T08:00:00+01:00")
NOW = parse_instant("2026-03-01T12:00:00+01:00")


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The template's office, rostered on Monday 2 March 2026."""
    write_template_folder(tmp_path / "office", today=FRIDAY)
    return tmp_path / "office"


def take_in(settings: Settings, path: Path, **options: Any) -> ImportReport:
    confirm = options.pop("confirm", None)
    return import_tables(settings, path, ImportOptions(**options), now=NOW, confirm=confirm)


def stored(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, so that nothing can change unseen."""
    with Database(settings.database_url) as database, database.reading() as session:
        connection = session.connection()
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in METADATA.sorted_tables
        }


def office_at(settings: Settings, at: int) -> Office:
    with Database(settings.database_url) as database, database.reading() as session:
        return read_office(session, at=at)


def open_tasks(settings: Settings, at: int = MONDAY_8) -> set[str]:
    return {row["id"] for row in office_at(settings, at).rows("tasks") if row["closed"] is None or row["closed"] > at}


def rewrite(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Change the rows of a CSV file."""
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        names = list(reader.fieldnames or [])
        rows = change(list(reader))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)


def many_tasks(folder: Path, count: int) -> None:
    rows = "".join(f"N{n},invoice-dispute,2026-02-27 10:00\n" for n in range(count))
    (folder / "tasks.csv").write_text("id,type,arrived\n" + rows)


def test_a_template_imports_and_plans_as_it_stands(settings: Settings, folder: Path) -> None:
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
def test_the_same_files_twice_change_nothing(settings: Settings, folder: Path, tmp_path: Path, form: str) -> None:
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


def test_new_and_changed_rows_are_counted_and_nothing_else_moves(settings: Settings, folder: Path) -> None:
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


def test_bad_rows_change_nothing(settings: Settings, folder: Path) -> None:
    take_in(settings, folder)
    before = stored(settings)
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "title": "new"}, {**rows[1], "type": "unknown"}])
    with pytest.raises(InputError, match=r"tasks.csv: row 3: type: is 'unknown'; expected an id of task_types"):
        take_in(settings, folder)
    assert stored(settings) == before


def test_quarantine_takes_the_good_rows_and_keeps_the_others(settings: Settings, folder: Path, tmp_path: Path) -> None:
    rewrite(folder / "agents.csv", lambda rows: [{**rows[0], "max_moves": "many"}, *rows[1:]])
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "weight": "-1", "title": "=1+1"}, *rows[1:]])
    bad = tmp_path / "bad.xlsx"
    report = take_in(settings, folder, quarantine=bad)
    # Ana is left out, and with her what refers to her: three skills, a shift, the task that she must not do, and
    # the one that needs another agent than that.
    assert report.quarantined == {"agents": 1, "agent_skills": 3, "shifts": 1, "tasks": 3}
    assert open_tasks(settings) == set()
    book = openpyxl.load_workbook(bad)
    assert book.sheetnames == ["agents", "agent_skills", "shifts", "tasks"]
    header, ana = book["agents"].iter_rows(values_only=True)
    assert dict(zip(header, ana, strict=True)) | {"max_moves": "many"} == dict(zip(header, ana, strict=True))
    assert ana[header.index("#row")] == 2
    assert ana[header.index("#reasons")] == "max_moves: a whole number of 0 or more"
    first = next(book["tasks"].iter_rows(min_row=2, values_only=True))
    assert "'=1+1" in first
    # What was written can be mended and taken in as it is.
    sheet = book["agents"]
    sheet.cell(2, header.index("max_moves") + 1, 2)
    sheet = book["tasks"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("weight") + 1, 4)
    book.save(bad)
    mended = take_in(settings, bad)
    assert sum(changes.new for changes in mended.tables.values()) == report.num_quarantined
    assert open_tasks(settings) == {"T1", "T2", "T3"}
    tasks = {row["id"]: row for row in office_at(settings, MONDAY_8).rows("tasks")}
    assert tasks["T1"]["title"] == "=1+1"


def test_quarantine_as_csv_says_which_table_a_row_is_of(settings: Settings, folder: Path, tmp_path: Path) -> None:
    rewrite(folder / "teams.csv", lambda rows: [*rows, {"id": "", "name": "Nobody's"}])
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "due": "soon"}, *rows[1:]])
    take_in(settings, folder, quarantine=tmp_path / "bad.csv")
    with (tmp_path / "bad.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["#table"], row["#row"], row["name"], row["due"]) for row in rows] == [
        ("teams", "4", "Nobody's", ""),
        ("tasks", "2", "", "soon"),
    ]
    assert rows[1]["#reasons"].startswith("due: a date such as 2026-03-02")


def test_a_mended_quarantine_file_is_taken_in_whatever_its_kind(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    """Rows of several tables in one CSV file find their tables again, wherever their columns stand."""
    (folder / "agents.csv").write_text((folder / "agents.csv").read_text().replace("id,name", "ID,Name", 1))
    rewrite(folder / "agents.csv", lambda rows: [{**rows[0], "max_moves": "many"}, *rows[1:]])
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "weight": "-1", "title": "=1+1"}, *rows[1:]])
    bad = tmp_path / "bad.csv"
    report = take_in(settings, folder, quarantine=bad)
    assert report.quarantined == {"agents": 1, "agent_skills": 3, "shifts": 1, "tasks": 3}
    text = bad.read_text()
    assert (text.count(",many,"), text.count(",'-1,")) == (1, 1)
    bad.write_text(text.replace(",many,", ",2,").replace(",'-1,", ",4,"))
    mended = take_in(settings, bad)
    assert {name: changes.new for name, changes in mended.tables.items()} == report.quarantined
    assert open_tasks(settings) == {"T1", "T2", "T3"}
    (task,) = [row for row in office_at(settings, MONDAY_8).rows("tasks") if row["id"] == "T1"]
    assert (task["title"], task["attributes"]) == ("=1+1", {"amount": 125.4})


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_mended_row_takes_nothing_away_that_was_good(
    settings: Settings, folder: Path, tmp_path: Path, ending: str
) -> None:
    """Tables that hold the whole of something are left with the bad part of it, which must not become the whole."""
    take_in(settings, folder)
    before = office_at(settings, MONDAY_8)
    rewrite(folder / "agent_skills.csv", lambda rows: [{**rows[0], "level": "9"}, *rows[1:]])
    rewrite(folder / "office_hours.csv", lambda rows: [{**rows[0], "opens": "early"}, *rows[1:]])
    rewrite(folder / "shifts.csv", lambda rows: [*rows, {**rows[0], "start": "18:00", "end": "8 pm", "breaks": "tea"}])
    bad = tmp_path / f"bad.{ending}"
    report = take_in(settings, folder, quarantine=bad)
    assert report.quarantined == {"office_hours": 1, "agent_skills": 1, "shifts": 1}
    if ending == "csv":
        bad.write_text(bad.read_text().replace(",9,", ",4,").replace("early", "08:00").replace("tea", ""))
    else:
        book = openpyxl.load_workbook(bad)
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if cell.value in {"9", 9, "early", "tea"}:
                cell.value = {"early": "08:00", "tea": None}.get(str(cell.value), 4)
        book.save(bad)
    mended = take_in(settings, bad)
    assert {name: (changes.new, changes.gone) for name, changes in mended.tables.items()} == {
        "office_hours": (1, 0),
        "agent_skills": (1, 0),
        "shifts": (1, 0),
    }
    after = office_at(settings, MONDAY_8)
    for name in ("office_hours", "agent_skills"):
        assert sorted(map(str, after.rows(name))) == sorted(map(str, before.rows(name)))
    assert len(after.rows("shifts")) == len(before.rows("shifts")) + 1


def test_a_mended_row_is_held_against_what_stays(settings: Settings, folder: Path) -> None:
    take_in(settings, folder)
    mended = folder.parent / "bad.csv"
    late, early = "ana,2026-03-02,18:00,20:00,shifts,3,why", "ana,2026-03-02,16:00,20:00,shifts,3,why"
    mended.write_text(f"agent,date,start,end,#table,#row,#reasons\n{early}\n")
    with pytest.raises(InputError, match="do not overlap; another ends on 2026-03-02 at 16:30"):
        take_in(settings, mended)
    mended.write_text(f"agent,date,start,end,#table,#row,#reasons\n{late}\n")
    assert take_in(settings, mended).tables["shifts"].new == 1
    assert not take_in(settings, mended).has_changes
    mended.write_text("id,type,arrived,#table,#row,#reasons\nX,claim-approval,2026-03-01,tasks,3,why\n")
    with pytest.raises(UsageError, match="holds the rows that an import left out"):
        take_in(settings, mended, is_snapshot=True)


def test_rows_of_a_mixed_file_name_a_table_and_only_its_columns(settings: Settings, folder: Path) -> None:
    take_in(settings, folder)
    mixed = folder.parent / "q.csv"
    mixed.write_text("id,name,level,#table\nnew,New,,teams\nx,X,,team\ny,Y,,\nz,Z,3,teams\n")
    with pytest.raises(InputError) as caught:
        take_in(settings, mixed)
    assert [str(fault).split(" which")[0] for fault in caught.value.faults] == [
        "q.csv: row 3: #table: is 'team'; expected the table that the row is of, one of " + ", ".join(TABLES_BY_NAME),
        "q.csv: row 4: #table: the table that the row is of, one of " + ", ".join(TABLES_BY_NAME),
        "q.csv: level: is not a column of teams; its columns are id, name",
    ]
    mixed.write_text("id,name,level,#table\nnew,New,,teams\n")
    assert take_in(settings, mixed).tables["teams"].new == 1
    (folder / "left.csv").write_text(mixed.read_text())  # beside the tables it would say everything twice
    assert any("left.csv is no table" in aside for aside in take_in(settings, folder).asides)


def test_quarantine_that_cannot_be_written_takes_nothing_in(settings: Settings, folder: Path, tmp_path: Path) -> None:
    before = stored(settings)
    with pytest.raises(UsageError, match="no such folder"):
        take_in(settings, folder, quarantine=tmp_path / "nowhere" / "bad.csv")
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        take_in(settings, folder, quarantine=tmp_path / "bad.txt")
    assert stored(settings) == before


def test_quarantine_never_replaces_what_is_taken_in_or_the_database(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "type": "unknown"}, *rows[1:]])
    before = (folder / "tasks.csv").read_bytes()
    for path in (folder, folder / "tasks.csv"):
        with pytest.raises(UsageError, match="is what is taken in, or the database"):
            take_in(settings, path, quarantine=folder / "tasks.csv")
    assert (folder / "tasks.csv").read_bytes() == before
    file = tmp_path / "office.csv"
    file.write_bytes(b"")
    other = Settings(database_url=f"sqlite:///{file}")
    with pytest.raises(UsageError, match="is what is taken in, or the database"):
        take_in(other, folder, quarantine=file)
    assert file.read_bytes() == b""


def test_a_wrong_column_is_no_row_to_leave_out(settings: Settings, folder: Path, tmp_path: Path) -> None:
    (folder / "teams.csv").write_text("id,nmae\nbilling,x\nclaims,y\n")
    with pytest.raises(InputError, match="did you mean 'name'"):
        take_in(settings, folder, quarantine=tmp_path / "bad.csv")
    assert not (tmp_path / "bad.csv").exists()


def test_a_snapshot_closes_what_it_lacks(settings: Settings, folder: Path) -> None:
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


def test_a_snapshot_that_lacks_much_asks_first(settings: Settings, folder: Path) -> None:
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


def test_an_empty_list_is_a_snapshot_too(settings: Settings, folder: Path) -> None:
    take_in(settings, folder)
    (folder / "tasks.csv").write_text("id,type,arrived\n")
    with pytest.raises(InputError, match="holds no rows below its header"):
        take_in(settings, folder / "tasks.csv")
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True, confirm=lambda _: True)
    assert report.tables["tasks"].gone == 3
    assert open_tasks(settings) == set()


def test_rows_left_out_of_a_snapshot_are_still_on_the_list(settings: Settings, folder: Path, tmp_path: Path) -> None:
    take_in(settings, folder)
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "weight": "heavy"}, *rows[1:]])
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True, quarantine=tmp_path / "bad.csv")
    assert (report.tables["tasks"].gone, report.num_quarantined) == (0, 1)
    assert open_tasks(settings) == {"T1", "T2", "T3"}


def test_a_snapshot_needs_tasks(settings: Settings, folder: Path) -> None:
    with pytest.raises(UsageError, match="holds no table `tasks`"):
        take_in(settings, folder / "teams.csv", is_snapshot=True)


def test_a_rehearsal_says_what_would_change_and_stores_nothing(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    before = stored(settings)
    report = take_in(settings, folder, is_dry_run=True, quarantine=tmp_path / "bad.csv")
    assert (report.is_dry_run, report.batch, report.tables["tasks"].new) == (True, None, 3)
    assert stored(settings) == before
    assert not (tmp_path / "bad.csv").exists()


def test_a_roster_that_overlaps_a_stored_one_is_refused_by_row(settings: Settings, folder: Path) -> None:
    take_in(settings, folder)
    (folder / "shifts.csv").write_text("agent,date,start,end\nana,2026-03-01,22:00,09:00\n")
    with pytest.raises(InputError, match=r"shifts.csv: row 2: start: .* shifts of an agent that do not overlap"):
        take_in(settings, folder / "shifts.csv")
    (folder / "shifts.csv").write_text("agent,date,start,end\nana,2026-03-02,09:00,12:00\n")  # its day is replaced
    changes = take_in(settings, folder / "shifts.csv").tables["shifts"]
    assert (changes.new, changes.gone) == (1, 1)


def test_the_zone_of_an_office_is_given_once(settings: Settings, folder: Path) -> None:
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


def test_what_the_stored_office_knows_counts(settings: Settings, folder: Path) -> None:
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

    def test_a_bad_import_makes_no_database(self, settings: Settings, folder: Path, tmp_path: Path) -> None:
        (folder / "teams.csv").write_text("id\n\n")
        with pytest.raises(InputError):
            take_in(settings, folder)
        assert not (tmp_path / "new.sqlite3").exists()

    def test_a_rehearsal_makes_no_database(self, settings: Settings, folder: Path, tmp_path: Path) -> None:
        assert take_in(settings, folder, is_dry_run=True).tables["tasks"].new == 3
        assert not (tmp_path / "new.sqlite3").exists()

    def test_a_good_import_makes_it(self, settings: Settings, folder: Path) -> None:
        take_in(settings, folder)
        assert database_status(settings).num_open_tasks == 3


def test_templates_replace_nothing(tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds tasks\.csv already"):
        write_template_folder(tmp_path, today=FRIDAY)
    assert [item.name for item in tmp_path.iterdir()] == ["tasks.csv"]
    with pytest.raises(InputError, match="no folder that can be made"):
        write_template_folder(tmp_path / "tasks.csv" / "office", today=FRIDAY)
