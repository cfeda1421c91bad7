"""Over-handling: chance is none, wrong standards are none, slow people are found, and it is counted in seconds."""

import math

import numpy as np
import pandas as pd
import pytest

from reports.waste.categories import CATEGORIES, Category
from reports.waste.history import WorkHistory
from reports.waste.ledger import Ledger, keep_ledger
from reports.waste.over_handling import LEAST_FOR_P95, LEAST_TASKS

DAY = 86_400
STANDARD = 600.0


def keep(handling: dict[str, list[int]], *, standard: float = STANDARD, speed: float = 1.0) -> Ledger:
    """Return the ledger of agents who did tasks of one type back to back."""
    rows, paid = [], []
    for agent, lengths in handling.items():
        at = 0
        for n, seconds in enumerate(lengths):
            rows.append((agent, at, at + seconds, "handling", f"{agent}-{n}"))
            at += seconds
        paid.append((agent, 0, max(at, 1)))
    last = max(end for *_, end in paid)
    days = last // DAY + 1
    return keep_ledger(
        WorkHistory(
            agents=pd.DataFrame({"agent": list(handling), "team": "bill"}),
            types=pd.DataFrame({"type": ["dispute"], "team": ["bill"], "standard_s": [standard]}),
            abilities=pd.DataFrame({"agent": list(handling), "type": "dispute", "speed": speed}),
            paid=pd.DataFrame(paid, columns=["agent", "start", "end"]),
            stretches=pd.DataFrame(rows, columns=["agent", "start", "end", "kind", "task"]),
            tasks=pd.DataFrame(
                [(task, "dispute", agent) for agent, *_, task in rows], columns=["task", "type", "finished_by"]
            ),
            day_edges=tuple(DAY * n for n in range(days + 1)),
            day_names=tuple(f"day {n}" for n in range(days)),
        )
    )


def over(ledger: Ledger) -> dict[str, int]:
    found = ledger.seconds[:, :, CATEGORIES.index(Category.OVER_HANDLING)].sum(axis=1)
    return dict(zip(ledger.layout.agent_ids, found.tolist(), strict=True))


def lognormal(seed: int, num: int, *, mean: float = STANDARD, cv: float = 0.8) -> list[int]:
    spread = math.sqrt(math.log1p(cv * cv))
    drawn = np.random.default_rng(seed).lognormal(math.log(mean) - spread * spread / 2, spread, num)
    return [max(int(seconds), 1) for seconds in drawn]


def test_chance_alone_is_no_over_handling_though_per_task_it_looks_like_28_percent() -> None:
    handling = {f"a{n}": lognormal(n, 200) for n in range(30)}
    tasks = np.concatenate(list(handling.values()))
    per_task = np.maximum(tasks - STANDARD, 0).sum() / tasks.sum()
    assert per_task == pytest.approx(0.275, abs=0.03)
    ledger = keep(handling)
    assert sum(over(ledger).values()) / ledger.total_paid_s < 0.002
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()


def test_a_type_that_takes_everybody_longer_has_a_wrong_standard_and_is_no_waste() -> None:
    ledger = keep({f"a{n}": lognormal(n, 200, mean=1.5 * STANDARD) for n in range(8)})
    assert sum(over(ledger).values()) / ledger.total_paid_s < 0.005
    types = ledger.over_handling.types
    assert types["is_drifting"].tolist() == [True]
    assert types["ratio"].iloc[0] == pytest.approx(1.5, abs=0.1)
    assert types["low"].iloc[0] < types["ratio"].iloc[0] < types["high"].iloc[0]


def test_who_is_slow_is_found_and_what_counts_is_beyond_the_interval() -> None:
    slow = {f"a{n}": lognormal(n, 300) for n in range(8)} | {"slow": lognormal(99, 300, mean=1.6 * STANDARD)}
    found = over(keep(slow))
    net = sum(slow["slow"]) - 300 * STANDARD
    assert 0.3 * net < found["slow"] < net
    assert all(seconds < 0.02 * 300 * STANDARD for agent, seconds in found.items() if agent != "slow")


def test_a_known_lower_speed_is_no_over_handling() -> None:
    handling = {f"a{n}": [1000] * 40 for n in range(3)}
    assert sum(over(keep(handling, speed=0.6)).values()) == 0


def test_nobody_can_tell_a_slow_person_from_a_wrong_standard_where_nobody_else_does_the_type() -> None:
    assert over(keep({"alone": [1200] * 50})) == {"alone": 0}


def test_with_few_tasks_only_single_ones_above_the_95_percent_quantile_count() -> None:
    usual = {f"a{n}": [540, 600, 660] * 20 for n in range(3)}
    few = {"few": [*[600] * (LEAST_TASKS - 2), 6000]}
    ledger = keep(usual | few)
    assert len(few["few"]) < LEAST_TASKS
    assert len(ledger.over_handling.tasks) >= LEAST_FOR_P95
    tasks = ledger.over_handling.tasks
    limit = np.quantile(tasks["seconds"] / tasks["expected_s"], 0.95) * STANDARD
    assert over(ledger) == {"a0": 0, "a1": 0, "a2": 0, "few": math.floor(6000 - limit)}


def test_it_is_the_last_seconds_of_the_tasks_that_took_longest() -> None:
    usual = {f"a{n}": [540, 600, 660] * 20 for n in range(4)}
    ledger = keep(usual | {"slow": [600] * 30 + [1800] * 30})
    rows = ledger.rows[ledger.is_of(Category.OVER_HANDLING)]
    assert set(rows["end"] - rows["start"]) == set(rows["seconds"])
    tasks = ledger.over_handling.tasks.set_index("task")
    assert (tasks.loc[rows["task"], "seconds"] == 1800).all()
    assert tasks["over_s"].sum() == rows["seconds"].sum()
    assert (tasks["over_s"] <= np.maximum(tasks["seconds"] - tasks["expected_s"], 0)).all()
