from datetime import date, time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.offices.office import Office
from models.formats.offices.tables import TABLES, Kind
from models.time import from_wall_clock, to_datetime
from simulations.demo_office import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

ZONE = demo_calendar().zone
PLANNABLE_SHARE = 0.9
OPENING = from_wall_clock(DEMO_DAY, DEMO_OPENING, ZONE)


def make(seed: int = 7, *, num_agents: int = 90, num_tasks: int = 2500, num_days: int = 1) -> Office:
    generator = np.random.default_rng(seed)
    return generate_office(generator, num_agents=num_agents, num_tasks=num_tasks, num_days=num_days)


@pytest.fixture(scope="module")
def office() -> Office:
    return make()


@pytest.fixture(scope="module")
def worked_week() -> Office:
    return make(num_agents=40, num_tasks=700, num_days=4)


def assert_references_hold(office: Office) -> None:
    ids = {table.name: {row["id"] for row in office.rows(table.name)} for table in TABLES if table.key == ("id",)}
    ids["task_types"] = {row["id"] for row in office.rows("task_types")}
    for table in TABLES:
        rows = office.rows(table.name)
        for column in table.columns:
            cells = [row[column.name] for row in rows]
            if column.required:
                assert all(cell is not None for cell in cells), (table.name, column.name)
            if column.refers_to is None:
                continue
            named = {
                name
                for cell in cells
                if cell is not None
                for name in (cell if column.kind in {Kind.IDS, Kind.LEVELS} else (cell,))
            }
            assert named <= ids[column.refers_to], (table.name, column.name, named - ids[column.refers_to])
        keys = [tuple(row[name] for name in table.key) for row in rows]
        assert len(keys) == len(set(keys)), table.name


def test_the_default_day_has_the_promised_size(office: Office) -> None:
    assert len(office.table("agents")) == 90
    assert len(office.table("tasks")) == 2500
    assert [row["name"] for row in office.rows("teams")] == [
        "Billing resolution",
        "Claim approval",
        "Client information",
        "Complaint resolution",
        "Order fulfilment",
        "Accounts receivable and payable",
        "Data entry",
        "Compliance and quality",
        "Swing team",
    ]


def test_every_reference_and_key_holds(office: Office) -> None:
    assert_references_hold(office)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    num_agents=st.integers(9, 30),
    num_tasks=st.integers(0, 150),
    num_days=st.integers(1, 3),
)
def test_any_seed_and_size_gives_a_consistent_office(seed: int, num_agents: int, num_tasks: int, num_days: int) -> None:
    office = make(seed, num_agents=num_agents, num_tasks=num_tasks, num_days=num_days)
    assert_references_hold(office)
    tasks = office.table("tasks")
    assert len(office.table("agents")) == num_agents
    still_open = tasks[tasks["closed"].isna()]
    # A whole case of three open steps may be the last thing to fit.
    assert num_tasks <= len(still_open) <= num_tasks + 8


def test_one_seed_gives_one_office(office: Office) -> None:
    again = make()
    for name, frame in office.tables.items():
        pd.testing.assert_frame_equal(frame, again.table(name))


def test_another_seed_gives_another_office(office: Office) -> None:
    assert set(office.table("agents")["id"]) != set(make(8).table("agents")["id"])


def test_more_tasks_leave_the_people_as_they_are(office: Office) -> None:
    more = make(num_tasks=2600)
    for name in ("agents", "agent_skills", "shifts", "absences"):
        pd.testing.assert_frame_equal(office.table(name), more.table(name))


def test_each_task_type_can_be_done_by_several_of_its_own_team(office: Office) -> None:
    home = {row["id"]: row["team"] for row in office.rows("agents")}
    for kind in office.rows("task_types"):
        able = [
            row["agent"]
            for row in office.rows("agent_skills")
            if row["skill"] == kind["skill"]
            and row["level"] >= kind["min_level"]
            and home[row["agent"]] == kind["team"]
        ]
        assert len(able) >= 2, kind["id"]


def test_each_team_has_three_to_six_task_types(office: Office) -> None:
    counts = office.table("task_types").groupby("team").size()
    assert len(counts) == 8
    assert counts.between(3, 6).all(), counts


def test_everything_on_the_desk_came_in_before_the_opening_at_hours_of_its_channel(office: Office) -> None:
    tasks = office.rows("tasks")
    assert max(row["arrived"] for row in tasks) < OPENING
    hours = {
        channel: {to_datetime(row["arrived"], ZONE).hour for row in tasks if row["attributes"]["channel"] == channel}
        for channel in ("phone", "letter", "batch", "portal")
    }
    assert hours["phone"] <= set(range(8, 18))
    assert hours["letter"] <= set(range(8, 12))
    assert hours["batch"] <= set(range(5, 8))
    assert len(hours["portal"]) > 15  # customers use the portal day and night


def test_four_eyes_and_predecessors_lie_within_the_case(office: Office) -> None:
    by_id = {row["id"]: row for row in office.rows("tasks")}
    num_links = 0
    for row in by_id.values():
        for other in (*row["after"], *row["separate_from"]):
            num_links += 1
            assert by_id[other]["case"] == row["case"]
    assert num_links > 300
    approvals = [row for row in by_id.values() if row["type"] == "claim-approval"]
    assert all(row["separate_from"] or row["excluded_agents"] for row in approvals)
    large = [row for row in approvals if row["attributes"]["amount_eur"] >= 3000]
    assert large
    assert all(row["min_level"] == 4 for row in large)


def test_orders_go_from_order_to_pack_to_ship_to_invoice(office: Office) -> None:
    steps: dict[str, tuple[str, ...]] = {}
    for row in office.rows("tasks"):
        steps[row["case"]] = (*steps.get(row["case"], ()), row["step"])
    new = {steps[row["case"]] for row in office.rows("tasks") if row["type"] == "verify-order"}
    assert new == {("order", "pack", "ship", "invoice")}


def test_the_law_allows_more_time_than_the_office_does(office: Office) -> None:
    calendar = demo_calendar()
    sla = {row["id"]: row["sla_minutes"] for row in office.rows("task_types")}
    regulated = [row for row in office.rows("tasks") if row["must_by"] is not None]
    assert len(regulated) > 50
    for row in regulated:
        assert row["must_by"] > calendar.after_open_minutes(row["arrived"], sla[row["type"]])


def test_some_teams_are_short_and_some_have_time_to_spare(office: Office) -> None:
    """Standard hours on the desk against hours on shift, by team: what makes lending worth while."""
    minutes = {row["id"]: (row["team"], row["handling_minutes"]) for row in office.rows("task_types")}
    work: dict[str, float] = {}
    for row in office.rows("tasks"):
        team, standard = minutes[row["type"]]
        work[team] = work.get(team, 0.0) + (row["handling_minutes"] or standard) * row["quantity"] / 60
    home = {row["id"]: row["team"] for row in office.rows("agents")}
    hours: dict[str, float] = {}
    for row in office.rows("shifts"):
        if row["date"] == DEMO_DAY:
            length = _minutes(row["end"]) - _minutes(row["start"])
            paused = sum(_minutes(end) - _minutes(start) for start, end, _, _ in row["breaks"])
            hours[home[row["agent"]]] = hours.get(home[row["agent"]], 0.0) + (length - paused) / 60
    load = {team: work[team] / (PLANNABLE_SHARE * hours[team]) for team in work}
    assert load["billing"] > 1.0
    assert load["client-data"] < 0.8
    assert load["orders"] < 0.85


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def test_blocks_lie_inside_their_shift_and_apart(worked_week: Office) -> None:
    kinds = set()
    for row in worked_week.rows("shifts"):
        blocks = [(row["start"], row["start"]), *[(b[0], b[1]) for b in row["breaks"]], (row["end"], row["end"])]
        assert all(first[1] <= second[0] for first, second in pairwise(blocks)), row
        kinds |= {block[2] for block in row["breaks"]}
        assert all(is_paid == (kind != "lunch") for _, _, kind, is_paid in row["breaks"])
    assert kinds == {"lunch", "break", "meeting", "training", "phone duty"}


def test_history_is_work_that_its_people_could_have_done(worked_week: Office) -> None:
    tasks = [row for row in worked_week.rows("tasks") if row["closed"] is not None]
    assert len(tasks) > 1500
    by_id = {row["id"]: row for row in worked_week.rows("tasks")}
    kinds = {row["id"]: row for row in worked_week.rows("task_types")}
    level = {(row["agent"], row["skill"]): row["level"] for row in worked_week.rows("agent_skills")}
    teams = {row["id"]: {row["team"], *row["swing_teams"]} for row in worked_week.rows("agents")}
    by_agent: dict[str, list[tuple[int, int]]] = {}
    for row in tasks:
        kind = kinds[row["type"]]
        assert row["arrived"] <= row["started"] < row["closed"] < OPENING
        assert level[row["done_by"], kind["skill"]] >= (row["min_level"] or kind["min_level"])
        assert kind["team"] in teams[row["done_by"]]
        assert all(by_id[other]["closed"] <= row["started"] for other in row["after"])
        assert all(by_id[other]["done_by"] != row["done_by"] for other in row["separate_from"])
        by_agent.setdefault(row["done_by"], []).append((row["started"], row["closed"]))
    for spans in by_agent.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(spans)))


def test_nobody_worked_history_while_away(worked_week: Office) -> None:
    absences: dict[str, list[tuple[int, int]]] = {}
    for row in worked_week.rows("absences"):
        absences.setdefault(row["agent"], []).append((row["start"], row["end"]))
    for row in worked_week.rows("tasks"):
        if row["started"] is not None:
            assert not any(start <= row["started"] < end for start, end in absences.get(row["done_by"], []))


def test_early_shifts_have_one_task_each_in_hand_at_the_opening(office: Office) -> None:
    in_hand = [row for row in office.rows("tasks") if row["started"] is not None]
    assert 5 <= len(in_hand) <= 25
    assert len({row["done_by"] for row in in_hand}) == len(in_hand)
    early = {row["agent"] for row in office.rows("shifts") if row["date"] == DEMO_DAY and row["start"] < time(8)}
    assert {row["done_by"] for row in in_hand} <= early


def test_a_week_with_a_clock_change_and_a_holiday_is_an_ordinary_one() -> None:
    office = generate_office(np.random.default_rng(1), num_agents=20, num_tasks=100, num_days=3, day=date(2026, 4, 6))
    days = sorted({row["date"] for row in office.rows("shifts")})
    # Thursday 2 April and Friday 3 April 2026 are Maundy Thursday and Good Friday, closed in Madrid.
    assert days[:3] == [date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 6)]
    assert len(days) == 7


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [
        ({"num_agents": 8}, "at least 9 agents"),
        ({"num_tasks": -1}, "no negative number"),
        ({"num_days": 0}, "at least one day"),
    ],
)
def test_impossible_sizes_are_refused(sizes: dict[str, int], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        make(**sizes)


def test_a_closed_day_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-01 is none"):
        generate_office(np.random.default_rng(1), day=date(2026, 3, 1))
