"""The deadline certificate: what is due by when, what can still wait, and the first breach that no plan avoids."""

from dataclasses import dataclass

import numpy as np

from optimizer.certificate.breach import Breach, find_breaches
from optimizer.certificate.capacity import Duty, find_duty
from optimizer.certificate.demands import Demands, find_demands
from optimizer.certificate.sets import ROUNDING_S, SkillSet, weigh_sets
from optimizer.certificate.shortfall import Groups, group_agents
from optimizer.instance import Instance, Seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """What can be said of the deadlines before any plan is made.

    Attributes
    ----------
    demands : what is due; its other lists are what does not count, and why
    grid : (P,) the hours, the first `now`, the last the end of the last shift
    sets : each set of skills by itself, the tightest first
    breaches : those at the first instant that nobody can keep, the largest first; they share no agent; none where every
        due instant can be kept if work is divisible
    """

    demands: Demands
    grid: Seconds
    sets: tuple[SkillSet, ...]
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing shows that some task which is not overdue yet must be late."""
        return not self.breaches and not len(self.demands.impossible)


def certify(instance: Instance, hours: Seconds) -> Certificate:
    """Return the deadline certificate of an instance.

    Exact for divisible work at the instants of the grid. Elsewhere arrivals are rounded down to it and due instants up,
    and setups, moves, `after`, separation and most exclusions are left out: each of these only helps, so that a breach
    is one in every plan. Where a set of skills by itself runs out between two hours, and the hours do not show it, that
    instant joins the grid.

    Parameters
    ----------
    hours : ascending instants in seconds from `now`; those outside the rosters are left out
    """
    duty = find_duty(instance)
    demands = find_demands(instance, duty)
    grid = _cut(hours, duty)
    sets = weigh_sets(demands, duty, grid)
    return Certificate(demands=demands, grid=grid, sets=sets, breaches=_first_breaches(demands, duty, grid, sets))


def _cut(hours: Seconds, duty: Duty) -> Seconds:
    """Return now, the hours until the end of the last shift, and that."""
    inside = hours[(hours > 0) & (hours < duty.last_end)]
    return np.unique(np.concatenate(([0], inside, [duty.last_end]))).astype(np.int64)


def _first_breaches(demands: Demands, duty: Duty, grid: Seconds, sets: tuple[SkillSet, ...]) -> tuple[Breach, ...]:
    """Return the breaches at the first instant that has any; what sets show by themselves narrows the search."""
    groups = group_agents(demands, duty.seconds_between(grid))
    last = len(grid) - 1
    short_from = min((item.short_from for item in sets if item.short_from is not None), default=None)
    if short_from is None:
        return _search(demands, groups, grid, limit=last, is_breach=False, probe=1)
    limit = min(int(np.searchsorted(grid, short_from)), last)
    is_breach = any(item.work_due[limit] - item.capacity[limit] > ROUNDING_S for item in sets)
    found = _search(demands, groups, grid, limit=limit, is_breach=is_breach, probe=limit - is_breach)
    if found or short_from >= grid[-1]:
        return found
    finer = np.union1d(grid, [short_from]).astype(np.int64)
    groups = group_agents(demands, duty.seconds_between(finer))
    return find_breaches(demands, groups, finer, int(np.searchsorted(finer, short_from)))


def _search(
    demands: Demands, groups: Groups, grid: Seconds, *, limit: int, is_breach: bool, probe: int
) -> tuple[Breach, ...]:
    """Return the breaches at the first point up to `limit` that has any.

    More work is due by a later point, and nothing else changes, so that a breach stays one: the search may skip.
    Programs grow with the point, so it doubles from small ones before it halves.

    Parameters
    ----------
    is_breach : whether `limit` is known to be one
    probe : where to look first
    """
    low, high = 0, limit if is_breach else limit + 1
    found: tuple[Breach, ...] | None = None
    while high - low > 1:
        probe = min(max(probe, low + 1), high - 1)
        breaches = find_breaches(demands, groups, grid, probe)
        if breaches:
            found, high = breaches, probe
            probe = (low + high) // 2
        else:
            low, probe = probe, 2 * probe
    if found is None and is_breach:
        return find_breaches(demands, groups, grid, limit)
    return found or ()
