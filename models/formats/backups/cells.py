"""A row as a line of a backup: a JSON list of its values, each written by the kind of its column."""

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from models.errors import InputError
from models.formats.backups.manifest import Kind, TableShape
from models.time import FIRST_INSTANT, LAST_INSTANT

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_INT64 = 2**63


def make_encoder(shape: TableShape) -> Callable[[Sequence[Any]], str]:
    """Return what writes a row of a table as its line, without the end of the line."""
    special = [(n, _TO_JSON[kind]) for n, kind in enumerate(shape.columns.values()) if kind in _TO_JSON]

    def encode(row: Sequence[Any]) -> str:
        values = list(row)
        for n, write in special:
            if values[n] is not None:
                values[n] = write(values[n])
        return _encode(values)

    return encode


def make_decoder(shape: TableShape, *, file: str) -> Callable[[bytes, int], list[Any]]:
    """Return what reads a row of a table off its line, which is named by its number.

    It raises an `InputError` where the line is no row of the table.
    """
    names, reads = list(shape.columns), [_FROM_JSON[kind] for kind in shape.columns.values()]

    def decode(line: bytes, number: int) -> list[Any]:
        try:
            values = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise InputError.of(file, "a JSON list of values", record=f"line {number:,}") from None
        if not isinstance(values, list) or len(values) != len(names):
            raise InputError.of(file, f"a JSON list of {len(names)} values", record=f"line {number:,}")
        for n, read in enumerate(reads):
            if values[n] is None:
                continue
            try:
                values[n] = read(values[n])
            except ValueError as error:
                wrong = InputError.of(file, str(error), record=f"line {number:,}", field=names[n], value=values[n])
                raise wrong from None
        return values

    return decode


def _write_real(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _read_real(value: object) -> float:
    if isinstance(value, str) and value in {"inf", "-inf", "nan"}:
        return float(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("a number")  # noqa: TRY004 - all of these are one thing to the reader
    return float(value)


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004
    return value


def _read_integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -_INT64 <= value < _INT64:
        raise ValueError("a whole number of 64 bits")
    return value


def _read_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004
    return value


def _read_instant(value: object) -> int:
    instant = _read_integer(value)
    if not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise ValueError("an instant of the years 1 to 9999")
    return instant


def _read_bytes(value: object) -> bytes:
    try:
        return base64.b64decode(_read_text(value), validate=True)
    except binascii.Error:
        raise ValueError("bytes as Base64") from None


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


_TO_JSON: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.REAL: _write_real,
    Kind.DATE: date.isoformat,
    Kind.TIME: time.isoformat,
    Kind.BYTES: lambda value: base64.b64encode(value).decode(),
}
_FROM_JSON: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _read_text,
    Kind.INTEGER: _read_integer,
    Kind.REAL: _read_real,
    Kind.BOOLEAN: _read_boolean,
    Kind.DATE: lambda value: date.fromisoformat(_read_text(value)),
    Kind.TIME: lambda value: time.fromisoformat(_read_text(value)),
    Kind.INSTANT: _read_instant,
    Kind.BYTES: _read_bytes,
    Kind.JSON: lambda value: value,
}
