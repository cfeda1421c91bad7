"""The report on waste: words, figures, tables and document of a ledger."""

from reports.report import Report
from reports.waste.causes import find_causes
from reports.waste.document import waste_document
from reports.waste.figures import draw_waste
from reports.waste.ledger import Ledger
from reports.waste.sentences import say_actions, say_facts, say_lead, say_limits
from reports.waste.tables import Labels, tabulate_waste

DAYS_OF_A_YEAR = 365.25


def report_ledger(
    ledger: Ledger,
    *,
    source: str,
    zone: str,
    cost_per_hour: float | None = None,
    is_annualised: bool = False,
    has_people: bool = False,
    types: tuple[str, ...] = (),
) -> Report:
    """Return the report on where paid time went.

    Parameters
    ----------
    source
        What it is of, for people.
    zone
        IANA zone of instants.
    cost_per_hour
        Of agents whose own is not known.
    is_annualised
        Whether to say what a year of this would be.
    has_people
        Whether agents are named.
    types
        Causes of these types alone, where there are any; the ledger stays whole.
    """
    causes = find_causes(ledger, cost_per_hour=cost_per_hour, types=types)
    names = ledger.history.day_names
    has_cost = bool(causes.table["money"].notna().any())
    yearly = DAYS_OF_A_YEAR / len(names) if is_annualised else None
    actions = say_actions(causes)
    limits = say_limits(causes)
    document = {
        **waste_document(causes, has_people=has_people),
        "source": source,
        "timezone": zone,
        "from": names[0],
        "to": names[-1],
        "days": len(names),
        "actions": [f"{action.heading}: {action.text}" for action in actions],
        "limits": list(limits),
    }
    if yearly is not None:
        document["annualised"] = {
            "factor": yearly,
            "waste_minutes": causes.waste_s / 60 * yearly,
            "categories": {name: minutes * yearly for name, minutes in document["categories"].items()},
        }
    return Report(
        name="waste",
        title="Where paid time goes" if ledger.history.has_paid_time else "Where the time goes that people were seen",
        lead=say_lead(causes, source=source, first=names[0], last=names[-1]),
        actions=actions,
        facts=say_facts(causes, yearly_factor=yearly),
        limits=limits,
        panels=draw_waste(causes) if ledger.total_paid_s else (),
        tables=tabulate_waste(causes, Labels(zone=zone, has_people=has_people, has_cost=has_cost)),
        document=document,
    )
