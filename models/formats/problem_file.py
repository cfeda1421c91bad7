"""Reading and writing the planning problem, version 1."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from models.errors import Fault, InputError
from models.formats.documents import read_document, write_document
from models.formats.places import Location
from models.formats.problem import Problem
from models.formats.problem_checks import LISTS, find_faults
from models.formats.records import check_header, try_record, without_nulls

FORMAT = "swingdesk/problem"

_adapter = TypeAdapter(Problem)

# Where one of these is faulty, the rest of the file is still checked, as if it were out of the way.
_STAND_INS: Mapping[str, Any] = {
    "now": "0001-01-01T00:00:00+00:00",
    "carry_over": "9999-12-31T23:59:59+00:00",
    **dict.fromkeys(LISTS, ()),
}


def read_problem(path: Path | str) -> Problem:
    """Return the problem that a file holds.

    Raises
    ------
    InputError
        With every fault of the file; nothing is half-loaded.
    """
    return parse_problem(read_document(path), file=str(path))


def parse_problem(document: Mapping[str, Any], *, file: str = "problem") -> Problem:
    """Return the problem that a JSON object holds; `file` names it in errors.

    Raises
    ------
    InputError
        With every fault of the document.
    """
    check_header(document, file=file, name=FORMAT)
    try:
        document = without_nulls(document, free=("tasks", "attributes"))
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    parsed = try_record(_adapter, document, file=file)
    faults = list(parsed.faults)
    if parsed.record is not None:
        faults += find_faults(parsed.record, file=file)
        if not faults:
            return parsed.record
    else:
        faults += _further_faults(document, parsed.locations, file)
    raise InputError(faults)


def write_problem(path: Path | str, problem: Problem) -> None:
    """Write a problem in its public form."""
    write_document(path, problem_document(problem))


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return a problem as the JSON object of its public form; what equals its default is left out."""
    body: dict[str, Any] = _adapter.dump_python(problem, mode="json", exclude_defaults=True)
    return {"format": FORMAT, "version": 1, **body}


def _further_faults(document: Mapping[str, Any], locations: tuple[Location, ...], file: str) -> list[Fault]:
    """Return what is wrong between the sound records of a file in which others are faulty."""
    faulty_items = {location[:2] for location in locations if len(location) > 1 and isinstance(location[1], int)}
    faulty_keys = {location[0] for location in locations} - {item[0] for item in faulty_items}
    sound = {
        key: [item for position, item in enumerate(value) if (key, position) not in faulty_items]
        if isinstance(value, list)
        else value
        for key, value in document.items()
        if key not in faulty_keys
    }
    parsed = try_record(_adapter, {**_STAND_INS, **sound}, file=file)
    if parsed.record is None:
        return []
    known = {
        collection: [item.get("id") if isinstance(item, dict) else None for item in document[collection]]
        for collection in LISTS
        if isinstance(document.get(collection), list)
    }
    return find_faults(parsed.record, file=file, known=known)
