"""A scenario that is on time far more, or far less, than its history is warned of."""

import math

import numpy as np
import pytest

from services.calibrating.checking import Check, warn_of_checks
from simulations.statistics.intervals import Estimate, estimate_student


def _simulated(mean: float) -> Estimate:
    return estimate_student(np.array([mean - 0.01, mean, mean + 0.01]))


def _check(observed: float | None, mean: float, path: str = "overall.on_time_share") -> Check:
    return Check(label="on time", path=path, unit="%", observed=observed, simulated=_simulated(mean))


@pytest.mark.parametrize(
    ("observed", "simulated", "said"),
    [(0.82, 0.47, "35 points less"), (0.82, 0.98, "16 points more"), (0.82, 0.90, None), (None, 0.5, None)],
)
def test_ten_points_are_the_limit(observed: float | None, simulated: float, said: str | None) -> None:
    warnings = warn_of_checks([_check(observed, simulated), _check(0.1, 0.9, "overall.utilization")])
    assert len(warnings) == (said is not None)
    assert all(said in warning and "82.0 %" in warning for warning in warnings if said is not None)


def test_what_was_not_simulated_is_not_warned_of() -> None:
    assert warn_of_checks([_check(0.8, math.nan)]) == []
