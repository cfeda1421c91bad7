"""The ledger: rows of paid time, each in one category; per agent and day they sum to paid time to the second."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from reports.waste.categories import CATEGORIES, Category
from reports.waste.free_time import DETAILS, FreeTime, explain_free_time
from reports.waste.history import WorkHistory
from reports.waste.layout import HANDLING, INTERRUPTED, LOST, NONE, OFF_TASK, REWORK, SETUP, Layout, lay_out
from reports.waste.over_handling import OverHandling, find_over_handling
from reports.waste.queues import read_queues
from reports.waste.spans import Flags, Wholes
from reports.waste.sweep import Swept, sweep

_CATEGORY_OF = {
    OFF_TASK: CATEGORIES.index(Category.OFF_TASK),
    LOST: CATEGORIES.index(Category.LOST_HANDLING),
    REWORK: CATEGORIES.index(Category.REWORK),
    HANDLING: CATEGORIES.index(Category.VALUE),
    INTERRUPTED: CATEGORIES.index(Category.INTERRUPTED),
    SETUP: CATEGORIES.index(Category.SETUP),
}
_OVER = CATEGORIES.index(Category.OVER_HANDLING)
ROWS = ("agent", "day", "start", "end", "seconds", "category", "detail", "task", "type", "team")


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """Where paid time went.

    Attributes
    ----------
    rows
        `ROWS`, as positions (`layout`, `CATEGORIES`, `details`): the evidence of every figure, in order of agent and
        time. `seconds` are fewer than from `start` to `end` where something else had part of that time. `team` is the
        one that owns the type of work done, else the home team of the agent; -1 stands where there is none.
    seconds : (A, D, C)
        By agent, day and category.
    paid_s : (A, D)
    outside_s : (A, D)
        Work outside paid time; in no category.
    details
        What positions in `detail` stand for.
    """

    history: WorkHistory
    layout: Layout
    rows: pd.DataFrame
    seconds: Wholes
    paid_s: Wholes
    outside_s: Wholes
    details: tuple[str, ...]
    free: FreeTime
    over_handling: OverHandling

    def column(self, name: str) -> Wholes:
        """Return a column of the rows."""
        return self.rows[name].to_numpy(dtype=np.int64)

    @cached_property
    def totals(self) -> Wholes:
        """Seconds by category."""
        return np.asarray(self.seconds.sum(axis=(0, 1)), dtype=np.int64)

    @property
    def total_paid_s(self) -> int:
        """All paid seconds."""
        return int(self.paid_s.sum())

    def is_of(self, category: Category, detail: str | None = None) -> Flags:
        """Return which rows are of a category, and of a detail."""
        chosen = self.column("category") == CATEGORIES.index(category)
        if detail is not None:
            chosen &= self.column("detail") == (self.details.index(detail) if detail in self.details else NONE)
        return np.asarray(chosen)


def keep_ledger(history: WorkHistory) -> Ledger:
    """Return where paid time went, by agent, day and category."""
    layout = lay_out(history)
    swept = sweep(layout)
    queues = read_queues(layout, history.waiting) if history.has_queue else None
    free = explain_free_time(layout, swept, queues)
    over = find_over_handling(layout, swept)
    details = tuple(dict.fromkeys((*DETAILS, *layout.codes)))
    rows = _list_rows(layout, swept, free, over, details)
    shape = (len(layout.agent_ids), layout.num_days, len(CATEGORIES))
    places = np.ravel_multi_index(
        (rows["agent"].to_numpy(), rows["day"].to_numpy(), rows["category"].to_numpy()), shape
    ) if len(rows) else np.zeros(0, dtype=np.int64)  # fmt: skip
    seconds = _sum_by(places, rows["seconds"].to_numpy(dtype=np.int64), int(np.prod(shape))).reshape(shape)
    cells = shape[0] * shape[1]
    paid_day = layout.paid_agent * shape[1] + layout.day_of(layout.paid_start)
    outside = np.flatnonzero(~swept.is_paid & np.isin(layout.kind[swept.stretch], (LOST, REWORK, HANDLING)))
    outside_day = layout.agent[swept.stretch[outside]] * shape[1] + swept.day[outside]
    return Ledger(
        history=history,
        layout=layout,
        rows=rows,
        seconds=seconds,
        paid_s=_sum_by(paid_day, layout.paid_end - layout.paid_start, cells).reshape(shape[:2]),
        outside_s=_sum_by(outside_day, swept.seconds[outside], cells).reshape(shape[:2]),
        details=details,
        free=free,
        over_handling=over,
    )


def _list_rows(
    layout: Layout, swept: Swept, free: FreeTime, over: OverHandling, details: tuple[str, ...]
) -> pd.DataFrame:
    paid = np.flatnonzero(swept.is_paid)
    stretch = swept.stretch[paid]
    kind = layout.kind[stretch]
    agent, task = layout.agent[stretch], layout.task[stretch]
    home = layout.agent_team
    of_type = np.where(task >= 0, layout.task_type[task] if len(layout.task_type) else NONE, NONE)
    owner = np.where(of_type >= 0, layout.type_team[of_type] if len(layout.type_team) else NONE, home[agent])
    of_kind = np.array([_CATEGORY_OF.get(n, NONE) for n in range(SETUP + 1)])
    code_of = np.array([details.index(code) for code in layout.codes] or [0])
    code = layout.code[stretch]
    over_s = over.seconds[paid]
    seconds, start, end = swept.seconds[paid], swept.start[paid], swept.end[paid]
    # What is over is the end of a row; of one that shares its time with others it cannot be told which seconds.
    is_whole = seconds == end - start
    worked = {
        "agent": agent,
        "day": swept.day[paid],
        "start": start,
        "end": np.where(is_whole, end - over_s, end),
        "seconds": seconds - over_s,
        "category": of_kind[kind],
        "detail": np.where(code >= 0, code_of[code], 0),
        "task": task,
        "type": of_type,
        "team": np.where(kind == OFF_TASK, home[agent], owner),
    }
    beyond = np.flatnonzero(over_s > 0)
    overs = {name: column[beyond] for name, column in worked.items()} | {
        "start": np.where(is_whole, end - over_s, start)[beyond],
        "end": end[beyond],
        "seconds": over_s[beyond],
        "category": np.full(len(beyond), _OVER),
    }
    idle = {
        "agent": free.agent,
        "day": layout.day_of(free.start),
        "start": free.start,
        "end": free.end,
        "seconds": free.end - free.start,
        "category": free.category,
        "detail": free.detail,
        "task": free.task,
        "type": free.type,
        "team": home[free.agent] if len(free.agent) else free.agent,
    }
    columns = {name: np.concatenate([worked[name], overs[name], idle[name]]).astype(np.int64) for name in ROWS}
    is_kept = np.flatnonzero(columns["seconds"] > 0)
    keys = [columns[name][is_kept] for name in ("task", "category", "end", "start", "agent")]
    order = is_kept[np.lexsort(keys)]
    return pd.DataFrame({name: column[order] for name, column in columns.items()})


def _sum_by(place: Wholes, seconds: Wholes, num: int) -> Wholes:
    """Return sums of whole seconds, exactly (below 2**53 of them)."""
    return np.bincount(place, weights=seconds, minlength=num).astype(np.int64)
