"""The report `picking`: what people take while something else is to come first, and what that costs."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from reports.operations.figures import draw_bars
from reports.operations.record import HANDLING, Record
from reports.operations.showing import (
    call,
    count,
    lay_out,
    list_rows,
    make_document,
    say_limits,
    say_period,
    total_of,
)
from reports.operations.workload import ALL
from reports.picking.choices import Choices
from reports.picking.cost import sum_cost
from reports.picking.measures import count_leaves, measure_by_rule, measure_picking, measure_throughput
from reports.picking.metrics import (
    ADJUSTED_THROUGHPUT,
    CHOOSING,
    DEVIATIONS,
    INVERSIONS,
    SAME_TYPE_LIFT,
    SHORTEST_LIFT,
    SHORTNESS,
    TARDINESS_ADDED,
)
from reports.picking.people import FALSE_DISCOVERIES, LEAST_PICKS, judge_people, spread_of
from reports.report import Action, Report, ReportTable
from reports.shares import say_share

UNKNOWN_RULES = (
    "the rules of the queue are not known: ranks are by the rule that picks follow most, and nobody is judged by name"
)
LISTED = "choice sets keep the first 50 tasks and the one taken: shortness is counted among those"
MOST_EVIDENCE = 5000
CLEAR_P = 0.01


def report_picking(
    record: Record,
    choices: Choices,
    *,
    replays: pd.DataFrame | None = None,
    may_name: bool = False,
    agent: str | None = None,
    is_for_each: bool = False,
    seed: int = 1,
) -> Report:
    """Return the report.

    Parameters
    ----------
    replays
        Days replayed in the policy's order (`reports.picking.cost.REPLAYS`); None where none were.
    may_name
        Whether those are named of whom it is clear that they pick; of a log nobody is.
    agent
        Whose own figures are shown besides.
    is_for_each
        Whether the rows of all are wanted, each of them for that agent alone.
    """
    teams, leaves, rules = measure_picking(choices, seed=seed), count_leaves(choices), measure_by_rule(choices)
    throughput = measure_throughput(record)
    people = judge_people(choices, seed=seed)
    home = pd.Series(record.agents["team"].to_numpy(), index=record.agents["agent"].to_numpy(), dtype=object)
    spread = spread_of(people, home) if choices.is_known else pd.DataFrame()
    cost = sum_cost(replays) if replays is not None else pd.DataFrame()
    shown = _shown(people, is_known=choices.is_known, may_name=may_name, agent=agent, is_for_each=is_for_each)
    whole = total_of(teams, "team")
    facts = _find_facts(choices, whole, cost)
    limits = say_limits(record, HANDLING)
    if not choices.is_known:
        limits = (
            UNKNOWN_RULES,
            *(f"{num:,} starts are no choices: {why}" for why, num in choices.num_left_out.items()),
            *limits,
        )
    else:
        limits = (LISTED, *limits)
    return Report(
        name="picking",
        title="Picking",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=_find_actions(record, choices, teams, cost, int(people["is_clear"].sum())),
        facts=facts[1:],
        limits=limits,
        panels=[
            draw_bars(
                record,
                teams[teams["team"] != ALL],
                by="team",
                value="deviation_share",
                name="deviations",
                title="Deviations by team",
                formula=DEVIATIONS.formula,
                axis="share of choices",
                format=".0%",
                text="What nothing excuses.",
            )
        ],
        tables=[
            _team_table(record, teams),
            lay_out(
                record,
                leaves,
                ("team", "Team"),
                ("meaning", "Why the head was not taken", "words"),
                ("num", "Choices", "count"),
                ("share", "Share", "share"),
                name="causes",
                title="Taken out first: what excuses passing over the head",
                note="Tasks that the agent lacks the skill for are in no choice.",
            ),
            *_rule_table(record, rules, is_known=choices.is_known),
            lay_out(
                record,
                throughput,
                ("team", "Team"),
                ("num_tasks", "Tasks", "count"),
                ("tasks_an_hour", "Tasks an hour", "number"),
                ("mean_standard_minutes", "Standard minutes a task", "number"),
                ("standard_minutes_an_hour", "Standard minutes an hour", "number", ADJUSTED_THROUGHPUT),
                name="throughput",
                title="Throughput, and adjusted for complexity",
                note="Who takes the short ones completes many an hour and not more work.",
            ),
            *_cost_tables(record, cost, replays),
            *_people_tables(record, spread, shown),
            _evidence(record, choices),
        ],
        document=make_document(
            record,
            "picking",
            {
                "rule": choices.rule,
                "is_rule_known": choices.is_known,
                "teams": list_rows(record, teams),
                "causes": list_rows(record, leaves),
                "rules": list_rows(record, rules),
                "throughput": list_rows(record, throughput),
                "cost": list_rows(record, cost),
                "spread": list_rows(record, spread),
                "people": list_rows(record, shown),
            },
        ),
    )


def _shown(
    people: pd.DataFrame, *, is_known: bool, may_name: bool, agent: str | None, is_for_each: bool
) -> pd.DataFrame:
    """Return who is shown by name: those of whom it is clear, where that may be seen; and who looks at oneself."""
    is_own = people["agent"] == agent if agent is not None else pd.Series(is_for_each, index=people.index)
    if not is_known:
        return people.iloc[:0]
    return people[is_own | (people["is_clear"] if may_name else False)].reset_index(drop=True)


def _find_facts(choices: Choices, row: Mapping[str, Any], cost: pd.DataFrame) -> list[str]:
    if not row["num_choices"]:
        return ["Nobody known is known to have begun a task while another waited: there is no choice to report on."]
    by = "the desk's policy" if choices.is_known else f"the rule {choices.rule}"
    facts = [
        (
            f"In {say_share(row['deviation_share'])} of {count(row['num_choices'], 'choice')} the head by {by} was "
            f"passed over with nothing to excuse it (by lot it would be {say_share(row['by_lot_share'])})."
        ),
    ]
    if row["num_deviations"]:
        facts.append(_say_shortness(row))
    if len(cost):
        total = total_of(cost, "team")
        facts.append(
            f"The order in which work was taken cost {total['added_weighted_hours']:,.1f} weighted hours of tardiness "
            f"over {count(total['num_days'], 'day')} replayed."
        )
    if row["choose_median_s"] is not None and not math.isnan(row["choose_median_s"]):
        facts.append(
            f"Choosing takes {row['choose_median_s']:,.0f} seconds (median), {row['choose_hours']:,.0f} hours in all."
        )
    return facts


def _say_shortness(row: Mapping[str, Any]) -> str:
    said = (
        f"What was taken instead was shorter than {say_share(row['shortness'])} of what waited "
        f"(by lot {say_share(row['shortness_expected'])})"
    )
    return f"{said}: more than chance." if row["p"] < CLEAR_P else f"{said}: no more than chance."


def _find_actions(
    record: Record, choices: Choices, teams: pd.DataFrame, cost: pd.DataFrame, num_clear: int
) -> list[Action]:
    found = []
    rest = teams[(teams["team"] != ALL) & (teams["num_deviations"] >= LEAST_PICKS) & (teams["p"] < CLEAR_P)]
    if len(rest) and choices.is_known:  # what people were to go by is for those to say who know it
        row = rest.sort_values(["num_deviations", "team"], ascending=[False, True]).iloc[0]
        found.append(
            Action(
                heading=f"Show {call(record, row['team'])} the next task, not the list",
                text=f"{say_share(row['deviation_share'])} of its choices pass over the head with nothing to excuse "
                f"it, for work shorter than {say_share(row['shortness'])} of what waited; lot would give "
                f"{say_share(row['shortness_expected'])}.",
                table="teams",
            )
        )
    dear = cost[(cost["team"] != ALL) & (cost["added_weighted_hours"] > 0)] if len(cost) else cost
    if len(dear):
        row = dear.sort_values(["added_weighted_hours", "team"], ascending=[False, True]).iloc[0]
        found.append(
            Action(
                heading=f"Win back {row['added_weighted_hours']:,.0f} weighted hours at {call(record, row['team'])}",
                text="The same people with the same minutes, in the policy's order, would have been so much less late.",
                table="cost",
            )
        )
    if num_clear:
        found.append(
            Action(
                heading="Talk with those who clearly pick",
                text=f"{count(num_clear, 'person')}: more than chance, after control for many people. Names "
                "are for those with leave to see them (--option names=shown).",
                table="spread",
            )
        )
    return found


def _team_table(record: Record, teams: pd.DataFrame) -> ReportTable:
    return lay_out(
        record,
        teams,
        ("team", "Team"),
        ("num_picks", "Tasks taken", "count"),
        ("num_choices", "Choices", "count"),
        ("num_head", "Head taken", "count"),
        ("num_excused", "Excused", "count"),
        ("num_deviations", "Deviations", "count"),
        ("deviation_share", "Deviations", "share", DEVIATIONS),
        ("by_lot_share", "By lot", "share"),
        ("passed_over_mean", "Passed over, mean", "number"),
        ("inversions_share", "Inversions", "share", INVERSIONS),
        ("shortest_lift", "Lift, shortest", "number", SHORTEST_LIFT),
        ("same_type_lift", "Lift, same type", "number", SAME_TYPE_LIFT),
        ("shortness", "Shorter than", "share", SHORTNESS),
        ("shortness_expected", "by lot", "share"),
        ("p", "p", "number", SHORTNESS),
        ("choose_median_s", "Time to choose, s", "number", CHOOSING),
        name="teams",
        title="Picking by team",
        evidence="picks",
    )


def _rule_table(record: Record, rules: pd.DataFrame, *, is_known: bool) -> list[ReportTable]:
    if is_known or rules.empty:
        return []
    return [
        lay_out(
            record,
            rules,
            ("team", "Team"),
            ("rule", "If the rule was", "words"),
            ("num_choices", "Choices", "count"),
            ("head_share", "Head taken", "share"),
            ("by_lot_share", "Not the head, by lot", "share"),
            ("inversions_share", "Inversions", "share", INVERSIONS),
            name="rules",
            title="By each rule that the queue may have had",
        )
    ]


def _cost_tables(record: Record, cost: pd.DataFrame, replays: pd.DataFrame | None) -> list[ReportTable]:
    if replays is None or cost.empty:
        return []
    return [
        lay_out(
            record,
            cost,
            ("team", "Team"),
            ("num_days", "Days replayed", "count"),
            ("num_tasks", "Tasks", "count"),
            ("actual_weighted_hours", "Tardiness as it was, weighted hours", "number"),
            ("replayed_weighted_hours", "in the policy's order", "number"),
            ("added_weighted_hours", "Added by picking", "number", TARDINESS_ADDED),
            ("low", "from", "number"),
            ("high", "to", "number"),
            name="cost",
            title="What picking cost",
            evidence="replays",
            note="The interval (95 %) is by bootstrap over days. Below 0 people did better than the policy would have.",
        ),
        lay_out(
            record,
            replays,
            ("day", "Day"),
            ("team", "Team"),
            ("num_tasks", "Tasks", "count"),
            ("actual_weighted_hours", "As it was, weighted hours", "number"),
            ("replayed_weighted_hours", "in the policy's order", "number"),
            name="replays",
            title="Days replayed",
            is_evidence=True,
        ),
    ]


def _people_tables(record: Record, spread: pd.DataFrame, shown: pd.DataFrame) -> list[ReportTable]:
    found = []
    if len(spread):
        found.append(
            lay_out(
                record,
                spread,
                ("team", "Home team"),
                ("num_people", "People", "count"),
                ("num_judged", "Judged", "count"),
                ("num_clear", "Clearly pick", "count"),
                ("deviation_share_median", "Deviations, median", "share"),
                ("deviation_share_most", "most", "share"),
                name="spread",
                title="People, without names",
                note=f"Judged from {LEAST_PICKS} choices on; clear after control for many people, false discoveries "
                f"{100 * FALSE_DISCOVERIES:.0f} %.",
            )
        )
    if len(shown):
        found.append(
            lay_out(
                record,
                shown,
                ("agent", "Agent"),
                ("num_choices", "Choices", "count"),
                ("num_excused", "Excused", "count"),
                ("num_deviations", "Deviations", "count"),
                ("deviation_share", "Deviations", "share", DEVIATIONS),
                ("shortness", "Shorter than", "share", SHORTNESS),
                ("shortness_expected", "by lot", "share"),
                ("p_adjusted", "p, adjusted", "number"),
                ("is_clear", "Clear", "flag"),
                name="people",
                title="People by name",
            )
        )
    return found


def _evidence(record: Record, choices: Choices) -> ReportTable:
    frame = choices.frame.assign(is_deviation=choices.is_deviation & choices.has_choice)
    return lay_out(
        record,
        frame[frame["is_deviation"]].head(MOST_EVIDENCE),
        ("task", "Task"),
        ("type", "Type"),
        ("team", "Team"),
        ("at", "Taken", "instant"),
        ("rank", "Rank of it", "count"),
        ("num_eligible", "of", "count"),
        name="picks",
        title=f"Deviations (the first {MOST_EVIDENCE:,})",
        is_evidence=True,
    )
