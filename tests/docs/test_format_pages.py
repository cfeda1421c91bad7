"""The pages on the public files: their examples are read, their commands run, their tables are complete."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from models.formats.documents import MAX_DOCUMENT_BYTES
from models.formats.plan import Assignment, Objective, Plan, Unscheduled, parse_plan
from models.formats.problem import Agent, AgentState, Coefficients, Problem, Setup, Shift, Skill, Task, TaskType
from models.formats.problem_file import parse_problem
from models.formats.records import MAX_DEPTH, MAX_MINUTES, MAX_NUMBER, MAX_SPEED, MIN_SPEED
from models.vocabulary import UnscheduledReason
from optimizer.referee import check

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / "docs" / "formats" / f"{name}.md").read_text(encoding="utf-8") for name in ("problem", "plan")}


def examples(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[name], re.MULTILINE | re.DOTALL)


def example(name: str) -> dict[str, Any]:
    (text,) = examples(name, "json")
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the examples."""
    for name in PAGES:
        (tmp_path / f"{name}.json").write_text(examples(name, "json")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_belong_together_and_hold() -> None:
    assert example("problem") == json.loads((ROOT / "tests" / "data" / "problem.json").read_text(encoding="utf-8"))
    verdict = check(parse_problem(example("problem")), parse_plan(example("plan")))
    assert verdict.violations == ()
    assert verdict.objective.total == pytest.approx(1847.75 + 60 * 3 + 30 * 2 + 0.05 * 20 + 7)


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_the_page_print_what_it_shows(folder: Path, shell: Any, name: str) -> None:
    assert examples(name, "console")
    for block in examples(name, "console"):
        command, *output = block.splitlines()
        assert command.startswith("$ swingdesk ")
        if "solve" in command:
            command = f"{command} --iterations 200"
        code, out, _ = shell(command.removeprefix("$ swingdesk "))
        assert code == 0
        if output:
            assert [line.rstrip() for line in out.splitlines()] == output
    assert parse_plan(json.loads((folder / "plan.json").read_text(encoding="utf-8"))).objective.total < 3000


def test_the_errors_of_the_page_are_said_so(folder: Path, shell: Any) -> None:
    document = example("problem")
    document["tasks"][4]["weight"] = -1
    document["agents"][2]["team"] = "biling"
    (folder / "problem.json").write_text(json.dumps(document), encoding="utf-8")
    _, _, err = shell("solve problem.json -o plan.json")
    (shown,) = examples("problem", "text")
    assert err.replace("swingdesk: ", "") == shown


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("problem", [Problem, TaskType, Agent, Skill, Shift, AgentState, Task, Setup, Coefficients]),
        ("plan", [Plan, Assignment, Unscheduled, Objective]),
    ],
)
def test_the_page_names_every_key_and_nothing_else(name: str, records: list[Any]) -> None:
    keys = {item.name for record in records for item in fields(record)}
    assert {key for key in keys if not re.search(rf'[`"]{key}[`"]', PAGES[name])} == set()
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGES[name], re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"\w+", row)} - keys == set()


def test_the_page_has_the_reasons_the_defaults_and_the_limits() -> None:
    assert set(re.findall(r"^\| `([\w-]+-[\w-]+)` \|", PAGES["plan"], re.MULTILINE)) == set(UnscheduledReason)
    for item in fields(Coefficients):
        assert re.search(rf"^\| `{item.name}` \| .* \| {item.default:g} \|$", PAGES["problem"], re.MULTILINE), item.name
    numbers = set(re.findall(r"\d[\d,.]*\d|\d", PAGES["problem"].split("## Limits")[1]))
    limits = {f"{limit:,.0f}" for limit in (MAX_NUMBER, MAX_MINUTES, MAX_SPEED, MAX_DEPTH, MAX_DOCUMENT_BYTES / 2**20)}
    assert numbers == limits | {f"{MIN_SPEED:f}"}
