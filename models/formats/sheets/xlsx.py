"""Reading XLSX workbooks: streamed, bounded, and exact about what a cell does not say.

openpyxl's quick mode hides merged cells and formulas without a saved value, and its other mode holds 100,000 rows in
ten times their size; both take an archive's word for what unpacks. So sheets are read here, part by part.

References
----------
ECMA-376, part 1, section 18.3 (worksheets), 18.4 (shared strings) and 18.8 (styles).
"""

import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath
from xml.parsers.expat import ExpatError

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from models.errors import InputError
from models.formats.sheets.dates import shows_time
from models.formats.sheets.grids import MAX_TABLE_BYTES, Grid
from models.formats.sheets.xlsx_sheet import Book, read_elements, read_shared_texts, read_sheet

MAX_PARTS = 10_000
_COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONSHIP = "http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_workbook(path: Path, *, file: str) -> list[Grid]:
    """Return the sheets of a workbook in their order; hidden ones are marked.

    Raises
    ------
    InputError
        If the file cannot be read, is no XLSX workbook, is protected by a password, or unpacks to too much.
    """
    try:
        return _read(path, file)
    except zipfile.BadZipFile as error:
        raise InputError.of(file, f"is no XLSX workbook: {_what_instead(path) or error}") from error
    except ExpatError as error:
        raise InputError.of(file, f"is a broken XLSX workbook: {error}") from error
    except (
        KeyError,
        ValueError,
        IndexError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        zipfile.LargeZipFile,
    ) as error:
        raise InputError.of(file, f"is a broken XLSX workbook: {error}") from error
    except OSError as error:
        raise InputError.of(file, f"cannot be read: {error.strerror or error}") from error


def _what_instead(path: Path) -> str:
    raw = path.read_bytes()[: 8 * 1024**2] if path.stat().st_size < MAX_TABLE_BYTES else b""
    if raw.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return "it is protected by a password; save it without one"
        return "it is an old .xls workbook or one with a password; save it as .xlsx without a password"
    if not raw:
        return "it is empty"
    return ""


def _read(path: Path, file: str) -> list[Grid]:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_TABLE_BYTES:
            raise InputError.of(
                file, f"unpacks to more than {MAX_TABLE_BYTES // 1024**2} MiB; save large tables as CSV or Parquet"
            )
        if any(part.flag_bits & 1 for part in parts):
            raise InputError.of(file, "is protected by a password; save it without one")
        names = {part.filename for part in parts}
        book_part = _book_part(archive, names)
        if book_part is None:
            raise InputError.of(file, "is a zip archive, but no XLSX workbook")
        targets = _targets(archive, book_part)
        sheets, epoch = _sheets(archive, book_part)
        date_styles, time_styles = _date_styles(archive, targets.get("styles", ""), names)
        texts: list[object] = []
        if targets.get("sharedStrings") in names:
            with archive.open(targets["sharedStrings"]) as stream:
                texts = read_shared_texts(stream)
        book = Book(
            texts=texts,
            date_styles=date_styles,
            time_styles=time_styles,
            epoch=epoch,
        )
        grids = []
        for name, relation, is_hidden in sheets:
            part = targets.get(relation, "")
            if part in names and "/worksheets/" in f"/{part}":
                where = f"{file} [{name}]"
                with archive.open(part) as stream:
                    rows = read_sheet(stream, book, file=where)
                numbers = sorted(rows)
                grids.append(
                    Grid(
                        file=where,
                        name=name,
                        rows=[rows[number] for number in numbers],
                        numbers=numbers,
                        is_hidden=is_hidden,
                        epoch=epoch,
                    )
                )
        return grids


def _book_part(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "_rels/.rels" not in names:
        return None
    with archive.open("_rels/.rels") as stream:
        for _, name, attributes in read_elements(stream):
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                part = attributes.get("Target", "").lstrip("/")
                return part if part in names and part.endswith(".xml") and part.startswith("xl/") else None
    return None


def _targets(archive: zipfile.ZipFile, book_part: str) -> dict[str, str]:
    """Return the parts that the workbook refers to, by relationship id; its styles and texts by their kind."""
    folder = PurePosixPath(book_part).parent
    found: dict[str, str] = {}
    with archive.open(f"{folder}/_rels/{PurePosixPath(book_part).name}.rels") as stream:
        for _, name, attributes in read_elements(stream):
            if name != "Relationship":
                continue
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else str(folder / target)
            found[attributes.get("Id", "")] = part
            kind = attributes.get("Type", "").rpartition("/")[2]
            if kind in {"styles", "sharedStrings"}:
                found[kind] = part
    return found


def _sheets(archive: zipfile.ZipFile, book_part: str) -> tuple[list[tuple[str, str, bool]], datetime]:
    sheets: list[tuple[str, str, bool]] = []
    epoch = WINDOWS_EPOCH
    with archive.open(book_part) as stream:
        for parent, name, attributes in read_elements(stream):
            if name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                epoch = MAC_EPOCH
            elif name == "sheet" and parent == "sheets":
                relation = attributes.get(_RELATIONSHIP) or attributes.get(_STRICT_RELATIONSHIP) or ""
                is_hidden = attributes.get("state", "visible") != "visible"
                sheets.append((attributes.get("name", ""), relation, is_hidden))
    if not sheets:
        raise ValueError("it has no sheets")
    return sheets, epoch


def _date_styles(archive: zipfile.ZipFile, part: str, names: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the positions of the cell styles that show a date or a time, and of those that show a time."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    # Formats that East Asian spreadsheets build in; Western ones show them as dates and times too.
    codes.update(dict.fromkeys((*range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"))
    codes.update(dict.fromkeys(range(32, 36), "h:mm"))
    styles: list[int] = []
    if part in names:
        with archive.open(part) as stream:
            for parent, name, attributes in read_elements(stream):
                if name == "numFmt":
                    codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
                elif name == "xf" and parent == "cellXfs":
                    styles.append(int(attributes.get("numFmtId", "0")))
    dates = [(str(at), codes.get(style, "")) for at, style in enumerate(styles) if is_date_format(codes.get(style))]
    return frozenset(at for at, _ in dates), frozenset(at for at, code in dates if shows_time(code))
