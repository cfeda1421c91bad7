"""Domain errors as HTTP answers: problem details (RFC 9457) for programs, a page for people."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.pages.refusals import refusal_page
from api.problems import MAX_FAULTS, problem_answer
from api.security import HEADERS
from models.errors import (
    CancelledError,
    ConflictError,
    Fault,
    ForbiddenError,
    InputError,
    NobodyOnDutyError,
    NotFoundError,
    StaleError,
    SwingdeskError,
    TooLargeError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    UsageError,
    VersionNeededError,
    shown,
)

PROGRAMS = "/api/"
ALSO_PROGRAMS = frozenset({"/health", "/ready", "/metrics", "/openapi.json"})
MAX_TOLD = 20
RETRY_AFTER_S = 5
REQUEST_ID = "swingdesk.request_id"
STATUS: dict[type[SwingdeskError], HTTPStatus] = {
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    StaleError: HTTPStatus.PRECONDITION_FAILED,
    ConflictError: HTTPStatus.CONFLICT,
    VersionNeededError: HTTPStatus.PRECONDITION_REQUIRED,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    CancelledError: HTTPStatus.CONFLICT,
    NobodyOnDutyError: HTTPStatus.CONFLICT,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UsageError: HTTPStatus.BAD_REQUEST,
}
"""What an error means over HTTP; the first kind that it is of counts."""


def add_error_handlers(app: FastAPI) -> None:
    """Have every error answered in the form that its asker reads."""

    @app.exception_handler(SwingdeskError)
    async def domain_error(request: Request, error: SwingdeskError) -> Response:
        return answer_error(request, error)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return answer_status(request, error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [_fault(item) for item in error.errors()]
        told = "; ".join(f"{fault['where']}: {fault['expected']}" for fault in faults[:MAX_TOLD])
        if len(faults) > MAX_TOLD:
            told += f"; ... and {len(faults) - MAX_TOLD} more"
        # A page's address that is no number is the address of nothing.
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_program(request) else HTTPStatus.NOT_FOUND
        return _answer(request, status, told, faults=faults)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        # The error itself goes to the log and never to the asker. This answer is made outside of all middleware.
        answer = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the log says what")
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if REQUEST_ID in request.scope:
            answer.headers["X-Request-ID"] = request.scope[REQUEST_ID]
        return answer


def answer_error(request: Request, error: SwingdeskError) -> Response:
    """Return a domain error as an answer."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    headers: dict[str, str] = {}
    faults: list[dict[str, Any]] | None = None
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="swingdesk"'
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, InputError):
        faults = [_fault_document(fault) for fault in error.faults]
    return _answer(request, status, str(error), headers=headers, faults=faults)


def answer_status(request: Request, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal that is a matter of HTTP alone as an answer."""
    return _answer(request, HTTPStatus(status), detail, headers=headers)


def is_program(request: Request) -> bool:
    """Return whether a program asks, which reads problem details; else a person does, who reads a page."""
    path = request.scope["path"]
    return path.startswith(PROGRAMS) or path in ALSO_PROGRAMS


def _fault(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pydantic says of an input; never the input as a whole, which may be long or secret."""
    value = item.get("input")
    where = ".".join(str(part) for part in item["loc"])
    quoted = shown(value) if isinstance(value, str | int | float) else None
    return {"where": where, "expected": str(item["msg"]), "value": quoted}


def _fault_document(fault: Fault) -> dict[str, Any]:
    where = ": ".join(part for part in (fault.file, fault.record, fault.field) if part)
    return {"where": where, "expected": fault.expected, "value": fault.value}


def _answer(
    request: Request,
    status: HTTPStatus,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    faults: list[dict[str, Any]] | None = None,
) -> Response:
    kept = dict(headers) if headers else None
    request_id = request.scope.get(REQUEST_ID)
    if is_program(request):
        told = None if faults is None else faults[:MAX_FAULTS]
        return problem_answer(status, detail, request_id=request_id, faults=told, headers=kept)
    shown_id = request_id or "" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    return refusal_page(request, status, detail, request_id=shown_id, headers=kept)
