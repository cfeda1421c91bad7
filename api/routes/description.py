"""The description of the interface, for programs that read it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.access import open_to_all

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])


@router.get("/openapi.json")
def read_description(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())
