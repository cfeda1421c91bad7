"""The reports `plans` and `swing`: what was planned and promised against what came of it."""

import numpy as np
import pandas as pd

from reports.operations.figures import draw_bars
from reports.operations.metrics import ORDER_KEPT, PLAN_KEPT, SAVED
from reports.operations.plan_outcomes import NEAR_MINUTES, follow_plans, measure_plans
from reports.operations.record import HANDLING, Record, iterate
from reports.operations.showing import (
    call,
    count,
    lay_out,
    list_rows,
    make_document,
    say_limits,
    say_period,
)
from reports.operations.swing_outcomes import compare_moves, list_lent, measure_lending
from reports.report import Action, Report
from reports.shares import say_share

LEAST_KEPT = 0.5
NO_PLANS = "no plan of this period is stored"
NO_MOVES = "no stored plan of this period lends anybody"


def report_plans(record: Record, planned: pd.DataFrame) -> Report:
    """Return the report on plans against what happened; `planned` as that of `follow_plans`."""
    followed = follow_plans(record, planned)
    plans = measure_plans(followed)
    if plans.empty:
        facts = [f"{NO_PLANS[0].upper()}{NO_PLANS[1:]}."]
    else:
        done, num = int(followed["is_done"].sum()), len(followed)
        same = int(followed["is_same_agent"].sum())
        facts = [
            (
                f"{done:,} of {count(num, 'planned task')} were completed, {same:,} by whom they were planned for; "
                f"{say_share(followed['is_on_time'].mean())} on time, {say_share(followed['planned_on_time'].mean())} "
                "planned so."
            )
        ]
    worst = plans[plans["done_share"] < LEAST_KEPT].sort_values(["num_planned", "plan"], ascending=[False, True])
    actions = [
        Action(
            heading=f"Ask what came between in plan {row.plan}",
            text=f"{row.num_done:,} of its {count(row.num_planned, 'task')} were completed.",
            table="plans",
        )
        for row in iterate(worst.head(2))
    ]
    return Report(
        name="plans",
        title="Plans against what happened",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=actions,
        facts=facts[1:],
        limits=say_limits(record),
        tables=[
            lay_out(
                record,
                plans,
                ("plan", "Plan"),
                ("num_planned", "Planned", "count"),
                ("num_done", "Completed", "count"),
                ("done_share", "Completed", "share"),
                ("same_agent_share", "By whom planned", "share", PLAN_KEPT),
                ("near_share", f"Begun within {NEAR_MINUTES:.0f} minutes", "share"),
                ("start_late_median_minutes", "Begun later by, median minutes", "number"),
                ("order_kept_share", "Order kept", "share", ORDER_KEPT),
                ("planned_on_time_share", "Planned on time", "share"),
                ("on_time_share", "On time", "share"),
                name="plans",
                title="Plans",
                evidence="planned",
                note="A task counts to the newest plan that has it. Not completed by the end of the period is late.",
            ),
            lay_out(
                record,
                followed,
                ("plan", "Plan"),
                ("task", "Task"),
                ("planned_start", "Planned start", "instant"),
                ("planned_end", "Planned end", "instant"),
                ("started", "Begun", "instant"),
                ("closed", "Completed", "instant"),
                ("is_same_agent", "By whom planned", "flag"),
                ("planned_on_time", "Planned on time", "flag"),
                ("is_on_time", "On time", "flag"),
                name="planned",
                title="Planned tasks",
                is_evidence=True,
            ),
        ],
        document=make_document(record, "plans", {"plans": list_rows(record, plans)}),
    )


def report_swing(record: Record, promised: pd.DataFrame, *, may_name: bool = False) -> Report:
    """Return the report on lending; `promised` as that of `compare_moves`.

    Parameters
    ----------
    may_name
        Whether people are named.
    """
    lending, lent = measure_lending(record), list_lent(record)
    moves = compare_moves(record, promised)
    hours, saved = float(lending["hours"].sum()), float(lending["saved_weighted_hours"].sum())
    facts = [
        (
            f"{count(lent['agent'].nunique(), 'person')} did {count(len(lent), 'task')} for other teams, "
            f"{hours:,.0f} hours of work; that saved some {saved:,.0f} weighted hours of tardiness."
        )
    ]
    if moves.empty:
        facts.append(f"{NO_MOVES[0].upper()}{NO_MOVES[1:]}.")
    else:
        kept = int((moves["verdict"] == "kept").sum())
        facts.append(
            f"{kept:,} of {count(len(moves), 'planned move')} were kept whole; of a promised gain of "
            f"{_sum(moves['gain']):,.1f}, {_sum(moves['gain_kept']):,.1f} belongs to tasks that were done as planned."
        )
    shown = moves if may_name else moves.drop(columns="agent")
    evidence = lent if may_name else lent.drop(columns="agent")
    named = [("agent", "Agent")] if may_name else []
    return Report(
        name="swing",
        title="Lending: what it brought",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=_find_actions(record, lending, moves),
        facts=facts[1:],
        limits=say_limits(record, HANDLING),
        panels=[
            draw_bars(
                record,
                lending.groupby("to_team", sort=True)["hours"].sum().sort_values(ascending=False).reset_index(),
                by="to_team",
                value="hours",
                name="borrowed",
                title="Hours borrowed",
                formula="handling of tasks done by people of another home team, by the team that owns the work",
                axis="hours of work",
            )
        ],
        tables=[
            lay_out(
                record,
                lending,
                ("from_team", "Lent by"),
                ("to_team", "To"),
                ("num_people", "People", "count"),
                ("num_tasks", "Tasks", "count"),
                ("hours", "Hours", "number"),
                ("on_time_share", "On time", "share"),
                ("saved_weighted_hours", "Saved, weighted hours", "number", SAVED),
                name="lending",
                title="Lent and borrowed",
                evidence="lent",
            ),
            lay_out(
                record,
                shown,
                ("plan", "Plan"),
                *named,
                ("from_team", "From"),
                ("to_team", "To"),
                ("start", "Planned from", "instant"),
                ("end", "until", "instant"),
                ("num_tasks", "Tasks", "count"),
                ("num_done", "Done as planned", "count"),
                ("num_on_time", "On time", "count"),
                ("lent_minutes", "Minutes there", "number"),
                ("gain", "Promised gain", "number"),
                ("gain_kept", "of it kept", "number"),
                ("verdict", "Verdict", "words"),
                name="moves",
                title="Planned moves",
                note="The promised gain is in the plan's cost. Kept is the part of it that belongs to tasks done.",
                evidence="lent",
            ),
            lay_out(
                record,
                evidence,
                ("task", "Task"),
                *named,
                ("from_team", "Lent by"),
                ("to_team", "To"),
                ("closed", "Completed", "instant"),
                ("hours", "Hours", "number"),
                ("is_on_time", "On time", "flag"),
                name="lent",
                title="Tasks done for other teams",
                is_evidence=True,
            ),
        ],
        document=make_document(
            record,
            "swing",
            {
                "lending": list_rows(record, lending),
                "moves": list_rows(record, shown, instants=["start", "end"]),
            },
        ),
    )


def _find_actions(record: Record, lending: pd.DataFrame, moves: pd.DataFrame) -> list[Action]:
    idle = lending[lending["saved_weighted_hours"] <= 0].sort_values(["hours", "from_team"], ascending=[False, True])
    paying = lending[lending["saved_weighted_hours"] > 0]
    paying = paying.assign(rate=paying["saved_weighted_hours"] / paying["hours"].where(paying["hours"] > 0))
    paying = paying.sort_values(["rate", "from_team", "to_team"], ascending=[False, True, True])
    found = [
        Action(
            heading=f"Lend more from {call(record, row.from_team)} to {call(record, row.to_team)}",
            text=f"An hour there saved {row.rate:,.1f} weighted hours of tardiness, more than anywhere else.",
            table="lending",
        )
        for row in iterate(paying.head(1))
    ]
    found += [
        Action(
            heading=f"Think again about lending {call(record, row.from_team)} to {call(record, row.to_team)}",
            text=f"{row.hours:,.0f} hours, and nothing there would have been later without them.",
            table="lending",
        )
        for row in iterate(idle.head(1))
    ]
    missed = int((moves["verdict"] == "not made").sum()) if len(moves) else 0
    if missed:
        found.append(
            Action(
                heading="Ask why planned moves are not made",
                text=f"{missed:,} of {len(moves):,} were not: "
                f"{_sum(moves['gain'][moves['verdict'] == 'not made']):,.1f} of promised gain.",
                table="moves",
            )
        )
    return found


def _sum(values: pd.Series) -> float:
    return float(np.nansum(values.to_numpy(dtype=np.float64)))
