"""The door to the daily plan: who does what and when, what is left for later, and how near that is to the best."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer import bounds
from optimizer.bounds import bound, quick_bound
from optimizer.dispatch import best_dispatch
from optimizer.exact import solve_exactly
from optimizer.explain import explain
from optimizer.instance import Instance
from optimizer.keeping import keep
from optimizer.objective import score
from optimizer.search.progress import Progress
from optimizer.search.search import Search
from optimizer.search.stopping import Stop
from optimizer.search.tiny import tiny_instance
from optimizer.solution import Solution

__all__ = ["Progress", "solve", "warm_up"]

SEARCH_SHARE, SEARCH_SHARE_AT_ONCE, LONG_S = 0.75, 0.9, 5.0
"""Part of a long time limit for the search, and of a short one: the bound, which has the rest, proves most of what it
can within a second, and a search in haste wants every moment. Both use all threads, one after the other."""

PROOF_S_PER_TASK = 1.5e-5
"""Seconds for each task that the bound needs to say more than the quick one; with less, the search has all the time."""

EXACT_SHARE = 0.15
"""Part of the time limit for the search where the problem is small enough to be solved exactly."""

MOST_EXACT_TASKS = 40
"""A problem of up to so many tasks is worth an attempt at its proven optimum."""

ITERATIONS_A_ROUND = 20_000
"""Candidates of the search that cost about as much as one round of the bound, where iterations are counted."""

MOST_ROUNDS = 400

ROUNDS_OF_SMALL = 20
"""Rounds of the bound for the sake of its prices, where the bound itself is proven exactly."""


DISPATCH_SHARE = 0.4
"""Part of the search's time after which no further plan by dispatching is begun."""

LEAST_DISPATCH_S = 0.15
"""Seconds that dispatching may take whatever the limit: every rule, up to some 5,000 tasks."""

SETUP_S_PER_TASK = 4e-6
"""Seconds for each task that a search takes to set itself up; with less, it does not begin."""


def solve(
    instance: Instance,
    *,
    seed: int = 0,
    time_limit_s: float | None = 10.0,
    iterations: int | None = None,
    threads: int = 2,
    start: Solution | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Solution:
    """Return the best plan found, never worse than the best dispatch rule or the start, with a proven lower bound.

    Parameters
    ----------
    time_limit_s
        Seconds to search and prove; of no account where `iterations` is given.
    iterations
        Candidates to try, which bounds the rounds of the bound as well: the same number and seed give the same plan
        and the same bound, whatever `threads` is.
    threads
        Threads that work.
    start
        A plan to begin from; what of it does not hold is left out.
    on_progress
        Called from this thread now and then.
    cancel
        Ends the work soon after it is set; the best plan so far is returned, and before there is one, what is
        scheduled of the first.
    """
    whole = Stop(time_limit_s=time_limit_s, iterations=iterations, cancel=cancel)
    is_small = iterations is None and 0 < instance.num_tasks <= MOST_EXACT_TASKS
    share = EXACT_SHARE if is_small else _share_of_search(time_limit_s)
    if time_limit_s is not None and not _can_prove(instance, (1.0 - share) * time_limit_s):
        share = 1.0
    stop = Stop(
        time_limit_s=None if time_limit_s is None else share * time_limit_s, iterations=iterations, cancel=cancel
    )
    best = _search(instance, stop, seed=seed, threads=threads, start=start, on_progress=on_progress)
    least, prices = min(quick_bound(instance), best.total), None
    if least < best.total and not whole.is_cancelled() and _can_prove(instance, whole.remaining_s()):
        left_s = None if whole.remaining_s() == float("inf") else max(0.0, whole.remaining_s())
        if is_small:
            exact = solve_exactly(instance, time_limit_s=left_s, start=best, threads=threads, seed=seed, cancel=cancel)
            best = replace(exact, iterations=best.iterations)
            least = max(least, exact.lower_bound)
            prices = bound(instance, iterations=ROUNDS_OF_SMALL, threads=threads, cancel=cancel).prices
        else:
            rounds = None if iterations is None else min(MOST_ROUNDS, 1 + iterations // ITERATIONS_A_ROUND)
            proven = bound(
                instance,
                time_limit_s=left_s,
                iterations=rounds,
                threads=threads,
                cancel=cancel,
                target=best.total,
            )
            least, prices = max(least, proven.value), proven.prices
    return replace(best, lower_bound=min(least, best.total), seconds=whole.seconds(), prices=prices)


def _share_of_search(time_limit_s: float | None) -> float:
    """Return the part of a limit for the search: what is left for the bound grows with the limit up to `LONG_S`."""
    part = 1.0 if time_limit_s is None else min(1.0, time_limit_s / LONG_S)
    return SEARCH_SHARE_AT_ONCE + (SEARCH_SHARE - SEARCH_SHARE_AT_ONCE) * part


def _can_prove(instance: Instance, seconds: float) -> bool:
    """Tell whether the bound can come further in so many seconds than to set itself up."""
    return seconds > PROOF_S_PER_TASK * instance.num_tasks


def warm_up() -> None:
    """Compile the kernels of dispatch, search, bound and explanation, so that no plan waits for them."""
    instance = tiny_instance()
    plan = solve(instance, iterations=2_000, time_limit_s=None)
    keep(instance, plan.task_agent, plan.task_start)
    bounds.warm_up()
    explain(instance, np.full_like(plan.task_agent, -1), plan.task_start, plan.task_end)


def _search(
    instance: Instance,
    stop: Stop,
    *,
    seed: int,
    threads: int,
    start: Solution | None,
    on_progress: Callable[[Progress], None] | None,
) -> Solution:
    best = _begin(instance, stop, threads) if start is None else start
    if instance.num_tasks == 0 or instance.num_agents == 0:
        return best
    if start is None and (stop.is_cancelled() or stop.remaining_s() <= SETUP_S_PER_TASK * instance.num_tasks):
        return best
    search = Search(instance, (best.task_agent, best.task_start), seed=seed, threads=threads, is_calm=start is not None)
    first = search.best
    search.run(stop, on_progress)
    agent, begins, ends = search.best
    total = score(instance, agent, begins, ends).total
    if start is None and total > best.total:
        agent, begins, ends, total = best.task_agent, best.task_start, best.task_end, best.total
    elif start is not None and (kept := score(instance, *first).total) < total:
        agent, begins, ends, total = *first, kept
    return Solution(
        task_agent=np.asarray(agent), task_start=begins, task_end=ends, total=total, iterations=search.iterations
    )


def _begin(instance: Instance, stop: Stop, threads: int) -> Solution:
    """Return the best plan by dispatching, or on a large problem in little time the best of what there is time for.

    A first plan is completed whatever the limit is; where somebody cancels, it leaves what it has not come to.
    """
    at_least_s = stop.seconds() + LEAST_DISPATCH_S
    at_most_s = max(at_least_s, stop.seconds() + DISPATCH_SHARE * stop.remaining_s())

    def is_over() -> bool:
        return stop.seconds() >= (at_least_s if stop.is_cancelled() else at_most_s)

    def is_cut() -> bool:
        return stop.is_cancelled() and stop.seconds() >= at_least_s

    return best_dispatch(instance, threads=threads, is_over=is_over, is_cut=is_cut)
