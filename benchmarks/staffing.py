"""Twenty staffing questions whose answer is known: which are found, and with how many replications.

    python -m benchmarks.staffing [--cases N] [--check] [--large]

Mean waits of Erlang-C and Erlang-A follow from their formulas, those of the W-design (two queues, each with agents of
its own, and a pool for both) from its Markov chain; the cheapest plan that keeps the target by these is the known one.
Equal allocation would give each plan in the limits as many replications as the plan that
got most of ours. `--check` replicates each plan found 10,000 times; `--large` adds a plan of 8 queues and 100 agents.
"""

import argparse
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from models.formats.scenarios.reading import parse_scenario
from services.running.threads import ThreadRunner
from services.staffing.oracle import ScenarioOracle
from services.staffing.staff import staff
from simulations.staffing.answer import Status

SERVICE = 5.0
QUEUE_LIMIT = 60
CHECKS = 10_000
Plan = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A question, and what a plan's waits are by theory: one for each target."""

    name: str
    document: dict[str, Any]
    bounds: tuple[float, ...]
    limits: tuple[tuple[int, int], ...]
    costs: tuple[float, ...]
    value: Callable[[Plan], tuple[float, ...]]

    def find_best(self) -> Plan:
        """Return the cheapest plan that keeps every bound."""
        plans = itertools.product(*(range(low, high + 1) for low, high in self.limits))
        failed: list[Plan] = []
        for plan in sorted(plans, key=lambda plan: float(np.dot(self.costs, plan))):
            if any(all(a <= b for a, b in zip(plan, other, strict=True)) for other in failed):
                continue  # it has no more heads in any group than one that does not do
            if all(a <= b for a, b in zip(self.value(plan), self.bounds, strict=True)):
                return plan
            failed.append(plan)
        raise ValueError(f"{self.name}: no plan does")

    @property
    def num_plans(self) -> int:
        """How many plans lie within the limits."""
        return math.prod(high - low + 1 for low, high in self.limits)


def erlang_c_wait(servers: int, rate: float) -> float:
    """Return the mean wait in minutes: Erlang (1917); Cooper (1981), Introduction to Queueing Theory, 3.3."""
    load = rate * SERVICE
    if servers <= load:
        return math.inf
    blocking = 1.0
    for n in range(1, servers + 1):
        blocking = load * blocking / (n + load * blocking)
    waits = blocking / (1 - load / servers * (1 - blocking))
    return waits * SERVICE / (servers - load)


def erlang_a_open(servers: int, rate: float, patience: float) -> float:
    """Return the mean number waiting, by the birth and death equations: Garnett, Mandelbaum and Reiman (2002)."""
    weights = [1.0]
    for n in range(1, 600):
        weights.append(weights[-1] * rate / (min(n, servers) / SERVICE + max(0, n - servers) / patience))
    shares = np.array(weights) / sum(weights)
    return float(np.maximum(0, np.arange(600) - servers) @ shares)


def w_design_waits(plan: Plan, rates: tuple[float, float]) -> tuple[float, float]:
    """Return the mean waits of both queues, from the Markov chain; the pool takes the first queue's work first."""
    first, second, pool = plan
    if sum(plan) <= sum(rates) * SERVICE or first + pool == 0 or second + pool == 0:
        return math.inf, math.inf
    mu = 1 / SERVICE

    def moves(state: Plan) -> Iterator[tuple[Plan, float]]:
        a, b, p, q, r = state
        for here, rate in ((0, rates[0]), (1, rates[1])):
            own, size = ((a, first), (b, second))[here]
            if own < size:
                yield (a + (here == 0), b + (here == 1), p, q, r), rate
            elif p < pool:
                yield (a, b, p + 1, q, r), rate
            elif (q, r)[here] < QUEUE_LIMIT:
                yield (a, b, p, q + (here == 0), r + (here == 1)), rate
        if a:
            yield ((a, b, p, q - 1, r) if q else (a - 1, b, p, q, r)), a * mu
        if b:
            yield ((a, b, p, q, r - 1) if r else (a, b - 1, p, q, r)), b * mu
        if p:
            yield ((a, b, p, q - 1, r) if q else (a, b, p, q, r - 1) if r else (a, b, p - 1, q, r)), p * mu

    states: list[Plan] = [(0, 0, 0, 0, 0)]
    position = {states[0]: 0}
    rows, columns, values = [], [], []
    for state in states:
        for other, rate in moves(state):
            if other not in position:
                position[other] = len(states)
                states.append(other)
            rows += [position[other], position[state]]
            columns += [position[state], position[state]]
            values += [rate, -rate]
    kept = np.array(rows) > 0
    size = len(states)
    system = coo_matrix(
        (
            np.r_[np.array(values)[kept], np.ones(size)],
            (np.r_[np.array(rows)[kept], np.zeros(size, dtype=int)], np.r_[np.array(columns)[kept], np.arange(size)]),
        )
    ).tocsc()
    shares = spsolve(system, np.eye(1, size)[0])
    waiting = np.array([state[3:] for state in states]).T @ shares
    return float(waiting[0] / rates[0]), float(waiting[1] / rates[1])


def make_cases() -> list[Case]:
    """Return the twenty cases."""
    made = []
    for per_hour, bound in ((40, 1.0), (75, 2.0), (110, 0.5), (150, 1.0), (200, 3.0), (240, 0.3), (310, 1.5)):
        rate = per_hour / 60
        made.append(
            Case(
                name=f"Erlang-C, {per_hour} an hour, {bound:g} min",
                document=_single(per_hour, [{"metric": "overall.wait_minutes_mean", "at_most": bound}]),
                bounds=(bound,),
                limits=((1, 40),),
                costs=(20.0,),
                value=lambda plan, rate=rate: (erlang_c_wait(plan[0], rate),),  # type: ignore[misc]
            )
        )
    for per_hour, patience, bound in (
        (60, 10, 1.0),
        (100, 5, 0.5),
        (150, 10, 1.0),
        (200, 20, 2.0),
        (250, 8, 0.5),
        (320, 15, 1.5),
    ):
        rate = per_hour / 60
        document = _single(per_hour, [{"metric": "overall.abandoned", "at_most": bound * rate * 1440 * 4 / 100}])
        document["task_types"][0]["patience"] = {"distribution": "exponential", "mean_minutes": patience}
        made.append(
            Case(
                name=f"Erlang-A, {per_hour} an hour, patience {patience}, {bound:g} % lost",
                document=document,
                bounds=(bound,),
                limits=((1, 40),),
                costs=(20.0,),
                value=lambda plan, rate=rate, patience=patience: (  # type: ignore[misc]
                    100 * erlang_a_open(plan[0], rate, patience) / patience / rate,
                ),
            )
        )
    for rates, bounds, pooled in (
        ((20, 26), (2.0, 3.0), 24.0),
        ((30, 18), (1.0, 4.0), 22.0),
        ((24, 24), (1.5, 1.5), 29.0),
        ((36, 20), (3.0, 1.0), 25.0),
        ((15, 33), (2.5, 2.5), 21.0),
        ((28, 40), (1.0, 2.0), 27.0),
        ((42, 30), (2.0, 2.0), 23.0),
    ):
        by_minute = (rates[0] / 60, rates[1] / 60)
        made.append(
            Case(
                name=f"W-design, {rates[0]} and {rates[1]} an hour, {bounds[0]:g} and {bounds[1]:g} min",
                document=_w_design(rates, bounds, pooled),
                bounds=bounds,
                limits=((0, 6), (0, 6), (0, 6)),
                costs=(20.0, 20.0, pooled),
                value=lambda plan, by_minute=by_minute: w_design_waits(plan, by_minute),  # type: ignore[misc]
            )
        )
    return made


def _base(**changes: Any) -> dict[str, Any]:
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "seed": 11,
        "days": 5,
        "warm_up_days": 1,
        **changes,
    }


def _kind(name: str, team: str, weight: float = 1) -> dict[str, Any]:
    handling = {"distribution": "exponential", "mean_minutes": SERVICE}
    return {"id": name, "team": team, "skill": name, "weight": weight, "handling": handling, "sla": {"minutes": 15}}


def _group(name: str, team: str, cost: float, skills: Sequence[str], **changes: Any) -> dict[str, Any]:
    able = {skill: {"level": 1} for skill in skills}
    return {"id": name, "team": team, "skills": able, "week": "always", "cost_per_hour": cost, **changes}


def _single(per_hour: float, targets: list[dict[str, Any]]) -> dict[str, Any]:
    return _base(
        teams=[{"id": "t"}],
        task_types=[_kind("a", "t")],
        arrivals=[{"task_type": "a", "per_hour": per_hour}],
        agents=[_group("g", "t", 20.0, ["a"])],
        policy={"routing": "fifo", "idle_agent": "longest_idle"},
        staffing={"groups": {"g": {"min": 1, "max": 40}}, "targets": targets},
    )


def _w_design(rates: tuple[int, int], bounds: tuple[float, float], pooled: float) -> dict[str, Any]:
    return _base(
        teams=[{"id": "first"}, {"id": "second"}],
        task_types=[_kind("one", "first", 2), _kind("two", "second", 1)],
        arrivals=[{"task_type": "one", "per_hour": rates[0]}, {"task_type": "two", "per_hour": rates[1]}],
        agents=[
            _group("a", "first", 20.0, ["one"]),
            _group("b", "second", 20.0, ["two"]),
            _group("pool", "first", pooled, ["one", "two"], swing_teams=["second"]),
        ],
        policy={"routing": "priority", "idle_agent": "specialist"},
        staffing={
            "groups": {name: {"min": 0, "max": 6} for name in ("a", "b", "pool")},
            "targets": [
                {"metric": f"task_types.{name}.wait_minutes_mean", "at_most": bound}
                for name, bound in zip(("one", "two"), bounds, strict=True)
            ],
        },
    )


def large_document() -> dict[str, Any]:
    """Return a day of 8 queues and some 100 agents: early and late shifts of eight crews, and two crews that swing."""
    queues = [f"q{n}" for n in range(8)]
    shifts = {
        "early": [{"start": "07:00", "end": "15:30", "breaks": [["11:00", "11:30"]]}],
        "late": [{"start": "11:30", "end": "20:00", "breaks": [["15:30", "16:00"]]}],
    }
    agents = [
        _group(f"{name}-{shift}", name, 20.0 + n, [name], count=5, week=week)
        for n, name in enumerate(queues)
        for shift, week in shifts.items()
    ]
    agents += [
        _group(f"swing-{shift}", "q0", 27.0, queues, swing_teams=queues[1:], count=8, week=week)
        for shift, week in shifts.items()
    ]
    pattern = [
        {"from": low, "to": high, "per_hour": rate}
        for low, high, rate in (("07:00", "10:00", 22), ("10:00", "15:00", 34), ("15:00", "19:00", 20))
    ]
    handling = {"distribution": "lognormal", "mean_minutes": 14, "cv": 0.8}
    return _base(
        days=1,
        warm_up_days=0,
        teams=[{"id": name} for name in queues],
        task_types=[{**_kind(name, name), "handling": handling, "sla": {"minutes": 90}} for name in queues],
        arrivals=[{"task_type": name, "pattern": pattern} for name in queues],
        agents=agents,
        policy={"routing": "edf", "idle_agent": "specialist"},
        staffing={
            "groups": {group["id"]: {"min": 0, "max": 12} for group in agents},
            "targets": [{"metric": "overall.on_time_share", "at_least": 0.95}],
        },
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each case."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--cases", type=int, default=20, metavar="N", help="only the first of them")
    cli.add_argument("--check", action="store_true", help="replicate each plan found 10,000 times")
    cli.add_argument("--large", action="store_true", help="only the plan of 8 queues and 100 agents")
    args = cli.parse_args(arguments)
    if args.large:
        return _show_large()
    num_right, ours, theirs = 0, 0, 0
    print("| case | known | found | replications | equal allocation | frontier |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    cases = make_cases()[: args.cases]
    for case in cases:
        known = case.find_best()
        made = staff(parse_scenario(case.document), threads=1)
        trials = made.answer.trials
        used = made.num_searching + trials.num_confirming
        equal = case.num_plans * max([trials.num_confirming, *(len(rows) for rows in trials.rows.values())])
        num_right += made.answer.status == Status.FOUND and made.answer.plan == known
        ours, theirs = ours + used, theirs + equal
        found = f"{_spell(known)} | {_spell(made.answer.plan)} | {used:,} | {equal:,} | {made.num_frontier}"
        print(f"| {case.name} | {found} |", flush=True)
        if args.check:
            print(f"  10,000 replications: {_check(case, made.answer.plan)}", flush=True)
    print(f"\n{num_right} of {len(cases)} found; {theirs / ours:.1f} times fewer replications than equal allocation")
    return 0


def _spell(plan: Plan) -> str:
    return " + ".join(map(str, plan))


def _check(case: Case, plan: Plan) -> str:
    """Return what so many replications with other random numbers say of a plan's margins."""
    question = parse_scenario(case.document)
    staffing = question.scenario.staffing
    assert staffing is not None
    oracle = ScenarioOracle(
        question=question,
        groups=tuple(staffing.groups),
        targets=staffing.targets,
        runner=ThreadRunner(1),
        seed=999,
        warm_up_days=question.scenario.warm_up_days or 0.0,
    )
    margins = oracle(plan, 0, CHECKS)[:, : len(staffing.targets)]
    scores = margins.mean(axis=0) / (margins.std(axis=0) / math.sqrt(CHECKS))
    return "kept" if scores.min() >= 0 else f"rejected by {-scores.min():.1f} standard errors"


def _show_large() -> int:
    begun = time.process_time()
    made = staff(parse_scenario(large_document()), threads=1)
    seconds = time.process_time() - begun
    print(f"8 queues, {len(made.groups)} groups: {made.answer.status}, {seconds:.0f} processor seconds")
    print(
        f"{sum(made.answer.plan)} heads: "
        + ", ".join(f"{n} {h}" for n, h in zip(made.groups, made.answer.plan, strict=True))
    )
    print(
        f"{made.num_searching} replications of {len(made.answer.trials.rows)} plans, "
        f"{made.answer.trials.num_confirming} to confirm; {made.answer.proof}"
    )
    for point in made.frontier:
        print(f"  {point.cost:10,.0f} {point.figure:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
