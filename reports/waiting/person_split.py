"""The waiting of each task split by what the person who did it was doing meanwhile: the paper's definitions.

References
----------
Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas (2023), Why am I waiting? Data-driven analysis of waiting times in
business processes, section 3; arXiv 2212.01392.
"""

from dataclasses import dataclass

import numpy as np

from reports.waiting import kernels
from reports.waiting.batching import Batches
from reports.waiting.duty import Duty
from reports.waiting.history import NOBODY, Integers, WorkHistory

PAPER_CAUSES = ("batching", "contention", "prioritization", "unavailability", "extraneous")
"""In the order in which an instant of waiting is given to the first that holds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Waiting by cause.

    Attributes
    ----------
    causes
        Names, in order.
    parts : (I, C) microseconds
        Waiting of each instance by cause; a row sums to its start less when it was enabled.
    """

    causes: tuple[str, ...]
    parts: Integers


def split_by_person(history: WorkHistory, enabled: Integers, batches: Batches, duty: Duty) -> Split:
    """Return the waiting of every instance, from `enabled` to its start, by the paper's causes.

    From enabled to the batch's *ready* it is batching. Then it is contention while the same person is busy with work
    that was enabled no later than *ready* (earlier members of the same batch: than the task itself), prioritization
    while busy with other work, unavailability outside the person's hours, and extraneous else. Where nobody is known,
    neither are work and hours.
    """
    known = np.flatnonzero(history.agent != NOBODY)
    order = known[np.lexsort((known, history.agent[known]))]
    first = np.searchsorted(history.agent[order], np.arange(len(history.agent_names) + 1)).astype(np.int64)
    parts = np.zeros((len(history), len(PAPER_CAUSES)), dtype=np.int64)
    kernels.split_by_person(
        order,
        first,
        _latest_end_so_far(history.end[order], first),
        history.agent,
        history.start,
        history.end,
        enabled,
        batches.batch,
        batches.ready,
        duty.first,
        duty.start,
        duty.end,
        duty.before,
        duty.is_known,
        parts,
    )
    return Split(causes=PAPER_CAUSES, parts=parts)


def _latest_end_so_far(end: Integers, first: Integers) -> Integers:
    """Return for each position the latest end of its agent's instances up to there."""
    latest = end.copy()
    for begin, after in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        np.maximum.accumulate(latest[begin:after], out=latest[begin:after])
    return latest
