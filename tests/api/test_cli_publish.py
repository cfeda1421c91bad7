"""`swingdesk publish`, `swingdesk diff` and the differences of `swingdesk solve --from`."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.formats.problem_file import read_problem

DATA = Path(__file__).parents[1] / "data"
PROBLEM, PLAN = DATA / "problem.json", DATA / "plan.json"
QUICK = ("--iterations", "300", "--threads", "1")


def test_a_published_problem_names_the_agents(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "problem.json.gz"
    ran = swingdesk("publish", PROBLEM, PLAN, "-o", path)
    assert ran.code == 0, ran
    assert ran.out.startswith("6 tasks are shown to their agents")
    shown = {task.id: task.published_agent for task in read_problem(path).tasks if task.published_agent}
    assert shown["T4"] == "bob"
    solved = swingdesk("solve", path, "--from", PLAN, "-o", tmp_path / "new.json", *QUICK)
    assert solved.code == 0, solved


def test_a_problem_may_be_written_over(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(PROBLEM.read_bytes())
    ran = swingdesk("publish", path, PLAN, "--hours", "0.5", "-o", path, "--json")
    assert json.loads(ran.out)["shown"] == 3
    assert {task.id for task in read_problem(path).tasks if task.published_agent} >= {"T1", "T2", "T3"}
    ran = swingdesk(
        "publish", path, PLAN, "--until", "2026-03-02T08:46:00+00:00", "-o", tmp_path / "two.json", "--json"
    )
    assert json.loads(ran.out)["shown"] == 4


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--until", "2026-03-02T09:00:00+00:00", "--hours", "1"), "give --until or --hours, not both"),
        (("--until", "09:00"), "--until is '09:00'; expected an ISO 8601 instant"),
    ],
)
def test_bad_usage_is_refused(swingdesk: Any, tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    ran = swingdesk("publish", PROBLEM, PLAN, "-o", tmp_path / "x.json", *options)
    assert ran.code == 2
    assert sentence in ran.err
    assert list(tmp_path.iterdir()) == []


def test_neither_a_folder_nor_the_plan_is_written_over(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(PLAN.read_bytes())
    for output, sentence in (
        (tmp_path, "is a folder"),
        (path, "is the plan itself"),
        (tmp_path / "none" / "x.json", "there is no folder"),
    ):
        ran = swingdesk("publish", PROBLEM, path, "-o", output)
        assert ran.code == 2
        assert sentence in ran.err
    assert path.read_bytes() == PLAN.read_bytes()


def test_a_plan_that_does_not_hold_is_not_published(swingdesk: Any, tmp_path: Path) -> None:
    document = json.loads(PLAN.read_text(encoding="utf-8"))
    document["assignments"].pop()
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    ran = swingdesk("publish", PROBLEM, tmp_path / "plan.json", "-o", tmp_path / "x.json")
    assert ran.code == 1
    assert not (tmp_path / "x.json").exists()
    ran = swingdesk("diff", PROBLEM, PLAN, tmp_path / "plan.json")
    assert ran.code == 1


def test_solve_from_a_plan_tells_what_changes(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    ran = swingdesk("solve", PROBLEM, "--from", PLAN, "-o", path, *QUICK)
    assert "untouched tasks keep their agent" in ran.out
    assert "Kept as it is, the old plan would cost" in ran.out
    told = json.loads(swingdesk("solve", PROBLEM, "--from", PLAN, "-o", path, "--json", *QUICK).out)
    compared = json.loads(swingdesk("diff", PROBLEM, PLAN, path, "--json").out)
    assert told["differences"] == compared
    assert compared["untouched"] == 6
    assert swingdesk("diff", PROBLEM, PLAN, path).out in ran.out


def test_diff_refuses_what_it_cannot_use(swingdesk: Any) -> None:
    assert swingdesk("diff", PROBLEM, PLAN, PLAN, "--timezone", "Nowhere").code == 2
    assert swingdesk("diff", PROBLEM, PLAN, PLAN, "--moved-minutes", "inf").code == 2
    assert swingdesk("diff", PROBLEM, PLAN, DATA / "none.json").code == 2
