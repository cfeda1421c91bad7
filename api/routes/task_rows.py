"""Tasks from programs, many at once: inserted, or updated where their ids are known."""

import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.access import Caller, Reach, permits
from api.errors import REQUEST_ID
from api.problems import MEDIA_TYPE, FaultDocument, document_problem
from services.upserting import RowError, RowsRefusedError, Upserted, upsert_rows

MOST_ROWS = 10_000
MOST_ERRORS = 10_000
router = APIRouter(prefix="/api/tasks", tags=["tasks"])
_TEXT = {"type": "string"}
_IDS = {"type": "array", "items": _TEXT}
_WHEN = {
    "type": "string",
    "description": "An instant with an offset, or by the office's clock.",
    "examples": ["2026-03-02T08:00:00+01:00"],
}
_ROW: dict[str, Any] = {
    "type": "object",
    "title": "TaskRow",
    "description": "The whole of a task: what it does not say is as in a new task.",
    "required": ["id", "type", "arrived"],
    "additionalProperties": False,
    "properties": {
        "id": {**_TEXT, "description": "Its id; of a task that is stored, that task is updated."},
        "type": {**_TEXT, "description": "The id of its task type."},
        "title": {**_TEXT, "description": "What it is about."},
        "client": {**_TEXT, "description": "The id of whom it is for."},
        "case": {**_TEXT, "description": "The customer matter that it belongs to."},
        "step": {**_TEXT, "description": "The step of the case's process."},
        "source": {**_TEXT, "description": "The system that it came from."},
        "external_id": {**_TEXT, "description": "Its id there."},
        "link": {**_TEXT, "description": "The address where it is done."},
        "quantity": {"type": "number", "description": "Units in it; the type's minutes are per unit."},
        "arrived": {**_WHEN, "description": "When it came in."},
        "due": {**_WHEN, "description": "Its deadline; by the type's service level where it says none."},
        "must_by": {**_WHEN, "description": "An instant that must not pass."},
        "earliest_start": {**_WHEN, "description": "Not before it."},
        "weight": {"type": "number", "description": "Importance; the type's where it says none."},
        "handling_minutes": {"type": "number", "description": "Instead of the type's minutes."},
        "min_level": {"type": "integer", "description": "Instead of the type's level."},
        "also_requires": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "Other skills that it takes, each with its least level.",
        },
        "pinned_agent": {**_TEXT, "description": "Only this agent may do it."},
        "in_progress": {"type": "boolean", "description": "The pinned agent has it open."},
        "preferred_agents": {**_IDS, "description": "Better done by one of them."},
        "excluded_agents": {**_IDS, "description": "Not to be done by them."},
        "separate_from": {**_IDS, "description": "Tasks that another agent must do."},
        "after": {**_IDS, "description": "Tasks that must be done before."},
        "pended_until": {**_WHEN, "description": "It waits for somebody else until then."},
        "started": {**_WHEN, "description": "When somebody began it."},
        "closed": {**_WHEN, "description": "When it was done or dropped; open where it says none."},
        "done_by": {**_TEXT, "description": "Who did it, or has begun it."},
        "attributes": {"type": "object", "description": "Whatever else it carries: texts, numbers, true or false."},
    },
}
_EXAMPLE: Any = {
    "tasks": [
        {
            "id": "T1",
            "type": "invoice-dispute",
            "title": "Charged twice in January",
            "arrived": "2026-03-02T08:00:00+01:00",
            "due": "2026-03-03T12:00:00+01:00",
            "also_requires": {"spanish": 1},
            "attributes": {"amount": 125.4},
        }
    ]
}
Row = Annotated[dict[str, Any], WithJsonSchema(_ROW)]


class TasksAsk(BaseModel):
    """Tasks to take in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    tasks: list[Row] = Field(min_length=1, max_length=MOST_ROWS)


class RowErrorDocument(BaseModel):
    """What is wrong with a row."""

    model_config = ConfigDict(title="RowError")

    index: int = Field(description="Of the row in the request, from 0.")
    id: str | None = Field(description="The row's own.")
    field: str = Field(description="Which of its fields; empty for the row as a whole.")
    value: str | None = Field(description="What stands there, as text; null where nothing does.")
    expected: str


class UpsertedDocument(BaseModel):
    """What taking in rows changed."""

    model_config = ConfigDict(
        title="Upserted",
        json_schema_extra={"example": {"import": 12, "new": 1, "changed": 0, "unchanged": 0, "errors": []}},
        populate_by_name=True,
    )

    batch: int | None = Field(alias="import", description="The import as which it is stored; null where nothing was.")
    new: int
    changed: int
    unchanged: int
    errors: list[RowErrorDocument] = Field(description="Rows that were left out, with `partial`.")


class RowsProblemDocument(BaseModel):
    """Why rows were refused; none was taken in."""

    model_config = ConfigDict(title="RowsProblem")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    num_errors: int | None = None
    errors: list[RowErrorDocument] | None = Field(default=None, description="What is wrong, row by row.")
    request_id: str | None = None
    faults: list[FaultDocument] | None = Field(default=None, description="What is wrong with the request as a whole.")


_REFUSED = document_problem(HTTPStatus.UNPROCESSABLE_ENTITY)
_REFUSED["content"][MEDIA_TYPE]["schema"] = RowsProblemDocument.model_json_schema(
    ref_template="#/components/schemas/{model}"
)
_REFUSED["content"][MEDIA_TYPE]["schema"].pop("$defs", None)


@router.post("", summary="Take in tasks", response_model=UpsertedDocument, responses={422: _REFUSED})
def upsert_tasks(
    request: Request,
    ask: TasksAsk,
    caller: Annotated[Caller, permits(planner=Reach.ALL)],
    partial: Annotated[bool, Query(description="Take the good rows although others are spoilt.")] = False,
) -> Any:
    """Insert tasks, and update those whose ids are stored: all of them, or, if one is spoilt, none.

    Sending the same rows again changes nothing.
    """
    state = request.app.state
    try:
        made = upsert_rows(
            state.store.database(),
            state.settings,
            "tasks",
            ask.tasks,
            now=int(time.time()),
            principal_id=caller.principal_id,
            is_partial=partial,
        )
    except RowsRefusedError as error:
        return _refuse(error, request.scope.get(REQUEST_ID))
    return _document(made)


def _document(made: Upserted) -> UpsertedDocument:
    changes = made.changes
    return UpsertedDocument(
        batch=made.batch,
        new=changes.new,
        changed=changes.changed,
        unchanged=changes.unchanged,
        errors=[_error(item) for item in made.errors],
    )


def _refuse(error: RowsRefusedError, request_id: str | None) -> JSONResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    spoilt = len({item.index for item in error.errors})
    document = RowsProblemDocument(
        title=status.phrase,
        status=status.value,
        detail=f"{spoilt:,} of the rows cannot be used; none was taken in",
        num_errors=len(error.errors),
        errors=[_error(item) for item in error.errors[:MOST_ERRORS]],
        request_id=request_id,
    )
    return JSONResponse(document.model_dump(exclude={"faults"}), status.value, media_type=MEDIA_TYPE)


def _error(item: RowError) -> RowErrorDocument:
    return RowErrorDocument(**asdict(item))
