"""Orders compared: pairs that stand the other way round.

References
----------
Kendall (1938), A new measure of rank correlation. Biometrika 30(1/2), 81-93.
Knight (1966), A computer method for calculating Kendall's tau with ungrouped data. JASA 61(314), 436-439.
"""

import numpy as np
from numpy.typing import NDArray


def count_inversions(values: NDArray[np.float64]) -> int:
    """Return the pairs whose first value is larger than the second, by merging; equal ones are none."""
    work = values.copy()
    total, width = 0, 1
    while width < len(work):
        for low in range(0, len(work) - width, 2 * width):
            left, right = work[low : low + width], work[low + width : low + 2 * width]
            total += int((len(left) - np.searchsorted(left, right, side="right")).sum())
            work[low : low + len(left) + len(right)] = np.sort(np.concatenate([left, right]))
        width *= 2
    return total
