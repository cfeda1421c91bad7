"""Deadlines that nobody promised: within which open office minutes four in five tasks of a type were done."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.clocks import WorkClock, office_stretches
from simulations.discovery.history import NAT, History
from simulations.discovery.hours import QUARTER

SHARE = 0.8
LEAST_FLOWS = 10
"""With fewer instances whose enabling is known, a type has the deadline of all types."""
LEAST_STANDARDS = 4.0
"""A deadline leaves at least so many times the standard minutes, and a day of open office."""


def find_sla_minutes(
    history: History,
    office_hours: pd.DataFrame,
    closed_days: Collection[int],
    kind_idx: NDArray[np.int64],
    standard_minutes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return for each kind of task the minutes of open office within which 80 % were done since they were enabled.

    Up to full quarter hours, and at least a mean day of open office and `LEAST_STANDARDS` times the kind's standard
    minutes: a shorter one would be missed by all that ever waited overnight.
    """
    enabled, end = history.column("enabled_us"), history.column("end_us")
    is_told = history.rows["is_enabled_known"].to_numpy() & history.rows["is_done"].to_numpy() & (end != NAT)
    clock = WorkClock(office_stretches(office_hours, *history.day_span(), closed=closed_days), history.zone)
    office = np.zeros(int(is_told.sum()), dtype=np.int64)
    flow = pd.Series(clock.minutes_between(office, enabled[is_told], end[is_told]))
    grouped = flow.groupby(kind_idx[is_told])
    usual = float(flow.quantile(SHARE)) if len(flow) else 0.0
    own = grouped.quantile(SHARE).where(grouped.size() >= LEAST_FLOWS, usual)
    sla = own.reindex(range(len(standard_minutes))).fillna(usual).to_numpy(dtype=np.float64)
    one_day = float((office_hours["closes"] - office_hours["opens"]).mean())
    least = np.maximum(one_day, LEAST_STANDARDS * standard_minutes)
    return np.asarray(np.ceil(np.maximum(sla, least) / QUARTER) * QUARTER)
