"""The file of a backup: a ZIP archive with a file of lines for each table, and last the manifest."""

import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from models.errors import InputError, UsageError
from models.formats.backups.cells import make_decoder, make_encoder
from models.formats.backups.manifest import (
    MANIFEST,
    Manifest,
    TableEntry,
    TableShape,
    manifest_document,
    parse_manifest,
)
from models.formats.documents import document_text, parse_document

MAX_LINE_BYTES = 512 * 1024**2
"""What one row may unpack to: twice the largest document that is read."""
MAX_MANIFEST_BYTES = 16 * 1024**2
_CHUNK_BYTES = 1024**2
_LINES_AT_ONCE = 500
_COMPRESSION_LEVEL = 3  # beyond it the file hardly shrinks and takes three times as long
_OWNER_ONLY = 0o600


class BackupWriter:
    """Writes a backup, table by table; made by `write_backup`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries: list[TableEntry] = []

    def add_table(self, shape: TableShape, rows: Iterable[Sequence[Any]]) -> TableEntry:
        """Write a table's rows, a few at a time, and return what the manifest will say of it."""
        name = f"tables/{len(self._entries) + 1:02}-{shape.name}.jsonl"
        encode, digest, num_rows = make_encoder(shape), hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as stream:
            for lines in _batches(encode(row) for row in rows):
                content = "".join(f"{line}\n" for line in lines).encode()
                digest.update(content)
                stream.write(content)
                num_rows += len(lines)
        entry = TableEntry(shape=shape, file=name, num_rows=num_rows, sha256=digest.hexdigest())
        self._entries.append(entry)
        return entry

    def finish(self, *, made_at: int, product: str, revision: str, anchor: str | None) -> Manifest:
        """Write the manifest and return it."""
        manifest = Manifest(
            made_at=made_at, product=product, revision=revision, anchor=anchor, tables=tuple(self._entries)
        )
        with self._archive.open(MANIFEST, "w") as stream:
            stream.write(document_text(manifest_document(manifest)).encode())
        return manifest


@contextmanager
def write_backup(path: Path, *, may_replace: bool = False) -> Iterator[BackupWriter]:
    """Write a backup that appears under its name once it is complete and on the disk, or not at all.

    Raises
    ------
    UsageError
        If there is such a file already.
    InputError
        If it cannot be written.
    """
    if path.exists() and not may_replace:
        raise UsageError(f"{path} is there already; name another file, or say --replace")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        # Nobody but the owner: it holds names, and digests of keys and passwords.
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        try:
            with os.fdopen(handle, "w+b") as stream:
                with zipfile.ZipFile(
                    stream, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION_LEVEL
                ) as archive:
                    yield BackupWriter(archive)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError.of(str(path), f"cannot be written: {error.strerror or error}") from error


class BackupReader:
    """Reads a backup. Nothing of it is unpacked to the disk, and never more than a row at a time to memory.

    Raises
    ------
    InputError
        If the file is no backup, or was cut off.
    """

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise InputError.of(self._file, "there is no such file") from None
        except (OSError, zipfile.BadZipFile) as error:
            raise InputError.of(self._file, f"is no backup, or was cut off: {error}") from error
        try:
            self.manifest = self._read_manifest()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> "BackupReader":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def check(self) -> None:
        """Check that every table's file is as the manifest says.

        Raises
        ------
        InputError
            If one is not.
        """
        for entry in self.manifest.tables:
            digest, num_rows = hashlib.sha256(), 0
            with self._open(entry.file) as stream, self._translated(entry.file):
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    num_rows += chunk.count(b"\n")
            if digest.hexdigest() != entry.sha256 or num_rows != entry.num_rows:
                raise InputError.of(
                    self._file, "the content that the manifest tells of: it was changed", record=entry.file
                )

    def read_rows(self, entry: TableEntry) -> Iterator[list[Any]]:
        """Return a table's rows, one after the other.

        Raises
        ------
        InputError
            If a line is no row of the table.
        """
        decode = make_decoder(entry.shape, file=f"{self._file}: {entry.file}")
        with self._open(entry.file) as stream, self._translated(entry.file):
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise InputError.of(self._file, f"at most {MAX_LINE_BYTES:,} bytes a row", record=entry.file)
                yield decode(line, number)

    def _read_manifest(self) -> Manifest:
        with self._open(MANIFEST) as stream, self._translated(MANIFEST):
            raw = stream.read(MAX_MANIFEST_BYTES + 1)
        if len(raw) > MAX_MANIFEST_BYTES:
            raise InputError.of(self._file, f"at most {MAX_MANIFEST_BYTES:,} bytes", record=MANIFEST)
        return parse_manifest(parse_document(raw, file=f"{self._file}: {MANIFEST}"), file=self._file)

    def _open(self, name: str) -> Any:
        try:
            return self._archive.open(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            raise InputError.of(self._file, "a file in the archive that can be read", record=name) from None

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise InputError.of(self._file, f"cannot be read: {error}", record=name) from error


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= _LINES_AT_ONCE or size >= _CHUNK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
