"""Cases and tasks: in and out as an office's frames, and what is open at an instant."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, or_, select, update

from models.formats.offices.office import ATTRIBUTES
from models.repositories.changes import TableChanges, owners, tally
from models.repositories.live.standing import lay_over, read_standing
from models.repositories.people import to_frame
from models.repositories.staging import Key, staged
from models.repositories.task_types import register_attributes
from models.tables.schema import table_of
from models.vocabulary import ClosedReason, TaskAgentRelation, TaskLink, TaskState

# Column of the table: column of the frame.
_COLUMNS = {
    "id": "id",
    "task_type_id": "type",
    "title": "title",
    "client_id": "client",
    "case_id": "case",
    "step": "step",
    "source": "source",
    "external_id": "external_id",
    "link": "link",
    "quantity": "quantity",
    "arrived_at": "arrived",
    "due_at": "due",
    "must_by": "must_by",
    "earliest_start": "earliest_start",
    "weight": "weight",
    "handling_minutes": "handling_minutes",
    "min_level": "min_level",
    "also_requires": "also_requires",
    "pinned_agent_id": "pinned_agent",
    "in_progress": "in_progress",
    "pended_until": "pended_until",
    "started_at": "started",
    "closed_at": "closed",
    "done_by_id": "done_by",
    "attributes": ATTRIBUTES,
}
_MOST_PARAMETERS = 5_000
_LINKS = {"after": TaskLink.AFTER, "separate_from": TaskLink.SEPARATE_FROM}
_RELATIONS = {"preferred_agents": TaskAgentRelation.PREFERRED, "excluded_agents": TaskAgentRelation.EXCLUDED}


def write_tasks(connection: Connection, frame: pd.DataFrame, *, source: str, batch_id: int | None) -> TableChanges:
    """Write tasks with what ties them to others and to agents; those that the frame does not name stay as they are.

    A task without an instant of closing is open, also one that was closed before: its source has it again.
    """
    _write_cases(connection, frame)
    columns = {name: frame[column].tolist() for name, column in _COLUMNS.items()}
    columns["also_requires"] = [demands or None for demands in columns["also_requires"]]
    is_open, is_closed, reason = TaskState.OPEN.value, TaskState.CLOSED.value, ClosedReason.COMPLETED.value
    columns["state"] = [is_open if at is None else is_closed for at in columns["closed_at"]]
    columns["closed_reason"] = [None if at is None else reason for at in columns["closed_at"]]
    tasks, links, relations = table_of("tasks"), table_of("task_links"), table_of("task_agents")
    with staged(connection, tasks, columns) as rows:
        rows.check_references(source, _COLUMNS, ignore=("case_id",))
        known = rows.known
        own = rows.upsert()
        linked = _replace(connection, links, "other_id", frame, _LINKS, rows.rows, known, source)
        related = _replace(connection, relations, "agent_id", frame, _RELATIONS, rows.rows, known, source)
    changes = tally(len(frame), own, linked, related)
    _mark_batch(connection, own.new | own.changed | linked | related, batch_id)
    register_attributes(connection, frame["type"].tolist(), frame[ATTRIBUTES].tolist(), source=source)
    return changes


def find_missing_tasks(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Return the tasks that are open now and not among `ids`."""
    tasks = table_of("tasks")
    with staged(connection, tasks, {"id": list(ids)}) as rows:
        return sorted(key[0] for key in rows.find_others(tasks.c.state == TaskState.OPEN.value))


def close_tasks(
    connection: Connection, ids: Sequence[str], *, at: int, reason: ClosedReason, batch_id: int | None
) -> int:
    """Close open tasks and return how many there were."""
    tasks = table_of("tasks")
    with staged(connection, tasks, {"id": list(ids)}) as rows:
        values = {"state": TaskState.CLOSED.value, "closed_at": at, "closed_reason": reason.value}
        if batch_id is not None:
            values["import_batch_id"] = batch_id
        result = connection.execute(
            update(tasks)
            .values(**values)
            .where(tasks.c.id.in_(select(rows.rows.c.id)), tasks.c.state == TaskState.OPEN.value)
        )
    return int(result.rowcount)


def read_tasks(connection: Connection, *, at: int, arrived_by: int) -> pd.DataFrame:
    """Return the tasks that were open at an instant as an office's frame, with those that they are tied to.

    What the desk has done by then is in it: whose hand a task is in, what waits, how far deadlines have moved.

    Parameters
    ----------
    at
        A task is open at it where it is not closed by then.
    arrived_by
        Tasks that arrive later are left out.
    """
    tasks, links, relations = table_of("tasks"), table_of("task_links"), table_of("task_agents")
    is_open = (tasks.c.arrived_at <= arrived_by) & or_(tasks.c.state == TaskState.OPEN.value, tasks.c.closed_at > at)
    columns = [tasks.c[name] for name in _COLUMNS]
    rows = list(connection.execute(select(*columns).where(is_open)).all())
    open_ids = {row.id for row in rows}

    def ties(table: Table, near: str) -> Sequence[Any]:
        return connection.execute(select(table).join(tasks, tasks.c.id == table.c[near]).where(is_open)).all()

    linked = ties(links, "task_id")
    # Four eyes hold whichever of the two tasks names the other.
    naming = [
        row
        for row in ties(links, "other_id")
        if row.kind == TaskLink.SEPARATE_FROM.value and row.task_id not in open_ids
    ]
    tied = sorted(({row.other_id for row in linked} | {row.task_id for row in naming}) - open_ids)
    for start in range(0, len(tied), _MOST_PARAMETERS):
        some = tied[start : start + _MOST_PARAMETERS]
        rows.extend(connection.execute(select(*columns).where(tasks.c.id.in_(some))).all())
    listed = lay_over(
        sorted(rows, key=lambda row: str(row.id)), list(_COLUMNS), read_standing(connection, at=at), at=at
    )
    frame = to_frame(listed, list(_COLUMNS.values()))
    related = [(row.task_id, row.kind, row.agent_id) for row in ties(relations, "task_id")]
    linked_to = [(row.task_id, row.kind, row.other_id) for row in (*linked, *naming)]
    for found, kinds in ((linked_to, _LINKS), (related, _RELATIONS)):
        by_task: dict[tuple[str, str], list[str]] = {}
        for task, kind, other in sorted(found):
            by_task.setdefault((task, kind), []).append(other)
        for column, relation in kinds.items():
            word = relation.value
            cells = [tuple(by_task.get((task, word), ())) for task in frame["id"]] if by_task else [()] * len(frame)
            frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    return frame


def _write_cases(connection: Connection, frame: pd.DataFrame) -> None:
    clients: dict[str, str | None] = {}
    for case, client in zip(frame["case"], frame["client"], strict=True):
        if case is not None and clients.get(case) is None:
            clients[case] = client
    if not clients:
        return
    cases = table_of("cases")
    with staged(connection, cases, {"id": list(clients), "client_id": list(clients.values())}) as rows:
        rows.check_references("", {"client_id": "client"})
        rows.insert_missing()
        connection.execute(
            update(cases)
            .values(client_id=rows.rows.c.client_id)
            .where(cases.c.id == rows.rows.c.id, cases.c.client_id.is_(None), rows.rows.c.client_id.is_not(None))
        )


def _replace(
    connection: Connection,
    table: Table,
    other: str,
    frame: pd.DataFrame,
    kinds: dict[str, TaskLink] | dict[str, TaskAgentRelation],
    tasks: Table,
    known: frozenset[Key],
    source: str,
) -> frozenset[Key]:
    """Write what ties the tasks of a frame; it is all that ties them. Return the known tasks for which that changed."""
    columns: dict[str, list[str]] = {"task_id": [], "kind": [], other: []}
    for column, kind in kinds.items():
        word = kind.value
        for task, many in zip(frame["id"].tolist(), frame[column].tolist(), strict=True):
            if many:
                others = dict.fromkeys(many)
                columns["task_id"] += [task] * len(others)
                columns["kind"] += [word] * len(others)
                columns[other] += others
    with staged(connection, table, columns) as rows:
        rows.check_references(source, {other: " or ".join(kinds)}, ignore=("task_id",))
        if not known:  # nothing can be tied to tasks that were not there
            rows.insert_missing()
            return frozenset()
        gone = rows.delete_others(table.c.task_id.in_(select(tasks.c.id)))
        new = rows.insert_missing()
    return frozenset((owners(gone, 0) | owners(new, 0)) & known)


def _mark_batch(connection: Connection, keys: Iterable[Key], batch_id: int | None) -> None:
    """Note in tasks by which import they came to be as they are."""
    ids = [key[0] for key in keys]
    if batch_id is None or not ids:
        return
    tasks = table_of("tasks")
    with staged(connection, tasks, {"id": ids}) as rows:
        connection.execute(update(tasks).values(import_batch_id=batch_id).where(tasks.c.id.in_(select(rows.rows.c.id))))
