"""The waiting ledger as tables: by cause, by type, by transition, and the rows that they are made of."""

import numpy as np
import pandas as pd

from reports.report import ReportColumn, ReportTable
from reports.shares import say_share
from reports.waiting import measures
from reports.waiting.history import US_PER_HOUR, Integers, to_instants
from reports.waiting.ledger import WaitingLedger
from reports.waiting.measures import CAUSES
from reports.waiting.pool_split import PoolSplit

START = "(none before)"
"""What stands for the task before the first of a case."""
NOBODY_KNOWN = "(unknown)"


def tabulate_waiting(
    ledger: WaitingLedger, *, zone: str, names: dict[str, str] | None = None, has_people: bool = True
) -> list[ReportTable]:
    """Return the tables of a ledger, the main one first; evidence last.

    Parameters
    ----------
    zone
        IANA zone of the instants.
    names
        What ids are called, where that is something else.
    has_people
        Whether the rows say who did each task.
    """
    names = names or {}
    rows = list_instances(ledger, zone=zone, names=names)
    tables = [
        ReportTable(
            name="causes",
            title="Waiting by cause",
            columns=(
                ReportColumn(name="cause", heading="cause", format="words"),
                ReportColumn(name="hours", heading="hours waited", format="number", metric=measures.WAITED),
                ReportColumn(name="share", heading="share of waiting", format="share", metric=measures.CAUSE_SHARE),
                ReportColumn(name="tasks", heading="tasks", format="count", metric=measures.TASKS_WAITED),
                ReportColumn(
                    name="efficiency_without", heading="cycle time efficiency without it", format="share",
                    metric=measures.IMPACT,
                ),
                ReportColumn(name="meaning", heading="what it is", format="words"),
            ),
            rows=tabulate_causes(ledger),
            note=f"Without removing anything the cycle time efficiency is {_percent(ledger.efficiency())}.",
            evidence="evidence",
        ),
        _by(ledger, rows, "by-type", "Waiting by type", ["type"], ["type"]),
        _by(ledger, rows, "by-team", "Waiting by team", ["team"], ["team"]),
        _by(ledger, rows, "by-transition", "Waiting by transition", ["before", "type"], ["after", "type"]),
    ]  # fmt: skip
    details = tabulate_details(ledger)
    if len(details):
        tables.insert(1, ReportTable(
            name="kinds",
            title="Kinds of causes",
            columns=(
                ReportColumn(name="cause", heading="cause", format="words"),
                ReportColumn(name="hours", heading="hours waited", format="number", metric=measures.WAITED),
                ReportColumn(name="share", heading="share of waiting", format="share", metric=measures.CAUSE_SHARE),
                ReportColumn(name="meaning", heading="what it is", format="words"),
            ),
            rows=details,
            evidence="evidence",
        ))  # fmt: skip
    return [*(table for table in tables if len(table.rows)), *_evidence(ledger, rows, has_people=has_people)]


def tabulate_details(ledger: WaitingLedger) -> pd.DataFrame:
    """Return a row for each kind of a cause: `cause`, `hours`, `share`, `meaning`."""
    total = ledger.wait_hours()
    return pd.DataFrame(
        [
            {
                "cause": CAUSES[f"{cause}.{kind}"].name,
                "hours": hours,
                "share": hours / total if total > 0 else None,
                "meaning": CAUSES[f"{cause}.{kind}"].meaning,
            }
            for cause, kinds in ledger.detail_hours().items()
            for kind, hours in kinds.items()
        ],
        columns=["cause", "hours", "share", "meaning"],
    )


def tabulate_causes(ledger: WaitingLedger) -> pd.DataFrame:
    """Return a row for each cause: `cause`, `hours`, `share`, `tasks`, `efficiency_without`, `meaning`."""
    total = ledger.wait_hours()
    parts = ledger.parts()
    return pd.DataFrame(
        [
            {
                "cause": CAUSES[cause].name,
                "hours": hours,
                "share": hours / total if total > 0 else None,
                "tasks": int(np.count_nonzero(parts[:, position])),
                "efficiency_without": ledger.efficiency_without(hours),
                "meaning": CAUSES[cause].meaning,
            }
            for position, (cause, hours) in enumerate(ledger.cause_hours().items())
        ]
    )


def list_instances(ledger: WaitingLedger, *, zone: str, names: dict[str, str]) -> pd.DataFrame:
    """Return a row for each chosen instance: who, what, when, and its waiting by cause in hours."""
    history, at = ledger.history, np.flatnonzero(ledger.chosen)
    by = ledger.enabling.by[at]
    types = np.array([names.get(name, name) for name in history.type_names], dtype=object)
    agents = np.array([*(names.get(name, name) for name in history.agent_names), NOBODY_KNOWN], dtype=object)
    cases = np.array(history.case_names, dtype=object)
    teams = np.array([*(names.get(name, name) for name in ledger.team_names), ""], dtype=object)
    rows = pd.DataFrame(
        {
            "task": history.ids[at],
            "case": cases[history.case[at]],
            "type": types[history.type[at]],
            "team": teams[ledger.team[at]],
            "agent": agents[history.agent[at]],
            "before": np.where(by >= 0, types[history.type[by]], START) if len(at) else np.empty(0, dtype=object),
            "enabled": to_instants(ledger.enabling.enabled[at], zone),
            "ready": to_instants(ledger.batches.ready[at], zone),
            "start": to_instants(history.start[at], zone),
            "end": to_instants(history.end[at], zone),
            "waited": _hours(ledger.waited()),
            "worked": _hours(ledger.worked()),
        }
    )
    parts, fine = ledger.parts(), ledger.split.parts[at]
    for position, cause in enumerate(ledger.causes):
        rows[cause] = _hours(parts[:, position])
    for position, name in enumerate(ledger.split.causes):
        if "." in name:
            rows[name] = _hours(fine[:, position])
    if isinstance(ledger.split, PoolSplit):
        behind = ledger.split.behind[at]
        rows["behind"] = pd.Series(history.ids[behind]).where(pd.Series(behind >= 0), None)
    return rows


def _by(
    ledger: WaitingLedger, rows: pd.DataFrame, name: str, title: str, keys: list[str], headings: list[str]
) -> ReportTable:
    """Return the ledger by some keys, most waiting first, with the running share of all waiting."""
    causes = list(ledger.causes)
    grouped = rows.groupby(keys, sort=True)
    made = grouped[["waited", "worked", *causes]].sum()
    made["tasks"] = grouped.size()
    made["mean"] = made["waited"] / made["tasks"]
    made = made.reset_index()
    if keys == ["team"]:
        made = made[made["team"] != ""]
    made = made.sort_values(["waited", *keys], ascending=[False, *[True] * len(keys)], kind="stable")
    total = float(rows["waited"].sum())
    made["running"] = made["waited"].cumsum() / total if total > 0 else None
    columns = [ReportColumn(name=key, heading=heading) for key, heading in zip(keys, headings, strict=True)]
    columns += [
        ReportColumn(name="tasks", heading="tasks", format="count"),
        ReportColumn(name="waited", heading="hours waited", format="number", metric=measures.WAITED),
        ReportColumn(name="running", heading="running share", format="share", metric=measures.RUNNING_SHARE),
        ReportColumn(name="mean", heading="hours a task", format="number"),
        ReportColumn(name="worked", heading="hours worked", format="number", metric=measures.PROCESSED),
    ]
    columns += [ReportColumn(name=cause, heading=CAUSES[cause].name.lower(), format="number") for cause in causes]
    return ReportTable(
        name=name,
        title=title,
        columns=columns,
        rows=made.reset_index(drop=True),
        note="Hours; the most waiting first.",
        evidence="evidence",
    )


def _evidence(ledger: WaitingLedger, rows: pd.DataFrame, *, has_people: bool) -> list[ReportTable]:
    """Return the rows that all figures are made of: those that waited at all, and those of each cause."""
    told = [
        ReportColumn(name="task", heading="task"),
        ReportColumn(name="case", heading="case"),
        ReportColumn(name="type", heading="type"),
        ReportColumn(name="before", heading="after"),
        *([ReportColumn(name="agent", heading="done by")] if has_people else []),
        ReportColumn(name="enabled", heading="enabled", format="instant"),
        ReportColumn(name="ready", heading="ready", format="instant"),
        ReportColumn(name="start", heading="start", format="instant"),
        ReportColumn(name="waited", heading="hours waited", format="number", metric=measures.WAITED),
    ]
    split = [ReportColumn(name=cause, heading=CAUSES[cause].name.lower(), format="number") for cause in ledger.causes]
    split += [
        ReportColumn(name=name, heading=CAUSES[name].name.lower(), format="number")
        for name in ledger.split.causes
        if "." in name
    ]
    if "behind" in rows:
        told.append(ReportColumn(name="behind", heading="longest behind"))
    waited = rows[rows["waited"] > 0].sort_values(["waited", "task"], ascending=[False, True], kind="stable")
    tables = [
        ReportTable(
            name="evidence",
            title="Every task that waited",
            columns=[*told, *split],
            rows=waited.reset_index(drop=True),
            note="Hours; the longest wait first. Causes sum to the wait, to the second. Longest behind: the task that "
            "whoever could have done it was at for the longest stretch.",
            is_evidence=True,
        )
    ]
    for cause in ledger.causes:
        columns = [column for column in split if column.name.partition(".")[0] == cause]
        of_cause = rows[rows[cause] > 0].sort_values([cause, "task"], ascending=[False, True], kind="stable")
        if len(of_cause):
            tables.append(
                ReportTable(
                    name=f"evidence-{cause}",
                    title=f"Tasks that waited: {CAUSES[cause].name.lower()}",
                    columns=[*told, *columns],
                    rows=of_cause.reset_index(drop=True),
                    note=CAUSES[cause].meaning,
                    is_evidence=True,
                )
            )
    return tables


def _hours(microseconds: Integers) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return microseconds / US_PER_HOUR


def _percent(share: float | None) -> str:
    return "unknown" if share is None else say_share(share, 1)
