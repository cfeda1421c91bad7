"""The figures of a day's plan on the terminal, beside those of single rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from api.documents.words import RULE_NAMES, share_text
from models.time import format_instant, load_zone
from models.vocabulary import LeftOut
from reports.plan_summary import compare_teams

if TYPE_CHECKING:
    from services.daily_plan import DailyPlan

_MOST_NAMES = 4
_WIDTH = 200  # wide enough for every column; a narrow terminal folds lines by itself
Figures = Mapping[str, Any]
_LEFT_OUT = {
    LeftOut.PENDED: "wait for a customer or a third party",
    LeftOut.NOT_ARRIVED: "have not arrived yet",
    LeftOut.OTHER_TEAM: "are of other teams",
    LeftOut.BLOCKED: "wait for a task that is left out",
}


def print_day(made: "DailyPlan") -> None:
    """Print what was planned, what it brings, and what single rules would have given."""
    console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
    question, summary = made.question, made.summary
    zone = load_zone(question.zone_name)
    until = format_instant(made.tables.until, zone)
    console.print(f"planned from {format_instant(question.problem.now, zone)} to {until} ({question.zone_name})")
    console.print(
        f"{summary.num_tasks - summary.num_left:,} of {summary.num_tasks:,} tasks for {summary.num_agents:,} people; "
        f"{summary.num_left:,} left for later; at most {question.plannable_share:.0%} of people's time is filled"
    )
    for reason, count in sorted(question.left_out.items()):
        console.print(f"not asked for: {count:,} that {_LEFT_OUT[reason]}")
    if question.num_handed_back:
        console.print(f"for anybody again: {question.num_handed_back:,} that somebody began who is not on duty")
    if question.num_begun_in_error:
        console.print(
            f"for anybody again: {question.num_begun_in_error:,} that somebody began who may not do them "
            "(team, skill or exclusion)"
        )
    if question.estimated_minutes:
        console.print(f"minutes are estimated, not measured, of {_listed(question.estimated_minutes)}")
    if question.estimated_deadlines:
        console.print(
            f"deadlines are read off the past, promised to nobody, of {_listed(question.estimated_deadlines)}"
        )
    console.print()
    console.print(_figures(made))
    console.print()
    console.print(_teams(made))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more task types" if more > 0 else "")


def _figures(made: "DailyPlan") -> Table:
    table = _table(["figure", "this plan", *(RULE_NAMES[rule].lower() for rule in made.others)])
    figures = [made.figures, *made.others.values()]
    rows: dict[str, Callable[[Figures], str]] = {
        "on time, of what falls due": lambda f: f"{share_text(f['on_time_share'], digits=1)} of {f['num_due']:,}",
        "late, or due and not done": lambda f: f"{f['num_late']:,}",
        "backlog, hours of work": lambda f: f"{f['backlog_start_hours']:,.1f} -> {f['backlog_end_hours']:,.1f}",
        "swing moves": lambda f: f"{f['num_moves']:,}",
        "hours lent": lambda f: f"{f['lent_hours']:,.1f}",
        "cost": lambda f: f"{f['total']:,.0f}",
        "gap to the bound": lambda f: "" if f["gap"] is None else f"{f['gap']:.1%}",
    }
    for name, show in rows.items():
        table.add_row(name, *(show(one) for one in figures))
    return table


def _teams(made: "DailyPlan") -> Table:
    others = {RULE_NAMES[rule]: figures for rule, figures in made.others.items()}
    teams = compare_teams(made.tables, others)
    table = _table(
        ["team", "fall due", "on time", *(f"by {name.lower()}" for name in others), "left", "hours -> left", "lent in"]
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
