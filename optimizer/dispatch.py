"""Plans built by dispatching: one index rule over the whole problem, or the best of several."""

from collections.abc import Iterable

from models.vocabulary import Rule
from optimizer.dispatching.apparent_cost import APPARENT_COST, Outlook, build_outlook, no_outlook, set_factors
from optimizer.dispatching.desk import Demand, open_desk, prepare
from optimizer.dispatching.list_scheduling import schedule
from optimizer.dispatching.queues import Groups, build_keys
from optimizer.instance import Instance
from optimizer.objective import get_charges, score
from optimizer.policy import CODE_OF_RULE
from optimizer.solution import Solution
from optimizer.timeline import get_roster

LOOK_AHEADS = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0)
"""Values of k that `best_dispatch` tries with `atc`."""


def dispatch(instance: Instance, rule: Rule, *, k: float = 2.0) -> Solution:
    """Return the schedule that arises where every free agent takes the task of highest index.

    Parameters
    ----------
    k
        Look-ahead of `atc` in mean expected handlings; the other rules ignore it.
    """
    return _dispatch_by_rule(instance, rule, k, *prepare(instance))


def best_dispatch(instance: Instance, *, look_aheads: Iterable[float] = LOOK_AHEADS) -> Solution:
    """Return the best, by total, of the schedules that the rules make; `atc` with each look-ahead."""
    prepared = prepare(instance)
    candidates = [(rule, 2.0) for rule in Rule if rule is not Rule.ATC] + [(Rule.ATC, k) for k in look_aheads]
    plans = [_dispatch_by_rule(instance, rule, k, *prepared) for rule, k in candidates]
    plans += dispatch_by_cost(instance, *prepared)
    return min(plans, key=lambda plan: plan.total)


def mean_handling_s(instance: Instance) -> float:
    """Return the mean expected handling of the tasks at speed 1, in seconds: the measure of `atc`'s look-ahead."""
    return 60.0 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0


def dispatch_by_cost(instance: Instance, demand: Demand, groups: Groups, rounds: int = 4) -> list[Solution]:
    """Return the schedules by apparent cost, each with the prices that follow from the one before it."""
    charges = get_charges(instance)
    outlook = build_outlook(instance, groups, charges, mean_handling_s(instance))
    plans = []
    for _ in range(rounds):
        plans.append(_dispatch(instance, APPARENT_COST, 1.0, outlook, demand, groups))
        outlook = set_factors(outlook, instance, groups, charges, plans[-1].task_agent)
    return plans


def _dispatch_by_rule(instance: Instance, rule: Rule, k: float, demand: Demand, groups: Groups) -> Solution:
    return _dispatch(instance, CODE_OF_RULE[rule], k * mean_handling_s(instance), no_outlook(), demand, groups)


def _dispatch(
    instance: Instance, rule: int, scale: float, outlook: Outlook, demand: Demand, groups: Groups
) -> Solution:
    desk = open_desk(demand, groups)
    schedule(
        rule,
        scale,
        build_keys(instance, groups, rule, scale),
        outlook,
        demand,
        groups,
        desk,
        get_charges(instance),
        get_roster(instance),
    )
    total = score(instance, desk.agent, desk.start, desk.end).total
    return Solution(task_agent=desk.agent, task_start=desk.start, task_end=desk.end, total=total)
