"""`swingdesk explain` as a lead calls it."""

import json
import shutil
from pathlib import Path

import pytest

from api.cli.main import run

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs a command in a folder that has the example's problem and plan; returns exit code, output and errors."""
    for name in ("problem", "plan"):
        shutil.copy(DATA / f"{name}.json", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")

    def do(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["swingdesk", *words])
        with pytest.raises(SystemExit) as ended:
            run()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return do


def test_what_is_left_and_late_comes_first(call) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = call("explain", "problem.json", "plan.json", "--fixes", "1")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "6 tasks are planned, 3 are left."
    assert lines[3].startswith("  T7: Ana could do it from 08:05 to 08:13.")
    assert sum(line.startswith("    - ") for line in lines) == 1
    assert any(line.startswith("  T4: bob does it from 08:45") for line in lines)


def test_one_task_and_one_day(call) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = call("explain", "problem.json", "plan.json", "--task", "T9", "--task", "T2")
    assert code == 0
    assert out.startswith("T9 is left. It waits for T8")
    assert "T2: bob does it" in out
    _, out, _ = call("explain", "problem.json", "plan.json", "--agent", "bob")
    assert [line.partition(":")[0] for line in out.splitlines()] == ["T2", "T4", "Times are those of UTC."]
    _, out, _ = call("explain", "problem.json", "plan.json", "--timezone", "Europe/Madrid")
    assert out.splitlines()[-1] == "Times are those of Europe/Madrid."


def test_as_data(call) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("explain", "problem.json", "plan.json", "--json", "--fixes", "1")
    document = json.loads(out)
    assert [item["task"] for item in document["unscheduled"]] == ["T7", "T8", "T9"]
    assert [item["fixes"] is None for item in document["unscheduled"]] == [False, True, True]
    assert len(document["assignments"]) == 6
    _, out, _ = call("explain", "problem.json", "plan.json", "--json", "--task", "T8")
    document = json.loads(out)
    assert (len(document["assignments"]), len(document["unscheduled"][0]["fixes"])) == (0, 5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["problem.json"], "give a problem and its plan, or neither"),
        (["problem.json", "plan.json", "--plan", "3"], "--plan names a stored plan"),
        (["problem.json", "plan.json", "--task", "T99"], "the problem has no task 'T99'"),
        (["problem.json", "plan.json", "--agent", "nobody"], "the problem has no agent 'nobody'"),
        (["problem.json", "plan.json", "--agent", "ana", "--task", "T1"], "not both"),
        (["problem.json", "plan.json", "--timezone", "Mars"], "--timezone is 'Mars'"),
        (["plan.json", "problem.json"], "format"),
        ([], "database"),
    ],
)
def test_what_makes_no_sense_is_told(call, words: list[str], message: str) -> None:  # type: ignore[no-untyped-def]
    code, out, err = call("explain", *words)
    assert (code, out) == (2, "")
    assert message in err


def test_a_plan_that_does_not_hold_ends_with_1(call) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    document["objective"]["total"] += 1
    Path("plan.json").write_text(json.dumps(document), encoding="utf-8")
    code, out, err = call("explain", "problem.json", "plan.json")
    assert (code, out) == (1, "")
    assert "the plan reports" in err
