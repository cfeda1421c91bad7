"""`swingdesk swing` on files and on the stored plan."""

import json
import shutil
from pathlib import Path

import pytest

from api.cli.main import run

DATA = Path(__file__).parents[1] / "data"


def call(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["swingdesk", *words])
    with pytest.raises(SystemExit) as ended:
        run()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("problem", "plan"):
        shutil.copy(DATA / f"{name}.json", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_board_of_files(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(["swing", "problem.json", "plan.json", "--timezone", "Europe/Madrid"], monkeypatch, capsys)
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "1 of the 1 members of the swing team are lent, 0.3 h in all."
    assert lines[2].split()[:6] == ["claims", "09:15", "-", "09:35", "Ana", "Billing"]
    assert "What one more person would save at least" in out
    assert lines[-1] == "Times are those of Europe/Madrid."


@pytest.mark.usefixtures("folder")
def test_the_board_in_sentences(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["swing", "problem.json", "plan.json", "--timezone", "Europe/Madrid", "--sentences"]
    _, out, _ = call(words, monkeypatch, capsys)
    assert "Ana of Billing resolution works for claims from 09:15 to 09:35" in out
    assert "What one more person would save at least" in out


@pytest.mark.usefixtures("folder")
def test_the_board_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(["swing", "problem.json", "plan.json", "--json"], monkeypatch, capsys)
    document = json.loads(out)
    assert code == 0
    assert [(block["agent"], block["team"], block["tasks"]) for block in document["blocks"]] == [
        ("ana", "claims", ["T3"])
    ]
    assert {team["team"] for team in document["teams"]} == {"billing", "claims"}


@pytest.mark.usefixtures("folder")
def test_a_plan_that_does_not_hold_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    document["assignments"] = document["assignments"][1:]
    Path("plan.json").write_text(json.dumps(document), encoding="utf-8")
    code, out, err = call(["swing", "problem.json", "plan.json"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert "T" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing.json", "plan.json"], "nothing.json"),
        (["problem.json"], "or neither for the plan"),
        (["--plan", "x"], ""),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_makes_no_sense_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = call(["swing", *words], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert message in err
