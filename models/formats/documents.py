"""Reading and writing JSON documents, gzip-compressed where the name ends in `.gz`."""

import gzip
import io
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

from models.errors import InputError

MAX_DOCUMENT_BYTES = 2 * 1024**3


def read_document(path: Path | str) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises
    ------
    InputError
        If the file cannot be read, is no UTF-8, no JSON or no object, has a key twice, or a NaN or infinity.
    """
    name = str(path)
    try:
        document = json.loads(_read_text(Path(path)), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise InputError.of(name, "there is no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError.of(name, f"cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError.of(name, f"is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except RecursionError:
        raise InputError.of(name, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError.of(name, f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise InputError.of(name, f"is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InputError.of(name, "expected one JSON object")
    return document


def write_document(path: Path | str, document: object) -> None:
    """Write a JSON document; the file appears whole or not at all."""
    write_atomically(Path(path), encode_document(path, document))


def encode_document(path: Path | str, document: object) -> bytes:
    """Return the bytes of a document as the file `path` would hold them."""
    raw = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"
    if not str(path).endswith(".gz"):
        return raw
    packed = io.BytesIO()
    # No time of day in the header: the same document gives the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream:
        stream.write(raw)
    return packed.getvalue()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file's content by a rename, so that a reader never sees half of it.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe or a device, such as /dev/stdout
            path.write_bytes(content)
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise InputError.of(str(path), f"cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read_text(path: Path) -> str:
    if not path.name.endswith(".gz"):
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise OSError(f"it is larger than {MAX_DOCUMENT_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    with gzip.open(path, "rb") as stream:
        raw = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise OSError(f"it unpacks to more than {MAX_DOCUMENT_BYTES} bytes")
    return raw.decode("utf-8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key!r} stands twice in one object")
            seen.add(key)
    return made


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number here")
