"""`swingdesk plan --workbook`: as a shell runs it; whatever is wrong is a sentence, and nothing is left behind."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.workbooks.example import write_example_workbook

FRIDAY = date(2026, 2, 27)
MONDAY = "2026-03-02T08:00:00+01:00"
QUICK = ("--iterations", "200", "--threads", "1")


def test_a_workbook_is_planned_without_a_database(swingdesk: Any, no_database: Path, tmp_path: Path) -> None:
    write_example_workbook(tmp_path / "plan.xlsx", today=FRIDAY)
    ran = swingdesk("plan", "--workbook", tmp_path / "plan.xlsx", "-o", tmp_path / "day.xlsx", "--at", MONDAY, *QUICK)
    assert ran.code == 0, ran
    assert ran.out.endswith(f"written to {tmp_path / 'day.xlsx'}; nothing was stored\n")
    assert "Ana Ruiz" in openpyxl.load_workbook(tmp_path / "day.xlsx").sheetnames
    # What a stored office's plan shows, and below it what a lead asks about by name; not the solver's terms.
    assert ran.out.startswith("planned from 2026-03-02T0")
    for told in ("on time, of what falls due", "first in, first out", "\nlate, or overdue already: 1\n", "W-110 Lost",
                 "\nleft for later: none\n", "\nlent: "):  # fmt: skip
        assert told in ran.out, told
    assert "coefficient" not in ran.out
    # The template of today plans without --at, whatever day and time it is.
    assert swingdesk("import", "template", tmp_path / "now.xlsx").code == 0
    ran = swingdesk("plan", "--workbook", tmp_path / "now.xlsx", "-o", tmp_path / "day.xlsx", "--json", *QUICK)
    assert ran.code == 0, ran
    document = json.loads(ran.out)
    assert document["figures"]["num_tasks"] == 12
    assert any("due" in note for note in document["notes"])
    assert not no_database.exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-o", "day.csv"), "say where the answer goes: -o DAY.xlsx"),
        ((), "say where the answer goes"),
        (("-o", "nowhere/day.xlsx"), "there is no such folder"),
        (("-o", "in.xlsx"), "is the workbook itself"),
        (("-o", "day.xlsx", "--team", "billing"), "--workbook goes with"),
        (("-o", "day.xlsx", "--timezone", "Mars"), "--timezone is 'Mars'"),
        (("-o", "day.xlsx", "--at", "noon"), "--at is 'noon'"),
    ],
)  # fmt: skip
def test_a_workbook_asked_for_wrongly(
    swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    swingdesk("import", "template", "in.xlsx")
    before = (tmp_path / "in.xlsx").read_bytes()
    ran = swingdesk("plan", "--workbook", "in.xlsx", *arguments)
    assert ran.code == 2, ran
    assert expected in ran.err
    assert [item.name for item in tmp_path.iterdir()] == ["in.xlsx"]
    assert (tmp_path / "in.xlsx").read_bytes() == before


def test_a_workbook_is_read_in_the_machines_zone_and_that_is_said(
    swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_example_workbook(tmp_path / "plan.xlsx", today=FRIDAY)
    asked = ("plan", "--workbook", tmp_path / "plan.xlsx", "-o", tmp_path / "day.xlsx", "--at", "2026-03-02 08:00")
    monkeypatch.setenv("TZ", "America/Bogota")
    ran = swingdesk(*asked, *QUICK)
    assert ran.out.startswith("planned from 2026-03-02T08:00:00-05:00 to 2026-03-02T17:30:00-05:00 (America/Bogota)")
    told = "dates and times are those of America/Bogota, this machine's time zone"
    assert f"swingdesk: {told}" in ran.err
    summary = openpyxl.load_workbook(tmp_path / "day.xlsx")["Summary"]
    assert summary["A1"].value == "Plan from Monday, 02 March 2026, 08:00, America/Bogota"
    assert any(str(cell.value).startswith(told) for (cell,) in summary.iter_rows(max_col=1))
    document = json.loads(swingdesk(*asked, "--json", *QUICK).out)
    assert document["timezone"] == "America/Bogota"
    assert any(note.startswith(told) for note in document["notes"])
    document = json.loads(swingdesk(*asked, "--timezone", "Europe/Madrid", "--json", *QUICK).out)
    assert document["timezone"] == "Europe/Madrid"
    assert not any("time zone" in note for note in document["notes"])


def test_every_failing_cell_of_a_workbook_is_told(swingdesk: Any, tmp_path: Path) -> None:
    write_example_workbook(tmp_path / "in.xlsx", today=FRIDAY)
    book = openpyxl.load_workbook(tmp_path / "in.xlsx")
    for row in range(2, 42):
        book["Open items"].cell(row, 1, f"W{row}")
        book["Open items"].cell(row, 2, "Data change")
        book["Open items"].cell(row, 3, f"day {row}")
    book.save(tmp_path / "in.xlsx")
    ran = swingdesk("plan", "--workbook", tmp_path / "in.xlsx", "-o", tmp_path / "day.xlsx")
    assert ran.code == 2
    assert [f"row {row}: due: is 'day {row}'" in line for row, line in enumerate(ran.err.splitlines(), start=2)] == (
        [True] * 40
    )


def test_a_workbook_with_faults_leaves_no_answer(swingdesk: Any, tmp_path: Path) -> None:
    swingdesk("import", "template", tmp_path / "in.xlsx")
    book = openpyxl.load_workbook(tmp_path / "in.xlsx")
    book["Open items"]["B2"] = "Nothing we know"
    book.save(tmp_path / "in.xlsx")
    ran = swingdesk("plan", "--workbook", tmp_path / "in.xlsx", "-o", tmp_path / "day.xlsx")
    assert ran.code == 2
    assert "1 type is not on the sheet Types: 'Nothing we know' (1)" in ran.err
    assert not (tmp_path / "day.xlsx").exists()


def test_zones_and_dates_are_of_the_workbook_only(swingdesk: Any) -> None:
    ran = swingdesk("plan", "--timezone", "Europe/Madrid")
    assert ran.code == 2
    assert "--workbook" in ran.err
