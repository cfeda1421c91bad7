"""Resolution: done right the first time, given back, reopened, checked and found wanting."""

import numpy as np
import pandas as pd

from reports.operations.record import CHECKS, RETURNS, Record, share
from reports.operations.workload import ALL

COLUMNS = (
    "num_completed",
    "num_first_time_right",
    "first_time_right_share",
    "num_reopened",
    "reopen_share",
    "num_returned",
    "return_share",
    "num_checked",
    "check_share",
    "num_failed",
    "fail_share",
)

_OF = {
    RETURNS: (
        "num_first_time_right",
        "first_time_right_share",
        "num_reopened",
        "reopen_share",
        "num_returned",
        "return_share",
    ),
    CHECKS: ("num_checked", "check_share", "num_failed", "fail_share"),
}
"""Which columns hang on what a source may not know."""


def measure_resolution(record: Record, by: str = "team") -> pd.DataFrame:
    """Return how tasks completed in the period came to their end: of everything (`ALL`), and of each team or type.

    First time right is a task that was never given back unfinished, never reopened, and in which no check found a
    fault. Those completed lately may still be reopened. What the source does not know is None.
    """
    done = record.tasks[record.completed_within()]
    is_reopened = done["num_reopens"].to_numpy() > 0
    is_returned = done["num_returns"].to_numpy() > 0
    is_failed = done["is_failed"].to_numpy()
    counts = pd.DataFrame(
        {
            by: done[by].fillna(ALL).to_numpy(dtype=object),
            "num_completed": 1,
            "num_first_time_right": (~(is_reopened | is_returned | is_failed)).astype(np.int64),
            "num_reopened": is_reopened.astype(np.int64),
            "num_returned": is_returned.astype(np.int64),
            "num_checked": (done["is_checked"].to_numpy() | is_failed).astype(np.int64),
            "num_failed": is_failed.astype(np.int64),
        }
    )
    grouped = counts.groupby(by, sort=True).sum().reset_index()
    total = pd.DataFrame([{by: ALL, **counts.drop(columns=by).sum()}])
    made = pd.concat([total, grouped[grouped[by] != ALL]], ignore_index=True)
    for name, part, whole in (
        ("first_time_right_share", "num_first_time_right", "num_completed"),
        ("reopen_share", "num_reopened", "num_completed"),
        ("return_share", "num_returned", "num_completed"),
        ("check_share", "num_checked", "num_completed"),
        ("fail_share", "num_failed", "num_checked"),
    ):
        made[name] = [share(a, b) for a, b in zip(made[part], made[whole], strict=True)]
    for knowledge, columns in _OF.items():
        if knowledge not in record.knows:
            made[list(columns)] = None
    return made[[by, *COLUMNS]]
