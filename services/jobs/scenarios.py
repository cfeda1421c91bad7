"""The scenarios that come with what is asked for; reading them needs none of what simulates them."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.errors import Fault, InputError
from models.formats.scenarios.edits import edit_document
from models.formats.scenarios.reading import Question, parse_scenario
from services.jobs.questions import CompareAsk


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
