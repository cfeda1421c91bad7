"""Every figure of tasks, recomputed from the log of tasks by the words of the format."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.formats.scenarios.reading import parse_scenario
from services.simulating.simulate import simulate
from services.simulating.task_log import write_log

START = pd.Timestamp("2026-03-02T00:00:00Z")
END = pd.Timestamp("2026-03-07T00:00:00Z")
WARM = pd.Timestamp("2026-03-03T00:00:00Z")


def document(**changes: Any) -> dict[str, Any]:
    week = [{"start": "08:00", "end": "17:00", "breaks": [["12:00", "12:30"]]}]
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": START.isoformat(),
        "days": 5,
        "warm_up_days": 1,
        "replications": 3,
        "seed": 17,
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [
            {
                "id": "a",
                "team": "x",
                "skill": "a",
                "sla": {"minutes": 300},
                "handling": {"distribution": "lognormal", "mean_minutes": 20, "cv": 1},
                "patience": {"distribution": "exponential", "mean_minutes": 900},
            },
            {
                "id": "b",
                "team": "y",
                "skill": "b",
                "sla": {"minutes": 240},
                "handling": {"distribution": "gamma", "mean_minutes": 15, "cv": 0.7},
            },
        ],
        "processes": [
            {
                "id": "p",
                "start": "b",
                "sla": {"minutes": 2000},
                "steps": [
                    {"id": "b", "task_type": "b", "next": [{"step": "a", "probability": 0.5}]},
                    {"id": "a", "task_type": "a", "next": [{"step": "b", "probability": 0.2}]},
                ],
            }
        ],
        "arrivals": [
            {"task_type": "a", "pattern": [{"from": "08:00", "to": "16:00", "per_hour": 4}], "day_cv": 0.3},
            {"process": "p", "per_hour": 2},
        ],
        "agents": [
            {
                "id": "x",
                "count": 2,
                "team": "x",
                "swing_teams": ["y"],
                "week": week,
                "skills": {"a": {"level": 1}, "b": {"level": 1, "speed": 0.5}},
            },
            {"id": "y", "count": 2, "team": "y", "week": week, "absence": 0.1, "skills": {"b": {"level": 1}}},
        ],
        "setup": {"same_team_minutes": 1, "other_team_minutes": 3},
        "policy": {"routing": "edf", "swing": {"mode": "threshold", "engage_tasks": 3, "min_dwell_minutes": 20}},
        **changes,
    }


@pytest.mark.parametrize(
    "changes", [{}, {"policy": {"shift_end": "resume"}}, {"warm_up_days": 0}], ids=["", "resume", "cold"]
)
def test_figures_are_those_of_the_log(tmp_path: Path, changes: dict[str, Any]) -> None:
    asked = document(**changes)
    experiment = simulate(parse_scenario(asked), has_log=True)
    write_log(tmp_path / "log.csv", experiment)
    instants = ["arrived", "enabled", "started", "completed", "abandoned", "due"]
    log = pd.read_csv(tmp_path / "log.csv", parse_dates=instants)
    warm = START if asked["warm_up_days"] == 0 else WARM
    counted = log[log["arrived"] >= warm]
    figures = experiment.figures
    names = list(experiment.measures.names)
    sections = {
        "overall": counted,
        "teams.x": counted[counted["task_type"] == "a"],
        "task_types.b": counted[counted["task_type"] == "b"],
    }
    for section, rows in sections.items():
        for number in range(len(figures)):
            part = rows[rows["replication"] == number]
            for metric, value in recompute(part, warm).items():
                said = figures[number, names.index(f"{section}.{metric}")]
                assert said == pytest.approx(value, rel=1e-5, abs=2e-3, nan_ok=True), f"{section}.{metric}"
    total = figures[:, names.index("overall.arrived")]
    left = [figures[:, names.index(f"overall.{metric}")] for metric in ("completed", "abandoned", "backlog_end")]
    assert np.array_equal(total, sum(left))
    assert left[1].sum() > 0
    assert log["wait_minutes"].min() >= 0


def test_no_cell_of_a_log_is_a_formula(tmp_path: Path) -> None:
    text = json.dumps(document(replications=1)).replace('"y"', '"=HYPERLINK(1)"')
    write_log(tmp_path / "log.csv", simulate(parse_scenario(json.loads(text)), has_log=True))
    rows = list(csv.reader((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()))
    told = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert told
    assert {cell[:2] for cell in told} == {"'="}


def recompute(part: pd.DataFrame, warm: pd.Timestamp) -> dict[str, float]:
    """Return the figures of tasks that were counted."""
    started = part[part["wait_minutes"].notna()]
    done = part[part["completed"].notna()]
    waits = started["wait_minutes"]
    cohort = part[(part["due"] >= warm) & (part["due"] <= END)]
    in_time = cohort["completed"].notna() & (cohort["completed"] <= cohort["due"])
    late = (done["completed"] - done["due"]).dt.total_seconds() / 60
    flow = (done["completed"] - done["enabled"]).dt.total_seconds() / 60
    return {
        "arrived": len(part),
        "completed": len(done),
        "abandoned": int(part["abandoned"].notna().sum()),
        "backlog_end": int((part["completed"].isna() & part["abandoned"].isna()).sum()),
        "wait_minutes_mean": float(waits.mean()),
        "wait_minutes_p50": float(waits.quantile(0.5)),
        "wait_minutes_p90": float(waits.quantile(0.9)),
        "wait_minutes_p99": float(waits.quantile(0.99)),
        "waited_share": float((waits > 0).mean()),
        "flow_minutes_mean": float(flow.mean()),
        "tardy_minutes_mean": float(late.clip(lower=0).mean()),
        "on_time_share": float(in_time.mean()),
    }
