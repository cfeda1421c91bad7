"""`swingdesk compare --select`: the best of several scenarios, with a promise."""

import json
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.interrupts import run_interruptibly
from api.cli.replication_progress import show_replications
from reports.shares import say_share

if TYPE_CHECKING:
    from models.formats.scenarios.reading import Question
    from services.running.runner import Runner


def select(
    questions: "list[tuple[str, Question]]",
    opened: "AbstractContextManager[Runner]",
    *,
    output: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find the best scenario, and say why it is."""
    from models.formats.documents import write_document
    from services.simulating.selecting import Choice, select_scenario, selection_document

    with opened as runner, show_replications(quiet=as_json) as listener:

        def work(cancel: threading.Event) -> Choice:
            return select_scenario(questions, runner=runner, cancel=cancel, on_progress=listener, **asked)

        choice = run_interruptibly(work, message="stopping")
    document = selection_document(choice)
    if output is not None:
        write_document(output, document)
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    _print(document)
    if output is not None:
        print(f"written to {output}")


def _print(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, emoji=False)
    promise = document["promise"]
    if promise is None:
        console.print(f"not decided; so far {document['best']} is best in {document['metric']}")
    else:
        console.print(
            f"best in {document['metric']}: {document['best']}; with a probability of at least "
            f"{say_share(promise['probability'])} no other is better by {promise['indifference']:.4g} or more"
        )
    table = Table(box=None, pad_edge=False)
    for heading in ("scenario", "mean", "95 % interval", "replications", "out after", "beaten by"):
        table.add_column(heading, justify="left" if heading in {"scenario", "beaten by"} else "right", overflow="fold")
    for item in document["scenarios"]:
        figures = [f"{item[key]:,.4g}" if item[key] is not None else "-" for key in ("mean", "low", "high")]
        after = "-" if item["eliminated_after"] is None else str(item["eliminated_after"])
        table.add_row(
            item["name"],
            figures[0],
            f"{figures[1]} to {figures[2]}",
            str(item["replications"]),
            after,
            item["eliminated_by"] or "",
        )
    console.print(table)
