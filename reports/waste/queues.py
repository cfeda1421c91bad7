"""What waited, as people saw it: when there was something that each could have done, and something that was urgent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.waste.layout import Layout
from reports.waste.spans import Flags, Wholes, cover, positions_in, unite

Spans = tuple[Wholes, Wholes, Wholes]


@dataclass(frozen=True, kw_only=True, eq=False)
class Queues:
    """Time in which work waited.

    Attributes
    ----------
    doable_class, skill_class : (A,)
        Of each agent: who is given the same types is of one class, who has the skills for the same types of another.
    doable
        Owner (class), start, end: something waits that the class is given.
    urgent
        Owner (skill class), start, end: something waits that is past its latest safe start and that the skills allow.
    urgent_type
        Of each urgent span, the type that has been urgent longest.
    anything
        Owner (0), start, end: anything waits.
    """

    doable_class: Wholes
    skill_class: Wholes
    doable: Spans
    urgent: Spans
    urgent_type: Wholes
    anything: Spans


def read_queues(layout: Layout, waiting: pd.DataFrame) -> Queues:
    """Return when work waited, by who could have done it."""
    known = pd.Index(layout.type_ids)
    own, demand = positions_in(known, waiting["type"]), positions_in(known, waiting["demand"])
    kind = np.where(demand >= 0, demand, own)
    type_of = np.arange(len(known))
    type_of[kind] = own  # of a demand, the type that it is of
    start, end = waiting["start"].to_numpy(dtype=np.int64), waiting["end"].to_numpy(dtype=np.int64)
    safe = waiting["safe_until"].to_numpy(dtype=np.float64)
    has_safe = ~np.isnan(safe)
    urgent_from = np.maximum(start[has_safe], np.clip(np.ceil(safe[has_safe]), 0, 2**33).astype(np.int64))
    by_type = unite(kind, start, end)
    urgent_by_type = unite(kind[has_safe], urgent_from, end[has_safe])
    given, doable_class = _classes(layout.given)
    able, skill_class = _classes(layout.able)
    doable = unite(*_spread(given, by_type)[:3])
    *urgent, urgent_type = cover(*_spread(able, urgent_by_type))
    return Queues(
        doable_class=doable_class,
        skill_class=skill_class,
        doable=doable,
        urgent=(urgent[0], urgent[1], urgent[2]),
        urgent_type=type_of[urgent_type],
        anything=unite(np.zeros(len(by_type[0]), dtype=np.int64), by_type[1], by_type[2]),
    )


def _classes(allowed: Flags) -> tuple[Flags, Wholes]:
    """Return the different rows, and which of them each row is."""
    if not len(allowed):
        return allowed, np.zeros(0, dtype=np.int64)
    rows, inverse = np.unique(allowed, axis=0, return_inverse=True)
    return rows, np.asarray(inverse, dtype=np.int64).reshape(-1)


def _spread(classes: Flags, spans: Spans) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Return the spans of types as those of each class that may do them: owner, start, end, type."""
    kind, start, end = spans
    picked = [np.flatnonzero(allowed[kind]) for allowed in classes]
    owner = np.repeat(np.arange(len(classes)), [len(some) for some in picked])
    at = np.concatenate(picked) if picked else np.zeros(0, dtype=np.int64)
    return owner, start[at], end[at], kind[at]
