"""The plan, version 1: the answer to a planning problem, as records, parsed and written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from models.errors import InputError
from models.formats.documents import read_document, write_document
from models.formats.records import (
    RECORD,
    FreeJson,
    Id,
    Instant,
    Many,
    NonNegative,
    Number,
    Text,
    Version,
    Whole,
    check_header,
    parse_record,
    without_nulls,
)
from models.vocabulary import PlanStatus, UnscheduledReason

FORMAT = "swingdesk/plan"


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Assignment:
    """Who does a task, and when."""

    task: Id
    agent: Id
    start: Instant
    end: Instant


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Unscheduled:
    """A task that the plan leaves for later, why, and in a sentence."""

    task: Id
    reason: UnscheduledReason
    detail: Text = ""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Objective:
    """The terms of the objective and their total; a term that is None was not reported."""

    tardiness: Number | None = None
    late: Number | None = None
    carried_over: Number | None = None
    missed: Number | None = None
    away: Number | None = None
    move: Number | None = None
    preferred: Number | None = None
    reassigned: Number | None = None
    total: Number


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Plan:
    """A plan: every task of the problem in exactly one of the two lists."""

    format: Literal["swingdesk/plan"] = "swingdesk/plan"
    version: Version = 1
    assignments: Many[Assignment]
    unscheduled: Many[Unscheduled]
    objective: Objective
    lower_bound: Number | None = None
    status: PlanStatus | None = None
    solve_seconds: NonNegative | None = None
    seed: Whole | None = None
    sunk: Number | None = None
    extra: FreeJson = Field(default_factory=dict)


_adapter = TypeAdapter(Plan)


def read_plan(path: Path | str) -> Plan:
    """Return the plan that a file holds.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    return parse_plan(read_document(path), file=str(path))


def parse_plan(document: Mapping[str, Any], *, file: str = "plan") -> Plan:
    """Return the plan that a JSON object holds; `file` names it in errors.

    Whether it is a plan of a certain problem is the referee's business.

    Raises
    ------
    InputError
        With every fault of the document.
    """
    check_header(document, file=file, name=FORMAT)
    try:
        document = without_nulls(document, free=("extra",))
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    return parse_record(_adapter, document, file=file)


def write_plan(path: Path | str, plan: Plan) -> None:
    """Write a plan in its public form."""
    write_document(path, plan_document(plan))


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as the JSON object of its public form; what is not known is left out."""
    body: dict[str, Any] = _adapter.dump_python(plan, mode="json", exclude_defaults=True)
    return {"format": FORMAT, "version": 1, **body}
