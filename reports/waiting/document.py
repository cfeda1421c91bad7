"""The waiting ledger as a program reads it; `docs/formats/report-waiting.md` describes the form."""

from typing import Any

import numpy as np

from reports.waiting.history import US_PER_HOUR, Integers
from reports.waiting.ledger import WaitingLedger
from reports.waiting.person_split import Split


def waiting_document(ledger: WaitingLedger) -> dict[str, Any]:
    """Return the figures of a ledger: hours, by cause, and by type."""
    waiting, processing, causes = ledger.wait_hours(), ledger.processing_hours(), ledger.cause_hours()
    history, at = ledger.history, np.flatnonzero(ledger.chosen)
    return {
        "report": "waiting",
        "definitions": ledger.definitions,
        "instances": len(at),
        "cases": len(np.unique(history.case[at])),
        "transitions": ledger.num_transitions(),
        "wait_hours": waiting,
        "processing_hours": processing,
        "cycle_time_efficiency": ledger.efficiency(),
        "causes": causes,
        "efficiency_without": {cause: ledger.efficiency_without(hours) for cause, hours in causes.items()},
        "details": ledger.detail_hours(),
        "arrivals": {
            "instances": int(np.count_nonzero(ledger.arrivals()[at])),
            "wait_hours": int((history.start - ledger.enabling.enabled)[at][ledger.arrivals()[at]].sum()) / US_PER_HOUR,
        },
        "by_person": None if ledger.by_person is None else _sum_up(ledger.by_person, at),
        "by_type": _by_type(ledger, at),
    }


def _sum_up(split: Split, at: Integers) -> dict[str, float]:
    return dict(zip(split.causes, (split.parts[at].sum(axis=0) / US_PER_HOUR).tolist(), strict=True))


def _by_type(ledger: WaitingLedger, at: Integers) -> list[dict[str, Any]]:
    history = ledger.history
    kinds = history.type[at]
    num_types = len(history.type_names)
    parts = ledger.parts()
    sums = np.zeros((num_types, len(ledger.causes)), dtype=np.int64)
    np.add.at(sums, kinds, parts)
    worked = np.zeros(num_types, dtype=np.int64)
    np.add.at(worked, kinds, ledger.worked())
    counts = np.bincount(kinds, minlength=num_types)
    return [
        {
            "type": history.type_names[kind],
            "instances": int(counts[kind]),
            "wait_hours": int(sums[kind].sum()) / US_PER_HOUR,
            "processing_hours": int(worked[kind]) / US_PER_HOUR,
            "causes": dict(zip(ledger.causes, (sums[kind] / US_PER_HOUR).tolist(), strict=True)),
        }
        for kind in np.flatnonzero(counts).tolist()
    ]
