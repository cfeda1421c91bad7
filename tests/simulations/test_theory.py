"""The simulator against closed forms: every figure within 3.5 standard errors, nine of ten within 1.96.

The reference values are computed here from the formulas; their sources stand with them.
"""

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from models.formats.scenarios.reading import parse_scenario
from services.simulating.simulate import Experiment, simulate

SERVICE = 5.0  # minutes
Check = tuple[str, float]
"""The path of a figure, and what it should be."""

CASES: dict[str, Callable[[], tuple[dict[str, Any], list[Check]]]] = {}


def case(function: Callable[[], tuple[dict[str, Any], list[Check]]]) -> Any:
    CASES[function.__name__] = function
    return function


def scenario(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "seed": 20260302,
        "teams": [{"id": "t"}],
        "policy": {"routing": "fifo", "idle_agent": "longest_idle"},
    }
    return {**base, **changes}


def kind(name: str = "a", *, mean: float = SERVICE, **changes: Any) -> dict[str, Any]:
    handling = {"distribution": "exponential", "mean_minutes": mean}
    return {"id": name, "team": "t", "skill": "s", "handling": handling, **changes}


def people(count: int, **changes: Any) -> dict[str, Any]:
    return {"id": "g", "count": count, "team": "t", "skills": {"s": {"level": 1}}, "week": "always", **changes}


def erlang_c(servers: int, load: float) -> float:
    """P(wait) in M/M/c: Erlang (1917); by the recursion of B, Cooper (1981), Introduction to Queueing Theory, 3.3."""
    blocking = 1.0
    for n in range(1, servers + 1):
        blocking = load * blocking / (n + load * blocking)
    return blocking / (1 - load / servers * (1 - blocking))


def queue(servers: int, rho: float, *, days: int, replications: int = 40, **kinds: Any) -> dict[str, Any]:
    rate = 60 * servers * rho / SERVICE
    return scenario(
        days=days,
        warm_up_days=max(1, days // 10),
        replications=replications,
        task_types=[kind(**kinds)],
        arrivals=[{"task_type": "a", "per_hour": rate}],
        agents=[people(servers)],
    )


def make_mmc(servers: int, rho: float, days: int) -> Callable[[], tuple[dict[str, Any], list[Check]]]:
    def make() -> tuple[dict[str, Any], list[Check]]:
        waits = erlang_c(servers, servers * rho)
        mean = waits * SERVICE / (servers * (1 - rho))
        return queue(servers, rho, days=days), [
            ("overall.waited_share", waits),
            ("overall.wait_minutes_mean", mean),
            ("overall.flow_minutes_mean", mean + SERVICE),
            ("overall.utilization", rho),
        ]

    return make


for _servers, _rho, _days in ((1, 0.7, 60), (5, 0.8, 30), (20, 0.85, 15), (50, 0.9, 12), (100, 0.95, 12)):
    CASES[f"mmc_{_servers}"] = make_mmc(_servers, _rho, _days)


def make_mg1(handling: dict[str, Any], cv: float) -> Callable[[], tuple[dict[str, Any], list[Check]]]:
    def make() -> tuple[dict[str, Any], list[Check]]:
        # Pollaczek-Khinchine: Gross, Shortle, Thompson and Harris (2008), Fundamentals of Queueing Theory, 5.1
        rho = 0.7
        mean = rho * SERVICE * (1 + cv**2) / (2 * (1 - rho))
        document = queue(1, rho, days=100, replications=60, handling=handling)
        return document, [("overall.wait_minutes_mean", mean), ("overall.waited_share", rho)]

    return make


CASES["mg1_deterministic"] = make_mg1({"distribution": "deterministic", "mean_minutes": SERVICE}, 0.0)
for _cv in (0.5, 2.0):
    CASES[f"mg1_lognormal_{_cv}"] = make_mg1({"distribution": "lognormal", "mean_minutes": SERVICE, "cv": _cv}, _cv)


@case
def priorities() -> tuple[dict[str, Any], list[Check]]:
    # Cobham (1954), Priority assignment in waiting line problems. Operations Research 2(1), 70-76: c servers
    servers, shares, rho = 3, (0.2, 0.3, 0.5), 0.85
    document = queue(servers, rho, days=40)
    rate = document["arrivals"][0]["per_hour"]
    document["task_types"] = [kind(f"k{n}", weight=3 - n) for n in range(3)]
    document["arrivals"] = [{"task_type": f"k{n}", "per_hour": share * rate} for n, share in enumerate(shares)]
    document["policy"]["routing"] = "priority"
    waits, sums = erlang_c(servers, servers * rho), np.cumsum([0.0, *shares]) * rho
    residual = waits * SERVICE / servers
    return document, [
        (f"task_types.k{n}.wait_minutes_mean", residual / ((1 - sums[n]) * (1 - sums[n + 1]))) for n in range(3)
    ]


@case
def erlang_a() -> tuple[dict[str, Any], list[Check]]:
    # M/M/c+M by its birth and death equations: Garnett, Mandelbaum and Reiman (2002), Designing a call center with
    # impatient customers. Manufacturing & Service Operations Management 4(3), 208-227
    servers, rho, patience = 10, 1.1, 12.0
    document = queue(servers, rho, days=30)
    document["task_types"][0]["patience"] = {"distribution": "exponential", "mean_minutes": patience}
    rate = servers * rho / SERVICE
    weights = [1.0]
    for n in range(1, 400):
        weights.append(weights[-1] * rate / (min(n, servers) / SERVICE + max(0, n - servers) / patience))
    shares = np.array(weights) / sum(weights)
    waiting = float(np.maximum(0, np.arange(400) - servers) @ shares)
    hours = 24 * (document["days"] - document["warm_up_days"])
    return document, [
        ("overall.abandoned", 60 * hours * waiting / patience),
        ("overall.utilization", float(np.minimum(servers, np.arange(400)) @ shares) / servers),
    ]


@case
def rework() -> tuple[dict[str, Any], list[Check]]:
    # Jackson (1957), Networks of waiting lines. Operations Research 5(4), 518-521
    document = scenario(
        days=40,
        warm_up_days=4,
        replications=40,
        teams=[{"id": name} for name in "xyz"],
        task_types=[
            {**kind(name, mean=mean), "team": name, "skill": name}
            for name, mean in (("x", 4.0), ("y", 6.0), ("z", 5.0))
        ],
        processes=[
            {
                "id": "order",
                "start": "x",
                "steps": [
                    {"id": "x", "task_type": "x", "next": [{"step": "y", "probability": 0.9}]},
                    {
                        "id": "y",
                        "task_type": "y",
                        "next": [{"step": "x", "probability": 0.2}, {"step": "z", "probability": 0.8}],
                    },
                    {"id": "z", "task_type": "z"},
                ],
            }
        ],
        arrivals=[{"process": "order", "per_hour": 15}],
        agents=[
            {**people(count), "id": name, "team": name, "skills": {name: {"level": 1}}}
            for name, count in (("x", 2), ("y", 3), ("z", 2))
        ],
    )
    external = 15 / 60
    first = external / (1 - 0.9 * 0.2)
    rates = {"x": first, "y": 0.9 * first, "z": 0.72 * first}
    means, servers = {"x": 4.0, "y": 6.0, "z": 5.0}, {"x": 2, "y": 3, "z": 2}
    checks, in_system = [], 0.0
    for name in "xyz":
        load = rates[name] * means[name]
        wait = erlang_c(servers[name], load) * means[name] / (servers[name] - load)
        checks.append((f"teams.{name}.wait_minutes_mean", wait))
        in_system += rates[name] * (wait + means[name])
    return document, [*checks, ("processes.order.flow_minutes_mean", in_system / external)]


def solve_chain(
    size: tuple[int, ...], rates: Callable[[tuple[int, ...]], Iterator[tuple[tuple[int, ...], float]]]
) -> Any:
    """Return the stationary distribution of a Markov chain on a box, over its states."""
    states = list(np.ndindex(*size))
    position = {state: n for n, state in enumerate(states)}
    entries: dict[tuple[int, int], float] = {}
    for state in states:
        here = position[state]
        for other, rate in rates(state):
            if other in position:
                there = position[other]
                entries[there, here] = entries.get((there, here), 0.0) + rate
                entries[here, here] = entries.get((here, here), 0.0) - rate
    inside = {place: rate for place, rate in entries.items() if place[0] > 0}
    rows, columns = zip(*inside, strict=True)
    size_of = len(states)
    system = coo_matrix(
        (
            np.array([*inside.values(), *np.ones(size_of)]),
            (np.array([*rows, *np.zeros(size_of, dtype=int)]), np.array([*columns, *range(size_of)])),
        )
    ).tocsc()  # the balance of the first state gives way to the sum of all shares
    return states, spsolve(system, np.eye(1, size_of)[0])


def two_classes(
    lam: tuple[float, float], weights: tuple[int, int], agents: list[dict[str, Any]], lengths: Any
) -> tuple[dict[str, Any], list[Check]]:
    """Return a scenario of two teams with a type each, arriving `lam` a minute, and the waits by Little's law."""
    document = scenario(
        days=60,
        warm_up_days=3,
        replications=40,
        teams=[{"id": "first"}, {"id": "second"}],
        task_types=[
            {**kind("one"), "team": "first", "skill": "one", "weight": weights[0]},
            {**kind("two"), "team": "second", "skill": "two", "weight": weights[1]},
        ],
        arrivals=[{"task_type": "one", "per_hour": 60 * lam[0]}, {"task_type": "two", "per_hour": 60 * lam[1]}],
        agents=agents,
        policy={"routing": "priority", "idle_agent": "specialist"},
    )
    return document, [
        ("task_types.one.wait_minutes_mean", lengths[0] / lam[0]),
        ("task_types.two.wait_minutes_mean", lengths[1] / lam[1]),
    ]


@case
def n_design() -> tuple[dict[str, Any], list[Check]]:
    """Two classes; one agent of its own for the first, a swing agent for both who puts the second first."""
    lam, mu, limit = (0.14, 0.08), 1 / SERVICE, 26

    def rates(state: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], float]]:
        # own: 0 idle, 1 busy; swing: 0 idle, 1 or 2 at work on that class; queues of the two
        own, swing, first, second = state
        if own == 0:
            yield (1, swing, first, second), lam[0]
        elif swing == 0:
            yield (own, 1, first, second), lam[0]
        else:
            yield (own, swing, first + 1, second), lam[0]
        if swing == 0:
            yield (own, 2, first, second), lam[1]
        else:
            yield (own, swing, first, second + 1), lam[1]
        if own == 1:
            yield (1, swing, first - 1, second) if first else (0, swing, 0, second), mu
        if swing:
            if second:
                yield (own, 2, first, second - 1), mu
            elif first:
                yield (own, 1, first - 1, 0), mu
            else:
                yield (own, 0, 0, 0), mu

    states, shares = solve_chain((2, 3, limit, limit), rates)
    lengths = np.array([(first, second) for _, _, first, second in states]).T @ shares
    agents = [
        {**people(1), "id": "own", "team": "first", "skills": {"one": {"level": 1}}},
        {
            **people(1),
            "id": "swing",
            "team": "second",
            "swing_teams": ["first"],
            "skills": {"one": {"level": 1}, "two": {"level": 1}},
        },
    ]
    return two_classes(lam, (1, 2), agents, lengths)


@case
def w_design() -> tuple[dict[str, Any], list[Check]]:
    """Two teams of one agent each and a swing agent of the first who also does the work of the second; fewest skills
    first when work comes, the first class first when a swing agent comes free."""
    lam, mu, limit = (0.10, 0.13), 1 / SERVICE, 12  # light enough for so small a box

    def rates(state: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], float]]:
        a, b, swing, first, second = state
        if not a:
            yield (1, b, swing, first, second), lam[0]
        elif not swing:
            yield (a, b, 1, first, second), lam[0]
        else:
            yield (a, b, swing, first + 1, second), lam[0]
        if not b:
            yield (a, 1, swing, first, second), lam[1]
        elif not swing:
            yield (a, b, 1, first, second), lam[1]
        else:
            yield (a, b, swing, first, second + 1), lam[1]
        if a:
            yield ((1, b, swing, first - 1, second) if first else (0, b, swing, 0, second)), mu
        if b:
            yield ((a, 1, swing, first, second - 1) if second else (a, 0, swing, first, 0)), mu
        if swing:
            if first:
                yield (a, b, 1, first - 1, second), mu
            elif second:
                yield (a, b, 1, first, second - 1), mu
            else:
                yield (a, b, 0, 0, 0), mu

    states, shares = solve_chain((2, 2, 2, limit, limit), rates)
    lengths = np.array([state[3:] for state in states]).T @ shares
    agents = [
        {**people(1), "id": "a", "team": "first", "skills": {"one": {"level": 1}}},
        {**people(1), "id": "b", "team": "second", "skills": {"two": {"level": 1}}},
        {
            **people(1),
            "id": "pool",
            "team": "first",
            "swing_teams": ["second"],
            "skills": {"one": {"level": 1}, "two": {"level": 1}},
        },
    ]
    return two_classes(lam, (2, 1), agents, lengths)


@case
def day_of_two_rates() -> tuple[dict[str, Any], list[Check]]:
    # M_t/M/c from empty by the Kolmogorov forward equations: Gross et al. (2008), section 2.12
    servers, size = 10, 260
    pieces = ((0, 8, 60), (8, 12, 118), (12, 24, 90))

    def flow(hour: float, shares: Any) -> Any:
        rate = next(per_hour for start, end, per_hour in pieces if start <= hour <= end)
        up = np.r_[rate * shares[:-1], 0.0]
        down = np.minimum(np.arange(size), servers) * 60 / SERVICE * shares
        return np.r_[0.0, up[:-1]] - up + np.r_[down[1:], 0.0] - down

    shares = np.r_[1.0, np.zeros(size - 1)]
    open_area = 0.0
    for start, end, _ in pieces:
        solved: Any = solve_ivp(flow, (start, end), shares, method="LSODA", rtol=1e-8, atol=1e-11, dense_output=True)
        grid = np.linspace(start, end, 2001)
        states = solved.sol(grid)
        open_area += float(np.trapezoid(np.minimum(np.arange(size), servers) @ states, grid))
        shares = solved.y[:, -1]
    document = scenario(
        days=1,
        replications=2000,
        task_types=[kind()],
        arrivals=[
            {
                "task_type": "a",
                "pattern": [
                    {"from": f"{start:02d}:00", "to": f"{end:02d}:00", "per_hour": rate} for start, end, rate in pieces
                ],
            }
        ],
        agents=[people(servers)],
    )
    return document, [
        ("overall.utilization", open_area / (24 * servers)),
        ("overall.backlog_end", float(np.arange(size) @ shares)),
    ]


@case
def halfin_whitt() -> tuple[dict[str, Any], list[Check]]:
    # Halfin and Whitt (1981), Heavy-traffic limits for queues with many exponential servers. Operations Research 29(3):
    # the limit of P(wait) itself is only near at 400 servers, so the exact value is what is held to
    servers = 400
    rho = 1 - 1 / math.sqrt(servers)
    exact = erlang_c(servers, servers * rho)
    limit = 1 / (1 + math.sqrt(2 * math.pi) * 0.5 * (1 + math.erf(1 / math.sqrt(2))) * math.exp(0.5))
    assert exact == pytest.approx(limit, abs=0.01)
    document = queue(servers, rho, days=5, replications=20)
    return document, [("overall.waited_share", exact)]


@cache
def run_case(name: str) -> tuple[Experiment, list[tuple[str, float, float]]]:
    document, checks = CASES[name]()
    experiment = simulate(parse_scenario(document))
    scores = []
    for path, expected in checks:
        made = experiment.estimate(path)
        scores.append((path, expected, (made.mean - expected) / (made.sd / math.sqrt(made.num))))
    return experiment, scores


@pytest.mark.parametrize("name", sorted(CASES))
def test_figures_are_those_of_theory(name: str) -> None:
    _, scores = run_case(name)
    assert scores
    for path, expected, score in scores:
        assert abs(score) <= 3.5, f"{path}: {score:+.2f} standard errors from {expected:g}"


def test_nine_of_ten_figures_lie_within_their_intervals() -> None:
    scores = [score for name in CASES for _, _, score in run_case(name)[1]]
    assert len(scores) >= 40
    assert np.mean([abs(score) <= 1.96 for score in scores]) >= 0.9


def test_little_s_law_holds_in_every_replication() -> None:
    """L = lambda W, on the day of two rates: tasks in the system at the hours, against arrivals times flow."""
    experiment, _ = run_case("mmc_5")
    length = experiment.series[:, 24 * 3 :, 0].mean()
    hours = 24 * (30 - 3)
    rate = experiment.estimate("overall.arrived").mean / hours
    flow = experiment.estimate("overall.flow_minutes_mean").mean / 60
    assert length == pytest.approx(rate * flow, rel=0.02)


@pytest.mark.parametrize("name", ["erlang_a", "rework", "n_design", "priorities", "day_of_two_rates"])
def test_every_count_balances_in_every_replication(name: str) -> None:
    experiment, _ = run_case(name)
    names = list(experiment.measures.names)
    for stem in {path.rsplit(".", 1)[0] for path in names if path.endswith(".arrived")}:
        figures = {
            metric: experiment.figures[:, names.index(f"{stem}.{metric}")]
            for metric in ("arrived", "completed", "abandoned", "backlog_end")
        }
        assert np.array_equal(figures["arrived"], figures["completed"] + figures["abandoned"] + figures["backlog_end"])
