"""The report `handling`: what tasks take against their standard, what drifts, and which standards to renew."""

import pandas as pd

from reports.operations.figures import draw_bars, draw_weeks
from reports.operations.metrics import DRIFT, HANDLING_RATIO, PROPOSED
from reports.operations.record import HANDLING, Record, iterate
from reports.operations.showing import call, count, lay_out, list_rows, make_document, say_limits, say_period
from reports.operations.standards import follow_weeks, measure_handling
from reports.report import Action, Report

_COUNTED_ON = "runaways, which somebody forgot open, are counted and left out"


def report_handling(record: Record) -> Report:
    """Return the report."""
    types, weeks = measure_handling(record), follow_weeks(record)
    due = types[types["verdict"] == "propose"]
    drifting = types[types["is_drifting"]]
    measured = int(types["num_measured"].sum())
    facts = [
        f"{count(measured, 'task')} of {count(len(types), 'type')} were measured.",
        (f"No longer what tasks take: {count(len(due), 'standard')}; drifting: {count(len(drifting), 'type')}."),
    ]
    shown = types.assign(effect=((types["ratio"] - 1).abs() * types["standard_minutes"] * types["num_measured"]))
    shown = shown.sort_values(["effect", "type"], ascending=[False, True], ignore_index=True)
    return Report(
        name="handling",
        title="Handling against standard",
        lead=f"{say_period(record)}: {facts[1]}",
        actions=_find_actions(record, shown),
        facts=[facts[0], *facts[2:]],
        limits=say_limits(record, HANDLING),
        panels=[
            draw_bars(
                record,
                shown,
                by="type",
                value="ratio",
                low="ratio_low",
                high="ratio_high",
                name="ratio",
                title="Handling against standard",
                formula=HANDLING_RATIO.formula,
                axis="handling / standard",
                format=",.2f",
                line_at=1,
                text="1 is as the standard says; the lines are 95 % intervals.",
            ),
            draw_weeks(record, weeks, list(shown["type"])),
        ],
        tables=[
            lay_out(
                record,
                shown,
                ("type", "Task type"),
                ("team", "Team"),
                ("num_measured", "Measured", "count"),
                ("num_runaway", "Runaways", "count"),
                ("standard_minutes", "Standard, minutes", "number"),
                ("mean_minutes", "Takes, minutes", "number"),
                ("low_minutes", "from", "number"),
                ("high_minutes", "to", "number"),
                ("ratio", "Against standard", "number", HANDLING_RATIO),
                ("drift_a_week", "Drift a week", "number", DRIFT),
                ("is_drifting", "Drifts", "flag", DRIFT),
                ("proposed_minutes", "Proposed, minutes", "number", PROPOSED),
                ("verdict", "Verdict", "words"),
                name="standards",
                title="Standards",
                evidence="measured",
                note=f"95 % intervals; {_COUNTED_ON}. Types in order of the hours at stake.",
            ),
            lay_out(
                record,
                weeks,
                ("type", "Task type"),
                ("week", "Week", "count"),
                ("num_measured", "Measured", "count"),
                ("ratio", "Against standard", "number", HANDLING_RATIO),
                name="weeks",
                title="By week",
                note="Weeks count from the start of the period.",
                evidence="measured",
            ),
            lay_out(
                record,
                _measured(record),
                ("task", "Task"),
                ("type", "Type"),
                ("closed", "Completed", "instant"),
                ("handling_minutes", "Handling, minutes", "number"),
                ("standard_minutes", "Standard, minutes", "number"),
                name="measured",
                title="Tasks whose handling is known",
                is_evidence=True,
            ),
        ],
        document=make_document(
            record, "handling", {"types": list_rows(record, types), "weeks": list_rows(record, weeks)}
        ),
    )


def _measured(record: Record) -> pd.DataFrame:
    done = record.tasks[record.completed_within()]
    return done[done["handling_minutes"].notna()].sort_values(["closed", "task"])


def _find_actions(record: Record, shown: pd.DataFrame) -> list[Action]:
    found = [
        Action(
            heading=f"Set {call(record, row.type)} to {row.proposed_minutes:,.1f} minutes",
            text=f"Its standard is {row.standard_minutes:,.1f}; {row.num_measured:,} tasks took "
            f"{row.mean_minutes:,.1f} ({row.low_minutes:,.1f} to {row.high_minutes:,.1f}). Plans and dues go by it.",
            table="standards",
        )
        for row in iterate(shown[shown["verdict"] == "propose"].head(2))
    ]
    rising = shown[shown["is_drifting"] & (shown["drift_a_week"] > 0)]
    found += [
        Action(
            heading=f"Ask why {call(record, row.type)} takes longer each week",
            text=f"It rises by {100 * row.drift_a_week:,.1f} points of its standard a week, more than chance would.",
            table="weeks",
        )
        for row in iterate(rising.head(1))
    ]
    return found
