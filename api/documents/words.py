"""Figures in words, as a team lead would say them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from api.language.texts import ENGLISH, Texts
from models.time import to_datetime
from reports import metrics
from reports.metrics import Metric
from reports.plan_summary import PlanSummary
from reports.plan_tables import PlanTables

MINUTES_PER_DAY = 1440


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure of the headline: what, how much, in a sentence, beside what, and by which definition."""

    name: str
    value: str
    sentence: str
    beside: tuple[tuple[str, str], ...] = ()
    metric: Metric


def headlines(
    summary: PlanSummary, others: Mapping[str, Mapping[str, Any]], tables: PlanTables, *, texts: Texts = ENGLISH
) -> tuple[Headline, ...]:
    """Return the plan's headline figures."""
    until = moment_text(to_datetime(tables.until, tables.zone), tables, texts)
    made = [
        Headline(
            name=texts.gettext("On time"),
            value=share_text(summary.on_time_share, digits=1, texts=texts),
            sentence=texts.ngettext(
                "of the %(num)s task that falls due by %(until)s will be on time.",
                "of the %(num)s tasks that fall due by %(until)s will be on time.",
                summary.num_due,
                until=until,
            )
            if summary.num_due
            else texts.gettext("Nothing falls due by %(until)s.", until=until),
            beside=tuple(
                (name, share_text(other["on_time_share"], digits=1, texts=texts)) for name, other in others.items()
            ),
            metric=metrics.ON_TIME,
        ),
        Headline(
            name=texts.gettext("Late"),
            value=texts.number(summary.num_late),
            sentence=_late_sentence(summary, texts),
            beside=tuple((name, texts.number(other["num_late"])) for name, other in others.items()),
            metric=metrics.LATE,
        ),
        Headline(
            name=texts.gettext("Backlog"),
            value=f"{texts.number(summary.backlog_start_hours)}\N{NO-BREAK SPACE}→ "
            f"{texts.number(summary.backlog_end_hours)}\N{NO-BREAK SPACE}h",
            sentence=texts.ngettext(
                "of work; %(num)s task is left for later.",
                "of work; %(num)s tasks are left for later.",
                summary.num_left,
            )
            + _overdue_sentence(summary, texts),
            metric=metrics.BACKLOG,
        ),
        Headline(
            name=texts.gettext("Swing moves"),
            value=texts.number(summary.num_moves),
            sentence=texts.ngettext(
                "lend %(hours)s of work by %(num)s person to other teams.",
                "lend %(hours)s of work by %(num)s people to other teams.",
                summary.num_lent_agents,
                hours=hours_text(summary.lent_hours, texts),
            )
            if summary.lent_hours
            else texts.gettext("Nobody is lent to another team."),
            metric=metrics.SWING_MOVES,
        ),
        Headline(
            name=texts.gettext("Utilization"),
            value=share_text(summary.utilization, texts=texts),
            sentence=texts.gettext(
                "of %(hours)s on shift, breaks aside, is planned work and setup.",
                hours=hours_text(summary.duty_hours, texts),
            ),
            metric=metrics.UTILIZATION,
        ),
    ]
    if summary.gap is not None:
        made.append(
            Headline(
                name=texts.gettext("Gap to the bound"),
                value=gap_text(summary.gap, texts),
                sentence=_gap_sentence(summary.gap, texts),
                metric=metrics.GAP,
            )
        )
    return tuple(made)


def _late_sentence(summary: PlanSummary, texts: Texts) -> str:
    if not summary.num_due:
        return texts.gettext("Nothing falls due.")
    if summary.num_late and summary.tardiness_hours is not None:
        span = span_text(summary.tardiness_hours * 60, texts)
        told = [texts.gettext("will be late, by %(span)s on average", span=span)]
    else:
        told = [texts.gettext("will be late")]
    if summary.num_missed:
        told.append(
            texts.ngettext(
                "%(num)s instant that must not pass is missed",
                "%(num)s instants that must not pass are missed",
                summary.num_missed,
            )
        )
    if summary.num_at_risk:
        told.append(
            texts.ngettext(
                "%(num)s more is tight: less than %(minutes)s minutes to spare",
                "%(num)s more are tight: less than %(minutes)s minutes to spare",
                summary.num_at_risk,
                minutes=texts.number(metrics.AT_RISK_MINUTES),
            )
        )
    return "; ".join(told) + "."


def _overdue_sentence(summary: PlanSummary, texts: Texts) -> str:
    if not summary.num_overdue:
        return ""
    if summary.num_overdue_done == summary.num_overdue:
        return " " + texts.gettext(
            "All %(num)s that were overdue before get done.", num=texts.number(summary.num_overdue)
        )
    return " " + texts.gettext(
        "Of %(num)s that were overdue before, %(done)s get done.",
        num=texts.number(summary.num_overdue),
        done=texts.number(summary.num_overdue_done),
    )


def _gap_sentence(gap: float, texts: Texts) -> str:
    if gap <= 0:
        return texts.gettext("It is proven that no plan can do better.")
    if gap >= 1:
        return texts.gettext("How far the best plan may be is not proven yet.")
    return texts.gettext("The best plan there could be costs at most this much less; that is proven.")


def count_of(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share_text(share: float | None, *, digits: int = 0, texts: Texts = ENGLISH) -> str:
    """Return a share in percent; more digits near the whole, where they matter; a dash where nothing can be said."""
    return texts.share(share, digits)


def gap_text(gap: float | None, texts: Texts = ENGLISH) -> str:
    """Return a gap to the bound in percent; a dash where nothing is proven."""
    return texts.share(gap if gap is not None and gap < 1 else None, 1)


def hours_text(hours: float, texts: Texts = ENGLISH) -> str:
    """Return hours of work, a decimal below ten."""
    return f"{texts.number(hours, 0 if hours >= 9.95 else 1)}\N{NO-BREAK SPACE}h"


def span_text(minutes: float, texts: Texts = ENGLISH) -> str:
    """Return a length of time in the unit that people would take."""
    if minutes < 90:
        return f"{texts.number(minutes)} min"
    if minutes < 2 * MINUTES_PER_DAY:
        return f"{texts.number(minutes / 60, 1)} h"
    return texts.gettext("%(days)s days", days=texts.number(minutes / MINUTES_PER_DAY, 1))


def local_clock(instant: int, zone: tzinfo) -> str:
    """Return the time of day of an instant."""
    return f"{to_datetime(instant, zone):%H:%M}"


def moment_text(moment: datetime, tables: PlanTables, texts: Texts = ENGLISH) -> str:
    """Return a time of day, with the day where it is not that of the plan."""
    local = moment.astimezone(tables.zone)
    if local.date() == to_datetime(tables.now, tables.zone).date():
        return f"{local:%H:%M}"
    return replace(texts, zone=tables.zone).dated_moment(int(local.timestamp()))
