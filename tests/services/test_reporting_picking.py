"""From stored choice sets and logs to choices, and from a day to its replay in the policy's order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.repositories.live.happened import PresenceEvent, StoredChoice
from models.vocabulary import Rule
from models.vocabulary_live import EventKind
from reports.operations.record import Record
from services.reporting.desk_choices import UNRANKED, list_off_task, make_choices, time_choosing
from services.reporting.desk_facts import DeskFacts, add_desk_facts
from services.reporting.picking import make_picking
from services.reporting.question import LogFile, ReportQuestion
from services.reporting.replaying import gather_day, replay_days
from services.settings import Settings

DAY = 86_400.0
HOUR = 3_600.0


def _choice(event: int, taken: str, rank: int | None, head_type: str = "k", **more: Any) -> StoredChoice:
    """The head `h` is urgent and long; `s` is short; `n` is almost as good as the head; `r` is of another type."""
    ids = ["h", "n", "s", "r"]
    entries = {
        "task": ids,
        "rank": [1, 2, 3, 4],
        "index": [10.0, 9.8, 5.0, 1.0],
        "tier": [0, 0, 0, 0],
        "type": [head_type, "k", "k", "l"],
        "due": [int(HOUR), None, None, None],
        "minutes": [50.0, 40.0, 5.0, 30.0],
    }
    given = {"num_eligible": 4, "deviates": rank != 1, "leave": None, "agent_id": "a", "at": 0}
    return StoredChoice(
        **{**given, **more, "event_id": event, "task_id": taken, "taken_rank": rank, "entries": entries}
    )


def _record() -> Record:
    tasks = pd.DataFrame({"task": ["h", "n", "s", "r"], "type": ["k", "k", "k", "l"], "team": "t", "arrived": 0.0})
    return Record(tasks=tasks, start=0.0, end=DAY, day_edges=(0.0, DAY), day_names=("2026-03-02",))


def test_stored_choices_keep_their_leave_and_near_ties_are_none() -> None:
    stored = [
        _choice(1, "h", 1),
        _choice(2, "n", 2),
        _choice(3, "s", 3),
        _choice(4, "s", 3, leave="told-by-lead"),
        _choice(5, "s", None),
    ]
    made = make_choices(stored, [], _record())
    assert made.frame["leave"].tolist() == ["", "near-tie", "", "told-by-lead"]
    assert made.passed_over.tolist() == [0, 1, 2, 2]
    assert made.is_deviation.tolist() == [False, False, True, False]
    assert made.num_left_out == {UNRANKED: 1}
    assert made.is_known


@pytest.mark.parametrize(("at", "leave"), [(-10_000, "batching"), (600, "")])
def test_a_run_of_one_type_is_excused_while_the_head_can_wait(at: int, leave: str) -> None:
    made = make_choices([_choice(n, "s", 3, "l", at=at) for n in (1, 2)], [], _record())
    assert made.frame["leave"].tolist()[1] == leave  # the head is due at one and takes 50 minutes, the other 5


def test_choosing_lasts_from_the_first_look_to_the_claim() -> None:
    kinds = [
        (1, EventKind.LOOKING, 100),
        (2, EventKind.LOOKING, 120),
        (3, EventKind.CLAIMED, 160),
        (4, EventKind.CLAIMED, 400),
        (5, EventKind.LOOKING, 500),
        (6, EventKind.OFF_TASK_BEGAN, 510),
        (7, EventKind.OFF_TASK_ENDED, 800),
        (8, EventKind.CLAIMED, 900),
    ]
    events = [PresenceEvent(number, kind, "a", at, "lunch") for number, kind, at in kinds]
    assert time_choosing(events) == {3: 60.0}
    off = list_off_task(events, end=1000)
    assert off[["start", "end", "code"]].to_numpy().tolist() == [[510, 800, "lunch"]]


def test_time_off_task_that_nobody_ended_lasts_to_the_end() -> None:
    events = [PresenceEvent(1, EventKind.OFF_TASK_BEGAN, "a", 10, "meeting")]
    assert list_off_task(events, end=50)["end"].tolist() == [50]


def test_what_the_desk_saw_goes_before_what_tables_say() -> None:
    tasks = pd.DataFrame(
        {
            "task": ["a", "b", "c"],
            "outcome": "completed",
            "handling_minutes": [99.0, 99.0, 99.0],
            "started": [1.0, 2.0, 3.0],
            "closed": [10.0, 10.0, 10.0],
            "due": [5.0, 5.0, 5.0],
            "is_pended": False,
        }
    )
    from models.repositories.live.happened import TaskOutcome

    desk = DeskFacts(
        outcomes=[
            TaskOutcome("a", "closed", 600, 4, 1, 2, "completed", "fail", None, 30),
            TaskOutcome("b", "closed", 0, None, 0, 0, "cancelled", None, None, 0),
        ],
        taken_away={"a": 1},
    )
    made = add_desk_facts(tasks, desk).set_index("task")
    assert made["handling_minutes"].tolist() == [10.0, 99.0, 99.0]
    assert list(made.loc["a", ["num_returns", "num_reopens", "is_failed", "due", "started"]]) == [2, 2, True, 35, 4]
    assert made["outcome"].tolist() == ["completed", "cancelled", "completed"]
    assert not made.loc["c", "is_checked"]
    assert desk.is_used


def _day_of_picking(*, picks_easy: bool) -> Record:
    """One person, ten long tasks due soon and ten short ones due never, taken in the one order or the other."""
    kinds = ["short"] * 10 + ["long"] * 10 if picks_easy else ["long"] * 10 + ["short"] * 10
    rows, at = [], 8 * HOUR
    for n, kind in enumerate(kinds):
        minutes = 30 if kind == "long" else 15
        due = 8 * HOUR + (sum(other == kind for other in kinds[: n + 1]) * 30 + 5) * 60 if kind == "long" else 40 * HOUR
        rows.append((f"x{n}", kind, at, at + minutes * 60, due, minutes))
        at += minutes * 60
    tasks = pd.DataFrame(rows, columns=["task", "type", "started", "closed", "due", "handling_minutes"])
    tasks = tasks.assign(team="t", agent="a", arrived=7 * HOUR, outcome="completed", standard_minutes=20.0)
    return Record(
        tasks=tasks,
        may_do=pd.DataFrame({"agent": "a", "type": ["short", "long"]}),
        start=0.0,
        end=DAY,
        day_edges=(0.0, DAY),
        day_names=("2026-03-02",),
    )


def test_taking_the_easy_ones_first_costs_what_the_replay_would_have_saved() -> None:
    row = replay_days(_day_of_picking(picks_easy=True)).iloc[0]
    # Ten short tasks of a quarter of an hour first make each of the ten long ones two hours and a half later, less the
    # five minutes that each has left.
    assert row["actual_weighted_hours"] == pytest.approx(10 * (2.5 - 5 / 60), abs=0.01)
    assert row["replayed_weighted_hours"] == pytest.approx(0, abs=0.01)


def test_the_right_order_costs_nothing() -> None:
    row = replay_days(_day_of_picking(picks_easy=False)).iloc[0]
    assert row["actual_weighted_hours"] == pytest.approx(0, abs=0.01)
    assert row["replayed_weighted_hours"] == pytest.approx(0, abs=0.01)


def test_a_replay_by_the_order_that_was_kept_is_the_day_as_it_was() -> None:
    record = _day_of_picking(picks_easy=True)
    by_due = replay_days(record, rule=Rule.SPT).iloc[0]  # the easy ones first is what they did
    assert by_due["replayed_weighted_hours"] == pytest.approx(by_due["actual_weighted_hours"], abs=0.01)


def test_people_are_on_duty_for_just_the_minutes_that_they_worked() -> None:
    record = _day_of_picking(picks_easy=True)
    tasks = record.tasks.copy()
    tasks.loc[tasks["started"] >= 10 * HOUR, ["started", "closed"]] += HOUR  # lunch
    day = gather_day(Record(**{**vars(record), "tasks": tasks}), 0)
    assert sum(end - start for start, end in day.windows["a"]) == record.tasks["handling_minutes"].sum() * 60
    assert len(day.windows["a"]) == 2
    assert day.tasks["completed"].notna().all()


@pytest.fixture
def log(tmp_path: Path) -> Callable[[str], ReportQuestion]:
    """A log of a queue whose newest task is taken first: cases of two steps, the first of unknown arrival."""
    draw = np.random.default_rng(3)
    lines = ["case_id,activity,resource,enabled_time,start_time,end_time"]
    zero = pd.Timestamp("2026-03-02T08:00:00Z")
    for n in range(120):
        day = zero + pd.Timedelta(days=n % 5, minutes=float(draw.integers(0, 300)))
        started = day + pd.Timedelta(minutes=float(draw.integers(5, 90)))
        ended = started + pd.Timedelta(minutes=float(draw.integers(3, 20)))
        times = ",".join(f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (day, started, ended))
        lines.append(f"{n},{'Check' if n % 2 else 'Pay'},p{n % 4},{times}")
    path = tmp_path / "queue.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return lambda zone: ReportQuestion(settings=Settings(), now=1_790_000_000, log=LogFile(path=path, timezone=zone))


def test_a_log_is_reported_on_by_team_alone_whoever_asks(log: Callable[[str], ReportQuestion]) -> None:
    asked = log("UTC")
    report = make_picking(ReportQuestion(**{**vars(asked), "options": {"names": "shown"}}))
    assert not report.document["is_rule_known"]
    assert report.document["people"] == []
    assert report.document["spread"] == []
    assert {row["rule"] for row in report.document["rules"]} >= {"fifo"}
    assert not [name for name in ("p0", "p1", "p2", "p3") if name in str(report.document)]
    assert report.document["teams"][0]["num_picks"] > 0


def test_what_a_log_does_not_know_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ends.csv"
    rows = [
        f"{n // 2},{'Check' if n % 2 else 'Pay'},p{n % 3},2026-03-{2 + n % 5:02d}T{8 + n % 9:02d}:00:00Z"
        for n in range(40)
    ]
    path.write_text("\n".join(["case_id,activity,resource,end_time", *rows]), encoding="utf-8")
    report = make_picking(ReportQuestion(settings=Settings(), now=1_790_000_000, log=LogFile(path=path)))
    assert "no choice to report on" in report.lead
    assert any("when work began is not known" in limit for limit in report.limits)
