"""A history of three tasks through both splits, so that their inner loops are compiled."""

import numpy as np
import pandas as pd

from reports.waiting.batching import find_batches
from reports.waiting.busy import find_busy
from reports.waiting.duty import make_duty
from reports.waiting.enabling import find_concurrent, find_enabling
from reports.waiting.history import read_history
from reports.waiting.person_split import split_by_person
from reports.waiting.pool_split import expect_handling, split_by_pool
from reports.waiting.pools import find_free, find_pools, gather_moments


def warm_up() -> None:
    """Compile the inner loops of the waiting ledger."""
    instants = pd.Series(pd.to_datetime([0, 60, 180], unit="s", utc=True)).astype("datetime64[us, UTC]")
    history = read_history(
        pd.DataFrame(
            {
                "id": ["1", "2", "3"],
                "case": ["c", "c", "c"],
                "type": ["check", "pay", "file"],
                "agent": ["ana", "ben", "ana"],
                "enabled": instants,
                "enabled_by": "nothing",
                "start": instants,
                "end": instants + pd.Timedelta(seconds=30),
                "due": instants,
                "outcome": "done",
            }
        )
    )
    enabled = find_enabling(history, find_concurrent(history)).enabled
    batches = find_batches(history, enabled)
    duty = make_duty(history.agent_names, {"ana": [history.span()]})
    split_by_person(history, enabled, batches, duty)
    busy = find_busy(history, enabled)
    first, last = history.span()
    free = find_free(duty, busy, first=first, last=last)
    split_by_pool(
        history,
        enabled,
        batches,
        pools=find_pools(history, np.ones(len(history.agent_names), dtype=np.bool_)),
        moments=gather_moments(busy, free),
        free=free,
        terms=expect_handling(history),
    )
