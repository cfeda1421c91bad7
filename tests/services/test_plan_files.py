import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from models.errors import InputError
from models.formats.offices.office import Office
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import load_zone
from models.vocabulary import Rule
from reports.plan_summary import figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan
from services.office import question_from_office
from services.plan_columns import ASSIGNMENTS, OWN_DAY, UNSCHEDULED
from services.plan_files import write_plan_csv, write_plan_workbook
from services.planning import dispatch_problem

MONDAY_8 = 1772434800
ATTACKS = ("=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", '=HYPERLINK("http://evil.example","x")')
Day = tuple[Problem, Plan, PlanTables]


@pytest.fixture
def day(make_office: Callable[..., Office]) -> Day:
    office = make_office()
    problem = question_from_office(office, at=MONDAY_8).problem
    tasks = tuple(replace(task, name=attack) for task, attack in zip(problem.tasks, ATTACKS, strict=False))
    problem = replace(problem, tasks=tasks)
    plan = dispatch_problem(problem, Rule.ATC)
    return problem, plan, tabulate_plan(problem, plan, zone=load_zone("Europe/Madrid"), plannable_share=0.9)


def test_csv_has_each_assignment_with_its_local_instants(day: Day, tmp_path: Path) -> None:
    _, plan, tables = day
    write_plan_csv(tmp_path / "plan.csv", tables.assignments)
    raw = (tmp_path / "plan.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # a spreadsheet reads accents right by it
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["task"] for row in rows] == tables.assignments["task"].tolist()
    starts = {item.task: item.start for item in plan.assignments}
    for row in rows:
        start = datetime.fromisoformat(row["start"])
        assert start.utcoffset() is not None
        assert int(start.timestamp()) == starts[row["task"]]


def test_csv_of_nothing_has_its_headings(day: Day, tmp_path: Path) -> None:
    write_plan_csv(tmp_path / "left.csv", day[2].left.head(0), UNSCHEDULED)
    text = (tmp_path / "left.csv").read_text(encoding="utf-8-sig")
    assert text.strip().split(",") == [column.heading for column in UNSCHEDULED]


def test_no_cell_of_any_file_is_a_formula(day: Day, tmp_path: Path) -> None:
    _, plan, tables = day
    write_plan_csv(tmp_path / "plan.csv", tables.assignments)
    for row in csv.DictReader((tmp_path / "plan.csv").read_text(encoding="utf-8-sig").splitlines()):
        assert row["title"].startswith("'")
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_workbook_has_real_types_and_frozen_headings(day: Day, tmp_path: Path) -> None:
    _, plan, tables = day
    figures = figures_document(summarise_plan(plan, tables), tables)
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables, others={"First in, first out": figures})
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    people = list(dict.fromkeys(tables.assignments["agent_name"]))
    assert book.sheetnames == ["Summary", "By team", "By agent", "Plan", "Late", "Left", "Swing", *people]
    assert all(sheet.freeze_panes == "B2" for sheet in book)
    sheet = book["Plan"]
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert heads == [column.heading for column in ASSIGNMENTS]
    expected = tables.assignments.iloc[0]
    assert first["start"] == expected["start"].to_pydatetime().replace(tzinfo=None)
    assert isinstance(first["weight"], int | float)
    assert first["lent"] is bool(expected["is_lent"])
    teams = {row[0]: row for row in book["By team"].iter_rows(min_row=2, values_only=True)}
    heads = [cell.value for cell in book["By team"][1]]
    position = heads.index("on-time share, first in, first out")
    for row in tables.teams.to_dict("records"):
        share = teams[row["name"]][position]
        assert (share is None) == bool(pd.isna(row["on_time_share"]))
        assert share is None or share == pytest.approx(row["on_time_share"])


def test_the_summary_says_the_figures_and_how_they_are_counted(day: Day, tmp_path: Path) -> None:
    _, plan, tables = day
    summary = summarise_plan(plan, tables)
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    rows = {
        row[0]: row for row in openpyxl.load_workbook(tmp_path / "plan.xlsx")["Summary"].iter_rows(values_only=True)
    }
    share = rows["On-time share of what falls due"]
    assert share[1] == pytest.approx(summary.on_time_share)
    assert share[3] == "tasks due in the period and completed by their due / tasks due in the period"
    assert rows["Swing moves"][1] == summary.num_moves
    assert any("at most 90\N{NO-BREAK SPACE}%" in str(name) for name in rows)


def test_each_person_has_their_own_day_in_order(day: Day, tmp_path: Path) -> None:
    _, plan, tables = day
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for name, rows in tables.assignments.groupby("agent_name"):
        heads, *cells = book[str(name)].iter_rows(values_only=True)
        assert list(heads) == [column.heading for column in OWN_DAY]
        assert [row[heads.index("task")] for row in cells] == rows["task"].tolist()
        starts = [start.to_pydatetime().replace(tzinfo=None) for start in rows["start"]]
        assert [row[heads.index("start")] for row in cells] == starts == sorted(starts)


def test_people_whose_names_no_sheet_may_have_get_sheets(day: Day, tmp_path: Path) -> None:
    problem, plan, _ = day
    names = ["a/b:c", "Plan", "history", "x" * 40, "x" * 40, "'"]
    agents = tuple(
        replace(agent, name=name)
        for agent, name in zip(problem.agents, (names * len(problem.agents))[: len(problem.agents)], strict=True)
    )
    tables = tabulate_plan(replace(problem, agents=agents), plan, zone=load_zone("Europe/Madrid"), plannable_share=0.9)
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert len(book.sheetnames) == 7 + tables.assignments["agent"].nunique()


def test_minutes_that_are_estimated_are_marked_wherever_they_stand(day: Day, tmp_path: Path) -> None:
    problem, plan, _ = day
    kind = problem.tasks[0].type
    plan = replace(plan, extra={**plan.extra, "estimated_minutes": [kind]})
    tables = tabulate_plan(problem, plan, zone=load_zone("Europe/Madrid"), plannable_share=0.9)
    expected = {task.id: task.type == kind for task in problem.tasks}
    assert dict(zip(tables.tasks["task"], tables.tasks["is_estimated"], strict=True)) == expected
    write_plan_csv(tmp_path / "plan.csv", tables.assignments)
    for row in csv.DictReader((tmp_path / "plan.csv").read_text(encoding="utf-8-sig").splitlines()):
        assert row["minutes are estimated"] == ("yes" if expected[row["task"]] else "no")
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    summary = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Summary"]
    assert f"Minutes are estimated, not measured, of {kind}." in [row[0] for row in summary.iter_rows(values_only=True)]


def test_instants_that_must_not_pass_and_will_have_a_sheet(day: Day, tmp_path: Path) -> None:
    problem, plan, _ = day
    done = plan.assignments[0]
    tasks = tuple(replace(task, must_by=done.end - 1) if task.id == done.task else task for task in problem.tasks)
    tables = tabulate_plan(replace(problem, tasks=tasks), plan, zone=load_zone("Europe/Madrid"), plannable_share=0.9)
    write_plan_workbook(tmp_path / "plan.xlsx", plan, tables)
    heads, *rows = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Missed"].iter_rows(values_only=True)
    assert [row[heads.index("task")] for row in rows] == [done.task]


def test_an_unwritable_place_is_an_error_of_input(day: Day, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_plan_workbook(tmp_path / "no" / "plan.xlsx", day[1], day[2])
