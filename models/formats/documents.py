"""Reading and writing JSON documents, gzip-compressed where the name ends in `.gz`."""

import gzip
import io
import json
import os
import secrets
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.errors import Fault, InputError
from models.formats.places import Location, name_place, quoted

MAX_DOCUMENT_BYTES = 256 * 1024**2
"""What a file may unpack to: some seven times a problem of 100,000 tasks with every feature."""

_GZIP_MAGIC = b"\x1f\x8b"


def read_document(path: Path | str, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises
    ------
    InputError
        If the file cannot be read, is larger than `max_bytes` when unpacked, is no UTF-8, no JSON or no object, has a
        key twice in one object, or a number that is none.
    """
    return parse_document(_read_bytes(Path(path), max_bytes), file=str(path))


def parse_document(raw: bytes, *, file: str) -> dict[str, Any]:
    """Return the JSON object that bytes hold; `file` names them in errors.

    Raises
    ------
    InputError
        As `read_document`.
    """
    reader = _Reader()
    try:
        document = reader.read(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        hint = "; it looks compressed, and then its name must end in .gz" if raw.startswith(_GZIP_MAGIC) else ""
        raise InputError.of(file, f"is not UTF-8 text: {error.reason} at byte {error.start}{hint}") from error
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        if not raw.strip():
            raise InputError.of(file, "is empty; expected one JSON object") from None
        what = error.msg.removesuffix(" at")
        raise InputError.of(file, f"is not JSON: {what} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # a number of thousands of digits, which Python refuses to read
        raise InputError.of(file, "holds a whole number of more digits than can be read") from error
    if not isinstance(document, dict):
        raise InputError([Fault(file=file, value=quoted(document), expected="one JSON object")])
    faults = [
        Fault(file=file, record=record, field=key, expected="a key may stand once in an object; this one stands twice")
        for record, key in reader.repeated
    ]
    if reader.has_constants:
        faults += _constants(document, file)
    if faults:
        raise InputError(faults)
    return document


def write_document(path: Path | str, document: dict[str, Any]) -> None:
    """Write a JSON document; the file appears whole or not at all."""
    write_atomically(Path(path), encode_document(path, document))


def encode_document(path: Path | str, document: dict[str, Any]) -> bytes:
    """Return the bytes of a document as the file `path` would hold them: the same document, the same bytes."""
    raw = document_text(document).encode()
    if not str(path).endswith(".gz"):
        return raw
    packed = io.BytesIO()
    # No time of day in the header.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as stream:
        stream.write(raw)
    return packed.getvalue()


def document_text(document: dict[str, Any]) -> str:
    """Return a document as text: a line for each key, and for each record of a list, so that tools can compare it."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            items = ",\n  ".join(_encode(item) for item in value)
            lines.append(f" {_encode(key)}: [\n  {items}\n ]")
        else:
            lines.append(f" {_encode(key)}: {_encode(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file's content by a rename, so that a reader never sees half of it.

    Raises
    ------
    InputError
        If the file cannot be written; what stood there before still does.
    """
    try:
        target = path.resolve()  # through a link, not in place of it
        if target.exists() and not target.is_file():  # a pipe or a device, such as /dev/stdout
            target.write_bytes(content)
            return
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError.of(str(path), f"cannot be written: {error.strerror or error}") from error


class _Reader:
    """A JSON reader that notes what JSON allows, or Python's reader lets through, and our files must not hold."""

    def __init__(self) -> None:
        self.repeated: list[tuple[str, str]] = []
        self.has_constants = False

    def read(self, text: str) -> Any:
        return json.loads(text, object_pairs_hook=self._object, parse_constant=self._constant)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            name = made.get("id", made.get("task"))
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.repeated.append((f"the object of {quoted(name)}" if isinstance(name, str) else "", key))
                seen.add(key)
        return made

    def _constant(self, text: str) -> float:
        self.has_constants = True
        return float(text)


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    name = str(path)
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
    except FileNotFoundError:
        raise InputError.of(name, "there is no such file") from None
    except EOFError:
        raise InputError.of(name, "cannot be read: the compressed data ends too soon; the file was cut off") from None
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError.of(name, f"cannot be read: {reason}") from error
    if len(raw) > max_bytes:
        unpacks = "unpacks to" if path.name.endswith(".gz") else "has"
        raise InputError.of(name, f"{unpacks} more than {max_bytes:,} bytes, the most that is read")
    return raw


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _constants(document: dict[str, Any], file: str) -> Iterator[Fault]:
    """Find the places of NaN and Infinity."""
    pending: list[tuple[Location, Any]] = [((), document)]
    while pending:
        location, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(((*location, key), item) for key, item in reversed(value.items()))
        elif isinstance(value, list):
            pending.extend(((*location, n), item) for n, item in reversed(list(enumerate(value))))
        elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
            record, field = name_place(location, document)
            yield Fault(file=file, record=record, field=field, value=quoted(value), expected="a finite number")
