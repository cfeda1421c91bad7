"""80/20: waste by team, type and cause, the smallest set that makes four fifths of it, and what could be won back."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.waste.bootstrap import LEAST_DAYS, find_intervals
from reports.waste.categories import CATEGORIES, Category, is_waste
from reports.waste.layout import NONE
from reports.waste.ledger import Ledger
from reports.waste.recoverable import find_recoverable
from reports.waste.spans import Flags, Wholes

Reals = NDArray[np.float64]

VITAL_SHARE = 0.8
KEYS = ("team", "type", "category", "detail")
SEED = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Causes:
    """Causes of waste, the largest first.

    Attributes
    ----------
    table
        One row a cause: `KEYS` as positions (`detail` is the code of time off task, else 0), `seconds`, `low`, `high`
        (the interval of the seconds), `recoverable_s` (NaN where nothing tells), `money` (NaN where no cost is known),
        `cumulative` (share of all waste up to this one), `is_vital`.
    amounts : (K, U) seconds by cause and unit of the bootstrap
    row_cause : (R,)
        The cause of each row of the ledger, -1 where it is no waste.
    over_agents
        Whether the units are days of single agents, for want of days.
    num_units
        Units of the bootstrap.
    unexplained : (U,)
    paid : (U,)
    """

    ledger: Ledger
    table: pd.DataFrame
    amounts: Reals
    row_cause: Wholes
    over_agents: bool
    num_units: int
    unexplained: Reals
    paid: Reals

    @property
    def waste_s(self) -> int:
        """All waste."""
        return int(self.table["seconds"].sum())

    @property
    def num_vital(self) -> int:
        """Causes in the smallest set that makes `VITAL_SHARE` of the waste."""
        return int(self.table["is_vital"].sum())

    @cached_property
    def share_interval(self) -> tuple[float, float]:
        """The interval of the share of paid time that is waste."""
        low, high = find_intervals(self.amounts.sum(axis=0, keepdims=True), seed=SEED)
        paid = self.ledger.total_paid_s
        return (float(low[0]) / paid, float(high[0]) / paid) if paid else (float("nan"), float("nan"))

    def interval_of(self, chosen: Flags) -> tuple[float, float]:
        """Return the interval of the seconds of some causes together."""
        low, high = find_intervals(self.amounts[chosen].sum(axis=0, keepdims=True), seed=SEED)
        return float(low[0]), float(high[0])

    def category_intervals(self) -> tuple[Reals, Reals]:
        """Return the ends of the intervals of the seconds of each category."""
        return find_intervals(_by_category(self.ledger, over_agents=self.over_agents), seed=SEED)


def find_causes(
    ledger: Ledger, *, cost_per_hour: float | None = None, types: tuple[str, ...] = (), only: Flags | None = None
) -> Causes:
    """Return the causes of waste.

    Parameters
    ----------
    cost_per_hour
        Of an agent whose own is not known.
    types
        Of these types alone, where there are any.
    only : (R,)
        Rows of the ledger to look at; all where None.
    """
    rows = ledger.rows
    category, detail = ledger.column("category"), ledger.column("detail")
    off_task = CATEGORIES.index(Category.OFF_TASK)
    own_detail = np.where(category == off_task, detail, 0)
    wasteful = np.array([[is_waste(name, code) for code in ledger.details] for name in CATEGORIES])
    is_counted = wasteful[category, detail] if len(rows) else np.zeros(0, dtype=bool)
    if only is not None:
        is_counted = is_counted & only
    if types:
        wanted = [position for position, name in enumerate(ledger.layout.type_ids) if name in types]
        is_counted = is_counted & np.isin(ledger.column("type"), wanted)
    at = np.flatnonzero(is_counted)
    keys = np.column_stack([ledger.column("team"), ledger.column("type"), category, own_detail])[at]
    found, position = np.unique(keys, axis=0, return_inverse=True) if len(at) else (keys, np.zeros(0, dtype=np.int64))
    position = np.asarray(position, dtype=np.int64).reshape(-1)
    seconds = ledger.column("seconds")[at]
    totals = np.bincount(position, weights=seconds, minlength=len(found)).astype(np.int64)
    order = np.lexsort((*found.T[::-1], -totals)) if len(found) else np.zeros(0, dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    row_cause = np.full(len(rows), NONE, dtype=np.int64)
    row_cause[at] = rank[position] if len(at) else position
    table = pd.DataFrame(found[order], columns=list(KEYS))
    table["seconds"] = totals[order]
    unit, num_units, over_agents = _units(ledger)
    amounts = np.zeros((len(table), num_units))
    np.add.at(amounts, (row_cause[at], unit[at]), seconds)
    table["low"], table["high"] = find_intervals(amounts, seed=SEED)
    table["recoverable_s"] = find_recoverable(ledger, table, row_cause)
    table["money"] = _cost(ledger, row_cause, len(table), cost_per_hour)
    reached = table["seconds"].cumsum() / max(int(totals.sum()), 1)
    table["cumulative"] = reached
    table["is_vital"] = (reached.shift(fill_value=0.0) < VITAL_SHARE).to_numpy(dtype=bool)
    unexplained = np.zeros(num_units)
    hidden = category == CATEGORIES.index(Category.UNEXPLAINED)
    np.add.at(unexplained, unit[hidden], ledger.column("seconds")[hidden])
    paid = np.zeros(num_units)
    np.add.at(paid, unit, ledger.column("seconds"))
    return Causes(
        ledger=ledger,
        table=table,
        amounts=amounts,
        row_cause=row_cause,
        over_agents=over_agents,
        num_units=num_units,
        unexplained=unexplained,
        paid=paid,
    )


def _units(ledger: Ledger) -> tuple[Wholes, int, bool]:
    """Return of each row the unit that the bootstrap draws, their number, and whether they are days of agents."""
    agent, day = ledger.column("agent"), ledger.column("day")
    is_paid = ledger.paid_s > 0
    if int(is_paid.any(axis=0).sum()) >= LEAST_DAYS:
        numbers = np.cumsum(is_paid.any(axis=0)) - 1
        return numbers[day], int(is_paid.any(axis=0).sum()), False
    cells = (np.cumsum(is_paid.ravel()) - 1).reshape(is_paid.shape)
    return cells[agent, day], int(is_paid.sum()), True


def _by_category(ledger: Ledger, *, over_agents: bool) -> Reals:
    is_paid = ledger.paid_s > 0
    by_unit = ledger.seconds[is_paid] if over_agents else ledger.seconds.sum(axis=0)[is_paid.any(axis=0)]
    return np.asarray(by_unit.T, dtype=np.float64)


def _cost(ledger: Ledger, row_cause: Wholes, num: int, cost_per_hour: float | None) -> Reals:
    """Return what each cause costs; NaN where the cost of somebody in it is not known."""
    own = ledger.history.agents.set_index("agent")["cost_per_hour"].reindex(list(ledger.layout.agent_ids))
    costs = own.fillna(np.nan if cost_per_hour is None else cost_per_hour).to_numpy(dtype=np.float64)
    at = np.flatnonzero(row_cause >= 0)
    spent = ledger.column("seconds")[at] / 3600 * costs[ledger.column("agent")[at]]
    return np.bincount(row_cause[at], weights=spent, minlength=num).astype(np.float64)
