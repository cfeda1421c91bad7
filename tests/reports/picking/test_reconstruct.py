from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.operations.record import Record
from reports.picking.choices import EDF, FIFO
from reports.picking.reconstruct import UNKNOWN_ARRIVAL, can_wait, reconstruct_choices

Make = Callable[..., Record]
ABLE = {"a": {"short"}, "b": {"middle"}, "c": {"short", "middle", "long"}, "d": {"short", "middle", "long"}}


def _look_at_each_start(record: Record) -> list[tuple[str, int, int, int]]:
    """The plain twin: at each start, look at every task. Task, number to choose from, rank by arrival, rank by due."""
    rows = record.tasks.to_dict("records")
    begun = [row for row in rows if not np.isnan(row["started"]) and row["agent"] is not None]
    # Of those that begin at one instant, the one that stands first goes first, once all of the instant are there.
    begun.sort(key=lambda row: (max(row["started"], row["enabled"]), row["task"]))
    gone: set[str] = set()
    found = []
    for own in begun:
        now = max(own["started"], own["enabled"])
        there = [
            row
            for row in rows
            if row["enabled"] <= now and row["task"] not in gone and row["type"] in ABLE[own["agent"]]
        ]
        due = [np.inf if np.isnan(row["due"]) else row["due"] for row in there]
        own_due = np.inf if np.isnan(own["due"]) else own["due"]
        by_arrival = 1 + sum(row["enabled"] < own["enabled"] for row in there)
        found.append((own["task"], len(there), by_arrival, 1 + sum(value < own_due for value in due)))
        gone.add(own["task"])
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_the_queue_at_each_start_is_what_looking_at_every_task_finds(make_queue: Make, seed: int) -> None:
    record = make_queue(seed, size=40)
    made = reconstruct_choices(record)
    frame = made.frame
    ranks = zip(frame["task"], frame["num_eligible"], made.other_ranks[FIFO], made.other_ranks[EDF], strict=True)
    assert [(task, int(size), int(first), int(due)) for task, size, first, due in ranks] == _look_at_each_start(record)
    sizes = np.add.reduceat(made.count, made.first[:-1])
    assert (sizes == frame["num_eligible"]).all()


def test_what_nobody_saw_come_in_is_no_choice(make_queue: Make) -> None:
    record = make_queue(1)
    tasks = record.tasks["task"]
    known = pd.Series([n % 2 == 0 for n in range(len(tasks))], index=tasks)
    made = reconstruct_choices(record, has_arrival=known)
    assert known[made.frame["task"]].all()
    assert len(made) + made.num_left_out[UNKNOWN_ARRIVAL] == record.tasks["started"].notna().sum()


def test_the_order_of_rows_changes_no_choice(make_queue: Make) -> None:
    record = make_queue(2)
    mixed = Record(
        **{**vars(record), "tasks": record.tasks.sample(frac=1, random_state=3), "may_do": record.may_do[::-1]}
    )
    first, second = reconstruct_choices(record), reconstruct_choices(mixed)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.minutes.tolist() == second.minutes.tolist()


@pytest.mark.parametrize(
    ("due", "excuses"),
    [(np.nan, True), (10_000.0, True), (3_000.0, False), (-5.0, False)],
    ids=["no due", "far", "near", "late"],
)
def test_a_run_of_one_type_excuses_only_while_the_head_can_wait(due: float, excuses: bool) -> None:
    assert can_wait(due, 0.0, 3_600.0) == excuses
