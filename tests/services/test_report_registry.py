"""The reports there are: each can be made, and none does from afar what only goes on the machine."""

import subprocess
import sys
from importlib import import_module

import pytest

from models.errors import UsageError
from services.reporting.question import ReportQuestion
from services.reporting.registry import REPORTS, ReportKind, make_report
from services.settings import Settings


@pytest.mark.parametrize("kind", REPORTS.values(), ids=REPORTS.keys())
def test_each_report_has_its_use_case(kind: ReportKind) -> None:
    module, _, function = kind.use_case.partition(":")
    assert callable(getattr(import_module(f"services.reporting.{module}"), function))
    assert not kind.file_options & set(kind.options)


def test_files_are_for_who_works_on_the_machine() -> None:
    asked = ReportQuestion(settings=Settings(), now=0, options={"tasks-log": "/etc/passwd"})
    with pytest.raises(UsageError, match="--tasks-log is for who works on the machine itself"):
        make_report("waste", asked)


def test_options_that_a_report_does_not_take_are_refused() -> None:
    with pytest.raises(UsageError, match="the report waiting takes no --annualise"):
        make_report("waiting", ReportQuestion(settings=Settings(), now=0, options={"annualise": "yes"}))


def test_a_list_of_reports_needs_none_of_them() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import sys, services.reporting.registry; "
                "print([name for name in ('plotly', 'numba', 'scipy') if name in sys.modules])"
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"
