"""Bulk writing: rows go into a temporary table first, and the database finds what is new, changed and gone.

A hundred thousand rows are compared with what is stored in a few statements, so that the same rows written twice
change nothing, and what changed is known by its key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    and_,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable
from sqlalchemy.sql.expression import ColumnElement

from models.errors import ConflictError, Fault, InputError, shown

Key = tuple[Any, ...]
_MOST_FAULTS = 1000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What writing rows changed in a table, by the keys of the rows."""

    new: frozenset[Key] = field(default_factory=frozenset)
    changed: frozenset[Key] = field(default_factory=frozenset)
    gone: frozenset[Key] = field(default_factory=frozenset)

    @property
    def touched(self) -> frozenset[Key]:
        """All keys whose row is not as it was."""
        return self.new | self.changed | self.gone


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Rows in a temporary table, ready to be compared with those of `target`.

    Attributes
    ----------
    rows
        The temporary table; it has those columns of the target that were given.
    keys
        The rows' keys.
    """

    connection: Connection
    target: Table
    rows: Table
    keys: frozenset[Key]

    def check_references(self, source: str, labels: Mapping[str, str], *, ignore: Sequence[str] = ()) -> None:
        """Refuse rows that refer to what is not in the database.

        Parameters
        ----------
        source
            What the rows came from, for messages.
        labels
            What the user calls the columns that refer to something.
        ignore
            Columns whose references the caller knows to be right.

        Raises
        ------
        InputError
            With the rows and what they refer to.
        """
        faults: list[Fault] = []
        for constraint in self.target.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and len(constraint.columns) == 1:
                column = next(iter(constraint.columns))
                if column.name in self.rows.c and column.name not in ignore:
                    faults.extend(self._dangling(column, source, labels.get(column.name, column.name)))
        if faults:
            raise InputError(faults)

    def upsert(self) -> Difference:
        """Insert the rows that are not there, update those that differ, leave the others alone."""
        table, rows = self.target, self.rows
        new = self.insert_missing().new
        rest = [column.name for column in rows.c if column.name not in table.primary_key.columns]
        if not rest or not self.known:
            return Difference(new=new)
        differs = or_(*(table.c[name].is_distinct_from(rows.c[name]) for name in rest))
        result = self.connection.execute(
            update(table)
            .values({table.c[name]: rows.c[name] for name in rest})
            .where(self._same_key(), differs)
            .returning(*table.primary_key.columns)
        )
        return Difference(new=new, changed=frozenset(map(tuple, result.all())))

    def insert_missing(self) -> Difference:
        """Insert the rows that are not there; leave those that are."""
        new = self.keys - self.known
        if new:
            missing = select(*self.rows.c)
            if self.known:
                missing = missing.where(~self._is_stored())
            self.connection.execute(insert(self.target).from_select([column.name for column in self.rows.c], missing))
        return Difference(new=new)

    def delete_others(self, condition: ColumnElement[bool]) -> Difference:
        """Delete the stored rows under a condition that are not among these rows."""
        result = self.connection.execute(
            self.target.delete().where(condition, ~self._is_staged()).returning(*self.target.primary_key.columns)
        )
        return Difference(gone=frozenset(map(tuple, result.all())))

    @cached_property
    def known(self) -> frozenset[Key]:
        """Keys of those rows that are stored already, when this is first asked."""
        found = self.connection.execute(
            select(*(self.rows.c[column.name] for column in self.target.primary_key.columns)).where(self._is_stored())
        )
        return frozenset(map(tuple, found.all()))

    def find_others(self, condition: ColumnElement[bool]) -> list[Key]:
        """Return the keys of the stored rows under a condition that are not among these rows."""
        found = self.connection.execute(select(*self.target.primary_key.columns).where(condition, ~self._is_staged()))
        return list(map(tuple, found.all()))

    def _is_staged(self) -> ColumnElement[bool]:
        return select(1).select_from(self.rows).where(self._same_key()).exists()

    def _is_stored(self) -> ColumnElement[bool]:
        return select(1).select_from(self.target).where(self._same_key()).exists()

    def _same_key(self) -> ColumnElement[bool]:
        return and_(*(self.rows.c[column.name] == column for column in self.target.primary_key.columns))

    def _dangling(self, column: Column[Any], source: str, label: str) -> Iterator[Fault]:
        referred = next(iter(column.foreign_keys)).column
        staged = self.rows.c[column.name]
        keys = [self.rows.c[name] for name in (item.name for item in self.target.primary_key.columns)]
        known = select(1).select_from(referred.table).where(referred == staged).exists()
        query = select(staged, *keys).where(staged.is_not(None), ~known).order_by(*keys).limit(_MOST_FAULTS)
        for value, *key in self.connection.execute(query):
            yield Fault(
                file=source,
                record=f"{self.target.name} ({', '.join(shown(part) for part in key)})",
                field=label,
                value=shown(value),
                expected=f"the id of one of the {referred.table.name.replace('_', ' ')}",
            )


@contextmanager
def staged(connection: Connection, target: Table, columns: Mapping[str, Sequence[Any]]) -> Iterator[Staged]:
    """Put rows, given by columns of the target's names, into a temporary table, and drop it at the end."""
    rows = _temporary_table(target, tuple(columns))
    connection.execute(CreateTable(rows))
    num_rows = fill(connection, rows, columns)
    # After the rows are there: one sort is faster than as many insertions into a tree.
    for index in rows.indexes:
        connection.execute(CreateIndex(index))
    if connection.dialect.name == "postgresql" and num_rows > 1000:
        connection.exec_driver_sql(f'ANALYZE "{rows.name}"')
    yield Staged(
        connection=connection,
        target=target,
        rows=rows,
        keys=frozenset(zip(*(columns[column.name] for column in target.primary_key.columns), strict=True)),
    )
    # Not after an exception: that ends the transaction, which takes the table along.
    connection.execute(DropTable(rows))


def fill(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> int:
    """Insert rows, given by columns, by the fastest way that the database has, and return how many.

    Raises
    ------
    InputError
        If a text cannot be stored (PostgreSQL takes no NUL character).
    ConflictError
        If the table's constraints refuse the rows: what they refer to is not there, or they are there already.
    """
    num_rows = len(next(iter(columns.values()), ()))
    if not num_rows:
        return 0
    # A column that holds nothing need not be sent: in many an import that is every other one.
    filled = {name: cells for name, cells in columns.items() if cells.count(None) < num_rows}
    prepared = [_prepared(connection, table.c[name], cells) for name, cells in filled.items()]
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in filled)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                for row in zip(*prepared, strict=True):
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in filled)
            cursor.executemany(
                f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                zip(*prepared, strict=True),
            )
    except connection.dialect.loaded_dbapi.DataError as error:
        raise InputError.of(table.name, f"texts that the database can store: {error}") from error
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise ConflictError(
            f"{table.name}: the database refuses the rows: {str(error).partition(chr(10))[0]}"
        ) from error
    finally:
        cursor.close()
    return num_rows


@lru_cache(maxsize=256)
def _temporary_table(target: Table, names: tuple[str, ...]) -> Table:
    """Return a temporary table with some columns of another. The same one each time, so that queries stay compiled."""
    rows = Table(
        f"staged_{target.name}",
        MetaData(),
        *(Column(name, target.c[name].type) for name in names),
        prefixes=["TEMPORARY"],
    )
    Index(f"staged_{target.name}_key", *(rows.c[column.name] for column in target.primary_key.columns))
    return rows


def _prepared(connection: Connection, column: Column[Any], cells: Sequence[Any]) -> Sequence[Any]:
    """Return cells as the driver takes them."""
    dialect = connection.dialect
    process: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return cells
    return [None if cell is None else process(cell) for cell in cells]
