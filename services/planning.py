"""The one way to a plan: assemble the columns, decide, turn the answer back into records, let the referee judge it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from models.errors import PlanRejectedError
from models.formats.plan import Plan, Unscheduled
from models.formats.problem import Problem
from models.time import format_instant
from models.vocabulary import Rule
from optimizer.bounds import quick_bound
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.explain import explain
from optimizer.instance import Instance
from optimizer.referee import check
from optimizer.routing import Progress, solve, warm_up
from optimizer.settling import settle
from optimizer.solution import Solution
from optimizer.swinging import find_blocks
from optimizer.tidying import tidy
from services.assemble import assemble_instance, assemble_plan, assemble_solution
from services.hour_values import KEY, list_hour_values
from services.sentences import Narrator

DEFAULT_TIME_LIMIT_S = 10.0
_WATCH_S = 0.02
EXPECTED_DATA = "Made on expected handling times and on the work known at its instant; the day will differ."


def solve_problem(
    problem: Problem,
    *,
    time_limit_s: float | None = None,
    seed: int = 0,
    threads: int = 2,
    iterations: int | None = None,
    start: Plan | None = None,
    zone_name: str = "UTC",
    extra: Mapping[str, Any] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Plan:
    """Return a plan for a problem, judged by the referee.

    Parameters
    ----------
    time_limit_s
        Seconds of search, `DEFAULT_TIME_LIMIT_S` where `iterations` is not given either; where both are, whichever is
        reached first ends it.
    iterations
        Candidate changes to try; the same number and seed give the same plan, whatever `threads` is, where no time
        limit ends the search before.
    start
        A plan to start from and never to fall behind; what of it no longer holds is left out.
    zone_name
        IANA zone in which sentences tell the time.
    extra
        What else to say under the plan's `extra`.

    Raises
    ------
    PlanRejectedError
        If the referee finds the plan wrong, which is a defect of the solver.
    """
    instance = assemble_instance(problem)
    if time_limit_s is None and iterations is None:
        time_limit_s = DEFAULT_TIME_LIMIT_S
    if iterations is None:
        _load()  # the limit is for the search, not for what its first use takes
    with _ending(cancel, after_s=time_limit_s if iterations is not None else None) as stop:
        solution = solve(
            instance,
            seed=seed,
            time_limit_s=time_limit_s if iterations is None else None,
            iterations=iterations,
            threads=threads,
            start=None if start is None else assemble_solution(problem, instance, start),
            on_progress=on_progress,
            cancel=stop,
        )
    # The search moves tasks one at a time; what waited for one that came sooner may follow it.
    # What is left is said to be not worth it: so nothing that is must be left.
    solution = settle(instance, tidy(instance, settle(instance, solution)))
    return finish_plan(problem, instance, solution, seed=seed, zone_name=zone_name, extra=extra)


@cache
def _load() -> None:
    """Load the compiled code, once in a process: a second or so where `swingdesk warm-up` has compiled it."""
    warm_up()


@contextmanager
def _ending(cancel: threading.Event | None, *, after_s: float | None) -> Iterator[threading.Event | None]:
    """Give an event that is set with `cancel`, and after some seconds; the caller's own is left alone."""
    if after_s is None:
        yield cancel
        return
    stop, is_done = threading.Event(), threading.Event()
    until = time.monotonic() + after_s

    def watch() -> None:
        while not is_done.wait(_WATCH_S):
            if time.monotonic() >= until or (cancel is not None and cancel.is_set()):
                stop.set()
                return

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        yield stop
    finally:
        is_done.set()
        watcher.join()


def dispatch_problem(problem: Problem, rule: Rule, *, zone_name: str = "UTC", lower_bound: float | None = None) -> Plan:
    """Return the plan that an office gets by one rule alone, such as first in, first out; judged by the referee.

    Parameters
    ----------
    lower_bound
        What is proven of the problem already; the quick bound where nothing is.
    """
    instance = assemble_instance(problem)
    least = quick_bound(instance) if lower_bound is None else lower_bound
    solution = replace(dispatch(instance, rule), lower_bound=least)
    return finish_plan(problem, instance, solution, seed=None, zone_name=zone_name, extra={"rule": rule.value})


def judge(problem: Problem, plan: Plan) -> Plan:
    """Return the plan if the referee finds it feasible and true.

    Raises
    ------
    PlanRejectedError
        If it is not.
    """
    verdict = check(problem, plan)
    if not verdict.feasible:
        raise PlanRejectedError(verdict.violations)
    return plan


def finish_plan(
    problem: Problem,
    instance: Instance,
    solution: Solution,
    *,
    seed: int | None,
    zone_name: str,
    extra: Mapping[str, Any] | None,
) -> Plan:
    """Return a solution as a plan, with what it leaves explained and its blocks of lending, judged by the referee.

    Parameters
    ----------
    seed, zone_name, extra
        As in `solve_problem`.

    Raises
    ------
    PlanRejectedError
        If the referee finds the plan wrong.
    """
    narrator = Narrator(problem, zone_name=zone_name)
    explanations = explain(instance, solution.task_agent, solution.task_start, solution.task_end)
    plan = assemble_plan(
        problem,
        instance,
        solution,
        unscheduled=[
            Unscheduled(
                task=problem.tasks[position].id,
                reason=explanation.reason,
                detail=narrator.tell(problem.tasks[position], explanation),
            )
            for position, explanation in sorted(explanations.items())
        ],
        seed=seed,
        extra={**_list_extras(problem, instance, solution), **(extra or {})},
    )
    return judge(problem, plan)


def _list_extras(problem: Problem, instance: Instance, solution: Solution) -> dict[str, Any]:
    """Return what a plan says besides: that it is of expected data, who is lent, what an hour is worth."""
    extras: dict[str, Any] = {
        "note": EXPECTED_DATA,
        "swing": {"blocks": _list_blocks(problem, instance, solution)},
    }
    values = None if solution.prices is None else list_hour_values(problem, solution.prices)
    if values is not None and values["begins"]:
        extras[KEY] = values
    return extras


def _list_blocks(problem: Problem, instance: Instance, solution: Solution) -> list[dict[str, Any]]:
    """Return who is lent where and when, as JSON; what that is worth is for `services.swing_board` to say."""
    draft = Draft(instance, solution.task_agent, solution.task_start, solution.task_end)
    return [
        {
            "agent": problem.agents[block.agent].id,
            "home_team": problem.teams[block.home].id,
            "team": problem.teams[block.team].id,
            "start": format_instant(problem.now + block.start),
            "end": format_instant(problem.now + block.end),
            "tasks": [problem.tasks[task].id for task in block.tasks],
            "minutes": block.working_seconds / 60,
            "gives_back": None if block.next_start is None else format_instant(problem.now + block.next_start),
        }
        for block in find_blocks(draft)
    ]
