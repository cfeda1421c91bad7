"""Clients, teams, skills and agents: in and out as an office's frames."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Result, and_, select

from models.formats.offices.office import frame_of
from models.repositories.changes import TableChanges, owners, replace_rows, tally, write_rows
from models.repositories.staging import Staged
from models.tables.columns import EARLIEST, LATEST
from models.tables.schema import table_of

_AGENT_LABELS = {"team_id": "team", "agent_id": "agent", "skill_id": "skill", "client_id": "clients"}


def write_named(connection: Connection, table: str, frame: pd.DataFrame, *, source: str) -> TableChanges:
    """Write clients, teams or skills; those that the frame does not name stay."""
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    return tally(len(frame), write_rows(connection, table, columns, source=source))


def write_agents(connection: Connection, frame: pd.DataFrame, *, source: str) -> TableChanges:
    """Write agents; the teams they may be lent to and the clients they are cleared for are those of the frame."""
    columns = {
        "id": frame["id"].tolist(),
        "name": frame["name"].tolist(),
        "team_id": frame["team"].tolist(),
        "max_moves": frame["max_moves"].tolist(),
        "min_stay_minutes": frame["min_stay_minutes"].tolist(),
        "valid_from": always_from(frame["valid_from"]),
        "valid_to": always_to(frame["valid_to"]),
    }
    own = write_rows(connection, "agents", columns, source=source, labels=_AGENT_LABELS)
    lent = _write_members(connection, "agent_swing_teams", "team_id", frame, "swing_teams", source)
    cleared = _write_members(connection, "agent_clearances", "client_id", frame, "clients", source)
    return tally(len(frame), own, lent, cleared)


def write_agent_skills(connection: Connection, frame: pd.DataFrame, *, source: str, adds: bool = False) -> TableChanges:
    """Write skills of agents. For each agent it names, the frame holds all that is valid without an end.

    What has an end and is not in the frame stays: it is history. With `adds` everything stays.
    """
    columns = {
        "agent_id": frame["agent"].tolist(),
        "skill_id": frame["skill"].tolist(),
        "valid_from": always_from(frame["valid_from"]),
        "valid_to": always_to(frame["valid_to"]),
        "level": frame["level"].tolist(),
        "speed": frame["speed"].tolist(),
    }
    table = table_of("agent_skills")

    def is_replaced(rows: Staged) -> Any:
        return and_(table.c.agent_id.in_(select(rows.rows.c.agent_id)), table.c.valid_to == LATEST)

    written = replace_rows(
        connection,
        "agent_skills",
        columns,
        source=source,
        is_replaced=None if adds else is_replaced,
        labels=_AGENT_LABELS,
    )
    return tally(len(frame), written)


def read_named(connection: Connection, table: str) -> pd.DataFrame:
    """Return clients, teams or skills as an office's frame."""
    rows = table_of(table)
    return to_frame(connection.execute(select(rows).order_by(rows.c.id)), list(rows.c.keys()))


def read_agents(connection: Connection) -> pd.DataFrame:
    """Return all agents as an office's frame, whenever they were valid."""
    table = table_of("agents")
    found = connection.execute(
        select(
            table.c.id,
            table.c.name,
            table.c.team_id,
            table.c.max_moves,
            table.c.min_stay_minutes,
            table.c.valid_from,
            table.c.valid_to,
        ).order_by(table.c.id)
    )
    names = ["id", "name", "team", "max_moves", "min_stay_minutes", "valid_from", "valid_to"]
    frame = without_always(to_frame(found, names))
    for column, members, member in (
        ("swing_teams", "agent_swing_teams", "team_id"),
        ("clients", "agent_clearances", "client_id"),
    ):
        by_agent = _members(connection, members, member)
        frame[column] = pd.Series([by_agent.get(name, ()) for name in frame["id"]], index=frame.index, dtype=object)
    return frame


def read_agent_skills(connection: Connection, *, first: date, last: date) -> pd.DataFrame:
    """Return what agents can do on some day from `first` to `last` as an office's frame."""
    table = table_of("agent_skills")
    found = connection.execute(
        select(table.c.agent_id, table.c.skill_id, table.c.level, table.c.speed, table.c.valid_from, table.c.valid_to)
        .where(table.c.valid_from <= last, table.c.valid_to >= first)
        .order_by(table.c.agent_id, table.c.skill_id, table.c.valid_from)
    )
    return without_always(to_frame(found, ["agent", "skill", "level", "speed", "valid_from", "valid_to"]))


def always_from(days: Iterable[date | None]) -> list[date]:
    """Return first days of validity, with the day that means always where there is none."""
    return [EARLIEST if day is None else day for day in days]


def always_to(days: Iterable[date | None]) -> list[date]:
    """Return last days of validity, with the day that means for good where there is none."""
    return [LATEST if day is None else day for day in days]


def without_always(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose days of validity are None where they mean always."""
    for name, none in (("valid_from", EARLIEST), ("valid_to", LATEST)):
        if name in frame.columns:
            days = [None if day == none else day for day in frame[name]]
            frame[name] = pd.Series(days, index=frame.index, dtype=object)
    return frame


def to_frame(found: Result[Any] | Sequence[Any], names: list[str]) -> pd.DataFrame:
    """Return the rows of a query as a frame of plain Python values."""
    listed = found.all() if isinstance(found, Result) else found
    cells = zip(*listed, strict=True) if listed else ([] for _ in names)
    return frame_of({name: list(column) for name, column in zip(names, cells, strict=True)}, num_rows=len(listed))


def _write_members(
    connection: Connection, table_name: str, member: str, frame: pd.DataFrame, column: str, source: str
) -> set[tuple[Any, ...]]:
    pairs = sorted({(agent, one) for agent, many in zip(frame["id"], frame[column], strict=True) for one in many})
    columns = {"agent_id": [agent for agent, _ in pairs], member: [one for _, one in pairs]}
    table, agents = table_of(table_name), frame["id"].tolist()
    written = replace_rows(
        connection,
        table_name,
        columns,
        source=source,
        is_replaced=lambda _: table.c.agent_id.in_(agents),
        labels=_AGENT_LABELS,
    )
    return owners(written, 0)


def _members(connection: Connection, table_name: str, member: str) -> dict[str, tuple[str, ...]]:
    table = table_of(table_name)
    found: dict[str, list[str]] = {}
    for agent, one in connection.execute(
        select(table.c.agent_id, table.c[member]).order_by(table.c.agent_id, table.c[member])
    ):
        found.setdefault(agent, []).append(one)
    return {agent: tuple(many) for agent, many in found.items()}
