"""The description of the whole interface: what routes say, and what the frame around them does to every request."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access import Reach, access_matrix
from api.frame.idempotency import HEADER, MAX_KEY
from api.problems import ProblemDocument, document_problem
from models.vocabulary import Role

ABOUT = """
Who does what next in a back office, over HTTP.

Every request but those of health needs a key (`Authorization: Bearer sd_...`). A refusal is a problem document (RFC
9457) with the id under which the server's log speaks of it. A POST that changes something takes an `Idempotency-Key`:
sent again with the same one, it is answered as before and changes nothing. Lists come in pages with the address of the
`next`. What is edited carries an `ETag`, and an edit says by `If-Match` which version it is of. `x-permits` says who
may ask, and how far that reaches.
"""
SCHEMAS = "#/components/schemas/{model}"
VALIDATION = ("HTTPValidationError", "ValidationError")
REPEAT = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name of this request, new for each: sent again with it, within a day, it is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the application."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=ABOUT.strip())
    matrix = access_matrix(app)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, path, matrix[method.upper(), path])
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template=SCHEMAS, mode="serialization")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for name in VALIDATION:
        schemas.pop(name, None)
    return document


def _complete(operation: dict[str, Any], method: str, path: str, grants: Mapping[Role, Reach] | None) -> None:
    parameters = operation.setdefault("parameters", [])
    answers = operation.setdefault("responses", {})
    refusals = {HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    if grants is not None:
        refusals |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        operation["x-permits"] = {role.value: reach.value for role, reach in grants.items()}
    if method == "post" and grants is not None:
        parameters.append(REPEAT)
        refusals |= {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
    if "requestBody" in operation:
        refusals |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
    if parameters:
        refusals.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if "{" in path:
        refusals.add(HTTPStatus.NOT_FOUND)
    for status in sorted(refusals):
        code = str(status.value)
        if code not in answers or status is HTTPStatus.UNPROCESSABLE_ENTITY:
            answers[code] = document_problem(status)
    if not parameters:
        del operation["parameters"]
