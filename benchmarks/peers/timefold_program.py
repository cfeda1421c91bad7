"""Planning entities, constraints and a run of Timefold; to import this starts Java.

Its construction heuristic and its local search, late acceptance, are the defaults; its asserts are off. More than one
thread and nearby selection are of its Enterprise edition only, and a list's own value range is not in its last version
for Python: which tasks an agent may do is therefore a hard constraint.
"""

import threading
import time
from dataclasses import dataclass
from typing import Annotated

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    SolverConfigOverride,
    TerminationConfig,
)
from timefold.solver.domain import (
    CascadingUpdateShadowVariable,
    InverseRelationShadowVariable,
    PlanningEntityCollectionProperty,
    PlanningListVariable,
    PlanningScore,
    PreviousElementShadowVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import Constraint, ConstraintFactory, HardSoftScore, constraint_provider

from benchmarks.peers.task_lists import PlannedShift, PlannedTask

PlannedTask.__annotations__.update(
    shift=Annotated[PlannedShift | None, InverseRelationShadowVariable(source_variable_name="tasks")],
    before=Annotated[PlannedTask | None, PreviousElementShadowVariable(source_variable_name="tasks")],
    ends=Annotated[int | None, CascadingUpdateShadowVariable(target_method_name="update")],
)
PlannedShift.__annotations__.update(
    tasks=Annotated[list[PlannedTask], PlanningListVariable(allows_unassigned_values=True)]
)
planning_entity(PlannedTask)
planning_entity(PlannedShift)


@planning_solution
@dataclass(kw_only=True, eq=False)
class DayPlan:
    """The shifts and tasks of a day."""

    shifts: Annotated[list[PlannedShift], PlanningEntityCollectionProperty]
    tasks: Annotated[list[PlannedTask], PlanningEntityCollectionProperty, ValueRangeProvider]
    score: Annotated[HardSoftScore | None, PlanningScore] = None


@constraint_provider
def define_constraints(factory: ConstraintFactory) -> list[Constraint]:
    """Return what is forbidden and what is charged."""
    # One constraint for each kind of score: with one for each charge it tries fewer moves a second.
    return [
        factory.for_each(PlannedTask)
        .filter(lambda task: task.count_broken() > 0)
        .penalize(HardSoftScore.ONE_HARD, lambda task: task.count_broken())
        .as_constraint("done by whom may do it, within the shift"),
        factory.for_each_including_unassigned(PlannedTask)
        .penalize(HardSoftScore.ONE_SOFT, lambda task: task.charge())
        .as_constraint("charges"),
    ]


FACTORY = SolverFactory.create(
    SolverConfig(
        solution_class=DayPlan,
        entity_class_list=[PlannedShift, PlannedTask],
        environment_mode=EnvironmentMode.NO_ASSERT,
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=define_constraints),
    )
)
"""Made once, as it compiles the constraints; its searches therefore have one seed, Timefold's own."""


def solve_plan(shifts: list[PlannedShift], tasks: list[PlannedTask], *, ends_at: float) -> list[PlannedShift] | None:
    """Return the shifts of the best plan found until an instant of `time.monotonic`; None where there is no time."""
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        return None
    limit = TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * left_s)))
    solver = FACTORY.build_solver(SolverConfigOverride(termination_config=limit))
    # Its limit begins only when the problem has been converted for Java.
    ending = threading.Timer(left_s, solver.terminate_early)
    ending.start()
    try:
        done: list[PlannedShift] = solver.solve(DayPlan(shifts=shifts, tasks=tasks)).shifts
    finally:
        ending.cancel()
    return done
