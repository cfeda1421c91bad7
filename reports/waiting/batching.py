"""Work that one person gathers and then does in one go.

References
----------
Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas (2023), section 3.2 (batching); arXiv 2212.01392.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.kernels import kernel
from reports.waiting.history import NOBODY, Integers, WorkHistory

LEAST_MEMBERS = 2
NO_BATCH = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Batches:
    """Which instances were done in batches.

    Attributes
    ----------
    batch : (I,) numbers of batches
        -1 where an instance is in none.
    ready : (I,) microseconds
        When the last member of its batch was enabled; of an instance in none, when it was itself.
    began : (I,) microseconds
        When the first member of its batch was begun; of an instance in none, when it was itself.
    """

    batch: Integers
    ready: Integers
    began: Integers


def find_batches(history: WorkHistory, enabled: Integers) -> Batches:
    """Return the batches: instances of one person and one type, back to back, all enabled before the first starts."""
    known = np.flatnonzero(history.agent != NOBODY)
    order = known[np.lexsort((known, history.type[known], history.agent[known]))]
    batch = np.full(len(history), NO_BATCH, dtype=np.int64)
    ready, began = enabled.copy(), history.start.copy()
    _gather(order, history.agent, history.type, history.start, history.end, enabled, batch, ready, began)
    return Batches(batch=batch, ready=ready, began=began)


@kernel
def _gather(
    order: Integers,
    agent: Integers,
    kind: Integers,
    start: Integers,
    end: Integers,
    enabled: Integers,
    batch: Integers,
    ready: Integers,
    began: Integers,
) -> None:
    number = 0
    at = 0
    while at < len(order):
        head = order[at]
        last_end = end[head]
        last_enabled = enabled[head]
        after = at + 1
        while after < len(order):
            one = order[after]
            if agent[one] != agent[head] or kind[one] != kind[head]:
                break
            if enabled[one] > start[head] or start[one] > last_end:
                break
            last_end = max(last_end, end[one])
            last_enabled = max(last_enabled, enabled[one])
            after += 1
        if after - at >= LEAST_MEMBERS:
            for position in range(at, after):
                batch[order[position]] = number
                ready[order[position]] = last_enabled
                began[order[position]] = start[head]
            number += 1
        at = after
