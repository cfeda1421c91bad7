"""`swingdesk plan`, `export problem` and `database`, as a shell would run them, on both kinds of database."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.cli.plan import parse_rules
from models.database import Database
from models.errors import UsageError
from models.formats.offices.office import Office
from models.formats.plan import parse_plan, read_plan
from models.formats.problem_file import read_problem
from models.repositories.offices import write_office
from models.time import parse_instant
from models.vocabulary import Rule
from optimizer.referee import check
from services.instants import parse_at

AT = ("--at", "2026-03-02T08:00:00+01:00")
QUICK = ("--iterations", "100", "--threads", "1")


@pytest.fixture
def office(
    database: Database,
    database_url: str,
    make_office: Callable[..., Office],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Path:
    """A folder to work in, with the small office in the database of the environment."""
    with database.writing() as session:
        write_office(session, make_office())
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    return folder


def test_a_day_is_planned_compared_stored_and_written(office: Path, swingdesk: Any) -> None:
    ran = swingdesk("plan", *AT, *QUICK, "--compare", "fifo,edf", "-o", "plan.json")
    assert ran.code == 0, ran.err
    assert "planned from 2026-03-02T08:00:00+01:00 to 2026-03-02T16:30:00+01:00 (Europe/Madrid)" in ran.out
    assert "3 of 3 tasks for 2 people; 0 left for later" in ran.out
    assert "It fills people’s time to at most 90\N{NO-BREAK SPACE}%" in ran.out
    assert "this plan  first in, first out  earliest due first" in ran.out
    assert "Billing resolution" in ran.out
    assert ran.out.endswith("plan 1 is stored, and written to plan.json\n")
    assert swingdesk("export", "problem", *AT, "-o", "problem.json").code == 0
    problem, plan = read_problem(office / "problem.json"), read_plan(office / "plan.json")
    assert check(problem, plan).feasible
    assert plan.extra["plannable_share"] == 0.9
    assert swingdesk("check", "problem.json", "plan.json").code == 0


def test_one_document_on_standard_output(office: Path, swingdesk: Any) -> None:
    ran = swingdesk("plan", *AT, *QUICK, "--json", "--team", "claims")
    document = json.loads(ran.out)
    assert parse_plan(document["plan"]).extra["left_out"] == {"other-team": 1}
    assert document["figures"]["num_tasks"] == 2
    assert list(document["comparisons"]) == ["fifo"]
    again = json.loads(swingdesk("plan", *AT, *QUICK, "--json", "--team", "claims", "-o", "plan.json").out)
    assert again["plan"] == "plan.json"
    assert again["id"] == document["id"] + 1
    assert again["problem_digest"] == document["problem_digest"]
    ran = swingdesk("export", "problem", *AT, "--team", "claims", "-o", "problem.json.gz", "--json")
    told = json.loads(ran.out)
    assert (told["tasks"], told["left_out"]) == (2, {"other-team": 1})
    assert (office / "problem.json.gz").exists()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("at", ["2026-03-02 08:00", "2026-03-02T08:00:00", "2026-03-02 8:00", "2026-03-02T07:00:00Z"])
@pytest.mark.usefixtures("office")
def test_an_instant_may_be_told_by_the_clock_of_the_office(swingdesk: Any, at: str) -> None:
    ran = swingdesk("plan", "--at", at, *QUICK)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("planned from 2026-03-02T08:00:00+01:00 ")
    assert swingdesk("export", "problem", "--at", at, "-o", "problem.json").code == 0
    assert read_problem(Path("problem.json")).now == parse_instant("2026-03-02T08:00:00+01:00")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ending", [".json.gz", ".csv", ".xlsx", ".html"])
def test_other_forms_of_the_plan(office: Path, swingdesk: Any, ending: str) -> None:
    ran = swingdesk("plan", *AT, *QUICK, "--quiet", "-o", f"plan{ending}")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (office / f"plan{ending}").stat().st_size > 100


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--at", "yesterday"),
            "--at is 'yesterday'; expected an instant such as '2026-03-02 08:00', by the office's clock",
        ),
        (("--at", "02/03/2026 08:00"), "expected an instant such as '2026-03-02 08:00'"),
        (("--at", "2026-03-02T08:00:00.5"), "expected an instant in whole seconds"),
        (("--at", "2026-10-25 02:30"), "clocks in Europe/Madrid change then: give it an offset"),
        ((*AT, "--team", "nope"), "there is no team 'nope'; the teams are billing, claims"),
        ((*AT, "--compare", "fifo,luck"), "--compare names 'luck'; the rules are fifo, edf"),
        ((*AT, "-o", "plan.txt"), "a plan is written as .json, .json.gz, .csv, .xlsx, .html"),
        ((*AT, "-o", "."), "is a folder"),
        ((*AT, "-o", "none/plan.json"), "there is no folder none"),
        ((*AT, "--time-limit", "inf"), "expected a number of seconds"),
        (("--at", "2026-03-02T22:00:00+01:00"), "nobody is on duty"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(
    office: Path, swingdesk: Any, arguments: tuple[str, ...], message: str
) -> None:
    ran = swingdesk("plan", *arguments, *QUICK)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert list(office.iterdir()) == []
    assert json.loads(swingdesk("database", "status", "--json").out)["num_plans"] == 0


def test_wrong_settings_are_refused(office: Path, swingdesk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWINGDESK_PLANNABLE_SHARE", "2")
    ran = swingdesk("plan", *AT)
    assert ran.code == 2
    assert "environment: SWINGDESK_PLANNABLE_SHARE: is '2'" in ran.err
    assert list(office.iterdir()) == []


def test_from_no_database_to_an_empty_one(swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SWINGDESK_DATABASE_URL", raising=False)
    for command in (("plan",), ("export", "problem", "-o", "p.json")):
        ran = swingdesk(*command)
        assert ran.code == 2
        assert "there is no database at sqlite:///swingdesk.sqlite3 yet" in ran.err
    ran = swingdesk("database", "status")
    assert ran.code == 1
    assert "version    none" in ran.out
    assert list(tmp_path.iterdir()) == []
    created = re.fullmatch(r"sqlite:///swingdesk.sqlite3 created, at (\d{4})\n", swingdesk("database", "upgrade").out)
    assert created is not None
    newest = created[1]
    assert swingdesk("database", "upgrade").out == f"sqlite:///swingdesk.sqlite3 is up to date already, at {newest}\n"
    ran = swingdesk("database", "status")
    assert (ran.code, ran.out.splitlines()[1:]) == (
        0,
        [f"version    {newest}, up to date", "open tasks 0", "plans      0"],
    )
    ran = swingdesk("plan")
    assert ran.code == 2
    assert "holds no office yet" in ran.err


def test_rules_and_instants() -> None:
    assert parse_rules(None) == ()
    assert parse_rules(" fifo, ATC") == (Rule.FIFO, Rule.ATC)
    assert parse_at("1970-01-01T01:00:00+01:00", ZoneInfo("UTC")) == 0
    assert parse_at("1970-01-01 01:00", ZoneInfo("Europe/Madrid")) == 0
    with pytest.raises(UsageError, match="names ''"):
        parse_rules("fifo,")
