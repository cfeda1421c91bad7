"""What the records of all public files share: field types, and pydantic's complaints in the file's own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from models.errors import Fault, InputError
from models.formats.places import Location, name_place, quoted
from models.time import format_instant, parse_instant

_Item = TypeVar("_Item")
_Record = TypeVar("_Record")

MAX_MINUTES = 1e9
"""The longest duration, some 1,900 years: with `MIN_SPEED`, every duration in seconds fits 64 bits."""

MIN_SPEED, MAX_SPEED = 1e-6, 1e6

MAX_NUMBER = 1e12
"""The largest weight or coefficient: products and sums of them stay finite."""

MAX_DEPTH = 50
"""How deep free-form JSON may be nested."""

FROM_FILE = {"from_file": True}
RECORD = ConfigDict(extra="forbid", allow_inf_nan=False)


def _instant(value: object, info: ValidationInfo) -> int:
    if isinstance(value, str):
        return parse_instant(value)
    # Code that builds records holds epoch seconds; a file must not, where they could be anything.
    if isinstance(value, int) and not isinstance(value, bool) and info.context is not FROM_FILE:
        return value
    raise ValueError("an ISO 8601 instant with an offset, as text, such as 2026-03-02T08:00:00+00:00")


def _whole(value: object) -> object:
    """Take 2.0 for 2: JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_whole(text: str) -> bool:
    """Return whether a text is without half a surrogate pair: only such a one can be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _free_json(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError(f"JSON nested at most {MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("JSON, with text as keys")  # noqa: TRY004 (pydantic wants a ValueError)
            if not key.isascii():
                _free_json(key, depth)
            # Most values are plain; a hundred thousand tasks have a million of them.
            is_plain = item.isascii() if type(item) is str else type(item) is int or item is None
            if not is_plain or depth == MAX_DEPTH:
                _free_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _free_json(item, depth + 1)
    elif isinstance(value, str):
        if not (value.isascii() or _is_whole(value)):
            raise ValueError("text without half a surrogate pair")
    elif isinstance(value, float):
        if not -float("inf") < value < float("inf"):
            raise ValueError("finite numbers")
    elif value is not None and not isinstance(value, (bool, int)):
        raise ValueError("JSON")
    return value


Id = Annotated[str, Field(min_length=1, strict=True)]
Text = Annotated[str, Field(min_length=0, strict=True)]
Instant = Annotated[int, BeforeValidator(_instant), PlainSerializer(format_instant, return_type=str)]
Number = Annotated[float, Field(strict=True)]
NonNegative = Annotated[float, Field(ge=0, strict=True)]
Weight = Annotated[float, Field(ge=0, le=MAX_NUMBER, strict=True)]
Minutes = Annotated[float, Field(gt=0, le=MAX_MINUTES, strict=True)]
MinutesOrZero = Annotated[float, Field(ge=0, le=MAX_MINUTES, strict=True)]
Speed = Annotated[float, Field(ge=MIN_SPEED, le=MAX_SPEED, strict=True)]
Level = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=5, strict=True)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, strict=True)]
Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
FreeJson = Annotated[dict[str, Any], AfterValidator(_free_json)]
Version = Annotated[Literal[1], BeforeValidator(_whole)]
Many = tuple[_Item, ...]


@dataclass(frozen=True, kw_only=True)
class Parsed(Generic[_Record]):
    """What came of a document: the record, or the faults and where they stand."""

    record: _Record | None
    faults: tuple[Fault, ...] = ()
    locations: tuple[Location, ...] = ()


def without_nulls(value: Any, *, free: tuple[str, ...] = ()) -> Any:
    """Return the same JSON with no null as an object's value: null is the same as absent.

    Parameters
    ----------
    value
        The document.
    free
        Path of keys (through lists) to free-form JSON, which is left alone.
    """
    if isinstance(value, dict):
        return {
            key: item if free == (key,) else without_nulls(item, free=free[1:] if free and free[0] == key else ())
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [without_nulls(item, free=free) for item in value]
    return value


def parse_record(adapter: TypeAdapter[_Record], document: Mapping[str, Any], *, file: str) -> _Record:
    """Return the typed record of a document.

    Raises
    ------
    InputError
        With every field that is wrong, each named by file, record and key.
    """
    parsed = try_record(adapter, document, file=file)
    if parsed.record is None:
        raise InputError(parsed.faults)
    return parsed.record


def try_record(adapter: TypeAdapter[_Record], document: Mapping[str, Any], *, file: str) -> Parsed[_Record]:
    """Return the typed record of a document, or everything that is wrong with it."""
    try:
        return Parsed(record=adapter.validate_python(document, context=FROM_FILE))
    except ValidationError as error:
        items = [dict(item) for item in error.errors(include_url=False, include_context=True)]
        return Parsed(
            record=None,
            faults=tuple(_fault(item, document, file) for item in items),
            locations=tuple(cast("Location", item["loc"]) for item in items),
        )


def check_header(document: Mapping[str, Any], *, file: str, name: str) -> None:
    """Refuse a document that is not of format `name`, version 1."""
    for field, expected in (("format", name), ("version", 1)):
        value = document.get(field)
        if value != expected or isinstance(value, bool):
            text = "absent" if value is None else quoted(value)
            raise InputError([Fault(file=file, field=field, value=text, expected=quoted(expected))])


_EXPECTED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "text",
    "string_unicode": lambda _: "text without half a surrogate pair",
    "string_too_short": lambda _: "text that is not empty",
    "float_type": lambda _: "a number",
    "finite_number": lambda _: "a finite number",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "bool_type": lambda _: "true or false",
    "dict_type": lambda _: "an object",
    "dataclass_type": lambda _: "an object",
    "dataclass_exact_type": lambda _: "an object",
    "tuple_type": lambda _: "a list",
    "literal_error": lambda context: str(context["expected"]),
    "greater_than": lambda context: f"a number greater than {_bound(context['gt'])}",
    "greater_than_equal": lambda context: f"a number not below {_bound(context['ge'])}",
    "less_than_equal": lambda context: f"a number not above {_bound(context['le'])}",
    "value_error": lambda context: str(context["error"]),
}


def _fault(item: dict[str, Any], document: Mapping[str, Any], file: str) -> Fault:
    record, field = name_place(cast("Location", item["loc"]), document)
    kind = str(item["type"])
    if kind in {"missing", "missing_keyword_only_argument"}:
        return Fault(file=file, record=record, field=field, expected="is required and not there")
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return Fault(file=file, record=record, field=field, expected="is not a key of this format")
    context: Mapping[str, Any] = item.get("ctx", {})
    expected = _EXPECTED[kind](context) if kind in _EXPECTED else str(item["msg"]).removeprefix("Input should be ")
    return Fault(file=file, record=record, field=field, value=quoted(item["input"]), expected=expected)


def _bound(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"
