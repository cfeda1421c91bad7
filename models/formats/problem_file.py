"""Reading and writing the planning problem, version 1."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from models.errors import InputError
from models.formats.documents import read_document, write_document
from models.formats.problem import Break, Problem, Task, TaskType
from models.formats.problem_checks import find_faults
from models.formats.records import check_header, parse_record, without_nulls
from models.time import format_instant

FORMAT = "swingdesk/problem"
INSTANTS = frozenset({"now", "carry_over", "start", "end", "team_since", "arrived", "due", "must_by", "earliest_start"})

_adapter = TypeAdapter(Problem)


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
    problem = parse_record(_adapter, without_nulls(document), file=file)
    faults = find_faults(problem, file=file)
    if faults:
        raise InputError(faults)
    return problem


def write_problem(path: Path | str, problem: Problem) -> None:
    """Write a problem in its public form."""
    write_document(path, problem_document(problem))


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return a problem as the JSON object of its public form; what equals its default is left out."""
    document = _plain(problem)
    document["format"], document["version"] = FORMAT, 1
    return {
        key: document[key] for key in ("format", "version", *(k for k in document if k not in {"format", "version"}))
    }


def _plain(record: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for item in fields(record):
        value = getattr(record, item.name)
        default = item.default if item.default is not MISSING else None
        if value is None or (item.default is not MISSING and value == default) or value == {}:
            if not _is_required(record, item.name):
                continue
        made[item.name] = _value(item.name, value)
    return made


def _is_required(record: Any, name: str) -> bool:
    return (type(record).__name__, name) in {("Agent", "skills")}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Break):
        pair = [format_instant(value.start), format_instant(value.end)]
        return [*pair, value.kind] if value.kind else pair
    if is_dataclass(value):
        return _plain(value)
    if name in INSTANTS:
        return format_instant(value)
    if name == "office_hours":
        return [[format_instant(start), format_instant(end)] for start, end in value]
    if isinstance(value, tuple):
        return [_value("", item) for item in value]
    if isinstance(value, dict) and name == "skills":
        return {key: _plain(item) for key, item in value.items()}
    return value
