"""What the records of all public files share: field types, and pydantic's complaints in the file's own words."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar, cast

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo

from models.errors import Fault, InputError, shown
from models.time import parse_instant

_Item = TypeVar("_Item")
_Record = TypeVar("_Record")

FROM_FILE = {"from_file": True}
RECORD = ConfigDict(extra="forbid", allow_inf_nan=False)


def _instant(value: object, info: ValidationInfo) -> int:
    if isinstance(value, str):
        return parse_instant(value)
    # Code that builds records holds epoch seconds; a file must not, where they could be anything.
    if isinstance(value, int) and not isinstance(value, bool) and info.context is not FROM_FILE:
        return value
    raise ValueError("an ISO 8601 instant with an offset, as text")


Id = Annotated[str, Field(min_length=1)]
Instant = Annotated[int, BeforeValidator(_instant)]
Level = Annotated[int, Field(ge=1, le=5, strict=True)]
Number = Annotated[float, Field(strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True)]
NonNegative = Annotated[float, Field(ge=0, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Many = tuple[_Item, ...]


def without_nulls(value: Any, *, keep: frozenset[str] = frozenset({"attributes", "extra"})) -> Any:
    """Return the same JSON with no null: null is the same as absent. What stands under `keep` is left alone."""
    if isinstance(value, dict):
        return {
            key: item if key in keep else without_nulls(item, keep=keep)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [without_nulls(item, keep=keep) for item in value]
    return value


def parse_record(adapter: TypeAdapter[_Record], document: Mapping[str, Any], *, file: str) -> _Record:
    """Return the typed record of a document.

    Raises
    ------
    InputError
        With every field that is wrong, each named by file, record and key.
    """
    try:
        return adapter.validate_python(document, context=FROM_FILE)
    except ValidationError as error:
        raise InputError(
            _fault(dict(item), document, file) for item in error.errors(include_url=False, include_context=True)
        ) from None


def check_header(document: Mapping[str, Any], *, file: str, name: str) -> None:
    """Refuse a document that is not of format `name`, version 1."""
    if document.get("format") != name:
        raise InputError.of(file, f"{name!r}", field="format", value=document.get("format", "absent"))
    if document.get("version") != 1 or isinstance(document.get("version"), bool):
        raise InputError.of(file, "1", field="version", value=document.get("version", "absent"))


def _fault(item: dict[str, Any], document: Mapping[str, Any], file: str) -> Fault:
    location = cast("tuple[str | int, ...]", item["loc"])
    record, rest = _record_of(location, document)
    field = ".".join(str(part) for part in rest)
    kind, context = str(item["type"]), item.get("ctx", {})
    if kind in {"missing", "missing_keyword_only_argument"}:
        return Fault(file=file, record=record, field=field, expected="is required and not there")
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return Fault(file=file, record=record, field=field, expected="is not a key of this format")
    if kind == "value_error" and "error" in context:
        expected = str(context["error"])
    else:
        message = str(item["msg"])
        expected = message.removeprefix("Input should be ").removeprefix("a valid ")
    return Fault(file=file, record=record, field=field, value=shown(item["input"]), expected=expected)


def _record_of(location: Sequence[str | int], document: Mapping[str, Any]) -> tuple[str, Sequence[str | int]]:
    """Split a location into the record's name, `task_types 3 ('claim')`, and the path inside it."""
    if len(location) < 2 or not isinstance(location[1], int):
        return "", location
    collection, position = str(location[0]), int(location[1])
    listed = document.get(collection)
    item = listed[position] if isinstance(listed, list) and position < len(listed) else None
    name = next((item[key] for key in ("id", "task") if key in item), None) if isinstance(item, dict) else None
    label = f"{collection}[{position}]" if name is None else f"{collection}[{position}] ({shown(name)})"
    return label, location[2:]
