"""The day in sheets out: what the answer to a lead's lists shows."""

from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.errors import UsageError
from models.time import parse_instant
from services.workbooks.answer import in_words
from services.workbooks.example import write_example_workbook
from services.workbooks.planning import plan_workbook


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory, workbook: Any, ask: Any) -> openpyxl.Workbook:
    """The answer to more work than there is time, some of it late and some lent."""
    tmp_path = tmp_path_factory.mktemp("answer")
    items: list[list[Any]] = [["id", "type", "due", "title"]]
    items += [[f"R{n}", "Refund", datetime(2026, 3, 2, 9), "-danger"] for n in range(3)]  # noqa: DTZ001
    items += [[f"C{n}", "Claim", date(2026, 3, 2), "t"] for n in range(18)]
    path = workbook(tmp_path / "in.xlsx", Open_items=items)
    made = plan_workbook(ask(path), tmp_path / "out.xlsx", iterations=3000, time_limit_s=None, threads=1)
    assert made.plan.extra["plannable_share"] == 1.0
    assert len(made.plan.assignments) + len(made.plan.unscheduled) == 21
    return openpyxl.load_workbook(tmp_path / "out.xlsx")


def table(sheet: Any) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row[1:])]


def test_the_answer_has_a_sheet_for_each_question_team_and_person(answer: openpyxl.Workbook) -> None:
    assert answer.sheetnames == ["Summary", "Late", "Left", "Lent", "Team Billing", "Team Claims", "Ana", "Ben"]
    for name in answer.sheetnames[1:]:
        assert answer[name].freeze_panes == "A2"
        assert answer[name].auto_filter.ref
        assert answer[name].print_title_rows == "$1:$1"
        assert answer[name].page_setup.fitToHeight == 0


def test_the_answer_accounts_for_every_item_once(answer: openpyxl.Workbook) -> None:
    planned = [row["id"] for name in ("Ana", "Ben") for row in table(answer[name]) if row["id"] is not None]
    by_team = [row["id"] for name in ("Team Billing", "Team Claims") for row in table(answer[name])]
    left = [row["id"] for row in table(answer["Left"])]
    assert sorted(planned) == sorted(by_team)
    assert sorted(planned + left) == sorted([f"R{n}" for n in range(3)] + [f"C{n}" for n in range(18)])
    assert left
    assert all(row["why"] for row in table(answer["Left"]))


def test_people_have_their_day_in_order_with_breaks_and_real_times(answer: openpyxl.Workbook) -> None:
    day = table(answer["Ana"])
    assert all(isinstance(row["start"], datetime) and isinstance(row["end"], datetime) for row in day)
    assert [row["start"] for row in day] == sorted(row["start"] for row in day)
    assert "lunch" in [row["title"] for row in day]
    work = [row for row in day if row["title"] != "lunch"]
    assert all(before["end"] <= after["start"] for before, after in pairwise(work))


def test_what_is_late_and_who_is_lent_is_listed(answer: openpyxl.Workbook) -> None:
    late = table(answer["Late"])
    assert {row["id"] for row in late} >= {"R1"} or {row["id"] for row in late} >= {"R2"}
    assert all(row["by how much"] for row in late)
    lent = table(answer["Lent"])
    assert lent
    assert {(row["who"], row["from"], row["to"]) for row in lent} == {("Ana", "Billing", "Claims")}
    total = sum(row["hours"] for row in lent)
    figures = {row[0]: row[1] for row in answer["Summary"].iter_rows(max_col=2, values_only=True)}
    assert figures["Hours lent"] == pytest.approx(total, abs=0.02)
    assert figures["Items"] == 21
    assert figures["Left for later"] == len(table(answer["Left"]))


def summary_texts(book: openpyxl.Workbook) -> list[str]:
    return [str(text) for (text,) in book["Summary"].iter_rows(max_col=1, values_only=True) if text is not None]


def test_the_summary_says_from_when_in_which_zone_and_what_the_gap_is(
    tmp_path: Path, answer: openpyxl.Workbook, ask: Any
) -> None:
    assert summary_texts(answer)[0] == "Plan from Monday, 02 March 2026, 08:00, Europe/Madrid"
    assert not any("Gap to the bound" in text for text in summary_texts(answer))  # a bound of 0 says nothing
    write_example_workbook(tmp_path / "in.xlsx", today=date(2026, 2, 27))
    plan_workbook(ask(tmp_path / "in.xlsx"), tmp_path / "out.xlsx", iterations=100, time_limit_s=None, threads=1)
    texts = summary_texts(openpyxl.load_workbook(tmp_path / "out.xlsx"))
    assert "Gap to the bound" in texts
    (meaning,) = [text for text in texts if text.startswith("Gap to the bound: ")]
    assert "proven" in meaning
    assert texts.index("What to know") < texts.index(meaning) < texts.index("What was taken for granted")


def test_nothing_in_the_answer_is_a_formula(answer: openpyxl.Workbook) -> None:
    cells: list[Any] = [cell for sheet in answer for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in cells if isinstance(cell.value, str)]
    assert all(cell.data_type == "s" and cell.value[0] not in "=+-@" for cell in texts)
    assert any(cell.value == "'-danger" for cell in texts)


def test_the_same_seed_and_iterations_give_the_same_answer(tmp_path: Path, workbook: Any, ask: Any) -> None:
    question = ask(workbook(tmp_path / "in.xlsx"))
    for name in ("a.xlsx", "b.xlsx"):
        plan_workbook(question, tmp_path / name, iterations=500, time_limit_s=None, threads=1, seed=3)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_names_that_sheets_cannot_have_are_changed(tmp_path: Path, workbook: Any, ask: Any, lists: Any) -> None:
    names = ("Summary", "A/B: [c]*?", "'quoted'", "x" * 60, "x" * 61, "history")
    people = [lists.people[0], *([name, "Billing", "all", time(8), time(16), None, "Claims"] for name in names)]
    path = workbook(tmp_path / "in.xlsx", People=people)
    plan_workbook(ask(path), tmp_path / "out.xlsx", iterations=100, time_limit_s=None, threads=1)
    sheets = openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames
    assert len({name.casefold() for name in sheets}) == len(sheets) == 4 + 2 + 6
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") and name[0] != "'" for name in sheets)
    assert "Summary 2" in sheets


def test_the_example_plans_as_it_stands(tmp_path: Path, ask: Any) -> None:
    path = tmp_path / "plan.xlsx"
    write_example_workbook(path, today=date(2026, 2, 27))
    question = ask(path)
    assert len(question.day.problem.tasks) == 12
    made = plan_workbook(question, tmp_path / "day.xlsx", iterations=500, time_limit_s=None, threads=1)
    assert not made.plan.unscheduled
    for weekday in range(7):  # whatever day and hour it is written and planned
        today = date(2026, 3, 2 + weekday)
        other = tmp_path / f"{weekday}.xlsx"
        write_example_workbook(other, today=today)
        for clock in ("00:00", "07:00", "12:00", "17:29", "23:59"):
            now = parse_instant(f"{today}T{clock}:00+01:00")
            assert len(ask(other, at=None, now=now).day.problem.tasks) == 12
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Open items", "People", "Types", "Help"]
    items = book["Open items"]
    assert items.freeze_panes == "A2"
    assert isinstance(items["C2"].value, datetime)
    assert len(items.data_validations.dataValidation) == 4
    with pytest.raises(UsageError, match="is there already"):
        write_example_workbook(path, today=date(2026, 2, 27))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "1 min"), (59.6, "1 h"), (95, "1 h 35 min"), (24 * 60, "1 d"), (24 * 60 + 130, "1 d 2 h")],
)
def test_delays_are_told_as_people_tell_them(minutes: float, words: str) -> None:
    assert in_words(minutes) == words
