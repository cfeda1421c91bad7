from dataclasses import replace
from typing import Any, Protocol

import pytest

from models.formats.plan import Plan
from models.vocabulary import UnscheduledReason
from reports.plan_notes import EXPECTED_DATA, LEFT_REASONS, plan_notes


class Day(Protocol):
    plan: Plan


def notes(day: Day, extra: dict[str, Any], *, share: float = 1.0) -> tuple[str, ...]:
    return plan_notes(replace(day.plan, extra=extra), plannable_share=share)


def test_a_plan_is_always_said_to_be_made_on_expected_data(day: Day) -> None:
    assert notes(day, {}) == (EXPECTED_DATA,)
    assert notes(day, {"note": "Made by hand."}) == ("Made by hand.",)


def test_the_reserve_is_said_where_there_is_one(day: Day) -> None:
    assert "at most 90\N{NO-BREAK SPACE}%" in notes(day, {}, share=0.9)[1]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"left_out": {"pended": 1}}, "1 task waiting for a customer or a third party is not in it."),
        ({"left_out": {"pended": 2}}, "2 tasks waiting for a customer or a third party are not in it."),
        ({"handed_back": 1}, "1 task that somebody began who is not on duty is for anybody again."),
        (
            {"begun_in_error": 2},
            "2 tasks that somebody began who may not do them (team, skill or exclusion) are for anybody again.",
        ),
        ({"estimated_minutes": ["a", "b"]}, "Minutes are estimated, not measured, of a, b."),
        (
            {"estimated_deadlines": list("abcde")},
            "Deadlines are read off the past, promised to nobody, of a, b, c, d, e.",
        ),
        (
            {"estimated_deadlines": list("abcdef")},
            "Deadlines are read off the past, promised to nobody, of a, b, c, d and 2 more task types.",
        ),
    ],
)
def test_what_is_left_out_or_estimated_is_said(day: Day, extra: dict[str, Any], said: str) -> None:
    assert notes(day, extra)[1:] == (said,)


@pytest.mark.parametrize(
    "extra", [{"left_out": [1]}, {"left_out": {"pended": "x"}}, {"handed_back": "1"}, {"estimated_minutes": "ab"}]
)
def test_what_others_wrote_there_is_passed_over(day: Day, extra: dict[str, Any]) -> None:
    assert notes(day, extra) == (EXPECTED_DATA,)


def test_every_reason_has_its_words() -> None:
    assert set(LEFT_REASONS) == {reason.value for reason in UnscheduledReason}
