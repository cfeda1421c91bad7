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
