"""Everything that a database holds, out and in: what a backup is made of, and put back by.

What goes out is described by the tables of the code. What comes in is described by the backup: it may be of older
tables, which are brought up to date once their rows are in.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from models.errors import InputError
from models.formats.backups.manifest import Kind, TableShape
from models.repositories.staging import fill
from models.tables.columns import Instant, Json
from models.tables.schema import METADATA, table_of
from models.vocabulary_jobs import JobKind

NOT_KEPT = frozenset({"lineage", "duty_leases"})
"""Tables that tell of this database and who serves it, not of what it holds."""
_ROWS_AT_ONCE = 2000
_BLOBS_AT_ONCE = 10
_BYTES_AT_ONCE = 8 * 1024**2
_KINDS: Sequence[tuple[type[TypeEngine[Any]], Kind]] = (
    (Boolean, Kind.BOOLEAN),
    (Integer, Kind.INTEGER),
    (Float, Kind.REAL),
    (String, Kind.TEXT),
    (Date, Kind.DATE),
    (Time, Kind.TIME),
    (LargeBinary, Kind.BYTES),
    (JSON, Kind.JSON),
)
_TYPES: dict[Kind, Any] = {
    Kind.TEXT: String(),
    Kind.INTEGER: BigInteger(),
    Kind.REAL: Float(),
    Kind.BOOLEAN: Boolean(),
    Kind.DATE: Date(),
    Kind.TIME: Time(),
    Kind.INSTANT: Instant(),
    Kind.BYTES: LargeBinary(),
    Kind.JSON: Json,
}


def describe_tables() -> list[TableShape]:
    """Return the tables that a backup holds, in an order in which none refers to a later one."""
    return [
        TableShape(name=table.name, columns={column.name: _kind(column) for column in table.columns})
        for table in METADATA.sorted_tables
        if table.name not in NOT_KEPT
    ]


def stream_rows(connection: Connection, shape: TableShape) -> Generator[Sequence[Any], None, None]:
    """Return a table's rows in the order of their keys, read a few at a time; what can be made again is left out."""
    table = table_of(shape.name)
    at_once = _BLOBS_AT_ONCE if Kind.BYTES in shape.columns.values() else _ROWS_AT_ONCE
    query = select(*(table.c[name] for name in shape.columns)).order_by(*table.primary_key.columns)
    if shape.name == "job_results":
        jobs = table_of("jobs")
        query = query.where(table.c.job_id.not_in(select(jobs.c.id).where(jobs.c.kind == JobKind.WORKBOOK.value)))
    with connection.execution_options(yield_per=at_once).execute(query) as rows:
        yield from rows


def find_rows(connection: Connection) -> str | None:
    """Return the name of a table of ours that holds rows; None where there is nothing."""
    for name in sorted(set(inspect(connection).get_table_names()) & set(METADATA.tables) - NOT_KEPT):
        if connection.exec_driver_sql(f"SELECT 1 FROM {_quoted(connection, name)} LIMIT 1").first():  # noqa: S608
            return name
    return None


def empty_tables(connection: Connection) -> None:
    """Delete all rows of ours; on PostgreSQL, wait for whoever is at work on them, and let nobody begin."""
    present = set(inspect(connection).get_table_names())
    names = [table.name for table in reversed(METADATA.sorted_tables) if table.name in present]
    if not names:
        return
    if connection.dialect.name == "postgresql":
        listed = ", ".join(_quoted(connection, name) for name in names)
        connection.exec_driver_sql(f"TRUNCATE {listed} RESTART IDENTITY")
        return
    for name in names:
        connection.exec_driver_sql(f"DELETE FROM {_quoted(connection, name)}")  # noqa: S608 - our own names
    if "sqlite_sequence" in {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")


def check_shapes(connection: Connection, shapes: Iterable[TableShape], *, source: str) -> None:
    """Check that a database has the tables and columns of a backup.

    Raises
    ------
    InputError
        If it lacks one.
    """
    inspector = inspect(connection)
    present = set(inspector.get_table_names()) & set(METADATA.tables)
    for shape in shapes:
        if shape.name not in present or shape.name in NOT_KEPT:
            raise InputError.of(source, "a table of that revision", record=shape.name)
        columns = {column["name"] for column in inspector.get_columns(shape.name)}
        if unknown := sorted(set(shape.columns) - columns):
            raise InputError.of(source, "a column of that revision", record=shape.name, field=unknown[0])


def put_rows(connection: Connection, shape: TableShape, rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows of a table as they are, some at a time, and return how many.

    Raises
    ------
    ConflictError
        If the database refuses them.
    """
    table = Table(shape.name, MetaData(), *(Column(name, _TYPES[kind]) for name, kind in shape.columns.items()))
    names, num_rows = list(shape.columns), 0
    for batch in _batches(rows):
        columns = dict(zip(names, zip(*batch, strict=True), strict=True))
        num_rows += fill(connection, table, columns)
    return num_rows


def set_counters(connection: Connection) -> None:
    """Have the database go on counting after the highest number of each table that it numbers itself."""
    if connection.dialect.name != "postgresql":
        return  # SQLite looks at the rows, and notes the highest as they come in
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": _quoted(connection, table.name), "column": column.name},
        ).scalar()
        if sequence is not None:
            highest = connection.execute(select(func.max(column))).scalar()
            connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :value, :is_taken)"),
                {"name": sequence, "value": highest or 1, "is_taken": highest is not None},
            )


def _kind(column: Column[Any]) -> Kind:
    if isinstance(column.type, Instant):
        return Kind.INSTANT
    inner = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return next(kind for base, kind in _KINDS if isinstance(inner, base))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    batch: list[Sequence[Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(batch) >= _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
