"""What is still to be expected of a duration, against draws that lasted longer."""

import numpy as np
import pytest

from simulations.randomness.distributions import (
    DETERMINISTIC,
    EMPIRICAL,
    EXPONENTIAL,
    GAMMA,
    LOGNORMAL,
    WEIBULL,
    get_parameters,
)
from simulations.randomness.residuals import expect_rest

VALUES = np.array([60.0, 300.0, 900.0])


@pytest.mark.parametrize("passed", [0.0, 200.0, 900.0])
@pytest.mark.parametrize("kind", [EXPONENTIAL, LOGNORMAL, GAMMA, WEIBULL])
def test_the_rest_is_the_mean_of_those_that_last_longer(kind: int, passed: float) -> None:
    a, b = get_parameters(kind, 600.0, 0.8)
    rng = np.random.default_rng(7)
    drawn = {
        EXPONENTIAL: lambda: rng.exponential(a, 400_000),
        LOGNORMAL: lambda: rng.lognormal(a, b, 400_000),
        GAMMA: lambda: rng.gamma(b, a, 400_000),
        WEIBULL: lambda: a * rng.weibull(1 / b, 400_000),
    }[kind]()
    longer = drawn[drawn > passed] - passed
    error = longer.std() / np.sqrt(len(longer))
    assert expect_rest(kind, a, b, VALUES, passed) == pytest.approx(longer.mean(), abs=5 * error)


def test_what_is_certain_or_listed_is_looked_up() -> None:
    assert expect_rest(DETERMINISTIC, 600.0, 0.0, VALUES, 200.0) == 400.0
    assert expect_rest(DETERMINISTIC, 600.0, 0.0, VALUES, 700.0) == 0.0
    assert expect_rest(EMPIRICAL, 0.0, 3.0, VALUES, 100.0) == 500.0
    assert expect_rest(EMPIRICAL, 0.0, 3.0, VALUES, 900.0) == 0.0


@pytest.mark.parametrize("kind", [LOGNORMAL, GAMMA, WEIBULL])
def test_what_lasts_for_ever_has_a_rest_that_is_a_number(kind: int) -> None:
    a, b = get_parameters(kind, 600.0, 0.3)
    rests = [expect_rest(kind, a, b, VALUES, passed) for passed in (5e3, 1e4, 1e6)]
    assert all(0 < rest < 1e6 for rest in rests)
