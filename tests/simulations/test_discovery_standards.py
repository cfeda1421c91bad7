"""Standard minutes: the mean, whatever stands around it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.discovery.standards import FEW, find_spreads, find_standards, is_runaway


def standards_of(minutes: "np.ndarray[tuple[int], np.dtype[np.float64]]", kinds: object = None) -> float:
    kind = np.zeros(len(minutes), dtype=np.int64) if kinds is None else np.asarray(kinds)
    return float(find_standards(minutes, kind, find_spreads(minutes, kind, int(kind.max()) + 1))["standard_minutes"][0])


def lognormal(mean: float, sigma: float, count: int, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).lognormal(np.log(mean) - sigma**2 / 2, sigma, count)


@pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0, 1.3])
def test_of_a_lognormal_it_is_the_mean(sigma: float) -> None:
    assert standards_of(lognormal(12.0, sigma, 40_000)) == pytest.approx(12.0, rel=0.04)


@pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0])
@pytest.mark.parametrize("share", [0.01, 0.03])
def test_what_was_forgotten_overnight_moves_it_little(sigma: float, share: float) -> None:
    clean = lognormal(12.0, sigma, 10_000)
    forgotten = np.random.default_rng(2).uniform(480, 4_000, int(share * len(clean)))
    assert standards_of(np.concatenate([clean, forgotten])) == pytest.approx(12.0, rel=0.08)
    assert np.concatenate([clean, forgotten]).mean() > 1.5 * 12.0


def test_clicks_and_what_is_not_known_do_not_count() -> None:
    clean = lognormal(12.0, 0.7, 5_000)
    clicks = np.full(6_000, 0.01)
    unknown = np.full(2_000, np.nan)
    assert standards_of(np.concatenate([clean, clicks, unknown])) == pytest.approx(standards_of(clean))


def test_of_a_constant_it_is_the_constant() -> None:
    assert standards_of(np.full(200, 7.5)) == pytest.approx(7.5, rel=0.02)


def test_of_an_exponential_it_is_near_the_mean() -> None:
    minutes = np.random.default_rng(3).exponential(10.0, 20_000)
    assert standards_of(minutes) == pytest.approx(10.0, rel=0.06)


def test_few_instances_are_marked_and_borrow_the_spread_of_the_others() -> None:
    minutes = np.concatenate([lognormal(10.0, 0.5, 1_000), [20.0, 22.0, 400.0]])
    kind = np.array([0] * 1_000 + [1] * 3)
    spreads = find_spreads(minutes, kind, 3)
    made = find_standards(minutes, kind, spreads)
    assert made["is_estimated"].tolist() == [False, True, True]
    assert is_runaway(minutes, kind, spreads)[-1]
    assert made["standard_minutes"][1] == pytest.approx(21.0, rel=0.05)
    assert made["standard_minutes"][2] == pytest.approx(np.median(made["standard_minutes"][:2]))
    assert made["num_measured"].tolist()[1:] == [2, 0]
    assert FEW == 5


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.02, 600), min_size=1, max_size=60),
    st.floats(0.1, 10),
    st.randoms(use_true_random=False),
)
def test_it_scales_with_its_unit_and_forgets_the_order(minutes: list[float], factor: float, random: object) -> None:
    plain = np.array(minutes)
    plain = plain[plain * min(factor, 1.0) > 1 / 60]
    if len(plain) == 0:
        return
    shuffled = plain.tolist()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standards_of(plain * factor) == pytest.approx(factor * standards_of(plain), rel=1e-9)
    assert standards_of(np.array(shuffled)) == pytest.approx(standards_of(plain), rel=1e-9)
    assert plain.min() * 0.99 <= standards_of(plain) <= plain.max() * 1.11
