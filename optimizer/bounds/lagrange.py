"""A proven lower bound: first time is priced, then tasks, and each time the prices are improved.

With time priced, each task takes its cheapest outcome (`hours`). With tasks priced, what is left falls apart into
shifts, each solved exactly with its breaks, setups and moves, which proves more and takes longer: that each task is
done at most once is dropped and priced, from what the priced hours left of each task's cost, by a bundle. At last runs
of one type are held to an order in which swapping two neighbours is no better (`runs`), which hardly leaves a way to do
a task twice; it takes ten times as long again. Whatever the prices, each value is a bound on the total of every plan.

References
----------
Geoffrion (1974), Lagrangean relaxation for integer programming; Pessoa, Uchoa, Poggi de Aragão, Rodrigues (2010),
Exact algorithm over an arc-time-indexed formulation for parallel machine scheduling problems.
"""

import math
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from optimizer.bounds.bundle import Bundle
from optimizer.bounds.climb import Climb
from optimizer.bounds.columns import charges, shift_columns, task_columns
from optimizer.bounds.costs import TaskCosts, lower, tabulate_costs
from optimizer.bounds.hours import MOST_PAIRS, Hours
from optimizer.bounds.pricing import Answers, Pricing, ShiftPricing
from optimizer.bounds.pricing_runs import RunPricing
from optimizer.bounds.quick import Outcomes, find_outcomes
from optimizer.instance import Floats, Instance
from optimizer.prices import Prices, make_prices, slot_ends, worked_seconds
from optimizer.search.stopping import Stop
from optimizer.search.tiny import tiny_instance

CELL = 1
"""Seconds of a cell of a shift: with coarser ones, what rounding loses is more than setups bring."""

HOURS_SHARE = 0.5
"""Part of the limit after which shifts are priced where there is time for many rounds of that, or rounds count."""

MANY_ROUNDS, FEW_ROUNDS = 150, 3
"""Rounds of priced shifts from which on they are given their whole share, and those that they are given at most
otherwise: the first of them bring most."""

SHIFTS_SHARE = 0.3
"""Part of what is left of the limit after which runs are held to their order, where there is time for that."""

FEW_RUN_ROUNDS, MOST_SETUP_S = 12, 15.0
"""Rounds of ordered runs that there must be time for, and the longest it may take to find the orders."""

MOST_NUMBERS = 25_000_000
"""Largest tables that ordered runs may need in a thread."""

FIRST_STEP, FIRST_RUN_STEP = 0.1, 0.003
"""First step of the bundle, in parts of what a task gains on average, and the first where prices are good already."""

ENOUGH = 1e-5
"""What the bundle may still hope for, as a part of the bound, when all is done."""

MOST_NULLS = 6
"""Rounds without a better bound after which the next ones stay nearer to the best."""

PATIENCE = 4
"""Times that the distance from the centre is made cheaper before a bundle that allows no more is believed."""


MOST_STALLS = 4
"""Times that a climb begins anew near its best prices when the bundle allows no more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bound:
    """A proven bound on the total of any plan, the prices that prove it, and what it took."""

    value: float
    prices: Prices
    iterations: int
    seconds: float


def bound(
    instance: Instance,
    *,
    time_limit_s: float | None = 10.0,
    iterations: int | None = None,
    threads: int = 2,
    cancel: threading.Event | None = None,
    target: Callable[[], float] | float | None = None,
) -> Bound:
    """Return a lower bound on the total of every plan.

    Parameters
    ----------
    time_limit_s
        Seconds to spend; ignored where `iterations` is given.
    iterations
        Rounds of pricing: the same number and target give the same bound, whatever `threads` is.
    cancel
        Ends it soon after it is set, with the bound so far.
    target
        The total of the best plan known: a bound that reaches it ends the work.
    """
    ascent = _Ascent(instance, Stop(time_limit_s=time_limit_s, iterations=iterations, cancel=cancel), target)
    with ThreadPoolExecutor(max_workers=max(1, threads)) as executor:
        ascent.run(executor, max(1, threads))
    return Bound(
        value=ascent.climb.best,
        prices=ascent.prices(),
        iterations=ascent.climb.rounds,
        seconds=ascent.climb.stop.seconds(),
    )


def warm_up() -> None:
    """Compile the kernels of the bound, so that no plan waits for them."""
    bound(tiny_instance(), iterations=20)


class _Ascent:
    """The search for the best prices."""

    def __init__(self, instance: Instance, stop: Stop, target: Callable[[], float] | float | None):
        self.instance = instance
        self.costs: TaskCosts = tabulate_costs(instance)
        self.outcomes: Outcomes = find_outcomes(instance, self.costs)
        self.climb = Climb(instance, stop, target, lower(math.fsum(self.outcomes.cheapest)))
        self.shifts = shift_columns(instance, self.outcomes.can_be_done)
        gain = (self.costs.left - self.outcomes.cheapest)[self.outcomes.can_be_done]
        self.gain = float(gain.mean()) if len(gain) else 0.0

    def run(self, executor: Executor, threads: int) -> None:
        """Improve the prices until the limit, or until there is nothing to hope for."""
        pairs = int(np.diff(self.shifts.line_task_ptr)[self.shifts.agent_line].sum())
        has_hope = self.gain > 0 and bool(np.isfinite(self.gain))
        if not has_hope or pairs > MOST_PAIRS or self.climb.is_over():
            return
        columns, costs = task_columns(self.instance, self.costs, self.outcomes.release), charges(self.instance)
        ends = slot_ends(self.instance)
        shifts = ShiftPricing(self.shifts, columns, costs, CELL, ends)
        hours = Hours(self.climb, self.costs, self.outcomes, columns, self.shifts, costs, executor)
        hours.run(self._share_of_hours(shifts.seconds / threads))
        if not shifts.chunks:
            return
        runs = RunPricing(self.instance, self.shifts, columns, costs, self.costs.left)
        if not self._has_time_for(runs, threads):
            self._climb(shifts, Bundle(num_rows=len(self.shifts.agent)), FIRST_STEP, executor, threads, math.inf)
            return
        progress = self.climb.progress()
        bundle = Bundle(num_rows=len(self.shifts.agent))
        self._climb(shifts, bundle, FIRST_STEP, executor, threads, progress + SHIFTS_SHARE * (1 - progress))
        bundle.keep_elementary()  # no ordered runs cost more than these
        if self._has_time_for(runs, threads) and runs.prepare(ends, executor, threads, self.climb.stop):
            self._climb(runs, bundle, FIRST_RUN_STEP, executor, threads, math.inf)

    def _has_time_for(self, runs: RunPricing, threads: int) -> bool:
        """Tell whether it is worth it to hold runs to their order."""
        stop = self.climb.stop
        if self.climb.is_over() or runs.most_numbers > MOST_NUMBERS or runs.setup_s > MOST_SETUP_S * threads:
            return False
        needed_s = (runs.setup_s + FEW_RUN_ROUNDS * runs.round_s) / threads
        return stop.iterations is not None or needed_s < stop.remaining_s()

    def _share_of_hours(self, round_s: float) -> float:
        """Return the part of the limit after which shifts are priced, a round of which takes some seconds."""
        limit = self.climb.stop.time_limit_s
        if self.climb.stop.iterations is not None or limit is None:
            return HOURS_SHARE
        rest = (1 - HOURS_SHARE) * limit
        return HOURS_SHARE if rest >= MANY_ROUNDS * round_s else 1 - min(rest, FEW_ROUNDS * round_s) / limit

    def _climb(
        self, pricing: Pricing, bundle: Bundle, first_step: float, executor: Executor, threads: int, until: float
    ) -> None:
        """Price shifts: improve the prices of tasks by a bundle, until a part of the limit is used up."""
        climb, is_in, left = self.climb, self.outcomes.can_be_done, self.costs.left
        aside = math.fsum(self.outcomes.cheapest[~is_in])
        work = np.maximum(self.outcomes.shortest, 1)
        scale = np.where(is_in, np.sqrt(work * (len(work) / max(1, int(work.sum())))), 0.0)
        centre = price = np.where(is_in, np.clip(climb.task_price, 0.0, left), 0.0)
        best, hope, nulls, stalls, is_first = -math.inf, math.inf, 0, 0, True
        step = first_step * self.gain
        while not climb.is_over() and climb.progress() < until:
            answers = pricing.ask(np.where(is_in, left - price, 0.0), executor, threads, climb.stop)
            if answers is None:
                break
            climb.rounds += 1
            value = aside + math.fsum((left - price)[is_in]) + math.fsum(answers.values)
            bundle.add(answers.rows, answers.paths, answers.counts, answers.values, price)
            if is_first or value > best + 0.1 * hope:
                if not is_first and value > best + 0.3 * hope:
                    step = min(2 * step, 1e3 * self.gain)
                best, centre, nulls, is_first = value, price, 0, False
                self._offer(value - self._error(answers, pricing), centre, pricing, answers)
            else:
                nulls += 1
                if nulls == MOST_NULLS:
                    step, nulls = max(step / 2, 1e-6 * self.gain), 0
            sweeps = int(min(60, max(5, 10_000_000 // (len(bundle.task) + 1))))
            enough = ENOUGH * abs(best)
            for _ in range(PATIENCE):
                price, allowed = bundle.propose(centre, scale, step, sweeps)
                hope = aside + math.fsum((left - price)[is_in]) + allowed - best
                if hope > enough:
                    break
                step = min(8 * step, 1e3 * self.gain)
            else:
                # With steps this long the mix is rough: look again from nearby before it is believed.
                stalls += 1
                if stalls > MOST_STALLS:
                    break
                step = first_step * self.gain / 4**stalls
                price, allowed = bundle.propose(centre, scale, step, 4 * sweeps)
                hope = aside + math.fsum((left - price)[is_in]) + allowed - best
            bundle.forget(20)

    def _offer(self, value: float, price: Floats, pricing: Pricing, answers: Answers) -> None:
        def earn() -> Floats:
            earned = np.zeros((self.instance.num_agents, len(pricing.slot_ends)))
            np.add.at(earned, pricing.shifts.agent, answers.slot_worth)
            return earned

        self.climb.offer(value, price, earn)

    def _error(self, answers: Answers, pricing: Pricing) -> float:
        """Return what rounding may have added to a value: each sum along a sequence rounds once a task."""
        costs = self.costs
        shortest = int(self.outcomes.shortest[self.outcomes.can_be_done].min())
        longest = pricing.cells // max(1, shortest) + 4
        last = float(self.instance.work_end.max(initial=0)) + float(np.abs(self.instance.task_due).max(initial=0))
        largest = float((costs.left + costs.rate * last + costs.late).max(initial=0)) + costs.missed
        largest += pricing.charges.move + pricing.charges.preferred + pricing.charges.reassigned
        in_shifts = float((longest * (np.abs(answers.values) + 4 * largest)).sum())
        return 1e-15 * (in_shifts + 10 * float(costs.left.sum()))

    def prices(self) -> Prices:
        """Return what tasks and time are worth at the prices of the best bound."""
        instance, ends, shifts = self.instance, slot_ends(self.instance), self.shifts
        earned = self.climb.earned()
        if earned is None:
            earned = np.zeros((instance.num_agents, len(ends)))
        owner = np.repeat(shifts.agent, np.diff(shifts.work_ptr))
        worked = worked_seconds(ends, instance.num_agents, owner, shifts.work_start, shifts.work_end)
        agents = np.repeat(np.arange(instance.num_agents), np.diff(shifts.agent_line_ptr))
        types, agents = np.unique(np.stack((shifts.line_type[shifts.agent_line], agents)), axis=1)
        return make_prices(instance, ends, self.climb.task_price, earned, worked, (types, agents))
