"""Writing an office's tables by what they own: rows of their own, and rows that belong to them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.expression import ColumnElement

from models.repositories.staging import Difference, Key, Staged, staged
from models.tables.schema import table_of


@dataclass(frozen=True, kw_only=True)
class TableChanges:
    """What writing a table of an office changed, in rows of that table.

    Attributes
    ----------
    new, changed, unchanged
        Of the rows written.
    gone
        Stored rows that are no longer there or no longer open.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0


def write_rows(
    connection: Connection,
    table: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    source: str,
    labels: Mapping[str, str] | None = None,
) -> Difference:
    """Insert and update rows, given by columns, after checking what they refer to.

    Raises
    ------
    InputError
        If a row refers to what is not there.
    """
    with staged(connection, table_of(table), columns) as rows:
        rows.check_references(source, labels or {})
        return rows.upsert()


def replace_rows(
    connection: Connection,
    table: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    source: str,
    is_replaced: Callable[[Staged], ColumnElement[bool]] | None,
    labels: Mapping[str, str] | None = None,
) -> Difference:
    """Insert and update rows, and delete the stored ones that are not among them under a condition, if there is one.

    Raises
    ------
    InputError
        If a row refers to what is not there.
    """
    with staged(connection, table_of(table), columns) as rows:
        rows.check_references(source, labels or {})
        gone = frozenset() if is_replaced is None else rows.delete_others(is_replaced(rows)).gone
        written = rows.upsert()
    return Difference(new=written.new, changed=written.changed, gone=gone)


def ensure_ids(connection: Connection, table: str, ids: Iterable[str | None], **defaults: Any) -> None:
    """Insert ids that are not there yet, with nothing known of them."""
    wanted = sorted({name for name in ids if name is not None})
    if not wanted:
        return
    columns = {"id": wanted, **{name: [value] * len(wanted) for name, value in defaults.items()}}
    with staged(connection, table_of(table), columns) as rows:
        rows.insert_missing()


def tally(num_rows: int, own: Difference, *owned: Iterable[Key]) -> TableChanges:
    """Count the rows written; one whose owned rows changed is changed itself.

    Parameters
    ----------
    owned
        Keys of the table whose owned rows were touched.
    """
    touched = set(own.changed).union(*owned) - own.new - own.gone
    return TableChanges(
        new=len(own.new),
        changed=len(touched),
        unchanged=num_rows - len(own.new) - len(touched),
        gone=len(own.gone),
    )


def owners(difference: Difference, *positions: int) -> set[Key]:
    """Return the keys of the owners of touched rows: the parts of the key at `positions`."""
    return {tuple(key[position] for position in positions) for key in difference.touched}
