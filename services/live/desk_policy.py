"""By what the next task is chosen: the index rule, and what the published plan's question says that things cost."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property

from models.formats.problem import Coefficients
from models.repositories.live.waiting import PublishedPlan
from models.tables.columns import to_json
from models.time import SECONDS_PER_MINUTE
from models.vocabulary import Rule
from optimizer.next_task.columns import NOBODY, Circumstances
from optimizer.policy import CODE_OF_RULE
from optimizer.presets import scale_to_weights

LOOK_AHEAD = 2.0
PLAN_WINDOW_MINUTES = 120.0
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class DeskPolicy:
    """The parameters of the ranking.

    Attributes
    ----------
    rule
        The index.
    look_ahead
        Look-ahead of `atc` in mean expected handlings of the tasks that wait.
    plan_window_minutes
        A planned start holds where it is no further than this from now.
    costs
        Coefficients of the objective.
    plan_id
        The published plan that is followed; None where there is none.
    """

    rule: Rule = Rule.ATC
    look_ahead: float = LOOK_AHEAD
    plan_window_minutes: float = PLAN_WINDOW_MINUTES
    costs: Coefficients = field(default_factory=Coefficients)
    plan_id: int | None = None

    @cached_property
    def version(self) -> str:
        """A digest of all parameters: tasks that were chosen under one version were chosen alike."""
        return hashlib.sha256(to_json(asdict(self)).encode()).hexdigest()[:_DIGITS]

    def ask(self, *, agent: int, last_case: int, now: int, mean_handling_s: float) -> Circumstances:
        """Return what the ranking is asked, for the agent at a position."""
        costs = self.costs
        return Circumstances(
            agent=agent,
            last_case=last_case if last_case >= 0 else NOBODY,
            now=float(now),
            rule=CODE_OF_RULE[self.rule],
            scale_s=float(self.look_ahead * mean_handling_s),
            plan_window_s=float(self.plan_window_minutes * SECONDS_PER_MINUTE),
            tardiness=float(costs.tardiness),
            late=float(costs.late),
            missed=float(costs.missed),
            carried_over=float(costs.carried_over),
            away=float(costs.away),
            move=float(costs.move),
            preferred=float(costs.preferred),
            reassigned=float(costs.reassigned),
            continuity=float(costs.preferred),
        )


def follow_plan(policy: DeskPolicy, plan: PublishedPlan | None, type_weights: Iterable[float]) -> DeskPolicy:
    """Return a policy with the costs of a plan's question; of the format's own for the weights of types without one.

    Parameters
    ----------
    type_weights
        Weights of the office's task types, which say what a weight of 1 is there.
    """
    if plan is None:
        return replace(policy, costs=scale_to_weights(Coefficients(), list(type_weights)), plan_id=None)
    known = {item.name for item in fields(Coefficients)}
    named = {name: float(value) for name, value in plan.objective.items() if name in known}
    return replace(policy, costs=replace(Coefficients(), **named), plan_id=plan.id)
