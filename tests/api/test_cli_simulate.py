"""`swingdesk simulate` and `swingdesk compare`, as a planner calls them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "scenario.md").read_text(encoding="utf-8")
RESULT_PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "result.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


Shell = Callable[[str], tuple[int, str, str]]


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_the_example_of_the_page_is_simulated(folder: Path, shell: Shell) -> None:
    code, out, err = shell("simulate two.yaml -o result.json --threads 1 --tasks-log log.csv")
    assert (code, err) == (0, "")
    assert "on-time share" in out
    result = read(folder / "result.json")
    assert (result["format"], result["replications"], result["interval"]) == ("swingdesk/result", 12, "bootstrap-t")
    assert set(result["teams"]) == {"billing", "claims"}
    assert set(result["processes"]) == {"settlement"}
    assert len(result["series"]["teams"]["billing"]["backlog"]) == 7 * 24 + 1
    for section in ("overall", "teams", "task_types", "processes", "agents"):
        groups = {"": result[section]} if section == "overall" else result[section]
        for metrics in groups.values():
            for name, metric in metrics.items():
                assert f"`{name}`" in RESULT_PAGE or f"`_{name.rsplit('_', 1)[1]}`" in RESULT_PAGE
                assert metric["low"] is None or metric["low"] <= metric["mean"] <= metric["high"]
    log = pd.read_csv(folder / "log.csv", parse_dates=["arrived", "enabled", "started", "completed", "due"])
    assert log["replication"].nunique() == 12
    counted = log[log["arrived"] >= "2026-03-03T00:00:00Z"]
    assert len(counted) / 12 == pytest.approx(result["overall"]["arrived"]["mean"])
    assert counted["wait_minutes"].groupby(counted["replication"]).mean().mean() == pytest.approx(
        result["overall"]["wait_minutes_mean"]["mean"]
    )
    assert counted["completed"].notna().sum() / 12 == pytest.approx(result["overall"]["completed"]["mean"])
    assert (log["started"] >= log["enabled"])[log["started"].notna()].all()


def test_threads_and_formats_change_nothing(folder: Path, shell: Shell) -> None:
    one = shell("simulate two.yaml --json --threads 1")
    three = shell("simulate two.yaml --json --threads 3")
    assert one == three
    assert one[0] == 0
    shell("simulate two.yaml -q --tasks-log log.csv")
    shell("simulate two.yaml -q --tasks-log log.parquet")
    csv, parquet = pd.read_csv(folder / "log.csv"), pd.read_parquet(folder / "log.parquet")
    assert list(csv.columns) == list(parquet.columns)
    assert csv["handling_minutes"].to_numpy() == pytest.approx(parquet["handling_minutes"].to_numpy(), nan_ok=True)


def test_figures_are_written_as_a_page(folder: Path, shell: Shell) -> None:
    code, out, _ = shell("simulate two.yaml --html figures.html --set replications=3")
    assert code == 0
    assert "written to figures.html" in out
    page = (folder / "figures.html").read_text(encoding="utf-8")
    for title in ("On time", "Wait", "Backlog over time", "Utilization by group"):
        assert f">{title}</h2>" in page
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", page)
    assert shell("compare two.yaml --set policy.swing.mode=off --html differences.html")[0] == 0
    assert ">Differences</h2>" in (folder / "differences.html").read_text(encoding="utf-8")
    assert shell("simulate two.yaml --html gone/figures.html")[0] == 2


def test_a_trace_is_not_written_over(folder: Path, shell: Shell) -> None:
    (folder / "trace.csv").write_text("arrived\n2026-03-03T10:00:00Z\n", encoding="utf-8")
    trace = "--set arrivals='[{task_type: invoice-dispute, times: trace.csv}]'"
    code, _, err = shell(f"simulate two.yaml --tasks-log trace.csv {trace}")
    assert code == 2
    assert "--tasks-log trace.csv is the trace trace.csv itself" in err
    assert (folder / "trace.csv").read_text(encoding="utf-8").startswith("arrived")


@pytest.mark.parametrize("name", ["[/x]", "[bold]x", "a:smile:"])
@pytest.mark.usefixtures("folder")
def test_a_name_is_printed_as_it_is(shell: Shell, name: str) -> None:
    code, out, _ = shell(f"simulate two.yaml --set replications=1 --set name=\"'{name}'\"")
    assert code == 0
    assert f"{name}: 1 replications" in out
    code, out, _ = shell(f"compare two.yaml --set name=\"'{name}'\" --set-all replications=2")
    assert code == 0
    assert f"name='{name}'" in out


@pytest.mark.usefixtures("folder")
def test_names_steer_no_terminal(shell: Shell) -> None:
    code, _, err = shell("simulate two.yaml --set replications=1 --set agents.claims.skills='{\"a\\eb\": {level: 1}}'")
    assert code == 0
    assert "no task type asks for its skill" in err
    assert "\x1b" not in err


@pytest.mark.usefixtures("folder")
def test_a_mode_that_changes_takes_its_own_with_it(shell: Shell) -> None:
    threshold = "policy.swing='{mode: threshold, engage_tasks: 5, min_dwell_minutes: 10}'"
    code, _, err = shell(f"simulate two.yaml --json --set {threshold} --set policy.swing.mode=off --set replications=2")
    assert (code, err) == (0, "")


def test_processes_change_nothing(folder: Path, shell: Shell) -> None:
    assert shell("simulate two.yaml -o threads.json -q")[0] == 0
    assert shell("simulate two.yaml -o processes.json -q --runner processes --threads 2")[0] == 0
    assert read(folder / "threads.json") == read(folder / "processes.json")


def test_an_edit_and_a_precision(folder: Path, shell: Shell) -> None:
    edits = "--set agents.billing.count=2 --set precision='{metric: overall.utilization, half_width: 0.02}'"
    code, _, err = shell(f"simulate two.yaml -o result.json -q {edits} --set warm_up_days=auto")
    assert code == 0
    result = read(folder / "result.json")
    assert result["precision"]["reached"] is True
    assert result["precision"]["half_width"] <= 0.02
    assert result["warm_up_days"] <= 3
    assert "the backlog grows" in err
    assert any("the backlog grows" in warning for warning in result["warnings"])


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("agents.claims.skills='{other: {level: 1}}' --set agents.billing.swing_teams=[]", "nobody may do it"),
        ("arrivals=[] --set initial_backlog=[]", "nothing arrives"),
        ("replications=1", "there is no interval"),
        ("agents.claims.absence=1", "agent group claims: everybody is absent from every shift"),
        (
            "precision='{metric: overall.utilization, half_width: 0.00001, max_replications: 11}'",
            "was not reached within 11 replications",
        ),
    ],
)
def test_what_is_odd_but_meaningful_is_a_warning(folder: Path, shell: Shell, edit: str, said: str) -> None:
    code, _, err = shell(f"simulate two.yaml -o result.json -q --set {edit}")
    assert code == 0
    assert said in err
    assert any(said in warning for warning in read(folder / "result.json")["warnings"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("simulate two.yaml -q", "say where the result goes"),
        ("simulate gone.yaml --json", "there is no such file"),
        ("simulate two.yaml -o two.yaml", "is the scenario itself"),
        ("simulate two.yaml --tasks-log log.txt", "expected a name that ends in .csv or .parquet"),
        ("simulate two.yaml --json --set days=none", "days: is 'none'"),
        ("simulate two.yaml --json --set precision='{metric: overall.joy, half_width: 1}'", "precision.metric: is 'ov"),
        (
            "simulate two.yaml --json --set arrivals='[{task_type: invoice-dispute, per_hour: 1.0e9}]'",
            "expected at most 20,000,000 in a replication",
        ),
        (
            "simulate two.yaml --json --set initial_backlog='[{task_type: invoice-dispute, count: 1000000000}]'",
            "initial_backlog: is '1,000,000,",
        ),
        ("simulate two.yaml -o x.txt", "-o x.txt: expected a name that ends in .json or .json.gz"),
        ("simulate two.yaml --html two.yaml", "--html two.yaml is the scenario itself"),
        ("simulate two.yaml -o x.json --tasks-log x.json", "--tasks-log x.json: expected a name that ends in .csv"),
        ("simulate two.yaml -o loop", "-o loop"),
        (f"simulate two.yaml -o {'x' * 300}.json", "cannot be written: File name too long"),
        ("simulate two.yaml --json --set days=3 --set days=4", "--set days is given 2 times"),
        ("compare two.yaml two.yaml -o two.yaml", "-o two.yaml is the scenario itself"),
        ("compare two.yaml --set days=3", "days differs: 3 in days=3, 7 in two.yaml"),
        ("compare two.yaml", "there is nothing to compare"),
        ("compare two.yaml two.yaml --metric overall.joy", "there is no such figure"),
        ("compare two.yaml two.yaml --set days=2", "--set changes one scenario"),
        ("simulate two.yaml --json --address 127.0.0.1:1", "--address and --runner dask go together"),
        ("simulate two.yaml --json --runner dask", "--address and --runner dask go together"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, shell: Shell, line: str, said: str) -> None:
    (folder / "loop").symlink_to("loop")
    code, out, err = shell(line)
    assert code == 2
    assert out == ""
    assert said in err


def test_scenarios_are_compared_on_the_same_random_numbers(folder: Path, shell: Shell) -> None:
    code, out, _ = shell("compare two.yaml --set policy.swing.mode=off --json -o comparison.json")
    assert code == 0
    document = json.loads(out)
    assert document == read(folder / "comparison.json")
    before, after = document["scenarios"]
    difference = document["differences"][0]["overall.wait_minutes_mean"]
    wait = "overall.wait_minutes_mean"
    assert difference["mean"] == pytest.approx(after[wait]["mean"] - before[wait]["mean"])
    assert difference["low"] <= difference["mean"] <= difference["high"]
    code, out, _ = shell("compare two.yaml two.yaml --metric overall.cost")
    assert code == 0
    assert "+0" in out
