"""The optimizer in the loop on a small office: better than the index rule, the same bits wherever it runs."""

import copy
from typing import Any

import numpy as np
import pytest

from models.formats.scenarios.reading import parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.replicator import Replicator, make_engine
from simulations.engine import columns as c
from simulations.engine.bundles import Bundle
from simulations.engine.layout import Layout
from simulations.engine.replicating import Outcome
from simulations.engine.running import run, start
from simulations.engine.stepping import advise, read_live
from simulations.engine.workspace import Capacity, allocate
from simulations.planning.live import Decision, LiveState
from simulations.statistics.comparing import compare_pairs

DAY = {"start": "08:00", "end": "16:00", "breaks": [["12:00", "12:30"]]}


@pytest.fixture
def office() -> dict[str, Any]:
    """Two teams with more urgent work than hands, whose work takes setups; one person may be lent."""

    def kind(name: str, team: str, minutes: float, sla: float, weight: float) -> dict[str, Any]:
        handling = {"distribution": "lognormal", "mean_minutes": minutes, "cv": 0.5}
        return {
            "id": name,
            "team": team,
            "skill": team,
            "weight": weight,
            "handling": handling,
            "sla": {"minutes": sla},
        }

    def group(name: str, count: int, swing: list[str]) -> dict[str, Any]:
        skills = {team: {"level": 3} for team in (name, *swing)}
        return {"id": name, "count": count, "team": name, "swing_teams": swing, "skills": skills, "week": [DAY]}

    kinds = [
        kind("short", "claims", 6, 200, 1),
        kind("long", "claims", 30, 400, 5),
        kind("bill", "billing", 12, 300, 2),
        kind("plan", "billing", 20, 500, 4),
    ]
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "days": 1,
        "teams": [{"id": "claims"}, {"id": "billing"}],
        "task_types": kinds,
        "arrivals": [
            {"task_type": item["id"], "pattern": [{"from": "07:00", "to": "13:00", "per_hour": 3}]} for item in kinds
        ],
        "initial_backlog": [{"task_type": item["id"], "count": 12, "age_hours": 2} for item in kinds],
        "agents": [group("billing", 3, []), group("claims", 3, ["billing"])],
        "setup": {"same_team_minutes": 3, "other_team_minutes": 8},
        "policy": {"routing": "planned", "planned": {"replan_minutes": 60, "iterations": 300}},
    }


def rows_of(outcome: Outcome) -> np.ndarray:
    assert outcome.row_real is not None
    return outcome.row_real


def weigh(document: dict[str, Any], numbers: range) -> np.ndarray:
    """Weighted minutes late, and the share on time, by replication."""
    replicator = Replicator(parse_scenario(document), warm_up_days=0.0, seed=4, has_log=True)
    made = []
    for outcome in replicator(numbers).outcomes:
        real = rows_of(outcome)
        assert outcome.row_whole is not None
        weight = replicator.assembly.layout.queue_weight[outcome.row_whole[:, c.ROW_QUEUE]]
        ended = np.where(np.isnan(real[:, c.ROW_ENDED]), 86400.0, real[:, c.ROW_ENDED])
        late = np.maximum(0.0, ended - real[:, c.ROW_DUE])
        made.append([float((weight * late).sum()) / 60, float((late == 0).mean())])
    return np.array(made)


def test_planning_beats_the_index_rule_on_a_small_office(office: dict[str, Any]) -> None:
    planned = weigh(office, range(12))
    by_rule = weigh({**office, "policy": {"routing": "atc"}}, range(12))
    less_late = compare_pairs(by_rule[:, 0], planned[:, 0]).estimate
    more_on_time = compare_pairs(by_rule[:, 1], planned[:, 1]).estimate
    assert less_late.high < 0, less_late
    assert more_on_time.low > 0, more_on_time


def test_the_same_bits_by_another_engine_and_in_another_order(office: dict[str, Any]) -> None:
    assembly = assemble_scenario(parse_scenario(office))
    first = [make_engine(assembly, 4, has_log=True).replicate(n) for n in (0, 1)]
    engine = make_engine(assembly, 4, has_log=True)
    again = [engine.replicate(n) for n in (1, 0)][::-1]
    for one, other in zip(first, again, strict=True):
        assert rows_of(one).tobytes() == rows_of(other).tobytes()
    assert rows_of(first[0]).tobytes() != rows_of(first[1]).tobytes()


def test_stopping_at_any_instant_changes_nothing(office: dict[str, Any]) -> None:
    assembly = assemble_scenario(parse_scenario(office))
    engine = make_engine(assembly, 4, has_log=True)
    whole = engine.replicate(0)
    work = allocate(assembly.layout, Capacity(slots=1024, rows=1024), num_teams=2, num_groups=2)
    facts: Any = Bundle(assembly.layout)
    state: Any = Bundle(work)
    decider = engine.decider
    assert decider is not None
    start(facts, state, 4, 0)
    for stop in (*np.arange(1000.0, 86400.0, 1777.0), np.inf):
        while run(facts, state, stop, 4, 0) == c.AT_EPOCH:
            advise(assembly.layout, work, facts, state, decider, 4, 0)
    assert work.row_real[: int(work.counts[c.NUM_ROWS])].tobytes() == rows_of(whole).tobytes()


def test_nobody_is_asked_where_nobody_is_on_duty(office: dict[str, Any]) -> None:
    assembly = assemble_scenario(parse_scenario(office))
    engine = make_engine(assembly, 4)
    asked: list[float] = []
    assert engine.decider is not None
    decide = engine.decider.decide

    class Listener:
        def decide(self, live: LiveState) -> Decision:
            asked.append(live.now / 3600)
            return decide(live)

    engine.decider = Listener()
    engine.replicate(0)
    assert asked == [8.0, 9.0, 10.0, 11.0, 13.0, 14.0, 15.0]  # a break is no duty; at 16:00 the shift is over


def test_each_term_changes_what_somebody_takes(office: dict[str, Any]) -> None:
    short_shift = [{"start": "08:00", "end": "08:20"}]
    office["agents"][0]["week"] = office["agents"][1]["week"] = short_shift

    def take_first(**terms: float) -> set[str]:
        """The types with which the people of claims begin, who may be lent to billing."""
        assembly = assemble_scenario(parse_scenario({**office, "policy": {"routing": "atc", "dispatch": terms}}))
        outcome = make_engine(assembly, 1, has_log=True).replicate(0)
        assert outcome.row_whole is not None
        real, whole = rows_of(outcome), outcome.row_whole
        is_first = (real[:, c.ROW_TAKEN] == 8 * 3600) & (whole[:, c.ROW_AGENT] >= 3)
        kinds = assembly.layout.queue_whole[whole[is_first, c.ROW_QUEUE], c.QUEUE_TYPE]
        assert len(kinds) == 3
        return {office["task_types"][n]["id"] for n in kinds.tolist()}

    short, long, bill, plan = office["task_types"]
    long["weight"], long["sla"] = 50, {"minutes": 1}
    assert take_first() == {"long"}
    assert "long" not in take_first(shift_fit=50)  # 30 minutes do not fit into 20
    long["weight"], long["sla"], short["sla"] = 5, {"minutes": 2000}, {"minutes": 2000}
    bill["sla"] = plan["sla"] = {"minutes": 1}
    assert take_first() <= {"bill", "plan"}
    assert take_first(price=50) <= {"short", "long"}  # those who can do billing only are for billing


def test_a_simulation_goes_on_from_a_live_state(office: dict[str, Any]) -> None:
    office["policy"] = {"routing": "edf", "idle_agent": "longest_idle"}
    office["arrivals"] = []
    document = copy.deepcopy(office)
    for item in document["task_types"]:
        item["handling"] = {"distribution": "deterministic", "mean_minutes": item["handling"]["mean_minutes"]}
    whole = make_engine(assemble_scenario(parse_scenario(document)), 1, has_log=True).replicate(0)
    at = 9 * 3600.0 + 120
    layout = assemble_scenario(parse_scenario(document)).layout
    late = assemble_scenario(parse_scenario({**document, "start": "2026-03-02T09:02:00+00:00", "initial_backlog": []}))
    begun = _go_on_from(late.layout, layout, whole, at)
    work = allocate(begun, Capacity(slots=1024, rows=1024), num_teams=2, num_groups=2)
    facts: Any = Bundle(begun)
    state: Any = Bundle(work)
    start(facts, state, 1, 0)
    assert run(facts, state, np.inf, 1, 0) == c.FINISHED
    rows = work.row_real[: int(work.counts[c.NUM_ROWS])]
    real = rows_of(whole)
    expected = np.sort(real[real[:, c.ROW_ENDED] > at, c.ROW_ENDED]) - at
    assert len(expected) > 20
    assert np.sort(rows[:, c.ROW_ENDED]) == pytest.approx(expected, abs=1e-6)


def _go_on_from(layout: Layout, before: Layout, whole: Outcome, at: float) -> Layout:
    """The layout of a later start, with what waits and what is in somebody's hands as it was at that instant."""
    real, codes = rows_of(whole), whole.row_whole
    assert codes is not None
    is_open = real[:, c.ROW_ENDED] > at
    held = is_open & (real[:, c.ROW_TAKEN] < at)
    live = layout.agent_live.copy()
    live[:, c.PRESENCE], live[:, c.LIVE_MOVES] = 1, 0
    backlog_real, backlog_whole = [], []
    for row, code in sorted(zip(real.tolist(), codes.tolist(), strict=True), key=lambda item: item[1][c.ROW_ORDER]):
        if row[c.ROW_ENDED] <= at:
            continue
        is_held = row[c.ROW_TAKEN] < at
        agent = int(code[c.ROW_AGENT]) if is_held else -1
        kind = int(before.queue_whole[code[c.ROW_QUEUE], c.QUEUE_TYPE])
        left = row[c.ROW_ENDED] - at if is_held else 0.0
        since = row[c.ROW_TAKEN] - at if is_held else 0.0
        backlog_real.append((row[c.ROW_ENABLED] - at, row[c.ROW_DUE] - at, np.nan, since, left))
        backlog_whole.append((kind, code[c.ROW_STREAM], code[c.ROW_INDEX], 0, agent))
        if is_held:
            live[agent, c.LIVE_TYPE] = kind
    for agent in range(len(live)):  # moves made so far in the shift that is under way
        own = np.flatnonzero((codes[:, c.ROW_AGENT] == agent) & (real[:, c.ROW_TAKEN] < at))
        own = own[np.argsort(real[own, c.ROW_TAKEN])]
        teams = before.queue_whole[codes[own, c.ROW_QUEUE], c.QUEUE_TEAM]
        live[agent, c.LIVE_MOVES] = int((teams[1:] != teams[:-1]).sum())
    assert held.sum() == 6
    return layout._replace(
        backlog_real=np.array(backlog_real), backlog_whole=np.array(backlog_whole, dtype=np.int64), agent_live=live
    )


def test_what_the_optimizer_sees_is_no_draw(office: dict[str, Any]) -> None:
    assembly = assemble_scenario(parse_scenario(office))
    work = allocate(assembly.layout, Capacity(slots=1024), num_teams=2, num_groups=2)
    facts: Any = Bundle(assembly.layout)
    state: Any = Bundle(work)
    start(facts, state, 4, 0)
    assert run(facts, state, np.inf, 4, 0) == c.AT_EPOCH
    live, _ = read_live(assembly.layout, work, facts, state, 4, 0)
    assert live.now == 8 * 3600
    assert len(live.task_type) >= 48
    work.slot_real[:, c.CONTENT] *= 3
    again, _ = read_live(assembly.layout, work, facts, state, 4, 0)
    for name in ("task_type", "task_enabled", "task_due", "held_type", "held_spent_s"):
        assert getattr(live, name).tobytes() == getattr(again, name).tobytes()
