"""Publishing a plan: the problem learns whom agents have been shown, so that the next plan can stay calm."""

from dataclasses import dataclass, replace

from models.errors import PlanRejectedError
from models.formats.plan import Plan
from models.formats.problem import Problem
from optimizer.referee import check


@dataclass(frozen=True, kw_only=True)
class Published:
    """A problem whose tasks say whom they were shown to, and how many the plan made say so, or say otherwise."""

    problem: Problem
    num_shown: int
    num_changed: int


def publish_plan(problem: Problem, plan: Plan, *, until: int | None = None) -> Published:
    """Return the problem with `published_agent` as the plan has it; tasks it does not show keep what they had.

    Parameters
    ----------
    until
        Show only tasks that start before this epoch second; all where None.

    Raises
    ------
    PlanRejectedError
        If the referee finds that the plan breaks a rule: nobody is to be shown what cannot be.
    """
    verdict = check(problem, plan)
    if not verdict.feasible:
        # Its figures may be of the problem before a part of it was shown: it is the rules that must hold.
        bare = replace(plan, objective=verdict.objective, lower_bound=None, status=None, sunk=None)
        verdict = check(problem, bare)
    if not verdict.feasible:
        raise PlanRejectedError(verdict.violations)
    shown = {item.task: item.agent for item in plan.assignments if until is None or item.start < until}
    changed = [task for task in problem.tasks if task.published_agent != shown.get(task.id, task.published_agent)]
    tasks = tuple(replace(task, published_agent=shown[task.id]) if task.id in shown else task for task in problem.tasks)
    return Published(problem=replace(problem, tasks=tasks), num_shown=len(shown), num_changed=len(changed))
