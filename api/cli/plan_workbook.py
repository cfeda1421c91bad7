"""`swingdesk plan --workbook IN.xlsx -o OUT.xlsx`: a lead's lists in, the day in sheets out, nothing stored."""

import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.interrupts import run_interruptibly
from api.cli.machine_zone import find_machine_zone
from api.cli.moments import now
from api.cli.progress import show_progress
from models.errors import UsageError
from models.formats.offices.cell_times import DateOrder

if TYPE_CHECKING:
    from services.workbooks.planning import WorkbookPlan


def plan_workbook(
    workbook: Path,
    output: Path | None,
    *,
    at: str | None,
    timezone: str | None,
    dates: DateOrder | None,
    time_limit: float | None,
    iterations: int | None,
    seed: int,
    threads: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan a workbook and print its figures.

    Raises
    ------
    UsageError
        If there is no place for the answer.
    """
    if output is None or output.suffix.lower() != ".xlsx":
        raise UsageError("say where the answer goes: -o DAY.xlsx")
    if output.is_dir() or not output.parent.is_dir():
        raise UsageError(f"-o {output}: there is no such folder, or it is one itself")
    if output.exists() and workbook.exists() and output.samefile(workbook):
        raise UsageError(f"-o {output} is the workbook itself; name another file")

    from services.settings import load_settings
    from services.workbooks.planning import ask_workbook

    question = ask_workbook(
        workbook,
        load_settings(),
        now=now(),
        at=at,
        timezone=timezone,
        machine_timezone=find_machine_zone(),
        order=dates,
    )

    from services.workbooks.planning import plan_workbook as plan

    with show_progress(time_limit_s=time_limit, iterations=iterations, quiet=quiet or as_json) as listener:

        def work(cancel: threading.Event) -> "WorkbookPlan":
            return plan(
                question,
                output,
                time_limit_s=time_limit,
                iterations=iterations,
                seed=seed,
                threads=threads,
                on_progress=listener,
                cancel=cancel,
            )

        made = run_interruptibly(work, message="stopping with the best plan so far; Ctrl-C again drops it")
    if as_json:
        from services.plan_files import summary_document

        document = {
            "workbook": str(output),
            "timezone": question.zone.key,
            "figures": summary_document(made.summary),
            "comparisons": {rule.value: figures for rule, figures in made.others.items()},
            "warnings": list(made.warnings),
            "notes": list(made.notes),
        }
        print(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        from api.cli.workbook_figures import print_workbook_plan

        for note in made.notes:
            print(f"swingdesk: {note}", file=sys.stderr)
        for warning in made.warnings:
            print(f"swingdesk: look at this first: {warning}", file=sys.stderr)
        print_workbook_plan(made)
        print(f"written to {output}; nothing was stored")
