"""The plan, version 1: the answer to a planning problem, as records, parsed and written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, StrictInt, TypeAdapter
from pydantic.dataclasses import dataclass

from models.formats.documents import read_document, write_document
from models.formats.records import RECORD, Id, Instant, Many, Number, check_header, parse_record, without_nulls
from models.time import format_instant

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
    reason: Literal["no-eligible-agent", "no-capacity", "predecessor-unscheduled", "not-worth-it"]
    detail: str = ""


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Objective:
    """The terms of the objective and their total; a term that is None was not reported."""

    total: Number
    tardiness: Number | None = None
    late: Number | None = None
    carried_over: Number | None = None
    missed: Number | None = None
    away: Number | None = None
    move: Number | None = None
    preferred: Number | None = None
    reassigned: Number | None = None


@dataclass(frozen=True, kw_only=True, config=RECORD)
class Plan:
    """A plan: every task of the problem in exactly one of the two lists."""

    format: Literal["swingdesk/plan"] = "swingdesk/plan"
    version: Literal[1] = 1
    assignments: Many[Assignment]
    unscheduled: Many[Unscheduled]
    objective: Objective
    lower_bound: Number | None = None
    status: Literal["optimal", "feasible"] | None = None
    solve_seconds: Number | None = None
    seed: StrictInt | None = None
    sunk: Number | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


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

    Raises
    ------
    InputError
        With every fault of the document.
    """
    check_header(document, file=file, name=FORMAT)
    return parse_record(_adapter, without_nulls(document), file=file)


def write_plan(path: Path | str, plan: Plan) -> None:
    """Write a plan in its public form."""
    write_document(path, plan_document(plan))


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as the JSON object of its public form; what is not known is left out."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "assignments": [
            {"task": a.task, "agent": a.agent, "start": format_instant(a.start), "end": format_instant(a.end)}
            for a in plan.assignments
        ],
        "unscheduled": [
            {"task": u.task, "reason": u.reason, **({"detail": u.detail} if u.detail else {})} for u in plan.unscheduled
        ],
        "objective": {
            name: value
            for name in Objective.__dataclass_fields__
            if (value := getattr(plan.objective, name)) is not None
        },
    }
    for name in ("lower_bound", "status", "solve_seconds", "seed", "sunk"):
        if (value := getattr(plan, name)) is not None:
            document[name] = value
    if plan.extra:
        document["extra"] = plan.extra
    return document
