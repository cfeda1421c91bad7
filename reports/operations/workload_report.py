"""The report `workload`: what came in, what was done, what is open, and whether that can be caught up with."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports import metrics
from reports.operations.clearing import clear_days, forecast_breaches, sum_everything
from reports.operations.figures import draw_bars, draw_days
from reports.operations.metrics import AGE, BREACHES, DAYS_TO_CLEAR, PRODUCTIVITY
from reports.operations.record import DUES, DUTY, Record
from reports.operations.showing import (
    call,
    count,
    lay_out,
    list_rows,
    make_document,
    say_limits,
    say_list,
    say_period,
    total_of,
)
from reports.operations.workload import ALL, age_backlog, follow_days, measure_output, measure_workload
from reports.report import Action, Report, ReportTable
from reports.shares import say_share

MOST_AT_RISK = 500
MOST_NAMED = 4
_COUNTS: tuple[tuple[str, str], ...] = (
    ("backlog_start", "Open at the start"),
    ("arrived", "Arrived"),
    ("completed", "Completed"),
    ("closed_otherwise", "Closed otherwise"),
    ("backlog_end", "Open at the end"),
)


def report_workload(record: Record, *, seed: int = 1) -> Report:
    """Return the report."""
    teams, types = measure_workload(record), measure_workload(record, "type")
    days, ages, output = follow_days(record), age_backlog(record), measure_output(record)
    clearing = clear_days(record)
    breaches, at_risk = forecast_breaches(record, seed=seed)
    whole = total_of(teams, "team")
    coming = sum_everything(breaches)
    never = clearing[np.isinf(clearing["days"].astype(np.float64))]
    facts = [
        (
            f"{count(whole['arrived'], 'task')} arrived and {count(whole['completed'], 'task')} were completed; "
            f"{whole['backlog_end']:,} are open, {whole['backlog_hours']:,.0f} hours of work."
        ),
        (
            f"On time: {say_share(whole['on_time_share'])} of what fell due, "
            f"{say_share(whole['completed_on_time_share'])} of what was completed."
        ),
        (
            f"{count(float(coming['num_overdue']), 'open task')} overdue now; "
            f"about {coming['num_breaches']:,.0f} more will be if coming days yield what these did."
        ),
    ]
    return Report(
        name="workload",
        title="Workload",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=_find_actions(record, teams, breaches, never),
        facts=facts[1:],
        limits=say_limits(record, DUTY, DUES),
        panels=[
            draw_days(days),
            draw_bars(
                record,
                teams[teams["team"] != ALL].sort_values(["backlog_hours", "team"], ascending=[False, True]),
                by="team",
                value="backlog_hours",
                name="backlog",
                title="Backlog by team",
                formula=metrics.BACKLOG.formula,
                axis="hours of work",
            ),
        ],
        tables=[
            _workload_table(record, teams, "team", "Team"),
            _clearing_table(record, clearing),
            _breach_table(record, breaches),
            _age_table(record, ages),
            _output_table(record, output),
            _workload_table(record, types, "type", "Task type"),
            lay_out(
                record,
                days,
                ("day", "Day"),
                ("team", "Team"),
                *((name, head, "count") for name, head in _COUNTS),
                ("backlog_hours", "Backlog, hours", "number", metrics.BACKLOG),
                name="days",
                title="Day by day",
            ),
            _open_table(record),
            lay_out(
                record,
                at_risk.head(MOST_AT_RISK),
                ("task", "Task"),
                ("type", "Type"),
                ("team", "Team"),
                ("due", "Due", "instant"),
                ("chance", "Chance to be late", "share"),
                name="at-risk",
                title="Open tasks that may be late",
                is_evidence=True,
            ),
        ],
        document=make_document(
            record,
            "workload",
            {
                "teams": list_rows(record, teams),
                "types": list_rows(record, types),
                "days": list_rows(record, days),
                "ageing": list_rows(record, ages),
                "output": list_rows(record, output),
                "clearing": list_rows(record, clearing.assign(is_never=np.isinf(clearing["days"]))),
                "breaches": list_rows(record, breaches),
                "at_risk": list_rows(record, at_risk.head(MOST_AT_RISK), instants=["due"]),
            },
        ),
    )


def _find_actions(record: Record, teams: pd.DataFrame, breaches: pd.DataFrame, never: pd.DataFrame) -> list[Action]:
    found = []
    if len(never):
        row = never.iloc[0]
        names = say_list([str(call(record, kind)) for kind in row["types"]])
        found.append(
            Action(
                heading=f"Find more people for {names}",
                text=f"{row['inflow_hours']:,.1f} hours a day come in that only "
                f"{count(row['num_people'], 'person')} can do, who have "
                f"{row['capacity_hours']:,.1f}: the backlog of {row['actionable_hours']:,.0f} hours is never cleared.",
                table="clearing",
            )
        )
    risky = breaches.sort_values(["num_breaches", "team"], ascending=[False, True])
    if len(risky) and risky.iloc[0]["num_breaches"] >= 1:
        row = risky.iloc[0]
        found.append(
            Action(
                heading=f"Send help to {call(record, row['team'])}",
                text=f"As things go, {row['num_breaches']:,.0f} of its {row['num_open']:,} open tasks become late "
                f"({row['low']:,.0f} to {row['high']:,.0f}), besides {row['num_overdue']:,} that are.",
                table="breaches",
            )
        )
    rest = teams[(teams["team"] != ALL) & (teams["num_overdue"] > 0)]
    if len(rest):
        row = rest.sort_values(["num_overdue", "team"], ascending=[False, True]).iloc[0]
        found.append(
            Action(
                heading=f"Clear what is overdue at {call(record, row['team'])}",
                text=f"{count(row['num_overdue'], 'open task')} of {row['backlog_end']:,} passed their due; the oldest "
                f"came in {row['oldest_hours'] / 24:,.0f} days ago.",
                table="workload",
            )
        )
    return found


def _workload_table(record: Record, frame: pd.DataFrame, by: str, heading: str) -> ReportTable:
    return lay_out(
        record,
        frame,
        (by, heading),
        *((name, head, "count") for name, head in _COUNTS),
        ("backlog_hours", "Backlog, hours", "number", metrics.BACKLOG),
        ("num_pended", "Pended", "count"),
        ("oldest_hours", "Oldest, hours", "number", metrics.OLDEST),
        ("num_overdue", "Overdue", "count"),
        ("num_due", "Fell due", "count"),
        ("num_late", "Late", "count", metrics.LATE),
        ("on_time_share", "On time of due", "share", metrics.ON_TIME),
        ("completed_on_time_share", "On time of completed", "share", metrics.COMPLETED_ON_TIME),
        ("wait_hours", "Wait, hours", "number", metrics.WAIT),
        ("flow_hours", "Flow time, hours", "number", metrics.FLOW),
        ("tardiness_hours", "Tardiness, hours", "number", metrics.TARDINESS),
        name="workload" if by == "team" else "types",
        title=f"Workload by {heading.lower()}",
        evidence="open-tasks",
        note="open at the end = open at the start + arrived - completed - closed otherwise",
    )


def _clearing_table(record: Record, clearing: pd.DataFrame) -> ReportTable:
    shown = clearing.assign(
        types=[_list_names(record, types) for types in clearing["types"]],
        says=["never" if np.isinf(days) else "-" if np.isnan(days) else f"{days:,.1f}" for days in clearing["days"]],
    )
    return lay_out(
        record,
        shown,
        ("types", "Work that only they can do"),
        ("num_people", "People", "count"),
        ("actionable_hours", "Actionable, hours", "number"),
        ("capacity_hours", "Capacity, hours a day", "number"),
        ("inflow_hours", "Inflow, hours a day", "number"),
        ("says", "Days to clear", "words", DAYS_TO_CLEAR),
        name="clearing",
        title="Days to clear, by who alone can do the work",
        evidence="open-tasks",
    )


def _list_names(record: Record, types: Sequence[str]) -> str:
    names = [str(call(record, kind)) for kind in types]
    more = [f"+{len(names) - MOST_NAMED:,}"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


def _breach_table(record: Record, breaches: pd.DataFrame) -> ReportTable:
    return lay_out(
        record,
        breaches,
        ("team", "Team"),
        ("num_open", "Open", "count"),
        ("num_overdue", "Late already", "count"),
        ("num_breaches", "Late to come", "number", BREACHES),
        ("low", "5 %", "number"),
        ("high", "95 %", "number"),
        ("hours_a_day", "Hours of work a day", "number"),
        name="breaches",
        title="Breaches to come",
        evidence="at-risk",
        note="If coming days yield what days of the period did. What is still to come in is left out.",
    )


def _age_table(record: Record, ages: pd.DataFrame) -> ReportTable:
    return lay_out(
        record,
        ages,
        ("team", "Team"),
        ("num_open", "Open", "count"),
        ("under_half", "Under 50 %", "count", AGE),
        ("half_to_80", "50 to 80 %", "count", AGE),
        ("from_80", "80 to 100 %", "count", AGE),
        ("past_due", "Past due", "count", AGE),
        ("no_due", "Without due", "count"),
        ("hours_past_due", "Past due, hours of work", "number"),
        name="ageing",
        title="Ageing of the backlog",
        note="How much of the time from arrival to due has passed, at the end of the period.",
        evidence="open-tasks",
    )


def _output_table(record: Record, output: pd.DataFrame) -> ReportTable:
    return lay_out(
        record,
        output,
        ("team", "Home team"),
        ("num_completed", "Completed", "count"),
        ("standard_hours", "Standard, hours", "number"),
        ("handling_hours", "Handling, hours", "number"),
        ("on_task_hours", "On task, hours", "number"),
        ("utilization", "Utilization", "share", metrics.UTILIZATION),
        ("occupancy", "Occupancy", "share", metrics.OCCUPANCY),
        ("productivity", "Productivity", "share", PRODUCTIVITY),
        name="output",
        title="Use of time by home team",
        note="A trend of a team over weeks; never a ranking of people. Setup is not known apart and is in neither.",
    )


def _open_table(record: Record) -> ReportTable:
    tasks = record.tasks[record.open_at(record.end)].sort_values(["due", "task"])
    return lay_out(
        record,
        tasks,
        ("task", "Task"),
        ("type", "Type"),
        ("team", "Team"),
        ("case", "Case"),
        ("arrived", "Arrived", "instant"),
        ("due", "Due", "instant"),
        ("standard_minutes", "Standard minutes", "number"),
        ("is_pended", "Pended", "flag"),
        name="open-tasks",
        title="Open tasks",
        is_evidence=True,
    )
