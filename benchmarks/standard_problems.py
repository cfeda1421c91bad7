"""The standard family of problems: one day of a back office, drawn from a seed, at any size.

    python -m benchmarks.standard_problems --tasks 1000 --agents 40 --seed 11 -o problem.json.gz

From 08:00 to 16:00 UTC. Teams of three task types; home agents know one to three types of their team, a tenth are the
swing team and know some of three or four teams. Level sets speed. Three tasks in five wait at eight, the others arrive
by three; a fifth is overdue, most are due within the day, a quarter later. Expected work is `load` times the capacity.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.formats.problem import Agent, Break, Problem, Setup, Shift, Skill, Task, TaskType, Team
from models.formats.problem_file import write_problem
from models.time import parse_instant

NOW = parse_instant("2026-03-02T08:00:00+00:00")
MINUTE = 60
DAY_MINUTES = 480
TYPES_A_TEAM = 3
SPEEDS = (0.74, 0.87, 1.0, 1.14, 1.28)
WAITING_SHARE, OVERDUE_SHARE, TODAY_SHARE = 0.6, 0.2, 0.55


def draw_problem(*, num_tasks: int, num_agents: int, seed: int, load: float = 1.1, swing_share: float = 0.1) -> Problem:
    """Return the problem of a seed."""
    random = np.random.default_rng([seed, num_tasks, num_agents])
    num_teams = min(8, max(2, num_agents // 5))
    agents = [_draw_agent(position, num_agents, num_teams, swing_share, random) for position in range(num_agents)]
    able = [[a for a in agents if _skill(kind) in a.skills] for kind in range(TYPES_A_TEAM * num_teams)]
    kinds = [kind for kind, people in enumerate(able) if people]
    capacity = sum(_working_minutes(agent) for agent in agents)
    demand = np.array(
        [sum(_working_minutes(a) / len(a.skills) for a in able[kind]) * random.uniform(0.75, 1.25) for kind in kinds]
    )
    drawn = random.choice(len(kinds), num_tasks, p=demand / demand.sum())
    length = random.lognormal(0.0, 0.35, len(kinds))
    work = length[drawn] * random.lognormal(-0.18, 0.6, num_tasks)
    speed = np.array([np.mean([a.skills[_skill(kind)].speed for a in able[kind]]) for kind in kinds])
    work = np.clip(work * load * capacity / float((work / speed[drawn]).sum()), 1.5, 150.0).round(2)
    best = [max(agent.skills[_skill(kind)].level for agent in able[kind]) for kind in kinds]
    return Problem(
        now=NOW,
        carry_over=_at(1440 + 240),
        teams=tuple(Team(id=f"team{team}") for team in range(num_teams)),
        task_types=tuple(
            TaskType(
                id=f"type{kind:02d}",
                team=f"team{kind // TYPES_A_TEAM}",
                skill=_skill(kind),
                handling_minutes=round(float(work[drawn == n].mean()), 2) if (drawn == n).any() else 15.0,
            )
            for n, kind in enumerate(kinds)
        ),
        agents=tuple(agents),
        tasks=tuple(
            _draw_task(position, kinds[n], best[n], float(work[position]), random)
            for position, n in enumerate(drawn.tolist())
        ),
        setup=Setup(same_team_minutes=1.0, other_team_minutes=5.0),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a problem file."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--tasks", type=int, required=True)
    cli.add_argument("--agents", type=int, required=True)
    cli.add_argument("--seed", type=int, required=True)
    cli.add_argument("--load", type=float, default=1.1)
    cli.add_argument("-o", "--output", type=Path, required=True)
    args = cli.parse_args(arguments)
    write_problem(
        args.output, draw_problem(num_tasks=args.tasks, num_agents=args.agents, seed=args.seed, load=args.load)
    )
    return 0


def _at(minute: int) -> int:
    return NOW + MINUTE * minute


def _skill(kind: int) -> str:
    return f"skill{kind:02d}"


def _working_minutes(agent: Agent) -> float:
    shift = agent.shifts[0]
    return (shift.end - shift.start - sum(pause.end - pause.start for pause in shift.breaks)) / MINUTE


def _draw_agent(
    position: int, num_agents: int, num_teams: int, swing_share: float, random: np.random.Generator
) -> Agent:
    is_swing = position < max(1, round(swing_share * num_agents))
    home = int(random.integers(num_teams)) if is_swing else position % num_teams
    teams = {home}
    if is_swing:
        teams |= {int(team) for team in random.choice(num_teams, min(num_teams, int(random.integers(3, 5))), False)}
    skills: dict[str, Skill] = {}
    for team in sorted(teams):
        for own in random.choice(TYPES_A_TEAM, int(random.integers(1, 3 if is_swing else 4)), replace=False):
            level = int(random.integers(1, 6))
            skills[_skill(TYPES_A_TEAM * team + int(own))] = Skill(level=level, speed=SPEEDS[level - 1])
    return Agent(
        id=f"a{position:04d}",
        team=f"team{home}",
        swing_teams=tuple(f"team{team}" for team in sorted(teams - {home})),
        skills=skills,
        shifts=(_draw_shift(random),),
    )


def _draw_shift(random: np.random.Generator) -> Shift:
    """Return a morning, an afternoon, a late start or a whole day, with a short break and, if long, a lunch."""
    start, end = [(0, 240), (240, 480), (60, 480), (0, DAY_MINUTES)][int(random.choice(4, p=[0.1, 0.1, 0.1, 0.7]))]
    if end - start <= 240:
        coffee = start + int(random.integers(100, 131))
        pauses = [(coffee, coffee + 15)]
    else:
        coffee, lunch = start + int(random.integers(75, 121)), start + int(random.integers(180, 271))
        pauses = [(coffee, coffee + 15), (lunch, lunch + 30)]
    return Shift(
        start=_at(start),
        end=_at(end),
        breaks=tuple(Break(start=_at(since), end=_at(until)) for since, until in pauses),
    )


def _draw_task(position: int, kind: int, best: int, work: float, random: np.random.Generator) -> Task:
    is_waiting = random.random() < WAITING_SHARE
    arrived = -int(random.integers(1, 1440)) if is_waiting else int(random.integers(1, 420))
    share = random.random()
    if share < OVERDUE_SHARE:
        due = -int(random.integers(1, 1440))
    elif share < OVERDUE_SHARE + TODAY_SHARE:
        due = max(0, arrived) + int(random.integers(30, 481))
    else:
        due = DAY_MINUTES + int(random.integers(60, 2880))
    return Task(
        id=f"t{position:06d}",
        type=f"type{kind:02d}",
        min_level=min(best, int(random.choice([1, 2, 3], p=[0.6, 0.25, 0.15]))),
        arrived=_at(arrived),
        due=_at(max(due, arrived + 1)),
        weight=float(random.integers(1, 11)),
        handling_minutes=work,
    )


if __name__ == "__main__":
    sys.exit(main())
