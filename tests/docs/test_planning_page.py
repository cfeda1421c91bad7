"""The page on what surrounds a plan: its commands are run in order, and print what it shows."""

import re
import shutil
from pathlib import Path

import pytest

from api.cli.main import run
from optimizer.presets import COEFFICIENTS, MEANINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "planning.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("problem", "plan"):
        shutil.copy(ROOT / "tests" / "data" / f"{name}.json", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert BLOCKS
    for block in BLOCKS:
        for part in block.removeprefix("$ ").split("\n$ "):
            command, *output = part.splitlines()
            monkeypatch.setattr("sys.argv", command.split())
            capsys.readouterr()
            with pytest.raises(SystemExit):
                run()
            printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
            assert printed == output, command


def test_the_page_has_every_preset_and_its_coefficients() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    told = {name: (aim, *map(float, numbers)) for name, aim, *numbers in rows}
    assert told == {
        preset.value: (MEANINGS[preset], some.tardiness, some.late, some.carried_over)
        for preset, some in COEFFICIENTS.items()
    }
