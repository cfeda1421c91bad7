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

LOOK_AHEADS = (2.0, 4.0, 1.0, 8.0, 0.5, 12.0)
"""Values of k that `best_dispatch` tries with `atc`, those that win most first."""

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


def best_dispatch(
    instance: Instance,
    *,
    look_aheads: Iterable[float] = LOOK_AHEADS,
    threads: int = 2,
    is_over: Callable[[], bool] | None = None,
) -> Solution:
    """Return the best, by total, of the schedules that dispatching makes, tidied.

    They are those of the index by apparent cost, which usually wins, of `atc` with each look-ahead, and of every other
    rule. The result does not depend on the number of threads.

    Parameters
    ----------
    is_over
        Asked before each schedule but the first: those that would begin when it says so are left out.
    """
    is_over = is_over or _is_never_over
    prepared = prepare(instance)
    candidates = [(Rule.ATC, k) for k in look_aheads] + [(rule, 1.0) for rule in Rule if rule is not Rule.ATC]
    jobs = [partial(_dispatch_by_rule, instance, rule, k, *prepared) for rule, k in candidates]
    rounds = PRICING_ROUNDS if instance.num_tasks < LARGE else PRICING_ROUNDS_LARGE
    with ThreadPoolExecutor(threads) as executor:
        by_cost = executor.submit(_dispatch_by_cost, instance, *prepared, rounds=rounds, is_over=is_over)
        by_rule = list(executor.map(lambda job: None if is_over() else job(), jobs))
        plans = by_cost.result() + [plan for plan in by_rule if plan is not None]
    best = min(plans, key=lambda plan: plan.total)
    return best if is_over() else tidy(instance, best)


def dispatch_by_cost(instance: Instance, *, rounds: int = PRICING_ROUNDS) -> list[Solution]:
    """Return the schedules by apparent cost, each with the prices that follow from those before it."""
    return _dispatch_by_cost(instance, *prepare(instance), rounds=rounds, is_over=_is_never_over)


def mean_handling_s(instance: Instance) -> float:
    """Return the mean expected handling of the tasks at speed 1, in seconds: the measure of look-aheads."""
    return 60.0 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0


def _dispatch_by_cost(
    instance: Instance, demand: Demand, groups: Groups, *, rounds: int, is_over: Callable[[], bool]
) -> list[Solution]:
    charges = get_charges(instance)
    outlook = build_outlook(instance, groups, charges, mean_handling_s(instance))
    plans: list[Solution] = []
    for _ in range(rounds):
        if plans and is_over():
            break
        if plans:
            outlook = set_factors(outlook, instance, groups, charges, plans[-1].task_agent)
        plans.append(_dispatch(instance, APPARENT_COST, 1.0, outlook, demand, groups))
    return plans


def _is_never_over() -> bool:
    return False


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
