"""Intervals that stop their own replications still hold."""

import numpy as np
import pytest

from simulations.statistics.intervals import estimate
from simulations.statistics.stopping import LEAST_REPLICATIONS, LEVEL, get_next_look


def cover(pool: np.ndarray, width: float, *, least: int, level: float) -> float:
    """Return the share of 300 experiments that hold, each ended by its precision."""
    rng = np.random.default_rng(21)
    going = [rng.choice(pool, 270) for _ in range(300)]
    held, num = 0, least
    while going:
        made = [estimate(drawn[:num], confidence=level) for drawn in going]
        ends = [item.half_width <= width * pool.std() or num == 270 for item in made]
        held += sum(item.low <= pool.mean() <= item.high for item, end in zip(made, ends, strict=True) if end)
        going = [drawn for drawn, end in zip(going, ends, strict=True) if not end]
        num = get_next_look(num, 270)
    return held / 300


@pytest.mark.parametrize("width", [0.35, 0.25])
def test_intervals_hold_though_they_stop_the_replications(width: float) -> None:
    pool = np.exp(0.7 * np.random.default_rng(20).standard_normal(20_000))  # a skewness of 3
    assert 0.93 <= cover(pool, width, least=LEAST_REPLICATIONS, level=LEVEL) <= 0.98
    assert cover(pool, width, least=10, level=0.95) < 0.93


def test_looks_come_ever_later_and_end() -> None:
    assert get_next_look(40, 400) == 60
    assert get_next_look(390, 400) == 400
