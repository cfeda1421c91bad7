"""`swingdesk staff` and `swingdesk compare --select`, as a planner calls them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIO = """
format: swingdesk/scenario
version: 1
start: 2026-03-02T00:00:00Z
days: 2
teams: [{id: billing}]
task_types:
  - {id: dispute, team: billing, skill: billing, sla: {minutes: 60},
     handling: {distribution: exponential, mean_minutes: 12}}
arrivals: [{task_type: dispute, pattern: [{from: "08:00", to: "16:00", per_hour: 16}]}]
agents:
  - {id: billing, count: 4, team: billing, cost_per_hour: 20, skills: {billing: {level: 1}},
     week: [{start: "08:00", end: "17:00"}]}
staffing:
  groups: {billing: {min: 1, max: 9}}
  targets: [{metric: overall.on_time_share, at_least: 0.8}]
"""

Shell = Callable[[str], tuple[int, str, str]]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desk.yaml").write_text(SCENARIO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_least_staffing_is_written_and_printed(shell: Shell, tmp_path: Path) -> None:
    code, out, err = shell("staff desk.yaml -o staffing.json --html frontier.html --threads 1")
    assert code == 0
    assert "warning" not in err
    document = json.loads((tmp_path / "staffing.json").read_text(encoding="utf-8"))
    assert document["status"] == "found"
    assert f"billing      {document['groups']['billing']}" in out
    assert "cost against on-time share" in out
    page = (tmp_path / "frontier.html").read_text(encoding="utf-8")
    assert ">Cost against work on time</h2>" in page
    assert f"The answer: billing {document['groups']['billing']}, " in page
    assert "The target: 80.0 % on time." in page
    for said in ("overall.on_time_share at least 0.8: ", "at 95 % confidence", "hy no cheaper one: ", "the frontier"):
        assert said in out
        assert said in page
    assert "replications of their own" in out
    code, out, _ = shell("staff desk.yaml --json --threads 3")
    assert code == 0
    assert json.loads(out) == document


def test_targets_out_of_reach_end_with_code_1_and_the_best_there_is(shell: Shell) -> None:
    code, out, _ = shell("staff desk.yaml --set staffing.groups.billing.max=2")
    assert code == 1
    assert "a target is missed with all the heads that there may be" in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("staff desk.yaml --set staffing=null", "staffing: is required here"),
        ("staff desk.yaml -o desk.yaml", "is the scenario itself"),
        ("staff desk.yaml --set staffing.groups='{claims: {max: 3}}'", "claims"),
        ("staff desk.yaml --set staffing.groups.billing.min=10", "staffing.groups['billing'].max: is 9"),
        ("compare desk.yaml --set days=3 --select overall.utilization", "which side of it is better"),
        ("compare desk.yaml --set days=3 --select overall.cost --metric overall.cost", "give no --metric"),
        ("compare desk.yaml --set days=3 --select overall.cost --indifference 0", "expected a number above 0"),
        ("compare desk.yaml --set days=3 --select overall.cost --confidence 0.2", "expected a probability"),
        ("compare desk.yaml --select overall.cost", "nothing to select from"),
        ("compare desk.yaml --set days=3 --select overall.cost --html x.html", "leave out --html"),
    ],
)
def test_what_cannot_be_is_refused(shell: Shell, line: str, said: str) -> None:
    code, out, err = shell(line)
    assert code == 2
    assert out == ""
    assert said in err


def test_the_best_scenario_is_selected_with_its_promise(shell: Shell) -> None:
    line = "compare desk.yaml --set agents.billing.count=6 --select overall.wait_minutes_mean --indifference 1"
    code, out, _ = shell(line)
    assert code == 0
    assert "best in overall.wait_minutes_mean: agents.billing.count=6" in out
    code, out, _ = shell(f"{line} --json")
    document = json.loads(out)
    assert document["promise"] == {"probability": 0.95, "indifference": 1.0}
    first, second = document["scenarios"]
    assert first["eliminated_by"] == second["name"] == document["best"]
    assert first["mean"] > second["mean"]
    assert first["eliminated_after"] == first["replications"]
    assert second["eliminated_after"] is None
