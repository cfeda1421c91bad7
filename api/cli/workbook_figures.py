"""The day of a workbook on the terminal: its figures, and by name what is late, what is left and who is lent."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from api.cli.day_figures import print_day
from api.documents.words import count_of
from models.time import to_datetime
from services.workbooks.answer import in_words

if TYPE_CHECKING:
    from services.workbooks.planning import WorkbookPlan

MOST_ROWS = 10
_WIDTH = 200
_Show = Callable[[Any], str]


def print_workbook_plan(made: "WorkbookPlan") -> None:
    """Print a workbook's plan as one of the database is printed, then the rows that a lead asks about."""
    print_day(made)
    tables = made.tables
    today = to_datetime(tables.now, tables.zone).date()

    def clock(instant: Any) -> str:
        if instant is None or pd.isna(instant):
            return ""
        return f"{instant:%H:%M}" if instant.date() == today else f"{instant:%a %d %b %H:%M}"

    def item(row: Any) -> str:
        return f"{row['task']} {row['title']}".strip()

    _print_rows(
        tables.late,
        "late, or overdue already",
        "Late",
        {
            "item": item,
            "type": lambda row: row["type_name"],
            "due": lambda row: clock(row["due"]),
            "done": lambda row: clock(row["end"]),
            "late by": lambda row: in_words(row["late_minutes"]),
            "who": lambda row: row["agent_name"] if isinstance(row["agent_name"], str) else "nobody yet",
        },
    )
    _print_rows(
        tables.left,
        "left for later",
        "Left",
        {
            "item": item,
            "type": lambda row: row["type_name"],
            "due": lambda row: clock(row["due"]),
            "why": lambda row: str(row["detail"] or row["reason"]),
        },
    )
    _print_rows(
        tables.swing,
        "lent",
        "Lent",
        {
            "who": lambda row: row["name"],
            "from": lambda row: row["home_name"],
            "to": lambda row: row["team_name"],
            "when": lambda row: f"{clock(row['start'])} to {clock(row['end'])}",
            "items": lambda row: count_of(int(row["num_tasks"]), "item"),
        },
    )
    print()


def _print_rows(frame: pd.DataFrame, heading: str, sheet: str, columns: dict[str, _Show]) -> None:
    """Print the first rows of a table, and where the others are."""
    rows: Sequence[dict[Any, Any]] = frame.head(MOST_ROWS).to_dict("records")
    print(f"\n{heading}: {len(frame):,}" if rows else f"\n{heading}: none")
    if not rows:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name)
    for row in rows:
        table.add_row(*(show(row) for show in columns.values()))
    Console(highlight=False, markup=False, soft_wrap=True, width=_WIDTH).print(table)
    if len(frame) > MOST_ROWS:
        print(f"and {len(frame) - MOST_ROWS:,} more on the sheet {sheet}")
