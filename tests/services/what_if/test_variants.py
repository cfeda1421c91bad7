"""The usual questions change what they name and nothing else, and what they make can be simulated."""

from collections.abc import Callable
from typing import Any

import pytest

from models.errors import UsageError
from models.formats.scenarios.reading import parse_scenario
from services.what_if import variants

WEEK = [{"days": ["mon", "tue"], "start": "08:00", "end": "16:00"}]
BASE: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "start": "2026-03-02T00:00:00Z",
    "days": 2,
    "teams": [{"id": "billing"}, {"id": "claims"}],
    "task_types": [
        {"id": "bill", "team": "billing", "skill": "b", "handling": {"distribution": "exponential", "mean_minutes": 9}},
        {
            "id": "claim",
            "team": "claims",
            "skill": "c",
            "min_level": 3,
            "handling": {"distribution": "exponential", "mean_minutes": 9},
        },
    ],
    "arrivals": [
        {"task_type": "bill", "pattern": [{"from": "08:00", "to": "10:00", "per_hour": 4}]},
        {"task_type": "claim", "per_hour": 2},
    ],
    "agents": [
        {"id": "b", "team": "billing", "count": 2, "skills": {"b": {"level": 2}}, "week": WEEK},
        {"id": "c", "team": "claims", "skills": {"c": {"level": 4, "speed": 1.1}}, "week": "always"},
    ],
    "policy": {"routing": "atc", "dispatch": {"k": 3}, "swing": {"mode": "threshold", "engage_tasks": 3}},
}


@pytest.mark.parametrize(
    ("change", "read", "expected"),
    [
        (lambda d: variants.add_heads(d, "b", 2), lambda d: [g.get("count") for g in d["agents"]], [4, None]),
        (lambda d: variants.add_heads(d, "c", -1), lambda d: d["agents"][1]["count"], 0),
        (
            lambda d: variants.scale_work(d, 1.5, ["bill"]),
            lambda d: [d["arrivals"][0]["pattern"][0]["per_hour"], d["arrivals"][1]["per_hour"]],
            [6.0, 2],
        ),
        (
            lambda d: variants.cross_train(d, "c"),
            lambda d: [(g["skills"].get("c"), g.get("swing_teams")) for g in d["agents"]],
            [({"level": 3, "speed": 0.8}, ["claims"]), ({"level": 4, "speed": 1.1}, None)],
        ),
        (
            lambda d: variants.choose_policy(d, routing="fifo", swing="off"),
            lambda d: d["policy"],
            {"routing": "fifo", "swing": {"mode": "off"}},
        ),
        (variants.push_work, lambda d: d["policy"]["selection"], {"mode": "push"}),
        (lambda d: variants.take_day_off(d, "billing", "mon"), lambda d: d["agents"][0]["week"][0]["days"], ["tue"]),
    ],
)
def test_a_question_changes_what_it_names(
    change: Callable[[Any], Any], read: Callable[[Any], Any], expected: Any
) -> None:
    before = repr(BASE)
    made = change(BASE)
    assert read(made) == expected
    assert repr(BASE) == before, "what it was made of stays as it was"
    parse_scenario(made)
    untouched = {key for key in BASE if key not in {"agents", "arrivals", "policy"}}
    assert {key: made[key] for key in untouched} == {key: BASE[key] for key in untouched}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: variants.add_heads(BASE, "b", -3), "has 2 people"),
        (lambda: variants.add_heads(BASE, "nobody", 1), "no group nobody"),
        (lambda: variants.cross_train(BASE, "x"), "no work asks for the skill x"),
        (lambda: variants.scale_work(BASE, 2.0, ["x"]), "nothing arrives as 'x'"),
        (lambda: variants.take_day_off(BASE, "billing", "sun"), "nobody of billing works on that day"),
        (lambda: variants.take_day_off(BASE, "claims", "mon"), "always there"),
    ],
)
def test_what_cannot_be_asked_is_said(change: Callable[[], Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        change()
