"""Plans built by dispatching: one index rule over the whole problem, or the best of several."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from models.vocabulary import Rule
from optimizer.dispatching.apparent_cost import APPARENT_COST, Outlook, build_outlook, no_outlook, set_factors
from optimizer.dispatching.desk import Demand, open_desk, prepare
from optimizer.dispatching.list_scheduling import schedule
from optimizer.dispatching.queues import Groups, build_keys
from optimizer.instance import Instance
from optimizer.objective import get_charges, score
from optimizer.policy import CODE_OF_RULE
from optimizer.solution import Solution
from optimizer.tidying import tidy
from optimizer.timeline import get_roster

LOOK_AHEADS = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0)
"""Values of k that `best_dispatch` tries with `atc`."""

PRICING_ROUNDS, PRICING_ROUNDS_LARGE, LARGE = 6, 3, 10_000
"""Plans by apparent cost that `best_dispatch` makes, each with prices from those before: with many tasks, prices are
right sooner."""


def dispatch(instance: Instance, rule: Rule, *, k: float = 2.0) -> Solution:
    """Return the schedule that arises where every free agent takes the task of highest index.

    Parameters
    ----------
    k
        Look-ahead of `atc` in mean expected handlings; the other rules ignore it.
    """
    return _dispatch_by_rule(instance, rule, k, *prepare(instance))


def best_dispatch(instance: Instance, *, look_aheads: Iterable[float] = LOOK_AHEADS, threads: int = 2) -> Solution:
    """Return the best, by total, of the schedules that dispatching makes, tidied.

    They are those of every rule, of `atc` with each look-ahead, and of the index by apparent cost, which usually wins.
    The result does not depend on the number of threads.
    """
    prepared = prepare(instance)
    candidates = [(Rule.ATC, k) for k in look_aheads] + [(rule, 1.0) for rule in Rule if rule is not Rule.ATC]
    jobs: list[Callable[[], Solution]] = [partial(_best_by_cost, instance, *prepared)]
    jobs += [partial(_dispatch_by_rule, instance, rule, k, *prepared) for rule, k in candidates]
    with ThreadPoolExecutor(threads) as executor:
        plans = list(executor.map(lambda job: job(), jobs))
    return tidy(instance, min(plans, key=lambda plan: plan.total))


def dispatch_by_cost(instance: Instance, *, rounds: int = PRICING_ROUNDS) -> list[Solution]:
    """Return the schedules by apparent cost, each with the prices that follow from those before it."""
    return _dispatch_by_cost(instance, *prepare(instance), rounds=rounds)


def mean_handling_s(instance: Instance) -> float:
    """Return the mean expected handling of the tasks at speed 1, in seconds: the measure of look-aheads."""
    return 60.0 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0


def _best_by_cost(instance: Instance, demand: Demand, groups: Groups) -> Solution:
    rounds = PRICING_ROUNDS if instance.num_tasks < LARGE else PRICING_ROUNDS_LARGE
    return min(_dispatch_by_cost(instance, demand, groups, rounds=rounds), key=lambda plan: plan.total)


def _dispatch_by_cost(instance: Instance, demand: Demand, groups: Groups, *, rounds: int) -> list[Solution]:
    charges = get_charges(instance)
    outlook = build_outlook(instance, groups, charges, mean_handling_s(instance))
    plans: list[Solution] = []
    for _ in range(rounds):
        if plans:
            outlook = set_factors(outlook, instance, groups, charges, plans[-1].task_agent)
        plans.append(_dispatch(instance, APPARENT_COST, 1.0, outlook, demand, groups))
    return plans


def _dispatch_by_rule(instance: Instance, rule: Rule, k: float, demand: Demand, groups: Groups) -> Solution:
    return _dispatch(instance, CODE_OF_RULE[rule], k * mean_handling_s(instance), no_outlook(), demand, groups)


def _dispatch(
    instance: Instance, rule: int, scale: float, outlook: Outlook, demand: Demand, groups: Groups
) -> Solution:
    desk = open_desk(demand, groups)
    keys = build_keys(instance, groups, rule, scale)
    schedule(rule, scale, keys, outlook, demand, groups, desk, get_charges(instance), get_roster(instance))
    total = score(instance, desk.agent, desk.start, desk.end).total
    return Solution(task_agent=desk.agent, task_start=desk.start, task_end=desk.end, total=total)
