"""The reports `skills` and `fairness`: groups first, people by name only for those with leave."""

import pandas as pd

from reports.operations.fairness import LEAST_TASKS, measure_people, sum_teams
from reports.operations.figures import draw_bars
from reports.operations.metrics import HARD_RATIO, SKILL_USE, VARIETY
from reports.operations.record import PAPER_SKILLS, Record, iterate
from reports.operations.showing import call, count, lay_out, list_rows, make_document, say_limits, say_period
from reports.operations.skills_use import STALE_DAYS, list_skills, sum_skills
from reports.report import Action, Report, ReportTable

MOST_OVER = 0.25
"""By how much more than an even part one person may be lent before it is spoken of."""
FEW_HOLDERS = 2


def report_skills(
    record: Record, *, may_name: bool = False, agent: str | None = None, is_for_each: bool = False
) -> Report:
    """Return the report on skills used against skills on paper.

    Parameters
    ----------
    may_name
        Whether people are named.
    agent
        Whose own skills are shown, where nobody else's may be.
    is_for_each
        Whether the rows of all are wanted, each of them for that agent alone.
    """
    each = list_skills(record)
    skills = sum_skills(each)
    frail = skills[(skills["num_users"] < FEW_HOLDERS) & (skills["num_uses"] > 0)]
    unused = skills.sort_values(["num_never", "skill"], ascending=[False, True])
    facts = [
        (
            f"{count(len(skills), 'skill')}: {skills['num_holders'].sum():,} held, {skills['num_users'].sum():,} used "
            f"in the period, {skills['num_never'].sum():,} never seen used, {skills['num_stale'].sum():,} not for "
            f"{STALE_DAYS:.0f} days."
        ),
    ]
    actions = [
        Action(
            heading=f"Train a second person in {row.skill}",
            text=f"{count(row.num_uses, 'task')} hung on one person; on paper, "
            f"{count(row.num_holders, 'person')} could.",
            table="skills",
        )
        for row in iterate(frail.sort_values(["num_uses", "skill"], ascending=[False, True]).head(2))
    ]
    actions += [
        Action(
            heading=f"Use {row.skill}, or take it off paper",
            text=f"{row.num_never:,} of {row.num_holders:,} who have it were never seen using it.",
            table="skills",
        )
        for row in iterate(unused[unused["num_never"] > 0].head(1))
    ]
    shown = _own(each, may_name=may_name or is_for_each, agent=agent)
    return Report(
        name="skills",
        title="Skills used against skills on paper",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=actions,
        facts=facts[1:],
        limits=say_limits(record, PAPER_SKILLS),
        panels=[
            draw_bars(
                record,
                skills[skills["num_holders"] > 0].sort_values(["used_share", "skill"]),
                by="skill",
                value="used_share",
                name="used",
                title="Skills in use",
                formula=SKILL_USE.formula,
                axis="share of holders",
                format=".0%",
            )
        ],
        tables=[
            lay_out(
                record,
                skills,
                ("skill", "Skill"),
                ("num_holders", "On paper", "count"),
                ("num_users", "Used", "count"),
                ("used_share", "In use", "share", SKILL_USE),
                ("num_never", "Never used", "count"),
                ("num_stale", "Not lately", "count"),
                ("num_without", "Used without paper", "count"),
                ("num_uses", "Tasks", "count"),
                ("top_share", "By one person", "share"),
                name="skills",
                title="Skills",
                evidence="people" if len(shown) else "",
            ),
            *_skill_people(record, shown),
        ],
        document=make_document(
            record,
            "skills",
            {"skills": list_rows(record, skills), "people": list_rows(record, shown, instants=["last_used"])},
        ),
    )


def _skill_people(record: Record, shown: pd.DataFrame) -> list[ReportTable]:
    if shown.empty:
        return []
    return [
        lay_out(
            record,
            shown,
            ("agent", "Agent"),
            ("team", "Team"),
            ("skill", "Skill"),
            ("level", "Level", "count"),
            ("num_used", "Tasks", "count"),
            ("last_used", "Last used", "instant"),
            ("days_since", "Days ago", "number"),
            name="people",
            title="Skills by person",
            note="Level 0: used without being on paper.",
        )
    ]


def report_fairness(
    record: Record, *, may_name: bool = False, agent: str | None = None, is_for_each: bool = False
) -> Report:
    """Return the report on how evenly work falls; arguments as those of `report_skills`."""
    people = measure_people(record)
    teams = sum_teams(people)
    uneven = int(people["is_uneven"].sum())
    judged = int(people["hard_p"].notna().sum())
    facts = [
        (
            f"Of {count(judged, 'person')} with {LEAST_TASKS} tasks or more, {uneven:,} had clearly more or "
            "less hard work than lot would give them."
        ),
    ]
    shown = _own(people, may_name=may_name or is_for_each, agent=agent)
    burden = teams[teams["num_lent"] > 0].assign(
        over=lambda frame: frame["lent_top_share"].astype(float) - frame["lent_even_share"].astype(float)
    )
    off = teams[teams["num_uneven"] > 0].sort_values(["num_uneven", "team"], ascending=[False, True])
    heavy = burden[burden["over"] > MOST_OVER].sort_values(["over", "team"], ascending=[False, True])
    actions = [
        Action(
            heading=f"Deal the hard work of {call(record, row.team)} evenly",
            text=f"{row.num_uneven:,.0f} of {row.num_judged:,} people with enough tasks are off what lot would give "
            f"them{_range(row.hard_ratio_least, row.hard_ratio_most)}.",
            table="teams",
        )
        for row in iterate(off.head(2))
    ]
    actions += [
        Action(
            heading=f"Spread the lending of {call(record, row.team)}",
            text=f"One person of {row.num_people:,} does {100 * row.lent_top_share:.0f} % of the hours that it lends.",
            table="teams",
        )
        for row in iterate(heavy.head(1))
    ]
    return Report(
        name="fairness",
        title="How evenly work falls",
        lead=f"{say_period(record)}: {facts[0]}",
        actions=actions,
        facts=facts[1:],
        limits=say_limits(record),
        panels=[
            draw_bars(
                record,
                teams,
                by="team",
                value="variety",
                name="variety",
                title="Variety of work",
                formula=VARIETY.formula,
                axis="task types a week",
            )
        ],
        tables=[
            lay_out(
                record,
                teams,
                ("team", "Team"),
                ("num_people", "People", "count"),
                ("num_judged", "Judged", "count"),
                ("num_uneven", "Clearly uneven", "count"),
                ("hard_ratio_least", "Least hard work", "number", HARD_RATIO),
                ("hard_ratio_most", "Most", "number", HARD_RATIO),
                ("num_lent", "Lent", "count"),
                ("lent_top_share", "Of it by one", "share"),
                ("lent_even_share", "Even part", "share"),
                ("variety", "Variety", "number", VARIETY),
                ("variety_possible", "of the team's", "number"),
                name="teams",
                title="By team",
                note="Names nobody; control for many people, false discoveries 5 %.",
            ),
            *(
                []
                if shown.empty
                else [
                    lay_out(
                        record,
                        shown,
                        ("agent", "Agent"),
                        ("team", "Team"),
                        ("num_weeks", "Weeks", "count"),
                        ("num_tasks", "Tasks", "count"),
                        ("hard_share", "Hard", "share"),
                        ("hard_expected", "Even part", "share"),
                        ("hard_ratio", "Ratio", "number", HARD_RATIO),
                        ("is_uneven", "Clearly uneven", "flag"),
                        ("lent_hours", "Lent, hours", "number"),
                        ("variety", "Variety", "number", VARIETY),
                        name="people",
                        title="By person",
                    )
                ]
            ),
        ],
        document=make_document(
            record, "fairness", {"teams": list_rows(record, teams), "people": list_rows(record, shown)}
        ),
    )


def _range(least: float | None, most: float | None) -> str:
    if least is None or most is None or pd.isna(least):
        return ""
    return f": from {least:.2f} to {most:.2f} times their part"


def _own(frame: pd.DataFrame, *, may_name: bool, agent: str | None) -> pd.DataFrame:
    """Return the rows of people that may be seen: all, one's own, or none."""
    if may_name:
        return frame
    return frame[frame["agent"] == agent] if agent is not None else frame.iloc[:0]
