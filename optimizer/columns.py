"""Lists of lists as pointers and items."""

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Ints


def point(rows: NDArray[np.integer], num_rows: int) -> Ints:
    """Return the pointers of a list of lists whose items are sorted by their rows.

    Parameters
    ----------
    rows : (N,) row of each item

    Returns
    -------
    pointers : (num_rows + 1,)
    """
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=num_rows))]).astype(np.int32)


def reverse(pointers: Ints, items: Ints, num_items: int) -> tuple[Ints, Ints]:
    """Return the list of lists that has, for each item of this one, the rows that it is in, ascending."""
    rows = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
    return point(items, num_items), rows[np.argsort(items, kind="stable")].astype(np.int32)
