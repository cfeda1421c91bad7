"""The daily plan in the words of Timefold's task assigning: shifts with a list of tasks each, and tasks left in none.

A task's end in working seconds of its shift, where breaks vanish, follows from the task before it, the setup between
them and its release; the instant on the clock from that. Being able to do a task and ending within the shift are hard,
all charges soft.

Not in it: most moves, least stays, `after`, four eyes, what is in progress, office hours.
"""

import importlib
import importlib.util
import shutil
import time
from collections.abc import Iterable

from benchmarks.peers.deciding import Decision, decide_nothing
from benchmarks.peers.task_lists import PlannedShift, PlannedTask
from optimizer.exact.shifts import list_candidates, list_shifts
from optimizer.exact.whole_costs import WholeCosts, count_costs
from optimizer.instance import Instance

PROGRAM = "benchmarks.peers.timefold_program"
"""What is imported only where this peer runs: to import it starts Java."""

STOPPING_S, READING_S = 0.2, 0.008
"""What its last step, and the way of each task's answer from Java to Python, may take of its seconds."""


def explain_missing() -> str:
    """Return what is not here that Timefold needs, empty where nothing is missing."""
    if importlib.util.find_spec("timefold") is None:
        return "its Python package `timefold` is not installed here"
    if shutil.which("java") is None:
        return "there is no Java here"
    return ""


def load_timefold() -> None:
    """Start Java and have Timefold translate its own library and the formulation's classes."""
    importlib.import_module(PROGRAM)


def decide_by_timefold(instance: Instance, *, seconds: float) -> Decision | None:
    """Return the best decision found within so many seconds, building included; None where there is none."""
    ends_at = time.monotonic() + seconds - STOPPING_S - READING_S * instance.num_tasks
    shifts, tasks = formulate(instance)
    done = importlib.import_module(PROGRAM).solve_plan(shifts, tasks, ends_at=ends_at)
    return None if done is None else read_decision(instance, done)


def formulate(instance: Instance) -> tuple[list[PlannedShift], list[PlannedTask]]:
    """Return the shifts and the tasks, the most urgent task first, which is the one that is assigned first."""
    works = list_shifts(instance)
    last = max((work.intervals[-1][1] for work in works), default=0)
    costs = count_costs(instance, max(0, last, int(instance.task_carry_over.max(initial=0))))
    shifts = []
    for work in works:
        state = int(instance.state_type[work.agent]) if work.is_open else -1
        shifts.append(
            PlannedShift(
                agent=work.agent,
                state_kind=state,
                state_team=int(instance.type_team[state]) if state >= 0 else -1,
                seconds=work.seconds,
                positions=[position for position, _ in work.offsets],
                offsets=[offset for _, offset in work.offsets],
                setup_same=int(instance.setup_same_team),
                setup_other=int(instance.setup_other_team),
                move=costs.move,
            )
        )
    order = sorted(range(instance.num_tasks), key=lambda task: int(instance.task_due[task]))
    return shifts, [_make_task(instance, task, costs) for task in order]


def _make_task(instance: Instance, task: int, costs: WholeCosts) -> PlannedTask:
    kind, seconds = int(instance.task_type[task]), list_candidates(instance, task)
    charges = {agent: _charge_agent(instance, task, agent, seconds[agent], costs) for agent in seconds}
    made = PlannedTask(
        number=task,
        kind=kind,
        team=int(instance.type_team[kind]),
        release=int(instance.task_release[task]),
        seconds=seconds,
        due=max(0, int(instance.task_due[task])),
        rate=costs.rate[task],
        late=costs.late[task],
        must_by=int(instance.task_must_by[task]),
        missed=costs.missed,
        left=0,
        charges={agent: charge for agent, charge in charges.items() if charge},
    )
    made.left = costs.left[task] + made.charge_completion(int(instance.task_carry_over[task]))
    return made


def _charge_agent(instance: Instance, task: int, agent: int, seconds: int, costs: WholeCosts) -> int:
    preferred = instance.preferred_agent[instance.preferred_ptr[task] : instance.preferred_ptr[task + 1]].tolist()
    charge = costs.preferred * bool(preferred and agent not in preferred)
    charge += costs.reassigned * (int(instance.task_published[task]) not in (-1, agent))
    if instance.type_team[instance.task_type[task]] != instance.agent_home[agent]:
        charge += costs.away_cost(seconds)
    return int(charge)


def read_decision(instance: Instance, shifts: Iterable[PlannedShift]) -> Decision:
    """Return what lists of tasks say; who may not do a task is not asked to."""
    found = decide_nothing(instance.num_tasks)
    for shift in shifts:
        for task in shift.tasks:
            if shift.agent in task.seconds:
                found.agent[task.number], found.start[task.number] = shift.agent, shift.find_end(task.ends or 0)
    return found
