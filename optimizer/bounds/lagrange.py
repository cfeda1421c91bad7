"""A proven lower bound: tasks are paid for being done, shifts take what earns them most, and the prices are improved.

That each task is done at most once is dropped and priced instead. What is left falls apart into shifts, each solved
exactly with its breaks, setups and moves. Whatever the prices, the value is a bound on the total of every plan; the
best prices are sought by a bundle, first with time in coarse cells and then in finer ones.

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

from models.vocabulary import Rule
from optimizer.bounds.bundle import Bundle
from optimizer.bounds.columns import charges, shift_columns, task_columns
from optimizer.bounds.costs import TaskCosts, completion_cost, lower, tabulate_costs
from optimizer.bounds.pricing import Answers, Pricing
from optimizer.bounds.quick import Outcomes, find_outcomes
from optimizer.dispatch import dispatch
from optimizer.instance import Flags, Floats, Instance, Seconds
from optimizer.prices import Prices, make_prices, slot_ends, worked_seconds
from optimizer.search.stopping import Stop
from optimizer.search.tiny import tiny_instance
from optimizer.solution import Solution

CELLS = ((20_000, (5, 1)), (400_000, (5,)), (3_000_000, (15,)))
"""Seconds of a cell, stage by stage, up to so many pairs of a task and a shift in which it may be done."""

COARSE = (60,)
"""Seconds of a cell beyond that."""

HAND_OVER = 0.6
"""Part of the limit after which a stage hands over to a finer one."""

ENOUGH, ALL = 5e-4, 1e-5
"""What a stage may still hope for, as a part of its bound, when it hands over, and when all is done."""

PATIENCE = 4
"""Times that the distance from the centre is made cheaper before a bundle that allows no more is believed."""


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
    start: Solution | None = None,
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
    start
        A plan whose order tells the first prices; that of a dispatch rule where none is given.
    """
    ascent = _Ascent(instance, Stop(time_limit_s=time_limit_s, iterations=iterations, cancel=cancel), target)
    ascent.begin(start)
    with ThreadPoolExecutor(max_workers=max(1, threads)) as executor:
        ascent.run(executor, max(1, threads))
    return Bound(
        value=ascent.best,
        prices=ascent.prices(),
        iterations=ascent.rounds,
        seconds=ascent.stop.seconds(),
    )


def warm_up() -> None:
    """Compile the kernels of the bound, so that no plan waits for them."""
    bound(tiny_instance(), iterations=2)


class _Ascent:
    """The search for the best prices."""

    def __init__(self, instance: Instance, stop: Stop, target: Callable[[], float] | float | None):
        self.instance, self.stop, self.target = instance, stop, target
        self.costs: TaskCosts = tabulate_costs(instance)
        self.outcomes: Outcomes = find_outcomes(instance, self.costs)
        self.best = lower(math.fsum(self.outcomes.cheapest))
        self.rounds = 0
        self.slot_ends: Seconds = slot_ends(instance)
        self.price: Floats = np.zeros(instance.num_tasks)
        self.kept: tuple[Floats, Pricing | None, Floats] = (self.price, None, np.zeros((0, len(self.slot_ends))))
        gain = (self.costs.left - self.outcomes.cheapest)[self.outcomes.can_be_done]
        self.step = 0.08 * float(gain.mean()) if len(gain) else 0.0
        self.span = self.step
        self.has_hope = self.span > 0 and bool(np.isfinite(self.span))
        work = np.maximum(self.outcomes.shortest, 1)
        self.scale: Floats = np.sqrt(work * (len(work) / max(1, int(work.sum()))))

    def begin(self, start: Solution | None) -> None:
        """Set the first prices: what a plan pays for the time of the tasks that it does, and nothing for the others.

        A second of an agent's time costs all that still waits for it and is late already, and what a second earns by
        the last task that would be done if all went by gain alone.
        """
        if not self.has_hope or self._is_over():
            return
        instance, costs = self.instance, self.costs
        plan = dispatch(instance, Rule.ATC) if start is None else start
        done = np.flatnonzero((plan.task_agent >= 0) & self.outcomes.can_be_done)
        order = done[np.lexsort((plan.task_start[done], plan.task_agent[done]))]
        agents, ends = plan.task_agent[order], plan.task_end[order]
        rate = np.where(ends > np.maximum(instance.task_due[order], 0), costs.rate[order], 0.0)
        behind = np.append(np.cumsum(rate[::-1])[::-1], 0.0)
        last = np.searchsorted(agents, agents, "right")
        second = behind[1:] - behind[last] + self._worth_of_a_second()
        paid = second * self.outcomes.shortest[order] + completion_cost(instance, costs, order, ends)
        self.price[order] = np.maximum(0.0, costs.left[order] - paid)

    def run(self, executor: Executor, threads: int) -> None:
        """Improve the prices until the limit, or until there is nothing to hope for."""
        if not self.has_hope:
            return
        columns = task_columns(self.instance, self.costs, self.outcomes.release)
        shifts = shift_columns(self.instance, self.outcomes.can_be_done)
        pairs = int(np.diff(shifts.line_task_ptr)[shifts.agent_line].sum())
        cells = next((cells for most, cells in CELLS if pairs <= most), COARSE)
        for cell in cells:
            is_in = self.outcomes.can_be_done & (self.outcomes.shortest >= cell)
            if not is_in.all():
                shifts = shift_columns(self.instance, is_in)
            pricing = Pricing(shifts, columns, charges(self.instance), cell, self.slot_ends)
            if pricing.chunks and not self._climb(pricing, is_in, cell == cells[-1], executor, threads):
                return

    def _worth_of_a_second(self) -> float:
        """Return what a second of work earns by the last task that is done if all are by gain per second."""
        gain = np.where(self.outcomes.can_be_done, self.costs.left - self.outcomes.cheapest, 0.0)
        work = np.maximum(self.outcomes.shortest, 1)
        ahead = self.instance.work_end > 0
        capacity = (self.instance.work_end - np.maximum(self.instance.work_start, 0))[ahead].sum()
        order = np.argsort(-gain / work, kind="stable")
        last = int(np.searchsorted(np.cumsum(work[order]), capacity))
        return float((gain / work)[order[last]]) if last < len(order) else 0.0

    def _climb(self, pricing: Pricing, is_in: Flags, is_last: bool, executor: Executor, threads: int) -> bool:
        """Improve the prices with one size of cells; return whether there is time and hope for another."""
        left, num_rows = self.costs.left, len(pricing.shifts.agent)
        aside = math.fsum(self.outcomes.cheapest[~is_in])
        bundle = Bundle(num_rows=num_rows)
        scale = np.where(is_in, self.scale, 0.0)
        centre = price = np.where(is_in, np.minimum(self.price, left), 0.0)
        best, hope, nulls, is_first = -math.inf, math.inf, 0, True
        step = self.step
        while not self._is_over():
            answers = pricing.ask(np.where(is_in, left - price, 0.0), executor, threads, self.stop)
            if answers is None:
                break
            self.rounds += 1
            value = aside + math.fsum((left - price)[is_in]) + math.fsum(answers.values)
            bundle.add(answers.rows, answers.paths, answers.counts, answers.values, price)
            if is_first or value > best + 0.1 * hope:
                if not is_first and value > best + 0.3 * hope:
                    step = min(2 * step, 1e4 * self.span)
                best, centre, nulls, is_first = value, price, 0, False
                self._keep(value - self._error(answers, pricing), centre, pricing, answers)
            else:
                nulls += 1
                if nulls == 10:
                    step, nulls = max(step / 2, 1e-5 * self.span), 0
            sweeps = int(min(60, max(5, 10_000_000 // (len(bundle.task) + 1))))
            enough = (ALL if is_last else ENOUGH) * abs(best)
            for _ in range(PATIENCE):
                price, allowed = bundle.propose(centre, scale, step, sweeps)
                hope = aside + math.fsum((left - price)[is_in]) + allowed - best
                if hope > enough:
                    break
                step = min(8 * step, 1e4 * self.span)
            else:
                break
            bundle.forget(20)
            if not is_last and self._progress() > HAND_OVER:
                break
        self.price, self.step = centre, min(step, self.span)
        return not self._is_over()

    def _is_over(self) -> bool:
        stop = self.stop
        if stop.iterations is not None and self.rounds >= stop.iterations:
            return True
        target = self.target() if callable(self.target) else self.target
        is_reached = target is not None and self.best >= target * (1 - 1e-9)
        return is_reached or stop.remaining_s() <= 0 or stop.is_cancelled()

    def _progress(self) -> float:
        """Return the part of the limit that is used up."""
        if self.stop.iterations is not None:
            return self.rounds / max(1, self.stop.iterations)
        limit = self.stop.time_limit_s
        return self.stop.seconds() / limit if limit else 0.0

    def _error(self, answers: Answers, pricing: Pricing) -> float:
        """Return what rounding may have added to a value: each sum along a sequence rounds once a task."""
        costs = self.costs
        longest = np.minimum(pricing.cells, pricing.row_tasks) + 4
        last = float(self.instance.work_end.max(initial=0)) + float(np.abs(self.instance.task_due).max(initial=0))
        largest = float((costs.left + costs.rate * last + costs.late).max(initial=0)) + costs.missed
        largest += pricing.charges.move + pricing.charges.preferred + pricing.charges.reassigned
        in_shifts = float((longest * (np.abs(answers.values) + 4 * largest)).sum())
        return 1e-15 * (in_shifts + 10 * float(costs.left.sum()))

    def _keep(self, value: float, price: Floats, pricing: Pricing, answers: Answers) -> None:
        if np.isfinite(value) and lower(value) > self.best:
            self.best = lower(value)
            self.kept = price, pricing, answers.slot_worth

    def prices(self) -> Prices:
        """Return what tasks and time are worth at the prices of the best bound."""
        price, pricing, worth = self.kept
        instance, ends = self.instance, self.slot_ends
        earned = np.zeros((instance.num_agents, len(ends)))
        if pricing is None:
            none = np.zeros(0, np.int32)
            return make_prices(instance, ends, price, earned, np.zeros(earned.shape, np.int64), (none, none))
        shifts = pricing.shifts
        np.add.at(earned, shifts.agent, worth)
        owner = np.repeat(shifts.agent, np.diff(shifts.work_ptr))
        worked = worked_seconds(ends, instance.num_agents, owner, shifts.work_start, shifts.work_end)
        agents = np.repeat(np.arange(instance.num_agents), np.diff(shifts.agent_line_ptr))
        types, agents = np.unique(np.stack((shifts.line_type[shifts.agent_line], agents)), axis=1)
        return make_prices(instance, ends, price, earned, worked, (types, agents))
