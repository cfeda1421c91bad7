"""The dispatch rules that offices know, each on its own: first in first out, earliest due date, ATC with its best k."""

from benchmarks.peers.deciding import Decision
from models.vocabulary import Rule
from optimizer.dispatch import LOOK_AHEADS, dispatch
from optimizer.instance import Instance


def decide_by_rule(instance: Instance, rule: Rule) -> Decision:
    """Return what a rule decides; ATC with whichever look-ahead is best here."""
    look_aheads = LOOK_AHEADS if rule is Rule.ATC else (1.0,)
    plan = min((dispatch(instance, rule, k=k) for k in look_aheads), key=lambda plan: plan.total)
    return Decision(agent=plan.task_agent, start=plan.task_start)
