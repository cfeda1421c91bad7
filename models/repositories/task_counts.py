"""What is known of all tasks at once; apart from their frames, for a process that only counts loads no pandas."""

from sqlalchemy import Connection, and_, func, select

from models.tables.schema import table_of
from models.vocabulary import ClosedReason, TaskState


def count_open_tasks(connection: Connection) -> int:
    """Return the number of tasks that are open now."""
    tasks = table_of("tasks")
    found = connection.execute(select(func.count()).select_from(tasks).where(tasks.c.state == TaskState.OPEN.value))
    return int(found.scalar_one())


def find_last_event(connection: Connection, *, now: int) -> tuple[int | None, int | None]:
    """Return when a task was last completed and when one last came in, up to now; None where none was."""
    tasks = table_of("tasks")
    is_completed = and_(tasks.c.closed_reason == ClosedReason.COMPLETED.value, tasks.c.closed_at <= now)
    closed = connection.execute(select(func.max(tasks.c.closed_at)).where(is_completed)).scalar()
    arrived = connection.execute(select(func.max(tasks.c.arrived_at)).where(tasks.c.arrived_at <= now)).scalar()
    return (None if closed is None else int(closed)), (None if arrived is None else int(arrived))


def find_span(connection: Connection, *, now: int) -> tuple[int, int, bool] | None:
    """Return when a task was first and last completed, up to now, or came in where none was; and whether it was.

    None where none has come in.
    """
    tasks = table_of("tasks")
    is_completed = tasks.c.closed_reason == ClosedReason.COMPLETED.value
    for instant, conditions in ((tasks.c.closed_at, (is_completed,)), (tasks.c.arrived_at, ())):
        query = (
            select(instant).where(instant <= now, *conditions).limit(1)
        )  # each end by the index, not by a look at all
        first = connection.execute(query.order_by(instant)).scalar()
        if first is not None:
            last = connection.execute(query.order_by(instant.desc())).scalar_one()
            return int(first), int(last), instant is tasks.c.closed_at
    return None
