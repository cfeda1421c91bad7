"""The reports `resolution` and `compliance`: right the first time or not, and rules kept or not."""

from reports.operations.compliance import EXCEPTIONS, follow_four_eyes, list_exceptions, measure_compliance
from reports.operations.figures import draw_bars
from reports.operations.metrics import CHECKED, FIRST_TIME_RIGHT, FOUR_EYES, REOPENED, RESOLUTION
from reports.operations.record import CHECKS, PAPER_SKILLS, RETURNS, Record, iterate
from reports.operations.resolution import measure_resolution
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
from reports.report import Action, Report, ReportTable
from reports.shares import say_share


def report_resolution(record: Record) -> Report:
    """Return the report on how tasks came to their end."""
    teams, types = measure_resolution(record), measure_resolution(record, "type")
    for frame in (teams, types):
        frame["resolution_share"] = [None if share is None else 1 - share for share in frame["reopen_share"]]
    whole = total_of(teams, "team")
    facts = [
        "Whether tasks were given back, taken away or reopened is not known."
        if RETURNS not in record.knows
        else (
            f"{say_share(whole['first_time_right_share'])} of {count(whole['num_completed'], 'completed task')} "
            f"were right the first time; {say_share(whole['reopen_share'])} were reopened, "
            f"{say_share(whole['return_share'])} given back or taken away unfinished."
        ),
    ]
    worst = types[(types["type"] != ALL) & (types["num_completed"] >= 20)]
    worst = worst.assign(wrong=worst["num_completed"] - worst["num_first_time_right"].astype(float))
    worst = worst[worst["wrong"].notna() & (worst["wrong"] > 0)].sort_values(["wrong", "type"], ascending=[False, True])
    actions = [
        Action(
            heading=f"Get {call(record, row.type)} right the first time",
            text=f"{row.wrong:,.0f} of {row.num_completed:,} were not: {row.num_returned:,} given back, "
            f"{row.num_reopened:,} reopened, {row.num_failed or 0:,} with a fault found.",
            table="types",
        )
        for row in iterate(worst.head(3))
    ]
    return Report(
        name="resolution",
        title="Resolution",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=actions,
        facts=facts[1:],
        limits=say_limits(record, RETURNS, CHECKS),
        panels=[
            draw_bars(
                record,
                types[types["type"] != ALL].sort_values(["first_time_right_share", "type"]),
                by="type",
                value="first_time_right_share",
                name="right",
                title="Right the first time",
                formula=FIRST_TIME_RIGHT.formula,
                axis="share of tasks",
                format=".0%",
            )
        ],
        tables=[
            *(
                lay_out(
                    record,
                    frame,
                    (by, heading),
                    ("num_completed", "Completed", "count"),
                    ("first_time_right_share", "Right the first time", "share", FIRST_TIME_RIGHT),
                    ("num_reopened", "Reopened", "count"),
                    ("reopen_share", "Reopened", "share", REOPENED),
                    ("resolution_share", "Resolved", "share", RESOLUTION),
                    ("num_returned", "Given back", "count"),
                    ("num_checked", "Checked", "count"),
                    ("check_share", "Checked", "share", CHECKED),
                    ("num_failed", "Faults found", "count"),
                    ("fail_share", "Of checked", "share"),
                    name=f"{by}s",
                    title=f"By {heading.lower()}",
                    evidence="not-right",
                )
                for by, heading, frame in (("team", "Team", teams), ("type", "Task type", types))
            ),
            _not_right(record),
        ],
        document=make_document(
            record, "resolution", {"teams": list_rows(record, teams), "types": list_rows(record, types)}
        ),
    )


def _not_right(record: Record) -> ReportTable:
    done = record.tasks[record.completed_within()]
    done = done[(done["num_returns"] > 0) | (done["num_reopens"] > 0) | done["is_failed"]]
    return lay_out(
        record,
        done,
        ("task", "Task"),
        ("type", "Type"),
        ("team", "Team"),
        ("closed", "Completed", "instant"),
        ("num_returns", "Given back", "count"),
        ("num_reopens", "Reopened", "count"),
        ("is_failed", "Fault", "flag"),
        name="not-right",
        title="Tasks that were not right the first time",
        is_evidence=True,
    )


def report_compliance(record: Record, *, may_name: bool = False) -> Report:
    """Return the report on rules kept.

    Parameters
    ----------
    may_name
        Whether people are named in exceptions.
    """
    teams, exceptions, pairs = measure_compliance(record), list_exceptions(record), follow_four_eyes(record)
    whole = total_of(teams, "team")
    kinds = exceptions.groupby("kind", sort=True).size()
    facts = [
        (
            f"Four eyes were kept in {say_share(whole['kept_share'])} of {count(whole['num_pairs'], 'pair')}; "
            f"{whole['num_broken']:,} were not."
        ),
        f"{say_share(whole['check_share'])} of completed tasks were checked."
        if CHECKS in record.knows
        else "Whether tasks were checked is not known.",
        f"{count(len(exceptions), 'exception')}: {', '.join(f'{num:,} of {kind}' for kind, num in kinds.items())}."
        if len(kinds)
        else "There are no exceptions.",
    ]
    actions = [
        Action(
            heading={
                "four-eyes": "Have another person look at what one did alone",
                "without-skill": "Train, or give the skill, or stop",
                "must-by-passed": "Call whom the passed instants concern",
                "check-failed": "Mend what checks found",
            }[str(kind)],
            text=f"Found of {count(num, 'task')}: {EXCEPTIONS[str(kind)]}.",
            table="exceptions",
        )
        for kind, num in sorted(kinds.items(), key=lambda item: (str(item[0]) == "check-failed", -int(item[1])))
    ]
    named = [("agent", "By")] if may_name else []
    kept = exceptions if may_name else exceptions.drop(columns="agent")
    return Report(
        name="compliance",
        title="Rules kept",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=actions[:3],
        facts=facts[1:],
        limits=say_limits(record, CHECKS, PAPER_SKILLS),
        tables=[
            lay_out(
                record,
                teams,
                ("team", "Team"),
                ("num_pairs", "Pairs", "count"),
                ("num_broken", "Broken", "count"),
                ("num_unknown", "Unknown", "count"),
                ("kept_share", "Four eyes kept", "share", FOUR_EYES),
                ("num_completed", "Completed", "count"),
                ("num_checked", "Checked", "count"),
                ("check_share", "Checked", "share", CHECKED),
                ("num_must_by", "With an instant", "count"),
                ("num_must_by_passed", "Passed", "count"),
                ("must_by_share", "Kept", "share"),
                name="teams",
                title="Rules kept by team",
                evidence="exceptions",
            ),
            lay_out(
                record,
                kept,
                ("kind", "Rule", "words"),
                ("task", "Task"),
                ("team", "Team"),
                *named,
                ("other", "Other task"),
                ("closed", "Completed", "instant"),
                name="exceptions",
                title="Exceptions",
                note="; ".join(f"{kind} means {meaning}" for kind, meaning in EXCEPTIONS.items()),
            ),
            lay_out(
                record,
                pairs,
                ("task", "Task"),
                ("other", "Other task"),
                ("team", "Team"),
                ("verdict", "Four eyes", "words"),
                name="pairs",
                title="Pairs that two people must do",
                is_evidence=True,
            ),
        ],
        document=make_document(
            record,
            "compliance",
            {"teams": list_rows(record, teams), "exceptions": list_rows(record, kept, instants=["closed"])},
        ),
    )
