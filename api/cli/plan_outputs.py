"""A plan of a day as files, by the ending of their names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.outputs import check_output
from models.errors import UsageError
from models.formats.documents import write_atomically
from models.formats.plan import write_plan

if TYPE_CHECKING:
    from services.daily_plan import DailyPlan

Writer = Callable[[Path, "DailyPlan"], None]


def output_writer(path: Path) -> Writer:
    """Return what writes a plan to a path, before any work is done for it.

    Raises
    ------
    UsageError
        If no plan can be written there.
    """
    check_output(path)
    for ending, writer in _WRITERS.items():
        if path.name.lower().endswith(ending):
            return writer
    if path.exists() and not path.is_file():  # a pipe or a device, such as /dev/stdout
        return _write_json
    raise UsageError(f"-o {path}: a plan is written as {', '.join(_WRITERS)}")


def _write_json(path: Path, made: "DailyPlan") -> None:
    write_plan(path, made.plan)


def _write_csv(path: Path, made: "DailyPlan") -> None:
    from services.plan_files import write_plan_csv

    write_plan_csv(path, made.tables.assignments)


def _write_workbook(path: Path, made: "DailyPlan") -> None:
    from reports.rule_names import RULE_NAMES
    from services.plan_files import write_plan_workbook

    others = {RULE_NAMES[rule]: figures for rule, figures in made.others.items()}
    write_plan_workbook(path, made.plan, made.tables, others=others)


def _write_page(path: Path, made: "DailyPlan") -> None:
    from api.documents.plan_view import view_plan
    from api.documents.render import render_plan_file

    view = view_plan(made.question.problem, made.plan, made.tables, others=made.others)
    write_atomically(path, render_plan_file(view).encode())


_WRITERS: dict[str, Writer] = {
    ".json": _write_json,
    ".json.gz": _write_json,
    ".csv": _write_csv,
    ".xlsx": _write_workbook,
    ".html": _write_page,
}
