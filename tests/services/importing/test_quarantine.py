"""Rows that are left out of an import: kept with their reasons, mended, taken in again; on both databases."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.errors import InputError, UsageError
from models.formats.offices.tables import TABLES_BY_NAME
from models.time import parse_instant
from services.settings import Settings

MONDAY_8 = parse_instant("2026-03-02T08:00:00+01:00")


def test_quarantine_takes_the_good_rows_and_keeps_the_others(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, office_at: Any, open_tasks: Any, rewrite: Any
) -> None:
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


def test_quarantine_as_csv_says_which_table_a_row_is_of(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, rewrite: Any
) -> None:
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
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, office_at: Any, open_tasks: Any, rewrite: Any
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
    settings: Settings, folder: Path, tmp_path: Path, ending: str, take_in: Any, office_at: Any, rewrite: Any
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


def test_a_mended_row_is_held_against_what_stays(settings: Settings, folder: Path, take_in: Any) -> None:
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


def test_rows_of_a_mixed_file_name_a_table_and_only_its_columns(settings: Settings, folder: Path, take_in: Any) -> None:
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


def test_quarantine_that_cannot_be_written_takes_nothing_in(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, stored: Any
) -> None:
    before = stored(settings)
    with pytest.raises(UsageError, match="no such folder"):
        take_in(settings, folder, quarantine=tmp_path / "nowhere" / "bad.csv")
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        take_in(settings, folder, quarantine=tmp_path / "bad.txt")
    assert stored(settings) == before


def test_quarantine_never_replaces_what_is_taken_in_or_the_database(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, rewrite: Any
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


def test_a_wrong_column_is_no_row_to_leave_out(settings: Settings, folder: Path, tmp_path: Path, take_in: Any) -> None:
    (folder / "teams.csv").write_text("id,nmae\nbilling,x\nclaims,y\n")
    with pytest.raises(InputError, match="did you mean 'name'"):
        take_in(settings, folder, quarantine=tmp_path / "bad.csv")
    assert not (tmp_path / "bad.csv").exists()


def test_rows_left_out_of_a_snapshot_are_still_on_the_list(
    settings: Settings, folder: Path, tmp_path: Path, take_in: Any, open_tasks: Any, rewrite: Any
) -> None:
    take_in(settings, folder)
    rewrite(folder / "tasks.csv", lambda rows: [{**rows[0], "weight": "heavy"}, *rows[1:]])
    report = take_in(settings, folder / "tasks.csv", is_snapshot=True, quarantine=tmp_path / "bad.csv")
    assert (report.tables["tasks"].gone, report.num_quarantined) == (0, 1)
    assert open_tasks(settings) == {"T1", "T2", "T3"}
