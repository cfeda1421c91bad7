"""The waste ledger as a program reads it; `docs/formats/report-waste.md` describes the form."""

from typing import Any

import numpy as np

from reports.waste.bootstrap import CONFIDENCE
from reports.waste.categories import CATEGORIES, TRADE_SHARE, Category
from reports.waste.causes import Causes
from reports.waste.ledger import Ledger
from reports.waste.measures import share_of_paid

MINUTE = 60


def waste_document(causes: Causes, *, has_people: bool = False) -> dict[str, Any]:
    """Return the figures of a ledger.

    Parameters
    ----------
    has_people
        Whether agents stand by their ids; else they are numbered.
    """
    ledger = causes.ledger
    total = ledger.total_paid_s / MINUTE
    is_paid = ledger.history.has_paid_time
    low, high = causes.share_interval
    return {
        "report": "waste",
        "agents": int((ledger.paid_s.sum(axis=1) > 0).sum()),
        "paid_minutes": total if is_paid else None,
        "seen_minutes": None if is_paid else total,
        "categories": _minutes(ledger.totals.tolist()),
        "outside_paid_minutes": int(ledger.outside_s.sum()) / MINUTE,
        "off_task": _by_detail(ledger, Category.OFF_TASK),
        "no_work": _by_detail(ledger, Category.NO_WORK),
        "choosing": _by_detail(ledger, Category.CHOOSING),
        "unexplained": _by_detail(ledger, Category.UNEXPLAINED),
        "intervals": {
            name.value: [_known(a / MINUTE), _known(b / MINUTE)]
            for name, a, b in zip(CATEGORIES, *causes.category_intervals(), strict=True)
        },
        "confidence": CONFIDENCE,
        "interval_over": "agent-days" if causes.over_agents else "days",
        "waste_minutes": causes.waste_s / MINUTE,
        "waste_share": share_of_paid(ledger, causes.waste_s),
        "waste_share_interval": [_known(low), _known(high)],
        "trade_share": TRADE_SHARE,
        "recoverable_minutes": float(causes.table["recoverable_s"].sum()) / MINUTE,
        "num_vital": causes.num_vital,
        "causes": [_cause(row, ledger) for row in causes.table.to_dict("records")],
        "pushed_minutes": {
            team: _known(seconds / MINUTE)
            for team, seconds in zip(ledger.layout.team_ids, ledger.free.pushed_s.tolist(), strict=True)
        },
        "drifting_types": _drifting(ledger),
        "by_team": _by_team(ledger),
        "by_agent_day": _by_agent_day(ledger, has_people=has_people),
    }


def _minutes(seconds: list[int]) -> dict[str, float]:
    return {name.value: amount / MINUTE for name, amount in zip(CATEGORIES, seconds, strict=True)}


def _by_detail(ledger: Ledger, category: Category) -> dict[str, float]:
    own = ledger.is_of(category)
    sums = np.bincount(ledger.column("detail")[own], weights=ledger.column("seconds")[own])
    return {ledger.details[at] or "unnamed": float(sums[at]) / MINUTE for at in np.flatnonzero(sums).tolist()}


def _cause(row: dict[Any, Any], ledger: Ledger) -> dict[str, Any]:
    layout = ledger.layout
    return {
        "team": layout.team_ids[row["team"]] if row["team"] >= 0 else None,
        "type": layout.type_ids[row["type"]] if row["type"] >= 0 else None,
        "category": CATEGORIES[row["category"]].value,
        "code": ledger.details[row["detail"]] or None,
        "minutes": int(row["seconds"]) / MINUTE,
        "interval": [_known(row["low"] / MINUTE), _known(row["high"] / MINUTE)],
        "recoverable_minutes": _known(row["recoverable_s"] / MINUTE),
        "cost": _known(row["money"]),
        "cumulative_share": float(row["cumulative"]),
        "is_vital": bool(row["is_vital"]),
    }


def _drifting(ledger: Ledger) -> list[dict[str, Any]]:
    types = ledger.over_handling.types
    return [
        {
            "type": ledger.layout.type_ids[int(row["type"])],
            "tasks": int(row["num"]),
            "handling_per_standard": float(row["ratio"]),
            "interval": [float(row["low"]), float(row["high"])],
        }
        for row in types[types["is_drifting"]].to_dict("records")
    ]


def _by_team(ledger: Ledger) -> list[dict[str, Any]]:
    sums = np.zeros((len(ledger.layout.team_ids) + 1, len(CATEGORIES)), dtype=np.int64)
    np.add.at(sums, ledger.layout.agent_team, ledger.seconds.sum(axis=1))
    return [
        {"team": team, "paid_minutes": int(row.sum()) / MINUTE, "categories": _minutes(row.tolist())}
        for team, row in zip([*ledger.layout.team_ids, None], sums, strict=True)
        if row.sum() > 0
    ]


def _by_agent_day(ledger: Ledger, *, has_people: bool) -> list[dict[str, Any]]:
    """Return seconds by agent and day: in each row the categories sum to what was paid."""
    return [
        {
            "agent": ledger.layout.agent_ids[agent] if has_people else int(agent) + 1,
            "day": ledger.history.day_names[day],
            "paid_seconds": int(ledger.paid_s[agent, day]),
            "seconds": {
                name.value: amount
                for name, amount in zip(CATEGORIES, ledger.seconds[agent, day].tolist(), strict=True)
                if amount
            },
        }
        for agent, day in np.argwhere(ledger.paid_s > 0).tolist()
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
