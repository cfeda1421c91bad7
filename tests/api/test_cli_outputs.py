"""Where commands write: nothing is replaced that was only to be read, and nothing is begun that cannot be written."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "data"
QUICK = ("--iterations", "10", "--threads", "1")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A problem and its plan, in a folder of their own."""
    for name in ("problem.json", "plan.json"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path / "problem.json", tmp_path / "plan.json"


@pytest.mark.parametrize("which", [0, 1])
def test_a_chart_replaces_neither_problem_nor_plan(swingdesk: Any, files: tuple[Path, Path], which: int) -> None:
    before = files[which].read_bytes()
    ran = swingdesk("chart", *files, "-o", files[which])
    assert ran.code == 2
    assert "itself" in ran.err
    assert files[which].read_bytes() == before


def test_a_link_to_the_input_is_the_input(swingdesk: Any, files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "page.html").symlink_to(files[1])
    assert swingdesk("chart", *files, "-o", tmp_path / "page.html").code == 2


def test_a_chart_is_a_page(swingdesk: Any, files: tuple[Path, Path], tmp_path: Path) -> None:
    ran = swingdesk("chart", *files, "-o", tmp_path / "page.pdf")
    assert (ran.code, "end its name in .html" in ran.err) == (2, True)
    assert not (tmp_path / "page.pdf").exists()


def test_a_plan_does_not_replace_what_it_starts_from(swingdesk: Any, files: tuple[Path, Path]) -> None:
    before = files[1].read_bytes()
    assert swingdesk("solve", files[0], "--from", files[1], "-o", files[1], *QUICK).code == 2
    assert files[1].read_bytes() == before


@pytest.mark.parametrize("name", ["x" * 300, "no/such/folder/plan.json", "."])
def test_where_nothing_can_be_written_nothing_is_begun(
    swingdesk: Any, files: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    ran = swingdesk("solve", files[0], "-o", tmp_path / name, *QUICK)
    assert ran.code == 2
    assert ran.err.startswith("swingdesk: -o ")
    assert "Traceback" not in ran.err


def test_trying_a_place_leaves_nothing_there(swingdesk: Any, files: tuple[Path, Path], tmp_path: Path) -> None:
    swingdesk("solve", files[0], "-o", tmp_path / "answer.json", *QUICK)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.json", "plan.json", "problem.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_an_output_that_is_full_is_said(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "api.cli.entry", "check", *map(str, files), "--json"]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr == "swingdesk: the output cannot be written: No space left on device\n"


def test_ctrl_c_in_the_first_moment_is_no_accident() -> None:
    code = (
        "import os, signal, sys\n"
        "import builtins\n"
        "load = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'api.cli.main':\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *rest)\n"
        "from api.cli.entry import run\n"
        "builtins.__import__ = slow\n"
        "run()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (3, "swingdesk: stopped\n")
