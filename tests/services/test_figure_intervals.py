"""Intervals of figures hold only what the figures can be, and else are those of the statistics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulating.measures import estimate_figure
from simulations.statistics.intervals import estimate

SHARES = st.lists(st.floats(0.0, 1.0, allow_subnormal=False), min_size=2, max_size=40)


@given(values=SHARES)
def test_an_interval_is_cut_at_what_is_possible_and_nowhere_else(values: list[float]) -> None:
    figures = np.array(values)
    plain, made = estimate(figures, confidence=0.95), estimate_figure("teams.a.on_time_share", figures, confidence=0.95)
    assert made.low == pytest.approx(max(plain.low, 0.0), nan_ok=True)
    assert made.high == pytest.approx(min(plain.high, 1.0), nan_ok=True)
    assert made.mean == plain.mean
    minutes = estimate_figure("overall.wait_minutes_mean", figures, confidence=0.95)
    assert minutes.high == pytest.approx(plain.high, nan_ok=True)


def test_nearly_always_on_time_is_never_more_than_always() -> None:
    figures = np.array([1.0, 1.0, 0.99, 1.0, 1.0])
    assert estimate(figures, confidence=0.95).high > 1.0
    assert estimate_figure("overall.on_time_share", figures, confidence=0.95).high == 1.0
