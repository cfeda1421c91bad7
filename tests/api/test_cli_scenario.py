"""`swingdesk scenario from-office`, as a planner calls it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.formats.scenarios.reading import read_scenario
from services.database import open_database
from services.importing.store import store_office
from services.settings import Settings
from simulations.demo_office import generate_office

Shell = Callable[[str], tuple[int, str, str]]
NOW = 1_790_000_000


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a demo office with four weeks of history."""
    url = f"sqlite:///{tmp_path_factory.mktemp('history') / 'office.sqlite3'}"
    office = generate_office(np.random.default_rng(2), num_agents=12, num_tasks=150, num_days=29)
    with open_database(Settings(database_url=url), create=True) as database, database.writing() as session:
        store_office(session, office, kind="demo", now=NOW)
    return url


@pytest.fixture(autouse=True)
def folder(history: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", history)
    monkeypatch.chdir(tmp_path)


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_the_history_of_the_demo_becomes_a_scenario(shell: Shell, tmp_path: Path) -> None:
    code, out, err = shell("scenario from-office --days 28 -o base.yaml --report found.json")
    assert code == 0
    assert "note: what people cost is not known" in err
    scenario = read_scenario(tmp_path / "base.yaml").scenario
    found = _read(tmp_path / "found.json")
    check = {item["figure"]: item for item in found["check"]}
    came = check["overall.arrived"]
    assert came["history"] == pytest.approx(came["simulated"], rel=0.05)
    utilization = check["overall.utilization"]
    assert utilization["history"] == pytest.approx(utilization["simulated"], abs=0.06)
    assert f"check: came in: history {came['history']:,.1f} tasks, simulated {came['simulated']:,.1f} tasks" in out
    assert scenario.days == 28
    assert sum(group.count for group in scenario.agents) == 12
    assert scenario.policy.selection.mode == "pull"
    assert scenario.calendars[0].id == "office"
    # What the demo draws: handling spreads by 0.35 and more around the standard, a choice takes a while.
    text = (tmp_path / "base.yaml").read_text(encoding="utf-8")
    assert "measured; lognormal fits (A2 " in text
    assert found["handling"]["issue-invoice"]["p_value"] is not None
    assert {"claim-triage", "verify-order"} <= {process.start for process in scenario.processes}
    assert any(step.next for process in scenario.processes for step in process.steps)


def test_only_short_times_between_tasks_are_choosing_and_a_far_history_is_warned_of(
    shell: Shell, tmp_path: Path
) -> None:
    code, _, err = shell("scenario from-office --days 14 -o base.yaml --report found.json")
    assert code == 0
    found = _read(tmp_path / "found.json")
    longer = found["unexplained"]
    assert longer["times"] > 20  # people of the demo are away between two tasks for hours
    assert longer["share_of_duty"] > found["choosing"]["share_of_duty"]
    assert f"{longer['times']} times between tasks were longer than 10 minutes while work waited" in err
    choose = read_scenario(tmp_path / "base.yaml").scenario.policy.selection.choose
    assert choose is not None
    assert 0.25 <= found["choosing"]["mean_minutes"] <= 5.0
    assert choose.mean_minutes == pytest.approx(found["choosing"]["mean_minutes"], rel=0.01)
    (check,) = (item for item in found["check"] if item["figure"] == "overall.on_time_share")
    is_far = abs(check["history"] - check["simulated"]) > 0.1
    said = "the scenario does not stand for its history"
    assert (f"swingdesk: warning: {said}" in err) == is_far
    assert (f"# WARNING: {said}" in (tmp_path / "base.yaml").read_text(encoding="utf-8")) == is_far
    assert len(found["warnings"]) == is_far


def test_a_scenario_is_the_same_each_time_and_can_be_asked_further(shell: Shell, tmp_path: Path) -> None:
    assert shell("scenario from-office --days 14 -o one.yaml --no-check -q")[0] == 0
    assert shell("scenario from-office --days 14 -o two.yaml --no-check -q --threads 1")[0] == 0
    assert (tmp_path / "one.yaml").read_bytes() == (tmp_path / "two.yaml").read_bytes()
    code, out, _ = shell(
        "scenario from-office --days 14 -o three.json --no-check --json --team billing --until 2026-02-16"
    )
    assert code == 0
    report = json.loads(out)
    assert (report["from"], report["to"], report["check"]) == ("2026-02-02", "2026-02-15", [])
    billing = read_scenario(tmp_path / "three.json").scenario
    assert {kind.team for kind in billing.task_types} == {"billing"}
    assert shell("simulate three.json -o result.json -q --set replications=2")[0] == 0
    came = _read(tmp_path / "result.json")["overall"]["arrived"]["mean"]
    assert came > 100
    assert shell("scenario scale three.json --by 2 -o double.yaml")[0] == 0
    assert shell("simulate double.yaml -o result.json -q --set replications=2")[0] == 0
    assert _read(tmp_path / "result.json")["overall"]["arrived"]["mean"] == pytest.approx(2 * came, rel=0.2)
    assert shell("scenario scale three.json --by 2 --day someday -o none.yaml")[0] == 2
    assert shell("scenario scale three.json --by 2 -o three.json")[0] == 2
    for factor, said in (("inf", "a finite number"), ("1e300", "not above 1,000,000,000"), ("1e6", "in a replication")):
        code, _, err = shell(f"scenario scale three.json --by {factor} -o none.yaml")
        assert code == 2
        assert "none.yaml: " in err
        assert said in err
    assert not (tmp_path / "none.yaml").exists()


def test_an_office_without_a_past_gives_what_it_can(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    office = generate_office(np.random.default_rng(2), num_agents=9, num_tasks=80)
    with open_database(Settings(database_url=url), create=True) as database, database.writing() as session:
        store_office(session, office, kind="demo", now=NOW)
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", url)
    code, out, err = shell("scenario from-office -o base.yaml")
    assert code == 0
    assert "nothing was closed in this time" in err
    assert "there are no rosters of these days" in err
    assert "handling times are standards" in err
    assert "check: wait, mean: history not told" in out
    assert read_scenario(tmp_path / "base.yaml").scenario.policy.selection.mode == "push"


def test_the_database_and_the_report_are_not_written_over(shell: Shell, history: str, tmp_path: Path) -> None:
    database = Path(history.removeprefix("sqlite:///"))
    before = database.read_bytes()
    for line, said in (
        (f"-o {database}", "is the database itself"),
        (f"-o base.yaml --report {database}", "is the database itself"),
        ("-o base.json --report ./base.json", "--report base.json is where -o goes too"),
    ):
        code, _, err = shell(f"scenario from-office --no-check {line}")
        assert (code, said in err) == (2, True)
    assert database.read_bytes() == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("scenario from-office -o base.yaml --until soon", "expected a day"),
        ("scenario from-office -o base.yaml --until 2020-01-01", "nothing came in from 2019-12-04 to 2019-12-31"),
        ("scenario from-office -o base.yaml --team joy", "there is no team 'joy'"),
        ("scenario from-office -o gone/base.yaml", "there is no folder"),
    ],
)
def test_what_cannot_be_is_refused(shell: Shell, tmp_path: Path, line: str, said: str) -> None:
    code, out, err = shell(line)
    assert (code, out) == (2, "")
    assert said in err
    assert not list(tmp_path.iterdir())
