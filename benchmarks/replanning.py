"""How soon, and how calmly, a plan is mended when the day changes: an absence, urgent arrivals, a shift cut short,
a task taken out of turn.

    python -m benchmarks.replanning [--sizes 5000x200 20000x800] [--limits 0.2 1] [--plan-seconds 20] [--seed 11]

A plan is made and published, then each change touches one agent or task in a hundred (and at least 50 arrivals come).
Times count from the changed instance in memory, with compiled kernels: `first` until the search tells a first plan that
holds, `took` until the answer. `kept` is what the old plan costs if nothing is done but to leave what no longer holds;
`stay` is the share of the untouched tasks (their agent may still do them, and is on duty at that time) that keep their
agent. Ends with 1 where fewer than 95 % stay.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.standard_problems import draw_problem
from models.formats.plan import Plan
from models.formats.problem import Problem, Shift, Task
from optimizer.keeping import keep, may_keep
from optimizer.routing import Progress, solve, warm_up
from services.assemble import assemble_instance, assemble_plan, assemble_solution

MINUTE = 60
LEAST_STAY = 0.95
Change = Callable[[Problem, Plan, np.random.Generator], Problem]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each size and change."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sizes", nargs="+", default=["5000x200", "20000x800"])
    cli.add_argument("--limits", type=float, nargs="+", default=[0.2, 1.0], help="seconds to answer in, for each size")
    cli.add_argument("--plan-seconds", type=float, default=20.0, help="seconds that the first plan may take")
    cli.add_argument("--seed", type=int, default=11)
    cli.add_argument("--threads", type=int, default=2)
    args = cli.parse_args(arguments)
    if len(args.limits) != len(args.sizes):
        cli.error("give as many --limits as --sizes")
    warm_up()
    print(
        f"{'tasks':>6} {'change':18} {'limit':>6} {'first':>6} {'took':>6} {'cpu':>6}"
        f" {'kept':>12} {'answer':>12} {'stay':>7}"
    )
    is_calm = True
    for size, limit in zip(args.sizes, args.limits, strict=True):
        num_tasks, num_agents = (int(part) for part in size.split("x"))
        problem, plan = _publish(num_tasks, num_agents, args.seed, args.plan_seconds, args.threads)
        for name, change in CHANGES.items():
            changed = change(problem, plan, np.random.default_rng(args.seed))
            is_calm &= _mend(name, changed, plan, limit, args.threads)
    return 0 if is_calm else 1


def _publish(num_tasks: int, num_agents: int, seed: int, seconds: float, threads: int) -> tuple[Problem, Plan]:
    """Return a problem and the plan that its agents have been shown."""
    problem = draw_problem(num_tasks=num_tasks, num_agents=num_agents, seed=seed)
    instance = assemble_instance(problem)
    solution = solve(instance, time_limit_s=seconds, threads=threads, seed=seed)
    plan = assemble_plan(problem, instance, solution, unscheduled=())
    return _show(problem, plan), plan


def _show(problem: Problem, plan: Plan) -> Problem:
    shown = {item.task: item.agent for item in plan.assignments}
    return replace(problem, tasks=tuple(replace(task, published_agent=shown.get(task.id)) for task in problem.tasks))


def _mend(name: str, problem: Problem, plan: Plan, limit: float, threads: int) -> bool:
    """Print how a plan is mended; return whether enough tasks stay."""
    instance = assemble_instance(problem)
    start = assemble_solution(problem, instance, plan)
    kept = keep(instance, start.task_agent, start.task_start)
    told: list[float] = []

    def listen(_progress: Progress) -> None:
        told.append(time.perf_counter())

    begun, busy = time.perf_counter(), time.process_time()
    answer = solve(instance, time_limit_s=limit, threads=threads, start=start, on_progress=listen)
    took, busy = time.perf_counter() - begun, time.process_time() - busy
    untouched = [
        i
        for i in np.flatnonzero(start.task_agent >= 0).tolist()
        if may_keep(instance, i, int(start.task_agent[i]), int(start.task_start[i]), int(start.task_end[i]))
    ]
    stay = float(np.mean(answer.task_agent[untouched] == start.task_agent[untouched]))
    first = told[0] - begun if told else took
    print(
        f"{instance.num_tasks:6d} {name:18} {limit:6.2f} {first:6.2f} {took:6.2f} {busy:6.2f}"
        f" {kept.total:12.1f} {answer.total:12.1f} {stay:7.2%}",
        flush=True,
    )
    return stay >= LEAST_STAY


def _choose(problem: Problem, random: np.random.Generator) -> set[str]:
    """Return one agent in a hundred, at least one."""
    count = max(1, round(len(problem.agents) / 100))
    return {problem.agents[n].id for n in random.choice(len(problem.agents), count, replace=False).tolist()}


def call_in_sick(problem: Problem, _plan: Plan, random: np.random.Generator) -> Problem:
    """Return the problem with some agents away all day."""
    sick = _choose(problem, random)
    return replace(problem, agents=tuple(replace(a, shifts=()) if a.id in sick else a for a in problem.agents))


def send_urgent(problem: Problem, _plan: Plan, random: np.random.Generator) -> Problem:
    """Return the problem with tasks that have just come in and are due within one to two hours."""
    count = max(50, len(problem.tasks) // 100)
    fresh = []
    for n, position in enumerate(random.choice(len(problem.tasks), count, replace=False).tolist()):
        due = problem.now + MINUTE * int(random.integers(60, 121))
        task = problem.tasks[position]
        fresh.append(
            Task(
                id=f"urgent{n}", type=task.type, arrived=problem.now, due=due, weight=10.0,
                handling_minutes=task.handling_minutes, min_level=task.min_level,
            )
        )  # fmt: skip
    return replace(problem, tasks=(*problem.tasks, *fresh))


def cut_shifts(problem: Problem, _plan: Plan, random: np.random.Generator) -> Problem:
    """Return the problem with some agents leaving three hours early."""
    early = _choose(problem, random)
    return replace(
        problem,
        agents=tuple(
            replace(a, shifts=tuple(_cut(s) for s in a.shifts)) if a.id in early else a for a in problem.agents
        ),
    )


def _cut(shift: Shift) -> Shift:
    end = max(shift.start + 60 * MINUTE, shift.end - 180 * MINUTE)
    return replace(shift, end=end, breaks=tuple(pause for pause in shift.breaks if pause.end <= end))


def take_out_of_turn(problem: Problem, plan: Plan, random: np.random.Generator) -> Problem:
    """Return the problem with some agents who have opened a task that the plan has for later."""
    agents = {a.id: a for a in problem.agents if a.shifts and a.shifts[0].start <= problem.now}
    rows: dict[str, list[tuple[int, str]]] = {name: [] for name in agents}
    arrived = {task.id: task.arrived <= problem.now for task in problem.tasks}
    for item in plan.assignments:
        if item.agent in rows and arrived[item.task]:
            rows[item.agent].append((item.start, item.task))
    late = {name: sorted(row)[len(row) // 2][1] for name, row in rows.items() if len(row) > 1}
    count = max(1, round(len(problem.agents) / 100))
    opened = {late[name]: name for name in random.permutation(sorted(late)).tolist()[:count]}
    return replace(
        problem,
        tasks=tuple(
            replace(task, pinned_agent=opened[task.id], in_progress=True) if task.id in opened else task
            for task in problem.tasks
        ),
    )


CHANGES: dict[str, Change] = {
    "absence": call_in_sick,
    "urgent arrivals": send_urgent,
    "shift cut short": cut_shifts,
    "out of turn": take_out_of_turn,
}

if __name__ == "__main__":
    sys.exit(main())
