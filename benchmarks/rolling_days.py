"""Rolling days of the demo office: the planner in the loop against the index rule, on the same random numbers.

    python -m benchmarks.rolling_days [--replications N] [--days N] [--agents N] [--load L] [--policy P ...]

Columns: weighted minutes late a unit of weight (what is open counts as completed at the end), on-time share of what
fell due, the same by weight, overtime hours, tasks open at the end; then processor seconds a replication.

Work arrives as the demo office's does and is seen when it comes; handling is drawn; at each epoch the optimizer plans
what waits. Printed are means with intervals of 95 %, and the differences from `atc` in pairs.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.formats.scenarios.reading import parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.replicator import Replicator
from simulations.demo_office.arrivals import CLOSED_DAY_SHARE, HOURLY
from simulations.demo_office.history import HANDLING_CV
from simulations.demo_office.kinds import KIND, KINDS
from simulations.demo_office.organisation import TEAMS
from simulations.demo_office.people import Person, draw_people
from simulations.demo_office.processes import PROCESSES
from simulations.demo_office.rosters import ILL_SHARE, PATTERNS, ShiftPattern
from simulations.engine import columns as c
from simulations.engine.bundles import Bundle
from simulations.engine.running import run as run_until
from simulations.engine.running import start
from simulations.engine.stepping import read_live
from simulations.engine.workspace import Capacity, allocate
from simulations.statistics.comparing import compare_pairs
from simulations.statistics.intervals import estimate

OPEN_DAYS, CLOSED_DAYS = ["mon", "tue", "wed", "thu", "fri"], ["sat", "sun"]
LUNCH_MINUTES, PAUSE_MINUTES = 30, 15
WARM_UP_DAYS = 1
BACKLOG_AGES = (56, 58, 60, 62, 64)
"""Hours before the first midnight: the Friday before."""
POLICIES = ("atc", "swing", "planned")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--replications", type=int, default=20)
    cli.add_argument("--days", type=int, default=5)
    cli.add_argument("--agents", type=int, default=30)
    cli.add_argument("--load", type=float, default=1.05)
    cli.add_argument("--backlog", type=float, default=1.0)
    cli.add_argument("--replan-minutes", type=float, default=60)
    cli.add_argument("--iterations", type=int, default=2000)
    cli.add_argument("--policy", nargs="+", choices=POLICIES, default=POLICIES)
    args = cli.parse_args(arguments)
    if args.days <= WARM_UP_DAYS:
        cli.error(f"--days: more than {WARM_UP_DAYS}; what comes on the first day is not counted")
    document = make_rolling_days(num_agents=args.agents, num_days=args.days, load=args.load, backlog=args.backlog)
    asked = {"replan_minutes": args.replan_minutes, "iterations": args.iterations}
    rows: dict[str, np.ndarray] = {}
    print(f"{args.agents} people, load {args.load:g}, {args.days} days, {args.replications} replications")
    for name in args.policy:
        begun = time.process_time()
        rows[name] = run({**document, "policy": make_policy(name, asked)}, range(args.replications))
        seconds = (time.process_time() - begun) / args.replications
        means = [estimate(column) for column in rows[name].T]
        told = "  ".join(f"{m.mean:9.4f} [{m.low:9.4f}, {m.high:9.4f}]" for m in means)
        print(f"  {name:8s} {told}  {seconds:6.2f} s")
    for name in args.policy[1:]:
        pairs = [
            compare_pairs(rows[args.policy[0]][:, n], rows[name][:, n]).estimate for n in range(rows[name].shape[1])
        ]
        told = "  ".join(f"{m.mean:+9.4f} [{m.low:+9.4f}, {m.high:+9.4f}]" for m in pairs)
        print(f"  {name:8s} {told}  less {args.policy[0]}")
    show_step_in(document)
    return 0


def show_step_in(document: dict[str, Any]) -> None:
    """Print what it costs to stop a run and go on, and to hand the state over, besides the asking."""
    assembly = assemble_scenario(parse_scenario({**document, "policy": make_policy("planned", {})}))
    layout = assembly.layout
    work = allocate(layout, Capacity(slots=1 << 16), num_teams=len(TEAMS), num_groups=len(assembly.groups))
    facts: Any = Bundle(layout)
    state: Any = Bundle(work)
    start(facts, state, 1, 0)
    run_until(facts, state, 3600.0, 1, 0)

    def measure(work: Callable[[], object]) -> float:
        seconds = []
        for _ in range(7):
            begun = time.thread_time()
            for _ in range(500):
                work()
            seconds.append((time.thread_time() - begun) / 500)
        return 1e6 * statistics.median(seconds)

    step = measure(lambda: run_until(facts, state, 3600.0, 1, 0))
    look = measure(lambda: read_live(layout, work, facts, state, 1, 0))
    print(f"  stop and go on {step:.1f} us; read the state of {len(assembly.agent_ids)} people {look:.0f} us")


def make_policy(name: str, asked: dict[str, float]) -> dict[str, Any]:
    """Return a policy by its name here."""
    if name == "atc":
        return {"routing": "atc"}
    if name == "swing":
        return {"routing": "atc", "swing": {"mode": "planned"}, "planned": asked}
    return {"routing": "planned", "planned": asked}


def run(document: dict[str, Any], numbers: Sequence[int]) -> np.ndarray:
    """Return by replication: weighted tardiness a task in minutes, on-time share, by weight, moves, overtime hours."""
    replicator = Replicator(parse_scenario(document), warm_up_days=WARM_UP_DAYS, seed=1, has_log=True)
    return np.array([weigh(replicator, number) for number in numbers])


def weigh(replicator: Replicator, number: int) -> list[float]:
    """Return the figures of one replication; what is open at the end counts as completed then."""
    assembly = replicator.assembly
    (outcome,) = replicator([number]).outcomes
    real, whole = outcome.row_real, outcome.row_whole
    assert real is not None
    assert whole is not None
    due = real[:, c.ROW_DUE]
    is_counted = (real[:, c.ROW_ENABLED] >= assembly.warm_up_s) & (due <= assembly.horizon_s)
    weight = assembly.layout.queue_weight[whole[:, c.ROW_QUEUE]]
    ended = np.where(np.isnan(real[:, c.ROW_ENDED]), assembly.horizon_s, real[:, c.ROW_ENDED])
    is_on_time = ~np.isnan(real[:, c.ROW_ENDED]) & (ended <= due)
    tardy = weight * np.maximum(0.0, ended - due) / 60
    share = float(is_on_time[is_counted].mean())
    weighted = float(np.average(is_on_time[is_counted], weights=weight[is_counted]))
    sums = outcome.group_sums.sum(axis=0)
    return [
        float(tardy[is_counted].sum() / weight[is_counted].sum()),
        share,
        weighted,
        float(sums[c.SUM_OVERTIME]) / 3600,
        float(np.isnan(real[:, c.ROW_ENDED]).sum()),
    ]


def make_rolling_days(*, num_agents: int, num_days: int, load: float, backlog: float, seed: int = 2) -> dict[str, Any]:
    """Return the demo office as a scenario: people, task types and processes as they are, work at a load.

    Parameters
    ----------
    load
        Expected handling at speed 1 over the working time of all who come.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    people = draw_people(generator, num_agents)
    shares = np.array([pattern.share for pattern in PATTERNS])
    patterns = [PATTERNS[n] for n in generator.choice(len(PATTERNS), size=num_agents, p=shares / shares.sum())]
    minutes_a_day = sum(
        pattern.end - pattern.start - PAUSE_MINUTES - (LUNCH_MINUTES if pattern.lunch else 0) for pattern in patterns
    ) * (1 - ILL_SHARE)
    volumes = [(kind.id, kind.volume, kind.minutes * kind.mean_quantity) for kind in KINDS if kind.volume > 0]
    for process in PROCESSES:
        minutes = sum(KIND[step.kind].minutes for step in process.steps)
        volumes.append((process.prefix, process.volume / len(process.steps), minutes))
    per_volume = load * minutes_a_day / sum(volume * minutes for _, volume, minutes in volumes)
    arrivals = []
    a_day: dict[str, float] = {name: volume * per_volume for name, volume, _ in volumes if name in KIND}
    for process in PROCESSES:
        for step in process.steps:
            a_day[step.kind] = a_day.get(step.kind, 0.0) + process.volume / len(process.steps) * per_volume
    for name, volume, _ in volumes:
        is_process = name not in KIND
        channel = (
            "portal"
            if name == "ORD"
            else "email"
            if name == "CPL"
            else KIND[name].channel
            if not is_process
            else "portal"
        )
        target = {"process": name} if is_process else {"task_type": name}
        arrivals.append({**target, "day_cv": 0.2, "pattern": make_pattern(channel, volume * per_volume)})
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "name": "rolling days of the demo office",
        "start": "2026-03-02T00:00:00+00:00",
        "days": num_days,
        "calendars": [{"id": "office", "week": {day: [["08:00", "18:00"]] for day in OPEN_DAYS}}],
        "teams": [{"id": team.id} for team in TEAMS],
        "task_types": [
            {
                "id": kind.id,
                "team": kind.team,
                "skill": kind.skill,
                "min_level": kind.min_level,
                "weight": kind.weight,
                "handling": {
                    "distribution": "lognormal",
                    "mean_minutes": kind.minutes * kind.mean_quantity,
                    "cv": float(np.hypot(HANDLING_CV, kind.spread)),
                },
                "sla": {"minutes": kind.sla_minutes, "calendar": "office"},
            }
            for kind in KINDS
        ],
        "processes": [
            {
                "id": process.prefix,
                "start": process.steps[0].name,
                "steps": [
                    {
                        "id": step.name,
                        "task_type": step.kind,
                        "next": [{"step": following.name, "probability": 1.0}] if following else [],
                    }
                    for step, following in zip(process.steps, [*process.steps[1:], None], strict=True)
                ],
            }
            for process in PROCESSES
        ],
        "arrivals": arrivals,
        "initial_backlog": [
            {"task_type": kind, "count": round(backlog * count / len(BACKLOG_AGES)), "age_hours": age}
            for kind, count in a_day.items()
            for age in BACKLOG_AGES
        ],
        "agents": [make_group(person, pattern) for person, pattern in zip(people, patterns, strict=True)],
        "setup": {"same_team_minutes": 1, "other_team_minutes": 5},
    }


def make_pattern(channel: str, per_day: float) -> list[dict[str, Any]]:
    """Return the hours at which a channel brings so many tasks a working day."""
    hours = HOURLY[channel]
    windows = []
    for days, share in ((OPEN_DAYS, 1.0), (CLOSED_DAYS, CLOSED_DAY_SHARE[channel])):
        for hour, part in enumerate(hours):
            rate = share * per_day * part / sum(hours)
            if rate > 0:
                windows.append(
                    {"days": days, "from": clock_of(60 * hour), "to": clock_of(60 * hour + 60), "per_hour": rate}
                )
    return windows


def make_group(person: Person, pattern: ShiftPattern) -> dict[str, Any]:
    """Return a person as a group of one, with the middle of the windows in which the breaks fall."""
    breaks = [(sum(pattern.pause) // 2, PAUSE_MINUTES)]
    if pattern.lunch is not None:
        breaks.append((sum(pattern.lunch) // 2, LUNCH_MINUTES))
    duty = {
        "days": OPEN_DAYS,
        "start": clock_of(pattern.start),
        "end": clock_of(pattern.end),
        "breaks": [[clock_of(start), clock_of(start + length)] for start, length in sorted(breaks)],
    }
    group = {
        "id": person.id,
        "team": person.team,
        "swing_teams": list(person.swing_teams),
        "skills": {skill: {"level": level, "speed": speed} for skill, (level, speed) in person.skills.items()},
        "week": [duty],
        "absence": ILL_SHARE,
    }
    return group if person.max_moves is None else {**group, "max_moves": person.max_moves}


def clock_of(minutes: int) -> str:
    """Return minutes of the day as a clock shows them."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


if __name__ == "__main__":
    raise SystemExit(main())
