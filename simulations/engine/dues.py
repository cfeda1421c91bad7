"""When work is due: after so much elapsed time, or after so much open time of a calendar."""

import numpy as np

from simulations.engine.bundles import inner
from simulations.engine.columns import NO_CALENDAR, NO_SLA
from simulations.engine.layout import Layout

_START, _END, _BEFORE = range(3)


@inner
def compute_due(layout: Layout, calendar: int, sla_s: float, since: float) -> float:
    """Return when work that came at `since` is due; infinity where it has no due."""
    if calendar == NO_SLA:
        return np.inf
    if calendar == NO_CALENDAR:
        return since + sla_s
    low, high = layout.calendar_ptr[calendar], layout.calendar_ptr[calendar + 1]
    first, last = low, high  # the first stretch that ends after `since`
    while first < last:
        middle = (first + last) >> 1
        if layout.open_real[middle, _END] <= since:
            first = middle + 1
        else:
            last = middle
    if first >= high:
        return np.inf
    spent = layout.open_real[first, _BEFORE] + max(0.0, since - layout.open_real[first, _START])
    target = spent + sla_s
    if sla_s == 0.0:
        return max(since, layout.open_real[first, _START])
    last = high  # the first stretch by whose end so much has been open
    while first < last:
        middle = (first + last) >> 1
        row = layout.open_real[middle]
        if row[_BEFORE] + (row[_END] - row[_START]) < target:
            first = middle + 1
        else:
            last = middle
    if first >= high:
        return np.inf
    return layout.open_real[first, _START] + (target - layout.open_real[first, _BEFORE])
