"""A plan as the workbook that a lead hands out: summary, late, left, lent, a sheet for each team and person."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from models.formats.documents import write_atomically
from models.formats.plan import Plan
from models.formats.problem import Agent, Problem
from models.formats.sheets.grids import escape_formula
from models.formats.sheets.naming import SheetNames
from models.formats.sheets.writing import SheetStyles, new_workbook, set_up_print, write_cell, write_rows
from models.time import to_datetime
from reports.metrics import GAP, LATE, LEFT, ON_TIME
from reports.plan_notes import plan_notes
from reports.plan_summary import PlanSummary, summarise_plan
from reports.plan_tables import PlanTables
from reports.plan_tasks import LATE as IS_LATE
from reports.plan_tasks import OVERDUE as IS_OVERDUE

_OWN_SHEETS = ("Summary", "Late", "Left", "Lent")
GAP_MEANS = (
    f"{GAP.name}: it is proven that no plan for this day costs less than the bound; so this is how much cheaper than "
    "this plan the best one could be, at most. Costs are delays by their weight, work left for later, and people lent."
)
_ITEM = ("id", "title", "type", "client")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the workbook shows."""

    problem: Problem
    plan: Plan
    tables: PlanTables
    zone: ZoneInfo
    notes: Sequence[str]
    warnings: Sequence[str] = ()


def write_answer(path: Path, answer: Answer) -> None:
    """Write the workbook; it appears whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        made = to_datetime(answer.problem.now, answer.zone).replace(tzinfo=None)
        book.set_properties({"title": "Day plan", "created": made})
        _AnswerWriter(book, answer).write()
    write_atomically(path, stream.getvalue())


class _AnswerWriter:
    def __init__(self, book: Any, answer: Answer) -> None:
        self._book, self._answer = book, answer
        self._styles = SheetStyles(book)
        self._names = SheetNames(*_OWN_SHEETS, instead="-")
        tasks = answer.tables.tasks
        self._done = tasks[tasks["agent"].notna()].sort_values(["start", "agent"], kind="stable")

    def write(self) -> None:
        """Write all sheets; those of teams and people get names that no other has."""
        tables, problem = self._answer.tables, self._answer.problem
        summary = self._book.add_worksheet("Summary")
        self._table("Late", (*_ITEM, "due", "done", "by how much", "who", "overdue before"), self._late_rows())
        self._table("Left", (*_ITEM, "due", "minutes", "why"), self._left_rows(), wrapped=("why",))
        self._table("Lent", ("who", "from", "to", "start", "end", "items", "hours"), self._lent_rows())
        links: list[tuple[str, str, int]] = []
        for team in problem.teams:
            rows = self._done[self._done["team"] == team.id]
            sheet = self._names.choose(f"Team {team.name or team.id}")
            self._table(
                sheet, ("start", "end", "who", *_ITEM, "due", "outcome"), self._team_rows(rows), marked="outcome"
            )
            links.append((team.name or team.id, sheet, len(rows)))
        on_duty = [agent for agent in problem.agents if agent.shifts]
        for agent in sorted(on_duty, key=lambda one: (one.name or one.id).casefold()):
            rows = self._done[self._done["agent"] == agent.id]
            sheet = self._names.choose(agent.name or agent.id)
            self._person(sheet, agent, rows)
            links.append((agent.name or agent.id, sheet, len(rows)))
        self._summary(summary, summarise_plan(self._answer.plan, tables), links)

    def _late_rows(self) -> Iterable[list[object]]:
        for row in _records(self._answer.tables.late):
            yield [
                *_item(row),
                _instant(row["due"]),
                _instant(row["end"]),
                in_words(row["late_minutes"]),
                row["agent_name"] or "nobody yet",
                bool(row["was_overdue"]),
            ]

    def _left_rows(self) -> Iterable[list[object]]:
        for row in _records(self._answer.tables.left):
            yield [*_item(row), _instant(row["due"]), _rounded(row["standard_minutes"]), row["detail"] or row["reason"]]

    def _lent_rows(self) -> Iterable[list[object]]:
        for row in _records(self._answer.tables.swing):
            yield [
                row["name"],
                row["home_name"],
                row["team_name"],
                _instant(row["start"]),
                _instant(row["end"]),
                int(row["num_tasks"]),
                round(float(row["handling_hours"]), 2),
            ]

    def _team_rows(self, rows: pd.DataFrame) -> Iterable[list[object]]:
        for row in _records(rows):
            lent = " (lent)" if row["is_lent"] else ""
            yield [
                _instant(row["start"]),
                _instant(row["end"]),
                f"{row['agent_name']}{lent}",
                *_item(row),
                _instant(row["due"]),
                _outcome(row),
            ]

    def _person(self, name: str, agent: Agent, rows: pd.DataFrame) -> None:
        """Write a person's day in order, what fills it besides items included."""
        zone, now = self._answer.zone, self._answer.problem.now
        entries: list[tuple[int, list[object]]] = []
        for row in _records(rows):
            start = int(row["start"].timestamp())
            team = row["team_name"] + (" (lent)" if row["is_lent"] else "")
            cells = [
                _instant(row["start"]),
                _instant(row["end"]),
                *_item(row),
                team,
                _instant(row["due"]),
                _outcome(row),
            ]
            entries.append((start, cells))
        for shift in agent.shifts:
            for pause in shift.breaks:
                if pause.end > now:
                    times = [to_datetime(at, zone).replace(tzinfo=None) for at in (pause.start, pause.end)]
                    entries.append((pause.start, [*times, None, pause.kind or "break"]))
        header = ("start", "end", *_ITEM, "team", "due", "outcome")
        ordered = [cells for _, cells in sorted(entries, key=lambda entry: entry[0])]
        self._table(name, header, ordered, marked="outcome")

    def _table(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        wrapped: Sequence[str] = (),
        marked: str | None = None,
    ) -> None:
        sheet = self._book.add_worksheet(name)
        listed = list(rows)
        shown_as = dict.fromkeys(("start", "end", "done"), self._styles.day_clock)
        write_rows(sheet, header, listed, self._styles, wrapped=wrapped, date_styles=shown_as)
        if not listed:
            sheet.write_string(1, 0, "none", self._styles.text)
        if marked is not None and listed:
            # Late ones stand out on paper too, and stay marked when the list is sorted anew.
            column = header.index(marked)
            late = {"type": "text", "criteria": "begins with", "value": "late", "format": self._styles.late}
            sheet.conditional_format(1, column, len(listed), column, late)

    def _summary(self, sheet: Any, summary: PlanSummary, links: Sequence[tuple[str, str, int]]) -> None:
        styles, answer = self._styles, self._answer
        now = to_datetime(answer.problem.now, answer.zone)
        sheet.write_string(0, 0, f"Plan from {now:%A, %d %B %Y, %H:%M}, {answer.zone.key}", styles.title)
        row = self._lines(sheet, 2, "Look at this first", answer.warnings)
        for label, value, style in _figures(summary):
            sheet.write_string(row, 0, label, styles.text)
            if value is None:
                sheet.write_string(row, 1, "none due", styles.text)
            else:
                sheet.write_number(row, 1, value, style(styles))
            row += 1
        row = self._summary_teams(sheet, row + 1)
        row = self._lines(sheet, row, "What to know", self._remarks(summary))
        row = self._lines(sheet, row, "What was taken for granted", answer.notes)
        sheet.write_string(row, 0, "Sheets", styles.bold)
        for label, name, count in links:
            row += 1
            target = name.replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{target}'!A1", string=escape_formula(label))
            sheet.write_number(row, 1, count, styles.number)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 8, 15)
        set_up_print(sheet, repeated_row=0)

    def _lines(self, sheet: Any, row: int, title: str, lines: Sequence[str]) -> int:
        """Write sentences below a title, where there are any, and return the row to go on from."""
        if not lines:
            return row
        sheet.write_string(row, 0, title, self._styles.bold)
        for line in lines:
            row += 1
            sheet.write_string(row, 0, escape_formula(line))
        return row + 2

    def _summary_teams(self, sheet: Any, row: int) -> int:
        header = ("team", "people", "due", "on time", "on-time share", "late", "left", "hours borrowed", "hours lent")
        for column, name in enumerate(header):
            sheet.write_string(row, column, name, self._styles.header)
        for team in _records(self._answer.tables.teams):
            row += 1
            share = team["on_time_share"]
            cells: list[object] = [
                team["name"], int(team["num_agents"]), int(team["num_due"]), int(team["num_on_time"]), None,
                int(team["num_late"]), int(team["num_left"]),
                round(float(team["borrowed_hours"]), 1), round(float(team["lent_hours"]), 1),
            ]  # fmt: skip
            for column, cell in enumerate(cells):
                write_cell(sheet, row, column, cell, self._styles)
            if share is not None and not pd.isna(share):
                sheet.write_number(row, 4, float(share), self._styles.percent)
        return row + 2

    def _remarks(self, summary: PlanSummary) -> list[str]:
        notes = list(plan_notes(self._answer.plan, plannable_share=self._answer.tables.plannable_share))
        return [*notes, GAP_MEANS] if _has_gap(summary) else notes


def _figures(summary: PlanSummary) -> list[tuple[str, float | None, Any]]:
    def number(styles: SheetStyles) -> Any:
        return styles.number

    def percent(styles: SheetStyles) -> Any:
        return styles.percent

    figures: list[tuple[str, float | None, Any]] = [
        ("Items", summary.num_tasks, number),
        ("People at work", summary.num_agents, number),
        ("Fall due until the last end of work", summary.num_due, number),
        (ON_TIME.name, summary.on_time_share, percent),
        (LATE.name, summary.num_late, number),
        ("Overdue already", summary.num_overdue, number),
        (LEFT.name, summary.num_left, number),
        ("People lent to other teams", summary.num_lent_agents, number),
        ("Hours lent", round(summary.lent_hours, 2), number),
    ]
    if _has_gap(summary):
        figures.append((GAP.name, summary.gap, percent))
    return figures


def _has_gap(summary: PlanSummary) -> bool:
    return summary.gap is not None and bool(summary.lower_bound)  # a bound of 0 is true, and says nothing


def in_words(minutes: float) -> str:
    """Return a delay as people say it: `3 h 20 min`, `2 d 4 h`."""
    whole = max(1, round(minutes))
    days, rest = divmod(whole, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{left} min"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts, None where a cell is empty."""
    columns = {
        str(name): frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame.columns
    }
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _item(row: dict[str, Any]) -> list[object]:
    return [row["task"], row["title"], row["type_name"], row["client"]]


def _outcome(row: dict[str, Any]) -> str:
    if row["outcome"] == IS_LATE:
        return f"late by {in_words(row['late_minutes'])}"
    return "was overdue" if row["outcome"] == IS_OVERDUE else str(row["outcome"])


def _rounded(minutes: Any) -> float:
    return round(float(minutes), 1)


def _instant(value: Any) -> datetime | None:
    return None if value is None else value.to_pydatetime().replace(tzinfo=None)
