"""No plan keeps what the certificate calls a breach: every rule's plan of random days with all features."""

import random
from typing import Any

import numpy as np
import pytest

from models.formats.problem_file import parse_problem
from models.vocabulary import Rule
from optimizer.certificate import certify
from optimizer.dispatch import dispatch
from optimizer.instance import Instance
from services.assemble import assemble_instance

KINDS = {"k0": "x", "k1": "x", "k2": "y"}


def instant(minute: float) -> str:
    day, second = divmod(round(minute * 60) + 8 * 3600, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00:00"


def draw(seed: int) -> Instance:
    r = random.Random(seed)  # noqa: S311
    agents = [draw_agent(r, n) for n in range(r.randint(2, 5))]
    tasks = [draw_task(r, n, len(agents)) for n in range(r.randint(25, 60))]
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": instant(0),
        "carry_over": instant(r.choice([150, 900])),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [{"id": k, "team": team, "skill": k, "handling_minutes": 10} for k, team in KINDS.items()],
        "agents": agents,
        "tasks": tasks,
        "setup": {"same_team_minutes": r.choice([0, 1]), "other_team_minutes": r.choice([0, 3])},
    }
    return assemble_instance(parse_problem(document))


def draw_agent(r: random.Random, n: int) -> dict[str, Any]:
    first = r.choice([-10, 0, 20])
    spans = [
        {"start": instant(first), "end": instant(first + 70), "breaks": [[instant(first + 30), instant(first + 40)]]}
    ]
    if r.random() < 0.5:
        spans.append({"start": instant(110), "end": instant(170)})
    return {
        "id": f"a{n}",
        "team": r.choice(["x", "y"]),
        "swing_teams": r.choice([[], ["x", "y"]]),
        "skills": {
            k: {"level": r.randint(1, 3), "speed": r.choice([0.74, 1, 1.28])} for k in KINDS if r.random() < 0.8
        },
        "shifts": spans,
        "max_moves": r.choice([1, 5]),
    }


def draw_task(r: random.Random, n: int, num_agents: int) -> dict[str, Any]:
    task: dict[str, Any] = {
        "id": f"t{n}",
        "type": r.choice([*KINDS]),
        "arrived": instant(r.choice([-30, 0, 0, 0, 25])),
        "due": instant(r.choice([-10, 5, 40, 60, 60, 75, 120, 160, 400])),
        "handling_minutes": r.choice([0.01, 5.55, 9, 14, 19]),
        "min_level": r.choice([1, 1, 2]),
    }
    named = f"a{r.randrange(num_agents)}"
    if r.random() < 0.1:
        task["pinned_agent"] = named
    elif r.random() < 0.1:
        task["excluded_agents"] = [named]
    if n and r.random() < 0.1:
        task[r.choice(["after", "separate_from"])] = [f"t{r.randrange(n)}"]
    return task


@pytest.mark.parametrize("start", range(0, 80, 20))
def test_every_plan_is_late_where_the_certificate_says_so(start: int) -> None:
    num_breaches = num_impossible = num_kept = 0
    for seed in range(start, start + 20):
        instance = draw(seed)
        certificate = certify(instance, np.arange(0, 200, 20) * 60)
        num_breaches += len(certificate.breaches)
        num_impossible += len(certificate.demands.impossible)
        num_kept += not certificate.breaches
        work = dict(zip(certificate.demands.task.tolist(), certificate.demands.work.tolist(), strict=True))
        for rule in (Rule.EDF, Rule.ATC, Rule.SPT):
            plan = dispatch(instance, rule)
            ends = np.where(plan.task_agent >= 0, plan.task_end, instance.task_carry_over)
            is_late = ends > instance.task_due
            assert is_late[certificate.demands.impossible].all()
            assert not is_late[certificate.demands.deferrable][
                plan.task_agent[certificate.demands.deferrable] < 0
            ].any()
            for item in certificate.breaches:
                late = [task for task in item.tasks.tolist() if is_late[task]]
                assert len(late) >= item.num_late
                assert sum(work[task] for task in late) >= item.short - 1e-3
    assert num_breaches > 5
    assert num_impossible > 5
    assert num_kept > 2


def test_the_numbers_are_the_same_each_time() -> None:
    one, two = (certify(draw(3), np.arange(0, 200, 20) * 60) for _ in range(2))
    assert [item.short for item in one.breaches] == [item.short for item in two.breaches]
    assert [item.tasks.tolist() for item in one.breaches] == [item.tasks.tolist() for item in two.breaches]
