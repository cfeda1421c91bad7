from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.operations.record import CHECKS, DUES, DUTY, HANDLING, PAPER_SKILLS, RETURNS, SIGN_INS, Record

DAY = 86_400.0
MakeRecord = Callable[..., Record]


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """A small office at random: two weeks, three teams, work handed on, lent, returned, pended, left open."""

    def make(seed: int, *, size: int = 120, shuffle: int | None = None) -> Record:
        draw = np.random.default_rng(seed)
        types = [f"k{n}" for n in range(6)]
        team_of = {kind: f"t{n % 3}" for n, kind in enumerate(types)}
        agents = [f"a{n}" for n in range(9)]
        home = {agent: f"t{n % 3}" for n, agent in enumerate(agents)}
        arrived = draw.uniform(0, 14 * DAY, size).round()
        kind = draw.choice(types, size)
        waits, lasts = draw.exponential(DAY / 3, size).round(), draw.exponential(1800, size).round()
        started = np.where(draw.random(size) < 0.85, arrived + waits, np.nan)
        closed = np.where(draw.random(size) < 0.9, started + lasts, np.nan)
        dropped = np.isnan(closed) & (draw.random(size) < 0.3)
        closed = np.where(dropped, arrived + 2 * DAY, closed)
        started = np.where(dropped, np.nan, started)
        agent = [None if np.isnan(at) else name for at, name in zip(started, draw.choice(agents, size), strict=True)]
        outcome = np.where(dropped, "cancelled", np.where(np.isnan(closed), "open", "completed"))
        tasks = pd.DataFrame(
            {
                "task": [f"x{n:04d}" for n in range(size)],
                "type": kind,
                "team": [team_of[name] for name in kind],
                "case": [None if n % 7 == 0 else f"c{n // 4}" for n in range(size)],
                "agent": agent,
                "arrived": arrived,
                "started": started,
                "closed": closed,
                "due": np.where(draw.random(size) < 0.9, arrived + draw.choice([0.2, 1, 3], size) * DAY, np.nan),
                "must_by": np.where(draw.random(size) < 0.1, arrived + DAY, np.nan),
                "outcome": outcome,
                "weight": draw.choice([1.0, 2.0], size),
                "standard_minutes": draw.choice([5.0, 20.0, 60.0], size),
                "handling_minutes": np.where(outcome == "completed", lasts / 60, np.nan),
                "is_pended": (outcome == "open") & (draw.random(size) < 0.2),
                "num_returns": draw.integers(0, 2, size) * (draw.random(size) < 0.1),
                "num_reopens": draw.integers(0, 2, size) * (draw.random(size) < 0.1),
                "is_checked": draw.random(size) < 0.3,
                "is_failed": draw.random(size) < 0.05,
            }
        )
        frames: dict[str, Any] = {
            "tasks": tasks,
            "agents": pd.DataFrame({"agent": agents, "team": [home[name] for name in agents]}),
            "skills": pd.DataFrame(
                [(name, f"s{n}", 1) for n in range(6) for name in agents[: n + 3]], columns=["agent", "skill", "level"]
            ),
            "may_do": pd.DataFrame(
                [(name, what) for name in agents for what in types if team_of[what] == home[name] or name == "a0"],
                columns=["agent", "type"],
            ),
            "types": pd.DataFrame(
                {
                    "type": types,
                    "team": [team_of[what] for what in types],
                    "skill": [f"s{n}" for n in range(6)],
                    "standard_minutes": [5.0, 20.0, 60.0, 5.0, 20.0, 60.0],
                }
            ),
            "duty": pd.DataFrame(
                [(name, (day + 1 / 3) * DAY, (day + 2 / 3) * DAY) for name in agents for day in range(14)],
                columns=["agent", "start", "end"],
            ),
            "separate": pd.DataFrame(
                {
                    "task": [f"x{n:04d}" for n in range(0, size - 1, 9)],
                    "other": [f"x{n + 1:04d}" for n in range(0, size - 1, 9)],
                }
            ),
        }
        if shuffle is not None:
            frames = {name: frame.sample(frac=1, random_state=shuffle) for name, frame in frames.items()}
        return Record(
            **frames,
            start=7 * DAY,
            end=14 * DAY,
            day_edges=tuple(n * DAY for n in range(7, 15)),
            day_names=tuple(f"2026-03-{n:02d}" for n in range(2, 9)),
            knows=frozenset({DUTY, DUES, HANDLING, RETURNS, CHECKS, PAPER_SKILLS, SIGN_INS}),
        )

    return make


@pytest.fixture(scope="session")
def make_small() -> Callable[..., Record]:
    """A record of a day from rows of tasks; hours are from its midnight."""

    def make(rows: list[dict[str, object]], **frames: object) -> Record:
        tasks = pd.DataFrame(rows)
        for name in ("arrived", "enabled", "started", "closed", "due", "must_by"):
            if name in tasks:
                tasks[name] = tasks[name].astype(float) * 3600
        if "outcome" not in tasks and "closed" in tasks:
            tasks["outcome"] = np.where(tasks["closed"].notna(), "completed", "open")
        given = {"start": 0.0, "end": DAY, "day_edges": (0.0, DAY), "day_names": ("2026-03-02",)}
        knows = frozenset({DUTY, DUES, HANDLING, RETURNS, CHECKS, PAPER_SKILLS, SIGN_INS})
        return Record(tasks=tasks, **{**given, "knows": knows, **frames})  # type: ignore[arg-type]

    return make
