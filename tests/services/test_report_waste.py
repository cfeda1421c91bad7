"""Paid time from an office's tables, from an event log and from a simulated day."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.errors import UsageError
from models.formats.event_logs.log import LogColumns
from models.formats.offices.office import Office
from models.formats.scenarios.reading import parse_scenario
from models.time import from_wall_clock, load_zone
from reports.report import Report
from reports.waste.categories import CATEGORIES
from reports.waste.ledger import Ledger, keep_ledger
from services.reporting.paid_time.log import NO_PAID_TIME, NO_STARTS
from services.reporting.paid_time.office import history_of_office
from services.reporting.paid_time.simulation import history_of_simulation
from services.reporting.question import LogFile, ReportQuestion
from services.reporting.registry import make_report
from services.settings import Settings
from services.simulating.simulate import Experiment, simulate
from services.simulating.task_log import make_frame

MADRID = load_zone("Europe/Madrid")
MONDAY = date(2026, 3, 2)
NOW = 1_800_000_000


def at(clock: str, day: date = MONDAY) -> int:
    return from_wall_clock(day, time.fromisoformat(clock), MADRID)


def minutes_of(ledger: Ledger, agent: str) -> dict[str, float]:
    sums = ledger.seconds[ledger.layout.agent_ids.index(agent)].sum(axis=0)
    return {name.value: seconds / 60 for name, seconds in zip(CATEGORIES, sums.tolist(), strict=True) if seconds}


def done(name: str, kind: str, agent: str, began: str, closed: str, **more: Any) -> dict[str, Any]:
    arrived = more.pop("arrived", at("07:00"))
    row = {"id": name, "type": kind, "arrived": arrived, "started": at(began), "closed": at(closed), "done_by": agent}
    return row | more


def test_rosters_are_paid_breaks_pause_work_and_a_step_done_again_is_rework(make_office: Callable[..., Office]) -> None:
    shifts = [
        {
            "agent": "ana",
            "date": MONDAY,
            "start": time(8),
            "end": time(16),
            "breaks": ((time(12), time(12, 30), "lunch", False), (time(10), time(10, 15), "meeting", True)),
        }
    ]
    tasks = [
        done("A", "dispute", "ana", "08:00", "08:20", case="C"),
        done("B", "dispute", "ana", "08:25", "08:40", case="C"),
        done("D", "dispute", "ana", "09:50", "10:30", arrived=at("09:50")),
        done("E", "dispute", "ana", "11:50", "12:50", arrived=at("11:50")),
        done("F", "dispute", "ana", "15:40", "16:30", arrived=at("15:40")),
        {"id": "late", "type": "claim", "arrived": at("07:00"), "due": at("13:00")},
    ]
    ledger = keep_ledger(history_of_office(make_office(shifts=shifts, tasks=tasks), start=None, end=None, until=NOW))
    found = minutes_of(ledger, "ana")
    assert sum(found.values()) == 8 * 60 - 30 + 30  # and half an hour of overtime
    assert found["off_task"] == 15
    assert found["rework"] == 15
    assert found["value"] == 20 + (40 - 15) + 30 + 50
    assert found["choosing"] == 5 + 3 * 10  # she may be lent to claims, where a task waits all day
    assert "no_work" not in found
    assert ledger.outside_s.sum() == 0


def test_what_waits_elsewhere_too_long_is_imbalance(make_office: Callable[..., Office]) -> None:
    skills = [{"agent": "ana", "skill": "bill", "level": 3}, {"agent": "ben", "skill": "claim", "level": 1},
              {"agent": "ben", "skill": "bill", "level": 1}]  # fmt: skip
    tasks = [
        {"id": "urgent", "type": "dispute", "arrived": at("07:00"), "due": at("10:00")},
        done("C", "claim", "ben", "08:00", "08:30"),
    ]
    ledger = keep_ledger(
        history_of_office(make_office(agent_skills=skills, tasks=tasks), start=None, end=None, until=NOW)
    )
    found = minutes_of(ledger, "ben")  # he has the skill for disputes, and is not lent
    latest_safe_start = 9 * 60 + 42  # eighteen minutes before ten
    assert found["value"] == 30
    assert found["no_work"] == latest_safe_start - (8 * 60 + 30)
    assert found["imbalance"] == 480 - 30 - found["no_work"]
    assert minutes_of(ledger, "ana") == {"unexplained": 480.0}  # her own work waits, and she never begins any


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 7), (date(2026, 10, 25), 9)])
def test_a_shift_over_a_clock_change_is_paid_for_what_it_lasts(
    make_office: Callable[..., Office], day: date, hours: int
) -> None:
    before = date.fromordinal(day.toordinal() - 1)
    shifts = [{"agent": "ana", "date": before, "start": time(22), "end": time(6)}]
    tasks = [
        {"id": "N", "type": "dispute", "arrived": at("20:00", before), "started": at("23:00", before),
         "closed": at("05:00", day), "done_by": "ana"},
    ]  # fmt: skip
    ledger = keep_ledger(history_of_office(make_office(shifts=shifts, tasks=tasks), start=None, end=None, until=NOW))
    assert ledger.total_paid_s == hours * 3600
    assert ledger.history.day_names == (before.isoformat(), day.isoformat())
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    assert ledger.paid_s.sum(axis=0).tolist() == [2 * 3600, (hours - 2) * 3600]


def test_an_office_in_which_nothing_was_done_says_so(make_office: Callable[..., Office]) -> None:
    with pytest.raises(UsageError, match="nobody closed anything in this time"):
        history_of_office(make_office(), start=None, end=None, until=NOW)


def report_log(path: Path, **options: str) -> Report:
    return make_report(
        "waste",
        ReportQuestion(settings=Settings(), now=NOW, log=LogFile(path=path, columns=LogColumns()), options=options),
    )


def write_log(path: Path, rows: list[str], header: str = "case_id,activity,resource,start_time,end_time") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_log_without_sign_ins_has_no_paid_time_and_says_so(tmp_path: Path) -> None:
    rows = [
        f"c{n},Check,ana,2026-03-02T{8 + n // 4:02d}:{15 * (n % 4):02d}:00Z,2026-03-02T{8 + n // 4:02d}:"
        f"{15 * (n % 4) + 9:02d}:00Z"
        for n in range(16)
    ]
    made = report_log(write_log(tmp_path / "log.csv", rows))
    document = made.document
    assert document["paid_minutes"] is None
    assert NO_PAID_TIME in made.limits
    assert document["seen_minutes"] == 15 * 15 + 9
    assert sum(document["categories"].values()) == pytest.approx(document["seen_minutes"])
    assert document["categories"]["value"] == 16 * 9
    assert made.title == "Where the time goes that people were seen"


def test_a_log_without_starts_explains_no_time(tmp_path: Path) -> None:
    rows = [f"c{n},Check,ana,2026-03-02T08:{n:02d}:00Z" for n in range(10, 50, 5)]
    made = report_log(write_log(tmp_path / "log.csv", rows, header="case_id,activity,resource,end_time"))
    assert NO_STARTS in made.limits
    assert made.document["categories"]["unexplained"] == made.document["seen_minutes"] == 35


def test_overlapping_work_of_one_person_counts_once(tmp_path: Path) -> None:
    rows = [
        "c1,Check,ana,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z",
        "c2,Check,ana,2026-03-02T08:30:00Z,2026-03-02T09:30:00Z",
        "c3,Check,ana,2026-03-02T09:30:00Z,2026-03-02T10:00:00Z",
    ]
    made = report_log(write_log(tmp_path / "log.csv", rows))
    assert made.document["seen_minutes"] == made.document["categories"]["value"] == 120
    evidence = made.table("evidence-value")
    assert evidence is not None
    assert evidence.rows["minutes"].tolist() == [45.0, 45.0, 30.0]


SCENARIO: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "name": "choosing",
    "start": "2026-03-02T00:00:00+00:00",
    "days": 5,
    "replications": 1,
    "seed": 3,
    "teams": [{"id": "billing"}, {"id": "claims"}],
    "task_types": [
        {"id": kind, "team": team, "skill": team, "sla": {"minutes": 240},
         "handling": {"distribution": "lognormal", "mean_minutes": minutes, "cv": 0.8}}
        for kind, team, minutes in (("dispute", "billing", 12), ("refund", "billing", 5), ("claim", "claims", 9))
    ],
    "arrivals": [
        {"task_type": kind, "pattern": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "16:00",
                                         "per_hour": rate}]}
        for kind, rate in (("dispute", 11), ("refund", 12), ("claim", 16))
    ],
    "agents": [
        {"id": team, "count": 4, "team": team, "skills": {team: {"level": 1}}, "absence": 0.1,
         "week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "16:30",
                   "breaks": [["12:00", "12:30", "lunch"]]}]}
        for team in ("billing", "claims")
    ],
    "setup": {"same_team_minutes": 1, "other_team_minutes": 5},
    "policy": {"routing": "edf", "swing": {"mode": "off"},
               "selection": {"mode": "pull", "choose": {"distribution": "exponential", "mean_minutes": 2},
                             "cherry_pick": 0.3, "prefers": "shortest"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def simulated() -> Experiment:
    return simulate(parse_scenario(SCENARIO), has_log=True, seed=3)


def test_a_simulated_week_balances_with_what_the_simulator_counted(simulated: Experiment) -> None:
    frame = make_frame(simulated.assembly, simulated.outcomes[0])
    ledger = keep_ledger(history_of_simulation(simulated.assembly, frame, seed=3))
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    minutes = {name.value: seconds / 60 for name, seconds in zip(CATEGORIES, ledger.totals.tolist(), strict=True)}
    attended = ledger.total_paid_s / 60
    busy = minutes["value"] + minutes["over_handling"] + minutes["rework"] + minutes["setup"]
    assert busy / attended == pytest.approx(simulated.estimate("overall.utilization").mean, rel=1e-3)
    idle_with_work = simulated.estimate("overall.idle_with_work_minutes").mean
    assert minutes["choosing"] + minutes["unexplained"] == pytest.approx(idle_with_work, rel=2e-3)
    assert minutes["choosing"] == pytest.approx(idle_with_work, rel=0.03)
    switches = frame["setup_minutes"].sum()
    assert minutes["setup"] == pytest.approx(switches, abs=len(frame) / 60)
    assert ledger.outside_s.sum() == 0


def test_the_order_of_a_log_changes_nothing(simulated: Experiment) -> None:
    frame = make_frame(simulated.assembly, simulated.outcomes[0])
    mixed = frame.iloc[np.random.default_rng(5).permutation(len(frame))].reset_index(drop=True)
    plain, other = (keep_ledger(history_of_simulation(simulated.assembly, log, seed=3)) for log in (frame, mixed))
    pd.testing.assert_frame_equal(plain.rows, other.rows)


def test_a_log_of_several_replications_is_refused(simulated: Experiment) -> None:
    frame = make_frame(simulated.assembly, simulated.outcomes[0])
    both = pd.concat([frame, frame.assign(replication=1)])
    with pytest.raises(ValueError, match="one replication"):
        history_of_simulation(simulated.assembly, both, seed=3)
