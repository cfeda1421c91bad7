"""Event logs as CSV: any usual separator and encoding, columns by the names the user gives."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields

import pandas as pd

from models.errors import Fault, InputError
from models.formats.event_logs.log import ATTRIBUTE_PREFIX, Finding, LogColumns, LogRule, RawLog

SEPARATORS = ",;\t|"
MAX_HEADER_CHARACTERS = 100_000
XES_NAMES: Mapping[str, str] = {
    "case": "case:concept:name",
    "type": "concept:name",
    "agent": "org:resource",
    "end": "time:timestamp",
    "lifecycle": "lifecycle:transition",
    "instance": "concept:instance",
}
"""What a CSV with the names of the XES standard calls its columns."""
OPTIONS: Mapping[str, str] = {
    "case": "--case",
    "type": "--activity",
    "agent": "--resource",
    "end": "--end",
    "start": "--start",
    "enabled": "--enabled",
    "due": "--due",
    "team": "--team",
    "case_start": "--case-start",
    "lifecycle": "--lifecycle",
    "instance": "--instance",
}
_REQUIRED = ("case", "type", "agent", "end")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_START_NAMES = frozenset({"start_time", "start", "start_timestamp", "starttime", "started", "begin", "time:start"})


def read_csv_log(stream: io.BufferedReader, columns: LogColumns, *, file: str) -> RawLog:
    """Return the raw rows of a CSV log.

    Raises
    ------
    InputError
        If it is no table, or lacks a column that was named.
    """
    content = stream.read()
    encoding, findings = _find_encoding(content)
    header, separator = _read_header(content, encoding, file)
    wanted = _find_columns(header, columns, file)
    frame = _read_cells(content, encoding, separator, sorted(set(wanted.values())), file)
    if frame.empty:
        raise InputError.of(file, "has a header and no rows")
    raw = pd.DataFrame({name: frame[str(position)] for name, position in wanted.items()})
    raw.index = pd.RangeIndex(2, 2 + len(raw))  # as a spreadsheet numbers them: the header is row 1
    names = {name: header[position] for name, position in wanted.items()}
    return RawLog(
        frame=raw, file=file, names=names, record="row", hints=_hints(header, columns, names), findings=findings
    )


def read_csv_header(content: bytes, *, file: str) -> list[str]:
    """Return the names of a CSV log's columns, by the beginning of the file.

    Raises
    ------
    InputError
        If it is no text, or empty.
    """
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    return _read_header(content, encoding, file)[0]


def _find_encoding(content: bytes) -> tuple[str, tuple[Finding, ...]]:
    if content.startswith(_UTF_16):
        return "utf-16", ()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "cp1252", (Finding.of(LogRule.ENCODING, 1, (f"line {line}",)),)
    return "utf-8-sig", ()


def _read_header(content: bytes, encoding: str, file: str) -> tuple[list[str], str]:
    text = content[: 1 << 20].decode(encoding, errors="replace")
    if "\x00" in text:
        raise InputError.of(file, "is no text: it holds zero bytes; expected a CSV file or an XES log")
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise InputError.of(file, "is empty")
    if len(first) > MAX_HEADER_CHARACTERS:
        expected = f"begins with a line of more than {MAX_HEADER_CHARACTERS:,} characters; expected a header"
        raise InputError.of(file, expected)
    # The separator is the one that cuts the header into most parts; within quotes it does not cut.
    header, separator = max(
        ((next(csv.reader([first], delimiter=mark)), mark) for mark in SEPARATORS), key=lambda pair: len(pair[0])
    )
    return [name.strip() for name in header], separator


def _find_columns(header: Sequence[str], columns: LogColumns, file: str) -> dict[str, int]:
    given = {item.name: getattr(columns, item.name) for item in fields(columns) if item.name != "attributes"}
    faults: list[Fault] = []
    found: dict[str, int] = {}
    for role, name in given.items():
        if name is None:
            usual = XES_NAMES.get(role)
            is_paired = role in {"lifecycle", "instance"}
            if usual in header and not (is_paired and given["start"] is not None):
                found[role] = header.index(usual)
            elif role in _REQUIRED:
                faults.append(
                    Fault(file=file, expected=f"name the column with {OPTIONS[role]}; there are {_listed(header)}")
                )
            continue
        position = _position(header, name)
        if position is None:
            faults.append(
                Fault(file=file, field=name, expected=f"there is no such column; there are {_listed(header)}")
            )
        elif header.count(header[position]) > 1:
            faults.append(Fault(file=file, field=name, expected="the header has this column twice"))
        else:
            found[role] = position
    for name in columns.attributes:
        position = _position(header, name)
        if position is None:
            faults.append(
                Fault(file=file, field=name, expected=f"there is no such column; there are {_listed(header)}")
            )
        else:
            found[ATTRIBUTE_PREFIX + name] = position
    if faults:
        raise InputError(faults)
    return found


def _position(header: Sequence[str], name: str) -> int | None:
    if name in header:
        return list(header).index(name)
    alike = [position for position, other in enumerate(header) if other.casefold() == name.strip().casefold()]
    return alike[0] if len(alike) == 1 else None


def _read_cells(content: bytes, encoding: str, separator: str, positions: list[int], file: str) -> pd.DataFrame:
    try:
        # All columns, though few are wanted, and the header as a row: else rows that are too long pass unnoticed.
        frame = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            encoding=encoding,
            header=None,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=True,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise InputError.of(
            file, f"is no table: {str(error).strip().removeprefix('Error tokenizing data. ')}"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError.of(file, f"is no {encoding} text: {error.reason} at byte {error.start}") from error
    # By position: a header may have names twice that nobody asked for.
    return pd.DataFrame({str(position): frame.iloc[1:, position] for position in positions})


def _hints(header: Sequence[str], columns: LogColumns, names: Mapping[str, str]) -> tuple[str, ...]:
    if columns.start is not None:
        return ()
    starts = [name for name in header if name.casefold() in _START_NAMES and name not in names.values()]
    return tuple(f"the file has a column {name!r}: with `--start {name}` handling is known" for name in starts)


def _listed(header: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in header[:30]) + (", ..." if len(header) > 30 else "")
