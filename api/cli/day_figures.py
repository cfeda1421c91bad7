"""The figures of a day's plan on the terminal, beside those of single rules."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table

from api.documents.words import count_of, gap_text, share_text
from models.formats.plan import Plan
from models.time import format_instant, load_zone
from models.vocabulary import Rule
from reports.plan_notes import plan_notes
from reports.plan_summary import PlanSummary, compare_teams
from reports.plan_tables import PlanTables
from reports.rule_names import RULE_NAMES
from services.office import DayQuestion

_WIDTH = 200  # wide enough for every column; a narrow terminal folds lines by itself
Figures = Mapping[str, Any]


class DayFigures(Protocol):
    """A day's plan, of the database or of a workbook."""

    @property
    def question(self) -> DayQuestion:
        """What was asked."""

    @property
    def plan(self) -> Plan:
        """The plan."""

    @property
    def tables(self) -> PlanTables:
        """The plan as tables."""

    @property
    def summary(self) -> PlanSummary:
        """Its figures."""

    @property
    def figures(self) -> Figures:
        """The same as JSON, by team too."""

    @property
    def others(self) -> Mapping[Rule, Figures]:
        """By rule, the figures of what dispatching by it alone gives."""


def print_day(made: DayFigures) -> None:
    """Print what was planned, what it brings, and what single rules would have given."""
    console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
    question, summary = made.question, made.summary
    zone = load_zone(question.zone_name)
    until = format_instant(made.tables.until, zone)
    console.print(f"planned from {format_instant(question.problem.now, zone)} to {until} ({question.zone_name})")
    console.print(
        f"{summary.num_tasks - summary.num_left:,} of {count_of(summary.num_tasks, 'task')} for "
        f"{count_of(summary.num_agents, 'person', 'people')}; {summary.num_left:,} left for later"
    )
    for note in plan_notes(made.plan, plannable_share=question.plannable_share):
        console.print(note)
    console.print()
    console.print(_figures(made))
    console.print()
    console.print(_teams(made))


def _figures(made: DayFigures) -> Table:
    table = _table(["figure", "this plan", *(RULE_NAMES[rule].lower() for rule in made.others)])
    figures = [made.figures, *made.others.values()]
    rows: dict[str, Callable[[Figures], str]] = {
        "on time, of what falls due": lambda f: f"{share_text(f['on_time_share'], digits=1)} of {f['num_due']:,}",
        "late, or due and not done": lambda f: f"{f['num_late']:,}",
        "backlog, hours of work": lambda f: f"{f['backlog_start_hours']:,.1f} -> {f['backlog_end_hours']:,.1f}",
        "swing moves": lambda f: f"{f['num_moves']:,}",
        "hours lent": lambda f: f"{f['lent_hours']:,.1f}",
        "cost": lambda f: f"{f['total']:,.0f}",
        "gap to the bound": lambda f: "" if f["gap"] is None else gap_text(f["gap"]),
    }
    if any(f["num_missed"] for f in figures):
        rows["instants that must not pass, missed"] = lambda f: f"{f['num_missed']:,}"
    for name, show in rows.items():
        table.add_row(name, *(show(one) for one in figures))
    return table


def _teams(made: DayFigures) -> Table:
    others = {RULE_NAMES[rule]: figures for rule, figures in made.others.items()}
    teams = compare_teams(made.tables, others)
    table = _table(
        [
            "team",
            "fall due",
            "on time",
            *(f"by {name.lower()}" for name in others),
            "left",
            "hours now -> left",
            "lent in",
        ]
    )
    for row in teams.to_dict("records"):
        shares = [_share(row[f"on_time_share_{name}"]) for name in others]
        table.add_row(
            str(row["name"]),
            f"{row['num_due']:,}",
            _share(row["on_time_share"]),
            *shares,
            f"{row['num_left']:,}",
            f"{row['backlog_start_hours']:,.1f} -> {row['backlog_end_hours']:,.1f}",
            f"{row['borrowed_hours']:,.1f} h" if row["borrowed_hours"] else "",
        )
    return table


def _share(value: float | None) -> str:
    is_unknown = value is None or value != value  # noqa: PLR0124 - NaN is unlike itself
    return "" if is_unknown else share_text(value, digits=1)


def _table(headings: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="left" if position == 0 else "right")
    return table
