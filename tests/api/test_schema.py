"""The whole interface, asked as its description says and as it does not: no 5xx, no answer that is not described."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.daily_plan import Search, plan_day
from services.importing.store import store_office
from services.settings import Settings

MONDAY_8 = 1772434800
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "1"))
"""Of each operation and mode; more are tried by hand."""
THERE = {"agent_id": "ana", "task_id": "T1", "team_id": "billing", "plan_id": 1, "principal_id": "ana"}
"""Names of what is there, so that not every request ends at what is not."""
BACKENDS = ("sqlite", "postgresql")  # each is asked something else
STREAM = "text/event-stream"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def server(database_url: str, make_office: Callable[..., Office], serve_here: Callable[..., Any]) -> Any:
    """A real server on an office with a plan, on each backend; jobs are kept and not done."""
    with Database(database_url) as database:
        with database.writing() as session:
            store_office(session, make_office(), kind="tables", now=MONDAY_8)
        search = Search(iterations=0, time_limit_s=None)
        plan_day(database, Settings(database_url=database_url), at=MONDAY_8, made_at=MONDAY_8, search=search)
    return serve_here(database_url, rate_per_key="", rate_per_address="", rate_failures="")


def operations_of(server: Any) -> Iterator[Any]:
    """All operations but those whose answer has no end."""
    schema = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found.err()
        operation = found.ok()
        answers = operation.definition.raw["responses"]
        if not any(STREAM in answer.get("content", {}) for answer in answers.values()):
            yield operation


def try_operation(operation: Any, mode: GenerationMode, key: str, *, number: int) -> list[str]:
    """Return what went wrong with requests of an operation, each once."""
    faults: set[str] = set()
    asked = 0

    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        nonlocal asked
        asked += 1
        if (asked + number) % 2 and case.path_parameters:
            case.path_parameters.update({name: THERE[name] for name in THERE.keys() & case.path_parameters.keys()})
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            sent = f"{case.formatted_path} {case.query} {str(case.body)[:300]!r}"
            faults.update(
                f"{operation.label} {answer.status_code}: {fault.title}: {str(fault)[:300]} <- {sent}"
                for fault in group.exceptions
            )

    try:
        run()
    except Unsatisfiable:
        if mode is GenerationMode.POSITIVE:
            raise
        return []  # it takes nothing that could be wrong
    return sorted(faults)[:3]


def test_every_answer_is_described_and_none_is_a_fault_of_ours(server: Any, backend: str) -> None:
    key = server.key(Role.ADMIN, principal="root")
    server.key(Role.ANALYST, principal="ana")
    faults, num_operations = [], 0
    for operation in operations_of(server):
        num_operations += 1
        for mode in MODES:
            faults += try_operation(operation, mode, key, number=BACKENDS.index(backend))
    errors = [line for line in server.log.getvalue().splitlines() if '"level": "error"' in line]
    assert faults == []
    assert errors == []
    assert num_operations > 40
