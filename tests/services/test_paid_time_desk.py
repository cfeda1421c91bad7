"""The desk's events as time, on random histories: nothing negative, nothing twice, and a ledger that balances."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary_live import EventKind
from reports.waste.history import StretchKind, WorkHistory
from reports.waste.ledger import keep_ledger
from services.reporting.paid_time.desk import EVENT_COLUMNS, DeskTime, read_desk_time
from services.reporting.paid_time.office import list_absent
from services.reporting.paid_time.spanning import find_overtime, pause_outside

UNTIL = 4_000
AGENTS = ("ana", "ben")
SHIFTS = pd.DataFrame([(agent, 500, 3_000) for agent in AGENTS], columns=["agent", "start", "end"])

event = st.tuples(
    st.sampled_from([kind.value for kind in EventKind]),
    st.sampled_from(["", *AGENTS]),
    st.sampled_from(["", "t1", "t2", "t3"]),
    st.integers(0, UNTIL),
    st.sampled_from(["meeting", "break"]),
    st.booleans(),
    st.booleans(),
)


def frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS), dtype=object)


def day(*rows: tuple[EventKind, str, str, int]) -> DeskTime:
    return read_desk_time(
        frame([(kind.value, agent, task, at, "meeting", False, False) for kind, agent, task, at in rows]), until=UNTIL
    )


def spans(desk: DeskTime, kind: StretchKind) -> list[tuple[str, str, int, float]]:
    own = desk.stretches[desk.stretches["kind"] == kind.value]
    return [tuple(row) for row in own[["agent", "task", "start", "end"]].to_numpy().tolist()]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(event, max_size=25), is_mixed=st.booleans())
def test_whatever_events_say_time_is_never_negative_and_the_ledger_balances(
    rows: list[tuple[object, ...]], is_mixed: bool
) -> None:
    ordered = rows if is_mixed else sorted(rows, key=lambda row: int(str(row[3])))  # clocks that were set back
    desk = read_desk_time(frame(ordered), until=UNTIL)
    known = desk.stretches["end"].notna()
    assert (desk.stretches["end"][known] >= desk.stretches["start"][known]).all()
    assert (desk.waiting["end"] >= desk.waiting["start"]).all()
    assert (desk.presence["end"] >= desk.presence["start"]).all()
    paid = pd.concat([SHIFTS, find_overtime(desk.stretches, SHIFTS, reach=desk.presence)], ignore_index=True)
    stretches = pd.concat([desk.stretches, list_absent(SHIFTS, desk.presence, until=UNTIL)], ignore_index=True)
    ledger = keep_ledger(
        WorkHistory(
            agents=pd.DataFrame({"agent": AGENTS, "team": "billing"}),
            types=pd.DataFrame({"type": ["dispute"], "team": ["billing"]}),
            abilities=pd.DataFrame({"agent": AGENTS, "type": "dispute"}),
            paid=paid,
            stretches=pause_outside(stretches, paid),
            tasks=desk.tasks.assign(type="dispute"),
            waiting=desk.waiting.assign(type="dispute"),
            day_edges=(0, 1_000, UNTIL),
            day_names=("one", "two"),
        )
    )
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    least = [2 * 500, 2 * 2_000]  # shifts; overtime may come on top
    assert (ledger.paid_s.sum(axis=0) >= np.array(least)).all()


def test_what_is_released_is_lost_only_where_somebody_else_goes_on() -> None:
    began = [
        (EventKind.CLAIMED, "ana", "t1", 600),
        (EventKind.STARTED, "ana", "t1", 600),
        (EventKind.RELEASED, "ana", "t1", 700),
    ]
    again = [(EventKind.CLAIMED, "ana", "t1", 800), (EventKind.STARTED, "ana", "t1", 800)]
    done = (EventKind.COMPLETED, "ana", "t1", 900)
    kept = day(*began, *again, done)
    assert spans(kept, StretchKind.LOST) == []
    assert spans(kept, StretchKind.HANDLING) == [("ana", "t1", 600, 700.0), ("ana", "t1", 800, 900.0)]
    other = [(kind, "ben", task, at) for kind, _, task, at in again]
    assert spans(day(*began, *other), StretchKind.LOST) == [("ana", "t1", 600, 700.0)]
    twice = [*began, *again, (EventKind.RETURNED, "ana", "t1", 850)]
    assert len(spans(day(*twice), StretchKind.LOST)) == 2


def test_an_interruption_ends_where_something_else_is_begun() -> None:
    desk = day(
        (EventKind.CLAIMED, "ana", "t1", 600),
        (EventKind.STARTED, "ana", "t1", 600),
        (EventKind.PAUSED, "ana", "t1", 700),
        (EventKind.CLAIMED, "ana", "t2", 750),
        (EventKind.STARTED, "ana", "t2", 760),
        (EventKind.COMPLETED, "ana", "t2", 800),
        (EventKind.RESUMED, "ana", "t1", 900),
        (EventKind.COMPLETED, "ana", "t1", 950),
    )
    assert spans(desk, StretchKind.INTERRUPTED) == [("ana", "t1", 700, 750.0)]
    assert spans(desk, StretchKind.SETUP) == [("ana", "t2", 750, 760.0)]


def test_a_task_waits_while_nobody_has_it() -> None:
    desk = day(
        (EventKind.ARRIVED, "", "t1", 100),
        (EventKind.CLAIMED, "ana", "t1", 600),
        (EventKind.EXPIRED, "ana", "t1", 700),
        (EventKind.PENDED, "", "t1", 800),
        (EventKind.UNPENDED, "", "t1", 900),
    )
    assert desk.waiting.to_numpy().tolist() == [["t1", 100, 600], ["t1", 700, 800], ["t1", 900, UNTIL]]
    assert spans(desk, StretchKind.SETUP) == []  # it was never begun
