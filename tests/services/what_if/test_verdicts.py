"""A difference is called better only where its whole interval is; else the replications that would tell are counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.what_if.verdicts import MOST_MORE, Verdict, count_more, judge_comparison

SHARE, BUSY, WAIT = "overall.on_time_share", "overall.utilization", "overall.wait_minutes_mean"


def compared(path: str, mean: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    figures = {"mean": 0.5, "low": 0.4, "high": 0.6}
    return {
        "replications": 30,
        "scenarios": [{"name": "a", path: figures}, {"name": "b", path: figures}],
        "differences": [{"from": "a", "to": "b", path: {"mean": mean, "low": low, "high": high}}],
    }


@pytest.mark.parametrize(
    ("path", "mean", "low", "high", "verdict"),
    [
        (SHARE, 0.05, 0.01, 0.09, Verdict.BETTER),
        (SHARE, -0.05, -0.09, -0.01, Verdict.WORSE),
        (WAIT, -3.0, -5.0, -1.0, Verdict.BETTER),
        (WAIT, 3.0, 1.0, 5.0, Verdict.WORSE),
        (BUSY, 0.05, 0.01, 0.09, Verdict.MORE),
        (BUSY, -0.05, -0.09, -0.01, Verdict.LESS),
        (SHARE, 0.0, 0.0, 0.0, Verdict.SAME),
        (SHARE, 0.05, -0.01, 0.11, Verdict.OPEN),
        (SHARE, 0.05, 0.0, 0.1, Verdict.OPEN),
        (SHARE, None, None, None, Verdict.OPEN),
    ],
)
def test_a_verdict_claims_no_more_than_the_interval(
    path: str, mean: float | None, low: float | None, high: float | None, verdict: Verdict
) -> None:
    (judged,) = judge_comparison(compared(path, mean, low, high), 1)
    assert judged.verdict is verdict
    assert judged.more_replications is None or verdict is Verdict.OPEN


@given(
    mean=st.floats(-1, 1).filter(lambda value: abs(value) > 1e-3),
    excess=st.floats(1.0, 50.0),
    replications=st.integers(10, 1000),
)
def test_as_many_more_as_are_asked_for_would_tell(mean: float, excess: float, replications: int) -> None:
    """Were the difference what it seems, the interval of all of them would no longer hold zero."""
    reach = abs(mean) * excess
    more = count_more(mean, mean - reach, mean + reach, replications)
    if more is None:
        assert 1.2 * replications * excess**2 - replications > MOST_MORE
        return
    narrower = (replications / (replications + more)) ** 0.5
    assert more > 0
    assert reach * narrower < abs(mean)


def test_what_is_nothing_asks_for_no_more() -> None:
    assert count_more(0.0, -1.0, 1.0, 30) is None
    assert count_more(1e-6, -1.0, 1.0, 30) is None
