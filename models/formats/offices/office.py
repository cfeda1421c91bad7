"""An office as parsed tables: the one form in which imports, logs, the demo and the database meet the planner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from models.formats.offices.tables import TABLES_BY_NAME, Kind, Table

ATTRIBUTES = "attributes"
_WHOLE = frozenset({Kind.INTEGER, Kind.INSTANT, Kind.DUE})


@dataclass(frozen=True, kw_only=True, eq=False)
class Office:
    """The tables of an office, parsed and checked.

    Frames are completed on construction (`complete_frame`), so a producer may leave out columns and may pass any
    dtype that holds the right values.

    Attributes
    ----------
    tables
        Frame of each table of `models.formats.offices.tables.TABLES` that is there, by its name. A frame has every
        column of its table, in that order, of dtype object: cells are the plain Python values that `Kind` says, the
        column's default where empty, None where it has no default. The tasks frame has a column `attributes` besides, a
        dict a row.
    source
        Where it came from, for messages and the record of the import.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        completed = {name: complete_frame(TABLES_BY_NAME[name], frame) for name, frame in self.tables.items()}
        object.__setattr__(self, "tables", MappingProxyType(completed))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table's frame; raises KeyError where it is not there."""
        return self.tables[name]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a table's rows as dicts of plain Python values; none where the table is not there."""
        frame = self.tables.get(name)
        return [] if frame is None else frame_rows(frame)


def frame_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a completed frame as dicts of plain Python values."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def complete_frame(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with every column of its table, in order, of plain Python values with the defaults filled in.

    Raises
    ------
    ValueError
        If the frame has a column that the table does not know.
    """
    known = [column.name for column in table.columns] + ([ATTRIBUTES] if table.takes_attributes else [])
    unknown = [name for name in frame.columns if name not in known]
    if unknown:
        raise ValueError(f"the table {table.name!r} has no column {unknown[0]!r}")
    columns: dict[str, list[Any]] = {}
    for column in table.columns:
        columns[column.name] = _plain_cells(frame, column.name, column.kind, column.default)
    if table.takes_attributes:
        columns[ATTRIBUTES] = [{} if cell is None else cell for cell in _plain_cells(frame, ATTRIBUTES, None, None)]
    return frame_of(columns, num_rows=len(frame))


def frame_of(columns: Mapping[str, list[Any]], *, num_rows: int) -> pd.DataFrame:
    """Return a frame of dtype object, so that pandas changes no value."""
    # One array of all columns: pandas takes most of a millisecond to wrap each column of its own.
    values = np.empty((len(columns), num_rows), dtype=object)
    for row, cells in zip(values, columns.values(), strict=True):
        row[:] = np.fromiter(cells, dtype=object, count=num_rows)
    return pd.DataFrame(values.T, columns=list(columns), dtype=object, copy=False)


def _plain_cells(frame: pd.DataFrame, name: str, kind: Kind | None, default: object) -> list[Any]:
    if name not in frame.columns:
        return [default] * len(frame)
    series = frame[name]
    values = series.to_numpy() if series.dtype == object else series.astype(object).to_numpy()
    cells: list[Any] = values.tolist()
    empty = pd.isna(values).tolist()
    if kind in _WHOLE:
        return [default if is_na else int(cell) for cell, is_na in zip(cells, empty, strict=True)]
    if kind is Kind.NUMBER:
        return [default if is_na else float(cell) for cell, is_na in zip(cells, empty, strict=True)]
    if kind is Kind.FLAG:
        return [default if is_na else bool(cell) for cell, is_na in zip(cells, empty, strict=True)]
    if kind in {Kind.IDS, Kind.BREAKS}:
        return [default if is_na else tuple(cell) for cell, is_na in zip(cells, empty, strict=True)]
    return [default if is_na else cell for cell, is_na in zip(cells, empty, strict=True)]
