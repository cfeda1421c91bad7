"""What a search for staffing asks: replications of a scenario with other heads."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.formats.scenarios.reading import Question
from models.formats.scenarios.scenario import Target
from services.running.runner import Runner
from services.simulating.replicator import Replicator
from services.simulating.simulate import get_position, run_numbers
from simulations.engine.layout import Reals
from simulations.staffing.question import Plan

_KEPT = 32
"""Scenarios that stay assembled."""


@dataclass
class ScenarioOracle:
    """Replicates a scenario with the heads of a plan; see `simulations.staffing.question.Oracle`."""

    question: Question
    groups: Sequence[str]
    targets: Sequence[Target]
    runner: Runner
    seed: int
    warm_up_days: float
    cancel: threading.Event | None = None
    _replicators: "OrderedDict[Plan, Replicator]" = field(default_factory=OrderedDict)

    def __call__(self, plan: Plan, low: int, high: int) -> Reals:
        """Return margins, on-time share and cost of some replications of a plan."""
        replicator = self._replicators.pop(plan, None) or self.assemble(plan)
        self._replicators[plan] = replicator
        if len(self._replicators) > _KEPT:
            self._replicators.popitem(last=False)
        batches = run_numbers(self.runner, replicator, range(low, high), cancel=self.cancel)
        figures = np.concatenate([batch.figures for batch in batches])
        measures = replicator.measures
        columns = []
        for target in self.targets:
            values = figures[:, get_position(measures, target.metric)]
            columns.append(
                values - target.at_least if target.at_least is not None else (target.at_most or 0.0) - values
            )
        columns += [figures[:, get_position(measures, path)] for path in ("overall.on_time_share", "overall.cost")]
        rows: Reals = np.stack(columns, axis=1)
        return rows

    def assemble(self, plan: Plan) -> Replicator:
        """Return what replicates the scenario with the heads of a plan."""
        return Replicator(self.staff(plan), warm_up_days=self.warm_up_days, seed=self.seed)

    def staff(self, plan: Plan) -> Question:
        """Return the scenario with the heads of a plan."""
        heads = dict(zip(self.groups, plan, strict=True))
        scenario = self.question.scenario
        agents = tuple(replace(group, count=heads.get(group.id, group.count)) for group in scenario.agents)
        return replace(self.question, scenario=replace(scenario, agents=agents))
