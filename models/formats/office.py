"""An office as parsed tables: the one form in which imports, logs, the demo and the database meet the planner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Office:
    """The tables of an office, parsed and checked.

    Attributes
    ----------
    tables
        Frame of each table of `models.formats.tables.TABLES` that is there, by its name. A frame has every column of
        its table; cells hold what `Kind` says, None (or NA) where empty and without a default. The tasks frame has a
        column `attributes` besides, a dict a row.
    source
        Where it came from, for messages and the record of the import.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table's frame; raises KeyError where it is not there."""
        return self.tables[name]
