"""What we lean on beyond what its makers promise is bounded to releases that were tried here."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def parts_of(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("name", ["xlsxwriter", "starlette"])
def test_a_later_release_is_tried_before_it_is_let_in(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (bounds,) = [text.removeprefix(name) for text in project["dependencies"] if text.startswith(f"{name}>")]
    first, _, beyond = bounds.removeprefix(">=").partition(",<")
    assert parts_of(first) <= parts_of(version(name)) < parts_of(beyond)
