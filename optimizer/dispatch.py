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

INSTANTS_A_LOOK = 2_000
"""Instants of a day for which it is dispatched before anybody looks at the clock: some 20 ms."""


def dispatch(instance: Instance, rule: Rule, *, k: float = 2.0) -> Solution:
    """Return the schedule that arises where every free agent takes the task of highest index.

    Parameters
    ----------
    k
        Look-ahead of `atc` in mean expected handlings; the other rules ignore it.
    """
    return _dispatch_by_rule(instance, rule, k, *prepare(instance), is_over=_is_never_over)[0]


def best_dispatch(
    instance: Instance,
    *,
    look_aheads: Iterable[float] = LOOK_AHEADS,
    threads: int = 2,
    is_over: Callable[[], bool] | None = None,
    is_cut: Callable[[], bool] | None = None,
) -> Solution:
    """Return the best, by total, of the schedules that dispatching makes, tidied.

    They are those of the index by apparent cost, which usually wins, of `atc` with each look-ahead, and of every other
    rule. The result does not depend on the number of threads.

    Parameters
    ----------
    is_over
        Asked all along: schedules that are not complete when it says so are left out, all but the first.
    is_cut
        Asked while the first is made: when it says so, what is scheduled by then is the answer, the rest is left.
    """
    is_over, is_cut = is_over or _is_never_over, is_cut or _is_never_over
    prepared = prepare(instance)
    candidates = [(Rule.ATC, k) for k in look_aheads] + [(rule, 1.0) for rule in Rule if rule is not Rule.ATC]
    jobs = [partial(_dispatch_by_rule, instance, rule, k, *prepared, is_over=is_over) for rule, k in candidates]
    rounds = PRICING_ROUNDS if instance.num_tasks < LARGE else PRICING_ROUNDS_LARGE
    with ThreadPoolExecutor(threads) as executor:
        by_cost = executor.submit(_dispatch_by_cost, instance, *prepared, rounds=rounds, is_over=is_over, is_cut=is_cut)
        by_rule = list(executor.map(lambda job: [] if is_over() else job(), jobs))
        plans = by_cost.result() + [plan for plans in by_rule for plan in plans]
    return tidy(instance, min(plans, key=lambda plan: plan.total), is_over=is_over)


def dispatch_by_cost(instance: Instance, *, rounds: int = PRICING_ROUNDS) -> list[Solution]:
    """Return the schedules by apparent cost, each with the prices that follow from those before it."""
    prepared = prepare(instance)
    return _dispatch_by_cost(instance, *prepared, rounds=rounds, is_over=_is_never_over, is_cut=_is_never_over)


def mean_handling_s(instance: Instance) -> float:
    """Return the mean expected handling of the tasks at speed 1, in seconds: the measure of look-aheads."""
    return 60.0 * float(instance.task_handling.mean()) if instance.num_tasks else 60.0


def _dispatch_by_cost(
    instance: Instance,
    demand: Demand,
    groups: Groups,
    *,
    rounds: int,
    is_over: Callable[[], bool],
    is_cut: Callable[[], bool],
) -> list[Solution]:
    charges = get_charges(instance)
    outlook = build_outlook(instance, groups, charges, mean_handling_s(instance))
    plan, is_complete = _dispatch(instance, APPARENT_COST, 1.0, outlook, demand, groups, is_cut)
    plans = [plan]
    while is_complete and len(plans) < rounds and not is_over():
        outlook = set_factors(outlook, instance, groups, charges, plan.task_agent)
        plan, is_complete = _dispatch(instance, APPARENT_COST, 1.0, outlook, demand, groups, is_over)
        if is_complete:
            plans.append(plan)
    return plans


def _is_never_over() -> bool:
    return False


def _dispatch_by_rule(
    instance: Instance, rule: Rule, k: float, demand: Demand, groups: Groups, *, is_over: Callable[[], bool]
) -> list[Solution]:
    """Return the plan by a rule, none if there was no time to complete it."""
    scale, outlook = k * mean_handling_s(instance), no_outlook()
    plan, is_complete = _dispatch(instance, CODE_OF_RULE[rule], scale, outlook, demand, groups, is_over)
    return [plan] if is_complete else []


def _dispatch(
    instance: Instance,
    rule: int,
    scale: float,
    outlook: Outlook,
    demand: Demand,
    groups: Groups,
    is_over: Callable[[], bool],
) -> tuple[Solution, bool]:
    """Return a plan and whether it is complete: what is scheduled until it is over holds by itself."""
    desk, charges, roster = open_desk(demand, groups), get_charges(instance), get_roster(instance)
    keys = build_keys(instance, groups, rule, scale)
    is_complete = False
    while not is_complete and not is_over():
        is_complete = schedule(INSTANTS_A_LOOK, rule, scale, keys, outlook, demand, groups, desk, charges, roster)
    total = score(instance, desk.agent, desk.start, desk.end).total
    return Solution(task_agent=desk.agent, task_start=desk.start, task_end=desk.end, total=total), is_complete
