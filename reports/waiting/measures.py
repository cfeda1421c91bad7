"""What the figures of the waiting ledger mean, and what each cause is, in words. `docs/metrics.md` says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.metrics import Metric

_BEGUN = "tasks begun in the period"

WAITED = Metric(
    key="waited_hours",
    name="Waiting",
    unit="hours",
    formula="sum over tasks of start less enabled",
    denominator=_BEGUN,
    note="Elapsed time, nights and weekends included. Each second of it has one cause.",
)
PROCESSED = Metric(
    key="processing_hours",
    name="Processing",
    unit="hours",
    formula="sum over tasks of end less start",
    denominator=_BEGUN,
)
EFFICIENCY = Metric(
    key="cycle_time_efficiency",
    name="Cycle time efficiency",
    unit="share of time",
    formula="processing / (processing + waiting)",
    denominator=f"processing and waiting of {_BEGUN}",
)
IMPACT = Metric(
    key="efficiency_without",
    name="Cycle time efficiency without a cause",
    unit="share of time",
    formula="processing / (processing + waiting - waiting of the cause)",
    denominator=f"processing and waiting of {_BEGUN}, less the cause",
    note="What removing the cause altogether would win, if nothing else took its place.",
)
CAUSE_SHARE = Metric(
    key="cause_share",
    name="Share of waiting",
    unit="share of waiting",
    formula="waiting of the cause / waiting",
    denominator=f"waiting of {_BEGUN}",
)
RUNNING_SHARE = Metric(
    key="running_share",
    name="Running share of waiting",
    unit="share of waiting",
    formula="waiting of this row and of those above it / waiting",
    denominator=f"waiting of {_BEGUN}",
)
TASKS_WAITED = Metric(
    key="num_waited",
    name="Tasks that waited for it",
    unit="tasks",
    formula="tasks with any waiting of the cause",
)

WAITING_METRICS = (WAITED, PROCESSED, EFFICIENCY, IMPACT, CAUSE_SHARE, RUNNING_SHARE, TASKS_WAITED)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause of waiting, or a kind of one, for people.

    Attributes
    ----------
    lever
        What to do about it, as an order that ends before the task type; empty where nobody in the office can.
    """

    name: str
    meaning: str
    lever: str = ""


CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "customer": Cause(
            name="Customer",
            meaning="a customer or third party had to answer first",
            lever="Ask customers once, for everything, and earlier",
        ),
        "batching": Cause(
            name="Batching",
            meaning="gathered until there were several, to be done in one go",
            lever="Work smaller batches, more often",
        ),
        "contention": Cause(
            name="Contention",
            meaning="who could have done it was busy with work that had been waiting no less long",
            lever="Lend or add people at the hours when it queues",
        ),
        "prioritization": Cause(
            name="Prioritization",
            meaning="who could have done it was busy with work that came in later",
            lever="Take it in the agreed order",
        ),
        "prioritization.justified": Cause(
            name="Prioritization, justified",
            meaning="later work came first, and by the policy it should: more urgent, or as good",
        ),
        "prioritization.discretionary": Cause(
            name="Prioritization, discretionary",
            meaning="later work came first, though the policy would have taken the task that waited",
            lever="Take it in the order of the policy",
        ),
        "prioritization.unjudged": Cause(
            name="Prioritization, unjudged",
            meaning="later work came first, and without deadlines nobody can tell whether it should",
            lever="Take it in the order in which it comes, or give it deadlines",
        ),
        "unavailability": Cause(
            name="Unavailability",
            meaning="nobody who could have done it was on duty",
            lever="Move hours to when it waits",
        ),
        "unavailability.office_closed": Cause(
            name="Unavailability, office closed",
            meaning="outside opening hours, and nobody at work",
        ),
        "unavailability.rostered_gap": Cause(
            name="Unavailability, rostered gap",
            meaning="the office was open, and nobody who could have done it was on duty",
            lever="Roster, or train, somebody for it at the hours when nobody can",
        ),
        "unavailability.absent": Cause(
            name="Unavailability, absent",
            meaning="whoever was rostered for it was absent",
            lever="Plan cover for absences",
        ),
        "extraneous": Cause(
            name="Extraneous",
            meaning="somebody who could have done it was on duty and at no recorded work",
            lever="Find out what holds it back while people are free",
        ),
        "extraneous.same_person_free": Cause(
            name="Extraneous, same person free",
            meaning="who did it in the end was on duty and at no recorded work",
            lever="Find out what holds it back while its own people are free",
        ),
        "extraneous.colleague_free": Cause(
            name="Extraneous, colleague free",
            meaning="who did it in the end was busy or away, and a colleague who could have done it was free",
            lever="Give it to whoever is free, not to one person",
        ),
    }
)
"""By the name that documents have for it: a cause, or `cause.kind`."""
