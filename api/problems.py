"""Problem details (RFC 9457): what every refusal looks like, and how routes document theirs."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
MAX_FAULTS = 1000
EXPLAINED = {
    HTTPStatus.BAD_REQUEST: "The request contradicts itself or is no proper request.",
    HTTPStatus.UNAUTHORIZED: "No key came with the request, or one that does not hold.",
    HTTPStatus.FORBIDDEN: "The key is not for that.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.CONFLICT: "What is stored does not allow that now; `detail` says what would be allowed.",
    HTTPStatus.PRECONDITION_FAILED: "It has changed since; get it again and decide anew.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More was sent than is taken at once.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not of a media type that is taken here.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something in the request cannot be used; `faults` says what, one by one.",
    HTTPStatus.PRECONDITION_REQUIRED: "The change must say of which version it is: If-Match.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much was asked for in a while; Retry-After says when to ask again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer, or the server is about to end.",
}
RETRYING = {"Retry-After": {"description": "Seconds until it makes sense to ask again.", "schema": {"type": "integer"}}}


class FaultDocument(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str = Field(description="What of the request: a field of its body, a parameter, a row and column.")
    expected: str = Field(description="What should stand there.")
    value: str | None = Field(default=None, description="What stands there, as text, cut where it is long.")


class ProblemDocument(BaseModel):
    """Why a request was refused."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(default="about:blank", description="Its kind; about:blank where the status says it.")
    title: str = Field(description="What the status means.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What happened, for people.")
    request_id: str | None = Field(default=None, description="Under which the server's log speaks of it.")
    faults: list[FaultDocument] | None = Field(default=None, description="Everything that is wrong, where it is input.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route documents of its refusals, for its `responses`.

    What the server itself refuses (400, 401, 403, 413, 422, 429, 503) is documented for every route without it.
    """
    return {status: document_problem(HTTPStatus(status)) for status in statuses}


def document_problem(status: HTTPStatus) -> dict[str, Any]:
    """Return how OpenAPI describes a refusal."""
    example = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": EXPLAINED[status]}
    document: dict[str, Any] = {
        "description": EXPLAINED[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        document["headers"] = RETRYING
    return document


def problem_answer(
    status: HTTPStatus,
    detail: str,
    *,
    request_id: str | None = None,
    faults: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a refusal as an answer."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if request_id is not None:
        document["request_id"] = request_id
    if faults is not None:
        document["faults"] = faults
    return JSONResponse(document, status.value, headers=headers, media_type=MEDIA_TYPE)
