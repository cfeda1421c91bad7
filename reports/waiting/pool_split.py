"""The waiting of each task split by what everybody who could have done it was at meanwhile."""

from dataclasses import dataclass

import numpy as np

from reports.waiting import kernels
from reports.waiting.batching import Batches
from reports.waiting.duty import Duty
from reports.waiting.history import US_PER_S, Flags, Integers, Reals, WorkHistory
from reports.waiting.person_split import Split
from reports.waiting.pools import Moments, follow_pool

POOL_CAUSES = (
    "customer",
    "batching",
    "contention",
    "prioritization.justified",
    "prioritization.discretionary",
    "prioritization.unjudged",
    "unavailability.office_closed",
    "unavailability.rostered_gap",
    "unavailability.absent",
    "extraneous.same_person_free",
    "extraneous.colleague_free",
)
"""In the order in which an instant of waiting is given to the first that holds."""

LOOK_AHEAD = 2.0
"""Of the policy by which an order is judged, in mean handling times."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyTerms:
    """What the order of two tasks is judged by.

    Attributes
    ----------
    due : (I,) microseconds
        `NAT` where unknown: then nobody can judge.
    weight : (I,)
    handling_s : (I,)
        Expected handling of each task's type.
    """

    due: Integers
    weight: Reals
    handling_s: Reals

    def scale_s(self) -> float:
        """Return the look-ahead of the policy."""
        return LOOK_AHEAD * float(self.handling_s.mean()) if len(self.handling_s) else LOOK_AHEAD


def expect_handling(history: WorkHistory, weight: Reals | None = None) -> PolicyTerms:
    """Return what the order of tasks is judged by: their due, their weight, and the mean handling of their type."""
    worked = (history.end - history.start) / US_PER_S
    counts = np.bincount(history.type, minlength=len(history.type_names))
    sums = np.bincount(history.type, weights=worked, minlength=len(history.type_names))
    mean = np.maximum(sums / np.maximum(counts, 1), 1.0)
    return PolicyTerms(
        due=history.due,
        weight=np.ones(len(history)) if weight is None else weight,
        handling_s=mean[history.type],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class PoolSplit(Split):
    """Waiting by cause, with what each task waited behind the longest.

    Attributes
    ----------
    behind : (I,) positions
        The task of the longest stretch of contention or prioritization; -1 where there was none.
    """

    behind: Integers


def split_by_pool(
    history: WorkHistory,
    enabled: Integers,
    batches: Batches,
    *,
    pools: "list[tuple[Flags, Integers]]",
    moments: Moments,
    free: Duty,
    terms: PolicyTerms,
    pended: Integers | None = None,
    has_office: bool = False,
) -> PoolSplit:
    """Return the waiting of every instance, from `enabled` to its start, by cause.

    While a customer has to answer it is *customer*; from enabled to the batch's *ready* it is *batching*. Then by what
    the pool of people who could have done it was at (`reports.waiting.pools`): free is *extraneous*, busy is
    *contention* where nobody of the pool was at anything that was enabled later than *ready* (from the start of the
    task's own batch on: than the task itself), else *prioritization*; nobody there is *unavailability*. Where each task
    has a pool of one person this is the paper's split.

    Prioritization is *justified* where the policy (`optimizer.policy`, the product's own) would have taken the later
    task first too when that was begun, a near-tie included; *unjudged* where either has no due.

    Parameters
    ----------
    pools
        `reports.waiting.pools.find_pools`.
    free
        When people were on duty and at no work.
    pended : (P, 3)
        Instance, from, until: when it waited for a customer; by instance and time, disjoint.
    """
    rank = np.empty(len(history), dtype=np.int64)
    rank[np.lexsort((np.arange(len(history)), enabled))] = np.arange(len(history))
    held = np.zeros((0, 3), dtype=np.int64) if pended is None else pended
    held_first = np.searchsorted(held[:, 0], np.arange(len(history) + 1)).astype(np.int64)
    parts = np.zeros((len(history), len(POOL_CAUSES)), dtype=np.int64)
    behind = np.full(len(history), -1, dtype=np.int64)
    for members, waiting in pools:
        timeline = follow_pool(moments, members, rank, has_office=has_office)
        kernels.split_by_pool(
            waiting,
            members,
            timeline.start,
            timeline.state,
            timeline.latest,
            history.agent,
            history.start,
            enabled,
            batches.ready,
            batches.began,
            terms.due,
            terms.weight,
            terms.handling_s,
            terms.scale_s(),
            held_first,
            np.ascontiguousarray(held[:, 1]),
            np.ascontiguousarray(held[:, 2]),
            free.first,
            free.start,
            free.end,
            free.before,
            parts,
            behind,
        )
    return PoolSplit(causes=POOL_CAUSES, parts=parts, behind=behind)
