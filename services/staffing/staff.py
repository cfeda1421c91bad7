"""The least-cost staffing of a scenario: from its records to a search and back."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from models.errors import CancelledError, InputError
from models.formats.scenarios.reading import Question
from models.formats.scenarios.scenario import Staffing
from models.time import SECONDS_PER_HOUR
from services.running.runner import Runner
from services.running.threads import ThreadRunner
from services.simulating.oddities import find_oddities
from services.simulating.senses import check_reachable, is_share
from services.simulating.simulate import find_warm_up, get_position
from services.staffing.oracle import ScenarioOracle
from simulations.staffing.answer import Answer, Status
from simulations.staffing.frontier import Point, trace_frontier
from simulations.staffing.question import StaffingQuestion
from simulations.staffing.search import MOST_REPLICATIONS, find_staffing


@dataclass(frozen=True, kw_only=True)
class StaffingAnswer:
    """What was found for a scenario, with what is needed to tell of it.

    Attributes
    ----------
    groups
        The ids of the groups whose heads were chosen, in the order of the plans.
    """

    question: Question
    staffing: Staffing
    groups: tuple[str, ...]
    asked: StaffingQuestion
    answer: Answer
    frontier: tuple[Point, ...]
    num_searching: int
    num_frontier: int
    warnings: tuple[str, ...]


def staff(
    question: Question,
    *,
    file: str = "scenario",
    threads: int = 1,
    runner: Runner | None = None,
    most: int = MOST_REPLICATIONS,
    cancel: threading.Event | None = None,
    on_progress: Callable[[str, int], None] | None = None,
) -> StaffingAnswer:
    """Return the least-cost staffing within a scenario's limits that meets its targets.

    Parameters
    ----------
    file
        Names the scenario in errors.
    most
        Replications of one plan.
    cancel
        Ends the search; what is known then is the answer.
    on_progress
        Gets what is being done, and the replications so far.

    Raises
    ------
    InputError
        If the scenario does not say what to choose, or asks for what more heads do not bring.
    """
    staffing = _check(question, file)
    question, warnings = _price(question)
    scenario = question.scenario
    groups = tuple(staffing.groups)
    runner = runner or ThreadRunner(threads)
    warm_up_days = scenario.warm_up_days
    if warm_up_days is None:
        warm_up_days = float(find_warm_up(question, scenario.seed, runner, cancel))
    oracle = ScenarioOracle(
        question=question,
        groups=groups,
        targets=staffing.targets,
        runner=runner,
        seed=scenario.seed,
        warm_up_days=warm_up_days,
        cancel=cancel,
    )
    highs = tuple(staffing.groups[name].max for name in groups)
    full = oracle.assemble(highs)
    for target in staffing.targets:
        get_position(full.measures, target.metric, file=question.file, field="staffing.targets.metric")
    rostered = dict(zip((group.id for group in full.assembly.groups), full.assembly.rostered_s, strict=True))
    rates = {group.id: group.cost_per_hour for group in scenario.agents}
    asked = StaffingQuestion(
        lows=tuple(staffing.groups[name].min for name in groups),
        highs=highs,
        head_costs=tuple(rates[name] * rostered[name] / SECONDS_PER_HOUR for name in groups),
        errors=tuple(1 - target.confidence for target in staffing.targets),
    )
    answer = find_staffing(asked, oracle, most=most, on_progress=on_progress)
    num_searching = answer.trials.num_replications
    frontier: tuple[Point, ...] = ()
    if answer.status != Status.STOPPED:
        try:
            frontier = tuple(trace_frontier(answer, asked))
        except CancelledError:
            answer = replace(answer, status=Status.STOPPED)
    return StaffingAnswer(
        question=question,
        staffing=staffing,
        groups=groups,
        asked=asked,
        answer=answer,
        frontier=frontier,
        num_searching=num_searching,
        num_frontier=answer.trials.num_replications - num_searching,
        warnings=(*warnings, *find_oddities(full.assembly)),
    )


def _check(question: Question, file: str) -> Staffing:
    staffing = question.scenario.staffing
    if staffing is None:
        raise InputError.of(file, "is required here: groups, each with min and max, and targets", field="staffing")
    if not staffing.groups:
        raise InputError.of(file, "is required: a group of agents at least, with min and max", field="staffing.groups")
    if not staffing.targets:
        raise InputError.of(file, "is required: a target at least", field="staffing.targets")
    for n, target in enumerate(staffing.targets):
        record = f"staffing.targets[{n}]"
        check_reachable(target.metric, is_floor=target.at_least is not None, file=file, record=record)
        for name, bound in (("at_least", target.at_least), ("at_most", target.at_most)):
            if bound is not None and is_share(target.metric) and not 0 <= bound <= 1:
                raise InputError.of(file, "a share from 0 to 1", record=record, field=name, value=bound)
    heads = sum(limits.max for limits in staffing.groups.values())
    heads += sum(group.count for group in question.scenario.agents if group.id not in staffing.groups)
    if heads == 0:
        raise InputError.of(file, "lets nobody work: every max is 0", field="staffing.groups")
    return staffing


def _price(question: Question) -> tuple[Question, list[str]]:
    """Return the scenario with an hour at 1 where nobody has a cost."""
    scenario = question.scenario
    free = [group.id for group in scenario.agents if group.cost_per_hour == 0]
    if len(free) == len(scenario.agents):
        agents = tuple(replace(group, cost_per_hour=1.0) for group in scenario.agents)
        priced = replace(question, scenario=replace(scenario, agents=agents))
        return priced, ["nobody has a cost_per_hour: every hour costs 1"]
    chosen = [name for name in free if scenario.staffing is not None and name in scenario.staffing.groups]
    return question, [f"agent group {name}: costs nothing, as it has no cost_per_hour" for name in chosen]
