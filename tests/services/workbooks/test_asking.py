"""A lead's lists in: what is understood, what is asked, and what is told."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.errors import UsageError
from models.time import parse_instant, to_datetime
from services.settings import Settings
from services.workbooks.planning import ask_workbook, plan_workbook


@pytest.fixture
def with_team(lists: Any) -> Callable[..., list[list[Any]]]:
    """People of whom a third is in some team."""

    def add(team: str, lend_to: str | None, can_do: str | None = None) -> list[list[Any]]:
        return [*lists.people, ["Cy", team, can_do, time(8), time(16), None, lend_to]]

    return add


def with_column(rows: list[list[Any]], header: str, *cells: Any) -> list[list[Any]]:
    return [[*row, cell] for row, cell in zip(rows, (header, *cells), strict=True)]


def test_lists_become_a_question(tmp_path: Path, problem: Any, lists: Any) -> None:
    asked = problem(tmp_path)
    assert [team.id for team in asked.teams] == ["Billing", "Claims"]
    refund = next(kind for kind in asked.task_types if kind.id == "Refund")
    assert (refund.team, refund.handling_minutes) == ("Billing", 30)
    ana, ben = asked.agents
    assert (ana.team, ana.swing_teams, set(ana.skills)) == ("Billing", ("Claims",), {"Refund", "Claim"})
    assert (ben.swing_teams, set(ben.skills)) == ((), {"Claim"})
    assert [str(to_datetime(b.end, lists.zone).time()) for a in asked.agents for b in a.shifts[0].breaks] == [
        "12:30:00",
        "13:30:00",
    ]
    tasks = {task.id: task for task in asked.tasks}
    assert tasks["A"].due == parse_instant("2026-03-02T12:00:00+01:00")
    assert tasks["B"].due == parse_instant("2026-03-02T17:00:00+01:00")  # the last end of work on People
    assert (tasks["B"].type, tasks["B"].name, tasks["B"].weight) == ("Refund", "+second", 2)


def test_an_exported_list_works_as_it_is(tmp_path: Path, workbook: Any, ask: Any) -> None:
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


def test_sheets_are_known_by_their_headers_where_their_names_say_nothing(
    tmp_path: Path, problem: Any, lists: Any
) -> None:
    asked = problem(
        tmp_path, Open_items=[], Sheet1=lists.items, People=[], Sheet2=lists.people, Types=[], Sheet3=lists.types
    )
    assert len(asked.tasks) == 3


def test_missing_sheets_are_asked_for(tmp_path: Path, faults: Any) -> None:
    listed = faults(tmp_path, Types=[], People=[], Notes=[["hello"]])
    assert [line.split(";")[0] for line in listed] == [
        "in.xlsx: has no sheet 'People' (who is there on the day, a row each)",
        "in.xlsx: has no sheet 'Types' (kinds of items, a row each)",
    ]
    assert "its sheets are 'Open items', 'Notes'" in listed[0]


def test_unknown_types_are_named_all_in_one_sentence(tmp_path: Path, faults: Any) -> None:
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


def test_missing_minutes_are_asked_for_where_they_are_needed(
    tmp_path: Path, problem: Any, faults: Any, lists: Any
) -> None:
    types: list[list[Any]] = [
        ["type", "team", "minutes"],
        ["Refund", "Billing", None],
        ["Claim", "Claims", None],
        ["Rare", "Claims", None],
    ]
    assert faults(tmp_path, Types=types, Open_items=with_column(lists.items, "minutes", 5, 5, None)) == [
        "[Types]: row 3: minutes: how many minutes does one 'Claim' take? a guess will do"
    ]
    asked = problem(tmp_path, Types=types, Open_items=with_column(lists.items, "minutes", 5, 6, 7))
    assert [task.handling_minutes for task in asked.tasks] == [5, 6, 7]


def test_everything_is_said_at_once(tmp_path: Path, faults: Any, lists: Any) -> None:
    people = [
        lists.people[0],
        ["Ana", "Billing", "Refunds", time(8), time(16), "noon", "Sales"],
        ["Ana", "Claims", None, time(9), time(17), None, None],
        ["Ben", None, None, time(9), None, None, None],
        ["Dev", "Claims", None, time(9), time(12), "12:00-12:30", None],
    ]
    items = with_column(lists.items, "priority", "2", "urgent", None)
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
        (
            lambda _: {"Open_items": [["id", "kind of thing"], ["A", "Refund"]]},
            "[Open items]: row 1: type: is a required column",
        ),
        (lambda lists: {"Open_items": lists.items[:1]}, "[Open items]: holds no items below its header"),
        (lambda lists: {"People": lists.people[:1]}, "[People]: holds nobody below its header"),
        (
            lambda _: {"People": [["name", "team", "start", "end"], ["Ana", "Claims", None, None]]},
            "[People]: start: a start and",
        ),
        (
            lambda _: {"People": [["name", "team", "Team", "start"], ["A", "x", "y", "8"]]},
            "one column for 'team'; there are two",
        ),
        (
            lambda lists: {"Types": [*lists.types, ["Claim", "Claims", 3, 1]]},
            "[Types]: row 4: type: is 'Claim'; expected one row for each",
        ),
        (
            lambda lists: {"Types": [lists.types[0], ["Refund", "Billing", -3, 1], lists.types[2]]},
            "minutes: is -3; expected a number above 0",
        ),
    ],
)
def test_lists_that_do_not_do_are_told(
    tmp_path: Path, sheets: Callable[[Any], dict[str, list[list[Any]]]], expected: str, lists: Any, faults: Any
) -> None:
    assert any(expected in line for line in faults(tmp_path, **sheets(lists)))


def test_the_same_fault_in_many_cells_is_told_once_with_its_rows(tmp_path: Path, faults: Any) -> None:
    items: list[list[Any]] = [["id", "type", "due", "client"]]
    items += [[f"I{n}", "Refund", date(2026, 3, 2), "#REF!" if n not in {6, 9} else "Acme"] for n in range(2, 38)]
    items[2][2], items[3][2] = "someday", "someday"
    assert [line.split("; expected")[0] for line in faults(tmp_path, Open_items=items)] == [
        "[Open items]: row 3: due: is 'someday'",
        "[Open items]: row 4: due: is 'someday'",
        "[Open items]: rows 2-5, 7-8, 10-37: client: is '#REF!'",
    ]
    assert faults(tmp_path, Open_items=items)[-1].endswith("; expected a value; the cell shows an error (34 cells)")


@pytest.mark.parametrize("team", ["Claims team", "Cliams", "Claim", "claims (north)", "The claims team"])
def test_a_team_that_is_another_mistyped_is_a_fault(tmp_path: Path, team: str, faults: Any, with_team: Any) -> None:
    (line,) = faults(tmp_path, People=with_team(team, None, "Claim"))
    assert line.startswith(
        f"[People]: row 4: team: is {team!r}; expected a team of the sheet Types: 'Billing', 'Claims'"
    )
    assert "; did you mean 'Claims'?" in line


def test_a_team_without_work_is_said_first(tmp_path: Path, workbook: Any, ask: Any, with_team: Any) -> None:
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
def test_a_swing_team_has_no_work_of_its_own(
    tmp_path: Path, team: str, lend_to: str, workbook: Any, ask: Any, with_team: Any
) -> None:
    question = ask(workbook(tmp_path / "in.xlsx", People=with_team(team, lend_to)))
    assert question.warnings == []
    (cy,) = [agent for agent in question.day.problem.agents if agent.id == "Cy"]
    assert cy.team == team
    assert cy.swing_teams
    assert "Claim" in cy.skills


def test_work_whose_team_has_nobody_is_said_first(tmp_path: Path, workbook: Any, ask: Any, lists: Any) -> None:
    types = [*lists.types, ["Gift", "Presents", 5, 1], ["Idle", "Nothing", 5, 1]]
    items = [*lists.items, ["D", "Gift", None, None]]
    question = ask(workbook(tmp_path / "in.xlsx", Types=types, Open_items=items))
    assert question.warnings == [
        "sheet 'People': nobody is in the team 'Presents' or may be lent to it: its 1 item will be left"
    ]
    made = plan_workbook(question, tmp_path / "out.xlsx", iterations=50, time_limit_s=None, threads=1)
    assert made.warnings == question.warnings
    summary = openpyxl.load_workbook(tmp_path / "out.xlsx")["Summary"]
    assert [summary.cell(row, 1).value for row in (3, 4)] == ["Look at this first", question.warnings[0]]


def test_a_zone_that_nobody_named_is_said(tmp_path: Path, workbook: Any, lists: Any) -> None:
    path = workbook(tmp_path / "in.xlsx")

    def zone(settings: Settings, timezone: str | None, machine: str | None) -> tuple[str, list[str]]:
        question = ask_workbook(path, settings, now=lists.now, at=lists.at, timezone=timezone, machine_timezone=machine)
        return question.zone.key, [note for note in question.notes if "--timezone" in note]

    named = Settings(timezone="UTC")
    assert zone(named, "Europe/Madrid", "Asia/Tokyo") == ("Europe/Madrid", [])
    assert zone(named, None, "Asia/Tokyo") == ("UTC", [])
    assert zone(lists.settings, None, "Asia/Tokyo") == (
        "Asia/Tokyo",
        ["dates and times are those of Asia/Tokyo, this machine's time zone; --timezone says another"],
    )
    assert zone(lists.settings, None, None) == (
        "UTC",
        ["dates and times are UTC: nothing says a time zone, nor does this machine; --timezone says another"],
    )


def test_one_team_needs_no_column(tmp_path: Path, problem: Any) -> None:
    asked = problem(
        tmp_path,
        People=[["name", "start", "end"], ["Ana", 8, 16]],
        Types=[["type", "minutes"], ["Refund", 3], ["Claim", 4]],
    )
    assert [team.id for team in asked.teams] == ["Team"]
    assert set(asked.agents[0].skills) == {"Refund", "Claim"}


def test_who_is_away_and_who_cannot_be_reached_is_said(tmp_path: Path, workbook: Any, ask: Any, lists: Any) -> None:
    people = [
        *lists.people,
        ["Cy", "Billing", "all", None, None, None, None],
        ["Di", "Billing", "Claims", 8, 12, "no", None],
    ]
    question = ask(workbook(tmp_path / "in.xlsx", People=people))
    assert any("1 without start and end: away" in note for note in question.notes)
    assert any("Di can do work of 'Claims' but stays at home" in note for note in question.notes)
    assert {agent.id for agent in question.day.problem.agents if agent.shifts} == {"Ana", "Ben", "Di"}


def test_the_instant_is_the_present_or_the_next_morning(tmp_path: Path, workbook: Any, ask: Any, lists: Any) -> None:
    path = workbook(tmp_path / "in.xlsx")
    assert ask(path, at=None).day.problem.now == lists.now
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
        ask_workbook(path, lists.settings, now=lists.now, at=lists.at, timezone="Mars")


def test_items_without_a_due_are_due_in_a_week(tmp_path: Path, workbook: Any, ask: Any) -> None:
    question = ask(workbook(tmp_path / "in.xlsx", Open_items=[["type"], ["Refund"], ["Claim"]]))
    tasks = question.day.problem.tasks
    assert [task.id for task in tasks] == ["row 2", "row 3"]
    assert {task.due for task in tasks} == {parse_instant("2026-03-09T17:00:00+01:00")}
    assert any("2 without one: taken as due in 7 days" in note for note in question.notes)


def test_items_that_arrive_later_are_not_planned(tmp_path: Path, workbook: Any, ask: Any, lists: Any) -> None:
    later = datetime(2026, 3, 2, 10)  # noqa: DTZ001
    items = with_column(lists.items, "arrived", None, None, later)
    question = ask(workbook(tmp_path / "in.xlsx", Open_items=items))
    assert len(question.day.problem.tasks) == 2
    assert any("1 arrives only after" in note for note in question.notes)
    everything = with_column(lists.items, "arrived", later, later, later)
    with pytest.raises(UsageError, match="no item has arrived"):
        ask(workbook(tmp_path / "in.xlsx", Open_items=everything))
