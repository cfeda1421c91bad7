"""Plans built by dispatching: one index rule over the whole problem, or the best of several."""

from collections.abc import Iterable

from models.vocabulary import Rule
from optimizer.dispatching.calendar import build_calendar
from optimizer.dispatching.list_scheduling import Demand, schedule
from optimizer.dispatching.preparation import open_desk, prepare
from optimizer.dispatching.queues import Groups, build_bounds
from optimizer.instance import Instance, Ints
from optimizer.objective import get_charges, score
from optimizer.policy import CODE_OF_RULE
from optimizer.solution import Solution
from optimizer.timeline import get_roster

LOOK_AHEADS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Values of k that `best_dispatch` tries with `atc`."""


def dispatch(instance: Instance, rule: Rule, *, k: float = 2.0) -> Solution:
    """Return the schedule that arises where every free agent takes the task of highest index.

    Parameters
    ----------
    k
        Look-ahead of `atc` in mean expected handlings; the other rules ignore it.
    """
    return _dispatch(instance, rule, k, *prepare(instance))


def best_dispatch(instance: Instance, *, look_aheads: Iterable[float] = LOOK_AHEADS) -> Solution:
    """Return the best, by total, of the schedules that the rules make; `atc` with each look-ahead."""
    prepared = prepare(instance)
    candidates = [(rule, 2.0) for rule in Rule if rule is not Rule.ATC] + [(Rule.ATC, k) for k in look_aheads]
    return min((_dispatch(instance, rule, k, *prepared) for rule, k in candidates), key=lambda s: s.total)


def mean_handling_s(instance: Instance) -> float:
    """Return the mean expected handling of the tasks at speed 1, in seconds: the measure of `atc`'s look-ahead."""
    return 60.0 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0


def _dispatch(instance: Instance, rule: Rule, k: float, demand: Demand, groups: Groups, rank: Ints) -> Solution:
    code, scale = CODE_OF_RULE[rule], k * mean_handling_s(instance)
    desk = open_desk(instance, demand, groups)
    bounds = build_bounds(instance, groups, code, scale)
    schedule(
        code,
        scale,
        demand,
        groups,
        bounds,
        build_calendar(rank),
        desk,
        get_charges(instance),
        get_roster(instance),
    )
    total = score(instance, desk.agent, desk.start, desk.end).total
    return Solution(task_agent=desk.agent, task_start=desk.start, task_end=desk.end, total=total)
