"""The log of events in bulk, as frames: what reports on time read, without records for each."""

import pandas as pd
from sqlalchemy import Connection, select

from models.tables.schema import table_of
from models.vocabulary_live import EventKind

_EVENTS = table_of("events")
_CHOICES = table_of("choice_sets")
_SAYS_MORE = (EventKind.OFF_TASK_BEGAN, EventKind.SKIPPED, EventKind.RELEASED)


def read_event_frame(connection: Connection, *, until: int | None = None) -> pd.DataFrame:
    """Return events in the order in which they were applied.

    Columns: `kind`, `agent`, `task` (empty where there is none), `at` (epoch second: when it happened, but not after it
    was recorded), `code` (of time off task), `is_pushed` (a claim of the task that was handed out first),
    `goes_to_lead`.

    Parameters
    ----------
    until
        Events recorded before this epoch second; all where None.
    """
    columns = _EVENTS.c
    asked = select(
        columns.id, columns.kind, columns.agent_id, columns.task_id, columns.occurred_at, columns.recorded_at
    )
    more = select(columns.id, columns.details).where(columns.kind.in_([kind.value for kind in _SAYS_MORE]))
    if until is not None:
        asked, more = asked.where(columns.recorded_at < until), more.where(columns.recorded_at < until)
    rows = connection.execute(asked.order_by(columns.id)).all()
    details = {number: said or {} for number, said in connection.execute(more)}
    pushed = {
        number
        for number, task, shown in connection.execute(select(_CHOICES.c.event_id, _CHOICES.c.task_id, _CHOICES.c.shown))
        if shown and shown.get("primary") == task
    }
    nothing: dict[str, object] = {}
    said = [details.get(row[0], nothing) for row in rows]
    return pd.DataFrame(
        {
            "kind": [row[1] for row in rows],
            "agent": [row[2] or "" for row in rows],
            "task": [row[3] or "" for row in rows],
            "at": [min(row[4], row[5]) for row in rows],
            "code": [str(item.get("code") or "") for item in said],
            "is_pushed": [row[0] in pushed for row in rows],
            "goes_to_lead": [bool(item.get("to_lead") or item.get("lead_reason")) for item in said],
        },
        dtype=object,
    )
