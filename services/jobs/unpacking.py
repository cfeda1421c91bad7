"""Uploads as files: an archive's tables, or one file, under names of our own and never more bytes than was said."""

import io
import re
import zipfile
import zlib
from pathlib import Path

from models.errors import InputError
from models.formats.offices.raw_tables import header_name
from models.formats.offices.table_files import ENDINGS, XLSX_ENDINGS
from models.formats.offices.tables import TABLES_BY_NAME

MOST_UPLOADED = 128 * 1024**2
MOST_UNPACKED = 512 * 1024**2
MOST_MEMBERS = 200
LOG_ENDINGS = (".csv.gz", ".xes.gz", ".csv", ".xes")
_ZIP = b"PK\x03\x04"
_CHUNK_BYTES = 1024**2


def write_tables(folder: Path, name: str, body: bytes) -> Path:
    """Write an upload of tables into a folder and return what is to be read: the folder, or the one file in it.

    Parameters
    ----------
    name
        What the upload is called; only its ending, and the table that it may name, are taken from it: `tasks.csv`,
        `tasks (1).csv`, `Tasks mended.csv`. A workbook is of several tables, unless it is called as one of them is;
        and what an import left out is called as people like, for its rows say what they are of.

    Raises
    ------
    InputError
        If it is neither an archive nor a file of tables, or an archive that is too large or cannot be read.
    """
    stem, ending = _split(name, ENDINGS)
    if body.startswith(_ZIP) and ending not in XLSX_ENDINGS:
        _unpack(folder, name, body)
        return folder
    if ending is None:
        raise InputError.of(name, f"a .zip of tables, or a file ending in {', '.join(ENDINGS)}")
    exact = stem if stem in TABLES_BY_NAME else None
    path = folder / f"{(exact if ending in XLSX_ENDINGS else _find_table(stem)) or 'upload'}{ending}"
    path.write_bytes(body)
    return path


def write_log(folder: Path, name: str, body: bytes) -> Path:
    """Write an upload of an event log into a folder and return its file.

    Raises
    ------
    InputError
        If its name does not say what it is.
    """
    _, ending = _split(name, LOG_ENDINGS)
    if ending is None:
        raise InputError.of(name, f"a log, a file ending in {', '.join(LOG_ENDINGS)}")
    path = folder / f"log{ending}"
    path.write_bytes(body)
    return path


def _split(name: str, endings: tuple[str, ...]) -> tuple[str, str | None]:
    """Return what comes before the ending of the last part of a name, as tables are called, and the ending."""
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    ending = next((item for item in endings if last.endswith(item)), None)
    return header_name(last[: len(last) - len(ending or "")]), ending


def _find_table(stem: str) -> str | None:
    """Return the table that a file is named after, whatever a copy or a new version of it adds; None for none."""
    named = [name for name in TABLES_BY_NAME if stem == name or re.match(re.escape(name) + r"[^a-z]", stem)]
    return max(named, key=len, default=None)


def _unpack(folder: Path, name: str, body: bytes) -> None:
    left = MOST_UNPACKED
    written: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            if len(members) > MOST_MEMBERS:
                raise InputError.of(name, f"an archive of at most {MOST_MEMBERS} files", value=len(members))
            for member in members:
                stem, ending = _split(member.filename, ENDINGS)
                if ending is None or (stem not in TABLES_BY_NAME and ending not in XLSX_ENDINGS):
                    continue  # a picture, a note, what a system puts beside files: no table
                # Only what is known to be a table's name becomes a part of a path.
                target = f"{stem if stem in TABLES_BY_NAME else f'workbook{len(written)}'}{ending}"
                if target in written:
                    raise InputError.of(name, "one file a table", record=member.filename[:200])
                written.add(target)
                left -= _write(archive, member, folder / target, name=name, most=left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        # RuntimeError: it is encrypted. ValueError, OSError: its directory does not fit what it holds.
        raise InputError.of(name, f"is no archive that can be read: {error}"[:300]) from error
    if not written:
        names = ", ".join(TABLES_BY_NAME)
        raise InputError.of(name, f"holds no table; tables are {names}, each as .csv, .xlsx or .parquet")


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, *, name: str, most: int) -> int:
    """Write a member's bytes, counted as they come: what its header says of them is not to be believed."""
    num_bytes = 0
    with archive.open(member) as source, path.open("wb") as target:
        while chunk := source.read(_CHUNK_BYTES):
            num_bytes += len(chunk)
            if num_bytes > most:
                raise InputError.of(name, f"unpacks to more than {MOST_UNPACKED // 1024**2} MiB")
            target.write(chunk)
    return num_bytes
