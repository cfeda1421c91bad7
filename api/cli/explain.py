"""`swingdesk explain`: why a plan is as it is, and what would let in what it leaves."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.questions import PlanFile, PlanNumber, ProblemFile, Zone, read_question
from models.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from services.explaining import Explainer
    from services.reason_sentences import ReasonTeller


def explain(
    problem: ProblemFile = None,
    plan: PlanFile = None,
    number: PlanNumber = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task", metavar="ID", help="Only this task; may be repeated.", show_default=False),
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="ID", help="Only this agent's tasks.", show_default=False)
    ] = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="Tasks to tell of in each list.")] = 10,
    num_fixed: Annotated[
        int,
        typer.Option("--fixes", min=0, metavar="N", help="Find fixes for so many of the tasks left, costliest first."),
    ] = 3,
    zone: Zone = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the reason of every task asked for as one JSON document.")
    ] = False,
) -> None:
    """Say why each task is with its agent and when, why others are left, and what would let those in.

    Costs are exact: each is the whole plan again with one thing changed. Ends with 1 where the plan does not hold.

    Example:  swingdesk explain problem.json plan.json --task T9
    """
    if task and agent is not None:
        raise UsageError("give --task or --agent, not both")
    asked = read_question(problem, plan, number, zone)

    from services.explaining import Explainer
    from services.reason_sentences import ReasonTeller

    explainer = Explainer(asked.problem, asked.plan)
    if agent is not None and agent not in {one.id for one in asked.problem.agents}:
        raise NotFoundError(f"the problem has no agent {agent!r}")
    teller = ReasonTeller(explainer, zone_name=asked.zone_name)
    chosen = _choose(explainer, task, agent)
    if as_json:
        print(json.dumps(_document(explainer, teller, chosen, num_fixed if task is None else None), ensure_ascii=False))
        return
    lines = _tell_chosen(explainer, teller, chosen) if chosen is not None else _tell(explainer, teller, top, num_fixed)
    for line in lines:
        print(line)
    print(f"Times are those of {asked.zone_name}.")


def _choose(explainer: "Explainer", tasks: list[str] | None, agent: str | None) -> list[str] | None:
    """Return the tasks asked for, None for all; one that does not exist raises."""
    if tasks:
        unique = list(dict.fromkeys(tasks))
        for task in unique:
            explainer.is_left(task)
        return unique
    if agent is not None:
        return [item.task for item in explainer.plan.assignments if item.agent == agent]
    return None


def _tell_chosen(explainer: "Explainer", teller: "ReasonTeller", tasks: list[str]) -> Iterator[str]:
    if not tasks:
        yield "The plan gives this agent nothing."
    for task in tasks:
        if explainer.is_left(task):
            yield f"{task} is left. {teller.tell_left(explainer.left(task))}"
            yield from _tell_fixes(explainer, teller, task)
        else:
            (reason,) = explainer.assignments([task])
            yield f"{task}: {teller.tell_assignment(reason)}"


def _tell(explainer: "Explainer", teller: "ReasonTeller", top: int, num_fixed: int) -> Iterator[str]:
    """Yield what a lead asks about first: what is left, what is late."""
    left, plan = explainer.left_tasks, explainer.plan
    yield f"{len(plan.assignments):,} tasks are planned, {len(left):,} are left. {plan.extra.get('note', '')}".rstrip()
    if left and top:
        yield ""
        yield "Left, the costliest first:"
    for n, task in enumerate(left[:top]):
        yield f"  {task}: {teller.tell_left(explainer.left(task))}"
        if n < num_fixed:
            yield from _tell_fixes(explainer, teller, task)
    if len(left) > top:
        yield f"  ... and {len(left) - top:,} more; --top N shows more"
    due = {task.id: task.due for task in explainer.problem.tasks}
    late = [item for item in plan.assignments if item.end > due[item.task] >= explainer.problem.now]
    if late and top:
        yield ""
        yield "Late, those due first:"
        late.sort(key=lambda item: due[item.task])
        for reason in explainer.assignments([item.task for item in late[:top]]):
            yield f"  {reason.task}: {teller.tell_assignment(reason)}"
        if len(late) > top:
            yield f"  ... and {len(late) - top:,} more"
    yield ""
    yield "--task ID tells of one task, with fixes where it is left; --agent ID of somebody's day."


def _tell_fixes(explainer: "Explainer", teller: "ReasonTeller", task: str) -> Iterator[str]:
    fixes = explainer.fixes(task)
    if not fixes:
        yield "    Nothing that was tried lets it in at a gain."
    for fix in fixes:
        yield f"    - {teller.tell_fix(fix)}"


def _document(
    explainer: "Explainer", teller: "ReasonTeller", chosen: list[str] | None, num_fixed: int | None
) -> dict[str, Any]:
    """Return the reasons as a JSON object; fixes are looked for as far as asked, for every task where None."""
    left = [task for task in explainer.left_tasks if chosen is None or task in set(chosen)]
    planned = None if chosen is None else [task for task in chosen if not explainer.is_left(task)]
    fixed = len(left) if num_fixed is None else num_fixed
    return {
        "total": explainer.plan.objective.total,
        "assignments": [teller.assignment_document(reason) for reason in explainer.assignments(planned)],
        "unscheduled": [
            teller.left_document(explainer.left(task), explainer.fixes(task) if n < fixed else None)
            for n, task in enumerate(left)
        ],
    }
