"""Waiting on small days whose hours were worked out by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.waiting.batching import find_batches
from reports.waiting.busy import find_busy
from reports.waiting.duty import make_duty
from reports.waiting.enabling import find_concurrent, find_enabling, take_told
from reports.waiting.history import WorkHistory, read_history
from reports.waiting.ledger import cycle_time_efficiency, impact_of_removing
from reports.waiting.person_split import split_by_person
from reports.waiting.pool_split import PolicyTerms, split_by_pool
from reports.waiting.pools import find_free, find_pools, gather_moments

MINUTE = 60_000_000
Row = tuple[str, str, str | None, str, str | None]
"""Case, type, agent, start, end."""


def clock(text: str) -> int:
    return int(pd.Timestamp(f"2026-03-02T{text}:00Z").timestamp()) * 1_000_000


def history_of(rows: list[Row], **told: dict[int, str]) -> WorkHistory:
    """The rows as a history; `arrived` and `due` by the position of a row."""
    arrived, due = told.get("arrived", {}), told.get("due", {})

    def instants(clocks: list[str | None]) -> pd.Series:
        cells = [None if text is None else f"2026-03-02T{text}:00Z" for text in clocks]
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype="str"), utc=True)).astype("datetime64[us, UTC]")

    count = range(len(rows))
    return read_history(
        pd.DataFrame(
            {
                "id": [f"t{number:02d}" for number in count],
                "case": [row[0] for row in rows],
                "type": [row[1] for row in rows],
                "agent": pd.Series([row[2] for row in rows], dtype="str"),
                "start": instants([row[3] for row in rows]),
                "end": instants([row[4] for row in rows]),
                "enabled": instants([arrived.get(number) for number in count]),
                "enabled_by": ["log" if number in arrived else "nothing" for number in count],
                "due": instants([due.get(number) for number in count]),
                "outcome": "done",
            }
        )
    )


def paper(history: WorkHistory, hours: dict[str, list[tuple[str, str]]] | None = None) -> dict[str, dict[str, int]]:
    """Minutes of waiting by task and cause, by the paper's definitions; causes without any are left out."""
    stretches = {name: [(clock(low), clock(high)) for low, high in day] for name, day in (hours or {}).items()}
    enabled = find_enabling(history, find_concurrent(history)).enabled
    duty = make_duty(history.agent_names, stretches)
    split = split_by_person(history, enabled, find_batches(history, enabled), duty)
    return as_minutes(history, split.causes, split.parts)


def as_minutes(history: WorkHistory, causes: tuple[str, ...], parts: Any) -> dict[str, dict[str, int]]:
    return {
        name: {cause: int(value) // MINUTE for cause, value in zip(causes, row, strict=True) if value}
        for name, row in zip(history.ids.tolist(), parts.tolist(), strict=True)
    }


@pytest.fixture
def pool() -> Callable[..., dict[str, dict[str, int]]]:
    def split(
        history: WorkHistory,
        hours: dict[str, list[tuple[str, str]]],
        *,
        away: tuple[tuple[str, str, str], ...] = (),
        office: tuple[str, str] | None = None,
        pended: tuple[tuple[int, str, str], ...] = (),
        qualified: dict[str, list[str]] | None = None,
        weight: list[float] | None = None,
    ) -> dict[str, dict[str, int]]:
        names, types = history.agent_names, history.type_names
        duty = make_duty(names, {who: [(clock(low), clock(high)) for low, high in day] for who, day in hours.items()})
        nothing = np.zeros((len(types), len(types)), dtype=np.bool_)
        enabled = take_told(history, find_enabling(history, nothing)).enabled
        busy = find_busy(history, enabled)
        first, last = history.span()
        free = find_free(duty, busy, first=first, last=last + 1)
        may = None
        if qualified is not None:
            may = [[names.index(who) for who in qualified.get(kind, ())] for kind in types]
        made = split_by_pool(
            history,
            enabled,
            find_batches(history, enabled),
            pools=find_pools(history, np.ones(len(names), dtype=np.bool_), may),
            moments=gather_moments(
                busy,
                free,
                away=[(names.index(who), (clock(low), clock(high))) for who, low, high in away],
                office=[] if office is None else [(clock(office[0]), clock(office[1]))],
            ),
            free=free,
            terms=PolicyTerms(
                due=history.due,
                weight=np.array(weight or [1.0] * len(history)),
                handling_s=np.full(len(history), 1800.0),
            ),
            pended=np.array([[at, clock(low), clock(high)] for at, low, high in pended], dtype=np.int64).reshape(-1, 3),
            has_office=office is not None,
        )
        return as_minutes(history, made.causes, made.parts)

    return split


def test_types_that_overlap_in_some_case_do_not_wait_for_one_another() -> None:
    history = history_of(
        [
            ("c1", "open", "ana", "08:00", "08:30"),
            ("c1", "scan", "ana", "09:00", "10:00"),
            ("c1", "call", "ben", "09:30", "09:45"),  # overlaps: scan and call are concurrent, in c2 too
            ("c2", "open", "eva", "08:00", "08:30"),
            ("c2", "scan", "eva", "09:00", "09:30"),
            ("c2", "call", "ben", "11:00", "11:15"),
        ]
    )
    waits = {name: sum(parts.values()) for name, parts in paper(history).items()}
    assert waits == {"t00": 0, "t01": 30, "t02": 60, "t03": 0, "t04": 30, "t05": 150}  # t05 since the end of `open`


def test_types_that_follow_each_other_both_ways_are_concurrent_in_every_case() -> None:
    rows: list[Row] = [
        ("c1", "open", "ana", "08:00", "08:10"),
        ("c1", "scan", "ana", "08:10", "08:20"),
        ("c1", "call", "ana", "08:20", "08:30"),
        ("c2", "open", "ben", "08:00", "08:10"),
        ("c2", "call", "ben", "08:10", "08:20"),
        ("c2", "scan", "ben", "08:20", "08:30"),
    ]
    assert sum(paper(history_of(rows))["t02"].values()) == 10  # enabled by `open`, not by `scan`
    one_way = paper(history_of(rows[:3]))
    assert one_way["t02"] == {}


def test_of_instants_at_one_moment_the_first_enables_the_second() -> None:
    history = history_of(
        [
            ("c1", "open", "ana", "08:00", "08:10"),
            ("c1", "click", "ana", "09:00", "09:00"),
            ("c1", "send", "ana", "09:00", "09:00"),
        ]
    )
    enabling = find_enabling(history, find_concurrent(history))
    assert [int(at) for at in enabling.by] == [-1, 0, 1]
    assert paper(history)["t02"] == {}
    assert sum(paper(history)["t01"].values()) == 50


def test_a_batch_waits_until_the_last_of_it_is_enabled_and_then_for_its_own_turn() -> None:
    history = history_of(
        [
            ("c1", "take", "ana", "08:00", "08:20"),
            ("c2", "take", "ana", "08:20", "08:40"),
            ("c3", "take", "ana", "08:40", "09:00"),
            ("c3", "file", "ben", "10:00", "10:10"),  # back to back, the last first
            ("c2", "file", "ben", "10:10", "10:20"),
            ("c1", "file", "ben", "10:20", "10:30"),
        ]
    )
    made = paper(history, {"ben": [("09:30", "12:00")]})
    assert made["t03"] == {"unavailability": 30, "extraneous": 30}
    assert made["t04"] == {"batching": 20, "prioritization": 10, "unavailability": 30, "extraneous": 30}
    assert made["t05"] == {"batching": 40, "prioritization": 20, "unavailability": 30, "extraneous": 30}


def test_members_that_were_enabled_earlier_are_contention_within_a_batch() -> None:
    history = history_of(
        [
            ("c1", "take", "ana", "08:00", "08:20"),
            ("c2", "take", "ana", "08:20", "08:40"),
            ("c1", "file", "ben", "09:00", "09:30"),
            ("c2", "file", "ben", "09:30", "10:00"),
        ]
    )
    assert paper(history)["t03"] == {"contention": 30, "extraneous": 20}


def test_work_of_the_same_person_counts_by_when_it_was_enabled() -> None:
    history = history_of(
        [
            ("c1", "take", "ana", "08:00", "09:00"),
            ("c2", "take", "eva", "08:00", "08:30"),
            ("c3", "take", "eva", "08:30", "09:15"),
            ("c2", "file", "ben", "09:00", "09:30"),  # enabled at 08:30, before c1's
            ("c3", "sign", "ben", "09:30", "10:00"),  # enabled at 09:15, after c1's
            ("c1", "file", "ben", "10:30", "11:00"),  # enabled at 09:00
            ("c4", "call", "ben", "09:20", "09:40"),  # at both: what was enabled earlier counts first
        ]
    )
    assert paper(history)["t05"] == {"contention": 30, "prioritization": 30, "extraneous": 30}


def test_where_nobody_is_known_neither_is_their_work() -> None:
    history = history_of([("c1", "take", "ana", "08:00", "09:00"), ("c1", "file", None, "10:00", "10:10")])
    assert paper(history, {"ana": [("08:00", "09:00")]})["t01"] == {"extraneous": 60}


def test_what_nobody_finished_enables_nothing() -> None:
    history = history_of(
        [
            ("c1", "take", "ana", "08:00", "08:30"),
            ("c1", "scan", "ana", "09:00", None),
            ("c1", "file", "ana", "10:00", "10:10"),
        ]
    )
    assert sum(paper(history)["t02"].values()) == 90


def test_an_arrival_that_is_known_is_waited_from(pool: Callable[..., Any]) -> None:
    history = history_of([("c1", "take", "ana", "09:00", "09:10")], arrived={0: "08:15"})
    assert paper(history)["t00"] == {}
    assert pool(history, {"ana": [("08:30", "16:00")]})["t00"] == {
        "unavailability.rostered_gap": 15,
        "extraneous.same_person_free": 30,
    }


def test_a_colleague_who_was_free_is_told_from_who_did_it(pool: Callable[..., Any]) -> None:
    history = history_of(
        [
            ("c1", "file", "ana", "10:00", "10:10"),
            ("c2", "file", "eva", "08:00", "08:10"),  # eva can do it
            ("c3", "sign", "ana", "08:30", "09:30"),
        ],
        arrived={0: "08:30", 1: "08:00", 2: "08:00"},
    )
    hours = {"ana": [("08:00", "16:00")], "eva": [("08:00", "09:00")]}
    assert pool(history, hours)["t00"] == {
        "contention": 30,  # from 09:00 on eva is gone and ana at work that waited longer
        "extraneous.colleague_free": 30,
        "extraneous.same_person_free": 30,
    }
    # Were eva not on duty at all:
    assert pool(history, {**hours, "eva": []})["t00"] == {"contention": 60, "extraneous.same_person_free": 30}


def test_skills_of_the_office_widen_the_pool(pool: Callable[..., Any]) -> None:
    history = history_of(
        [("c1", "file", "ana", "10:00", "10:10"), ("c2", "sign", "eva", "08:00", "08:10")], arrived={0: "09:00"}
    )
    hours = {"ana": [("09:30", "16:00")], "eva": [("08:00", "16:00")]}
    assert pool(history, hours)["t00"] == {"unavailability.rostered_gap": 30, "extraneous.same_person_free": 30}
    assert pool(history, hours, qualified={"file": ["eva"]})["t00"] == {
        "extraneous.same_person_free": 30,
        "extraneous.colleague_free": 30,
    }


@pytest.mark.parametrize(
    ("due", "weight", "kind"),
    [
        ({0: "12:00", 1: "10:00"}, [1.0, 1.0], "justified"),  # the later work was due first
        ({0: "10:00", 1: "12:00"}, [1.0, 1.0], "discretionary"),
        ({0: "10:00", 1: "10:01"}, [1.0, 1.0], "justified"),  # as good as the same
        ({0: "10:00", 1: "12:00"}, [1.0, 50.0], "justified"),  # it weighs more
        ({0: "10:00"}, [1.0, 1.0], "unjudged"),
        ({}, [1.0, 1.0], "unjudged"),
    ],
)
def test_the_policy_judges_whether_later_work_should_come_first(
    pool: Callable[..., Any], due: dict[int, str], weight: list[float], kind: str
) -> None:
    history = history_of(
        [("c1", "file", "ana", "09:30", "09:40"), ("c2", "sign", "ana", "08:30", "09:30")],
        arrived={0: "08:00", 1: "08:15"},
        due=due,
    )
    by_row = dict(zip(["t00", "t01"], weight, strict=True))
    ordered = [by_row[name] for name in history.ids.tolist()]
    assert pool(history, {"ana": [("08:30", "16:00")]}, weight=ordered)["t00"] == {
        "unavailability.rostered_gap": 30,
        f"prioritization.{kind}": 60,
    }


def test_unavailability_says_why_nobody_was_there(pool: Callable[..., Any]) -> None:
    history = history_of([("c1", "file", "ana", "12:00", "12:10")], arrived={0: "06:00"})
    made = pool(
        history,
        {"ana": [("11:00", "16:00")]},
        office=("07:00", "18:00"),
        away=(("ana", "06:30", "09:00"),),  # half an hour of it before the office opens
    )
    assert made["t00"] == {
        "unavailability.office_closed": 60,
        "unavailability.absent": 120,
        "unavailability.rostered_gap": 120,
        "extraneous.same_person_free": 60,
    }


def test_a_customer_goes_before_every_other_cause(pool: Callable[..., Any]) -> None:
    history = history_of([("c1", "file", "ana", "12:00", "12:10")], arrived={0: "08:00"})
    made = pool(history, {"ana": [("09:00", "16:00")]}, pended=((0, "08:30", "09:30"), (0, "10:00", "10:15")))
    assert made["t00"] == {
        "customer": 75,
        "unavailability.rostered_gap": 30,
        "extraneous.same_person_free": 135,
    }


def test_a_person_at_several_tasks_is_at_the_one_enabled_first() -> None:
    history = history_of(
        [
            ("c1", "file", "ana", "08:00", "10:00"),
            ("c2", "file", "ana", "08:30", "09:00"),
            ("c3", "file", "ana", "09:30", "11:00"),
        ]
    )
    enabled = np.array([clock("07:30"), clock("07:00"), clock("06:00")])
    busy = find_busy(history, enabled)
    stretches = [
        (int(low - clock("08:00")) // MINUTE, int(high - clock("08:00")) // MINUTE, int(oldest))
        for low, high, oldest in zip(busy.start, busy.end, busy.oldest, strict=True)
    ]
    assert stretches == [(0, 30, 0), (30, 60, 1), (60, 90, 0), (90, 180, 2)]


def test_suspended_work_leaves_its_person_free() -> None:
    history = history_of([("c1", "file", "ana", "08:00", "10:00"), ("c2", "file", "ana", "09:15", "09:20")])
    pauses = np.array([[0, clock("08:30"), clock("09:00")], [0, clock("09:10"), clock("09:30")]])
    busy = find_busy(history, history.start, pauses)
    stretches = [
        (int(low - clock("08:00")) // MINUTE, int(high - clock("08:00")) // MINUTE)
        for low, high in zip(busy.start, busy.end, strict=True)
    ]
    assert stretches == [(0, 30), (60, 70), (75, 80), (90, 120)]


def test_what_removing_a_cause_would_win() -> None:
    assert impact_of_removing(10.0, 30.0, cause=0.0) == cycle_time_efficiency(10.0, 30.0) == 0.25
    assert impact_of_removing(10.0, 30.0, cause=30.0) == 1.0
    assert cycle_time_efficiency(0.0, 0.0) is None
