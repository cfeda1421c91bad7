"""Intervals, comparisons, warm-up."""

import numpy as np
import pytest

from simulations.statistics.comparing import compare_pairs
from simulations.statistics.intervals import estimate, estimate_student
from simulations.statistics.warm_up import find_truncation


def covers(values: np.ndarray, truth: float, make: object) -> float:
    held = [made.low <= truth <= made.high for made in (make(row) for row in values)]  # type: ignore[operator]
    return float(np.mean(held))


def test_intervals_hold_on_skewed_observations_where_student_s_do_not() -> None:
    rng = np.random.default_rng(1)
    values = np.exp(0.7 * rng.standard_normal((1000, 20)))
    truth = np.exp(0.245)
    assert 0.93 <= covers(values, truth, estimate) <= 0.97
    assert covers(values, truth, estimate_student) < 0.93


def test_intervals_hold_on_normal_observations() -> None:
    values = np.random.default_rng(2).standard_normal((1000, 20))
    assert 0.935 <= covers(values, 0.0, estimate) <= 0.985


def test_an_interval_is_a_function_of_the_observations() -> None:
    values = np.random.default_rng(3).exponential(size=25)
    assert estimate(values) == estimate(values.copy())
    assert estimate(np.r_[values, np.nan]) == estimate(values)
    shifted = estimate(3 * values + 5)
    assert shifted.low == pytest.approx(3 * estimate(values).low + 5)


@pytest.mark.parametrize(("values", "num"), [([], 0), ([np.nan], 0), ([2.0], 1)])
def test_too_little_gives_no_interval(values: list[float], num: int) -> None:
    made = estimate(np.array(values))
    assert made.num == num
    assert np.isnan(made.low)


def test_what_does_not_vary_is_known() -> None:
    made = estimate(np.full(20, 0.3))
    assert [made.low, made.high] == pytest.approx([0.3, 0.3])


def test_nearly_constant_observations_still_have_an_interval() -> None:
    values = np.r_[np.ones(19), 0.5]
    made = estimate(values)
    assert made.low < values.mean() < made.high


def test_pairs_share_what_they_have_in_common() -> None:
    rng = np.random.default_rng(4)
    common, noise = 10 * rng.standard_normal(200), rng.standard_normal((2, 200))
    made = compare_pairs(common + noise[0], common + noise[1] + 1)
    assert made.estimate.low < 1 < made.estimate.high
    assert made.variance_ratio == pytest.approx(101, rel=0.4)
    assert compare_pairs(noise[0], noise[0]).variance_ratio is None
    apart = compare_pairs(noise[0], noise[1]).variance_ratio
    assert apart == pytest.approx(1, abs=0.3)


def test_the_warm_up_is_where_the_transient_ends() -> None:
    rng = np.random.default_rng(5)
    series = np.r_[np.linspace(0, 50, 60), np.full(400, 50.0)] + rng.standard_normal(460)
    assert 50 <= find_truncation(series) <= 75
    assert find_truncation(np.full(100, 3.0)) == 0
    assert find_truncation(np.arange(7.0)) == 0


@pytest.mark.parametrize("num_others", [1, 2, 3])
@pytest.mark.parametrize("num", [10, 20, 50])
def test_an_interval_of_mostly_equal_values_stays_in_reach(num: int, num_others: int) -> None:
    values = np.zeros(num)
    values[:num_others] = 24.99 + np.arange(num_others)
    found = estimate(values)
    assert found.low <= values.mean() <= found.high
    assert found.high <= 40 * values.max()
