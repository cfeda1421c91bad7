"""One million events of a desk through the whole waste ledger: `python -m benchmarks.waste_events [--events N]`.

From the events' frame to stretches, ledger, causes with intervals, words, tables down to their rows, and JSON. Drawing
events is not counted. Less than 30 seconds of processor time and 2 GB of memory are promised for a million.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.vocabulary_live import EventKind, OffTaskCode
from reports.waste.history import WorkHistory
from reports.waste.ledger import keep_ledger
from reports.waste.report import report_ledger
from services.reporting.paid_time.desk import EVENT_COLUMNS, read_desk_time
from services.reporting.paid_time.office import list_absent
from services.reporting.paid_time.spanning import find_overtime, pause_outside

EVENTS = 1_000_000
MOST_SECONDS, MOST_GIGABYTES = 30.0, 2.0
NUM_AGENTS, NUM_TEAMS, TYPES_PER_TEAM = 500, 10, 4
DAY_S, SHIFT_FROM, SHIFT_TO = 86_400, 8 * 3600, 16 * 3600
FIRST_DAY = 20_514
Row = tuple[str, str, str, int, str, bool, bool]


def draw_day(generator: np.random.Generator, agent: int, day: int, numbers: Iterator[int]) -> list[Row]:
    """Return what an agent tells in a shift: comes, looks, takes, does, pauses now and then, meets, goes."""
    name, zero = f"agent-{agent:03d}", (FIRST_DAY + day) * DAY_S
    at = zero + SHIFT_FROM + int(generator.integers(0, 300))
    told: list[Row] = []

    def tell(kind: EventKind, task: str = "", code: str = "", *, who: str = name, is_pushed: bool = False) -> None:
        told.append((kind.value, who, task, at, code, is_pushed, False))

    tell(EventKind.SIGNED_IN)
    meets_at = zero + 11 * 3600
    while at < zero + SHIFT_TO:
        if at > meets_at:
            meets_at += DAY_S
            tell(EventKind.OFF_TASK_BEGAN, code=OffTaskCode.MEETING.value)
            at += 1800
            tell(EventKind.OFF_TASK_ENDED)
        task = f"task-{next(numbers)}"
        chance = generator.random(4)
        told.append((EventKind.ARRIVED.value, "", task, at - int(generator.integers(600, 90_000)), "", False, False))
        tell(EventKind.LOOKING)
        at += int(generator.exponential(60))
        tell(EventKind.CLAIMED, task, is_pushed=chance[0] < 0.3)
        at += int(generator.exponential(15))
        tell(EventKind.STARTED, task)
        at += int(generator.lognormal(6.4, 0.7))
        if chance[1] < 0.1:
            tell(EventKind.PAUSED, task)
            at += int(generator.exponential(240))
            tell(EventKind.RESUMED, task)
            at += int(generator.lognormal(5.5, 0.7))
        tell(EventKind.RETURNED if chance[2] < 0.03 else EventKind.COMPLETED, task)
        if chance[3] < 0.2:
            at += int(generator.exponential(300))
    tell(EventKind.SIGNED_OUT)
    return told


def draw_events(num: int, *, seed: int = 1) -> tuple[pd.DataFrame, int]:
    """Return at least so many events in order of time, and the days that they are of."""
    generator = np.random.default_rng(seed)
    numbers = iter(range(10 * num))
    rows: list[Row] = []
    day = 0
    while len(rows) < num:
        for agent in range(NUM_AGENTS):
            rows += draw_day(generator, agent, day, numbers)
        day += 1
    events = pd.DataFrame(rows, columns=list(EVENT_COLUMNS), dtype=object)
    events = events.iloc[np.argsort(events["at"].to_numpy(dtype=np.int64), kind="stable")]
    return events, day


def make_history(events: pd.DataFrame, num_days: int) -> WorkHistory:
    """Return the history that events and rosters tell."""
    agents = [f"agent-{n:03d}" for n in range(NUM_AGENTS)]
    teams = [f"team-{n % NUM_TEAMS}" for n in range(NUM_AGENTS)]
    kinds = [(f"type-{n}", f"team-{n % NUM_TEAMS}", 720.0) for n in range(NUM_TEAMS * TYPES_PER_TEAM)]
    edges = tuple((FIRST_DAY + n) * DAY_S for n in range(num_days + 1))
    desk = read_desk_time(events, until=edges[-1])
    shifts = pd.DataFrame(
        [(agent, edge + SHIFT_FROM, edge + SHIFT_TO) for agent in agents for edge in edges[:-1]],
        columns=["agent", "start", "end"],
    )
    home = dict(zip(agents, teams, strict=True))
    by_team = {team: [kind for kind, owner, _ in kinds if owner == team] for team in set(teams)}
    team_of = desk.stretches[desk.stretches["task"] != ""].drop_duplicates("task").set_index("task")["agent"].map(home)
    tasks = desk.tasks.assign(
        type=[
            by_team[team][int(name.partition("-")[2]) % TYPES_PER_TEAM] if team else kinds[0][0]
            for name, team in zip(desk.tasks["task"], desk.tasks["task"].map(team_of).fillna(""), strict=True)
        ]
    )
    types = dict(zip(tasks["task"], tasks["type"], strict=True))
    paid = pd.concat([shifts, find_overtime(desk.stretches, shifts, reach=desk.presence)], ignore_index=True)
    stretches = pd.concat([desk.stretches, list_absent(shifts, desk.presence, until=edges[-1])], ignore_index=True)
    return WorkHistory(
        agents=pd.DataFrame({"agent": agents, "team": teams, "cost_per_hour": 24.0}),
        types=pd.DataFrame(kinds, columns=["type", "team", "standard_s"]),
        abilities=pd.DataFrame(
            [(agent, kind) for agent, team in home.items() for kind in by_team[team]], columns=["agent", "type"]
        ),
        paid=paid,
        stretches=pause_outside(stretches, paid),
        tasks=tasks,
        waiting=desk.waiting.assign(type=desk.waiting["task"].map(types), safe_until=desk.waiting["start"] + 20_000.0),
        day_edges=edges,
        day_names=tuple(f"day {n}" for n in range(num_days)),
    )


def main(arguments: list[str] | None = None) -> int:
    """Print what it took; 1 where that is more than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=EVENTS)
    asked = parser.parse_args(arguments)
    events, num_days = draw_events(asked.events)
    before = time.process_time()
    history = make_history(events, num_days)
    laid_out = time.process_time()
    ledger = keep_ledger(history)
    kept = time.process_time()
    report = report_ledger(ledger, source="drawn", zone="UTC")
    done = time.process_time()
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    print("| events | events to stretches | ledger | words, tables, figures | CPU s | peak memory, GB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    print(
        f"| {len(events):,} | {laid_out - before:.1f} | {kept - laid_out:.1f} | {done - kept:.1f} "
        f"| {done - before:.1f} | {gigabytes:.2f} |"
    )
    print(f"\n{report.lead}")
    return 0 if done - before < MOST_SECONDS and gigabytes < MOST_GIGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
