"""Domain errors as HTTP answers: problem details (RFC 9457) for programs, a page for people."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from api.documents.render import render_page
from api.security import HEADERS
from models.errors import ConflictError, InputError, NotFoundError, SwingdeskError, UnavailableError, UsageError

PROGRAMS = "/api/"
STATUS: dict[type[SwingdeskError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    UsageError: HTTPStatus.BAD_REQUEST,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
}


def add_error_handlers(app: FastAPI) -> None:
    """Have every error answered in the form that its asker reads."""

    @app.exception_handler(SwingdeskError)
    async def domain_error(request: Request, error: SwingdeskError) -> Response:
        status = next(
            (code for kind, code in STATUS.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
        )
        return _answer(request, status, str(error))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return _answer(request, HTTPStatus(error.status_code), str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        told = "; ".join(f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}" for item in error.errors())
        # A page's address that is no number is the address of nothing.
        status = HTTPStatus.UNPROCESSABLE_ENTITY if _is_program(request) else HTTPStatus.NOT_FOUND
        return _answer(request, status, told)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        # The error itself goes to the log and never to the asker. This answer is made outside of all middleware.
        answer = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the log says what")
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _is_program(request: Request) -> bool:
    return request.url.path.startswith(PROGRAMS)


def _answer(request: Request, status: HTTPStatus, detail: str, *, headers: object = None) -> Response:
    kept = dict(headers) if isinstance(headers, dict) else None
    if _is_program(request):
        document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        return JSONResponse(document, status.value, headers=kept, media_type="application/problem+json")
    page = render_page("error.html", title=status.phrase, detail=detail)
    return HTMLResponse(page, status.value, headers=kept)
