"""What an import changed, table by table, and what it made of cells on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from models.formats.offices.table_checks import Note
from models.repositories.changes import TableChanges


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did, or would have done.

    Attributes
    ----------
    source
        What was read.
    batch
        Number of the import; None where nothing was stored.
    tables
        Rows new, changed, unchanged and gone, by table.
    notes
        What was made of cells that say a little less than they should.
    asides
        What was left aside: files and sheets that are no tables.
    quarantined
        Rows left out, by table.
    quarantine
        The file that holds them.
    is_dry_run
        Whether nothing was stored on purpose.
    """

    source: str
    batch: int | None
    tables: Mapping[str, TableChanges] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    asides: Sequence[str] = ()
    quarantined: Mapping[str, int] = field(default_factory=dict)
    quarantine: str | None = None
    is_dry_run: bool = False

    @property
    def num_quarantined(self) -> int:
        """Rows left out."""
        return sum(self.quarantined.values())

    @property
    def has_changes(self) -> bool:
        """Whether anything stored is not as it was."""
        return any(changes.new or changes.changed or changes.gone for changes in self.tables.values())

    def counts(self) -> dict[str, Any]:
        """Return what the record of the import keeps."""
        return {
            "tables": {name: asdict(changes) for name, changes in self.tables.items()},
            "notes": [asdict(note) for note in self.notes],
            "quarantined": dict(self.quarantined),
        }

    def document(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        return {
            "source": self.source,
            "batch": self.batch,
            "dry_run": self.is_dry_run,
            **self.counts(),
            "asides": list(self.asides),
            "quarantine": self.quarantine,
        }
