"""Small problems in which any feature may be present, for the laws of dispatch, tidying and explanations."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.time import format_instant

NOW = 1_772_438_400
"""2026-03-02T08:00:00Z."""

KINDS = {"k0": "x", "k1": "x", "k2": "y", "k3": "z"}
TEAMS = ["x", "y", "z"]


def _at(minute: float) -> str:
    return format_instant(NOW + round(60 * minute))


def _agent(r: random.Random, n: int) -> dict[str, Any]:
    first = r.choice([-40, 0, 0, 7])
    length = r.choice([35, 80, 120])
    shifts: list[dict[str, Any]] = [{"start": _at(first), "end": _at(first + length)}]
    if r.random() < 0.7:
        pause = first + r.choice([0, 12, 20, length - 8])
        shifts[0]["breaks"] = [[_at(pause), _at(pause + 8), "lunch"]]
    if r.random() < 0.3:
        shifts.append({"start": _at(150), "end": _at(200), "breaks": [[_at(160), _at(161.5)], [_at(170), _at(175)]]})
    if r.random() < 0.1:
        shifts = [{"start": _at(-60), "end": _at(-20)}, *([] if first < 0 else shifts)]
    agent: dict[str, Any] = {
        "id": f"a{n}",
        "team": r.choice(TEAMS),
        "swing_teams": r.choice([[], [], ["y"], TEAMS]),
        "skills": {
            kind: {"level": r.randint(1, 3), "speed": r.choice([0.74, 1, 1.28])} for kind in KINDS if r.random() < 0.6
        },
        "shifts": shifts,
    }
    if r.random() < 0.4:
        agent["max_moves"] = r.randint(0, 2)
    if r.random() < 0.4:
        agent["min_stay_minutes"] = r.choice([5, 20.5, 45])
    if r.random() < 0.4:
        agent["state"] = {"type": r.choice(list(KINDS)), "moves": r.randint(0, 1), "team_since": _at(r.randint(-30, 8))}
    return agent


def _task(r: random.Random, n: int, num_agents: int) -> dict[str, Any]:
    def somebody() -> str:
        return f"a{r.randrange(num_agents)}"

    arrived = r.choice([-300, -30, -30, 0, 4, 15, 40, 90])
    task: dict[str, Any] = {
        "id": f"t{n}",
        "type": r.choice(list(KINDS)),
        "arrived": _at(arrived),
        "due": _at(r.choice([-200, -20, 0, 5, 10, 20, 40, 40, 90, 300, 3000])),
        "weight": r.choice([0, 1, 1, 2.5, 7]),
    }
    extras: list[tuple[float, dict[str, Any]]] = [
        (0.6, {"handling_minutes": r.choice([0.004, 1.37, 4, 9.99, 14, 27.5])}),
        (0.12, {"pinned_agent": somebody()}),
        (0.2, {"published_agent": somebody()}),
        (0.2, {"preferred_agents": [somebody()]}),
        (0.15, {"excluded_agents": [somebody()]}),
        (0.15, {"must_by": _at(r.choice([-5, 16, 50, 180]))}),
        (0.2, {"min_level": r.randint(1, 3)}),
        (0.1, {"also_requires": {r.choice(list(KINDS)): 1}}),
        (0.15, {"carry_over": _at(r.choice([5, 60, 2000]))}),
        (0.15, {"earliest_start": _at(r.choice([-400, 3, 30, 155]))}),
    ]
    for chance, extra in extras:
        if r.random() < chance:
            task |= extra
    if n and r.random() < 0.2:
        task["after"] = sorted({f"t{r.randrange(n)}" for _ in range(r.choice([1, 1, 2]))})
    if n and r.random() < 0.2:
        task["separate_from"] = sorted({f"t{r.randrange(n)}" for _ in range(r.choice([1, 2]))})
    return task


def _problem(seed: int, num_tasks: int, num_agents: int) -> Problem:
    r = random.Random(seed)  # noqa: S311
    agents = [_agent(r, n) for n in range(num_agents)]
    tasks = [_task(r, n, num_agents) for n in range(num_tasks)]
    busy: set[str] = set()
    for task in tasks:
        pinned = task.get("pinned_agent")
        if pinned is not None and pinned not in busy and r.random() < 0.4:
            task["in_progress"] = True
            busy.add(pinned)
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": _at(0),
        "carry_over": _at(r.choice([100, 400, 1680])),
        "teams": [{"id": team} for team in TEAMS],
        "task_types": [
            {"id": kind, "team": team, "skill": kind, "handling_minutes": r.choice([4, 10.5])}
            for kind, team in KINDS.items()
        ],
        "agents": agents,
        "tasks": tasks,
        "setup": {"same_team_minutes": r.choice([0, 1, 6]), "other_team_minutes": r.choice([0, 2, 5])},
    }
    if r.random() < 0.4:
        document["office_hours"] = [[_at(-20), _at(15)], [_at(25), _at(60)], [_at(140), _at(400)]]
    if r.random() < 0.5:
        document["objective"] = {
            "tardiness": r.choice([0, 1, 0.3]),
            "late": r.choice([0, 60]),
            "carried_over": r.choice([0, 30]),
            "missed": r.choice([0, 40, 5000]),
            "away": r.choice([0, 0.05, 2]),
            "move": r.choice([0, 5, 25]),
            "preferred": r.choice([0, 12, 150]),
            "reassigned": r.choice([0, 10, 150]),
        }
    return parse_problem(document)


@pytest.fixture(scope="session")
def draw_problem() -> Callable[[int, int, int], Problem]:
    """A maker of random problems from a seed, a number of tasks and a number of agents."""
    return _problem
