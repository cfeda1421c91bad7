"""What the figures of the waiting ledger mean, and what each cause is, in words. `docs/metrics.md` says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.metrics import Metric

WAITED = Metric(
    key="waited_hours",
    name="Waiting",
    unit="hours",
    formula="sum over tasks of start less enabled",
    denominator="tasks begun in the period",
    note="Elapsed time, nights and weekends included. Each second of it has one cause.",
)
PROCESSED = Metric(
    key="processing_hours",
    name="Processing",
    unit="hours",
    formula="sum over tasks of end less start",
    denominator="tasks begun in the period",
)
EFFICIENCY = Metric(
    key="cycle_time_efficiency",
    name="Cycle time efficiency",
    unit="share of time",
    formula="processing / (processing + waiting)",
    denominator="processing and waiting of tasks begun in the period",
)
IMPACT = Metric(
    key="efficiency_without",
    name="Cycle time efficiency without a cause",
    unit="share of time",
    formula="processing / (processing + waiting - waiting of the cause)",
    denominator="processing and waiting of tasks begun in the period, less the cause",
    note="What removing the cause altogether would win, if nothing else took its place.",
)
CAUSE_SHARE = Metric(
    key="cause_share",
    name="Share of waiting",
    unit="share of waiting",
    formula="waiting of the cause / waiting",
    denominator="waiting of tasks begun in the period",
)
RUNNING_SHARE = Metric(
    key="running_share",
    name="Running share of waiting",
    unit="share of waiting",
    formula="waiting of this row and of those above it / waiting",
    denominator="waiting of tasks begun in the period",
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
    """A cause of waiting, for people.

    Attributes
    ----------
    lever
        What to do about it, as an order.
    """

    name: str
    meaning: str
    lever: str


CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "customer": Cause(
            name="Customer",
            meaning="pended: a customer or third party had to answer first",
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
            lever="Add or lend capacity where work queues in order",
        ),
        "prioritization": Cause(
            name="Prioritization",
            meaning="who could have done it was busy with work that came in later",
            lever="Take work in the agreed order",
        ),
        "unavailability": Cause(
            name="Unavailability",
            meaning="nobody who could have done it was on duty",
            lever="Move hours to when work waits",
        ),
        "extraneous": Cause(
            name="Extraneous",
            meaning="somebody who could have done it was on duty and not at recorded work",
            lever="Find out what holds work back while people are free",
        ),
    }
)
"""By the name that documents have for it."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "justified": "the policy would have taken the later work first too: more urgent, or as good",
        "discretionary": "the policy would have taken the task that waited",
        "unjudged": "one of the two has no deadline: nobody can tell",
        "office_closed": "outside opening hours",
        "rostered_gap": "the office was open, and nobody who could have done it was on the roster",
        "absent": "somebody who could have done it was on the roster, and absent",
        "same_person_free": "who did it in the end was on duty and at no recorded work",
        "colleague_free": "somebody else who could have done it was",
    }
)
"""What the kinds of a cause are."""
