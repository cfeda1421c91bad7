"""The bytes of a log file: unpacked while they are read, and never more of them than a log can have."""

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from models.errors import InputError

MAX_LOG_BYTES = 4 * 1024**3
_GZIP = b"\x1f\x8b"
_KNOWN_OTHERS = {
    b"PK\x03\x04": "a zip file or a workbook; save its sheet as CSV",
    b"PAR1": "a Parquet file; save it as CSV",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old workbook; save its sheet as CSV",
    b"BZh": "bzip2-compressed; unpack it",
    b"\xfd7zXZ": "xz-compressed; unpack it",
}


class BoundedReader(io.RawIOBase):
    """A stream that refuses to give more than `limit` bytes."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._left = limit

    def readable(self) -> bool:
        """Return True: it is read from and nothing else."""
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        """Fill a buffer with the next bytes.

        Raises
        ------
        OSError
            If the stream has more than the limit.
        """
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise OSError(f"it unpacks to more than {self._limit} bytes")
        buffer[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def open_log(path: Path, *, limit: int = MAX_LOG_BYTES) -> Iterator[io.BufferedReader]:
    """Open a log file for reading, gzip-compressed where its first bytes say so.

    Raises
    ------
    InputError
        If the file is not there, cannot be read, is truncated, or holds something that is known to be no log.
    """
    name = str(path)
    try:
        with path.open("rb") as packed:
            head = packed.read(8)
            for magic, what in _KNOWN_OTHERS.items():
                if head.startswith(magic):
                    raise InputError.of(name, f"is {what}; expected a CSV file or an XES log, .gz or not")
            packed.seek(0)
            if head.startswith(_GZIP):
                with gzip.GzipFile(fileobj=packed, mode="rb") as unpacked:
                    yield io.BufferedReader(BoundedReader(unpacked, limit), 1 << 16)  # type: ignore[arg-type]
            else:
                yield io.BufferedReader(BoundedReader(packed, limit), 1 << 16)
    except FileNotFoundError:
        raise InputError.of(name, "there is no such file") from None
    except EOFError:
        raise InputError.of(name, "is truncated: the compressed file ends before its end") from None
    except (OSError, zlib.error) as error:
        raise InputError.of(name, f"cannot be read: {error}") from error


def is_xml(head: bytes) -> bool:
    """Return whether a file that begins so is XML, whatever its encoding."""
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return text.startswith(b"<")
