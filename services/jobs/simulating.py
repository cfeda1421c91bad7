"""Simulations, comparisons and searches for staffing as jobs: their replications are kept, and gone on with."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.errors import CancelledError, Fault, InputError
from models.formats.scenarios.edits import edit_document
from models.formats.scenarios.reading import Question, parse_scenario
from models.formats.scenarios.result import result_document
from models.repositories.jobs.records import JobResult
from models.tables.columns import to_json
from services.jobs.lease import Lease
from services.jobs.questions import CompareAsk, SimulateAsk, StaffAsk
from services.jobs.remembering import RememberingRunner
from services.running.threads import ThreadRunner
from services.settings import Settings
from services.simulating.comparing import DEFAULT_METRICS, compare_scenarios, comparison_document
from services.simulating.simulate import make_result
from services.simulating.simulate import simulate as simulate_question
from services.staffing.document import staffing_document
from services.staffing.staff import staff as staff_question
from simulations.staffing.answer import Status

JSON = "application/json"


def simulate(lease: Lease, _settings: Settings) -> JobResult:
    """Simulate a scenario; the result is `swingdesk/result`."""
    ask = SimulateAsk.model_validate(lease.job.question)
    question = read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    with _running(lease, ask.threads) as runner:
        experiment = simulate_question(
            question,
            runner=runner,
            cancel=lease.cancel,
            on_progress=lambda done, of: lease.tell("replicating", done=done, of=of),
        )
    return _result(result_document(make_result(experiment)))


def compare(lease: Lease, _settings: Settings) -> JobResult:
    """Compare scenarios; the result is `swingdesk/comparison`."""
    ask = CompareAsk.model_validate(lease.job.question)
    questions = read_compared(ask)
    with _running(lease, ask.threads) as runner:
        comparison = compare_scenarios(
            questions,
            metrics=ask.metrics or DEFAULT_METRICS,
            runner=runner,
            cancel=lease.cancel,
            on_progress=lambda done, of: lease.tell("replicating", done=done, of=of, scenarios=len(questions)),
        )
    return _result(comparison_document(comparison))


def staff(lease: Lease, _settings: Settings) -> JobResult:
    """Find the least-cost staffing of a scenario; the result is `swingdesk/staffing`."""
    ask = StaffAsk.model_validate(lease.job.question)
    question = read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    with _running(lease, ask.threads) as runner:
        answer = staff_question(
            question,
            runner=runner,
            most=ask.max_replications,
            cancel=lease.cancel,
            on_progress=lambda stage, done: lease.tell(stage, done=done),
        )
    if answer.answer.status is Status.STOPPED:
        raise CancelledError(f"job {lease.job.id} was stopped")
    return _result(staffing_document(answer))


def read_compared(ask: CompareAsk) -> list[tuple[str, Question]]:
    """Return the scenarios of a comparison with their names, the first one first.

    Raises
    ------
    InputError
        With every fault of the first that has some.
    UsageError
        If an edit cannot be made.
    """
    names = ask.names or [f"scenario {n + 1}" for n in range(len(ask.scenarios))]
    made = [
        (name, read_scenario(document, edits=ask.edits_of_all, traces=ask.traces, file=name))
        for name, document in zip(names, ask.scenarios, strict=True)
    ]
    if ask.edits:
        change = ", ".join(ask.edits)
        edits = [*ask.edits_of_all, *ask.edits]
        made.append(
            (change, read_scenario(ask.scenarios[0], edits=edits, traces=ask.traces, file=f"{names[0]} changed"))
        )
    return made


def read_scenario(
    document: Mapping[str, Any],
    *,
    edits: list[str] | None = None,
    traces: Mapping[str, str] | None = None,
    file: str = "scenario",
) -> Question:
    """Return the scenario of a document; a trace that it names is one of `traces`, never a file of this machine.

    Raises
    ------
    InputError
        With every fault of it, or of a trace that it names.
    UsageError
        If an edit cannot be made.
    """
    try:
        changed = edit_document(document, edits or [])
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    given = traces or {}
    with tempfile.TemporaryDirectory(prefix="swingdesk-traces-") as folder:
        arrivals = changed.get("arrivals")
        for n, item in enumerate(arrivals if isinstance(arrivals, list) else []):
            name = item.get("times") if isinstance(item, dict) else None
            if not name:
                continue
            if not isinstance(name, str) or name not in given:
                raise InputError.of(
                    file,
                    "the name of one of the traces that come with it",
                    record=f"arrivals[{n}]",
                    field="times",
                    value=name,
                )
            item["times"] = f"trace-{n}.csv"
            (Path(folder) / item["times"]).write_text(given[name], encoding="utf-8")
        try:
            return parse_scenario(changed, file=file, folder=Path(folder))
        except InputError as error:
            raise InputError(_without_folder(error, folder)) from None


def _without_folder(error: InputError, folder: str) -> Iterator[Fault]:
    for fault in error.faults:
        yield replace(fault, file=fault.file.replace(f"{folder}/", ""))


@contextmanager
def _running(lease: Lease, threads: int) -> Iterator[RememberingRunner]:
    """Give a runner that keeps what it makes."""
    lease.tell("reading the scenario")
    with RememberingRunner(ThreadRunner(threads), lease) as runner:
        yield runner


def _result(document: Mapping[str, Any]) -> JobResult:
    return JobResult(media_type=JSON, body=to_json(dict(document)).encode())
