"""The ledger against a twin that asks the definitions of each moment, one after the other, on random histories."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.waste.categories import CATEGORIES
from reports.waste.free_time import MOST_CHOOSING_S
from reports.waste.history import WORK, Beginning, StretchKind, WorkHistory
from reports.waste.layout import NIGHT_S
from reports.waste.ledger import Ledger, keep_ledger

TICK = 997
"""All instants of random histories are multiples of it; a prime, so that no part of it is whole."""
LAST = 60
EDGES = (0, 13, 14, 37, LAST)
AGENTS = (("ana", "bill"), ("ben", "data"), ("ben", "bill"))
TYPES = (("dispute", "bill"), ("form", "data"))
ABILITIES = (("ana", "dispute", True), ("ana", "form", False), ("ben", "form", True))
CATEGORY_OF = {
    "off-task": "off_task",
    "lost": "lost_handling",
    "rework": "rework",
    "handling": "value",
    "interrupted": "interrupted",
    "setup": "setup",
}
BUSY = {kind.value for kind in WORK}

ticks = st.integers(0, LAST)
who = st.sampled_from(["ana", "ben", "eva"])
paid_rows = st.lists(st.tuples(who, ticks, ticks), max_size=6)
stretch_rows = st.lists(
    st.tuples(
        who,
        ticks,
        st.one_of(st.none(), ticks),
        st.sampled_from([kind.value for kind in StretchKind]),
        st.sampled_from(["d1", "d2", "d3", "f1", "f2", ""]),
        st.sampled_from(["", "meeting", "system-issue"]),
        st.sampled_from([beginning.value for beginning in Beginning]),
    ),
    max_size=12,
)
waiting_rows = st.lists(
    st.tuples(st.sampled_from(["dispute", "form"]), ticks, ticks, st.one_of(st.none(), ticks)), max_size=6
)
histories = st.tuples(paid_rows, stretch_rows, waiting_rows)

Drawn = tuple[list[Any], list[Any], list[Any]]


def make_history(drawn: Drawn, order: np.random.Generator | None = None, **changes: Any) -> WorkHistory:
    paid, stretches, waiting = drawn
    frames = {
        "agents": pd.DataFrame(AGENTS, columns=["agent", "team"]),
        "types": pd.DataFrame(TYPES, columns=["type", "team"]),
        "abilities": pd.DataFrame(ABILITIES, columns=["agent", "type", "is_given"]),
        "paid": pd.DataFrame(
            [(agent, TICK * start, TICK * end) for agent, start, end in paid], columns=["agent", "start", "end"]
        ),
        "stretches": pd.DataFrame(
            [
                (agent, TICK * start, np.nan if end is None else TICK * end, *more)
                for agent, start, end, *more in stretches
            ],
            columns=["agent", "start", "end", "kind", "task", "code", "begun"],
        ),
        "tasks": pd.DataFrame(
            [(task, "dispute" if task < "e" else "form") for task in ("d1", "d2", "d3", "f1", "f2")],
            columns=["task", "type"],
        ),
        "waiting": pd.DataFrame(
            [
                (f"w{n}", kind, TICK * start, TICK * end, np.nan if safe is None else TICK * safe)
                for n, (kind, start, end, safe) in enumerate(waiting)
            ],
            columns=["task", "type", "start", "end", "safe_until"],
        ),
    }
    if order is not None:
        frames = {name: frame.iloc[order.permutation(len(frame))] for name, frame in frames.items()}
    days = {
        "day_edges": tuple(TICK * edge for edge in EDGES),
        "day_names": tuple(f"day {n}" for n in range(len(EDGES) - 1)),
    }
    return WorkHistory(**{**frames, **days, **changes})


class Twin:
    """The definitions, asked of each tick of each agent."""

    def __init__(self, drawn: Drawn) -> None:
        self.paid, stretches, self.waiting = drawn
        self.paid = [row for row in self.paid if row[1] < row[2]]
        self.stretches = [self._closed(row, stretches) for row in stretches]
        self.by_day: dict[tuple[str, int, str], int] = defaultdict(int)
        self.of_task: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for agent in ("ana", "ben", "eva"):
            self._judge(agent)

    def _shift(self, agent: str, tick: int) -> tuple[int, int] | None:
        """Return the first and the last tick of the shift that began last."""
        runs: list[list[int]] = []
        paid = sorted({n for name, start, end in self.paid if name == agent for n in range(start, end)})
        for n in paid:
            if runs and (n - runs[-1][1]) * TICK < NIGHT_S:
                runs[-1][1] = n + 1
            else:
                runs.append([n, n + 1])
        begun = [run for run in runs if run[0] <= tick]
        return (begun[-1][0], begun[-1][1]) if begun else None

    def _closed(self, row: Any, rows: list[Any]) -> Any:
        agent, start, end, *more = row
        if end is None:
            shift = self._shift(agent, start)
            limit = max(start, shift[1]) if shift else start
            later = [
                other[1] for other in rows if other[0] == agent and other[1] > start and other[3] in BUSY | {"off-task"}
            ]
            end = min([limit, *later])
        return (agent, start, max(start, end), *more)

    def _waits(self, tick: int, kinds: set[str], *, urgent: bool = False) -> bool:
        return any(
            kind in kinds and start <= tick < end and (not urgent or (safe is not None and safe <= tick))
            for kind, start, end, safe in self.waiting
        )

    def _begin(self, agent: str, tick: int) -> tuple[int, bool] | None:
        """Return the next beginning in the shift of a tick, and whether a choice came before it."""
        own = [row for row in self.stretches if row[0] == agent and row[3] in BUSY and row[1] > tick]
        if not own:
            return None
        at = min(row[1] for row in own)
        if self._shift(agent, at) != self._shift(agent, tick):
            return None
        lasting = [row for row in own if row[1] == at and row[2] > at]
        begun = {row[6] for row in lasting}
        return at, bool(lasting) and "pushed" not in begun and "chosen" in begun

    def _judge(self, agent: str) -> None:
        given = {kind for name, kind, is_given in ABILITIES if name == agent and is_given}
        able = {kind for name, kind, _ in ABILITIES if name == agent}
        gaps: dict[Any, list[tuple[int, bool]]] = defaultdict(list)
        for tick in range(LAST):
            if not any(name == agent and start <= tick < end for name, start, end in self.paid):
                continue
            there = [row for row in self.stretches if row[0] == agent and row[1] <= tick < row[2]]
            kinds = {row[3] for row in there}
            first = next((kind.value for kind in StretchKind if kind.value in kinds), None)
            if first in CATEGORY_OF:
                alike = [row for row in there if row[3] == first]
                self._add(agent, tick, CATEGORY_OF[str(first)], TICK)
                for row in alike:
                    self.of_task[agent, CATEGORY_OF[str(first)], row[4]] += Fraction(TICK, len(alike))
            elif first == "away":
                self._add(agent, tick, "unexplained", TICK)
            elif self._waits(tick, given):
                gaps[self._begin(agent, tick)].append((tick, first == "looking"))
            elif self._waits(tick, able, urgent=True):
                self._add(agent, tick, "imbalance", TICK)
            else:
                self._add(agent, tick, "no_work", TICK)
        for begin, members in gaps.items():
            is_known = begin is not None and any(looking for _, looking in members)
            left = MOST_CHOOSING_S if begin is not None and begin[1] and not is_known else 0
            for tick, looking in reversed(members):
                chosen = TICK if looking else min(left, TICK)
                left -= 0 if looking else chosen
                self._add(agent, tick, "choosing", chosen)
                self._add(agent, tick, "unexplained", TICK - chosen)

    def _add(self, agent: str, tick: int, category: str, seconds: int) -> None:
        day = max(n for n, edge in enumerate(EDGES[:-1]) if edge <= tick)
        self.by_day[agent, day, category] += seconds


def cells_of(ledger: Ledger) -> Iterator[tuple[tuple[str, int, str], int]]:
    for a, d, c in zip(*np.nonzero(ledger.seconds), strict=True):
        yield (ledger.layout.agent_ids[a], int(d), CATEGORIES[c].value), int(ledger.seconds[a, d, c])


@settings(max_examples=40, deadline=None)
@given(drawn=histories)
def test_each_second_is_what_the_definitions_say(drawn: Drawn) -> None:
    ledger = keep_ledger(make_history(drawn))
    twin = Twin(drawn)
    assert dict(cells_of(ledger)) == {key: seconds for key, seconds in twin.by_day.items() if seconds}
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in ledger.rows.to_dict("records"):
        category = CATEGORIES[row["category"]].value
        if category in CATEGORY_OF.values():
            task = str(ledger.layout.task_ids[row["task"]]) if row["task"] >= 0 else ""
            found[ledger.layout.agent_ids[row["agent"]], category, task] += int(row["seconds"])
    for key in set(found) | set(twin.of_task):
        # parts of seconds are rounded once a day for each of the stretches that a task may have
        assert abs(found[key] - twin.of_task[key]) <= 12 * (len(EDGES) - 1)


@settings(max_examples=40, deadline=None)
@given(drawn=histories)
def test_every_agent_and_day_sums_to_paid_time_to_the_second(drawn: Drawn) -> None:
    ledger = keep_ledger(make_history(drawn))
    assert (ledger.seconds >= 0).all()
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    rows = ledger.rows
    assert (rows["seconds"] > 0).all()
    assert (rows["seconds"] <= rows["end"] - rows["start"]).all()
    assert rows["seconds"].sum() == ledger.total_paid_s
    paid = {(agent, n) for agent, start, end in drawn[0] for n in range(start, end)}
    assert ledger.total_paid_s == TICK * len(paid)


@settings(max_examples=25, deadline=None)
@given(drawn=histories, seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(drawn: Drawn, seed: int) -> None:
    plain = keep_ledger(make_history(drawn))
    mixed = keep_ledger(make_history(drawn, np.random.default_rng(seed)))
    pd.testing.assert_frame_equal(plain.rows, mixed.rows)
    assert (plain.seconds == mixed.seconds).all()
    assert (plain.outside_s == mixed.outside_s).all()


@settings(max_examples=40, deadline=None)
@given(drawn=histories)
def test_no_row_of_one_agent_lies_over_another_unless_they_share_it(drawn: Drawn) -> None:
    ledger = keep_ledger(make_history(drawn))
    for _, rows in ledger.rows.groupby("agent"):
        own = rows[rows["seconds"] == rows["end"] - rows["start"]].sort_values("start")
        assert (own["start"].to_numpy()[1:] >= own["end"].to_numpy()[:-1]).all()


def test_without_a_queue_free_time_is_unexplained() -> None:
    drawn: Drawn = ([("ana", 0, 10)], [("ana", 2, 4, "handling", "d1", "", "chosen")], [("dispute", 0, 10, None)])
    ledger = keep_ledger(make_history(drawn, has_queue=False))
    assert dict(zip(CATEGORIES, ledger.totals.tolist(), strict=True))["unexplained"] == 8 * TICK
    assert ledger.is_of(CATEGORIES[-1], "queue unknown").sum() == 2


def test_work_outside_paid_time_is_told_and_in_no_category() -> None:
    ledger = keep_ledger(make_history(([("ana", 2, 4)], [("ana", 0, 6, "handling", "d1", "", "chosen")], [])))
    assert ledger.total_paid_s == 2 * TICK
    assert ledger.outside_s.sum() == 4 * TICK


def test_a_history_names_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="one more of them"):
        make_history(([], [], []), day_names=("one",))
    with pytest.raises(ValueError, match="no kind of stretch: 'dreaming'"):
        make_history(([], [("ana", 0, 1, "dreaming", "", "", "chosen")], []))
    with pytest.raises(ValueError, match="between 1970 and 2242"):
        make_history(([], [], []), day_edges=tuple(2**33 + n for n in range(5)))
