"""`swingdesk demo` and `swingdesk chart`, as a newcomer types them."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from models.database import Database
from models.formats.plan import read_plan
from models.formats.problem_file import read_problem
from models.repositories.audit import list_changes
from models.repositories.plans import count_plans
from models.repositories.published import read_published
from models.repositories.task_counts import count_open_tasks
from models.time import format_instant, load_zone
from models.vocabulary_audit import Subject
from optimizer.referee import check

SMALL = ("--agents", 12, "--tasks", 120, "--time-limit", 0.5)
FILES = (
    "demo.sqlite3",
    "plan.csv",
    "plan.html",
    "plan.json",
    "plan.xlsx",
    "problem.json.gz",
    "unscheduled.csv",
)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Swingdesk = Callable[..., Ran]


def run_demo(swingdesk: Swingdesk, folder: Path, *options: object) -> Ran:
    ran = swingdesk("demo", folder, *SMALL, *options)
    assert ran.code == 0, ran.err
    return ran


def test_the_demo_leaves_what_it_says_and_says_what_it_found(swingdesk: Swingdesk, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "demo"
    ran = run_demo(swingdesk, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    for name in FILES:
        assert str(folder / name) in ran.out
    for words in ("Claim approval", "on time, of what falls due", "first in, first out", "swing moves", "gap to the"):
        assert words in ran.out
    problem, plan = read_problem(folder / "problem.json.gz"), read_plan(folder / "plan.json")
    assert check(problem, plan).feasible
    assert len(problem.tasks) > 100
    with (folder / "plan.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["task"] for row in csv.DictReader(stream)]
    people = {item.agent for item in plan.assignments}
    assert len(openpyxl.load_workbook(folder / "plan.xlsx").sheetnames) == 7 + len(people)


def test_the_plan_of_the_demo_is_shown_to_its_agents_on_its_day(swingdesk: Swingdesk, tmp_path: Path) -> None:
    ran = run_demo(swingdesk, tmp_path, "--day", "2026-03-04")
    plan = read_plan(tmp_path / "plan.json")
    assert f"The plan is published: {len(plan.assignments):,} tasks are shown to their agents on 2026-03-04." in ran.out
    at = read_problem(tmp_path / "problem.json.gz").now
    with Database(f"sqlite:///{tmp_path / 'demo.sqlite3'}") as database, database.reading() as session:
        shown = read_published(session.connection(), at)
        found = list_changes(session, subject=Subject.PLAN)
    assert shown is not None
    assert {item.task for items in shown.by_agent.values() for item in items} == {one.task for one in plan.assignments}
    assert [(change.what, change.principal_id) for change in found] == [("swingdesk demo", "demo"), ("plan", "demo")]


def test_a_second_run_leaves_the_same_behind(swingdesk: Swingdesk, tmp_path: Path) -> None:
    run_demo(swingdesk, tmp_path)
    first = (tmp_path / "problem.json.gz").read_bytes()
    run_demo(swingdesk, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert (tmp_path / "problem.json.gz").read_bytes() == first
    with Database(f"sqlite:///{tmp_path / 'demo.sqlite3'}") as database, database.reading() as session:
        assert count_plans(session) == 1
        assert count_open_tasks(session.connection()) == 120


def test_the_demo_leaves_the_users_database_alone(
    swingdesk: Swingdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.sqlite3"
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{mine}")
    run_demo(swingdesk, tmp_path / "demo")
    assert not mine.exists()


def test_another_seed_is_another_office(swingdesk: Swingdesk, tmp_path: Path) -> None:
    run_demo(swingdesk, tmp_path / "a")
    run_demo(swingdesk, tmp_path / "b", "--seed", 3)
    names = [{agent.name for agent in read_problem(tmp_path / at / "problem.json.gz").agents} for at in "ab"]
    assert names[0] != names[1]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--agents", 3), "--agents"),
        (("--tasks", 0), "--tasks"),
        (("--days", 0), "--days"),
        (("--seed", -1), "--seed"),
    ],
)
def test_sizes_out_of_range_are_refused(
    swingdesk: Swingdesk, tmp_path: Path, arguments: tuple[object, ...], complaint: str
) -> None:
    ran = swingdesk("demo", tmp_path / "demo", *arguments)
    assert ran.code == 2
    assert complaint in ran.err
    assert not (tmp_path / "demo" / "demo.sqlite3").exists()


def test_a_file_in_the_way_is_said(swingdesk: Swingdesk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = swingdesk("demo", tmp_path / "file")
    assert ran.code == 2
    assert "cannot be made a folder" in ran.err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.fixture
def solved(swingdesk: Swingdesk, tmp_path: Path) -> Path:
    run_demo(swingdesk, tmp_path)
    return tmp_path


def test_a_chart_is_a_page_of_its_own(swingdesk: Swingdesk, solved: Path) -> None:
    page = solved / "chart.html"
    ran = swingdesk("chart", solved / "problem.json.gz", solved / "plan.json", "-o", page, "--title", "Our <day>")
    assert (ran.code, ran.out) == (0, f"written to {page}\n"), ran.err
    text = page.read_text(encoding="utf-8")
    assert "Our &lt;day&gt;" in text
    assert "Times are those of Europe/Madrid" in text  # the plan says so itself
    assert "First in, first out" in text


def test_a_chart_tells_the_time_of_the_zone_asked_for(swingdesk: Swingdesk, solved: Path) -> None:
    page = solved / "chart.html"
    arguments = ("chart", solved / "problem.json.gz", solved / "plan.json", "-o", page, "--no-compare")
    assert swingdesk(*arguments, "--timezone", "America/New_York").code == 0
    assert "Planned at 02:00" in page.read_text(encoding="utf-8")
    ran = swingdesk(*arguments, "--timezone", "Madrid")
    assert ran.code == 2
    assert "--timezone is 'Madrid'" in ran.err


def test_a_plan_of_another_problem_is_refused(swingdesk: Swingdesk, solved: Path) -> None:
    document = json.loads((solved / "plan.json").read_text(encoding="utf-8"))
    document["assignments"][0]["task"] = "nothing of the kind"
    (solved / "other.json").write_text(json.dumps(document), encoding="utf-8")
    ran = swingdesk("chart", solved / "problem.json.gz", solved / "other.json", "-o", solved / "chart.html")
    assert ran.code == 2
    assert "'nothing of the kind'" in ran.err
    assert "does not answer" in ran.err
    assert not (solved / "chart.html").exists()


def test_a_chart_without_a_folder_to_go_to_is_refused_before_any_work(swingdesk: Swingdesk, tmp_path: Path) -> None:
    ran = swingdesk("chart", "none.json", "none.json", "-o", tmp_path / "no" / "chart.html")
    assert ran.code == 2
    assert "there is no folder" in ran.err


def test_the_day_of_the_demo_is_its_users(swingdesk: Swingdesk, tmp_path: Path) -> None:
    run_demo(swingdesk, tmp_path / "demo", "--day", "2027-08-03")
    assert format_instant(
        read_problem(tmp_path / "demo" / "problem.json.gz").now, load_zone("Europe/Madrid")
    ).startswith("2027-08-03T08:00")
    run_demo(swingdesk, tmp_path / "demo", "--day", "today", "--quiet")
    days_ahead = (read_problem(tmp_path / "demo" / "problem.json.gz").now - time.time()) / 86_400
    assert -1 < days_ahead < 5  # the next day on which the office is open, over a weekend and a holiday
    for day, told in (("2026-03-01", "2026-03-01 is none"), ("1969-01-01", "from 2000-01-01"), ("soon", "`today`")):
        ran = swingdesk("demo", tmp_path / "none", *SMALL, "--day", day)
        assert (ran.code, told in ran.err) == (2, True), ran.err
