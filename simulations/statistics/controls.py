"""Control variates: what is known of the input takes its chance out of a mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.statistics.intervals import CONFIDENCE, Estimate, estimate

LEAST_OBSERVATIONS = 20
LEAST_GAIN = 1.1
"""A control that gains less is left out: choosing it by the same observations would cost what it brings."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Controlled:
    """A mean that a control has corrected.

    Attributes
    ----------
    slope
        What the figure changes by with one unit of the control.
    variance_ratio
        How many times the replications that were saved, after the loss of a degree of freedom.
    """

    estimate: Estimate
    slope: float
    variance_ratio: float


def control_mean(
    values: Reals, control: Reals, expected: float, *, confidence: float = CONFIDENCE
) -> Controlled | None:
    """Return a mean corrected by a control whose expectation is known; None where that does not pay.

    The interval is that of the residuals, wider by the uncertainty of the slope, and holds as `estimate` does.

    References
    ----------
    Lavenberg and Welch (1981), A perspective on the use of control variables to increase the efficiency of Monte Carlo
    simulations. Management Science 27(3), 322-335.
    """
    seen = ~np.isnan(values) & ~np.isnan(control)
    y, c = values[seen], control[seen]
    num = len(y)
    if num < LEAST_OBSERVATIONS:
        return None
    centred = c - c.mean()
    weight = float(centred @ centred)
    total = float(((y - y.mean()) ** 2).sum())
    if weight <= 1e-12 * max(1.0, float(c @ c)) or total <= 0:
        return None
    slope = float(centred @ y) / weight
    residuals = y - slope * (c - expected)
    rest = float(((residuals - residuals.mean()) ** 2).sum())
    if rest <= 1e-12 * total:
        return None
    gain = total / rest * (num - 3) / (num - 2)
    if gain < LEAST_GAIN:
        return None
    plain = estimate(residuals, confidence=confidence)
    off = (float(c.mean()) - expected) ** 2
    wider = float(np.sqrt((num - 1) / (num - 2) * (1 + num * off / weight)))
    made = Estimate(
        mean=plain.mean,
        low=plain.mean - wider * (plain.mean - plain.low),
        high=plain.mean + wider * (plain.high - plain.mean),
        sd=float(np.sqrt(rest / (num - 2))),
        num=num,
    )
    return Controlled(estimate=made, slope=slope, variance_ratio=gain)
