"""Malformed plans: each is refused by a message that names the place, and nothing is written."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "data"
PLAN: dict[str, Any] = json.loads((DATA / "plan.json").read_text(encoding="utf-8"))

Change = Callable[[dict[str, Any]], object]

PLAN_FAULTS: dict[str, tuple[Change, str]] = {
    "a problem for a plan": (
        lambda d: d.update(format="swingdesk/problem"),
        "format: is 'swingdesk/problem'; expected 'swingdesk/plan'",
    ),
    "no total": (lambda d: d["objective"].pop("total"), "objective.total: is required and not there"),
    "no assignments": (lambda d: d.pop("assignments"), "assignments: is required and not there"),
    "an unknown key": (lambda d: d.update(gap=0.1), "gap: is not a key of this format"),
    "an unknown term": (lambda d: d["objective"].update(lateness=0), "objective.lateness: is not a key of this format"),
    "an unknown reason": (
        lambda d: d["unscheduled"][0].update(reason="lunch"),
        "unscheduled task 'T7': reason: is 'lunch'; expected 'no-eligible-agent', 'no-capacity', 'predecessor-unsch",
    ),
    "an unknown status": (
        lambda d: d.update(status="good"),
        "status: is 'good'; expected 'optimal' or 'feasible'",
    ),
    "an instant without an offset": (
        lambda d: d["assignments"][0].update(start="2026-03-02T08:01:00"),
        "assignment of task 'T1': start: is '2026-03-02T08:01:00'; expected an ISO 8601 instant with an offset",
    ),
    "no agent": (lambda d: d["assignments"][1].pop("agent"), "assignment of task 'T2': agent: is required and not th"),
    "an assignment of nothing": (
        lambda d: d["assignments"][1].pop("task"),
        "assignments[1]: task: is required and not there",
    ),
    "text for the total": (lambda d: d["objective"].update(total="12"), "objective.total: is '12'; expected a number"),
    "a time before it began": (lambda d: d.update(solve_seconds=-1), "solve_seconds: is -1; expected a number not bel"),
    "half a seed": (lambda d: d.update(seed=0.5), "seed: is 0.5; expected a whole number"),
    "extra that is no object": (lambda d: d.update(extra="note"), "extra: is 'note'; expected an object"),
}


@pytest.mark.parametrize("command", ["check", "solve"])
@pytest.mark.parametrize(("change", "sentence"), PLAN_FAULTS.values(), ids=PLAN_FAULTS)
def test_a_fault_of_the_plan_is_named(
    swingdesk: Any, tmp_path: Path, command: str, change: Change, sentence: str
) -> None:
    document = copy.deepcopy(PLAN)
    change(document)
    path = tmp_path / "made.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    if command == "check":
        ran = swingdesk("check", DATA / "problem.json", path)
    else:
        ran = swingdesk("solve", DATA / "problem.json", "--from", path, "-o", tmp_path / "plan.json")
    assert ran.code == 2
    assert ran.out == ""
    assert f"{path}: {sentence}" in ran.err
    assert [item.name for item in tmp_path.iterdir()] == ["made.json"]
