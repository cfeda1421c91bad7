"""What the figures of the waste ledger mean. `docs/metrics.md` says the same."""

from reports.metrics import Metric
from reports.shares import say_share
from reports.waste.categories import TRADE_SHARE
from reports.waste.ledger import Ledger

PAID = Metric(
    key="paid_hours",
    name="Paid time",
    unit="hours",
    formula="rostered shifts and recorded overtime, less unpaid breaks and absences",
    denominator="agents of the teams asked for",
    note="Each second of it is in one category. Of a source without shifts it is the time in which people were seen.",
)
CATEGORY_HOURS = Metric(
    key="category_hours",
    name="Hours of a category",
    unit="hours",
    formula="sum of the paid seconds that are in the category / 3600",
    note="Where an agent does several things of one category at once, each has an equal part.",
)
PAID_SHARE = Metric(
    key="paid_share",
    name="Share of paid time",
    unit="share of paid time",
    formula="paid time in the category / paid time",
    denominator="paid time",
)
WASTE_SHARE = Metric(
    key="waste_share",
    name="Waste",
    unit="share of paid time",
    formula="paid time less value, unexplained time, and breaks, meetings, training and the like / paid time",
    denominator="paid time",
    note=f"Unexplained time is not counted as waste, and shown beside it. The trade says {say_share(TRADE_SHARE)}.",
)
CAUSE_SHARE = Metric(
    key="waste_cause_share",
    name="Share of waste",
    unit="share of waste",
    formula="waste of the team, type and cause / waste",
    denominator="waste",
)
RUNNING_SHARE = Metric(
    key="waste_running_share",
    name="Running share of waste",
    unit="share of waste",
    formula="waste of this row and of those above it / waste",
    denominator="waste",
    note="The rows up to the first that reaches 80 % are the smallest set that makes so much.",
)
RECOVERABLE = Metric(
    key="recoverable_hours",
    name="Could be won back",
    unit="hours",
    formula="the part of a cause that its lever would win back, by the rule of its category",
    note="An upper estimate, from the same period. The rule of each category stands in the table of categories.",
)
COST = Metric(
    key="waste_cost",
    name="Cost of waste",
    unit="money",
    formula="sum over rows of hours x cost per hour of the agent",
    note="Where no cost per hour is known there is none.",
)

WASTE_METRICS = (PAID, CATEGORY_HOURS, PAID_SHARE, WASTE_SHARE, CAUSE_SHARE, RUNNING_SHARE, RECOVERABLE, COST)


def share_of_paid(ledger: Ledger, seconds: float) -> float | None:
    """Return a part of paid time; None where nobody was paid."""
    return None if ledger.total_paid_s == 0 else seconds / ledger.total_paid_s
