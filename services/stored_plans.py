"""A stored plan as tables, and the figures of single rules that are stored with it."""

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.repositories.plans import PlanRecord
from models.time import load_zone
from models.vocabulary import Rule
from reports.plan_tables import PlanTables, tabulate_plan


def tabulate_stored(record: PlanRecord, problem: Problem, plan: Plan) -> PlanTables:
    """Return the tables of a stored plan, in the zone and with the plannable share that it was made with."""
    share = record.settings.get("plannable_share")
    return tabulate_plan(problem, plan, zone=load_zone(record.timezone), plannable_share=share)


def comparisons(record: PlanRecord) -> dict[Rule, dict[str, object]]:
    """Return the figures of single rules that are stored with a plan; rules that are no more are left out."""
    return {rule: dict(record.comparisons[rule.value]) for rule in Rule if rule.value in record.comparisons}
