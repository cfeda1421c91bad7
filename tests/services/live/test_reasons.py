"""Each reason has its words, with the values that belong to its code."""

import pytest

from models.time import load_zone
from services.live.reasons import Reason, ReasonCode, tell_reason

MADRID = load_zone("Europe/Madrid")
MONDAY_8 = 1772434800  # 08:00 in Madrid
HOUR = 3600


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(code=ReasonCode.OWN_PLAN, at=MONDAY_8 + HOUR), "it is yours by the published plan, at 09:00"),
        (Reason(code=ReasonCode.LATE, seconds=2 * HOUR), "it is 2 h late"),
        (Reason(code=ReasonCode.DUE, at=MONDAY_8 + 26 * HOUR, seconds=26 * HOUR), "it is due Tue 10:00, in 26 h"),
        (Reason(code=ReasonCode.WAITED, seconds=0.0), "it has waited for less than a minute"),
        (Reason(code=ReasonCode.MUST_BY, at=MONDAY_8), "it must be done by 08:00"),
        (Reason(code=ReasonCode.PLANNED_ELSEWHERE, name="Ben"), "the plan gives it to Ben"),
        (Reason(code=ReasonCode.TAKES, seconds=980.0), "it takes about 16 min"),
        (Reason(code=ReasonCode.TAKES, seconds=59.0), "it takes less than a minute"),
    ],
)
def test_values_stand_in_the_words(reason: Reason, words: str) -> None:
    assert tell_reason(reason, now=MONDAY_8, zone=MADRID) == words


def test_every_code_has_words_of_its_own() -> None:
    words = [
        tell_reason(Reason(code=code, at=MONDAY_8, seconds=60.0, name="Ben"), now=MONDAY_8, zone=MADRID)
        for code in ReasonCode
    ]
    assert len({*words}) == len(words)
    assert all(words)
