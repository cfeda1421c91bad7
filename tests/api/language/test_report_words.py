"""The list of single words that reports show holds none that no report says any more."""

import ast
from pathlib import Path

import api

ROOT = Path(api.__file__).parent.parent
LIST = Path(__file__).parent / "told" / "reports.words"
SOURCES = [
    *sorted((ROOT / "reports").rglob("*.py")),
    ROOT / "models" / "vocabulary_live.py",  # codes of time off task stand in cells
]


def test_every_word_is_said_by_a_report() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    words = [line.removeprefix("@") for line in LIST.read_text(encoding="utf-8").splitlines()]
    assert [word for word in words if word not in said] == []
    assert len(words) == len(set(words)) > 0
