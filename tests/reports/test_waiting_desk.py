"""What a desk saw of its tasks, as instances that waited."""

from typing import Any

import pandas as pd
import pytest

from models.vocabulary_live import EventKind
from reports.waiting.desk import DeskWork, find_signed_in, follow_desk, join_desk
from reports.waiting.history import to_microseconds

EIGHT = int(pd.Timestamp("2026-03-02T08:00:00Z").timestamp())
MINUTE = 60_000_000


def tasks_of(*names: str) -> pd.DataFrame:
    """Tables of tasks that arrived at eight and nobody began."""
    nothing = pd.Series([pd.NaT] * len(names), dtype="datetime64[us, UTC]")
    arrived = pd.Series(pd.to_datetime([EIGHT] * len(names), unit="s", utc=True)).astype("datetime64[us, UTC]")
    return pd.DataFrame(
        {
            **{name: pd.Series(list(names), dtype="str") for name in ("id", "case", "type")},
            "agent": pd.Series([None] * len(names), dtype="str"),
            "team": pd.Series(["claims"] * len(names), dtype="str"),
            "enabled": arrived,
            "enabled_by": "log",
            **dict.fromkeys(("start", "end", "closed", "due"), nothing),
            "outcome": "open",
        }
    )


def events_of(*rows: tuple[EventKind, int, str, str]) -> pd.DataFrame:
    """Events by kind, minutes since eight, task, agent."""
    return pd.DataFrame(
        [
            {"kind": kind.value, "at": EIGHT + 60 * minute, "task": task, "agent": who}
            for kind, minute, task, who in rows
        ]
    )


def minutes(frame: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Rows as the id and minutes since eight; None where an instant is missing."""
    columns = []
    for name in names:
        cells = frame[name] if frame[name].dtype == "int64" else to_microseconds(frame[name])
        columns.append([None if at < 0 else (at - EIGHT * 1_000_000) // MINUTE for at in cells])
    return list(zip(frame["id"], *columns, strict=True))


def told(work: DeskWork) -> list[tuple[Any, ...]]:
    """The stints: id, enabled, start, end, and who."""
    rows = minutes(work.instances, "enabled", "start", "end")
    return [
        (*row, who if isinstance(who, str) else None, how)
        for row, who, how in zip(rows, work.instances["agent"], work.instances["outcome"], strict=True)
    ]


def test_a_task_that_was_given_back_waits_again_and_is_an_instance_again() -> None:
    work = follow_desk(
        events_of(
            (EventKind.ARRIVED, 0, "T1", ""),
            (EventKind.CLAIMED, 5, "T1", "ana"),
            (EventKind.STARTED, 6, "T1", "ana"),
            (EventKind.RETURNED, 10, "T1", "ana"),
            (EventKind.CLAIMED, 30, "T1", "ben"),
            (EventKind.EXPIRED, 45, "T1", "ben"),
            (EventKind.STARTED, 50, "T1", "eva"),
            (EventKind.COMPLETED, 60, "T1", "eva"),
            (EventKind.REOPENED, 90, "T1", ""),
            (EventKind.STARTED, 95, "T1", "ana"),
        ),
        tasks_of("T1"),
    )
    assert told(work) == [
        ("T1", 0, 6, 10, "ana", "dropped"),
        ("T1#2", 10, 50, 60, "eva", "done"),
        ("T1#3", 90, 95, None, "ana", "open"),
    ]
    assert work.pauses.empty
    assert work.pended.empty


def test_pauses_belong_to_the_work_and_pended_time_to_the_wait() -> None:
    work = follow_desk(
        events_of(
            (EventKind.PENDED, 5, "T1", "ana"),
            (EventKind.UNPENDED, 20, "T1", ""),
            (EventKind.STARTED, 30, "T1", "ana"),
            (EventKind.PAUSED, 35, "T1", "ana"),
            (EventKind.RESUMED, 40, "T1", "ana"),
            (EventKind.PENDED, 45, "T1", "ana"),
            (EventKind.UNPENDED, 75, "T1", ""),
            (EventKind.RESUMED, 80, "T1", "ben"),
            (EventKind.PAUSED, 82, "T1", "ben"),
            (EventKind.COMPLETED, 85, "T1", "ben"),
        ),
        tasks_of("T1"),
    )
    assert told(work) == [("T1", 0, 30, 45, "ana", "dropped"), ("T1#2", 45, 80, 85, "ben", "done")]
    assert minutes(work.pended, "start", "end") == [("T1", 5, 20), ("T1#2", 45, 75)]
    assert minutes(work.pauses, "start", "end") == [("T1", 35, 40), ("T1#2", 82, 85)]


def test_what_nobody_began_at_the_desk_stays_as_the_tables_have_it() -> None:
    tasks = tasks_of("T1", "T2", "T3")
    work = follow_desk(
        events_of(
            (EventKind.STARTED, 1, "T2", "ana"),
            (EventKind.CLOSED_ELSEWHERE, 9, "T2", ""),
            (EventKind.CANCELLED, 9, "T3", ""),
            (EventKind.STARTED, 9, "elsewhere", "ana"),
            (EventKind.SIGNED_IN, 0, "", "ana"),
        ),
        tasks,
    )
    assert told(work) == [("T2", 0, 1, 9, "ana", "dropped")]
    joined = join_desk(tasks, work)
    assert joined["id"].tolist() == ["T1", "T3", "T2"]
    assert joined.dtypes.astype(str).to_dict() == tasks.dtypes.astype(str).to_dict()


def test_a_clock_that_goes_backwards_makes_no_wait_negative() -> None:
    work = follow_desk(
        events_of(
            (EventKind.STARTED, -10, "T1", "ana"),
            (EventKind.RETURNED, -20, "T1", "ana"),
            (EventKind.STARTED, -30, "T1", "ana"),
            (EventKind.COMPLETED, -40, "T1", "ana"),
        ),
        tasks_of("T1"),
    )
    rows = minutes(work.instances, "enabled", "start", "end")
    assert all(enabled <= start <= end for _, enabled, start, end in rows)


def test_who_is_signed_in_is_there_and_off_task_within() -> None:
    there, off = find_signed_in(
        events_of(
            (EventKind.SIGNED_IN, 0, "", "ana"),
            (EventKind.OFF_TASK_BEGAN, 60, "", "ana"),
            (EventKind.OFF_TASK_ENDED, 75, "", "ana"),
            (EventKind.OFF_TASK_BEGAN, 110, "", "ana"),
            (EventKind.SIGNED_OUT, 120, "", "ana"),
            (EventKind.SIGNED_IN, 10, "", "ben"),
        ),
        until=(EIGHT + 60 * 180) * 1_000_000,
    )

    def since_eight(spans: dict[str, list[tuple[int, int]]]) -> dict[str, list[tuple[int, int]]]:
        zero = EIGHT * 1_000_000
        return {
            who: [((low - zero) // MINUTE, (high - zero) // MINUTE) for low, high in rows]
            for who, rows in spans.items()
        }

    assert since_eight(there) == {"ana": [(0, 120)], "ben": [(10, 180)]}
    assert since_eight(off) == {"ana": [(60, 75), (110, 120)]}


@pytest.mark.parametrize("kind", [EventKind.RELEASED, EventKind.REASSIGNED, EventKind.WRONG_TEAM])
def test_work_that_is_taken_away_waits_again(kind: EventKind) -> None:
    work = follow_desk(
        events_of((EventKind.STARTED, 5, "T1", "ana"), (kind, 9, "T1", "ana"), (EventKind.STARTED, 12, "T1", "ben")),
        tasks_of("T1"),
    )
    assert [row[:4] for row in told(work)] == [("T1", 0, 5, 9), ("T1#2", 9, 12, None)]
