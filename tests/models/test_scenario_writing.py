"""Scenarios as they are written are read again, whatever the words in them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UsageError
from models.formats.scenarios.documents import parse_yaml, read_scenario_document
from models.formats.scenarios.volumes import scale_arrivals
from models.formats.scenarios.writing import WIDTH, scenario_text, write_scenario

SCALARS = st.one_of(
    st.text(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=6
)


@given(st.dictionaries(st.text(min_size=1), VALUES, min_size=1, max_size=6), st.text())
def test_what_is_written_is_read_again(document: dict[str, Any], remark: str) -> None:
    remarks: dict[tuple[str | int, ...], str] = {(): remark}
    for key, value in document.items():
        remarks[key,] = remark
        remarks |= {(key, n): remark for n in range(4)}
        remarks |= {(key, name): remark for name in value} if isinstance(value, dict) else {}
    assert parse_yaml(scenario_text(document, remarks), file="text") == document


def test_lines_are_short_and_remarks_stand_above(tmp_path: Path) -> None:
    document = {
        "teams": [{"id": "a"}, {"id": "b", "name": "off"}],
        "policy": {"routing": "fifo", "swing": {"mode": "off"}},
        "task_types": [{"id": "x", "handling": {"distribution": "empirical", "minutes": [n / 7 for n in range(300)]}}],
    }
    remarks: dict[tuple[str | int, ...], str] = {
        ("teams", 1): "the second team",
        ("policy", "swing"): "nobody " * 60,
        (): "all of it",
    }
    path = tmp_path / "made.yaml"
    write_scenario(path, document, remarks)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# all of it"
    assert lines[lines.index("  # the second team") + 1] == '  - {id: b, name: "off"}'
    assert max(map(len, lines)) <= WIDTH + 2
    assert read_scenario_document(path) == document
    write_scenario(tmp_path / "made.json", document, remarks)
    assert read_scenario_document(tmp_path / "made.json") == document


@pytest.mark.parametrize(
    "word", ["off", "No", "12:30", "1e3", "null", "a: b", "# x", "-", "~", "", " a", "a #b", "ü", "\x85"]
)
def test_words_that_yaml_reads_otherwise_are_quoted(word: str) -> None:
    assert parse_yaml(scenario_text({"name": word, word or "k": 1}, {}), file="text") == {"name": word, word or "k": 1}


def test_more_comes_in_on_some_days_alone() -> None:
    document = {
        "arrivals": [
            {"task_type": "a", "pattern": [{"days": ["mon", "tue"], "from": "08:00", "to": "09:00", "per_hour": 10}]},
            {"process": "p", "per_hour": 2},
        ]
    }
    made = scale_arrivals(document, 1.5, weekdays=("mon",))
    assert made["arrivals"][0]["pattern"] == [
        {"days": ["tue"], "from": "08:00", "to": "09:00", "per_hour": 10},
        {"days": ["mon"], "from": "08:00", "to": "09:00", "per_hour": 15},
    ]
    assert [window["per_hour"] for window in made["arrivals"][1]["pattern"]] == [2, 3]
    assert document["arrivals"][1] == {"process": "p", "per_hour": 2}
    assert scale_arrivals(document, 2.0, names=["p"])["arrivals"][0] == document["arrivals"][0]
    with pytest.raises(UsageError, match="no weekday 'Monday'"):
        scale_arrivals(document, 2.0, weekdays=["Monday"])
    with pytest.raises(UsageError, match="nothing arrives as 'z'"):
        scale_arrivals(document, 2.0, names=["z"])
    with pytest.raises(UsageError, match="a trace"):
        scale_arrivals({"arrivals": [{"task_type": "a", "times": "x.csv"}]}, 2.0)
