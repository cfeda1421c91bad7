from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from reports.operations.record import Record
from reports.picking.choices import Choices

DAY = 86_400.0


@pytest.fixture(scope="session")
def make_queue() -> Callable[..., Record]:
    """A fortnight's queue of three types and four people, taken in some order; some of it never."""

    def make(seed: int, *, size: int = 80) -> Record:
        draw = np.random.default_rng(seed)
        kinds = draw.choice(["short", "middle", "long"], size)
        enabled = draw.integers(0, 40, size) * 3600.0  # coarse, so that instants are shared
        started = np.where(draw.random(size) < 0.8, enabled + draw.integers(0, 30, size) * 3600.0, np.nan)
        people = draw.choice(["a", "b", "c", "d"], size)
        able = {"a": "short", "b": "middle"}  # c and d may do all
        people = np.array(
            ["c" if name in able and able[name] != kind else name for name, kind in zip(people, kinds, strict=True)]
        )
        tasks = pd.DataFrame(
            {
                "task": [f"x{n:03d}" for n in range(size)],
                "type": kinds,
                "team": "t",
                "case": [f"c{n // 2}" if n % 3 else None for n in range(size)],
                "agent": [None if np.isnan(at) else str(name) for at, name in zip(started, people, strict=True)],
                "arrived": enabled,
                "started": started,
                "closed": started + 600,
                "outcome": np.where(np.isnan(started), "open", "completed"),
                "due": np.where(draw.random(size) < 0.8, enabled + draw.integers(1, 60, size) * 3600.0, np.nan),
                "standard_minutes": pd.Series(kinds).map({"short": 5.0, "middle": 20.0, "long": 60.0}),
                "handling_minutes": np.where(np.isnan(started), np.nan, 10.0),
            }
        )
        may_do = [
            ("a", "short"),
            ("b", "middle"),
            *((name, kind) for name in "cd" for kind in ("short", "middle", "long")),
        ]
        return Record(
            tasks=tasks,
            types=pd.DataFrame(
                {"type": ["short", "middle", "long"], "team": "t", "standard_minutes": [5.0, 20.0, 60.0]}
            ),
            agents=pd.DataFrame({"agent": list("abcd"), "team": "t"}),
            may_do=pd.DataFrame(may_do, columns=["agent", "type"]),
            start=0.0,
            end=14 * DAY,
            day_edges=tuple(n * DAY for n in range(15)),
            day_names=tuple(f"2026-03-{n + 2:02d}" for n in range(14)),
        )

    return make


@pytest.fixture(scope="session")
def make_choices() -> Callable[..., Choices]:
    """Choices among tasks of given minutes: rows of agent, minutes by rank, which was taken, and its leave."""

    def make(rows: list[tuple[str, list[float], int, str]], *, is_known: bool = True) -> Choices:
        frame = pd.DataFrame(
            {
                "agent": [row[0] for row in rows],
                "team": "t",
                "task": [f"x{n}" for n in range(len(rows))],
                "type": "k",
                "at": [float(n) for n in range(len(rows))],
                "num_eligible": [len(row[1]) for row in rows],
                "rank": [row[2] + 1 for row in rows],
                "leave": [row[3] for row in rows],
                "has_last": True,
                "choose_s": 30.0,
            }
        )
        members = [minutes for row in rows for minutes in row[1]]
        return Choices(
            frame=frame,
            first=np.concatenate([[0], np.cumsum([len(row[1]) for row in rows])]).astype(np.int64),
            minutes=np.array(members),
            count=np.ones(len(members)),
            is_same=np.zeros(len(members), dtype=bool),
            taken=np.array([row[2] for row in rows], dtype=np.int64),
            head=np.zeros(len(rows), dtype=np.int64),
            rule="policy",
            is_known=is_known,
            other_ranks={} if is_known else {"fifo": np.array([row[2] + 1 for row in rows], dtype=np.int64)},
        )

    return make
