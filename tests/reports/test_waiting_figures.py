"""The waiting ledger as figures, tables and words."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.waiting.batching import find_batches
from reports.waiting.document import waiting_document
from reports.waiting.duty import make_duty
from reports.waiting.enabling import find_concurrent, find_enabling
from reports.waiting.figures import MOST_TRANSITIONS, show_waiting
from reports.waiting.history import read_history
from reports.waiting.ledger import WaitingLedger
from reports.waiting.person_split import split_by_person
from reports.waiting.sentences import say_actions, say_facts, say_lead, say_limits
from reports.waiting.tables import tabulate_waiting

LONG = "a step whose name is longer than what fits below a bar: "


def ledger_of(rows: list[dict[str, Any]], *, chosen: list[bool] | None = None) -> WaitingLedger:
    frame = pd.DataFrame(rows)
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    history = read_history(
        frame.assign(
            id=[f"t{number}" for number in range(len(rows))],
            enabled=frame["end"],
            due=frame["end"],
            enabled_by="nothing",
            outcome="done",
        )
    )
    enabling = find_enabling(history, find_concurrent(history))
    batches = find_batches(history, enabling.enabled)
    return WaitingLedger(
        definitions="paper",
        history=history,
        enabling=enabling,
        batches=batches,
        split=split_by_person(history, enabling.enabled, batches, make_duty(history.agent_names, {})),
        chosen=np.array(chosen or [True] * len(history), dtype=np.bool_),
        team=np.zeros(len(history), dtype=np.int64),
        team_names=("claims",),
    )


@pytest.fixture
def many() -> WaitingLedger:
    """Forty transitions, each an hour longer than the one before; their names differ at the end only."""
    rows: list[dict[str, Any]] = []
    for number in range(40):
        case = {"case": f"c{number}", "agent": "ana"}
        start = pd.Timestamp("2026-03-02T08:00:00Z") + pd.Timedelta(days=number)
        rows.append({**case, "type": "open", "start": start, "end": start + pd.Timedelta(minutes=30)})
        later = start + pd.Timedelta(minutes=90 + 60 * (number % 20), seconds=number)
        rows.append({**case, "type": f"{LONG}{number}", "start": later, "end": later + pd.Timedelta(minutes=10)})
    return ledger_of(rows)


def test_the_pareto_has_a_bar_for_each_transition_though_names_are_cut(many: WaitingLedger) -> None:
    tables = {table.name: table for table in tabulate_waiting(many, zone="UTC")}
    rows = tables["by-transition"].rows
    panels = {panel.name: panel for panel in show_waiting(many, tables["by-type"].rows, rows)}
    bars, line = panels["pareto"].figure.data
    assert list(bars.x) == list(range(MOST_TRANSITIONS))
    assert list(bars.y) == sorted(bars.y, reverse=True)
    assert list(line.y) == sorted(line.y)
    assert rows["running"].iloc[-1] == pytest.approx(1.0)
    num_most = int((rows["running"] < 0.8).sum()) + 1
    assert panels["pareto"].text.startswith(f"{num_most} of 40 transitions make 80 % of all waiting")
    assert len(panels["pareto"].rows) == 40


def test_every_table_adds_up_to_the_document(many: WaitingLedger) -> None:
    document = waiting_document(many)
    tables = {table.name: table.rows for table in tabulate_waiting(many, zone="UTC")}
    for name in ("by-type", "by-team", "by-transition", "evidence"):
        assert tables[name]["waited"].sum() == pytest.approx(document["wait_hours"]), name
        for cause, hours in document["causes"].items():
            assert tables[name][cause].sum() == pytest.approx(hours), (name, cause)
    assert tables["causes"]["hours"].sum() == pytest.approx(document["wait_hours"])
    assert sum(row["wait_hours"] for row in document["by_type"]) == pytest.approx(document["wait_hours"])
    assert sum(row["instances"] for row in document["by_type"]) == document["instances"] == 80


def test_what_is_left_out_is_in_no_figure(many: WaitingLedger) -> None:
    is_chosen = [many.history.type_names[kind] == "open" for kind in many.history.type]
    some = WaitingLedger(
        definitions=many.definitions, history=many.history, enabling=many.enabling, batches=many.batches,
        split=many.split, chosen=np.array(is_chosen), team=many.team, team_names=many.team_names,
    )  # fmt: skip
    assert waiting_document(some)["instances"] == 40
    assert waiting_document(some)["wait_hours"] == 0.0
    assert say_actions(some, {}) == ()
    assert show_waiting(some, pd.DataFrame(), pd.DataFrame()) == []


def test_what_to_do_first_names_the_largest_pairs_by_their_names() -> None:
    ledger = ledger_of(
        [
            {"case": "c1", "type": "open", "agent": "ana", "start": "2026-03-02T08:00Z", "end": "2026-03-02T08:10Z"},
            {"case": "c1", "type": "pay", "agent": "ben", "start": "2026-03-02T11:10Z", "end": "2026-03-02T11:20Z"},
            {"case": "c2", "type": "scan", "agent": "ben", "start": "2026-03-02T10:10Z", "end": "2026-03-02T11:10Z"},
        ]
    )
    first, second = say_actions(ledger, {"pay": "Pay out"})
    assert first.heading == "Pay out: Find out what holds it back while people are free"
    assert first.text.startswith("2.0 hours, 67 % of all waiting, of 1 task: ")
    assert first.text.endswith("Without it Pay out would wait 1.0 hours on average instead of 3.0 hours.")
    assert second.heading == "Pay out: Take it in the agreed order"
    assert second.table == "evidence-prioritization"
    assert say_lead(ledger, source="log.csv", first="2026-03-02", last="2026-03-02") == (
        "log.csv, 2026-03-02 to 2026-03-02: 3 tasks of 2 cases. They waited 3.0 hours and were worked on for 1.3."
    )
    assert say_facts(ledger)[0] == "Cases were worked on 30.8 % of the time; the rest they waited."


def test_a_source_without_starts_is_told_to_record_them_and_has_no_efficiency() -> None:
    nothing = pd.NaT
    ledger = ledger_of(
        [
            {"case": "c1", "type": "open", "agent": "ana", "start": nothing, "end": "2026-03-02T08:10Z"},
            {"case": "c1", "type": "pay", "agent": "ben", "start": nothing, "end": "2026-03-02T11:20Z"},
        ]
    )
    actions = say_actions(ledger, {})
    assert [action.heading for action in actions] == [
        "Record when work begins",
        "pay: follow some cases from the task before it to its end",
    ]
    assert waiting_document(ledger)["cycle_time_efficiency"] is None
    assert set(waiting_document(ledger)["efficiency_without"].values()) == {None}
    limits = say_limits(ledger, num_milestones=3, has_hours=False, least_days=5)
    assert limits[0].startswith("3 instances are of types that take nobody's time")
    assert limits[1].startswith("2 tasks have no start of their own")
    assert any("fewer than 5 full days" in text for text in limits)
