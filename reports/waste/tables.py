"""The waste ledger as tables: by cause, by category, by team, by day, and the rows that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.report import ReportColumn, ReportTable
from reports.waste import measures
from reports.waste.categories import CATEGORIES, FACTS, Category
from reports.waste.causes import Causes
from reports.waste.ledger import Ledger
from reports.waste.spans import Flags, Wholes

HOUR = 3600
NO_TYPE, NO_TEAM = "", "(none)"


@dataclass(frozen=True, kw_only=True)
class Labels:
    """How a ledger's rows are shown.

    Attributes
    ----------
    zone
        IANA zone of instants.
    has_people
        Whether agents are named.
    has_cost
        Whether it is known what time costs.
    """

    zone: str
    has_people: bool = False
    has_cost: bool = False


def tabulate_waste(causes: Causes, labels: Labels) -> list[ReportTable]:
    """Return the tables of a ledger, the main one first; evidence last."""
    ledger = causes.ledger
    tables = [
        _causes_table(causes, labels),
        _categories_table(causes),
        _grid("by-team", "Hours by team", "team", list_teams(ledger)),
        _grid("by-day", "Hours by day", "day", list_days(ledger)),
        _over_handling_table(ledger, labels),
        _standards_table(ledger),
    ]
    if labels.has_people:
        tables.insert(4, _grid("by-agent", "Hours by agent", "agent", list_agents(ledger)))
    evidence = [_evidence(ledger, category, labels) for category in CATEGORIES]
    return [table for table in [*tables, *evidence] if len(table.rows)]


def list_causes(causes: Causes) -> pd.DataFrame:
    """Return a row for each cause, the largest first, in words and hours."""
    table, ledger = causes.table, causes.ledger
    total = max(causes.waste_s, 1)
    category = [CATEGORIES[position] for position in table["category"]]
    return pd.DataFrame(
        {
            "cause": [
                _name_cause(name, ledger.details[detail])
                for name, detail in zip(category, table["detail"], strict=True)
            ],
            "team": name_teams(ledger, table["team"].to_numpy()),
            "type": name_types(ledger, table["type"].to_numpy()),
            "hours": table["seconds"] / HOUR,
            "low_hours": table["low"] / HOUR,
            "high_hours": table["high"] / HOUR,
            "share": table["seconds"] / total,
            "running_share": table["cumulative"],
            "is_vital": table["is_vital"],
            "cost": table["money"],
            "recoverable_hours": table["recoverable_s"] / HOUR,
            "lever": [FACTS[name].lever for name in category],
        }
    )


def list_categories(causes: Causes) -> pd.DataFrame:
    """Return a row for each category: hours with their interval, share of paid time, what it means."""
    ledger = causes.ledger
    low, high = causes.category_intervals()
    return pd.DataFrame(
        {
            "category": [FACTS[name].name for name in CATEGORIES],
            "hours": ledger.totals / HOUR,
            "low_hours": low / HOUR,
            "high_hours": high / HOUR,
            "share": [measures.share_of_paid(ledger, seconds) for seconds in ledger.totals.tolist()],
            "meaning": [FACTS[name].meaning for name in CATEGORIES],
            "won_back": [FACTS[name].how for name in CATEGORIES],
        }
    )


def list_teams(ledger: Ledger) -> pd.DataFrame:
    """Return hours by category of the agents of each home team."""
    layout = ledger.layout
    sums = np.zeros((len(layout.team_ids) + 1, len(CATEGORIES)), dtype=np.int64)
    np.add.at(sums, layout.agent_team, ledger.seconds.sum(axis=1))  # without a team: the last row
    return _hours(sums, [*(ledger.history.name_of(team) for team in layout.team_ids), NO_TEAM], "team")


def list_days(ledger: Ledger) -> pd.DataFrame:
    """Return hours by category of each day."""
    return _hours(ledger.seconds.sum(axis=0), list(ledger.history.day_names), "day")


def list_agents(ledger: Ledger) -> pd.DataFrame:
    """Return hours by category of each agent."""
    names = [ledger.history.name_of(agent) for agent in ledger.layout.agent_ids]
    return _hours(ledger.seconds.sum(axis=1), names, "agent")


def list_rows(ledger: Ledger, chosen: Flags, labels: Labels) -> pd.DataFrame:
    """Return rows of the ledger in words: what, whose, from when to when, how much of it."""
    at = np.flatnonzero(chosen)
    rows, layout = ledger.rows.iloc[at], ledger.layout
    names = np.array([name.value for name in CATEGORIES], dtype=object)
    tasks = np.append(layout.task_ids, "")
    made = {
        "category": names[rows["category"]],
        "detail": np.array(ledger.details, dtype=object)[rows["detail"]],
        "team": name_teams(ledger, rows["team"].to_numpy()),
        "type": name_types(ledger, rows["type"].to_numpy()),
        "task": tasks[rows["task"].to_numpy()],
        "day": np.array(ledger.history.day_names, dtype=object)[rows["day"]],
        "start": _instants(rows["start"].to_numpy(), labels.zone),
        "end": _instants(rows["end"].to_numpy(), labels.zone),
        "minutes": rows["seconds"].to_numpy() / 60,
    }
    if labels.has_people:
        agents = np.array([ledger.history.name_of(agent) for agent in layout.agent_ids], dtype=object)
        made = {"agent": agents[rows["agent"]], **made}
    return pd.DataFrame(made)


def name_teams(ledger: Ledger, positions: Wholes) -> np.ndarray:
    """Return the names of teams."""
    names = [ledger.history.name_of(team) for team in ledger.layout.team_ids]
    return np.array([*names, NO_TEAM], dtype=object)[positions]


def name_types(ledger: Ledger, positions: Wholes) -> np.ndarray:
    """Return the names of task types."""
    names = [ledger.history.name_of(kind) for kind in ledger.layout.type_ids]
    return np.array([*names, NO_TYPE], dtype=object)[positions]


def _name_cause(category: Category, detail: str) -> str:
    return f"{FACTS[category].name}: {detail}" if detail else FACTS[category].name


def _causes_table(causes: Causes, labels: Labels) -> ReportTable:
    columns = [
        ReportColumn(name="cause", heading="cause", format="words"),
        ReportColumn(name="team", heading="team"),
        ReportColumn(name="type", heading="task type"),
        ReportColumn(name="hours", heading="hours", format="number", metric=measures.CATEGORY_HOURS),
        ReportColumn(name="low_hours", heading="at least", format="number"),
        ReportColumn(name="high_hours", heading="at most", format="number"),
        ReportColumn(name="share", heading="share of waste", format="share", metric=measures.CAUSE_SHARE),
        ReportColumn(name="running_share", heading="running", format="share", metric=measures.RUNNING_SHARE),
        ReportColumn(name="is_vital", heading="in the 80 %", format="flag"),
        ReportColumn(
            name="recoverable_hours", heading="could be won back", format="number", metric=measures.RECOVERABLE
        ),
        ReportColumn(name="lever", heading="how", format="words"),
    ]
    if labels.has_cost:
        columns.insert(6, ReportColumn(name="cost", heading="cost", format="number", metric=measures.COST))
    drawn = "days of agents" if causes.over_agents else "days"
    return ReportTable(
        name="causes",
        title="Waste by team, type and cause",
        columns=columns,
        rows=list_causes(causes),
        note=f"{causes.num_vital} of {len(causes.table)} causes make 80 % of the waste. At least and at most: the 95 % "
        f"interval, by bootstrap over {drawn}. The rows of each category are tables of their own.",
        evidence=f"evidence-{CATEGORIES[int(causes.table['category'].iloc[0])].value}" if len(causes.table) else "",
    )


def _categories_table(causes: Causes) -> ReportTable:
    return ReportTable(
        name="categories",
        title="Paid time by category" if causes.ledger.history.has_paid_time else "Time seen by category",
        columns=(
            ReportColumn(name="category", heading="category", format="words"),
            ReportColumn(name="hours", heading="hours", format="number", metric=measures.CATEGORY_HOURS),
            ReportColumn(name="low_hours", heading="at least", format="number"),
            ReportColumn(name="high_hours", heading="at most", format="number"),
            ReportColumn(name="share", heading="share of paid time", format="share", metric=measures.PAID_SHARE),
            ReportColumn(name="meaning", heading="what it is", format="words"),
            ReportColumn(name="won_back", heading="what of it could be won back", format="words"),
        ),
        rows=list_categories(causes),
        note="A second is in the first that holds of: off task, lost handling, rework, value or over-handling, "
        "interrupted, searching and switching, choosing, imbalance, no work, unexplained.",
    )


def _grid(name: str, title: str, by: str, rows: pd.DataFrame) -> ReportTable:
    columns = [ReportColumn(name=by, heading=by)]
    columns += [ReportColumn(name="paid", heading="paid", format="number", metric=measures.PAID)]
    columns += [
        ReportColumn(name=category.value, heading=FACTS[category].name.lower(), format="number")
        for category in CATEGORIES
    ]
    return ReportTable(name=name, title=title, columns=columns, rows=rows)


def _over_handling_table(ledger: Ledger, labels: Labels) -> ReportTable:
    groups, layout = ledger.over_handling.groups, ledger.layout
    shown = groups[groups["over_s"] > 0].sort_values("over_s", ascending=False, kind="stable")
    rows = pd.DataFrame(
        {
            "type": name_types(ledger, shown["type"].to_numpy(dtype=np.int64)),
            "team": name_teams(ledger, layout.agent_team[shown["agent"].to_numpy(dtype=np.int64)]),
            "tasks": shown["num"].to_numpy(),
            "ratio": shown["handling_s"].to_numpy() / shown["standard_s"].to_numpy(),
            "usual": shown["drift"].to_numpy(),
            "hours": shown["over_s"].to_numpy() / HOUR,
        }
    )
    columns = [
        ReportColumn(name="type", heading="task type"),
        ReportColumn(name="team", heading="home team"),
        ReportColumn(name="tasks", heading="tasks", format="count"),
        ReportColumn(name="ratio", heading="handling per standard", format="number"),
        ReportColumn(name="usual", heading="of others", format="number"),
        ReportColumn(name="hours", heading="hours beyond", format="number", metric=measures.CATEGORY_HOURS),
    ]
    if labels.has_people:
        agents = np.array([ledger.history.name_of(agent) for agent in layout.agent_ids], dtype=object)
        rows.insert(0, "agent", agents[shown["agent"].to_numpy(dtype=np.int64)])
        columns.insert(0, ReportColumn(name="agent", heading="agent"))
    return ReportTable(
        name="over-handling",
        title="Who takes longer than chance explains, by type",
        columns=columns,
        rows=rows,
        note="All of one agent's tasks of one type together, beyond the interval of chance.",
        evidence="evidence-over_handling",
    )


def _standards_table(ledger: Ledger) -> ReportTable:
    types = ledger.over_handling.types
    shown = types[types["is_drifting"]].sort_values("ratio", ascending=False, kind="stable")
    position = shown["type"].to_numpy(dtype=np.int64)
    owner = ledger.layout.type_team[position] if len(position) else position
    rows = pd.DataFrame(
        {
            "type": name_types(ledger, position),
            "team": name_teams(ledger, owner),
            "tasks": shown["num"].to_numpy(),
            "ratio": shown["ratio"].to_numpy(),
            "low": shown["low"].to_numpy(),
            "high": shown["high"].to_numpy(),
        }
    )
    return ReportTable(
        name="standards",
        title="Standards that are wrong for everybody",
        columns=(
            ReportColumn(name="type", heading="task type"),
            ReportColumn(name="team", heading="team"),
            ReportColumn(name="tasks", heading="tasks", format="count"),
            ReportColumn(name="ratio", heading="handling per standard", format="number"),
            ReportColumn(name="low", heading="at least", format="number"),
            ReportColumn(name="high", heading="at most", format="number"),
        ),
        rows=rows,
        note="A whole type that takes longer has a wrong standard: that is no waste, and not counted as any.",
    )


def _evidence(ledger: Ledger, category: Category, labels: Labels) -> ReportTable:
    rows = list_rows(ledger, ledger.is_of(category), labels).drop(columns="category")
    columns = [
        ReportColumn(name="team", heading="team"),
        ReportColumn(name="type", heading="task type"),
        ReportColumn(name="task", heading="task"),
        ReportColumn(name="day", heading="day"),
        ReportColumn(name="start", heading="from", format="instant"),
        ReportColumn(name="end", heading="to", format="instant"),
        ReportColumn(name="minutes", heading="minutes", format="number"),
        ReportColumn(name="detail", heading="of which", format="words"),
    ]
    if labels.has_people:
        columns.insert(0, ReportColumn(name="agent", heading="agent"))
    return ReportTable(
        name=f"evidence-{category.value}",
        title=f"{FACTS[category].name}: the rows",
        columns=columns,
        rows=rows[[column.name for column in columns]],
        note="Minutes are fewer than from start to end where something else had part of that time.",
        is_evidence=True,
    )


def _hours(sums: Wholes, names: Sequence[str], by: str) -> pd.DataFrame:
    """Return sums of seconds as hours, with paid time, without rows of nothing."""
    frame = pd.DataFrame(sums / HOUR, columns=[category.value for category in CATEGORIES])
    frame.insert(0, "paid", sums.sum(axis=1) / HOUR)
    frame.insert(0, by, list(names))
    return frame[frame["paid"] > 0].reset_index(drop=True)


def _instants(seconds: Wholes, zone: str) -> Any:
    return pd.to_datetime(seconds, unit="s", utc=True).tz_convert(zone)
