"""What a history tells a scenario: drawn from what is known, and found again."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulations.calibration.durations import MOST_VALUES, fit_durations
from simulations.calibration.families import FAMILIES, anderson_darling
from simulations.calibration.flows import find_flows
from simulations.calibration.gaps import DutyClock, find_gaps, first_inside, free_since, merge_spans
from simulations.calibration.habits import Waiting, find_habits
from simulations.calibration.rates import find_rates
from simulations.calibration.weeks import RosteredShift, find_breaks, find_week


@pytest.mark.parametrize(
    ("family", "cv"), [("exponential", 1.0), ("lognormal", 0.8), ("gamma", 0.5), ("weibull", 0.4), ("lognormal", 1.6)]
)
def test_a_family_is_found_again_with_its_mean_and_spread(family: str, cv: float) -> None:
    drawn = 14 * FAMILIES[family].draw(np.random.default_rng(5), cv, (1, 2000))[0]
    fit = fit_durations(drawn)
    assert fit is not None
    assert fit.distribution == family
    assert fit.mean == pytest.approx(drawn.mean())
    assert fit.cv == pytest.approx(cv, rel=0.08)
    assert fit.p_value is not None
    assert fit.p_value > 0.05


@pytest.mark.parametrize("family", ["lognormal", "gamma", "weibull"])
@pytest.mark.parametrize("cv", [0.2, 0.9, 2.0])
def test_families_are_those_of_scipy(family: str, cv: float) -> None:
    rows = np.linspace(0.05, 4.0, 40)[np.newaxis]
    of_cv = np.array([cv])
    if family == "lognormal":
        s = np.sqrt(np.log1p(cv**2))
        twin = stats.lognorm(s, scale=np.exp(-(s**2) / 2))
    elif family == "gamma":
        twin = stats.gamma(1 / cv**2, scale=cv**2)
    else:
        shapes = np.exp(np.linspace(np.log(0.2), np.log(20), 20001))
        one = stats.weibull_min(shapes)
        shape = shapes[np.argmin(np.abs(one.std() / one.mean() - cv))]
        twin = stats.weibull_min(shape, scale=1 / stats.weibull_min(shape).mean())
    assert FAMILIES[family].cdf(rows, of_cv)[0] == pytest.approx(twin.cdf(rows[0]), abs=2e-3)
    assert FAMILIES[family].log_density(rows, of_cv)[0] == pytest.approx(twin.logpdf(rows[0]), rel=0.02, abs=0.02)


def test_the_p_value_is_uniform_where_the_family_is_right() -> None:
    generator = np.random.default_rng(3)
    fits = [fit_durations(FAMILIES["lognormal"].draw(generator, 0.7, (1, 120))[0] * 10) for _ in range(60)]
    refused = sum(fit is not None and fit.distribution == "empirical" for fit in fits)
    assert refused <= 9  # 5 % of 60, and four standard deviations


def test_anderson_darling_is_that_of_scipy() -> None:
    sample = np.random.default_rng(2).normal(3, 2, 80)
    z = stats.norm.cdf(np.sort((sample - sample.mean()) / sample.std(ddof=1)))
    assert anderson_darling(z[np.newaxis])[0] == pytest.approx(
        stats.goodness_of_fit(stats.norm, sample, statistic="ad", n_mc_samples=1).statistic, rel=1e-6
    )


def test_what_no_family_fits_stands_for_itself_with_its_mean() -> None:
    generator = np.random.default_rng(1)
    two_kinds = np.concatenate([generator.exponential(1, 900), generator.normal(50, 2, 900)])
    fit = fit_durations(two_kinds)
    assert fit is not None
    assert (fit.distribution, len(fit.values)) == ("empirical", MOST_VALUES)
    assert fit.mean == pytest.approx(two_kinds.mean())
    assert fit.p_value is not None
    assert fit.p_value < 0.05
    clicks = fit_durations(np.concatenate([np.zeros(20), generator.exponential(5, 80)]))
    assert clicks is not None
    assert (clicks.distribution, clicks.num_instants) == ("empirical", 20)
    assert fit_durations(np.array([1.0, 2.0])) is None
    assert fit_durations(np.full(9, 3.0)) == fit_durations(np.full(9, 3.0))
    still = fit_durations(np.full(9, 3.0))
    assert still is not None
    assert (still.distribution, still.mean) == ("deterministic", 3.0)


def _arrive(rate_of: dict[tuple[int, int], float], weeks: int, day_factor: np.ndarray | None = None) -> dict[str, Any]:
    generator = np.random.default_rng(4)
    weekday, hour, day = [], [], []
    for n in range(7 * weeks):
        for h in range(24):
            rate = rate_of.get((n % 7, h), 0.0) * (1.0 if day_factor is None else day_factor[n])
            num = generator.poisson(rate)
            weekday += [n % 7] * num
            hour += [h] * num
            day += [n] * num
    names = ("weekday", "hour", "day")
    arrays = {name: np.array(values, dtype=np.int64) for name, values in zip(names, (weekday, hour, day), strict=True)}
    return {**arrays, "second": np.arange(len(day)), "num_days": 7 * weeks, "first_weekday": 0}


def test_rates_are_found_by_weekday_and_hour() -> None:
    rate_of = {(day, hour): 6.0 if hour < 12 else 2.0 for day in range(5) for hour in range(8, 17)}
    rate_of |= {(5, hour): 1.0 for hour in range(9, 12)}
    found = find_rates(**_arrive(rate_of, 12))
    told = {(w.weekdays, w.first_hour, w.last_hour): w.per_hour for w in found.windows}
    assert set(told) == {((0, 1, 2, 3, 4), 8, 12), ((0, 1, 2, 3, 4), 12, 17), ((5,), 9, 12)}
    assert told[(0, 1, 2, 3, 4), 8, 12] == pytest.approx(6, rel=0.06)
    assert told[(0, 1, 2, 3, 4), 12, 17] == pytest.approx(2, rel=0.1)
    assert (found.day_cv, found.lot) == (0.0, 1)
    total = sum(12 * len(w.weekdays) * (w.last_hour - w.first_hour) * w.per_hour for w in found.windows)
    assert total == pytest.approx(found.num)


def test_days_that_differ_and_lots_are_told() -> None:
    rate_of = {(day, hour): 5.0 for day in range(7) for hour in range(8, 18)}
    factor = np.random.default_rng(9).gamma(1 / 0.3**2, 0.3**2, 7 * 20)
    found = find_rates(**_arrive(rate_of, 20, factor))
    assert found.day_cv == pytest.approx(0.3, abs=0.07)
    arrived = _arrive({(day, 9): 4.0 for day in range(7)}, 10)
    many = {name: np.repeat(arrived[name], 5) for name in ("weekday", "hour", "day", "second")}
    lots = find_rates(**many, num_days=70, first_weekday=0)
    assert lots.lot == 5
    assert lots.windows[0].per_hour == pytest.approx(4.0, rel=0.15)
    nothing = np.zeros(0, dtype=np.int64)
    assert find_rates(nothing, nothing, nothing, nothing, num_days=7, first_weekday=2).windows == ()


def test_ways_through_a_process_are_found_again() -> None:
    generator = np.random.default_rng(6)
    rows: list[tuple[Any, ...]] = []
    for case in range(1500):
        kind, at = "check", float(case * 100)
        while kind:
            rows.append((f"{case}-{len(rows)}", f"C{case}", kind, at, at + 1, at + 2))
            at += 3
            goes_back = kind == "pack" and generator.random() < 0.2
            kind = "pack" if kind == "check" else "check" if goes_back else ""
    steps = pd.DataFrame(rows, columns=["id", "case", "type", "enabled", "started", "closed"])
    (flow,), of_case = find_flows(steps, start=0.0, until=1e9)
    assert (flow.start, flow.num_cases, len(of_case)) == ("check", 1500, 1500)
    assert flow.branches["check"] == {"pack": 1.0}
    assert flow.branches["pack"]["check"] == pytest.approx(0.2, abs=0.03)
    assert flow.rework_share > 0.1
    late, few = find_flows(steps, start=100.0 * 1490, until=1e9)
    assert len(few) == 10
    assert late[0].num_cases == 10


def test_a_circle_that_nobody_was_seen_to_leave_has_a_way_out() -> None:
    steps = pd.DataFrame(
        [(str(n), "C", "ab"[n % 2], float(n), float(n), float(n) + 0.5) for n in range(40)]
        + [("last", "C", "a", 40.0, np.nan, np.nan)],
        columns=["id", "case", "type", "enabled", "started", "closed"],
    )
    (flow,), _ = find_flows(steps, start=0.0, until=100.0)
    assert all(sum(nexts.values()) < 1 for nexts in flow.branches.values())


def _shift(day: date, start: int = 480, end: int = 960, away: float = 0.0) -> RosteredShift:
    return RosteredShift(day=day, start=start, end=end, breaks=((720, 750, "lunch"),), away=away)


MONDAY = date(2026, 3, 2)
DATES = Counter(dict.fromkeys(range(5), 4))


def test_a_week_keeps_the_time_attended() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(28) if n % 7 < 5]
    full = find_week([_shift(day, away=float(day == MONDAY)) for day in days], DATES)
    assert full is not None
    assert (full.weekdays, full.start, full.end) == ((0, 1, 2, 3, 4), 480, 960)
    assert full.absence == pytest.approx(1 / 20)
    part = find_week([_shift(day) for day in days if day.weekday() in (0, 2) and day != days[0]], DATES)
    assert part is not None
    assert part.weekdays == (0, 2)
    assert part.absence == pytest.approx(1 / 8)
    assert find_week([], DATES) is None


@given(st.sets(st.integers(0, 27), min_size=1), st.integers(0, 5))
def test_whatever_the_days_the_time_is_kept(picked: set[int], jitter: int) -> None:
    dates = Counter(dict.fromkeys(range(7), 4))
    shifts = [_shift(MONDAY + timedelta(days=n), end=960 + jitter) for n in sorted(picked)]
    week = find_week(shifts, dates)
    assert week is not None
    attended = sum(dates[day] for day in week.weekdays) * (week.end - week.start) * (1 - week.absence)
    assert attended == pytest.approx(sum(shift.end - shift.start for shift in shifts), rel=0.02)


def test_breaks_are_usual_and_rare_ones_are_put_together() -> None:
    shifts = [_shift(MONDAY + timedelta(days=n)) for n in range(10)]
    trained = RosteredShift(day=MONDAY, start=480, end=960, breaks=((720, 750, "lunch"), (800, 920, "training")))
    found = find_breaks([*shifts[1:], trained], 480, 960)
    assert found == ((720, 750, "lunch"), (800, 812, "other duties"))
    assert find_breaks([], 480, 960) == ()


def test_spans_and_clocks() -> None:
    spans = merge_spans(np.array([5.0, 0.0, 2.0]), np.array([6.0, 3.0, 2.5]))
    assert [list(edge) for edge in spans] == [[0.0, 5.0], [3.0, 6.0]]
    assert list(first_inside(spans, np.array([-1.0, 1.0, 3.0, 4.0, 6.0]))) == [0.0, 1.0, 5.0, 5.0, np.inf]
    clock = DutyClock([10, 30], [20, 40])
    assert list(clock.between(np.array([0.0, 15.0]), np.array([50.0, 35.0]))) == [20.0, 10.0]
    assert list(free_since(np.array([0.0, 2, 3]), np.array([9.0, 4, 5])))[1:] == [9.0, 9.0]


def test_what_a_switch_costs_is_told_from_choosing() -> None:
    generator = np.random.default_rng(8)
    same = generator.random(4000) < 0.5
    home = same | (generator.random(4000) < 0.7)
    minutes = generator.exponential(2.0, 4000) + np.where(same, 0.0, np.where(home, 1.0, 4.0))
    gaps = find_gaps(minutes, same, home)
    assert gaps.setup_same_team == pytest.approx(1.0, abs=0.25)
    assert gaps.setup_other_team == pytest.approx(4.0, abs=0.4)
    assert gaps.minutes.mean() == pytest.approx(2.0, rel=0.1)
    chance = find_gaps(generator.exponential(2.0, 4000), same, home)
    assert (chance.setup_same_team, chance.setup_other_team) == (0.0, 0.0)


@pytest.mark.parametrize(("cherry_pick", "rule"), [(0.0, "edf"), (0.4, "fifo")])
def test_the_rule_and_the_picking_are_found_again(cherry_pick: float, rule: str) -> None:
    generator = np.random.default_rng(7)
    num = 600
    enabled = np.sort(generator.uniform(0, num, num))
    kind = generator.integers(0, 3, num)
    keys = {
        "fifo": enabled,
        "edf": enabled + generator.uniform(0, 200, num),
        "priority": -generator.integers(1, 9, num).astype(np.float64),
        "spt": np.array([5.0, 10.0, 20.0])[kind],
    }
    begun = np.full(num, np.inf)
    order: list[int] = []
    for now in np.arange(30.0, 30.0 + num):
        waits = np.flatnonzero((enabled <= now) & np.isinf(begun))
        if not len(waits):
            continue
        wanted = waits[keys["spt"][waits] == keys["spt"][waits].min()]
        pool, key = (wanted, "fifo") if generator.random() < cherry_pick else (waits, rule)
        head = int(pool[np.argmin(keys[key][pool])])
        begun[head] = now
        order.append(head)
    tasks = Waiting(enabled=enabled, begun=begun, type_idx=kind.astype(np.int64), keys=keys)
    taken = np.array(order, dtype=np.int64)
    last = np.concatenate([[-1], tasks.type_idx[taken][:-1]])
    habits = find_habits(tasks, taken, last, np.ones((1, 3), dtype=bool), np.zeros(len(taken), dtype=np.int64))
    assert habits is not None
    assert habits.rule == rule
    if cherry_pick:
        assert habits.prefers == "shortest"
        assert habits.picked_share == pytest.approx(cherry_pick, abs=0.08)
    else:
        assert habits.followed_share == 1.0
