"""`swingdesk presets` and `swingdesk solve --preset`."""

import json
from pathlib import Path
from typing import Any

PROBLEM = Path(__file__).parents[1] / "data" / "problem.json"
QUICK = ("--iterations", "300")


def test_presets_stand_side_by_side(swingdesk: Any) -> None:
    ran = swingdesk("presets", PROBLEM, *QUICK)
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    assert lines[0].split() == ["preset", "on", "time", "oldest", "left", "left", "moves", "aim"]
    assert lines[-1].startswith("Made on expected handling times and on the work known")
    names = [line.split()[0] for line in lines[1:-1] if not line.startswith(" ")]
    assert names == ["own", "balanced", "protect-on-time", "oldest-first"]
    told = json.loads(swingdesk("presets", PROBLEM, "--json", *QUICK).out)
    assert [row["preset"] for row in told] == names
    assert {row["due"] for row in told} == {8}


def test_a_plan_by_a_preset_is_written_and_holds(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    ran = swingdesk("solve", PROBLEM, "--preset", "oldest-first", "-o", path, *QUICK)
    assert ran.code == 0, ran
    assert "aimed at oldest-first: " in ran.out
    assert json.loads(path.read_text(encoding="utf-8"))["extra"]["preset"]["name"] == "oldest-first"
    assert swingdesk("check", PROBLEM, path).code == 0


def test_an_unknown_preset_is_refused(swingdesk: Any, tmp_path: Path) -> None:
    assert swingdesk("solve", PROBLEM, "--preset", "fast", "-o", tmp_path / "plan.json").code == 2
    assert swingdesk("presets", PROBLEM, "--time-limit", "inf").code == 2
    assert swingdesk("presets", PROBLEM, "--plan", "1").code == 2
    assert list(tmp_path.iterdir()) == []
