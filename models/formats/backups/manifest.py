"""What a backup says of itself: of when, of which tables, how many rows, and the digest of each table's file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.errors import InputError
from models.time import format_instant, parse_instant

FORMAT = "swingdesk/backup"
VERSION = 1
MANIFEST = "manifest.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ANCHOR = re.compile(r"[1-9][0-9]*:[0-9a-f]{64}")


class Kind(StrEnum):
    """What the values of a column are, and so how a row's line has them."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    DATE = "date"
    """ISO 8601, such as 2026-03-02."""
    TIME = "time"
    """ISO 8601, such as 08:30:00."""
    INSTANT = "instant"
    """Whole seconds since 1970 in UTC."""
    BYTES = "bytes"
    """Base64."""
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class TableShape:
    """A table and its columns, in the order in which rows have them."""

    name: str
    columns: Mapping[str, Kind]


@dataclass(frozen=True, kw_only=True)
class TableEntry:
    """A table in a backup: its shape, the file of its rows, how many there are, and the SHA-256 of the file."""

    shape: TableShape
    file: str
    num_rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    made_at
        Epoch second of the moment of the database that it holds.
    product
        Version of the product that made it.
    revision
        That of the tables.
    anchor
        Number and digest of the last seal of the audit trail in it; None where it has none.
    tables
        In an order in which no row refers to a later table.
    """

    made_at: int
    product: str
    revision: str
    anchor: str | None
    tables: Sequence[TableEntry]

    @property
    def num_rows(self) -> int:
        """Rows of all tables."""
        return sum(table.num_rows for table in self.tables)


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": format_instant(manifest.made_at),
        "product": manifest.product,
        "revision": manifest.revision,
        "anchor": manifest.anchor,
        "tables": [
            {
                "name": table.shape.name,
                "file": table.file,
                "rows": table.num_rows,
                "sha256": table.sha256,
                "columns": [{"name": name, "kind": kind.value} for name, kind in table.shape.columns.items()],
            }
            for table in manifest.tables
        ],
    }


def parse_manifest(document: Mapping[str, Any], *, file: str) -> Manifest:
    """Return the manifest that a JSON object is.

    Raises
    ------
    InputError
        If it is none, or of a version that is not known.
    """
    fields = _Fields(document, file, "")
    if document.get("format") != FORMAT or document.get("version") != VERSION:
        found = f"{document.get('format')!r} version {document.get('version')!r}"
        raise InputError.of(file, f"{FORMAT} version {VERSION}; this is {found}", record=MANIFEST, field="format")
    try:
        made_at = parse_instant(fields.text("made_at"))
    except ValueError as error:
        raise InputError.of(file, str(error), record=MANIFEST, field="made_at") from None
    anchor = document.get("anchor")
    if anchor is not None and not (isinstance(anchor, str) and _ANCHOR.fullmatch(anchor)):
        raise fields.wrong("anchor", "NUMBER:DIGEST or null")
    tables = fields.records("tables")
    names = [table.shape.name for table in tables]
    if len(set(names)) < len(names):
        raise fields.wrong("tables", "each table once")
    return Manifest(
        made_at=made_at,
        product=fields.text("product"),
        revision=fields.text("revision"),
        anchor=anchor,
        tables=tables,
    )


class _Fields:
    """The fields of a JSON object, each of the type that it must have."""

    def __init__(self, document: Mapping[str, Any], file: str, where: str) -> None:
        self._document, self._file, self._where = document, file, where

    def wrong(self, field: str, expected: str) -> InputError:
        return InputError.of(
            self._file, expected, record=MANIFEST, field=f"{self._where}{field}", value=self._document.get(field)
        )

    def text(self, field: str) -> str:
        value = self._document.get(field)
        if not isinstance(value, str) or not value:
            raise self.wrong(field, "a text")
        return value

    def records(self, field: str) -> list[TableEntry]:
        listed = self._document.get(field)
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise self.wrong(field, "a list of objects")
        return [_Fields(item, self._file, f"{field}[{n}].").entry() for n, item in enumerate(listed)]

    def entry(self) -> TableEntry:
        num_rows, digest = self._document.get("rows"), self.text("sha256")
        if not isinstance(num_rows, int) or isinstance(num_rows, bool) or num_rows < 0:
            raise self.wrong("rows", "a count")
        if not _DIGEST.fullmatch(digest):
            raise self.wrong("sha256", "64 hexadecimal digits")
        shape = TableShape(name=self.text("name"), columns=self._columns())
        return TableEntry(shape=shape, file=self.text("file"), num_rows=num_rows, sha256=digest)

    def _columns(self) -> dict[str, Kind]:
        listed = self._document.get("columns")
        if not isinstance(listed, list) or not listed:
            raise self.wrong("columns", "a list of columns")
        columns: dict[str, Kind] = {}
        for item in listed:
            name, kind = (item.get("name"), item.get("kind")) if isinstance(item, dict) else (None, None)
            if not isinstance(name, str) or name in columns or kind not in list(Kind):
                raise self.wrong("columns", f"columns that stand once, each of a kind of {', '.join(Kind)}")
            columns[name] = Kind(kind)
        return columns
