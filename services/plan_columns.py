"""What the sheets of a plan show: the columns of each, their headings and formats."""

from dataclasses import dataclass

from reports import metrics
from reports.metrics import Metric


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """A column of a sheet: the frame's column, its heading, and how its cells are shown."""

    name: str
    heading: str
    format: str = "text"


def _column(name: str, heading: str, format: str = "text") -> SheetColumn:
    return SheetColumn(name=name, heading=heading, format=format)


_TASK = (
    _column("task", "task"),
    _column("title", "title"),
    _column("type_name", "type"),
    _column("team_name", "team"),
    _column("client", "client"),
    _column("case", "case"),
)
"""What says which task it is."""
ASSIGNMENTS: tuple[SheetColumn, ...] = (
    _column("agent", "agent"),
    _column("agent_name", "agent name"),
    _column("position", "position", "count"),
    _column("start", "start", "instant"),
    _column("end", "end", "instant"),
    *_TASK,
    _column("due", "due", "instant"),
    _column("weight", "weight", "number"),
    _column("handling_minutes", "handling minutes", "number"),
    _column("slack_minutes", "slack minutes", "number"),
    _column("outcome", "outcome"),
    _column("is_at_risk", "at risk", "flag"),
    _column("is_lent", "lent", "flag"),
    _column("is_pinned", "pinned", "flag"),
    _column("is_in_progress", "in progress", "flag"),
    _column("is_estimated", "minutes are estimated", "flag"),
)
UNSCHEDULED: tuple[SheetColumn, ...] = (
    *_TASK,
    _column("arrived", "arrived", "instant"),
    _column("due", "due", "instant"),
    _column("must_by", "must by", "instant"),
    _column("weight", "weight", "number"),
    _column("standard_minutes", "standard minutes", "number"),
    _column("is_estimated", "minutes are estimated", "flag"),
    _column("reason", "reason"),
    _column("detail", "why"),
)
LATE: tuple[SheetColumn, ...] = (
    *_TASK,
    _column("due", "due", "instant"),
    _column("end", "planned end", "instant"),
    _column("agent_name", "agent name"),
    _column("late_minutes", "minutes late", "number"),
    _column("weight", "weight", "number"),
    _column("was_overdue", "overdue before", "flag"),
)
AGENTS: tuple[SheetColumn, ...] = (
    _column("agent", "agent"),
    _column("name", "name"),
    _column("team_name", "home team"),
    _column("shift_start", "shift start", "instant"),
    _column("shift_end", "shift end", "instant"),
    _column("num_tasks", "tasks", "count"),
    _column("handling_hours", "handling hours", "number"),
    _column("setup_hours", "setup hours", "number"),
    _column("duty_hours", "hours on shift", "number"),
    _column("utilization", "utilization", "share"),
    _column("lent_hours", "lent hours", "number"),
    _column("num_moves", "moves", "count"),
    _column("num_late", "late", "count"),
)
TEAMS: tuple[SheetColumn, ...] = (
    _column("name", "team"),
    _column("num_agents", "people on duty", "count"),
    _column("num_due", "fall due", "count"),
    _column("num_on_time", "on time", "count"),
    _column("on_time_share", "on-time share", "share"),
    _column("num_late", "late", "count"),
    _column("num_overdue", "were overdue", "count"),
    _column("num_left", "left", "count"),
    _column("backlog_start_hours", "backlog hours now", "number"),
    _column("backlog_end_hours", "backlog hours at the end", "number"),
    _column("duty_hours", "hours on shift", "number"),
    _column("utilization", "utilization", "share"),
    _column("borrowed_hours", "borrowed hours", "number"),
    _column("lent_hours", "lent hours", "number"),
)
SWING: tuple[SheetColumn, ...] = (
    _column("team_name", "lent to"),
    _column("name", "name"),
    _column("home_name", "from"),
    _column("start", "start", "instant"),
    _column("end", "end", "instant"),
    _column("num_tasks", "tasks", "count"),
    _column("handling_hours", "handling hours", "number"),
)
MISSED: tuple[SheetColumn, ...] = (
    *_TASK,
    _column("must_by", "must by", "instant"),
    _column("end", "planned end", "instant"),
    _column("agent_name", "agent name"),
    _column("weight", "weight", "number"),
)
OWN_DAY: tuple[SheetColumn, ...] = (
    _column("start", "start", "instant"),
    _column("end", "end", "instant"),
    _column("title", "title"),
    _column("task", "task"),
    _column("type_name", "type"),
    _column("team_name", "team"),
    _column("client", "client"),
    _column("case", "case"),
    _column("due", "due", "instant"),
    _column("handling_minutes", "handling minutes", "number"),
    _column("remarks", "what to know"),
)
"""A person's own sheet."""


SUMMARY_ROWS: tuple[tuple[Metric | str, str, str], ...] = (
    ("Tasks", "num_tasks", "count"),
    ("People on duty", "num_agents", "count"),
    ("Fall due in the period", "num_due", "count"),
    (metrics.ON_TIME, "on_time_share", "share"),
    (metrics.LATE, "num_late", "count"),
    (metrics.AT_RISK, "num_at_risk", "count"),
    (metrics.OVERDUE, "num_overdue", "count"),
    ("Overdue at the start, and done", "num_overdue_done", "count"),
    ("Instants that must not pass, missed", "num_missed", "count"),
    (metrics.LEFT, "num_left", "count"),
    ("Backlog at the start", "backlog_start_hours", "number"),
    (metrics.BACKLOG, "backlog_end_hours", "number"),
    (metrics.OLDEST, "oldest_start_hours", "number"),
    ("Age of the oldest task that is left, at the end", "oldest_end_hours", "number"),
    (metrics.WAIT, "wait_hours", "number"),
    (metrics.TARDINESS, "tardiness_hours", "number"),
    ("Hours on shift, breaks aside", "duty_hours", "number"),
    (metrics.UTILIZATION, "utilization", "share"),
    (metrics.SWING_MOVES, "num_moves", "count"),
    (metrics.LENT_HOURS, "lent_hours", "number"),
    ("Total of the objective", "total", "number"),
    ("Proven lower bound", "lower_bound", "number"),
    (metrics.GAP, "gap", "share"),
)
