"""The search for the least-cost staffing, on margins whose truth is known."""

import itertools
import math

import numpy as np
import pytest

from models.errors import CancelledError
from simulations.engine.layout import Reals
from simulations.staffing.answer import Proof, Status
from simulations.staffing.frontier import trace_frontier
from simulations.staffing.master import Ceiling, Master
from simulations.staffing.question import Plan, StaffingQuestion
from simulations.staffing.search import find_staffing
from simulations.statistics.bounds import bound_mean


class Office:
    """Groups that help each other a little; the share on time of each queue rises as an S with the heads."""

    def __init__(self, num_groups: int, seed: int, *, most: int = 14, target: float = 0.85) -> None:
        rng = np.random.default_rng(seed)
        self.seed, self.target = seed, target
        self.need = rng.uniform(3, 8, size=num_groups)
        self.help = rng.uniform(0, 0.3, size=(num_groups, num_groups))
        np.fill_diagonal(self.help, 1)
        costs = rng.integers(10, 30, size=num_groups).astype(float)
        self.question = StaffingQuestion(
            lows=(0,) * num_groups, highs=(most,) * num_groups, head_costs=tuple(costs), errors=(0.05,) * num_groups
        )

    def truth(self, plan: Plan) -> Reals:
        shares: Reals = 1 / (1 + np.exp(self.need + 1 - self.help @ np.array(plan, dtype=float))) - self.target
        return shares

    def __call__(self, plan: Plan, low: int, high: int) -> Reals:
        margins = self.truth(plan)
        rows = []
        for n in range(low, high):
            common = np.random.default_rng([self.seed, n]).standard_normal()
            own = np.random.default_rng([self.seed, n, *plan]).standard_normal(len(margins))
            seen = margins + 0.04 * common + 0.02 * own
            rows.append(np.r_[seen, seen.mean() + self.target, self.question.count_cost(plan)])
        return np.array(rows)

    def find_best(self) -> Plan:
        limits = zip(self.question.lows, self.question.highs, strict=True)
        plans = itertools.product(*(range(low, high + 1) for low, high in limits))
        return min((p for p in plans if (self.truth(p) >= 0).all()), key=self.question.count_cost)


@pytest.mark.parametrize(("num_groups", "seed"), [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1)])
def test_the_cheapest_plan_is_found(num_groups: int, seed: int) -> None:
    office = Office(num_groups, seed)
    made = find_staffing(office.question, office)
    best = office.find_best()
    assert made.status == Status.FOUND
    assert office.question.count_cost(made.plan) == office.question.count_cost(best)
    assert made.proof in (Proof.DOMINATED, Proof.ESTIMATED)
    assert made.confirmed is not None
    assert (made.confirmed.mean(axis=0)[:num_groups] > 0).all()
    trials = made.trials
    most = max(trials.num_confirming, *(len(rows) for rows in trials.rows.values()))
    assert 3 * (trials.num_replications + trials.num_confirming) < office.question.num_plans * most
    for plan in made.rejected:
        assert (office.truth(plan) < 0).any()


def test_what_cannot_be_reached_is_said_with_the_best_there_is() -> None:
    office = Office(2, 4, most=3)
    made = find_staffing(office.question, office)
    assert made.status == Status.IMPOSSIBLE
    assert made.plan == (3, 3)
    assert len(made.trials.rows) == 1


def test_a_plan_on_the_wrong_side_of_a_target_is_not_called_one_that_meets_it() -> None:
    """The cheapest plan that looks right misses by a twentieth of a standard deviation: 10,000 replications show it."""
    wrong = 0
    for seed in range(40):

        def oracle(plan: Plan, low: int, high: int, seed: int = seed) -> Reals:
            noise = np.random.default_rng([seed, low]).exponential(size=high - low) - 1  # skewed
            margin = (-5.0, -0.05, 3.0)[plan[0]]
            return np.stack([margin - noise, np.full(high - low, np.nan), np.full(high - low, 10.0 * plan[0])], axis=1)

        question = StaffingQuestion(lows=(0,), highs=(2,), head_costs=(10.0,), errors=(0.05,))
        made = find_staffing(question, oracle, most=1000)
        assert made.status == Status.FOUND
        wrong += made.plan == (1,)
    assert wrong <= 2


def test_a_search_that_is_stopped_tells_what_it_knows() -> None:
    office = Office(2, 5)
    calls = 0

    def oracle(plan: Plan, low: int, high: int) -> Reals:
        nonlocal calls
        calls += 1
        if calls > 8:
            raise CancelledError("stopped")
        return office(plan, low, high)

    made = find_staffing(office.question, oracle)
    assert made.status == Status.STOPPED
    assert made.plan in (*made.trials.rows, office.question.highs)


def test_overtime_makes_the_dearer_roster_the_cheaper_plan() -> None:
    def oracle(plan: Plan, low: int, high: int) -> Reals:
        noise = np.random.default_rng(low).standard_normal(high - low)
        overtime = 200.0 / (1 + plan[0]) ** 2
        return np.stack([5 + noise, 0.9 + 0 * noise, 10.0 * plan[0] + overtime + 0 * noise], axis=1)

    question = StaffingQuestion(lows=(0,), highs=(8,), head_costs=(10.0,), errors=(0.05,))
    made = find_staffing(question, oracle)
    totals = [10 * n + 200 / (1 + n) ** 2 for n in range(9)]
    assert made.status == Status.FOUND
    assert made.plan[0] == int(np.argmin(totals))


def test_the_frontier_rises_with_the_cost() -> None:
    office = Office(2, 6)
    made = find_staffing(office.question, office)
    points = trace_frontier(made, office.question)
    assert len(points) >= 4
    assert made.plan in made.trials.rows
    costs, shares = [point.cost for point in points], [point.figure for point in points]
    assert costs == sorted(costs)
    assert shares == sorted(shares)
    for point in points:
        assert point.cost == office.question.count_cost(point.plan)


def test_the_master_keeps_to_cuts_and_costs() -> None:
    question = StaffingQuestion(lows=(0, 0), highs=(5, 5), head_costs=(3.0, 2.0), errors=(0.05,))
    master = Master(question)
    ceiling = Ceiling(constant=-4.0, slopes=np.array([1.0, 1.0]))
    assert master.find_cheapest([ceiling], below=None, cuts=[], tried=[]) == (0, 4)
    assert master.find_cheapest([ceiling], below=None, cuts=[(0, 5)], tried=[]) == (1, 3)
    assert master.find_cheapest([ceiling], below=None, cuts=[(0, 5)], tried=[(1, 3)]) == (2, 2)
    assert master.find_cheapest([ceiling], below=(0, 4), cuts=[], tried=[]) is None
    plan, promise = master.find_most_promising([ceiling], below=(0, 4))
    assert plan in {(0, 3), (1, 2)}
    assert promise == pytest.approx(-1.0, abs=0.06)
    assert master.find_most_promising([ceiling], below=(0, 0)) == (None, -math.inf)


@pytest.mark.parametrize("sign", [-1, 1])
def test_bounds_of_skewed_means_err_as_seldom_as_they_say(sign: int) -> None:
    rng = np.random.default_rng(31)
    values = sign * rng.exponential(size=(2000, 64))
    bounds = np.array([bound_mean(row, 0.05) for row in values])
    assert np.mean(bounds[:, 0] > sign) == pytest.approx(0.05, abs=0.02)
    assert np.mean(bounds[:, 1] < sign) == pytest.approx(0.05, abs=0.02)
    assert bound_mean(np.ones(20), 0.05) == (1.0, 1.0)
    assert bound_mean(np.ones(1), 0.05) == (-math.inf, math.inf)
