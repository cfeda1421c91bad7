"""The report `digest`: a team's day on one page, for a lead in the morning."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from reports import metrics
from reports.operations.clearing import forecast_breaches
from reports.operations.figures import draw_days
from reports.operations.record import CHECKS, DUES, RETURNS, Record, iterate
from reports.operations.resolution import measure_resolution
from reports.operations.showing import (
    call,
    count,
    lay_out,
    list_rows,
    make_document,
    say_limits,
    say_list,
    total_of,
)
from reports.operations.workload import ALL, age_backlog, follow_days, measure_workload
from reports.report import Action, Report
from reports.shares import say_share

MOST_LISTED = 10
TREND_DAYS = 7


def report_digest(record: Record, *, seed: int = 1) -> Report:
    """Return the digest of the last day of a period, with the days before it as what is usual."""
    day = last_day(record)
    today = total_of(measure_workload(day), "team")
    usual = follow_days(record)
    whole = usual[usual["team"] == ALL]
    before = whole.iloc[max(len(whole) - 1 - TREND_DAYS, 0) : len(whole) - 1]
    breaches, at_risk = forecast_breaches(record, seed=seed)
    ages = total_of(age_backlog(day), "team")
    quality = total_of(measure_resolution(day), "team")
    teams = measure_workload(day)
    name = day.day_names[-1]
    facts = [
        _say_flow(today, before),
        (
            f"On time: {say_share(today['on_time_share'])} of {today['num_due']:,} that fell due, "
            f"{say_share(today['completed_on_time_share'])} of what was completed."
        ),
        (
            f"Open: {today['backlog_end']:,}, {today['backlog_hours']:,.0f} hours; {ages['past_due']:,.0f} past due, "
            f"{ages['from_80']:,.0f} with under a fifth of their time left. {today['num_pended']:,} wait for others."
        ),
        f"If coming days yield what these did, {breaches['num_breaches'].sum():,.0f} open tasks become late.",
    ]
    if RETURNS in record.knows:
        facts.append(
            f"Right the first time: {say_share(quality['first_time_right_share'])}; "
            f"{quality['num_reopened']:,} reopened, {quality['num_returned']:,} given back."
        )
    urgent = _find_urgent(day, at_risk)
    return Report(
        name="digest",
        title=f"The day on one page: {name}",
        lead=facts[0],
        actions=_find_actions(record, teams, breaches, urgent),
        facts=facts[1:],
        limits=say_limits(record, DUES, RETURNS, CHECKS)[:3],
        panels=[draw_days(usual.groupby("team", sort=False).tail(TREND_DAYS * 2))],
        tables=[
            lay_out(
                record,
                teams,
                ("team", "Team"),
                ("arrived", "Arrived", "count"),
                ("completed", "Completed", "count"),
                ("backlog_end", "Open", "count"),
                ("backlog_hours", "Hours", "number", metrics.BACKLOG),
                ("num_overdue", "Overdue", "count"),
                ("on_time_share", "On time of due", "share", metrics.ON_TIME),
                ("oldest_hours", "Oldest, hours", "number", metrics.OLDEST),
                name="teams",
                title="Teams",
            ),
            lay_out(
                record,
                urgent.head(MOST_LISTED),
                ("task", "Task"),
                ("type", "Type"),
                ("team", "Team"),
                ("due", "Due", "instant"),
                ("chance", "Chance to be late", "share"),
                name="first",
                title="Look at these first",
                note="Overdue ones first, the oldest due before others; then those that are likeliest to be late.",
            ),
        ],
        document=make_document(
            record,
            "digest",
            {
                "day": name,
                "facts": facts,
                "teams": list_rows(record, teams),
                "first": list_rows(record, urgent.head(MOST_LISTED), instants=["due"]),
            },
        ),
    )


def last_day(record: Record) -> Record:
    """Return the record of the last day of a period."""
    edges = record.day_edges[-2:]
    start = max(edges[0], record.start)
    return replace(record, start=start, day_edges=edges, day_names=record.day_names[-1:])


def _say_flow(today: Mapping[str, float], before: pd.DataFrame) -> str:
    change = today["backlog_end"] - today["backlog_start"]
    if change == 0:
        moved = "as many as before"
    else:
        moved = f"{change:,.0f} more than before" if change > 0 else f"{-change:,.0f} fewer than before"
    said = (
        f"{count(today['arrived'], 'task')} came in and {today['completed']:,} were completed: "
        f"{today['backlog_end']:,} are open, {moved}."
    )
    if before.empty:
        return said
    return f"{said} Usual is {before['arrived'].mean():,.0f} in and {before['completed'].mean():,.0f} completed a day."


def _find_urgent(day: Record, at_risk: pd.DataFrame) -> pd.DataFrame:
    tasks = day.tasks[day.open_at(day.end) & ~day.tasks["is_pended"].to_numpy()]
    late = tasks[tasks["due"] < day.end][["task", "type", "team", "due"]].assign(chance=1.0)
    late = late.sort_values(["due", "task"])
    return pd.DataFrame(pd.concat([late, at_risk], ignore_index=True) if len(at_risk) else late.reset_index(drop=True))


def _find_actions(
    record: Record, teams: pd.DataFrame, breaches: pd.DataFrame, urgent: pd.DataFrame
) -> Sequence[Action]:
    found = []
    if len(urgent):
        first = urgent.head(3)
        found.append(
            Action(
                heading=f"Start with {say_list([str(task) for task in first['task']])}",
                text="They are overdue, or the likeliest to become so.",
                table="first",
            )
        )
    risky = breaches[breaches["num_breaches"] >= 1].sort_values(["num_breaches", "team"], ascending=[False, True])
    found += [
        Action(
            heading=f"Ask for help at {call(record, row.team)}",
            text=f"{row.num_breaches:,.0f} ({row.low:,.0f} to {row.high:,.0f}) of its {row.num_open:,} open tasks "
            "become late as things go.",
            table="teams",
        )
        for row in iterate(risky.head(1))
    ]
    rest = teams[(teams["team"] != ALL) & (np.nan_to_num(teams["backlog_hours"].astype(float)) == 0)]
    found += [
        Action(heading=f"Lend from {call(record, row.team)}", text="It has no open work.", table="teams")
        for row in iterate(rest.head(1))
    ]
    return found
