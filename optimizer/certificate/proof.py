"""From prices to proof: what prices of work show about the least shortfall, computed without the program."""

from collections.abc import Iterator

import numpy as np

from optimizer.certificate.demands import Demands, Positions
from optimizer.certificate.shortfall import Buckets, Groups
from optimizer.instance import Floats


def prove_shortfall(groups: Groups, buckets: Buckets, prices: Floats) -> float:
    """Return a lower bound on the seconds of work that are late in any plan, valid for any prices from 0 to 1.

    A plan that serves work earns its price, and lets at least the rest of the priced work be late. In a stretch, a
    group can earn no more than its time at the best price times speed.

    References
    ----------
    Weak duality; see Chvatal (1983), "Linear Programming", chapter 5.
    """
    num_demands, num_stretches = int(buckets.demand.max(initial=-1)) + 1, groups.seconds.shape[1]
    best = np.zeros((num_demands, num_stretches))
    for demand, first, until, price in zip(buckets.demand, buckets.first, buckets.until, prices, strict=True):
        if price > 0:
            np.maximum(best[demand, first:until], price, out=best[demand, first:until])
    earned = 0.0
    for offers, seconds in zip(groups.offers, groups.seconds, strict=True):
        rate = np.zeros(num_stretches)
        for members, speed in offers:
            asked = [demand for demand in members if demand < num_demands]
            if asked:
                np.maximum(rate, speed * best[asked].max(axis=0), out=rate)
        earned += float(rate @ seconds)
    return float(prices @ buckets.work) - earned


def split_demands(demands: Demands, among: Positions) -> Iterator[Positions]:
    """Yield demands in parts that have no agent in common."""
    parts: list[tuple[set[int], list[int]]] = []
    for demand in among.tolist():
        people, together = set(demands.agents[demand].tolist()), [demand]
        apart = []
        for part in parts:
            if part[0].isdisjoint(people):
                apart.append(part)
            else:
                people |= part[0]
                together += part[1]
        parts = [*apart, (people, together)]
    for _, together in parts:
        yield np.array(sorted(together), np.int64)
