"""Everything that the plan's page says, gathered from records and tables; the template only lays it out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from api.documents.chart_data import chart_data, encode_for_script
from api.documents.words import (
    Headline,
    headlines,
    hours_text,
    local_clock,
    moment_text,
    share_text,
    span_text,
)
from api.language.texts import ENGLISH, Texts
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.vocabulary import Rule
from reports.metrics import METRICS, Metric
from reports.plan_notes import LEFT_REASONS, plan_notes
from reports.plan_summary import PlanSummary, compare_teams, summarise_plan
from reports.plan_tables import PlanTables
from reports.rule_names import RULE_NAMES
from reports.theme import team_colours

NUM_ROWS_SHOWN = 15
MOST_LISTED = 300
"""Rows of one list on the page; a day on which thousands are late is read in a spreadsheet."""


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """A line of the table of teams, as text; `others` are the on-time shares under other rules."""

    name: str
    colour: int
    people: int
    due: int
    on_time: str
    on_time_share: float | None
    others: tuple[str, ...]
    late: int
    overdue: int
    left: int
    backlog_start: str
    backlog_end: str
    utilization: str
    borrowed: str
    lent: str


@dataclass(frozen=True, kw_only=True)
class SwingRow:
    """One stretch that somebody is lent; `x` and `width` place it on a line of 1,000 units."""

    name: str
    home: str
    start: str
    end: str
    tasks: int
    hours: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class LendingTo:
    """All that one team borrows."""

    team: str
    colour: int
    people: int
    hours: str
    rows: tuple[SwingRow, ...]


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A task in one of the lists, as text."""

    id: str
    title: str
    kind: str
    team: str
    due: str
    must_by: str
    agent: str
    end: str
    late_by: str
    weight: str
    detail: str
    is_on_chart: bool


@dataclass(frozen=True, kw_only=True)
class TaskList:
    """A list of tasks: how many there are, and the first of them, at most `MOST_LISTED`."""

    count: int
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True, kw_only=True)
class LeftGroup:
    """The tasks that are left for one reason."""

    title: str
    explanation: str
    count: int
    hours: str
    by_team: str
    tasks: TaskList


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """The plan's page as data."""

    title: str
    day: str
    planned_at: str
    zone_name: str
    notes: tuple[str, ...]
    summary: PlanSummary
    headlines: tuple[Headline, ...]
    rules: tuple[str, ...]
    teams: tuple[TeamRow, ...]
    lending: tuple[LendingTo, ...]
    late: TaskList
    overdue_left: TaskList
    missed: TaskList
    left: tuple[LeftGroup, ...]
    facts: tuple[tuple[str, str], ...]
    chart: str
    metrics: tuple[Metric, ...] = METRICS
    num_rows_shown: int = NUM_ROWS_SHOWN


def view_plan(
    problem: Problem,
    plan: Plan,
    tables: PlanTables,
    *,
    title: str = "",
    others: Mapping[Rule, Mapping[str, Any]] | None = None,
    texts: Texts = ENGLISH,
) -> PlanView:
    """Return the page of a plan.

    Parameters
    ----------
    tables
        Those of the plan, in the office's zone.
    others
        Figures of plans of the same problem by single rules (`reports.plan_summary.figures_document`), to set beside.
    """
    summary = summarise_plan(plan, tables)
    beside = {texts.told(RULE_NAMES[rule]): figures for rule, figures in (others or {}).items()}
    owners = {kind.team for kind in problem.task_types}
    positions = team_colours([team.id in owners for team in problem.teams])
    colours = {team.id: colour for team, colour in zip(problem.teams, positions, strict=True)}
    late = tables.late
    return PlanView(
        title=title or texts.gettext("Day plan"),
        day=replace(texts, zone=tables.zone).day(problem.now, is_long=True),
        planned_at=local_clock(problem.now, tables.zone),
        zone_name=str(tables.zone),
        notes=plan_notes(plan, plannable_share=tables.plannable_share),
        summary=summary,
        headlines=headlines(summary, beside, tables, texts=texts),
        rules=tuple(beside),
        teams=_team_rows(tables, beside, colours, texts),
        lending=_lending(tables, colours, texts),
        late=_task_list(late[~late["was_overdue"]], tables, texts),
        overdue_left=_task_list(late[late["was_overdue"] & late["agent"].isna()], tables, texts),
        missed=_task_list(
            tables.tasks[tables.tasks["misses_must_by"]].sort_values("must_by", kind="stable"), tables, texts
        ),
        left=_left_groups(tables, texts),
        facts=_facts(plan, summary, texts),
        chart=encode_for_script(chart_data(problem, tables)),
    )


def _team_rows(
    tables: PlanTables, others: Mapping[str, Mapping[str, Any]], colours: Mapping[str, int], texts: Texts
) -> tuple[TeamRow, ...]:
    frame = compare_teams(tables, others)
    return tuple(
        TeamRow(
            name=row["name"],
            colour=colours[row["team"]],
            people=row["num_agents"],
            due=row["num_due"],
            on_time=share_text(_known(row["on_time_share"]), texts=texts),
            on_time_share=_known(row["on_time_share"]),
            others=tuple(share_text(_known(row[f"on_time_share_{name}"]), texts=texts) for name in others),
            late=row["num_late"],
            overdue=row["num_overdue"],
            left=row["num_left"],
            backlog_start=_some_hours(row["backlog_start_hours"], texts),
            backlog_end=_some_hours(row["backlog_end_hours"], texts),
            utilization=share_text(_known(row["utilization"]), texts=texts),
            borrowed=_some_hours(row["borrowed_hours"], texts),
            lent=_some_hours(row["lent_hours"], texts),
        )
        for row in frame.to_dict("records")
    )


def _some_hours(hours: float, texts: Texts) -> str:
    return hours_text(hours, texts) if hours else ""


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _lending(tables: PlanTables, colours: Mapping[str, int], texts: Texts) -> tuple[LendingTo, ...]:
    swing = tables.swing
    if swing.empty:
        return ()
    first = swing["start"].min()
    length = max((swing["end"].max() - first).total_seconds(), 1.0)
    groups = []
    for team, rows in swing.groupby("team", sort=False):
        groups.append(
            LendingTo(
                team=rows["team_name"].iloc[0],
                colour=colours[str(team)],
                people=rows["agent"].nunique(),
                hours=hours_text(float(rows["handling_hours"].sum()), texts),
                rows=tuple(
                    SwingRow(
                        name=row["name"],
                        home=row["home_name"],
                        start=f"{row['start']:%H:%M}",
                        end=f"{row['end']:%H:%M}",
                        tasks=row["num_tasks"],
                        hours=hours_text(row["handling_hours"], texts),
                        x=round((row["start"] - first).total_seconds() / length * 1000, 1),
                        width=round(max((row["end"] - row["start"]).total_seconds() / length * 1000, 3), 1),
                    )
                    for row in rows.to_dict("records")
                ),
            )
        )
    return tuple(sorted(groups, key=lambda group: -sum(row.tasks for row in group.rows)))


def _task_list(frame: pd.DataFrame, tables: PlanTables, texts: Texts) -> TaskList:
    return TaskList(count=len(frame), rows=_task_rows(frame.head(MOST_LISTED), tables, texts))


def _task_rows(frame: pd.DataFrame, tables: PlanTables, texts: Texts) -> tuple[TaskRow, ...]:
    return tuple(
        TaskRow(
            id=row["task"],
            title=row["title"],
            kind=row["type_name"],
            team=row["team_name"],
            due=moment_text(row["due"], tables, texts),
            must_by="" if row["must_by"] is None else moment_text(row["must_by"], tables, texts),
            agent=row["agent_name"] if row["agent"] is not None else "",
            end=moment_text(row["end"], tables, texts) if row["agent"] is not None else "",
            late_by=span_text(row["late_minutes"], texts),
            weight=f"{row['weight']:g}",
            detail=row["detail"] or "",
            is_on_chart=row["agent"] is not None,
        )
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    )


def _left_groups(tables: PlanTables, texts: Texts) -> tuple[LeftGroup, ...]:
    groups = []
    for reason, (title, explanation) in LEFT_REASONS.items():
        rows = tables.left[tables.left["reason"] == reason]
        if rows.empty:
            continue
        counts = rows["team_name"].value_counts()
        groups.append(
            LeftGroup(
                title=title,
                explanation=explanation,
                count=len(rows),
                hours=hours_text(float(rows["standard_minutes"].sum()) / 60, texts),
                by_team=", ".join(f"{name} {count}" for name, count in counts.items()),
                tasks=_task_list(rows, tables, texts),
            )
        )
    return tuple(groups)


def _facts(plan: Plan, summary: PlanSummary, texts: Texts) -> tuple[tuple[str, str], ...]:
    facts = [(texts.gettext("Total of the objective"), texts.number(summary.total, 1))]
    if summary.lower_bound is not None:
        facts.append((texts.gettext("Proven lower bound"), texts.number(summary.lower_bound, 1)))
    if plan.status is not None:
        facts.append((texts.gettext("Status"), texts.told(plan.status.value)))
    if plan.solve_seconds is not None:
        facts.append((texts.gettext("Time to plan"), f"{texts.number(plan.solve_seconds, 1)} s"))
    if plan.seed is not None:
        facts.append((texts.gettext("Seed"), str(plan.seed)))
    return tuple(facts)
