"""Control variates: they help where they help, and intervals hold."""

import numpy as np
import pytest

from simulations.statistics.controls import Controlled, control_mean
from simulations.statistics.intervals import estimate


def draw(rng: np.random.Generator, num: int, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Return skewed figures of mean 5, and a control of mean 100."""
    control = rng.gamma(25.0, 4.0, size=num)
    return 4 + slope * (control - 100) + rng.exponential(size=num), control


def test_intervals_with_a_control_hold_and_are_narrower() -> None:
    rng = np.random.default_rng(11)
    held, widths = [], []
    for _ in range(800):
        values, control = draw(rng, 30, 0.05)
        made = control_mean(values, control, 100.0)
        plain = estimate(values)
        chosen = plain if made is None else made.estimate
        held.append(chosen.low <= 5 <= chosen.high)
        widths.append(chosen.half_width / plain.half_width)
    assert 0.93 <= np.mean(held) <= 0.97
    assert np.mean(widths) < 0.8


def test_the_gain_is_that_of_the_correlation() -> None:
    rng = np.random.default_rng(12)
    values, control = draw(rng, 4000, 0.05)
    made = control_mean(values, control, 100.0)
    assert isinstance(made, Controlled)
    assert made.slope == pytest.approx(0.05, rel=0.1)
    assert made.variance_ratio == pytest.approx(2.0, rel=0.1)  # variance 1 of the rest, 0.05^2 * 400 of the control


def test_what_does_not_help_is_not_used() -> None:
    rng = np.random.default_rng(13)
    used = sum(control_mean(*draw(rng, 30, 0.0), 100.0) is not None for _ in range(200))
    assert used < 40
    values, control = draw(rng, 19, 0.5)
    assert control_mean(values, control, 100.0) is None
    assert control_mean(np.ones(30), np.arange(30.0), 14.5) is None
    assert control_mean(np.arange(30.0), np.ones(30), 1.0) is None
    assert control_mean(np.arange(30.0), np.arange(30.0), 14.5) is None
