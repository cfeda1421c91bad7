"""Figures in words, as a team lead would say them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from models.time import to_datetime
from models.vocabulary import Rule
from reports import metrics
from reports.metrics import Metric
from reports.plan_summary import PlanSummary
from reports.plan_tables import PlanTables

RULE_NAMES: Mapping[Rule, str] = {
    Rule.FIFO: "First in, first out",
    Rule.EDF: "Earliest due first",
    Rule.SLACK: "Least slack first",
    Rule.PRIORITY: "Most important first",
    Rule.SPT: "Shortest first",
    Rule.WSPT: "Most important for its length first",
    Rule.ATC: "Urgency and importance",
}
MINUTES_PER_DAY = 1440
EXACT_SHARE = 0.995


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure of the headline: what, how much, in a sentence, beside what, and by which definition."""

    name: str
    value: str
    sentence: str
    beside: tuple[tuple[str, str], ...] = ()
    metric: Metric


def headlines(
    summary: PlanSummary, others: Mapping[str, Mapping[str, Any]], tables: PlanTables
) -> tuple[Headline, ...]:
    """Return the plan's headline figures."""
    until = moment_text(to_datetime(tables.until, tables.zone), tables)
    made = [
        Headline(
            name="On time",
            value=share_text(summary.on_time_share, digits=1),
            sentence=f"of the {count_of(summary.num_due, 'task')} that fall due by {until} will be on time."
            if summary.num_due
            else f"Nothing falls due by {until}.",
            beside=tuple((name, share_text(other["on_time_share"], digits=1)) for name, other in others.items()),
            metric=metrics.ON_TIME,
        ),
        Headline(
            name="Late",
            value=f"{summary.num_late:,}",
            sentence=_late_sentence(summary),
            beside=tuple((name, f"{other['num_late']:,}") for name, other in others.items()),
            metric=metrics.LATE,
        ),
        Headline(
            name="Backlog",
            value=f"{summary.backlog_start_hours:,.0f}\N{NO-BREAK SPACE}→ "
            f"{summary.backlog_end_hours:,.0f}\N{NO-BREAK SPACE}h",
            sentence=f"of work; {count_of(summary.num_left, 'task')} {_is(summary.num_left)} left for later."
            + _overdue_sentence(summary),
            metric=metrics.BACKLOG,
        ),
        Headline(
            name="Swing moves",
            value=f"{summary.num_moves:,}",
            sentence=f"lend {hours_text(summary.lent_hours)} of work by "
            f"{count_of(summary.num_lent_agents, 'person', 'people')} to other teams."
            if summary.lent_hours
            else "Nobody is lent to another team.",
            metric=metrics.SWING_MOVES,
        ),
        Headline(
            name="Utilization",
            value=share_text(summary.utilization),
            sentence=f"of {hours_text(summary.duty_hours)} on shift, breaks aside, is planned work and setup.",
            metric=metrics.UTILIZATION,
        ),
    ]
    if summary.gap is not None:
        made.append(
            Headline(
                name="Gap to the bound",
                value=gap_text(summary.gap),
                sentence=_gap_sentence(summary.gap),
                metric=metrics.GAP,
            )
        )
    return tuple(made)


def _late_sentence(summary: PlanSummary) -> str:
    if not summary.num_due:
        return "Nothing falls due."
    late = "will be late"
    if summary.num_late and summary.tardiness_hours is not None:
        late += f", by {span_text(summary.tardiness_hours * 60)} on average"
    if summary.num_missed:
        late += f"; {count_of(summary.num_missed, 'instant')} that must not pass {_is(summary.num_missed)} missed"
    if not summary.num_at_risk:
        return f"{late}."
    risk = f"{summary.num_at_risk:,} more {_is(summary.num_at_risk)} tight: "
    return f"{late}; {risk}less than {metrics.AT_RISK_MINUTES:.0f} minutes to spare."


def _overdue_sentence(summary: PlanSummary) -> str:
    if not summary.num_overdue:
        return ""
    if summary.num_overdue_done == summary.num_overdue:
        return f" All {summary.num_overdue:,} that were overdue before get done."
    return f" Of {summary.num_overdue:,} that were overdue before, {summary.num_overdue_done:,} get done."


def _gap_sentence(gap: float) -> str:
    if gap <= 0:
        return "It is proven that no plan can do better."
    if gap >= 1:
        return "How far the best plan may be is not proven yet."
    return "The best plan there could be costs at most this much less; that is proven."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def count_of(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share_text(share: float | None, *, digits: int = 0) -> str:
    """Return a share in percent; more digits near the whole, where they matter; a dash where nothing can be said."""
    if share is None or math.isnan(share):
        return "–"
    if EXACT_SHARE <= share < 1:
        return f"{math.floor(share * 1000) / 10:.1f}\N{NO-BREAK SPACE}%"
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def gap_text(gap: float | None) -> str:
    """Return a gap to the bound in percent; a dash where nothing is proven."""
    return share_text(gap if gap is not None and gap < 1 else None, digits=1)


def hours_text(hours: float) -> str:
    """Return hours of work, a decimal below ten."""
    return f"{hours:,.0f}\N{NO-BREAK SPACE}h" if hours >= 9.95 else f"{hours:.1f}\N{NO-BREAK SPACE}h"


def span_text(minutes: float) -> str:
    """Return a length of time in the unit that people would take."""
    if minutes < 90:
        return f"{minutes:.0f} min"
    if minutes < 2 * MINUTES_PER_DAY:
        return f"{minutes / 60:.1f} h"
    return f"{minutes / MINUTES_PER_DAY:.1f} days"


def local_day(instant: int, zone: tzinfo) -> str:
    """Return a day as people write it, such as Monday, 2 March 2026."""
    moment = to_datetime(instant, zone)
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def local_clock(instant: int, zone: tzinfo) -> str:
    """Return the time of day of an instant."""
    return f"{to_datetime(instant, zone):%H:%M}"


def moment_text(moment: datetime, tables: PlanTables) -> str:
    """Return a time of day, with the day where it is not that of the plan."""
    local = moment.astimezone(tables.zone)
    if local.date() == to_datetime(tables.now, tables.zone).date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def moment_text_in(instant: int, zone: tzinfo) -> str:
    """Return a day and a time of day, with the year."""
    local = to_datetime(instant, zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
