"""Reading scenarios, version 1, with the traces that they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from models.errors import Fault, InputError
from models.formats.places import quoted
from models.formats.records import check_header, try_record, without_nulls
from models.formats.scenarios.checks import find_faults
from models.formats.scenarios.documents import read_scenario_document
from models.formats.scenarios.scenario import Scenario
from models.formats.scenarios.traces import Trace, read_trace

FORMAT = "swingdesk/scenario"

_adapter = TypeAdapter(Scenario)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A scenario and the traces that it names, by their position among its arrivals; what errors call its file."""

    scenario: Scenario
    traces: Mapping[int, Trace] = field(default_factory=dict)
    file: str = "scenario"


def read_scenario(path: Path | str) -> Question:
    """Return the scenario that a file holds.

    Raises
    ------
    InputError
        With every fault of the file, or of a trace that it names; nothing is half-loaded.
    """
    return parse_scenario(read_scenario_document(path), file=str(path), folder=Path(path).parent)


def parse_scenario(document: Mapping[str, Any], *, file: str = "scenario", folder: Path | None = None) -> Question:
    """Return the scenario of a document; `file` names it in errors, traces are sought in `folder`.

    Raises
    ------
    InputError
        With every fault of the document.
    """
    check_header(document, file=file, name=FORMAT)
    try:
        document = without_nulls(document)
    except RecursionError:
        raise InputError.of(file, "is nested too deeply") from None
    parsed = try_record(_adapter, document, file=file)
    if parsed.record is None:
        raise InputError(parsed.faults)
    scenario = parsed.record
    faults = find_faults(scenario, file=file)
    if faults:
        raise InputError(faults)
    return Question(scenario=scenario, traces=_read_traces(scenario, file, folder or Path()), file=file)


def _read_traces(scenario: Scenario, file: str, folder: Path) -> dict[int, Trace]:
    traces: dict[int, Trace] = {}
    faults: list[Fault] = []
    for n, arrivals in enumerate(scenario.arrivals):
        if not arrivals.times:
            continue
        try:
            traces[n] = trace = read_trace(folder / arrivals.times)
        except InputError as error:
            faults += error.faults
            continue
        steps = {step.id for process in scenario.processes if process.id == arrivals.process for step in process.steps}
        faults += [
            Fault(
                file=file,
                record=f"arrivals[{n}]",
                field="times",
                value=f"a trace with the step {quoted(row.step)}",
                expected="steps of its process" if steps else "no steps: it is of a task type",
            )
            for row in trace.rows
            if row.step is not None and row.step not in steps
        ]
    if faults:
        raise InputError(faults)
    return traces
