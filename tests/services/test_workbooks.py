"""A lead's lists in, the day in sheets out: what is understood, what is asked, and what the answer shows."""

from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from models.errors import InputError, UsageError
from models.formats.problem import Problem
from models.time import parse_instant, to_datetime
from services.settings import Settings
from services.workbooks.answer import in_words
from services.workbooks.example import write_example_workbook
from services.workbooks.planning import WorkbookQuestion, ask_workbook, plan_workbook

ZONE = "Europe/Madrid"
AT = "2026-03-02 08:00"
NOW = parse_instant("2026-03-02T07:00:00+01:00")
SETTINGS = Settings(plannable_share=1.0, setup_same_team_minutes=0, setup_other_team_minutes=0)

ITEMS: list[list[Any]] = [
    ["id", "type", "due", "title"],
    ["A", "Refund", datetime(2026, 3, 2, 12), "first"],  # noqa: DTZ001 - a spreadsheet's dates have no zone
    ["B", "refund ", date(2026, 3, 2), "+second"],
    ["C", "Claim", date(2026, 3, 2), None],
]
PEOPLE: list[list[Any]] = [
    ["name", "team", "can do", "start", "end", "lunch", "lend to"],
    ["Ana", "Billing", None, time(8), time(16), "12:00-12:30", "claims"],
    ["Ben", "Claims", "Claim", time(9), time(17), "13:00", None],
]
TYPES: list[list[Any]] = [
    ["type", "team", "minutes", "weight"],
    ["Refund", "Billing", 30, 2],
    ["Claim", "Claims", 60, None],
]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a workbook; `_` in a sheet's name stands for a space."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in ({"Open_items": ITEMS, "People": PEOPLE, "Types": TYPES} | sheets).items():
        if rows:
            sheet = book.create_sheet(name.replace("_", " "))
            for row in rows:
                sheet.append(row)
    book.save(path)
    return path


def ask(path: Path, *, at: str | None = AT, now: int = NOW) -> WorkbookQuestion:
    return ask_workbook(path, SETTINGS, now=now, at=at, timezone=ZONE)


def problem(tmp_path: Path, **sheets: list[list[Any]]) -> Problem:
    return ask(workbook(tmp_path / "in.xlsx", **sheets)).day.problem


def faults(tmp_path: Path, **sheets: list[list[Any]]) -> list[str]:
    with pytest.raises(InputError) as caught:
        problem(tmp_path, **sheets)
    return [str(fault).removeprefix("in.xlsx ") for fault in caught.value.faults]


def with_column(rows: list[list[Any]], header: str, *cells: Any) -> list[list[Any]]:
    return [[*row, cell] for row, cell in zip(rows, (header, *cells), strict=True)]


def test_lists_become_a_question(tmp_path: Path) -> None:
    asked = problem(tmp_path)
    assert [team.id for team in asked.teams] == ["Billing", "Claims"]
    refund = next(kind for kind in asked.task_types if kind.id == "Refund")
    assert (refund.team, refund.handling_minutes) == ("Billing", 30)
    ana, ben = asked.agents
    assert (ana.team, ana.swing_teams, set(ana.skills)) == ("Billing", ("Claims",), {"Refund", "Claim"})
    assert (ben.swing_teams, set(ben.skills)) == ((), {"Claim"})
    assert [str(to_datetime(b.end, ZoneInfo(ZONE)).time()) for a in asked.agents for b in a.shifts[0].breaks] == [
        "12:30:00",
        "13:30:00",
    ]
    tasks = {task.id: task for task in asked.tasks}
    assert tasks["A"].due == parse_instant("2026-03-02T12:00:00+01:00")
    assert tasks["B"].due == parse_instant("2026-03-02T17:00:00+01:00")  # the last end of work on People
    assert (tasks["B"].type, tasks["B"].name, tasks["B"].weight) == ("Refund", "+second", 2)


def test_an_exported_list_works_as_it_is(tmp_path: Path) -> None:
    """Titles above the header, other words, another order, columns nobody needs, and a row of sums below."""
    exported: list[list[Any]] = [
        ["Open cases of the north region", None, None, None],
        ["exported 2 March", None, None, None],
        [],
        ["Owner", "Case Number", "CATEGORY", "Due Date", "Subject", "Customer", "Prio"],
        ["x", 4711, "REFUND", "03/02/2026 12:00", "s", "Acme", "High"],
        ["y", 4712.0, "claim", "03/23/2026", "t", None, "low"],
        ["z", None, None, None, None, None, "2 cases"],
    ]
    people = [["Employee", "Department", "Shift start", "Shift end"], ["Ana", "billing", "8:00 AM", "4 pm"]]
    people += [["Ben", "CLAIMS", "9", "17:00"]]
    question = ask(workbook(tmp_path / "in.xlsx", Open_items=[], Cases=exported, People=[], Staff=people))
    tasks = {task.id: task for task in question.day.problem.tasks}
    assert tasks["4711"].due == parse_instant("2026-03-02T12:00:00+01:00")
    assert {task.id: (task.type, task.weight, task.name) for task in tasks.values()} == {
        "4711": ("Refund", 4, "s"),
        "4712": ("Claim", 1, "t"),
    }
    assert tasks["4711"].attributes["client"] == "Acme"
    notes = "\n".join(question.notes)
    assert "columns left aside: 'Owner'" in notes
    assert "1 row without id or type: left aside" in notes
    assert "2 as month, day, year" in notes


def test_sheets_are_known_by_their_headers_where_their_names_say_nothing(tmp_path: Path) -> None:
    asked = problem(tmp_path, Open_items=[], Sheet1=ITEMS, People=[], Sheet2=PEOPLE, Types=[], Sheet3=TYPES)
    assert len(asked.tasks) == 3


def test_missing_sheets_are_asked_for(tmp_path: Path) -> None:
    listed = faults(tmp_path, Types=[], People=[], Notes=[["hello"]])
    assert [line.split(";")[0] for line in listed] == [
        "in.xlsx: has no sheet 'People' (who is there on the day, a row each)",
        "in.xlsx: has no sheet 'Types' (kinds of items, a row each)",
    ]
    assert "its sheets are 'Open items', 'Notes'" in listed[0]


def test_unknown_types_are_named_all_in_one_sentence(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["id", "type", "due"],
        ["A", "Refund", None],
        ["B", "Loan", None],
        ["C", "Loan", None],
        ["D", "Gift", None],
    ]
    assert faults(tmp_path, Open_items=rows) == [
        (
            "[Open items]: type: 2 types are not on the sheet Types: 'Loan' (2), 'Gift' (1). Add a row for each, with "
            "its team and a guess of its minutes; it has 'Refund', 'Claim'"
        )
    ]


def test_missing_minutes_are_asked_for_where_they_are_needed(tmp_path: Path) -> None:
    types: list[list[Any]] = [
        ["type", "team", "minutes"],
        ["Refund", "Billing", None],
        ["Claim", "Claims", None],
        ["Rare", "Claims", None],
    ]
    assert faults(tmp_path, Types=types, Open_items=with_column(ITEMS, "minutes", 5, 5, None)) == [
        "[Types]: row 3: minutes: how many minutes does one 'Claim' take? a guess will do"
    ]
    asked = problem(tmp_path, Types=types, Open_items=with_column(ITEMS, "minutes", 5, 6, 7))
    assert [task.handling_minutes for task in asked.tasks] == [5, 6, 7]


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    people = [
        PEOPLE[0],
        ["Ana", "Billing", "Refunds", time(8), time(16), "noon", "Sales"],
        ["Ana", "Claims", None, time(9), time(17), None, None],
        ["Ben", None, None, time(9), None, None, None],
        ["Dev", "Claims", None, time(9), time(12), "12:00-12:30", None],
    ]
    items = with_column(ITEMS, "priority", "2", "urgent", None)
    items = [*items, ["A", "Refund", "someday", None, None]]
    listed = faults(tmp_path, People=people, Open_items=items)
    assert [line.split("; expected")[0] for line in listed] == [
        "[Open items]: row 5: due: is 'someday'",
        "[Open items]: row 2: priority: is '2'",
        "[Open items]: row 5: id: is 'A'",
        "[People]: row 2: lend to: is 'Sales'",
        "[People]: row 2: can do: is 'Refunds'",
        "[People]: row 2: lunch: is 'noon'",
        "[People]: row 3: name: is 'Ana'",
        "[People]: row 4: team: a team",
        "[People]: row 4: end: a time of day such as 16:30, beside the other",
        "[People]: row 5: lunch: is '12:00-12:30'",
    ] or [line.split(";")[0] for line in listed]
    assert any("did you mean 'Refund'?" in line for line in listed)
    assert any("1 the most" in line or "more counts more" in line for line in listed)


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"Open_items": [["id", "kind of thing"], ["A", "Refund"]]}, "[Open items]: row 1: type: is a required column"),
        ({"Open_items": ITEMS[:1]}, "[Open items]: holds no items below its header"),
        ({"People": PEOPLE[:1]}, "[People]: holds nobody below its header"),
        ({"People": [["name", "team", "start", "end"], ["Ana", "Claims", None, None]]}, "[People]: start: a start and"),
        ({"People": [["name", "team", "Team", "start"], ["A", "x", "y", "8"]]}, "one column for 'team'; there are two"),
        ({"Types": [*TYPES, ["Claim", "Claims", 3, 1]]}, "[Types]: row 4: type: is 'Claim'; expected one row for each"),
        ({"Types": [TYPES[0], ["Refund", "Billing", -3, 1], TYPES[2]]}, "minutes: is -3; expected a number above 0"),
    ],
)  # fmt: skip
def test_lists_that_do_not_do_are_told(tmp_path: Path, sheets: dict[str, list[list[Any]]], expected: str) -> None:
    assert any(expected in line for line in faults(tmp_path, **sheets))


def test_the_same_fault_in_many_cells_is_told_once_with_its_rows(tmp_path: Path) -> None:
    items: list[list[Any]] = [["id", "type", "due", "client"]]
    items += [[f"I{n}", "Refund", date(2026, 3, 2), "#REF!" if n not in {6, 9} else "Acme"] for n in range(2, 38)]
    items[2][2], items[3][2] = "someday", "someday"
    assert [line.split("; expected")[0] for line in faults(tmp_path, Open_items=items)] == [
        "[Open items]: row 3: due: is 'someday'",
        "[Open items]: row 4: due: is 'someday'",
        "[Open items]: rows 2-5, 7-8, 10-37: client: is '#REF!'",
    ]
    assert faults(tmp_path, Open_items=items)[-1].endswith("; expected a value; the cell shows an error (34 cells)")


def with_team(team: str, lend_to: str | None, can_do: str | None = None) -> list[list[Any]]:
    """People of whom a third is in some team."""
    return [*PEOPLE, ["Cy", team, can_do, time(8), time(16), None, lend_to]]


@pytest.mark.parametrize("team", ["Claims team", "Cliams", "Claim", "claims (north)", "The claims team"])
def test_a_team_that_is_another_mistyped_is_a_fault(tmp_path: Path, team: str) -> None:
    (line,) = faults(tmp_path, People=with_team(team, None, "Claim"))
    assert line.startswith(
        f"[People]: row 4: team: is {team!r}; expected a team of the sheet Types: 'Billing', 'Claims'"
    )
    assert "; did you mean 'Claims'?" in line


def test_a_team_without_work_is_said_first(tmp_path: Path) -> None:
    question = ask(workbook(tmp_path / "in.xlsx", People=with_team("Night crew", None)))
    (warning,) = question.warnings
    assert "the team 'Night crew' of 'Cy' has no type on 'Types', which has 'Billing', 'Claims'" in warning
    assert "if it is a swing team, say under `lend to` which teams it helps" in warning
    # Nearly a team with work, and lent to another: whoever is meant, it is not this.
    (warning,) = ask(workbook(tmp_path / "in.xlsx", People=with_team("Claims team", "Billing"))).warnings
    assert "did you mean 'Claims'?" in warning


@pytest.mark.parametrize(
    ("team", "lend_to"), [("Swing", "all"), ("Floaters", "Billing; Claims"), ("Claims swing", "Claims")]
)
def test_a_swing_team_has_no_work_of_its_own(tmp_path: Path, team: str, lend_to: str) -> None:
    question = ask(workbook(tmp_path / "in.xlsx", People=with_team(team, lend_to)))
    assert question.warnings == []
    (cy,) = [agent for agent in question.day.problem.agents if agent.id == "Cy"]
    assert cy.team == team
    assert cy.swing_teams
    assert "Claim" in cy.skills


def test_work_whose_team_has_nobody_is_said_first(tmp_path: Path) -> None:
    types = [*TYPES, ["Gift", "Presents", 5, 1], ["Idle", "Nothing", 5, 1]]
    items = [*ITEMS, ["D", "Gift", None, None]]
    question = ask(workbook(tmp_path / "in.xlsx", Types=types, Open_items=items))
    assert question.warnings == [
        "sheet 'People': nobody is in the team 'Presents' or may be lent to it: its 1 item will be left"
    ]
    made = plan_workbook(question, tmp_path / "out.xlsx", iterations=50, time_limit_s=None, threads=1)
    assert made.warnings == question.warnings
    summary = openpyxl.load_workbook(tmp_path / "out.xlsx")["Summary"]
    assert [summary.cell(row, 1).value for row in (3, 4)] == ["Look at this first", question.warnings[0]]


def test_a_zone_that_nobody_named_is_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "in.xlsx")

    def zone(settings: Settings, timezone: str | None, machine: str | None) -> tuple[str, list[str]]:
        question = ask_workbook(path, settings, now=NOW, at=AT, timezone=timezone, machine_timezone=machine)
        return question.zone.key, [note for note in question.notes if "--timezone" in note]

    named = Settings(timezone="UTC")
    assert zone(named, "Europe/Madrid", "Asia/Tokyo") == ("Europe/Madrid", [])
    assert zone(named, None, "Asia/Tokyo") == ("UTC", [])
    assert zone(SETTINGS, None, "Asia/Tokyo") == (
        "Asia/Tokyo",
        ["dates and times are those of Asia/Tokyo, this machine's time zone; --timezone says another"],
    )
    assert zone(SETTINGS, None, None) == (
        "UTC",
        ["dates and times are UTC: nothing says a time zone, nor does this machine; --timezone says another"],
    )


def test_one_team_needs_no_column(tmp_path: Path) -> None:
    asked = problem(
        tmp_path,
        People=[["name", "start", "end"], ["Ana", 8, 16]],
        Types=[["type", "minutes"], ["Refund", 3], ["Claim", 4]],
    )
    assert [team.id for team in asked.teams] == ["Team"]
    assert set(asked.agents[0].skills) == {"Refund", "Claim"}


def test_who_is_away_and_who_cannot_be_reached_is_said(tmp_path: Path) -> None:
    people = [*PEOPLE, ["Cy", "Billing", "all", None, None, None, None], ["Di", "Billing", "Claims", 8, 12, "no", None]]
    question = ask(workbook(tmp_path / "in.xlsx", People=people))
    assert any("1 without start and end: away" in note for note in question.notes)
    assert any("Di can do work of 'Claims' but stays at home" in note for note in question.notes)
    assert {agent.id for agent in question.day.problem.agents if agent.shifts} == {"Ana", "Ben", "Di"}


def test_the_instant_is_the_present_or_the_next_morning(tmp_path: Path) -> None:
    path = workbook(tmp_path / "in.xlsx")
    assert ask(path, at=None).day.problem.now == NOW
    evening = parse_instant("2026-02-27T18:30:00+01:00")
    late = ask(path, at=None, now=evening)
    assert late.day.problem.now == parse_instant("2026-03-02T08:00:00+01:00")
    assert any("planned for 2026-03-02" in note for note in late.notes)
    assert ask(path, at="2026-03-07").day.problem.now == parse_instant("2026-03-07T00:00:00+01:00")  # a Saturday
    with pytest.raises(UsageError, match="--at is 'soon'"):
        ask(path, at="soon")
    with pytest.raises(UsageError, match="give it an offset"):
        ask(path, at="2026-10-25 02:30")
    with pytest.raises(UsageError, match="--timezone is 'Mars'"):
        ask_workbook(path, SETTINGS, now=NOW, at=AT, timezone="Mars")


def test_items_without_a_due_are_due_in_a_week(tmp_path: Path) -> None:
    question = ask(workbook(tmp_path / "in.xlsx", Open_items=[["type"], ["Refund"], ["Claim"]]))
    tasks = question.day.problem.tasks
    assert [task.id for task in tasks] == ["row 2", "row 3"]
    assert {task.due for task in tasks} == {parse_instant("2026-03-09T17:00:00+01:00")}
    assert any("2 without one: taken as due in 7 days" in note for note in question.notes)


def test_items_that_arrive_later_are_not_planned(tmp_path: Path) -> None:
    later = datetime(2026, 3, 2, 10)  # noqa: DTZ001
    items = with_column(ITEMS, "arrived", None, None, later)
    question = ask(workbook(tmp_path / "in.xlsx", Open_items=items))
    assert len(question.day.problem.tasks) == 2
    assert any("1 arrives only after" in note for note in question.notes)
    everything = with_column(ITEMS, "arrived", later, later, later)
    with pytest.raises(UsageError, match="no item has arrived"):
        ask(workbook(tmp_path / "in.xlsx", Open_items=everything))


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
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
    tmp_path: Path, answer: openpyxl.Workbook
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


def test_the_same_seed_and_iterations_give_the_same_answer(tmp_path: Path) -> None:
    question = ask(workbook(tmp_path / "in.xlsx"))
    for name in ("a.xlsx", "b.xlsx"):
        plan_workbook(question, tmp_path / name, iterations=500, time_limit_s=None, threads=1, seed=3)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_names_that_sheets_cannot_have_are_changed(tmp_path: Path) -> None:
    names = ("Summary", "A/B: [c]*?", "'quoted'", "x" * 60, "x" * 61, "history")
    people = [PEOPLE[0], *([name, "Billing", "all", time(8), time(16), None, "Claims"] for name in names)]
    path = workbook(tmp_path / "in.xlsx", People=people)
    plan_workbook(ask(path), tmp_path / "out.xlsx", iterations=100, time_limit_s=None, threads=1)
    sheets = openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames
    assert len({name.casefold() for name in sheets}) == len(sheets) == 4 + 2 + 6
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") and name[0] != "'" for name in sheets)
    assert "Summary 2" in sheets


def test_the_example_plans_as_it_stands(tmp_path: Path) -> None:
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
