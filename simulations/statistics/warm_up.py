"""How long a simulation takes to forget how it began: MSER-5."""

import numpy as np
from numpy.typing import NDArray

BATCH = 5


def find_truncation(series: NDArray[np.float64]) -> int:
    """Return how many leading observations to leave out, a multiple of 5 and at most half of all.

    It is the truncation that leaves the mean of the rest with the smallest standard error, over batches of five.

    References
    ----------
    White, Cobb and Spratt (2000), A comparison of five steady-state truncation heuristics for simulation. Proceedings
    of the 2000 Winter Simulation Conference, 755-760.
    """
    num = len(series) // BATCH
    if num < 2:
        return 0
    batches = series[: num * BATCH].reshape(num, BATCH).mean(axis=1)
    errors = [batches[cut:].var() / (num - cut) for cut in range(num // 2 + 1)]
    return BATCH * int(np.argmin(errors))
