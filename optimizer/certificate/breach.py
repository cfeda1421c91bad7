"""Work that cannot all be done in time: how much, whose, and by whom it could be done."""

from dataclasses import dataclass

import numpy as np

from optimizer.certificate.demands import Demands, Positions
from optimizer.certificate.proof import prove_shortfall, split_demands
from optimizer.certificate.sets import ROUNDING_S
from optimizer.certificate.shortfall import Buckets, Groups, fill_buckets, price_shortfall
from optimizer.instance import Floats, Ints, Seconds

PRICED = 1e-7
"""A price of less is none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Breach:
    """Work that cannot all be done in time, and by whom it could be done.

    Attributes
    ----------
    since, by : the stretch of time that is too short, seconds from `now`
    demands : the critical set
    agents : those who can do any of it and are on duty in that time
    tasks : its tasks, by due and arrival
    work : seconds at speed 1 that they take
    reachable : the most of it that anybody can do in time
    short : what is late in any plan: `work - reachable`
    num_late : at least so many of the tasks are late
    """

    since: int
    by: int
    demands: Positions
    agents: Ints
    tasks: Positions
    work: float
    reachable: float
    short: float
    num_late: int


def find_breaches(demands: Demands, groups: Groups, grid: Seconds, point: int) -> tuple[Breach, ...]:
    """Return what cannot be in time of the work due by `grid[point]`, the largest first; parts share no agent."""
    buckets = fill_buckets(demands, grid, point)
    if not len(buckets.work):
        return ()
    prices = price_shortfall(groups, buckets)
    prices[prices < PRICED] = 0.0
    if prove_shortfall(groups, buckets, prices) <= ROUNDING_S:
        return ()
    found = []
    for part in split_demands(demands, np.unique(buckets.demand[prices > 0])):
        own = np.where(np.isin(buckets.demand, part), prices, 0.0)
        short = prove_shortfall(groups, buckets, own)
        if short > ROUNDING_S:
            found.append(_describe(demands, groups, buckets, own, short, grid[: point + 1]))
    return tuple(sorted(found, key=lambda item: -item.short))


def _describe(
    demands: Demands, groups: Groups, buckets: Buckets, prices: Floats, short: float, grid: Seconds
) -> Breach:
    critical = np.flatnonzero(prices)
    tasks = np.flatnonzero(np.isin(buckets.bucket, critical))
    tasks = tasks[np.lexsort((demands.release[tasks], demands.due[tasks]))]
    first = int(buckets.first[critical].min())
    named = np.unique(buckets.demand[critical])
    people = np.unique(np.concatenate([demands.agents[demand] for demand in named.tolist()]))
    on_duty = groups.seconds[:, first : len(grid) - 1].sum(axis=1) > 0
    largest = np.cumsum(np.sort(demands.work[tasks])[::-1])
    work = float(demands.work[tasks].sum())
    return Breach(
        since=int(grid[first]),
        by=int(grid[-1]),
        demands=named,
        agents=people[on_duty[groups.agent_group[people]]],
        tasks=demands.task[tasks],
        work=work,
        reachable=max(work - short, 0.0),
        short=short,
        num_late=int(np.searchsorted(largest, short - ROUNDING_S)) + 1,
    )
