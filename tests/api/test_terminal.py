"""What a name can do to a terminal: nothing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.terminal import SafeOutput, printable

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("año 中文 – ok", "año 中文 – ok"),
        ("\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m"),
        ("\x1b[2Jcleared", "\ufffd[2Jcleared"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("over\rwritten", "over\ufffdwritten"),
        ("\x9b31m", "\ufffd31m"),
        ("abc\u202egnp.exe", "abc\ufffdgnp.exe"),
    ],
)
def test_only_text_and_styles_reach_it(text: str, shown: str) -> None:
    assert printable(text) == shown
    stream = io.StringIO()
    assert SafeOutput(stream).write(text) == len(text)
    assert stream.getvalue() == shown


@pytest.mark.parametrize("command", [["certificate"], ["solve", "--iterations", "10", "-o", "plan.json"]])
def test_names_of_a_problem_do_not_steer_it(
    swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    problem = json.loads((DATA / "problem.json").read_text())
    for team in problem["teams"]:
        team["name"] = f"\x1b[2J\x1b]0;pwn\x07{team['id']}"
    (tmp_path / "problem.json").write_text(json.dumps(problem))
    monkeypatch.chdir(tmp_path)
    ran = swingdesk(command[0], "problem.json", *command[1:])
    assert ran.code in {0, 1}
    assert "\x1b[2J" not in ran.out
    assert "\x07" not in ran.out
